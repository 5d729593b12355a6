// Names are compared by hashes of their words in lower case, which the tokens have already; text is looked at
// once a cluster. Walks over the mentions: count what each name is taken for; take or leave the weak ones, by
// what the sure ones say; make a cluster of every name of several words; then, in the order of the text, give
// each mention its cluster, a single word to the person last called by it. One hash table, of numbers alone
// and large enough from the start, serves for all of it.
#include "annotate/coref.h"

#include "annotate/names_p.h"
#include "annotate/notes.h"
#include "base/alloc.h"
#include "base/utf8.h"

#define DOUBTFUL 0.65f // below this a mention listens to the others
#define SEVERAL UINT64_MAX
#define ENOUGH 700 // thousandths of confidence that make a weak mention of the same words a name

typedef struct Called { // one name in the article: a mention
  const Notes *notes;
  const Name *name;
  size_t block;              // where its block begins
  uint64_t key, first, last; // of all its words, the first, the last; genitive aside
  uint32_t cluster, cut;     // cut: bytes of the genitive
  uint32_t words;
  EntityType type;
  float confidence;
  bool weak; // a name only if the article says so
} Called;

typedef struct Cluster {
  uint32_t fullest; // the mention that names it
  uint64_t fullness;
  EntityType type;
  Str name, entity;
} Cluster;

typedef struct Person {   // who may be meant by a single word
  uint64_t ahead, latest; // cluster + 1: the first of the article; the last one called before here
} Person;

typedef struct Coref {
  const Names *names;
  Lang lang; // the article's
  Arena scratch;
  Called *mentions;
  size_t count;
  VEC_OF(Cluster) clusters;
  VEC_OF(Person) persons;
  struct Entry *table; // open addressing; key 0 is free
  uint32_t shift;      // 64 less the bits of the table's size
  size_t used;
} Coref;

// What the table holds, by kind of question.
typedef enum Ask {
  TAKEN_FOR = 1, // key and type -> sum of confidences, in thousandths
  BY_KEY,        // key and type -> cluster + 1; as the next two
  BY_ID,
  BY_INITIALS,
  BY_SHORT, // first word of an organisation's longer name -> cluster + 1; SEVERAL
  BY_LAST,  // a person's word -> index of persons + 1
  BY_FIRST,
  FAMILY,  // last word of a person's longer name -> 1
  WRITTEN, // cluster and key of a place -> how often it is written so
  ASKS
} Ask;
typedef struct Entry {
  uint64_t key, value;
} Entry;

static uint64_t table_key(Ask ask, uint64_t key)
{
  return (key ^ (uint64_t)ask << 56) * 0x9e3779b97f4a7c15u | 1;
}

static Entry *find(const Coref *self, uint64_t key)
{
  uint64_t mask = (1ull << (64 - self->shift)) - 1;
  uint64_t at = key >> self->shift;
  while (self->table[at].key && self->table[at].key != key) at = (at + 1) & mask;
  return &self->table[at];
}

static void table_resize(Coref *self, uint32_t bits)
{
  Coref wider = {.shift = 64 - bits, .table = xcalloc((size_t)1 << bits, sizeof *self->table)};
  size_t size = self->table ? (size_t)1 << (64 - self->shift) : 0;
  for (size_t i = 0; i < size; i++) {
    if (self->table[i].key) *find(&wider, self->table[i].key) = self->table[i];
  }
  free(self->table);
  self->table = wider.table;
  self->shift = wider.shift;
}

// Where the value lives, until the next slot().
static uint64_t *slot(Coref *self, Ask ask, uint64_t key)
{
  if (2 * self->used >= (size_t)1 << (64 - self->shift)) table_resize(self, 64 - self->shift + 2);
  Entry *entry = find(self, table_key(ask, key));
  self->used += !entry->key;
  entry->key = table_key(ask, key);
  return &entry->value;
}

