// Ids that stay, and deltas, on made-up spans.
#include "test.h"

#include "base/alloc.h"
#include "server/findings.h"

static Span dated(size_t start, size_t end)
{
  static const DateFacts unknown = {0};
  return (Span){.start = start, .end = end, .kind = SPAN_DATE, .date = &unknown};
}

static Span entity(size_t start, size_t end, EntityType type, const char *name)
{
  static EntityFacts facts[32]; // enough for one program
  static size_t used;
  EntityFacts *mine = &facts[used++ % 32];
  *mine = (EntityFacts){.name = str_of(name)};
  return (Span){.start = start, .end = end, .kind = SPAN_ENTITY, .type = (uint8_t)type, .entity = mine};
}

// What people said of spans, by Span.human - 1.
static const HumanFacts g_accepted = {.verdict = VERDICT_ACCEPTED, .record = {"k1", 2}},
                        g_noted = {.verdict = VERDICT_ACCEPTED, .record = {"k1", 2}, .note = {"see", 3}},
                        g_again = {.verdict = VERDICT_ACCEPTED, .record = {"k2", 2}};
static const HumanFacts *const g_human[] = {&g_accepted, &g_noted, &g_again};

static Findings *make(const Span *spans, size_t count)
{
  Annotations *found = xcalloc(1, sizeof *found);
  found->refs = 1;
  found->human = g_human;
  for (size_t i = 0; i < count; i++) vec_push_in(&found->arena, &found->spans, spans[i]);
  Snapshot *text = snapshot_new(STR("the text does not matter here"));
  Findings *self = findings_new(text, found, NULL, annotations_ref(found), 1);
  snapshot_unref(text);
  return self;
}

typedef struct Case {
  const char *name;
  Span old[3], fresh[3];
  TextEdit edit; // start == old_end == new_end: none
  uint32_t ids[3];
  size_t removed, added;
} Case;

static size_t length(const Span *spans)
{
  size_t count = 0;
  while (count < 3 && spans[count].end) count++;
  return count;
}

static void test_cases(void **state)
{
  (void)state;
  const Case cases[] = {
      {"nothing happened",
       {entity(2, 6, ENTITY_PER, "A"), entity(8, 9, ENTITY_LOC, "B")},
       {entity(2, 6, ENTITY_PER, "A"), entity(8, 9, ENTITY_LOC, "B")},
       {0},
       {1, 2},
       0,
       0},
      {"moved by an edit in front",
       {entity(2, 6, ENTITY_PER, "A")},
       {entity(5, 9, ENTITY_PER, "A")},
       {0, 0, 3},
       {1},
       0,
       0},
      {"moved without an edit is another",
       {entity(2, 6, ENTITY_PER, "A")},
       {entity(5, 9, ENTITY_PER, "A")},
       {0},
       {2},
       1,
       1},
      {"facts changed", {entity(2, 6, ENTITY_PER, "A")}, {entity(2, 6, ENTITY_ORG, "A")}, {0}, {1}, 1, 1},
      {"grew by a letter behind it",
       {entity(2, 6, ENTITY_PER, "A")},
       {entity(2, 7, ENTITY_PER, "A")},
       {6, 6, 7},
       {1},
       1,
       1},
      {"touched, though all is the same",
       {entity(2, 6, ENTITY_PER, "A")},
       {entity(2, 6, ENTITY_PER, "A")},
       {6, 6, 7},
       {1},
       1,
       1},
      {"another kind at the place", {entity(2, 6, ENTITY_PER, "A")}, {dated(2, 6)}, {0}, {2}, 1, 1},
      {"a second one begins there",
       {entity(2, 6, ENTITY_PER, "A")},
       {entity(2, 9, ENTITY_PER, "AB"), entity(2, 6, ENTITY_PER, "A")},
       {0},
       {2, 1},
       0,
       1},
      {"gone",
       {entity(2, 6, ENTITY_PER, "A"), entity(8, 9, ENTITY_LOC, "B")},
       {entity(8, 9, ENTITY_LOC, "B")},
       {0},
       {2},
       1,
       0},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    print_message("%s\n", cases[i].name);
    Findings *old = make(cases[i].old, length(cases[i].old)),
             *fresh = make(cases[i].fresh, length(cases[i].fresh));
    Changes changes = {0};
    Delta first = {0}, delta = {0};
    findings_follow(old, NULL, &changes, &first);
    assert_int_equal(first.removed.len, 0);
    assert_int_equal(first.added.len, length(cases[i].old));
    if (cases[i].edit.new_end) changes_add(&changes, cases[i].edit);
    findings_follow(fresh, old, &changes, &delta);
    assert_int_equal(delta.removed.len, cases[i].removed);
    assert_int_equal(delta.added.len, cases[i].added);
    for (size_t k = 0; k < length(cases[i].fresh); k++) {
      assert_int_equal(fresh->found->spans.items[k].id, cases[i].ids[k]);
    }
    delta_release(&first);
    delta_release(&delta);
    changes_release(&changes);
    findings_unref(old);
    findings_unref(fresh);
  }
}

