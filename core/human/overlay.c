// What people say becomes claims: stretches that win, silence or annotate. Claims of one class compete: names
// and dates, quotations, tags. Each class is sorted by start with the furthest end so far beside it. The
// machine's spans are sorted too, so those that touch a claim are found in one walk over both.
//
// An article of a megabyte has tens of thousands of spans, and is laid over at every key. So nothing is
// sorted that is in order already, the machine's spans are looked at once and then copied in runs from one
// that is touched to the next, and what only names or quotations need is done only where people said
// something of these.
#include "human/overlay_p.h"

#include "annotate/quotes/quotes.h"

#include <stdlib.h>

static void let_go(const void *layer)
{
  layer_unref(layer);
}

// --- claims

Str claim_type(const Claim *self)
{
  return self->decision ? self->decision->type : self->rule->type_name;
}

static int class_of(SpanKind kind)
{
  return kind == SPAN_QUOTE ? CLASS_QUOTES : kind == SPAN_TAG ? CLASS_TAGS : CLASS_NAMES;
}

static int claim_order(const void *left, const void *right)
{
  const Claim *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  if (a->end != b->end) return a->end > b->end ? -1 : 1;
  if (a->decision && b->decision) return -str_cmp(a->decision->time, b->decision->time); // the latest first
  return (b->decision != NULL) - (a->decision != NULL);
}

static void sort_claims(ClaimVec *claims)
{
  layer_sort(claims->items, claims->len, sizeof *claims->items, claim_order);
  size_t furthest = 0;
  for (size_t i = 0; i < claims->len; i++) {
    if (claims->items[i].end > furthest) furthest = claims->items[i].end;
    claims->items[i].furthest = furthest;
  }
}