static uint64_t get(const Coref *self, Ask ask, uint64_t key)
{
  return find(self, table_key(ask, key))->value;
}

static uint64_t type_key(uint64_t key, EntityType type)
{
  return key ^ (uint64_t)(type + 1) << 60;
}

// --- keys

static bool counts(const Token *token)
{
  return token->flags & (TOKEN_WORD | TOKEN_NUMBER);
}

static void read_keys(Called *m, uint64_t last_hash)
{
  const TokenVec *tokens = &m->notes->tokens;
  m->key = m->words = 0;
  for (uint32_t i = m->name->first; i < m->name->last; i++) {
    const Token *token = &tokens->items[i];
    if (!counts(token)) continue;
    uint64_t word = i + 1 == m->name->last && last_hash ? last_hash : token->hash;
    if (!m->words++) m->first = word;
    m->last = word;
    m->key = gazetteer_key_add(m->key, word);
  }
}

// Bytes of an ending that may be a genitive: "s", ":s", or an apostrophe alone.
static uint32_t ending(const Called *m)
{
  const Token *token = &m->notes->tokens.items[m->name->last - 1];
  Str lower = token->lower;
  if (!namefacts_genitive(m->notes->lang) || lower.len < 4 || lower.ptr[lower.len - 1] != 's') return 0;
  return lower.ptr[lower.len - 2] == ':' ? 2 : 1;
}

static uint32_t place_strength(const Gazetteer *known, uint64_t word)
{
  GazetteerEntity entity;
  bool place = gazetteer_entity(known, gazetteer_key_add(0, word), &entity) && (entity.types & GAZETTEER_LOC);
  return place ? entity.strength + 1 : 0;
}

// Whether the gazetteer knows the word without its s better than with it.
static bool known_without(const Gazetteer *known, EntityType type, Str whole, Str stem)
{
  uint64_t whole_hash = gazetteer_word_hash(whole), stem_hash = gazetteer_word_hash(stem);
  if (type == ENTITY_LOC && place_strength(known, stem_hash) > place_strength(known, whole_hash)) return true;
  uint32_t wanted =
      type == ENTITY_PER ? WORD_GIVEN | WORD_SURNAME : WORD_PLACE | WORD_ORG | WORD_IN_ORG | WORD_IN_PLACE;
  return (gazetteer_word(known, stem_hash) & wanted) && !(gazetteer_word(known, whole_hash) & wanted);
}

// "Kinas" is a genitive where the article or the gazetteer knows "Kina" and not "Kinas".
static void cut_genitive(Coref *self, Called *m)
{
  uint32_t cut = ending(m);
  if (!cut) return;
  Str lower = m->notes->tokens.items[m->name->last - 1].lower, stem = str_slice(lower, 0, lower.len - cut);
  Called bare = *m;
  read_keys(&bare, (uint32_t)str_hash(stem));
  bool here = get(self, TAKEN_FOR, type_key(bare.key, m->type)) || get(self, FAMILY, bare.last);
  if (!here && cut == 1 && !known_without(self->names->known.gazetteer, m->type, lower, stem)) return;
  m->cut = cut;
  m->key = bare.key;
  m->first = bare.first;
  m->last = bare.last;
}

// --- a person and the place behind, taken for one name

static bool signs(BlockKind kind)
{
  return kind == BLOCK_BYLINE || kind == BLOCK_SIGNATURE || kind == BLOCK_DATELINE;
}

static Name *part_of(Coref *self, const Called *m, uint32_t first, uint32_t last)
{
  const TokenVec *tokens = &m->notes->tokens;
  Name *part = arena_copy(&self->scratch, m->name, sizeof *part);
  part->first = first;
  part->last = last;
  part->start = tokens->items[first].start;
  part->end = tokens->items[last - 1].end;
  return part;
}

