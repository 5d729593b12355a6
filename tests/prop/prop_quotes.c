// Random articles out of fragments with every kind of mark, whole and broken: quotations never cross, each
// has its mark, cue and speaker stand outside it, a paragraph that names nobody changes nothing that is said
// elsewhere, and none changes who is named with a verb of saying in another.
#include "unit/test.h"

#include "chance.h"
#include "quotes_bench.h"

#include <stdlib.h>

#define ROUNDS 3000

static const char NAMES[] = "Ann Lee=Lee;Bo Lind=Lind;NATO*;Oslo+";

static const char *const g_pieces[] = {
    "“We will wait”",
    "\"We will wait\"",
    "„Wir warten hier“",
    "”Vi väntar här”",
    "«Vi venter her»",
    "»Vi venter her,«",
    "''We will wait''",
    "‘we will wait’",
    "“ ",
    " ”",
    "\"",
    "«",
    "'",
    ", said Ann Lee",
    " Bo Lind said",
    ", said Lind",
    ", sa han",
    ", sier hun",
    " NATO reported",
    ", according to NATO.",
    ". ",
    "? ",
    ": ",
    ", ",
    " – ",
    "– Ja",
    "The minister spoke",
    " Ann Lee came to Oslo",
    " and “not now” and",
    " the 6\" pipe",
    "\n",
    "\n\n– ",
    "\n–Lind\n",
    "“a “b” c”",
    " who said that ",
    "We waited. ",
    "\nHe added:\n",
};

static void random_article(StrBuf *out)
{
  size_t count = 1 + dice(24);
  for (size_t i = 0; i < count; i++) strbuf_add(out, str_of(g_pieces[dice(ARRAY_LEN(g_pieces))]));
  strbuf_byte(out, '.');
  strbuf_byte(out, '\0');
}

static bool is_mark(Str text, size_t at, bool open)
{
  static const char *const marks[] = {"\"", "'", "“", "”", "„", "«", "»", "‘", "’", "–", "-"};
  for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
    Str mark = str_of(marks[i]);
    if (open ? str_starts(str_slice(text, at, text.len), mark) : str_ends(str_slice(text, 0, at), mark))
      return true;
  }
  return false;
}

static bool inside(const Mention *mention, const Span *span)
{
  return mention->end > mention->start && mention->start < span->end && mention->end > span->start;
}

static void check_spans(const HandArticle *article)
{
  Str text = strbuf_str(&article->text);
  for (size_t i = 0; i < article->found.len; i++) {
    const Span *a = &article->found.items[i];
    assert_true(a->start < a->end && a->end <= text.len);
    bool marked = is_mark(text, a->start, true) || is_mark(text, a->end, false);
    assert_true(marked || a->type == QUOTE_INDIRECT);
    assert_true(a->confidence >= 0 && a->confidence <= 1);
    assert_false(inside(&a->quote->cue, a));
    assert_false(inside(&a->quote->speaker, a));
    for (size_t k = i + 1; k < article->found.len; k++) {
      const Span *b = &article->found.items[k];
      bool apart = b->start >= a->end, nested = b->start >= a->start && b->end <= a->end;
      assert_true(apart || nested);
    }
  }
}

static void test_sound(void **state)
{
  (void)state;
  static const Lang langs[] = {LANG_SV, LANG_NB, LANG_DA, LANG_DE, LANG_IT, LANG_EN, LANG_FI, LANG_UNKNOWN};
  for (size_t round = 0, rounds = chance_rounds(ROUNDS); round < rounds; round++) {
    StrBuf text = {0};
    HandArticle article;
    random_article(&text);
    hand_open(&article, text.ptr, langs[round % ARRAY_LEN(langs)], NAMES);
    check_spans(&article);
    hand_close(&article);
    strbuf_release(&text);
  }
}

static void same_attributions(const HandArticle *a, const HandArticle *b, size_t shift)
{
  assert_int_equal(a->found.len, b->found.len);
  for (size_t i = 0; i < a->found.len; i++) {
    const Span *x = &a->found.items[i], *y = &b->found.items[i];
    assert_int_equal(x->start + shift, y->start);
    assert_int_equal(x->end + shift, y->end);
    assert_true(str_eq(x->quote->speaker.name, y->quote->speaker.name));
    assert_int_equal(x->quote->group, y->quote->group);
  }
}

