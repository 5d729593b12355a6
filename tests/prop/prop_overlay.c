// Laying people's decisions over the machine's spans, beside a model that asks every decision about every
// span. Random texts, spans, decisions and rules, crowded so that everything touches everything. A
// round is an article.
#include "base/alloc.h"
#include "chance.h"
#include "human/overlay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// --- an article of words "a", "b", … , and what is marked in it

enum { WORDS = 60, WIDTH = 2, LETTERS = 8, LEN = WORDS * WIDTH };

static const char *const g_types[SPAN_KINDS][4] = {{"PER", "ORG", "LOC", "PER"},
                                                   {"DATE", "TIME", "DURATION", "SET"},
                                                   {"direct", "mixed", "indirect", "direct"},
                                                   {"weapon", "ship", "law", "weapon"}};

static void place(size_t *start, size_t *end, SpanKind kind)
{
  size_t most = kind == SPAN_QUOTE ? 12 : 3;
  size_t first = dice(WORDS), words = 1 + dice(most);
  if (first + words > WORDS) words = WORDS - first;
  *start = first * WIDTH;
  *end = (first + words) * WIDTH - 1;
}

static Span random_span(Arena *arena)
{
  Span span = {.kind = (SpanKind)dice(SPAN_KINDS), .by = BY_MODEL, .confidence = 0.5f};
  place(&span.start, &span.end, span.kind);
  const char *type = g_types[span.kind][dice(3)];
  uint8_t number = 0;
  if (span.kind != SPAN_TAG) decision_kind(str_of(type), &number);
  span.type = number;
  EntityFacts entity = {.name = STR("n"), .entity = STR("name:n"), .cluster = 1 + (uint32_t)dice(4)};
  DateFacts date = {.value = STR("2024-05-03")};
  QuoteFacts quote = {.group = 1 + (uint32_t)dice(1000)};
  TagFacts tag = {.tag = str_of(type), .script = STR("s")};
  switch (span.kind) {
  case SPAN_ENTITY:
    span.entity = arena_copy(arena, &entity, sizeof entity);
    break;
  case SPAN_DATE:
    span.date = arena_copy(arena, &date, sizeof date);
    break;
  case SPAN_QUOTE:
    span.quote = arena_copy(arena, &quote, sizeof quote);
    break;
  default:
    span.tag = arena_copy(arena, &tag, sizeof tag);
    break;
  }
  return span;
}

static Annotations *random_found(void)
{
  Annotations *found = xcalloc(1, sizeof *found);
  found->refs = 1;
  size_t count = dice(50);
  for (size_t i = 0; i < count; i++) vec_push_in(&found->arena, &found->spans, random_span(&found->arena));
  if (count) qsort(found->spans.items, found->spans.len, sizeof(Span), span_order);
  return found;
}

static Placed random_decision(size_t number)
{
  char id[8], time[8];
  Placed placed = {0};
  Decision draft = {.kind = (SpanKind)dice(SPAN_KINDS), .verdict = (Verdict)(VERDICT_MADE + dice(4))};
  snprintf(id, sizeof id, "d%03zu", number);
  snprintf(time, sizeof time, "t%03zu", number * 37 % 101); // none twice
  draft.id = str_of(id);
  draft.time = str_of(time);
  draft.type = str_of(g_types[draft.kind][dice(3)]);
  if (draft.verdict == VERDICT_REJECTED && draft.kind != SPAN_TAG && !dice(3)) draft.type = (Str){0};
  place(&placed.start, &placed.end, draft.kind);
  placed.decision = decision_new(&draft);
  return placed;
}

static const Registry *random_registry(void)
{
  LedgerLines lines = {0};
  char texts[4][120];
  size_t count = dice(4);
  for (size_t i = 0; i < count; i++) {
    const char *type = g_types[dice(2) ? SPAN_ENTITY : SPAN_TAG][dice(3)];
    bool rejected = !dice(3);
    snprintf(texts[i], sizeof texts[i], "{\"id\":\"r%zu\",\"kind\":\"rule\",\"words\":\"%c\",%s%s%s}", i,
             (char)('a' + dice(LETTERS)), rejected ? "\"verdict\":\"rejected\"" : "\"type\":\"",
             rejected ? "" : type, rejected ? "" : "\"");
    vec_push(&lines, (LedgerLine){.text = str_of(texts[i])});
  }
  const Registry *registry = registry_new(&lines);
  vec_release(&lines);
  return registry;
}

