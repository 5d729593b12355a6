#include "annotate/token.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct Case {
  const char *lang, *text, *want;
} Case;

static void add_tokens(StrBuf *out, Str text, const TokenVec *tokens, size_t first, size_t last)
{
  for (size_t i = first; i < last; i++) {
    if (i > first) strbuf_byte(out, '|');
    strbuf_add(out, str_slice(text, tokens->items[i].start, tokens->items[i].end));
  }
}

static void test_tokens(void **state)
{
  (void)state;
  static const Case cases[] = {
      {"", "Kinas försvarsminister", "Kinas|försvarsminister"},
      {"", "EU:s vinter-OS (NATO:ssa)", "EU:s|vinter-OS|(|NATO:ssa|)"},
      {"", "Putin's and Putin’s, dogs'", "Putin|'s|and|Putin|’s|,|dogs|'"},
      {"", "don't O’Brien rock'n'roll", "don't|O’Brien|rock'n'roll"},
      {"", "l’incontro dell'Italia D'Alema L'Aquila", "l’|incontro|dell'|Italia|D'Alema|L'|Aquila"},
      {"", "qu'il aujourd'hui l'«été»", "qu'|il|aujourd'hui|l'|«|été|»"},
      {"", "1,5 20.000 09:12 09.12 17.5.2023 12/03/2023", "1,5|20.000|09:12|09.12|17.5.2023|12/03/2023"},
      {"", "2023-04-17 2023-04 3-2 2022-2023 15–16", "2023-04-17|2023-04|3|-|2|2022|-|2023|15|–|16"},
      {"", "2023-04-17T09:12", "2023-04-17T09:12"},
      {"", "15th 5G 1990-talet F-16 covid-19", "15th|5G|1990-talet|F-16|covid-19"},
      {"", "3. mars 5%", "3|.|mars|5|%"},
      {"", "H&M svt.se a@b.no U.S. z.B. p.m.", "H&M|svt.se|a@b.no|U.S.|z.B.|p.m."},
      {"", "slut.Nästa Foto:Anna ... -- …", "slut|.|Nästa|Foto|:|Anna|...|--|…"},
      {"", "vinter- och Olympia- und", "vinter|-|och|Olympia|-|und"},
      {"", "och/eller AT&T's", "och|/|eller|AT&T|'s"},
      {"", "«Ja», sa han", "«|Ja|»|,|sa|han"},
      {"", "", ""},
      {"",
       "a\xff"
       "b",
       "a|\xff|b"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Arena arena = {0};
    TokenVec tokens = {0};
    Str text = str_of(cases[i].text);
    tokens_split(text, &arena, &tokens);
    StrBuf got = {0};
    add_tokens(&got, text, &tokens, 0, tokens.len);
    strbuf_byte(&got, '\0');
    assert_string_equal(got.ptr, cases[i].want);
    strbuf_release(&got);
    arena_release(&arena);
  }
}

static void test_flags(void **state)
{
  (void)state;
  Arena arena = {0};
  TokenVec t = {0};
  tokens_split(STR("Åsa EU\n  5G vinter-OS"), &arena, &t);
  assert_int_equal(t.len, 4);
  assert_int_equal(t.items[0].flags, TOKEN_WORD | TOKEN_CAPITAL | TOKEN_HAS_LOWER | TOKEN_LINE_START);
  assert_int_equal(t.items[1].flags, TOKEN_WORD | TOKEN_CAPITAL | TOKEN_ALL_CAPS | TOKEN_SPACE_BEFORE);
  assert_int_equal(t.items[2].flags, TOKEN_NUMBER | TOKEN_HAS_DIGIT | TOKEN_SPACE_BEFORE | TOKEN_LINE_START);
  assert_int_equal(t.items[3].flags, TOKEN_WORD | TOKEN_HAS_LOWER | TOKEN_HAS_HYPHEN | TOKEN_SPACE_BEFORE);
  assert_true(str_is(t.items[0].lower, "åsa"));
  assert_int_equal(t.items[0].hash, (uint32_t)str_hash(STR("åsa")));
  arena_release(&arena);
}

static void test_sentences(void **state)
{
  (void)state;
  static const Case cases[] = {
      {"en", "It rained. She left.", "It|rained|.\nShe|left|."},
      {"en", "J. K. Rowling met Dr. No. He ran.", "J.|K.|Rowling|met|Dr.|No|.\nHe|ran|."},
      {"en", "The U.S. Senate met at 3 p.m. The vote failed.",
       "The|U.S.|Senate|met|at|3|p.m.\nThe|vote|failed|."},
      {"en", "“Go.” He went. \"Stop!\" she said.", "“|Go|.|”\nHe|went|.\n\"|Stop|!|\"|she|said|."},
      {"en", "Who? Me?! Yes... No", "Who|?\nMe|?|!\nYes|...\nNo"},
      {"en", "He said no.", "He|said|no|."},
      {"sv", "Det gäller bl.a. Kina m.m. Han sa det.", "Det|gäller|bl.a.|Kina|m.m.\nHan|sa|det|."},
      {"sv", "Mötet hölls kl. 15. Sedan gick de.", "Mötet|hölls|kl.|15|.\nSedan|gick|de|."},
      {"de", "Vom 3. bis 5. März in der 2. Bundesliga. Die Zahl 12. Die Liga.",
       "Vom|3|.|bis|5|.|März|in|der|2|.|Bundesliga|.\nDie|Zahl|12|.\nDie|Liga|."},
      {"nb", "Det skjedde 17. mai 1814. Så kom krigen.", "Det|skjedde|17|.|mai|1814|.\nSå|kom|krigen|."},
      {"it", "Il dott. Rossi ha detto «Basta.» Poi ha taciuto.",
       "Il|dott.|Rossi|ha|detto|«|Basta|.|»\nPoi|ha|taciuto|."},
      {"en", "First line\nof a text\n\nSecond", "First|line|of|a|text\nSecond"},
      {"en", "the end.Next one. (See below.) Fine.", "the|end|.\nNext|one|.\n(|See|below|.|)\nFine|."},
      {"und", "Nothing here", "Nothing|here"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Arena arena = {0};
    TokenVec tokens = {0};
    SentenceVec sentences = {0};
    Str text = str_of(cases[i].text);
    tokens_split(text, &arena, &tokens);
    sentences_split(text, lang_of(str_of(cases[i].lang)), &tokens, &arena, &sentences);
    StrBuf got = {0};
    for (size_t s = 0; s < sentences.len; s++) {
      if (s) strbuf_byte(&got, '\n');
      add_tokens(&got, text, &tokens, sentences.items[s].first, sentences.items[s].last);
    }
    strbuf_byte(&got, '\0');
    assert_string_equal(got.ptr, cases[i].want);
    strbuf_release(&got);
    arena_release(&arena);
  }
}

// Sentences cover the tokens, tokens do not overlap, and the worst characters cost what others cost.
static void test_odd_texts(void **state)
{
  (void)state;
  static const char *const parts[] = {".",  "'",  "a'", "-",        "1-", "A.",
                                      "\n", ":a", "\"", "\xcc\x81", "l'", "\xe2"};
  for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
    StrBuf text = {0};
    while (text.len < 300000) strbuf_add(&text, str_of(parts[i]));
    Arena arena = {0};
    TokenVec tokens = {0};
    SentenceVec sentences = {0};
    uint64_t begin = clock_thread_ns();
    tokens_split(strbuf_str(&text), &arena, &tokens);
    sentences_split(strbuf_str(&text), LANG_DE, &tokens, &arena, &sentences);
    assert_true(clock_thread_ns() - begin < 2000000000u);
    uint32_t at = 0, next = 0;
    for (size_t t = 0; t < tokens.len; t++) {
      assert_true(tokens.items[t].start >= at && tokens.items[t].end > tokens.items[t].start);
      at = tokens.items[t].end;
    }
    for (size_t s = 0; s < sentences.len; s++) {
      assert_true(sentences.items[s].first == next && sentences.items[s].last > next);
      next = sentences.items[s].last;
    }
    assert_int_equal(next, tokens.len);
    assert_true(at <= text.len);
    strbuf_release(&text);
    arena_release(&arena);
  }
}

static void test_what_is_soft(void **state)
{
  (void)state;
  Arena arena = {0};
  TokenVec tokens = {0};
  Str text = STR("Bu\u00ADses B\u00FC\u2060low vecko\u00ADslut");
  tokens_split(text, &arena, &tokens);
  static const char *const want[] = {"buses", "b\u00FClow", "veckoslut"};
  assert_int_equal(tokens.len, 3);
  for (size_t i = 0; i < 3; i++) {
    assert_true(str_is(tokens.items[i].lower, want[i]));
    assert_int_equal(tokens.items[i].whole_hash, str_hash(str_of(want[i])));
  }
  assert_int_equal(tokens.items[2].end, text.len); // what is soft belongs to the word
  assert_false(tokens.items[2].flags & TOKEN_CAPITAL);
  arena_release(&arena);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tokens),    cmocka_unit_test(test_what_is_soft), cmocka_unit_test(test_flags),
      cmocka_unit_test(test_sentences), cmocka_unit_test(test_odd_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