// The last claim that begins in front of `end`, + 1.
static size_t claims_before(const ClaimVec *claims, size_t end)
{
  size_t low = 0, high = claims->len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (claims->items[middle].start < end)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// The next claim that shares a character with [start, end), going down from *at; NULL: none.
static Claim *next_claim(const ClaimVec *claims, size_t *at, size_t start)
{
  while (*at > 0 && claims->items[*at - 1].furthest > start)
    if (claims->items[--*at].end > start) return &claims->items[*at];
  return NULL;
}

static void claim_decisions(Overlay *self)
{
  const PlacedVec *places = &self->layer->places;
  for (size_t i = 0; i < places->len; i++) {
    const Shelved *decision = &self->layer->shelf->items.items[places->items[i].shelved];
    if (places->items[i].end > self->prose_len) continue; // of another text
    Claim claim = {.start = places->items[i].start,
                   .end = places->items[i].end,
                   .verdict = decision->verdict,
                   .kind = decision->kind,
                   .number = decision->number,
                   .decision = decision->decision};
    vec_push(&self->claims[class_of(decision->kind)], claim);
  }
  for (int c = 0; c < CLASSES; c++) sort_claims(&self->claims[c]);
}

static bool is_made(const Claim *claim)
{
  return claim->verdict == VERDICT_MADE || claim->verdict == VERDICT_ACCEPTED ||
         claim->verdict == VERDICT_RULE;
}

typedef struct Reach { // of the machine's names and dates, along hits that begin later and later
  size_t next;         // the first that begins at the hit or behind it
  size_t furthest;     // the greatest end of those before
} Reach;

// Whether the words are a part of a longer name or date of the machine's.
static bool in_longer(Reach *self, const SpanVec *spans, const RuleHit *hit)
{
  for (; self->next < spans->len && spans->items[self->next].start < hit->start; self->next++) {
    const Span *span = &spans->items[self->next];
    if (class_of(span->kind) == CLASS_NAMES && span->end > self->furthest) self->furthest = span->end;
  }
  if (self->furthest >= hit->end) return true;
  for (size_t i = self->next; i < spans->len && spans->items[i].start == hit->start; i++)
    if (class_of(spans->items[i].kind) == CLASS_NAMES && spans->items[i].end > hit->end) return true;
  return false;
}

static void claim_rules(Overlay *self)
{
  RuleHits hits = {0};
  ClaimVec fresh[CLASSES] = {{0}};
  Arena scratch = {0};
  Reach reach = {0};
  if (!self->layer->registry || !self->layer->registry->rules.len) return;
  registry_find(self->layer->registry, snapshot_read(self->prose, 0, self->prose_len, &scratch), &hits);
  for (size_t i = 0; i < hits.len; i++) {
    const RuleHit *hit = &hits.items[i];
    const Rule *rule = &self->layer->registry->rules.items[hit->rule];
    int class = class_of(rule->kind);
    size_t at = claims_before(&self->claims[class], hit->end);
    if (next_claim(&self->claims[class], &at, hit->start)) continue; // decided here
    bool longer = in_longer(&reach, &self->found->spans, hit);
    if (longer && class == CLASS_NAMES && !rule->rejected) continue;
    Claim claim = {.start = hit->start,
                   .end = hit->end,
                   .verdict = rule->rejected ? VERDICT_REJECTED : VERDICT_RULE,
                   .kind = rule->kind,
                   .number = rule->type,
                   .rule = rule};
    bool any = rule->rejected && !rule->type_name.len; // never a name, date or tag
    for (int c = 0; c < CLASSES; c++)
      if (c == class || any) vec_push(&fresh[c], claim);
  }
  for (int c = 0; c < CLASSES; c++) {
    for (size_t i = 0; i < fresh[c].len; i++) vec_push(&self->claims[c], fresh[c].items[i]);
    if (fresh[c].len) sort_claims(&self->claims[c]);
    vec_release(&fresh[c]);
  }
  vec_release(&hits);
  arena_release(&scratch);
}

// --- the machine's spans

static size_t shared(const Claim *claim, const Span *span)
{
  size_t start = claim->start > span->start ? claim->start : span->start,
         end = claim->end < span->end ? claim->end : span->end;
  return end > start ? end - start : 0;
}

// Quotations may stand in each other: they compete where they cross, or are mostly the same.
static bool same_quotation(const Claim *claim, const Span *span)
{
  bool nested = (claim->start <= span->start && claim->end >= span->end) ||
                (span->start <= claim->start && span->end >= claim->end);
  size_t longer = claim->end - claim->start > span->end - span->start ? claim->end - claim->start
                                                                      : span->end - span->start;
  return !nested || 2 * shared(claim, span) >= longer;
}

static bool same_type(const Claim *claim, const Span *span)
{
  Str type = claim_type(claim);
  return claim->kind == span->kind && (!type.len || str_eq(type, span_type_name(span)));
}

static bool silences(const Claim *claim, const Span *span)
{
  bool any = claim->rule && !claim_type(claim).len;
  if (claim->verdict == VERDICT_NOTED) return false;
  if (claim->verdict == VERDICT_REJECTED) {
    if (any) return span->kind != SPAN_QUOTE;
    return span->kind == SPAN_QUOTE ? same_quotation(claim, span) : same_type(claim, span);
  }
  if (span->kind == SPAN_QUOTE) return same_quotation(claim, span);
  return span->kind != SPAN_TAG || str_eq(claim_type(claim), span->tag->tag);
}

static uint32_t add_human(Overlay *self, const Decision *decision)
{
  static const HumanFacts by_rule = {.verdict = VERDICT_RULE};
  self->human[self->human_len] = decision ? &decision->human : &by_rule;
  return ++self->human_len;
}

// What becomes of the machine's span. Spans come in order of their starts.
static Touched judge(Overlay *self, const Span *span, size_t index)
{
  int class = class_of(span->kind);
  const ClaimVec *claims = &self->claims[class];
  Touched result = {.index = index, .stays = true};
  for (size_t i = self->first[class]; i < claims->len && claims->items[i].start < span->end; i++) {
    Claim *claim = &claims->items[i];
    if (claim->end <= span->start) continue;
    bool equal = claim->start == span->start && claim->end == span->end;
    if (silences(claim, span)) {
      result.stays = false; // its facts are taken over from the span that is most like it
      if (is_made(claim) && (!claim->over || equal || shared(claim, span) > shared(claim, claim->over)))
        claim->over = span;
    }
    if (claim->verdict == VERDICT_NOTED && equal && claim->kind == span->kind && !claim->over) {
      claim->over = span;
      result.human = add_human(self, claim->decision);
    }
  }
  return result;
}

static void judge_machines(Overlay *self)
{
  const SpanVec *spans = &self->found->spans;
  for (size_t i = 0; i < spans->len; i++) {
    const Span *span = &spans->items[i];
    int class = class_of(span->kind);
    const ClaimVec *claims = &self->claims[class];
    size_t *first = &self->first[class];
    while (*first < claims->len && claims->items[*first].furthest <= span->start) ++*first;
    if (*first == claims->len || claims->items[*first].start >= span->end) continue;
    Touched touched = judge(self, span, i);
    if (touched.stays && !touched.human) continue;
    vec_push(&self->touched, touched);
    if (span->kind == SPAN_QUOTE && !touched.stays) self->quotes_changed = true;
  }
}

// --- the person's spans

static void add_span(Overlay *self, const Claim *claim, SpanKind kind, uint8_t type)
{
  Span span = {
      .start = claim->start, .end = claim->end, .kind = kind, .type = type, .by = BY_HUMAN, .confidence = 1};
  span.human = add_human(self, claim->decision);
  if (kind == SPAN_ENTITY) span.entity = overlay_entity(self, claim, type);
  if (kind == SPAN_DATE) span.date = overlay_date(self, claim, type);
  if (kind == SPAN_QUOTE) span.quote = overlay_quote(self, claim);
  if (kind == SPAN_TAG) span.tag = overlay_tag(self, claim);
  if (kind == SPAN_QUOTE) self->quotes_changed = true;
  vec_push(&self->mine[class_of(kind)], span);
}

// A later decision about the same place holds against an earlier one: two people, or one who thought again.
static bool is_outdone(const ClaimVec *claims, size_t at)
{
  const Claim *claim = &claims->items[at];
  if (!claim->decision || claim->kind == SPAN_TAG) return false;
  for (size_t i = at; i-- > 0 && claims->items[i].start == claim->start;)
    if (claims->items[i].end == claim->end && is_made(&claims->items[i])) return true;
  return false;
}

static void make_span(Overlay *self, const ClaimVec *claims, size_t at)
{
  const Claim *claim = &claims->items[at];
  if (claim->verdict == VERDICT_NOTED && !claim->over) {
    add_span(self, claim, SPAN_TAG, 0); // what it was about is no longer found
  } else if (is_made(claim) && !is_outdone(claims, at)) {
    if (claim->number >= 0) add_span(self, claim, claim->kind, (uint8_t)claim->number);
  }
}

static void make_spans(Overlay *self)
{
  for (int c = 0; c < CLASSES; c++)
    for (size_t i = 0; i < self->claims[c].len; i++) make_span(self, &self->claims[c], i);
  for (int c = 0; c < CLASSES; c++)
    layer_sort(self->mine[c].items, self->mine[c].len, sizeof(Span), span_order);
}

// --- both together

typedef struct Copying { // of the machine's spans into the result
  const SpanVec *from;
  SpanVec *to;
  const Touched *touched, *touched_end; // those to come
  size_t at;
} Copying;

static void copy_run(Copying *self, size_t until)
{
  if (until > self->at)
    memcpy(self->to->items + self->to->len, self->from->items + self->at, (until - self->at) * sizeof(Span));
  self->to->len += until - self->at;
  self->at = until;
}

// Copy those in front of `until`, but for what does not stand.
static void copy_until(Copying *self, size_t until)
{
  for (; self->touched < self->touched_end && self->touched->index < until; self->touched++) {
    copy_run(self, self->touched->index + self->touched->stays);
    if (self->touched->stays)
      self->to->items[self->to->len - 1].human = self->touched->human;
    else
      self->at++;
  }
  copy_run(self, until);
}

static void merge_spans(Overlay *self)
{
  SpanVec *out = &self->out->spans, all;
  Arena scratch = {0};
  spans_merge(&scratch, &self->mine[CLASS_NAMES], &self->mine[CLASS_QUOTES], &self->mine[CLASS_TAGS], &all);
  size_t most = self->found->spans.len + all.len;
  *out = (SpanVec){arena_alloc(&self->out->arena, size_mul(most, sizeof(Span))), 0, most};
  Copying copying = {&self->found->spans, out, self->touched.items, self->touched.items + self->touched.len,
                     0};
  size_t next = 0;
  for (size_t i = 0; i < all.len; i++) {
    const SpanVec *from = copying.from;
    while (next < from->len && span_order(&from->items[next], &all.items[i]) <= 0) next++;
    copy_until(&copying, next);
    out->items[out->len++] = all.items[i];
  }
  copy_until(&copying, copying.from->len);
  for (size_t i = 0; i < out->len; i++) out->items[i].id = (uint32_t)i + 1;
  arena_release(&scratch);
}

static Annotations *result_of(const Annotations *found, const HumanLayer *layer)
{
  Annotations *out = xcalloc(1, sizeof *out);
  *out = (Annotations){.blocks = found->blocks,
                       .block_count = found->block_count,
                       .lang = found->lang,
                       .dct = found->dct,
                       .title = found->title,
                       .prose = snapshot_ref(found->prose),
                       .base = annotations_ref(found),
                       .held = layer_ref(layer),
                       .let_go = let_go,
                       .refs = 1};
  return out;
}

static void release(Overlay *self)
{
  for (int c = 0; c < CLASSES; c++) {
    vec_release(&self->claims[c]);
    vec_release(&self->mine[c]);
  }
  vec_release(&self->touched);
  map_release(&self->facts);
  map_release(&self->clusters);
  map_release(&self->names);
}

Annotations *overlay_lay(const Annotations *found, const HumanLayer *layer, const Snapshot *prose)
{
  if (layer_empty(layer)) return annotations_ref(found);
  Overlay self = {.found = found,
                  .layer = layer,
                  .prose = prose,
                  .prose_len = snapshot_len(prose),
                  .out = result_of(found, layer)};
  if (layer->registry && !identities_empty(layer->registry->identities))
    self.identities = layer->registry->identities;
  claim_decisions(&self);
  claim_rules(&self);
  size_t claims = 0;
  for (int c = 0; c < CLASSES; c++) claims += self.claims[c].len;
  self.human = arena_alloc(&self.out->arena, size_mul(claims + 1, sizeof *self.human));
  self.out->human = self.human;
  judge_machines(&self);
  make_spans(&self);
  merge_spans(&self);
  overlay_relight(&self);
  if (self.quotes_changed) quotes_renumber(&self.out->spans, &self.out->arena);
  release(&self);
  return self.out;
}
