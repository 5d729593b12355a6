// The walk over quotations by stretches of blocks, so that a key need not repeat it all (passes.c). What it
// brings to a stretch is in three parts: the state (quotes_state.c), which one stretch hands to the next; who
// bears which title, of which a stretch says what it changes (its titles); and the genders that are known of
// persons by more than their name, of titles in the whole article and of pronouns up to here (what it
// learned). The state counts as a whole. Of the other two, which lead through all of the article, a stretch
// keeps what it asked, and the answers.
//
// Numbers of groups and voices hang on all quotations before, and a headline's speaker on those below. They
// are not of a stretch, then, but given in the end, when quotations take their place in a result.
#include "annotate/quotes/quotes_p.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/utf8.h"

// --- who is who

static char look_up_gender(QuoteWalk *self, Str name)
{
  Str rest = name, first = str_cut(&rest, ' ');
  uint64_t gender;
  if (!rest.len) return '?'; // a surname
  return map_get(&self->quotes->genders, utf8_lower_in(&self->scratch, first), &gender) ? (char)gender : '?';
}

static char gender_of(QuoteWalk *self, const EntityFacts *facts)
{
  if (facts->cluster >= self->clusters) return '?';
  char *known = &self->genders[facts->cluster];
  if (!*known) *known = look_up_gender(self, facts->name);
  return *known;
}

static bool is_titled(const QuoteWalk *self, const EntityFacts *facts)
{
  return facts->cluster < self->clusters && self->titled[facts->cluster];
}

// The first answer is the one that does not hang on the stretch itself: asked before anything is learned.
char quotes_gender_of(QuoteWalk *self, const EntityFacts *facts)
{
  char gender = gender_of(self, facts);
  if (facts->cluster >= self->clusters || self->asked[facts->cluster] == self->walked) return gender;
  self->asked[facts->cluster] = self->walked;
  vec_push_in(self->arena, &self->stretch->genders, (KnownGender){facts, gender, is_titled(self, facts)});
  return gender;
}

bool quotes_is_titled(QuoteWalk *self, const EntityFacts *facts)
{
  quotes_gender_of(self, facts); // what is asked is kept with it
  return is_titled(self, facts);
}

static bool learn_gender(QuoteWalk *self, const EntityFacts *facts, char gender)
{
  if (facts->cluster >= self->clusters || gender_of(self, facts) != '?') return false;
  self->genders[facts->cluster] = gender;
  return true;
}

void quotes_learn_gender(QuoteWalk *self, const EntityFacts *facts, char gender)
{
  quotes_gender_of(self, facts);
  if (learn_gender(self, facts, gender))
    vec_push_in(self->arena, &self->stretch->learned, (KnownGender){facts, gender, false});
}

// The first entity that ends behind `start`: near the one asked for last, as the walk goes forward.
static size_t entity_behind(QuoteWalk *self, size_t start)
{
  const SpanVec *all = self->entities;
  size_t a = self->near_entity, b, step = 1;
  if (a < all->len && all->items[a].end <= start) {
    for (b = a + 1; b < all->len && all->items[b].end <= start; b += step *= 2) a = b;
    if (b > all->len) b = all->len;
  } else {
    for (b = a; a > 0 && all->items[a - 1].end > start; step *= 2) {
      b = a;
      a = a > step ? a - step : 0;
    }
  }
  while (a < b) {
    size_t mid = (a + b) / 2;
    if (all->items[mid].end <= start)
      a = mid + 1;
    else
      b = mid;
  }
  return self->near_entity = a;
}

size_t quotes_entity_at(QuoteWalk *self, size_t start, size_t end)
{
  const SpanVec *all = self->entities;
  size_t best = SIZE_MAX;
  for (size_t a = entity_behind(self, start); a < all->len && all->items[a].start < end; a++) {
    if (best == SIZE_MAX ||
        (self->entities->items[a].type == ENTITY_PER && self->entities->items[best].type != ENTITY_PER))
      best = a;
  }
  return best;
}

// --- titles

static void bear(QuoteWalk *self, const TitleBorne *title)
{
  if (!title->lemma.len) return; // "Ms."
  map_put(&self->bearers, title->lemma, self->borne.len);
  vec_push(&self->borne, title->bearer);
}

static Bearer look_up_bearer(const QuoteWalk *self, Str lemma)
{
  uint64_t at;
  return map_get(&self->bearers, lemma, &at) ? self->borne.items[at] : (Bearer){0};
}

static bool same_bearer(const Bearer *a, const Bearer *b)
{
  return a->facts == b->facts && a->person == b->person && a->of == b->of;
}

static bool has_title(const TitleVec *titles, size_t count, Str lemma)
{
  for (size_t i = 0; i < count; i++)
    if (str_eq(titles->items[i].lemma, lemma)) return true;
  return false;
}