static void test_quotation_follows_its_speaker(void **state)
{
  (void)state;
  Span quote = {.start = 10,
                .end = 20,
                .kind = SPAN_QUOTE,
                .quote = &(QuoteFacts){.speaker = {2, 6, STR("A"), {0}}, .group = 1}};
  Findings *old = make(&quote, 1), *fresh = make(&quote, 1);
  Changes changes = {0};
  Delta first = {0}, delta = {0};
  changes_add(&changes, (TextEdit){2, 3, 3}); // the speaker's first letter is typed over
  findings_follow(old, NULL, &changes, &first);
  findings_follow(fresh, old, &changes, &delta);
  assert_int_equal(delta.added.len, 1);
  assert_int_equal(fresh->found->spans.items[0].id, 1);
  delta_release(&first);
  delta_release(&delta);
  changes_release(&changes);
  findings_unref(old);
  findings_unref(fresh);
}

// Whatever a client shows of a span, it is told when that is another.
static void test_every_fact_is_told(void **state)
{
  (void)state;
  static const EntityFacts ada = {.name = {"A", 1}, .entity = {"name:a", 6}},
                           named = {.name = {"B", 1}, .entity = {"name:a", 6}},
                           linked = {.name = {"A", 1}, .entity = {"wd:Q1", 5}};
  static const DateFacts day = {.value = {"2023", 4}}, value = {.value = {"2024", 4}},
                         begin = {.value = {"2023", 4}, .begin = {"2023-01-01", 10}},
                         until = {.value = {"2023", 4}, .until = {"2023-12-31", 10}},
                         mod = {.value = {"2023", 4}, .mod = {"START", 5}},
                         quant = {.value = {"2023", 4}, .quant = {"EVERY", 5}},
                         freq = {.value = {"2023", 4}, .freq = {"2X", 2}},
                         anchor = {.value = {"2023", 4}, .anchor = {"Monday", 6}};
  static const QuoteFacts said = {.speaker = {2, 6, {"A", 1}, {"name:a", 6}}, .group = 1},
                          who = {.speaker = {2, 6, {"B", 1}, {"name:a", 6}}, .group = 1},
                          which = {.speaker = {2, 6, {"A", 1}, {"wd:Q1", 5}}, .group = 1},
                          where = {.speaker = {3, 6, {"A", 1}, {"name:a", 6}}, .group = 1},
                          nobody = {.group = 1},
                          group = {.speaker = {2, 6, {"A", 1}, {"name:a", 6}}, .group = 2},
                          voice = {.speaker = {2, 6, {"A", 1}, {"name:a", 6}}, .group = 1, .voice = 1},
                          why = {.speaker = {2, 6, {"A", 1}, {"name:a", 6}}, .group = 1, .why = {"?", 1}},
                          cue = {.speaker = {2, 6, {"A", 1}, {"name:a", 6}}, .group = 1, .cue = {7, 9}},
                          source = {.speaker = {2, 6, {"A", 1}, {"name:a", 6}},
                                    .group = 1,
                                    .source = {.name = {"C", 1}}};
  static const TagFacts tag = {.tag = {"t", 1}}, valued = {.tag = {"t", 1}, .value = {"v", 1}},
                        fields = {.tag = {"t", 1}, .fields = {"{}", 2}},
                        script = {.tag = {"t", 1}, .script = {"s", 1}};
#define SPAN(k, ...)                                                                                         \
  {                                                                                                          \
    .start = 10, .end = 20, .kind = k, __VA_ARGS__                                                           \
  }
  static const Span pairs[][2] = {
      {SPAN(SPAN_ENTITY, .entity = &ada), SPAN(SPAN_ENTITY, .entity = &named)},
      {SPAN(SPAN_ENTITY, .entity = &ada), SPAN(SPAN_ENTITY, .entity = &linked)},
      {SPAN(SPAN_ENTITY, .entity = &ada), SPAN(SPAN_ENTITY, .entity = &ada, .type = ENTITY_LOC)},
      {SPAN(SPAN_ENTITY, .entity = &ada), SPAN(SPAN_ENTITY, .entity = &ada, .confidence = 0.5f)},
      {SPAN(SPAN_ENTITY, .entity = &ada), SPAN(SPAN_ENTITY, .entity = &ada, .by = BY_LIST)},
      {SPAN(SPAN_ENTITY, .entity = &ada), SPAN(SPAN_ENTITY, .entity = &ada, .human = 1)},
      {SPAN(SPAN_ENTITY, .entity = &ada, .human = 1), SPAN(SPAN_ENTITY, .entity = &ada)},
      {SPAN(SPAN_ENTITY, .entity = &ada, .human = 1), SPAN(SPAN_ENTITY, .entity = &ada, .human = 2)},
      {SPAN(SPAN_ENTITY, .entity = &ada, .human = 1), SPAN(SPAN_ENTITY, .entity = &ada, .human = 3)},
      {SPAN(SPAN_DATE, .date = &day), SPAN(SPAN_DATE, .date = &value)},
      {SPAN(SPAN_DATE, .date = &day), SPAN(SPAN_DATE, .date = &begin)},
      {SPAN(SPAN_DATE, .date = &day), SPAN(SPAN_DATE, .date = &until)},
      {SPAN(SPAN_DATE, .date = &day), SPAN(SPAN_DATE, .date = &mod)},
      {SPAN(SPAN_DATE, .date = &day), SPAN(SPAN_DATE, .date = &quant)},
      {SPAN(SPAN_DATE, .date = &day), SPAN(SPAN_DATE, .date = &freq)},
      {SPAN(SPAN_DATE, .date = &day), SPAN(SPAN_DATE, .date = &anchor)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &who)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &which)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &where)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &nobody)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &group)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &voice)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &why)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &cue)},
      {SPAN(SPAN_QUOTE, .quote = &said), SPAN(SPAN_QUOTE, .quote = &source)},
      {SPAN(SPAN_TAG, .tag = &tag), SPAN(SPAN_TAG, .tag = &valued)},
      {SPAN(SPAN_TAG, .tag = &tag), SPAN(SPAN_TAG, .tag = &fields)},
      {SPAN(SPAN_TAG, .tag = &tag), SPAN(SPAN_TAG, .tag = &script)},
  };