// --- the model

typedef struct Said { // a decision, or a place of a rule
  size_t start, end;
  Verdict verdict;
  SpanKind kind;
  Str type, time, id;
  bool any; // a rule that says: never anything
} Said;
typedef VEC_OF(Said) SaidVec;

static int class_of(SpanKind kind)
{
  return kind == SPAN_QUOTE ? 1 : kind == SPAN_TAG ? 2 : 0;
}

static bool touches(size_t a, size_t a_end, size_t b, size_t b_end)
{
  return a < b_end && b < a_end;
}

static bool made(Verdict verdict)
{
  return verdict == VERDICT_MADE || verdict == VERDICT_ACCEPTED || verdict == VERDICT_RULE;
}

static bool in_longer(const Annotations *found, const Said *said)
{
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    bool around = span->start <= said->start && span->end >= said->end;
    if (around && class_of(span->kind) == class_of(said->kind) && span->kind != SPAN_TAG &&
        span->end - span->start > said->end - said->start)
      return true;
  }
  return false;
}

static void say_all(const HumanLayer *layer, const Annotations *found, Str text, SaidVec *out)
{
  for (size_t i = 0; i < layer->places.len; i++) {
    const Placed *p = &layer->places.items[i];
    vec_push(out, (Said){p->start, p->end, p->decision->verdict, p->decision->kind, p->decision->type,
                         p->decision->time, p->decision->id, false});
  }
  size_t decisions = out->len;
  for (size_t at = 0; at < text.len; at += WIDTH) {
    const Rule *rule = registry_rule(layer->registry, str_slice(text, at, at + 1));
    if (!rule) continue;
    Said said = {at,
                 at + 1,
                 rule->rejected ? VERDICT_REJECTED : VERDICT_RULE,
                 rule->kind,
                 rule->type_name,
                 (Str){0},
                 (Str){0},
                 rule->rejected && !rule->type_name.len};
    bool decided = false;
    for (size_t i = 0; i < decisions; i++)
      decided |= class_of(out->items[i].kind) == class_of(said.kind) &&
                 touches(out->items[i].start, out->items[i].end, said.start, said.end);
    if (!decided && (rule->rejected || !in_longer(found, &said))) vec_push(out, said);
  }
}

static bool silenced(const Said *said, const Span *span)
{
  if (said->verdict == VERDICT_NOTED || !touches(said->start, said->end, span->start, span->end))
    return false;
  if (said->any) return span->kind != SPAN_QUOTE;
  if (class_of(said->kind) != class_of(span->kind)) return false;
  if (span->kind == SPAN_QUOTE) {
    size_t start = said->start > span->start ? said->start : span->start,
           end = said->end < span->end ? said->end : span->end, a = said->end - said->start,
           b = span->end - span->start;
    return (end - start != a && end - start != b) || 2 * (end - start) >= (a > b ? a : b);
  }
  bool same = said->kind == span->kind && (!said->type.len || str_eq(said->type, span_type_name(span)));
  if (said->verdict == VERDICT_REJECTED) return same;
  return span->kind != SPAN_TAG || str_eq(said->type, span->tag->tag);
}

// Whether another decision about the same place, of the same class, is later.
static bool outdone(const SaidVec *all, const Said *said)
{
  for (size_t i = 0; i < all->len && said->kind != SPAN_TAG && said->id.len; i++) {
    const Said *other = &all->items[i];
    if (other == said || !made(other->verdict) || class_of(other->kind) != class_of(said->kind) ||
        other->start != said->start || other->end != said->end || !other->id.len)
      continue;
    int order = str_cmp(other->time, said->time);
    if (order > 0) return true;
  }
  return false;
}

typedef struct Row {
  size_t start, end;
  SpanKind kind;
  Maker by;
  Str type, record;
} Row;
typedef VEC_OF(Row) RowVec;

