// What is asked about made-up spans.
#include "test.h"

#include "annotate/doubts.h"

#define NAME(ENTITY_TYPE, FACTS, CONFIDENCE)                                                                 \
  {                                                                                                          \
    .kind = SPAN_ENTITY, .type = ENTITY_TYPE, .by = BY_MODEL, .entity = (FACTS), .confidence = CONFIDENCE    \
  }
#define DATE(DATE_TYPE, FACTS, CONFIDENCE)                                                                   \
  {                                                                                                          \
    .kind = SPAN_DATE, .type = DATE_TYPE, .date = (FACTS), .confidence = CONFIDENCE                          \
  }
#define QUOTE(QUOTE_TYPE, FACTS, CONFIDENCE)                                                                 \
  {                                                                                                          \
    .kind = SPAN_QUOTE, .type = QUOTE_TYPE, .quote = (FACTS), .confidence = CONFIDENCE                       \
  }

typedef struct Case {
  const char *name, *dct;
  Span spans[3]; // one without facts ends them
  const char *asked;
} Case;

static void test_cases(void **state)
{
  (void)state;
  const EntityFacts berg = {.name = STR("Berg"), .entity = STR("name:berg")},
                    anna = {.name = STR("Anna Berg"), .entity = STR("name:anna berg")},
                    known = {.name = STR("Putin"), .entity = STR("wd:Q7747")},
                    firm = {.name = STR("Nordkabel"), .entity = STR("name:nordkabel")};
  const QuoteFacts unsaid = {.group = 1}, next = {.group = 2},
                   said = {.group = 3, .speaker = {.name = STR("Anna Berg")}};
  const DateFacts day = {.value = STR("2024-03-12")}, open = {.value = STR("XXXX-02-24")},
                  week = {.value = STR("XXXX-WXX-2")}, decade = {.value = STR("198X")},
                  every = {.value = STR("XXXX-WXX-1")};

  const Case cases[] = {
      {"nothing to ask",
       "2024-03-14",
       {NAME(ENTITY_PER, &anna, 0.9f), DATE(DATE_DATE, &day, 0.9f), QUOTE(QUOTE_DIRECT, &said, 0.9f)},
       ""},
      {"nobody is named", "", {QUOTE(QUOTE_DIRECT, &unsaid, 0.9f)}, "0 no-speaker who said it?\n"},
      {"the parts of a quotation are one",
       "",
       {QUOTE(QUOTE_DIRECT, &unsaid, 0.9f), QUOTE(QUOTE_DIRECT, &unsaid, 0.9f),
        QUOTE(QUOTE_DIRECT, &next, 0.9f)},
       "0 no-speaker who said it?\n2 no-speaker who said it?\n"},
      {"words in a reporter's sentence are nobody's", "", {QUOTE(QUOTE_MIXED, &unsaid, 0.9f)}, ""},
      {"a speaker who is guessed",
       "",
       {QUOTE(QUOTE_MIXED, &said, 0.5f)},
       "0 speaker did Anna Berg say it?\n"},
      {"reported speech", "", {QUOTE(QUOTE_INDIRECT, &said, 0.1f), QUOTE(QUOTE_INDIRECT, &unsaid, 0.1f)}, ""},
      {"one name, asked for once",
       "",
       {NAME(ENTITY_PER, &berg, 0.9f), NAME(ENTITY_PER, &berg, 0.9f)},
       "0 who who is it (one name only)?\n"},
      {"one name that everybody knows", "", {NAME(ENTITY_PER, &known, 0.9f)}, ""},
      {"one name of a firm", "", {NAME(ENTITY_ORG, &firm, 0.9f)}, ""},
      {"doubtful names",
       "",
       {NAME(ENTITY_LOC, &firm, 0.58f), NAME(ENTITY_LOC, &firm, 0.4f), NAME(ENTITY_PER, &berg, 0.4f)},
       "0 name is it a place?\n2 name is it a person?\n"},
      {"no date of the article",
       "",
       {DATE(DATE_DATE, &week, 0.9f), DATE(DATE_TIME, &open, 0.9f)},
       "0 written when was this written (no date)?\n"},
      {"a day that is open all the same",
       "2024",
       {DATE(DATE_DATE, &open, 0.9f)},
       "0 date when is it (XXXX-02-24)?\n"},
      {"decades and repeated days are whole",
       "",
       {DATE(DATE_DATE, &decade, 0.9f), DATE(DATE_SET, &every, 0.9f)},
       ""},
      {"a doubtful day", "2024-03-14", {DATE(DATE_DATE, &day, 0.3f)}, "0 date is it 2024-03-12?\n"},
  };

  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    const Case *one = &cases[i];
    Annotations found = {.dct.value = str_of(one->dct)};
    Arena arena = {0};
    DoubtVec doubts = {0};
    StrBuf asked = {0};
    for (size_t k = 0; k < ARRAY_LEN(one->spans) && one->spans[k].entity; k++)
      vec_push_in(&arena, &found.spans, one->spans[k]);
    doubts_find(&found, &arena, &doubts);
    for (size_t k = 0; k < doubts.len; k++)
      strbuf_addf(&asked, "%zu %s " STR_FMT "\n", (size_t)(doubts.items[k].span - found.spans.items),
                  doubt_code(doubts.items[k].kind), STR_ARG(doubts.items[k].question));
    if (!str_is(strbuf_str(&asked), one->asked)) fail_msg("%s: asked\n%s", one->name, asked.ptr);
    // What a person decided is no doubt.
    for (size_t k = 0; k < found.spans.len; k++) found.spans.items[k].by = BY_HUMAN;
    doubts.len = 0;
    doubts_find(&found, &arena, &doubts);
    if (doubts.len) fail_msg("%s: asked of what a person decided", one->name);
    strbuf_release(&asked);
    arena_release(&arena);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