// "Ola Nordmann Oslo" is a person of the article, or in a signature any, and a known place: *person and
// *place.
static bool is_glued(Coref *self, const Called *m, Called *person, Called *place)
{
  const Gazetteer *known = self->names->known.gazetteer;
  uint32_t border = m->name->last - 1;
  const Token *last = &m->notes->tokens.items[border];
  uint64_t word = gazetteer_word_hash(last->lower);
  uint32_t strength = last->flags & TOKEN_CAPITAL ? place_strength(known, word) : 0;
  if (!strength) return false;
  *person = *place = *m;
  person->name = part_of(self, m, m->name->first, border);
  read_keys(person, 0);
  bool surname = (gazetteer_word(known, word) & WORD_SURNAME) >> WORD_SURNAME_SHIFT > 1;
  if (!get(self, TAKEN_FOR, type_key(person->key, ENTITY_PER)) &&
      !(signs(m->notes->kind) && strength > 2 && !surname))
    return false;
  Name *town = part_of(self, m, border, border + 1);
  GazetteerEntity entity;
  if (gazetteer_entity(known, gazetteer_key_add(0, word), &entity))
    town->entity = gazetteer_id(entity.id, &self->scratch);
  place->name = town;
  place->type = ENTITY_LOC;
  read_keys(place, 0);
  return true;
}

static void take_for(Coref *self, const Called *m)
{
  *slot(self, TAKEN_FOR, type_key(m->key, m->type)) += (uint64_t)(1000 * m->confidence) + 1;
  if (m->type == ENTITY_PER && m->words > 1) *slot(self, FAMILY, m->last) = 1;
}

static void split_glued(Coref *self)
{
  VEC_OF(Called) apart = {0}; // all mentions, from the first split on
  for (size_t i = 0; i < self->count; i++) {
    Called *m = &self->mentions[i], person, place;
    bool glued = m->type == ENTITY_PER && !m->weak && m->words > 2 && is_glued(self, m, &person, &place);
    if (!glued && !apart.len) continue;
    if (!apart.len)
      for (size_t n = 0; n < i; n++) vec_push_in(&self->scratch, &apart, self->mentions[n]);
    vec_push_in(&self->scratch, &apart, glued ? person : *m);
    if (!glued) continue;
    take_for(self, &person);
    take_for(self, &place);
    vec_push_in(&self->scratch, &apart, place);
  }
  if (!apart.len) return;
  self->mentions = apart.items;
  self->count = apart.len;
}

static void count_types(Coref *self)
{
  for (size_t i = 0; i < self->count; i++) {
    Called *m = &self->mentions[i];
    if (!m->weak) take_for(self, m);
  }
  split_glued(self);
  for (size_t i = 0; i < self->count; i++) cut_genitive(self, &self->mentions[i]);
}

// A weak mention is a name where the same words are one elsewhere, or where it is a person's family name.
static void judge_weak(const Coref *self, Called *m)
{
  uint64_t most = 0;
  for (EntityType type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = get(self, TAKEN_FOR, type_key(m->key, type));
    if (sum <= most) continue;
    most = sum;
    m->type = type;
  }
  m->confidence = DOUBTFUL;
  m->weak = most < ENOUGH;
  if (m->weak && m->words == 1 && get(self, FAMILY, m->last)) {
    m->weak = false;
    m->type = ENTITY_PER;
  }
}

static void repair_type(const Coref *self, Called *m)
{
  if (m->confidence >= DOUBTFUL) return;
  uint64_t most = 3 * get(self, TAKEN_FOR, type_key(m->key, m->type)) / 2;
  EntityType own = m->type;
  for (EntityType type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = type == own ? 0 : get(self, TAKEN_FOR, type_key(m->key, type));
    if (sum <= most) continue;
    most = sum;
    m->type = type;
  }
}

// --- clusters

static uint64_t cluster_add(Coref *self, uint32_t mention)
{
  vec_push_in(&self->scratch, &self->clusters,
              (Cluster){.fullest = mention, .type = self->mentions[mention].type});
  return self->clusters.len;
}