static int row_order(const void *left, const void *right)
{
  const Row *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  if (a->end != b->end) return a->end < b->end ? -1 : 1;
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  if (a->by != b->by) return a->by < b->by ? -1 : 1;
  int order = str_cmp(a->type, b->type);
  return order ? order : str_cmp(a->record, b->record);
}

static void expect(const Annotations *found, const SaidVec *all, RowVec *rows)
{
  bool *noted = xcalloc(all->len + 1, sizeof *noted);
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    bool stays = true;
    for (size_t k = 0; k < all->len; k++) {
      const Said *said = &all->items[k];
      stays &= !silenced(said, span);
      noted[k] |= said->verdict == VERDICT_NOTED && said->kind == span->kind && said->start == span->start &&
                  said->end == span->end;
    }
    if (stays) vec_push(rows, (Row){span->start, span->end, span->kind, span->by, span_type_name(span), {0}});
  }
  for (size_t k = 0; k < all->len; k++) {
    const Said *said = &all->items[k];
    if (said->verdict == VERDICT_NOTED && !noted[k])
      vec_push(rows, (Row){said->start, said->end, SPAN_TAG, BY_HUMAN, STR("note"), said->id});
    else if (made(said->verdict) && !outdone(all, said))
      vec_push(rows, (Row){said->start, said->end, said->kind, BY_HUMAN, said->type, said->id});
  }
  free(noted);
}

static void collect(const Annotations *laid, const Annotations *found, RowVec *rows)
{
  for (size_t i = 0; i < laid->spans.len; i++) {
    const Span *span = &laid->spans.items[i];
    Str record = span->by == BY_HUMAN ? laid->human[span->human - 1]->record : (Str){0};
    vec_push(rows, (Row){span->start, span->end, span->kind, span->by, span_type_name(span), record});
    assert_true(!i || span_order(&laid->spans.items[i - 1], span) <= 0);
    assert_int_equal(span->id, laid == found ? 0 : i + 1); // where nobody said anything it is the same
    if (span->kind == SPAN_QUOTE) assert_true(span->quote->group > 0);
    if (span->by != BY_HUMAN && span->human)
      assert_int_equal(laid->human[span->human - 1]->verdict, VERDICT_NOTED);
  }
}

static void compare(RowVec *have, RowVec *want)
{
  if (have->len) qsort(have->items, have->len, sizeof(Row), row_order);
  if (want->len) qsort(want->items, want->len, sizeof(Row), row_order);
  for (size_t i = 0; i < have->len || i < want->len; i++) {
    const Row *h = i < have->len ? &have->items[i] : NULL, *w = i < want->len ? &want->items[i] : NULL;
    if (h && w && !row_order(h, w)) continue;
    if (h)
      printf("have %zu..%zu " STR_FMT " by %d " STR_FMT "\n", h->start, h->end, STR_ARG(h->type), (int)h->by,
             STR_ARG(h->record));
    if (w)
      printf("want %zu..%zu " STR_FMT " by %d " STR_FMT "\n", w->start, w->end, STR_ARG(w->type), (int)w->by,
             STR_ARG(w->record));
    fail();
  }
}

static void one_article(void)
{
  char bytes[LEN];
  for (size_t i = 0; i < LEN; i++) bytes[i] = i % WIDTH ? ' ' : (char)('a' + dice(LETTERS));
  Str text = {bytes, LEN};
  Snapshot *prose = snapshot_new(text);
  Annotations *found = random_found();
  const Registry *registry = random_registry();
  PlacedVec places = {0};
  for (size_t i = 0, count = dice(30); i < count; i++) vec_push(&places, random_decision(i));
  const HumanLayer *layer = layer_new(&places, NULL, registry);
  Annotations *laid = overlay_lay(found, layer, prose);
  SaidVec all = {0};
  RowVec have = {0}, want = {0};
  say_all(layer, found, text, &all);
  expect(found, &all, &want);
  collect(laid, found, &have);
  compare(&have, &want);
  vec_release(&all);
  vec_release(&have);
  vec_release(&want);
  annotations_unref(laid);
  annotations_unref(found);
  layer_unref(layer);
  registry_unref(registry);
  snapshot_unref(prose);
}

static void test_laying(void **state)
{
  (void)state;
  chance_begin();
  for (size_t rounds = chance_rounds(5000); rounds; rounds--) one_article();
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_laying)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