// A paragraph in front that names nobody, and one behind, are no news to the rest. A title stands over both,
// as dash speech that begins an article is its headline.
static void test_unrelated(void **state)
{
  (void)state;
  static const char title[] = "Rain over the fields\n\n", plain[] = "Rain fell on the fields all day.\n\n";
  for (size_t rounds = chance_rounds(ROUNDS) / 2; rounds; rounds--) {
    StrBuf text = {0}, longer = {0};
    HandArticle one, two;
    strbuf_add(&text, str_of(title));
    strbuf_add(&longer, str_of(title));
    strbuf_add(&longer, str_of(plain));
    random_article(&text);
    strbuf_add(&longer, str_of(text.ptr + sizeof title - 1));
    strbuf_add(&longer, STR("\n\nRain fell on the fields all day."));
    strbuf_byte(&longer, '\0');
    hand_open(&one, text.ptr, LANG_EN, NAMES);
    hand_open(&two, longer.ptr, LANG_EN, NAMES);
    same_attributions(&one, &two, sizeof plain - 1);
    hand_close(&one);
    hand_close(&two);
    strbuf_release(&text);
    strbuf_release(&longer);
  }
}

#define PARAGRAPHS 5u

// Where paragraph `i` of `starts` begins once paragraph `gone` is taken out.
static size_t moved_to(const size_t *starts, size_t gone, size_t i)
{
  return i < gone ? starts[i] : starts[i] - (starts[gone + 1] - starts[gone]);
}

static const Span *span_at(const HandArticle *article, size_t start, size_t end)
{
  for (size_t i = 0; i < article->found.len; i++) {
    const Span *span = &article->found.items[i];
    if (span->start == start && span->end == end) return span;
  }
  return NULL;
}

static bool within(const Mention *mention, size_t start, size_t end)
{
  return mention->end > mention->start && mention->start >= start && mention->end <= end;
}

// Who is named with a verb of saying in a paragraph says it whatever the others hold. How many were compared.
static size_t compare_told(const HandArticle *whole, const HandArticle *less, const size_t *starts,
                           size_t gone)
{
  size_t compared = 0;
  for (size_t i = 0; i < whole->found.len; i++) {
    const Span *was = &whole->found.items[i];
    size_t p = 0;
    while (was->start >= starts[p + 1]) p++;
    const QuoteFacts *facts = was->quote;
    bool told =
        within(&facts->speaker, starts[p], starts[p + 1]) && within(&facts->cue, starts[p], starts[p + 1]);
    told = told && str_starts(facts->why, STR("A verb of saying"));
    if (p == gone || was->end > starts[p + 1] || !told) continue;
    size_t to = moved_to(starts, gone, p), from = starts[p];
    const Span *is = span_at(less, was->start - from + to, was->end - from + to);
    if (!is || !is->quote->cue.end || is->quote->cue.start - to != facts->cue.start - from) continue;
    Str said = str_slice(strbuf_str(&whole->text), facts->speaker.start, facts->speaker.end);
    bool named = said.ptr[0] >= 'A' && said.ptr[0] <= 'Z' && !str_starts(said, STR("The "));
    if (!named) continue; // "he", "the minister": who that is hangs on the others
    assert_int_equal(is->quote->speaker.start - to, facts->speaker.start - from);
    assert_true(str_eq(is->quote->speaker.name, facts->speaker.name));
    compared++;
  }
  return compared;
}

static void test_removed(void **state)
{
  (void)state;
  size_t compared = 0, rounds = chance_rounds(ROUNDS);
  for (size_t round = 0; round < rounds; round++) {
    StrBuf text = {0}, shorter = {0};
    size_t starts[PARAGRAPHS + 1], gone = dice(PARAGRAPHS);
    for (size_t i = 0; i < PARAGRAPHS; i++) {
      StrBuf part = {0};
      random_article(&part);
      starts[i] = text.len;
      strbuf_add(&text, str_of(part.ptr));
      strbuf_add(&text, STR("\n\n"));
      strbuf_release(&part);
    }
    starts[PARAGRAPHS] = text.len;
    strbuf_add(&shorter, str_slice(strbuf_str(&text), 0, starts[gone]));
    strbuf_add(&shorter, str_slice(strbuf_str(&text), starts[gone + 1], text.len));
    strbuf_byte(&text, '\0');
    strbuf_byte(&shorter, '\0');
    HandArticle whole, less;
    hand_open(&whole, text.ptr, LANG_EN, NAMES);
    hand_open(&less, shorter.ptr, LANG_EN, NAMES);
    compared += compare_told(&whole, &less, starts, gone);
    hand_close(&whole);
    hand_close(&less);
    strbuf_release(&text);
    strbuf_release(&shorter);
  }
  assert_true(compared > rounds);
}

int main(void)
{
  chance_begin();
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sound), cmocka_unit_test(test_unrelated),
                                     cmocka_unit_test(test_removed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