Bearer quotes_bearer_of(QuoteWalk *self, Str lemma)
{
  QuoteStretch *stretch = self->stretch;
  Bearer bearer = look_up_bearer(self, lemma);
  if (!has_title(&stretch->titles, self->next_title, lemma) &&
      !has_title(&stretch->bearers, stretch->bearers.len, lemma))
    vec_push_in(self->arena, &stretch->bearers, (TitleBorne){.lemma = lemma, .bearer = bearer});
  return bearer;
}

static void find_titles(QuoteWalk *self, size_t block, TitleVec *out)
{
  const Passage *passage = &self->article->items[self->block + block];
  const QuoteVec *drafts = &passage->notes->quotes;
  for (size_t i = 0; i < drafts->len && drafts->items[i].form == QUOTE_TITLE; i++) {
    const Party *title = &drafts->items[i].speaker;
    size_t entity = quotes_entity_at(self, passage->start + drafts->items[i].start,
                                     passage->start + drafts->items[i].end);
    if (entity == SIZE_MAX) continue;
    const Span *span = &self->entities->items[entity];
    Bearer bearer = {span->entity, span->type == ENTITY_PER, title->of};
    const Lexicon *lexicon = quotes_lexicon(self->quotes, passage->notes->lang, NULL);
    Str head = lexicon ? lexicon_head(lexicon, title->lemma) : (Str){"", 0};
    if (head.len) vec_push_in(self->arena, out, (TitleBorne){(uint32_t)block, title->gender, head, bearer});
    vec_push_in(self->arena, out, (TitleBorne){(uint32_t)block, title->gender, title->lemma, bearer});
  }
}

// --- the walk by stretches

static size_t max_cluster(const SpanVec *entities)
{
  size_t most = 0;
  for (size_t i = 0; i < entities->len; i++) {
    if (entities->items[i].entity->cluster > most) most = entities->items[i].entity->cluster;
  }
  return most;
}

QuoteWalk *quotes_walk_new(const Quotes *quotes, const Passages *article, const SpanVec *entities)
{
  QuoteWalk *self = xmalloc(sizeof *self);
  *self = (QuoteWalk){.quotes = quotes, .article = article, .entities = entities, .state = &g_quotes_start};
  self->clusters = max_cluster(entities) + 1;
  self->genders = arena_zalloc(&self->scratch, self->clusters);
  self->outlets = arena_zalloc(&self->scratch, self->clusters);
  self->titled = arena_zalloc(&self->scratch, self->clusters);
  self->asked = arena_zalloc(&self->scratch, size_mul(self->clusters, sizeof *self->asked));
  return self;
}

void quotes_walk_free(QuoteWalk *self)
{
  map_release(&self->bearers);
  vec_release(&self->borne);
  voices_release(&self->voices);
  groups_release(&self->groups);
  arena_release(&self->scratch);
  free(self);
}

QuoteStretch *quotes_stretch_new(QuoteWalk *self, size_t first, size_t count, Arena *arena)
{
  QuoteStretch *stretch = arena_zalloc(arena, sizeof *stretch);
  self->arena = arena;
  self->block = first;
  for (size_t i = 0; i < count; i++) find_titles(self, i, &stretch->titles);
  return stretch;
}

void quotes_hear_titles(QuoteWalk *self, const QuoteStretch *stretch)
{
  for (size_t i = 0; i < stretch->titles.len; i++) {
    const TitleBorne *title = &stretch->titles.items[i];
    uint64_t known;
    if (!map_get(&self->bearers, title->lemma, &known)) bear(self, title);
    const EntityFacts *facts = title->bearer.facts;
    if (title->gender == 'm' || title->gender == 'f') learn_gender(self, facts, title->gender);
    if (title->lemma.len && facts->cluster < self->clusters && title->gender != 'g' && title->gender != 'o')
      self->titled[facts->cluster] = true;
  }
}

uint64_t quotes_arrive(const QuoteWalk *self, size_t first)
{
  const Passage *passages = self->article->items;
  return digest_add(quotes_state_digest(self->state),
                    first ? passages[first].start - passages[first - 1].start : 0);
}

bool quotes_answered(QuoteWalk *self, const QuoteStretch *stretch)
{
  for (size_t i = 0; i < stretch->genders.len; i++)
    if (gender_of(self, stretch->genders.items[i].facts) != stretch->genders.items[i].gender ||
        is_titled(self, stretch->genders.items[i].facts) != stretch->genders.items[i].titled)
      return false;
  for (size_t i = 0; i < stretch->bearers.len; i++) {
    Bearer bearer = look_up_bearer(self, stretch->bearers.items[i].lemma);
    if (!same_bearer(&bearer, &stretch->bearers.items[i].bearer)) return false;
  }
  return true;
}

// Where block `first` begins, for states.
static StateOrigin origin_of(QuoteWalk *self, size_t block)
{
  const Passages *article = self->article;
  size_t at = block < article->len ? article->items[block].start : SIZE_MAX;
  size_t before = block ? article->items[block - 1].start : 0;
  return (StateOrigin){at, before, block, entity_behind(self, at)};
}

