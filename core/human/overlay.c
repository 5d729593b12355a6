// What people say becomes claims: stretches that win, silence or annotate. Claims of one class compete: names
// and dates, quotations, tags. Each class is sorted by start with the furthest end so far beside it. The
// machine's spans are sorted too, so those that touch a claim are found in one walk over both. An article of
// a megabyte has tens of thousands of either, and is laid over at every key: nothing is sorted that is in
// order already.
#include "human/overlay.h"

#include "annotate/quotes.h"
#include "annotate/timex.h"
#include "base/map.h"
#include "base/refs.h"
#include "base/utf8.h"

typedef struct Claim {
  size_t start, end, furthest; // furthest: the greatest end up to here
  Verdict verdict;
  SpanKind kind;
  Str type;                 // empty: any of the kind
  const Decision *decision; // NULL: of a rule
  const Rule *rule;
  const Span *over; // the machine's span that it takes the place of; NULL: none
} Claim;
typedef VEC_OF(Claim) ClaimVec;

enum { CLASS_NAMES, CLASS_QUOTES, CLASS_TAGS, CLASSES };

typedef struct Cursor { // a walk over the claims of a class, along spans that begin later and later
  const ClaimVec *claims;
  size_t first; // those before end in front of all that is to come
} Cursor;

typedef struct Overlay {
  const Annotations *found;
  const HumanLayer *layer;
  const Identities *identities; // NULL: nothing said
  Annotations *out;
  ClaimVec claims[CLASSES]; // heap
  Cursor cursors[CLASSES];
  HumanFacts *human; // in out's arena
  uint32_t human_len;
  SpanVec kept;          // heap: the machine's that stand
  SpanVec mine[CLASSES]; // heap: the person's, of each class
  Map facts;             // of a machine's mention to those that people made of it
  Map clusters;          // entity to cluster
  Map names;             // folded words to a machine's EntityFacts
  uint32_t next_cluster;
  StrBuf prose;
} Overlay;

// --- layers

// Sort what is not in order yet, as it mostly is.
static void sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *))
{
  const char *at = items;
  for (size_t i = 1; i < count; i++)
    if (order(at + (i - 1) * size, at + i * size) > 0) {
      qsort(items, count, size, order);
      return;
    }
}

static int place_order(const void *left, const void *right)
{
  const Placed *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  if (a->end != b->end) return a->end > b->end ? -1 : 1;
  return str_cmp(a->decision->id, b->decision->id);
}

const HumanLayer *layer_new(PlacedVec *places, const Registry *registry)
{
  HumanLayer *self = xcalloc(1, sizeof *self);
  *self = (HumanLayer){.places = *places, .registry = registry_ref(registry), .refs = 1};
  *places = (PlacedVec){0};
  sort(self->places.items, self->places.len, sizeof(Placed), place_order);
  return self;
}

const HumanLayer *layer_ref(const HumanLayer *self)
{
  if (self) refs_add(&self->refs);
  return self;
}

void layer_unref(const HumanLayer *self)
{
  if (!self || !refs_drop(&self->refs)) return;
  HumanLayer *counted = (HumanLayer *)(uintptr_t)self;
  for (size_t i = 0; i < counted->places.len; i++) decision_unref(counted->places.items[i].decision);
  vec_release(&counted->places);
  registry_unref(counted->registry);
  free(counted);
}

bool layer_empty(const HumanLayer *self)
{
  return !self || (!self->places.len && registry_empty(self->registry));
}

static void let_go(const void *layer)
{
  layer_unref(layer);
}

// --- claims

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
  sort(claims->items, claims->len, sizeof *claims->items, claim_order);
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
  size_t counts[CLASSES] = {0};
  for (size_t i = 0; i < places->len; i++) counts[class_of(places->items[i].decision->kind)]++;
  for (int c = 0; c < CLASSES; c++) {
    self->claims[c].cap = counts[c] + 1;
    self->claims[c].items = xmalloc(size_mul(counts[c] + 1, sizeof(Claim)));
  }
  for (size_t i = 0; i < places->len; i++) {
    const Decision *decision = places->items[i].decision;
    Claim claim = {.start = places->items[i].start,
                   .end = places->items[i].end,
                   .verdict = decision->verdict,
                   .kind = decision->kind,
                   .type = decision->type,
                   .decision = decision};
    vec_push(&self->claims[class_of(decision->kind)], claim);
  }
  for (int i = 0; i < CLASSES; i++) sort_claims(&self->claims[i]);
}

static bool is_made(const Claim *claim)
{
  return claim->verdict == VERDICT_MADE || claim->verdict == VERDICT_ACCEPTED ||
         claim->verdict == VERDICT_RULE;
}