#undef SPAN
  for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
    for (size_t other = 0; other < 2; other++) {
      Findings *old = make(&pairs[i][0], 1), *fresh = make(&pairs[i][other], 1);
      Changes changes = {0};
      Delta first = {0}, delta = {0};
      findings_follow(old, NULL, &changes, &first);
      findings_follow(fresh, old, &changes, &delta);
      if (delta.added.len != other) fail_msg("pair %zu: %zu told, not %zu", i, delta.added.len, other);
      delta_release(&first);
      delta_release(&delta);
      findings_unref(old);
      findings_unref(fresh);
    }
}

static void test_tags_are_carried(void **state)
{
  (void)state;
  Span old_spans[] = {
      entity(2, 6, ENTITY_PER, "A"),
      {.start = 2, .end = 6, .kind = SPAN_TAG, .by = BY_SCRIPT, .tag = &(TagFacts){.tag = STR("t")}},
      {.start = 8, .end = 9, .kind = SPAN_TAG, .by = BY_SCRIPT, .tag = &(TagFacts){.tag = STR("t")}}};
  Span fresh_spans[] = {entity(3, 7, ENTITY_PER, "A"), entity(20, 22, ENTITY_PER, "B")};
  Findings *old = make(old_spans, 3), *fresh = make(fresh_spans, 2);
  Changes changes = {0};
  changes_add(&changes, (TextEdit){0, 0, 1});
  changes_add(&changes, (TextEdit){9, 10, 12}); // the second tag is typed over
  Annotations *all = findings_carry_tags(fresh->found, old, &changes);
  assert_int_equal(all->spans.len, 3);
  assert_int_equal(all->spans.items[1].kind, SPAN_TAG);
  assert_int_equal(all->spans.items[1].start, 3);
  assert_int_equal(all->spans.items[2].start, 20);
  annotations_unref(all);
  all = findings_carry_tags(fresh->found, fresh, &changes);
  assert_ptr_equal(all, fresh->found); // nothing to carry
  annotations_unref(all);
  changes_release(&changes);
  findings_unref(old);
  findings_unref(fresh);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cases), cmocka_unit_test(test_quotation_follows_its_speaker),
      cmocka_unit_test(test_every_fact_is_told), cmocka_unit_test(test_tags_are_carried)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