// The hash of a name's initials as they would stand in capitals, as a token's hash of "hrw".
static uint64_t initials_of(const Called *m)
{
  char letters[16];
  size_t len = 0;
  for (uint32_t i = m->name->first; i < m->name->last; i++) {
    const Token *token = &m->notes->tokens.items[i];
    if (!(token->flags & TOKEN_CAPITAL)) continue;
    uint32_t cp;
    size_t bytes = utf8_decode(token->lower.ptr, token->lower.ptr + token->lower.len, &cp);
    if (len + bytes > sizeof letters) return 0;
    memcpy(letters + len, token->lower.ptr, bytes);
    len += bytes;
  }
  return len > 1 ? (uint32_t)str_hash((Str){letters, len}) : 0;
}

static void person_add(Coref *self, Ask ask, uint64_t word, uint64_t cluster)
{
  uint64_t *at = slot(self, ask, word);
  if (*at) return;
  vec_push_in(&self->scratch, &self->persons, (Person){.ahead = cluster});
  *at = self->persons.len;
}

// "Verdens helseorganisasjon (WHO)": the capitals in brackets right behind are its too.
static bool is_introduced(const Called *m, const Called *next)
{
  const TokenVec *tokens = &m->notes->tokens;
  uint32_t at = m->name->last;
  return next->notes == m->notes && next->name->first == at + 1 && next->words == 1 &&
         next->type == ENTITY_ORG && (tokens->items[at + 1].flags & TOKEN_ALL_CAPS) &&
         str_is(tokens->items[at].lower, "(") && at + 2 < tokens->len &&
         str_is(tokens->items[at + 2].lower, ")");
}

static void organisation_add(Coref *self, uint32_t i, uint64_t cluster)
{
  const Called *m = &self->mentions[i];
  uint64_t initials = initials_of(m), *at = slot(self, BY_SHORT, m->first);
  *at = *at ? SEVERAL : cluster;
  if (initials) *slot(self, BY_INITIALS, initials) = cluster;
  if (i + 1 < self->count && is_introduced(m, &self->mentions[i + 1]))
    *slot(self, BY_INITIALS, self->mentions[i + 1].last) = cluster;
}

// A cluster for every name of several words; persons are one by first and last word ("Donald J. Trump").
static void gather_long_names(Coref *self)
{
  for (uint32_t i = 0; i < self->count; i++) {
    Called *m = &self->mentions[i];
    if (m->words < 2) continue;
    uint64_t key = m->type == ENTITY_PER ? gazetteer_key_add(m->first, m->last) : m->key;
    uint64_t *at = slot(self, BY_KEY, type_key(key, m->type));
    if (!*at) {
      uint64_t cluster = *at = cluster_add(self, i);
      if (m->type == ENTITY_PER) {
        person_add(self, BY_LAST, m->last, cluster);
        person_add(self, BY_FIRST, m->first, cluster);
      } else if (m->type == ENTITY_ORG) {
        organisation_add(self, i, cluster);
      }
      m->cluster = (uint32_t)cluster;
    } else {
      m->cluster = (uint32_t)*at;
    }
  }
}

static Person *person_of(const Coref *self, Ask ask, uint64_t word)
{
  uint64_t at = get(self, ask, word);
  return at ? &self->persons.items[at - 1] : NULL;
}

// The person of a longer name that this single word stands for; 0: none.
static uint64_t find_person(Coref *self, const Called *m)
{
  Person *person = person_of(self, BY_LAST, m->last);
  if (!person && m->type == ENTITY_PER) person = person_of(self, BY_FIRST, m->first);
  if (!person) return 0;
  return person->latest ? person->latest : person->ahead;
}