// Whether the words are a part of something longer of the machine's.
static bool in_longer(const Overlay *self, const Rule *rule, const RuleHit *hit)
{
  const SpanVec *spans = &self->found->spans;
  size_t low = 0, high = spans->len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (spans->items[middle].start <= hit->start)
      low = middle + 1;
    else
      high = middle;
  }
  for (size_t i = low, steps = 0; i-- > 0 && steps < 16; steps++) { // names are short: it begins just before
    const Span *span = &spans->items[i];
    if (class_of(span->kind) != class_of(rule->kind) || span->kind == SPAN_TAG) continue;
    if (span->end >= hit->end) return span->end - span->start > hit->end - hit->start;
  }
  return false;
}

static void claim_rules(Overlay *self)
{
  RuleHits hits = {0};
  ClaimVec fresh[CLASSES] = {{0}};
  registry_find(self->layer->registry, strbuf_str(&self->prose), &hits);
  for (size_t i = 0; i < hits.len; i++) {
    const RuleHit *hit = &hits.items[i];
    const Rule *rule = &self->layer->registry->rules.items[hit->rule];
    int class = class_of(rule->kind);
    size_t at = claims_before(&self->claims[class], hit->end);
    if (next_claim(&self->claims[class], &at, hit->start)) continue; // decided here
    if (!rule->rejected && in_longer(self, rule, hit)) continue;
    Claim claim = {.start = hit->start,
                   .end = hit->end,
                   .verdict = rule->rejected ? VERDICT_REJECTED : VERDICT_RULE,
                   .kind = rule->kind,
                   .type = rule->type_name,
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
  return claim->kind == span->kind && (!claim->type.len || str_eq(claim->type, span_type_name(span)));
}

static bool silences(const Claim *claim, const Span *span)
{
  bool any = claim->rule && !claim->type.len;
  if (claim->verdict == VERDICT_NOTED) return false;
  if (claim->verdict == VERDICT_REJECTED) {
    if (any) return span->kind != SPAN_QUOTE;
    return span->kind == SPAN_QUOTE ? same_quotation(claim, span) : same_type(claim, span);
  }
  if (span->kind == SPAN_QUOTE) return same_quotation(claim, span);
  return span->kind != SPAN_TAG || str_eq(claim->type, span->tag->tag);
}

static uint32_t add_human(Overlay *self, Verdict verdict, const Decision *decision)
{
  HumanFacts facts = {.verdict = verdict};
  if (decision) facts.record = decision->id, facts.note = decision->note;
  self->human[self->human_len] = facts;
  return ++self->human_len;
}

// Whether the machine's span stands; *human: the facts of a note on it. Spans come in order of their starts.
static bool stands(Overlay *self, const Span *span, uint32_t *human)
{
  Cursor *cursor = &self->cursors[class_of(span->kind)];
  const ClaimVec *claims = cursor->claims;
  bool stays = true;
  while (cursor->first < claims->len && claims->items[cursor->first].furthest <= span->start) cursor->first++;
  for (size_t i = cursor->first; i < claims->len && claims->items[i].start < span->end; i++) {
    Claim *claim = &claims->items[i];
    if (claim->end <= span->start) continue;
    bool equal = claim->start == span->start && claim->end == span->end;
    if (silences(claim, span)) {
      stays = false; // its facts are taken over from the span that is most like it
      if (is_made(claim) && (!claim->over || equal || shared(claim, span) > shared(claim, claim->over)))
        claim->over = span;
    }
    if (claim->verdict == VERDICT_NOTED && equal && claim->kind == span->kind && !claim->over) {
      claim->over = span;
      *human = add_human(self, VERDICT_NOTED, claim->decision);
    }
  }
  return stays;
}

// --- who is who

static uint32_t cluster_of(Overlay *self, Str entity, uint32_t otherwise)
{
  bool fresh;
  uint64_t *cluster = map_slot(&self->clusters, entity, &fresh);
  if (fresh) *cluster = otherwise ? otherwise : ++self->next_cluster;
  return (uint32_t)*cluster;
}

// What people make of the machine's facts.
static const EntityFacts *said_facts(Overlay *self, const EntityFacts *const *at)
{
  const EntityFacts *facts = *at;
  if (!self->identities) return facts;
  bool fresh;
  Str key = {(const char *)at, sizeof *at}; // mentions of one entity share theirs
  uint64_t *known = map_slot(&self->facts, key, &fresh);
  if (!fresh) return (const EntityFacts *)(uintptr_t)*known;
  Str entity = identities_same(self->identities, facts->entity);
  Str name = identities_name(self->identities, entity);
  const EntityFacts *said = facts;
  if (!str_eq(entity, facts->entity) || name.len) {
    EntityFacts *own = arena_copy(&self->out->arena, facts, sizeof *facts);
    own->entity = entity;
    if (name.len) own->name = name;
    said = own;
  }
  *map_slot(&self->facts, key, NULL) = (uint64_t)(uintptr_t)said;
  return said;
}

static Mention said_mention(const Overlay *self, Mention mention)
{
  if (!self->identities || !mention.entity.len) return mention;
  mention.entity = identities_same(self->identities, mention.entity);
  Str name = identities_name(self->identities, mention.entity);
  if (name.len) mention.name = name;
  return mention;
}

// --- the person's spans

static Str fold_entity(Arena *arena, Str name)
{
  Arena scratch = {0};
  Str folded = utf8_fold_in(&scratch, name);
  Str entity = arena_printf(arena, "name:" STR_FMT, STR_ARG(folded));
  arena_release(&scratch);
  return entity;
}

static Str words_at(const Overlay *self, size_t start, size_t end)
{
  Str words = str_slice(strbuf_str(&self->prose), start, end);
  Str line = arena_dup(&self->out->arena, words);
  char *to = (char *)(uintptr_t)line.ptr;
  for (size_t i = 0; i < line.len; i++) // a name over a line's end is one name
    if (to[i] == '\n' || to[i] == '\r') to[i] = ' ';
  return line;
}

// The machine's facts about these words elsewhere in the article.
static const EntityFacts *facts_of_words(Overlay *self, Str words)
{
  const SpanVec *spans = &self->found->spans;
  if (!self->names.cap) {
    for (size_t i = spans->len; i-- > 0;)
      if (spans->items[i].kind == SPAN_ENTITY)
        map_put(&self->names, spans->items[i].entity->name, (uint64_t)(uintptr_t)spans->items[i].entity);
    map_put(&self->names, STR("\1"), 0); // made, whatever it holds
  }
  uint64_t found;
  return map_get(&self->names, words, &found) ? (const EntityFacts *)(uintptr_t)found : NULL;
}

static const EntityFacts *entity_facts(Overlay *self, const Claim *claim, uint8_t type)
{
  Str given_name = claim->decision ? claim->decision->name : claim->rule->name;
  Str given_entity = claim->decision ? claim->decision->entity : claim->rule->entity;
  EntityFacts *facts = arena_zalloc(&self->out->arena, sizeof *facts);
  Str words = words_at(self, claim->start, claim->end);
  const EntityFacts *known = NULL;
  if (claim->over && claim->over->kind == SPAN_ENTITY) known = claim->over->entity;
  if (!known || claim->over->start != claim->start || claim->over->end != claim->end)
    known = facts_of_words(self, words);
  if (known && claim->over && claim->over->kind == SPAN_ENTITY && claim->over->type != type &&
      !given_name.len && str_starts(known->entity, STR("name:")) == false)
    known = NULL; // the gazetteer's id is of a thing of another type
  facts->name = given_name.len ? given_name : given_entity.len || !known ? words : known->name;
  facts->entity = given_entity.len           ? given_entity
                  : given_name.len || !known ? fold_entity(&self->out->arena, facts->name)
                                             : known->entity;
  if (self->identities) {
    facts->entity = identities_same(self->identities, facts->entity);
    Str name = identities_name(self->identities, facts->entity);
    if (name.len) facts->name = name;
  }
  bool machines = known && str_eq(facts->entity, known->entity);
  facts->cluster = cluster_of(self, facts->entity, machines ? known->cluster : 0);
  return facts;
}

static const DateFacts *date_facts(Overlay *self, const Claim *claim, uint8_t type)
{
  DateFacts *facts = arena_zalloc(&self->out->arena, sizeof *facts);
  const DateFacts *known = claim->over && claim->over->kind == SPAN_DATE ? claim->over->date : NULL;
  Str value = claim->decision ? claim->decision->value : (Str){0};
  if (known && (!value.len || str_eq(value, known->value))) {
    *facts = *known;
    return facts;
  }
  facts->value = value;
  Timex timex = timex_parse(value);
  int32_t first, last;
  if (type <= DATE_TIME && timex.grain != GRAIN_NONE && timex_bounds(&timex, &first, &last)) {
    facts->begin = timex_iso_day(first, &self->out->arena);
    facts->until = timex_iso_day(last, &self->out->arena);
  }
  return facts;
}

// A party as a person said it. Its words are pointed at where they stand.
static void put_party(const Overlay *self, const Claim *claim, const DecidedParty *party, Mention *mention)
{
  if (party->said == PARTY_UNSAID) return;
  *mention = (Mention){0};
  if (party->said == PARTY_NOBODY) return;
  mention->name = party->name;
  mention->entity = party->entity.len ? party->entity : fold_entity(&self->out->arena, party->name);
  long start = (long)claim->start + party->offset;
  size_t end = (size_t)start + party->words.len;
  if (party->words.len && start >= 0 && end <= self->prose.len &&
      str_eq(str_slice(strbuf_str(&self->prose), (size_t)start, end), party->words)) {
    mention->start = (size_t)start;
    mention->end = end;
  }
}

static const QuoteFacts *quote_facts(Overlay *self, const Claim *claim)
{
  QuoteFacts *facts = arena_zalloc(&self->out->arena, sizeof *facts);
  if (claim->over && claim->over->kind == SPAN_QUOTE) *facts = *claim->over->quote;
  if (!facts->group)
    facts->group =
        (uint32_t)self->found->spans.len + (uint32_t)self->mine[CLASS_QUOTES].len + 1; // of its own
  put_party(self, claim, &claim->decision->speaker, &facts->speaker);
  put_party(self, claim, &claim->decision->source, &facts->source);
  facts->speaker = said_mention(self, facts->speaker);
  facts->source = said_mention(self, facts->source);
  if (claim->decision->speaker.said != PARTY_UNSAID) facts->why = STR("said by a person who read this");
  return facts;
}

static const TagFacts *tag_facts(Overlay *self, const Claim *claim, Str tag)
{
  TagFacts *facts = arena_zalloc(&self->out->arena, sizeof *facts);
  facts->tag = tag;
  if (claim->over && claim->over->kind == SPAN_TAG) *facts = *claim->over->tag;
  facts->script = (Str){0};
  if (claim->decision && claim->decision->value.len) facts->value = claim->decision->value;
  return facts;
}

static void add_span(Overlay *self, const Claim *claim, SpanKind kind, uint8_t type, Str tag)
{
  Span span = {
      .start = claim->start, .end = claim->end, .kind = kind, .type = type, .by = BY_HUMAN, .confidence = 1};
  span.human = add_human(self, claim->verdict, claim->decision);
  if (kind == SPAN_ENTITY) span.entity = entity_facts(self, claim, type);
  if (kind == SPAN_DATE) span.date = date_facts(self, claim, type);
  if (kind == SPAN_QUOTE) span.quote = quote_facts(self, claim);
  if (kind == SPAN_TAG) span.tag = tag_facts(self, claim, tag);
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

static void make_span(Overlay *self, int class, size_t at)
{
  const Claim *claim = &self->claims[class].items[at];
  if (claim->end > self->prose.len) return; // of another text
  if (claim->verdict == VERDICT_NOTED && !claim->over) {
    add_span(self, claim, SPAN_TAG, 0, STR("note")); // what it was about is no longer found
  } else if (is_made(claim) && !is_outdone(&self->claims[class], at)) {
    bool fits = claim->decision ? claim->decision->fits : claim->rule->kind == claim->kind;
    uint8_t number = claim->decision ? claim->decision->number : claim->rule->type;
    if (fits) add_span(self, claim, claim->kind, number, claim->type);
  }
}

static void make_spans(Overlay *self)
{
  for (int class = 0; class < CLASSES; class ++) {
    size_t count = self->claims[class].len;
    self->mine[class] = (SpanVec){.items = xmalloc(size_mul(count + 1, sizeof(Span))), .cap = count + 1};
  }
  for (int class = 0; class < CLASSES; class ++)
    for (size_t i = 0; i < self->claims[class].len; i++) make_span(self, class, i);
  for (int class = 0; class < CLASSES; class ++)
    sort(self->mine[class].items, self->mine[class].len, sizeof(Span), span_order);
}

// --- quotations' parties in the light of the person's mentions

static const Span *mention_span(const Overlay *self, const Mention *mention)
{
  const SpanVec *mine = &self->mine[CLASS_NAMES];
  size_t low = 0, high = mine->len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (mine->items[middle].start < mention->start)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < mine->len && mine->items[low].start == mention->start; low++)
    if (mine->items[low].kind == SPAN_ENTITY && mine->items[low].end == mention->end)
      return &mine->items[low];
  return NULL;
}

static Mention in_light(const Overlay *self, Mention mention)
{
  mention = said_mention(self, mention);
  const Span *span = mention.start < mention.end ? mention_span(self, &mention) : NULL;
  if (!span) return mention;
  mention.name = span->entity->name;
  mention.entity = span->entity->entity;
  return mention;
}

static bool same_party(const Mention *a, const Mention *b)
{
  return str_eq(a->name, b->name) && str_eq(a->entity, b->entity);
}

static void relight_quotes(Overlay *self)
{
  for (size_t i = 0; i < self->kept.len; i++) {
    Span *span = &self->kept.items[i];
    if (span->kind != SPAN_QUOTE) continue;
    Mention speaker = in_light(self, span->quote->speaker), source = in_light(self, span->quote->source);
    if (same_party(&speaker, &span->quote->speaker) && same_party(&source, &span->quote->source)) continue;
    QuoteFacts *facts = arena_copy(&self->out->arena, span->quote, sizeof *facts);
    facts->speaker = speaker;
    facts->source = source;
    span->quote = facts;
  }
}

// --- all of it

static void keep_machines(Overlay *self)
{
  const SpanVec *spans = &self->found->spans;
  self->kept = (SpanVec){.items = xmalloc(size_mul(spans->len + 1, sizeof(Span))), .cap = spans->len + 1};
  for (int class = 0; class < CLASSES; class ++) self->cursors[class] = (Cursor){&self->claims[class], 0};
  for (size_t i = 0; i < spans->len; i++) {
    Span span = spans->items[i];
    if (span.kind == SPAN_ENTITY && span.entity->cluster > self->next_cluster)
      self->next_cluster = span.entity->cluster;
    if (!stands(self, &spans->items[i], &span.human)) continue;
    if (span.kind == SPAN_ENTITY) span.entity = said_facts(self, &spans->items[i].entity);
    self->kept.items[self->kept.len++] = span;
  }
}

static void read_prose(Overlay *self, const Snapshot *prose)
{
  size_t len = snapshot_len(prose);
  strbuf_grow(&self->prose, len + 1);
  for (Str chunk; self->prose.len < len; strbuf_add(&self->prose, chunk))
    chunk = snapshot_chunk(prose, self->prose.len);
}

static void release(Overlay *self)
{
  for (int i = 0; i < CLASSES; i++) {
    vec_release(&self->claims[i]);
    vec_release(&self->mine[i]);
  }
  vec_release(&self->kept);
  map_release(&self->facts);
  map_release(&self->clusters);
  map_release(&self->names);
  strbuf_release(&self->prose);
}

// Mentions that people made one are one cluster.
static void join_clusters(Overlay *self)
{
  if (!self->identities) return;
  for (size_t i = 0; i < self->kept.len; i++) {
    Span *span = &self->kept.items[i];
    if (span->kind != SPAN_ENTITY) continue;
    uint32_t cluster = cluster_of(self, span->entity->entity, span->entity->cluster);
    if (cluster == span->entity->cluster) continue;
    EntityFacts *facts = arena_copy(&self->out->arena, span->entity, sizeof *facts);
    facts->cluster = cluster;
    span->entity = facts;
  }
}

// Into the result, with ids.
static void merge_spans(Overlay *self)
{
  static const SpanVec none = {0};
  Arena scratch = {0};
  SpanVec all;
  spans_merge(&scratch, &self->mine[CLASS_NAMES], &self->mine[CLASS_QUOTES], &self->mine[CLASS_TAGS], &all);
  spans_merge(&self->out->arena, &self->kept, &all, &none, &self->out->spans);
  for (size_t i = 0; i < self->out->spans.len; i++) self->out->spans.items[i].id = (uint32_t)i + 1;
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
                       .base = annotations_ref(found),
                       .held = layer_ref(layer),
                       .let_go = let_go,
                       .refs = 1};
  return out;
}

Annotations *overlay_lay(const Annotations *found, const HumanLayer *layer, const Snapshot *prose)
{
  if (layer_empty(layer)) return annotations_ref(found);
  Overlay self = {.found = found, .layer = layer, .out = result_of(found, layer)};
  if (layer->registry && !identities_empty(layer->registry->identities))
    self.identities = layer->registry->identities;
  read_prose(&self, prose);
  claim_decisions(&self);
  claim_rules(&self);
  size_t claims = 0;
  for (int i = 0; i < CLASSES; i++) claims += self.claims[i].len;
  self.human = arena_alloc(&self.out->arena, size_mul(claims + 1, sizeof(HumanFacts)));
  keep_machines(&self);
  make_spans(&self);
  relight_quotes(&self);
  join_clusters(&self);
  merge_spans(&self);
  quotes_renumber(&self.out->spans, &self.out->arena);
  self.out->human = self.human;
  release(&self);
  return self.out;
}
