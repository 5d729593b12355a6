// Anchors beside a model that knows where every character went. Articles of a small vocabulary, so that words
// and whole phrases stand in many places; edits as people and tools make them unseen: words put in, taken
// out, replaced and moved, paragraphs added, removed, moved and copied, quotations repeated.
//   No anchor may be found anywhere but where its characters are; of those that are still there most are
//   found.
// A round is an article.
#include "base/utf8.h"
#include "base/vec.h"
#include "chance.h"
#include "human/anchor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { MARKS = 40, LEAST_FOUND_PERCENT = 95 };

typedef struct Byte {
  char byte;
  uint32_t id;   // its own for life
  uint32_t from; // the id of the first of which it is a copy; else its own
} Byte;
typedef VEC_OF(Byte) Text;

static uint32_t g_ids;

static void add(Text *text, const char *bytes)
{
  for (; *bytes; bytes++) {
    g_ids++;
    vec_push(text, (Byte){*bytes, g_ids, g_ids});
  }
}

static void splice(Text *text, size_t start, size_t end, const Text *with)
{
  Text next = {0};
  for (size_t i = 0; i < start; i++) vec_push(&next, text->items[i]);
  for (size_t i = 0; with && i < with->len; i++) vec_push(&next, with->items[i]);
  for (size_t i = end; i < text->len; i++) vec_push(&next, text->items[i]);
  vec_release(text);
  *text = next;
}

static const char *const g_names[] = {"Anna Berg",    "Berg",       "Erik Holm", "Holm",
                                      "Zoë Ångström", "Nordbanken", "Oslo",      "Reuters",
                                      "Malmö",        "Li Wei",     "Riksdagen", "Kijv"};
static const char *const g_words[] = {"the",
                                      "bank",
                                      "said",
                                      "that",
                                      "minister",
                                      "on",
                                      "Monday",
                                      "a",
                                      "new",
                                      "plan",
                                      "for",
                                      "housing",
                                      "was",
                                      "late",
                                      "and",
                                      "after",
                                      "meetings",
                                      "in",
                                      "with",
                                      "its",
                                      "critics",
                                      "called",
                                      "costly",
                                      "würde",
                                      "år",
                                      "efter",
                                      "mot",
                                      "🙂",
                                      "e\xCC\x81t\xC3\xA9",
                                      "rates"};

// `fresh`: what is written later repeats the article's names, and other words of its own.
static void add_words(Text *text, size_t count, bool fresh)
{
  static const char *last; // of two equal words in a row no text tells which was taken out
  for (size_t i = 0; i < count; i++) {
    bool name = dice(5) == 0;
    const char *word = last;
    while (word == last) word = name ? g_names[dice(ARRAY_LEN(g_names))] : g_words[dice(ARRAY_LEN(g_words))];
    add(text, last = word);
    if (fresh && !name) add(text, (char[]){(char)('a' + dice(26)), '\0'});
    add(text, i + 1 < count ? " " : ". ");
  }
}

static void add_paragraph(Text *text, bool fresh)
{
  for (size_t sentences = 1 + dice(5); sentences; sentences--) {
    if (!fresh && dice(20) == 0) { // news is fond of formulas
      add(text, "”We will see,” said ");
      add(text, g_names[dice(ARRAY_LEN(g_names))]);
      add(text, ", the minister of housing. ");
    }
    add_words(text, 4 + dice(14), fresh);
  }
  add(text, "\n\n");
}

static size_t next_byte(const Text *text, size_t from, char byte)
{
  while (from < text->len && text->items[from].byte != byte) from++;
  return from;
}

// A random word with the blank behind it, or paragraph with its blank lines: [*start, *end).
static void pick(const Text *text, char end_byte, size_t *start, size_t *end)
{
  size_t at = dice(text->len), from = at;
  while (from && text->items[from - 1].byte != end_byte) from--;
  *start = from;
  *end = next_byte(text, at, end_byte);
  while (*end < text->len && text->items[*end].byte == end_byte) ++*end;
}

static Text cut_out(const Text *text, size_t start, size_t end, bool copy)
{
  Text piece = {0};
  for (size_t i = start; i < end; i++)
    vec_push(&piece, (Byte){text->items[i].byte, copy ? ++g_ids : text->items[i].id, text->items[i].from});
  return piece;
}