static uint64_t cluster_of_word(Coref *self, uint32_t i)
{
  Called *m = &self->mentions[i];
  bool person = m->type == ENTITY_PER || (m->confidence < DOUBTFUL && !m->name->entity.len);
  uint64_t found = person ? find_person(self, m) : 0;
  if (found) {
    m->type = ENTITY_PER;
    return found;
  }
  bool capitals = m->notes->tokens.items[m->name->first].flags & TOKEN_ALL_CAPS;
  if (m->type == ENTITY_ORG && capitals && (found = get(self, BY_INITIALS, m->last))) return found;
  bool unknown = m->type == ENTITY_ORG && !m->name->entity.len;
  if (unknown && (found = get(self, BY_SHORT, m->last)) && found != SEVERAL) return found;
  uint64_t *at = slot(self, BY_KEY, type_key(m->key, m->type));
  if (!*at) *at = cluster_add(self, i);
  return *at;
}

// Mentions with one id of the gazetteer are one cluster, in whatever language.
static uint64_t cluster_of_id(Coref *self, const Called *m, uint64_t cluster)
{
  Str id = m->name->entity;
  if (!id.len || m->type == ENTITY_PER) return cluster;
  uint64_t *at = slot(self, BY_ID, str_hash(id));
  if (!*at) *at = cluster;
  Cluster *chosen = &self->clusters.items[*at - 1];
  if (!chosen->entity.len) chosen->entity = id;
  return *at;
}

static void assign(Coref *self)
{
  for (uint32_t i = 0; i < self->count; i++) {
    Called *m = &self->mentions[i];
    uint64_t cluster = m->words > 1 ? m->cluster : cluster_of_word(self, i);
    m->cluster = (uint32_t)cluster_of_id(self, m, cluster);
    if (m->type != ENTITY_PER || m->words < 2) continue;
    Person *last = person_of(self, BY_LAST, m->last), *first = person_of(self, BY_FIRST, m->first);
    if (last) last->latest = m->cluster;
    if (first) first->latest = m->cluster;
  }
}

// --- what a cluster is called

// A person goes by the form with most words; an organisation too, but in the article's language where it is
// named in it; a place by what it is called most often, likewise.
static uint64_t fullness(const Coref *self, const Called *m)
{
  uint64_t ours = m->notes->lang == self->lang ? 1u << 20 : 0;
  switch (m->type) {
  case ENTITY_LOC:
    return ours + get(self, WRITTEN, m->key ^ m->cluster);
  case ENTITY_ORG:
    return ours + m->words;
  default:
    return m->words;
  }
}

static void choose_forms(Coref *self)
{
  for (size_t i = 0; i < self->count; i++) {
    const Called *m = &self->mentions[i];
    if (m->type == ENTITY_LOC) *slot(self, WRITTEN, m->key ^ m->cluster) += 1;
  }
  for (uint32_t i = 0; i < self->count; i++) {
    Cluster *cluster = &self->clusters.items[self->mentions[i].cluster - 1];
    uint64_t own = fullness(self, &self->mentions[i]);
    if (own <= cluster->fullness) continue;
    cluster->fullness = own;
    cluster->fullest = i;
  }
}

// --- results

static Str one_spaced(Str text, Arena *arena)
{
  if (!memchr(text.ptr, '\n', text.len)) return arena_dup(arena, text);
  char *out = arena_alloc(arena, text.len);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    bool space = text.ptr[i] == ' ' || text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\t';
    if (space && len && out[len - 1] == ' ') continue;
    out[len++] = space ? ' ' : text.ptr[i];
  }
  return (Str){out, len};
}

static void name_cluster(const Coref *self, Cluster *cluster, Arena *arena)
{
  const Called *m = &self->mentions[cluster->fullest];
  cluster->name = one_spaced(str_slice(m->notes->text, m->name->start, m->name->end - m->cut), arena);
  if (cluster->type == ENTITY_PER && m->words > 1) {
    GazetteerEntity known;
    if (gazetteer_entity(self->names->known.gazetteer, gazetteer_rough_hash(cluster->name), &known) &&
        (known.types & GAZETTEER_PER))
      cluster->entity = gazetteer_id(known.id, arena);
  }
  if (cluster->entity.len)
    cluster->entity = arena_dup(arena, cluster->entity);
  else
    cluster->entity = arena_printf(arena, "name:" STR_FMT, STR_ARG(utf8_fold_in(arena, cluster->name)));
}

