// What is known of the spans that people made, and of the machine's in the light of these: names, ids,
// clusters, speakers.
#include "human/overlay_p.h"

#include "annotate/dates/timex.h"
#include "annotate/quotes/quotes.h"
#include "base/utf8.h"

// --- who is who

static void count_clusters(Overlay *self)
{
  const SpanVec *spans = &self->found->spans;
  self->clusters_len = 1;
  for (size_t i = 0; i < spans->len; i++)
    if (spans->items[i].kind == SPAN_ENTITY && spans->items[i].entity->cluster > self->clusters_len)
      self->clusters_len = spans->items[i].entity->cluster;
}

// Mentions of one entity are one cluster, `otherwise` where it has none yet (0: a new one).
static uint32_t cluster_of(Overlay *self, Str entity, uint32_t otherwise)
{
  bool fresh;
  uint64_t *cluster = map_slot(&self->clusters, entity, &fresh);
  if (fresh && !otherwise && !self->clusters_len) count_clusters(self);
  if (fresh) *cluster = otherwise ? otherwise : ++self->clusters_len;
  return (uint32_t)*cluster;
}

// What people make of the machine's facts.
static const EntityFacts *make_said(Overlay *self, const EntityFacts *facts)
{
  Str entity = identities_same(self->identities, facts->entity);
  Str name = identities_name(self->identities, entity);
  uint32_t cluster = cluster_of(self, entity, facts->cluster);
  if (str_eq(entity, facts->entity) && !name.len && cluster == facts->cluster) return facts;
  EntityFacts *own = arena_copy(&self->out->arena, facts, sizeof *facts);
  own->entity = entity;
  own->cluster = cluster;
  if (name.len) own->name = name;
  return own;
}

static const EntityFacts *said_facts(Overlay *self, const EntityFacts *facts)
{
  uint64_t known;
  Str key = {(const char *)&facts, sizeof facts}; // mentions of one entity share theirs
  if (map_get(&self->facts, key, &known)) return (const EntityFacts *)(uintptr_t)known;
  const EntityFacts *said = make_said(self, facts);
  key.ptr = arena_copy(&self->out->arena, &facts, sizeof facts);
  map_put(&self->facts, key, (uint64_t)(uintptr_t)said);
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
  Str line = arena_dup(&self->out->arena, snapshot_read(self->prose, start, end, &self->out->arena));
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

const EntityFacts *overlay_entity(Overlay *self, const Claim *claim, uint8_t type)
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

const DateFacts *overlay_date(Overlay *self, const Claim *claim, uint8_t type)
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
  if (party->words.len && start >= 0 && end <= self->prose_len &&
      str_eq(snapshot_read(self->prose, (size_t)start, end, &self->out->arena), party->words)) {
    mention->start = (size_t)start;
    mention->end = end;
  }
}

const QuoteFacts *overlay_quote(Overlay *self, const Claim *claim)
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

const TagFacts *overlay_tag(Overlay *self, const Claim *claim)
{
  bool over = claim->over && claim->over->kind == SPAN_TAG;
  if (claim->decision && !over && claim->verdict != VERDICT_NOTED) return &claim->decision->tag;
  TagFacts *facts = arena_zalloc(&self->out->arena, sizeof *facts);
  facts->tag = claim->verdict == VERDICT_NOTED ? STR("note") : claim_type(claim);
  if (over) *facts = *claim->over->tag;
  facts->script = (Str){0};
  if (claim->decision && claim->decision->value.len) facts->value = claim->decision->value;
  return facts;
}

// --- the machine's spans in the light of the person's

static const Span *mention_span(const Overlay *self, const Mention *mention)
{
  const SpanVec *mine = &self->mine[CLASS_NAMES];
  size_t i = spans_from(mine, mention->start);
  for (; i < mine->len && mine->items[i].start == mention->start; i++)
    if (mine->items[i].kind == SPAN_ENTITY && mine->items[i].end == mention->end) return &mine->items[i];
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

static void relight_quote(Overlay *self, Span *span)
{
  Mention speaker = in_light(self, span->quote->speaker), source = in_light(self, span->quote->source);
  if (same_party(&speaker, &span->quote->speaker) && same_party(&source, &span->quote->source)) return;
  QuoteFacts *facts = arena_copy(&self->out->arena, span->quote, sizeof *facts);
  facts->speaker = speaker;
  facts->source = source;
  span->quote = facts;
  self->quotes_changed = true;
}

void overlay_relight(Overlay *self)
{
  SpanVec *spans = &self->out->spans;
  if (!self->identities && !self->mine[CLASS_NAMES].len) return;
  for (size_t i = 0; i < spans->len; i++) {
    Span *span = &spans->items[i];
    if (span->by == BY_HUMAN) continue;
    if (span->kind == SPAN_QUOTE) relight_quote(self, span);
    if (span->kind == SPAN_ENTITY && self->identities) span->entity = said_facts(self, span->entity);
  }
}