static void edit(Text *text)
{
  size_t start, end, to, to_end;
  Text piece = {0};
  size_t which = dice(10);
  pick(text, which < 6 ? ' ' : '\n', &start, &end);
  switch (which) {
  case 0: // a word put in
  case 1:
    add_words(&piece, 1 + dice(3), true);
    splice(text, start, start, &piece);
    break;
  case 2: // taken out
    splice(text, start, end, NULL);
    break;
  case 3: // replaced
    add(&piece, g_words[dice(ARRAY_LEN(g_words))]);
    add(&piece, "d "); // another word than any
    splice(text, start, end, &piece);
    break;
  case 4: // moved
    piece = cut_out(text, start, end, false);
    splice(text, start, end, NULL);
    if (text->len)
      pick(text, ' ', &to, &to_end);
    else
      to = 0;
    splice(text, to, to, &piece);
    break;
  case 5: // a phrase repeated elsewhere
    for (size_t n = dice(12); n; n--) end = next_byte(text, end, ' ') + 1;
    if (end > text->len) end = text->len;
    piece = cut_out(text, start, end, true);
    pick(text, ' ', &to, &to_end);
    splice(text, to, to, &piece);
    break;
  case 6: // a paragraph put in
  case 7:
    add_paragraph(&piece, true);
    splice(text, start, start, &piece);
    break;
  case 8: // moved, or removed
    piece = cut_out(text, start, end, false);
    splice(text, start, end, NULL);
    if (!text->len || dice(2)) break;
    pick(text, '\n', &to, &to_end);
    splice(text, to, to, &piece);
    break;
  default: // repeated
    if (dice(2)) break;
    piece = cut_out(text, start, end, true);
    pick(text, '\n', &to, &to_end);
    splice(text, to, to, &piece);
    break;
  }
  vec_release(&piece);
  if (!text->len) add_paragraph(text, true);
}

static void plain_of(const Text *text, Plain *plain)
{
  StrBuf bytes = {0};
  for (size_t i = 0; i < text->len; i++) strbuf_byte(&bytes, text->items[i].byte);
  Snapshot *snapshot = snapshot_new(strbuf_str(&bytes));
  plain_init(plain, snapshot);
  snapshot_unref(snapshot);
  strbuf_release(&bytes);
}

// A word, or some words in a row, within a paragraph.
static bool random_mark(const Text *text, Anchor *anchor)
{
  size_t start, end;
  pick(text, ' ', &start, &end);
  for (size_t n = dice(3) ? dice(2) : dice(25); n; n--) end = next_byte(text, end, ' ') + 1;
  if (end > text->len) end = text->len;
  while (start < end && (text->items[start].byte == ' ' || text->items[start].byte == '\n')) start++;
  if (next_byte(text, start, '\n') < end) end = next_byte(text, start, '\n');
  while (end > start && text->items[end - 1].byte == ' ') end--;
  *anchor = (Anchor){.start = start, .end = end};
  return start < end;
}

// Where the characters that were [start, end) of `was` stand together in `is`; false: they do not.
static bool still_there(const Text *was, const Text *is, size_t start, size_t end, size_t *at)
{
  for (*at = 0; *at < is->len && is->items[*at].id != was->items[start].id;) ++*at;
  if (*at + (end - start) > is->len) return false;
  for (size_t i = start; i < end; i++)
    if (is->items[*at + (i - start)].id != was->items[i].id) return false;
  return true;
}

// Whether what stands at `at` is a copy of what was [start, end) of `was`, for the most part: of two equal
// words in a row no text tells which was taken out.
static bool is_copy(const Text *was, const Text *is, size_t start, size_t end, size_t at)
{
  size_t same = 0;
  for (size_t i = start; i < end; i++) same += is->items[at + (i - start)].from == was->items[i].from;
  return same > 0;
}

// On how many sides of the words at `at` all that the anchor kept stands as it did.
static int same_sides(const Plain *text, const Anchor *anchor, size_t at)
{
  size_t end = at + anchor->words.len;
  return str_ends(str_slice(text->text, 0, at), anchor->before) +
         str_starts(str_slice(text->text, end, text->text.len), anchor->after);
}