static void emit(const Coref *self, Arena *arena, SpanVec *out)
{
  const EntityFacts **facts =
      arena_alloc(arena, size_mul(self->clusters.len, sizeof *facts)); // [cluster - 1]
  for (size_t i = 0; i < self->clusters.len; i++) {
    const Cluster *cluster = &self->clusters.items[i];
    facts[i] =
        arena_copy(arena, &(EntityFacts){cluster->name, cluster->entity, (uint32_t)i + 1}, sizeof **facts);
  }
  for (size_t i = 0; i < self->count; i++) {
    const Called *m = &self->mentions[i];
    Span span = {.start = m->block + m->name->start,
                 .end = m->block + m->name->end,
                 .kind = SPAN_ENTITY,
                 .type = (uint8_t)m->type,
                 .by = m->name->by,
                 .confidence = m->confidence,
                 .entity = facts[m->cluster - 1]};
    vec_push_in(arena, out, span);
  }
}

// Sure and weak mentions of a block, in the order of the text, with their keys while the block is at hand.
static void gather_block(Coref *self, const Passage *passage)
{
  const Notes *notes = passage->notes;
  for (size_t n = 0, w = 0; n < notes->names.len || w < notes->weak.len;) {
    bool weak = n == notes->names.len ||
                (w < notes->weak.len && notes->weak.items[w].start < notes->names.items[n].start);
    const Name *name = weak ? &notes->weak.items[w++] : &notes->names.items[n++];
    self->mentions[self->count++] = (Called){.notes = notes,
                                             .name = name,
                                             .block = passage->start,
                                             .type = name->type,
                                             .confidence = name->confidence,
                                             .weak = weak};
    read_keys(&self->mentions[self->count - 1], 0);
  }
}

static void gather(Coref *self, const Passages *article)
{
  size_t most = 0;
  for (size_t i = 0; i < article->len; i++) {
    if (i + 8 < article->len) __builtin_prefetch(&article->items[i + 8].notes->names);
    most += article->items[i].notes->names.len + article->items[i].notes->weak.len;
  }
  self->mentions = arena_alloc(&self->scratch, size_mul(most, sizeof *self->mentions));
  for (size_t i = 0; i < article->len; i++) {
    if (i + 4 < article->len) {
      const Notes *ahead = article->items[i + 4].notes;
      __builtin_prefetch(ahead->names.items);
      __builtin_prefetch(ahead->weak.items);
      __builtin_prefetch(ahead->tokens.items);
      __builtin_prefetch(ahead->tokens.items + 2);
    }
    gather_block(self, &article->items[i]);
  }
  table_resize(self, 8);
}

static void settle_types(Coref *self)
{
  size_t kept = 0;
  for (size_t i = 0; i < self->count; i++) {
    Called *m = &self->mentions[i];
    if (m->weak)
      judge_weak(self, m);
    else
      repair_type(self, m);
    if (!m->weak) self->mentions[kept++] = *m;
  }
  self->count = kept;
}

void coref_link(const Names *names, const struct Passages *article, Arena *arena, SpanVec *out)
{
  Coref self = {.names = names, .lang = article->lang};
  gather(&self, article);
  count_types(&self);
  settle_types(&self);
  gather_long_names(&self);
  assign(&self);
  choose_forms(&self);
  for (size_t i = 0; i < self.clusters.len; i++) name_cluster(&self, &self.clusters.items[i], arena);
  emit(&self, arena, out);
  free(self.table);
  arena_release(&self.scratch);
}