void quotes_walk(QuoteWalk *self, size_t first, size_t count, QuoteStretch *stretch, Arena *arena,
                 SpanVec *out)
{
  self->arena = arena;
  self->out = out;
  self->stretch = stretch;
  quotes_state_enter(&self->now, self->state, origin_of(self, first));
  self->walked++;
  self->next_title = 0;
  for (size_t i = 0; i < count; i++) {
    for (; self->next_title < stretch->titles.len && stretch->titles.items[self->next_title].block == i;
         self->next_title++)
      bear(self, &stretch->titles.items[self->next_title]);
    self->block = first + i;
    quotes_walk_block(self);
  }
  quotes_state_leave(&stretch->leaves, &self->now, origin_of(self, first + count), arena);
  self->state = &stretch->leaves;
  self->quotations += stretch->seeds.len;
}

void quotes_pass(QuoteWalk *self, const QuoteStretch *stretch)
{
  for (size_t i = 0; i < stretch->titles.len; i++) bear(self, &stretch->titles.items[i]);
  for (size_t i = 0; i < stretch->learned.len; i++)
    learn_gender(self, stretch->learned.items[i].facts, stretch->learned.items[i].gender);
  self->state = &stretch->leaves;
  self->quotations += stretch->seeds.len;
}

// The facts of a quotation for changing: its own, of which nobody knows while they are `fresh`, or a copy.
static QuoteFacts *own_facts(Span *span, bool fresh, Arena *arena)
{
  if (fresh) return (QuoteFacts *)(uintptr_t)span->quote;
  QuoteFacts *facts = arena_copy(arena, span->quote, sizeof *facts);
  span->quote = facts;
  return facts;
}

static void move_mention(Mention *mention, size_t shift)
{
  if (mention->start == mention->end) return;
  mention->start += shift;
  mention->end += shift;
}

static void name_headline(Span *span, const QuoteFacts *below, Str why, Arena *arena)
{
  QuoteFacts *facts = own_facts(span, false, arena);
  facts->speaker = below->speaker;
  facts->voice = below->voice;
  facts->why = why;
}

// The quotation below gives those that wait its speaker.
static void name_waiting(QuoteWalk *self, Span *spans, const QuoteFacts *below, Arena *arena)
{
  for (size_t i = 0; i < self->waiting_len; i++) {
    bool settled = false;
    for (size_t k = 0; k < HEADS && k < self->heads_len; k++)
      settled = settled || (self->heads[k].span == self->waiting[i] && self->heads[k].settled);
    if (!settled)
      name_headline(&spans[self->waiting[i]], below, STR("This headline stands over what this speaker says."),
                    arena);
  }
}

// A headline that says what the quotation below says has its speaker, rather than a court or a place in
// front: "Landgericht: „Ich war es nicht“".
static void settle_headlines(QuoteWalk *self, uint32_t opening, Span *spans, const QuoteFacts *below,
                             Arena *arena)
{
  if (!opening || below->speaker.start == below->speaker.end) return;
  for (size_t k = 0; k < HEADS && k < self->heads_len; k++) {
    Head *head = &self->heads[k];
    if (head->opening != opening || head->settled) continue;
    head->settled = true;
    if (head->sure) continue;
    name_headline(&spans[head->span], below, STR("This headline repeats what this speaker says."), arena);
  }
}

void quotes_place(QuoteWalk *self, const QuoteStretch *stretch, size_t nth, size_t shift, bool fresh,
                  Span *spans, size_t at, Arena *arena)
{
  const QuoteSeed *seed = &stretch->seeds.items[nth];
  const QuoteFacts *was = spans[at].quote;
  if (!self->groups.size) groups_reserve(&self->groups, self->quotations);
  if (!seed->goes_on) self->group = groups_next(&self->groups, seed->words);
  uint8_t voice = voices_of(&self->voices, &was->speaker, &self->scratch);
  if (shift || self->group != was->group || voice != was->voice) {
    QuoteFacts *facts = own_facts(&spans[at], fresh, arena);
    facts->group = self->group;
    facts->voice = voice;
    move_mention(&facts->cue, shift);
    move_mention(&facts->speaker, shift);
    move_mention(&facts->source, shift);
  }
  if (seed->waits == 1) self->waiting_len = 0;
  if (seed->waits) self->waiting[self->waiting_len++] = at;
  if (seed->heads)
    self->heads[self->heads_len++ % HEADS] = (Head){at, seed->opening, seed->sure, false};
  else
    settle_headlines(self, seed->opening, spans, spans[at].quote, arena);
  if (seed->names) name_waiting(self, spans, spans[at].quote, arena);
}

void quotes_attribute(const Quotes *self, const Passages *article, const SpanVec *entities, Arena *arena,
                      SpanVec *out)
{
  QuoteWalk *walk = quotes_walk_new(self, article, entities);
  size_t first = out->len;
  QuoteStretch *all = quotes_stretch_new(walk, 0, article->len, arena);
  quotes_hear_titles(walk, all);
  quotes_walk(walk, 0, article->len, all, arena, out);
  for (size_t i = first; i < out->len; i++) quotes_place(walk, all, i - first, 0, true, out->items, i, arena);
  quotes_walk_free(walk);
}