// Whether nearly nothing of what stood around it is at its place now: it was moved away, or all around was
// written anew. A copy with all its surroundings is it then, as far as a text can tell.
static bool lost_surroundings(const Plain *text, const Anchor *anchor, size_t at)
{
  Str before = str_slice(text->text, 0, at),
      after = str_slice(text->text, at + anchor->words.len, text->text.len);
  size_t left = 0, right = 0;
  while (left < anchor->before.len && left < before.len &&
         anchor->before.ptr[anchor->before.len - 1 - left] == before.ptr[before.len - 1 - left])
    left++;
  while (right < anchor->after.len && right < after.len && anchor->after.ptr[right] == after.ptr[right])
    right++;
  return left + right < 10;
}

// Whether the anchor has two places that are alike in all that it keeps: none of them can be told.
static bool stands_twice(const Plain *text, const Anchor *anchor)
{
  size_t count = 0;
  for (size_t at = 0; at + anchor->words.len <= text->text.len; at++)
    count += str_starts(str_slice(text->text, at, text->text.len), anchor->words) &&
             same_sides(text, anchor, at) == 2;
  return count > 1;
}

typedef struct Tally {
  size_t there, found, twice, wrong, gone;
} Tally;

static void one_article(Tally *tally, size_t edits)
{
  Text was = {0}, is = {0};
  Plain before, after;
  Arena arena = {0};
  Anchor anchors[MARKS];
  const Anchor *refs[MARKS];
  AnchorPlace places[MARKS];
  for (size_t paragraphs = 5 + dice(15); paragraphs; paragraphs--) add_paragraph(&was, false);
  size_t count = 0;
  while (count < MARKS)
    if (random_mark(&was, &anchors[count])) refs[count] = &anchors[count], count++;
  plain_of(&was, &before);
  anchor_make(&before, anchors, MARKS, &arena);
  for (size_t i = 0; i < was.len; i++) vec_push(&is, was.items[i]);
  while (edits--) edit(&is);
  plain_of(&is, &after);
  anchor_find(&after, refs, MARKS, places);
  for (size_t i = 0; i < MARKS; i++) {
    size_t at;
    bool there = still_there(&was, &is, anchors[i].start, anchors[i].end, &at);
    bool found = places[i].state == ANCHOR_FOUND;
    tally->there += there;
    tally->gone += !there;
    if (there && !found && stands_twice(&after, &anchors[i])) {
      tally->twice++;
      tally->there--;
      continue;
    }
    tally->found += there && found && places[i].start == at;
    if (!found || (there && places[i].start == at)) continue;
    // Copied, and then taken away where it was: it moved, as far as a text can tell.
    if (there && lost_surroundings(&after, &anchors[i], at)) there = false;
    // A copy in its very place, or near it with the same words on both sides.
    if (same_sides(&after, &anchors[i], places[i].start) == 2) continue;
    // Taken out, and the same written behind or before what stays: put back, as far as a text can tell.
    if (!there && same_sides(&after, &anchors[i], places[i].start)) continue;
    if (!there && is_copy(&was, &is, anchors[i].start, anchors[i].end, places[i].start)) continue;
    tally->wrong++;
    print_message("wrong: '" STR_FMT "' %s; before '" STR_FMT "' after '" STR_FMT "' enough %u %u\n",
                  STR_ARG(anchors[i].words), there ? "stands elsewhere" : "is gone",
                  STR_ARG(anchors[i].before), STR_ARG(anchors[i].after), anchors[i].enough[0],
                  anchors[i].enough[1]);
  }
  vec_release(&was);
  vec_release(&is);
  plain_release(&before);
  plain_release(&after);
  arena_release(&arena);
}

static void test_random_edits(void **state)
{
  (void)state;
  size_t rounds = chance_rounds(1000);
  Tally tally = {0};
  chance_begin();
  for (size_t round = 0; round < rounds; round++) one_article(&tally, 1 + dice(12));
  print_message("%zu still there: %zu found (%.2f %%), %zu wrong; %zu twice alike, %zu gone\n", tally.there,
                tally.found, 100.0 * (double)tally.found / (double)tally.there, tally.wrong, tally.twice,
                tally.gone);
  assert_int_equal(tally.wrong, 0);
  assert_true(tally.found * 100 >= tally.there * LEAST_FOUND_PERCENT);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_edits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
