// Names are compared by hashes of their words in lower case. coref_read() puts all that hangs on the block
// alone into one small record a name (Called), while the block is at hand; coref_link() then reads nothing
// but these, in the order of the text, which is what makes it cheap: a megabyte's notes are far apart in
// memory.
//
// Walks over the article: count what each name is taken for; part persons from the places behind them; take
// or leave the weak names, by what the sure ones say; make a cluster of every name of several words; then, in
// the order of the text, give each mention its cluster, a single word to the person last called by it. One
// hash table, of numbers alone, serves for all of it. Text is looked at once a cluster.
#include "annotate/coref.h"

#include "annotate/names_p.h"
#include "annotate/notes.h"
#include "base/alloc.h"
#include "base/digest.h"
#include "base/utf8.h"

#define DOUBTFUL 0.65f // below this a mention listens to the others
#define SEVERAL UINT64_MAX
#define ENOUGH 700 // thousandths of confidence that make a weak mention of the same words a name

typedef struct Heard { // one mention: a name of a block, and what the article makes of it
  const Called *called;
  const Passage *passage;
  size_t start, end; // bytes in the article
  uint64_t key;      // of its words, as the next two; genitive aside
  uint32_t first, last;
  uint32_t entity; // as the next four: its own
  uint8_t words, by, flags;
  bool ours;    // in the article's language
  uint8_t cut;  // bytes of the genitive
  uint8_t type; // EntityType
  uint32_t cluster;
  float confidence;
} Heard;

typedef struct Cluster {
  uint32_t fullest; // the mention that names it
  uint64_t fullness;
  uint64_t key; // BY_KEY: no two clusters share one
  EntityType type;
  uint32_t known; // the gazetteer's number; 0: none
} Cluster;

typedef struct Person {   // who may be meant by a single word
  uint64_t ahead, latest; // cluster + 1: the first of the article; the last one called before here
} Person;

typedef struct Coref {
  const Names *names;
  Lang lang; // the article's
  Arena scratch;
  VEC_OF(const Called *) parted; // those that are a person and a place, in order
  Heard *mentions;
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

// --- what a block says

typedef struct Reader {
  const Gazetteer *known;
  Notes *notes;
} Reader;

static bool counts(const Token *token)
{
  return token->flags & (TOKEN_WORD | TOKEN_NUMBER);
}

// `last_hash`, where given, stands for the last word's own.
static void read_keys(const Reader *self, const Name *name, uint32_t last_hash, Called *to)
{
  to->key = 0;
  to->words = 0;
  for (uint32_t i = name->first; i < name->last; i++) {
    const Token *token = &self->notes->tokens.items[i];
    if (!counts(token)) continue;
    uint32_t word = i + 1 == name->last && last_hash ? last_hash : token->hash;
    if (!to->words) to->first = word;
    if (to->words < UINT8_MAX) to->words++;
    to->last = word;
    to->key = gazetteer_key_add(to->key, word);
  }
}

// Bytes of an ending that may be a genitive: "s", ":s", or an apostrophe alone.
static uint8_t ending(const Notes *notes, Str lower)
{
  if (!namefacts_genitive(notes->lang) || lower.len < 4 || lower.ptr[lower.len - 1] != 's') return 0;
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

static void read_genitive(const Reader *self, const Name *name, Called *to)
{
  Str lower = self->notes->tokens.items[name->last - 1].lower;
  if (!(to->ending = ending(self->notes, lower))) return;
  Str stem = str_slice(lower, 0, lower.len - to->ending);
  Called bare;
  read_keys(self, name, (uint32_t)str_hash(stem), &bare);
  to->bare_key = bare.key;
  to->bare_last = bare.last;
  if (to->ending > 1 || known_without(self->known, name->type, lower, stem)) to->flags |= CALLED_BARE;
}

// The hash of a name's initials as they would stand in capitals, as a token's hash of "hrw".
static uint32_t initials_of(const Notes *notes, const Name *name)
{
  char letters[16];
  size_t len = 0;
  for (uint32_t i = name->first; i < name->last; i++) {
    const Token *token = &notes->tokens.items[i];
    if (!(token->flags & TOKEN_CAPITAL)) continue;
    uint32_t cp;
    size_t bytes = utf8_decode(token->lower.ptr, token->lower.ptr + token->lower.len, &cp);
    if (len + bytes > sizeof letters) return 0;
    memcpy(letters + len, token->lower.ptr, bytes);
    len += bytes;
  }
  return len > 1 ? (uint32_t)str_hash((Str){letters, len}) : 0;
}

// Where the words end behind which the name stands alone in brackets, in capitals; 0: it does not.
static uint32_t bracketed(const Notes *notes, const Name *name)
{
  const Token *in = notes->tokens.items;
  uint32_t at = name->first;
  bool brackets = at > 1 && name->last == at + 1 && name->last < notes->tokens.len &&
                  (in[at].flags & TOKEN_ALL_CAPS) && str_is(in[at - 1].lower, "(") &&
                  str_is(in[at + 1].lower, ")");
  return brackets ? in[at - 2].end : 0;
}

static Called *read_name(const Reader *self, const Name *name, CalledVec *out)
{
  Called called = {.start = name->start,
                   .end = name->end,
                   .entity = name->entity,
                   .confidence = name->confidence,
                   .type = (uint8_t)name->type,
                   .by = (uint8_t)name->by};
  read_keys(self, name, 0, &called);
  read_genitive(self, name, &called);
  if (called.words > 1) called.initials = initials_of(self->notes, name);
  called.behind = bracketed(self->notes, name);
  if (self->notes->tokens.items[name->first].flags & TOKEN_ALL_CAPS) called.flags |= CALLED_CAPITALS;
  vec_push_in(&self->notes->arena, out, called);
  return &out->items[out->len - 1];
}

// --- a person and the place behind, taken for one name

static bool signs(BlockKind kind)
{
  return kind == BLOCK_BYLINE || kind == BLOCK_SIGNATURE || kind == BLOCK_DATELINE;
}

static Name part_of(const Reader *self, const Name *name, uint32_t first, uint32_t last)
{
  const Token *in = self->notes->tokens.items;
  Name part = *name;
  part.first = first;
  part.last = last;
  part.start = in[first].start;
  part.end = in[last - 1].end;
  return part;
}

// "Ola Nordmann Oslo": the two parts are put behind the whole.
static void read_parts(const Reader *self, const Name *name, CalledVec *out)
{
  uint32_t border = name->last - 1;
  const Token *last = &self->notes->tokens.items[border];
  uint64_t word = gazetteer_word_hash(last->lower);
  uint32_t strength = last->flags & TOKEN_CAPITAL ? place_strength(self->known, word) : 0;
  if (!strength) return;
  bool surname = (gazetteer_word(self->known, word) & WORD_SURNAME) >> WORD_SURNAME_SHIFT > 1;
  Called *whole = &out->items[out->len - 1];
  whole->flags |= CALLED_PARTS;
  if (signs(self->notes->kind) && strength > 2 && !surname) whole->flags |= CALLED_SIGNED;
  Name person = part_of(self, name, name->first, border), place = part_of(self, name, border, border + 1);
  GazetteerEntity entity;
  if (gazetteer_entity(self->known, gazetteer_key_add(0, word), &entity)) place.entity = entity.id;
  place.type = ENTITY_LOC;
  read_name(self, &person, out);
  read_name(self, &place, out);
}

// Sure and weak names, in the order of the text.
void coref_read(const Names *names, struct Notes *notes)
{
  Reader self = {names->known.gazetteer, notes};
  CalledVec *out = &notes->called;
  for (size_t n = 0, w = 0; n < notes->names.len || w < notes->weak.len;) {
    bool weak = n == notes->names.len ||
                (w < notes->weak.len && notes->weak.items[w].start < notes->names.items[n].start);
    const Name *name = weak ? &notes->weak.items[w++] : &notes->names.items[n++];
    Called *called = read_name(&self, name, out);
    if (weak)
      called->flags |= CALLED_WEAK;
    else if (name->type == ENTITY_PER && called->words > 2)
      read_parts(&self, name, out);
  }
}

static size_t called_next(const CalledVec *all, size_t i)
{
  return i + (all->items[i].flags & CALLED_PARTS ? 3 : 1);
}

// --- what names are taken for

static void take_for(Coref *self, const Called *called)
{
  *slot(self, TAKEN_FOR, type_key(called->key, called->type)) += (uint64_t)(1000 * called->confidence) + 1;
  if (called->type == ENTITY_PER && called->words > 1) *slot(self, FAMILY, called->last) = 1;
}

// The notes of an article's blocks lie all over the memory; a walk that waits for each is twice as long. What
// was called stands behind the notes (notes_keep()).
static void fetch_ahead(const Passages *article, size_t at)
{
  if (at + 12 >= article->len) return;
  const char *notes = (const char *)article->items[at + 12].notes;
  static const size_t lines[] = {0, sizeof(Notes), sizeof(Notes) + 64, sizeof(Notes) + 128,
                                 sizeof(Notes) + 192};
  for (size_t i = 0; i < ARRAY_LEN(lines); i++) __builtin_prefetch(notes + lines[i]);
}

// "Ola Nordmann Oslo" is a person of the article, or in a signature any, and a known place.
static void part(Coref *self, const Called *whole)
{
  const Called *person = whole + 1, *place = whole + 2;
  if (!get(self, TAKEN_FOR, type_key(person->key, ENTITY_PER)) && !(whole->flags & CALLED_SIGNED)) return;
  vec_push_in(&self->scratch, &self->parted, whole);
  take_for(self, person);
  take_for(self, place);
}

// Returns how many mentions there are at most.
static size_t count_types(Coref *self, const Passages *article)
{
  size_t most = 0;
  VEC_OF(const Called *) wholes = {0}; // that may be two
  for (size_t p = 0; p < article->len; p++) {
    const CalledVec *all = &article->items[p].notes->called;
    fetch_ahead(article, p);
    most += all->len;
    for (size_t i = 0; i < all->len; i = called_next(all, i)) {
      const Called *called = &all->items[i];
      if (!(called->flags & CALLED_WEAK)) take_for(self, called);
      if (called->flags & CALLED_PARTS) vec_push_in(&self->scratch, &wholes, called);
    }
  }
  for (size_t i = 0; i < wholes.len; i++) part(self, wholes.items[i]);
  return most;
}

// --- mentions

// "Kinas" is a genitive where the article or the gazetteer knows "Kina" and not "Kinas".
static void cut_genitive(const Coref *self, Heard *m)
{
  const Called *called = m->called;
  if (!called->ending) return;
  bool here =
      get(self, TAKEN_FOR, type_key(called->bare_key, m->type)) || get(self, FAMILY, called->bare_last);
  if (!here && !(called->flags & CALLED_BARE)) return;
  m->cut = called->ending;
  m->key = called->bare_key;
  if (called->words == 1) m->first = called->bare_last;
  m->last = called->bare_last;
}

// A weak mention is a name where the same words are one elsewhere, or where it is a person's family name.
static bool is_name(const Coref *self, Heard *m)
{
  uint64_t most = 0;
  for (uint8_t type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = get(self, TAKEN_FOR, type_key(m->key, type));
    if (sum <= most) continue;
    most = sum;
    m->type = type;
  }
  m->confidence = DOUBTFUL;
  if (most >= ENOUGH) return true;
  if (m->words > 1 || !get(self, FAMILY, m->last)) return false;
  m->type = ENTITY_PER;
  return true;
}

static void repair_type(const Coref *self, Heard *m)
{
  if (m->confidence >= DOUBTFUL) return;
  uint64_t most = 3 * get(self, TAKEN_FOR, type_key(m->key, m->type)) / 2;
  uint8_t own = m->type;
  for (uint8_t type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = type == own ? 0 : get(self, TAKEN_FOR, type_key(m->key, type));
    if (sum <= most) continue;
    most = sum;
    m->type = type;
  }
}

static void hear(Coref *self, const Passage *passage, const Called *called)
{
  Heard m = {.called = called,
             .passage = passage,
             .start = passage->start + called->start,
             .end = passage->start + called->end,
             .entity = called->entity,
             .words = called->words,
             .by = called->by,
             .flags = called->flags,
             .ours = passage->notes->lang == self->lang,
             .key = called->key,
             .first = called->first,
             .last = called->last,
             .type = called->type,
             .confidence = called->confidence};
  cut_genitive(self, &m);
  if (called->flags & CALLED_WEAK) {
    if (!is_name(self, &m)) return;
  } else {
    repair_type(self, &m);
  }
  self->mentions[self->count++] = m;
}

static void hear_all(Coref *self, const Passages *article, size_t most)
{
  size_t parted = 0;
  self->mentions = arena_alloc(&self->scratch, size_mul(most, sizeof *self->mentions));
  for (size_t p = 0; p < article->len; p++) {
    const Passage *passage = &article->items[p];
    const CalledVec *all = &passage->notes->called;
    fetch_ahead(article, p);
    for (size_t i = 0; i < all->len; i = called_next(all, i)) {
      const Called *called = &all->items[i];
      if (parted < self->parted.len && self->parted.items[parted] == called) {
        hear(self, passage, called + 1);
        hear(self, passage, called + 2);
        parted++;
      } else {
        hear(self, passage, called);
      }
    }
  }
}

// --- clusters

static uint64_t cluster_add(Coref *self, uint32_t mention, uint64_t key)
{
  vec_push_in(&self->scratch, &self->clusters,
              (Cluster){.fullest = mention, .key = key, .type = self->mentions[mention].type});
  return self->clusters.len;
}

static void person_add(Coref *self, Ask ask, uint64_t word, uint64_t cluster)
{
  uint64_t *at = slot(self, ask, word);
  if (*at) return;
  vec_push_in(&self->scratch, &self->persons, (Person){.ahead = cluster});
  *at = self->persons.len;
}

// "Verdens helseorganisasjon (WHO)": the capitals in brackets right behind are its too.
static bool is_introduced(const Heard *m, const Heard *next)
{
  return next->passage == m->passage && next->called->behind == m->called->end && next->type == ENTITY_ORG;
}

static void organisation_add(Coref *self, uint32_t i, uint64_t cluster)
{
  const Heard *m = &self->mentions[i];
  uint64_t initials = m->called->initials, *at = slot(self, BY_SHORT, m->first);
  *at = *at ? SEVERAL : cluster;
  if (initials) *slot(self, BY_INITIALS, initials) = cluster;
  if (i + 1 < self->count && is_introduced(m, &self->mentions[i + 1]))
    *slot(self, BY_INITIALS, self->mentions[i + 1].last) = cluster;
}

// A cluster for every name of several words; persons are one by first and last word ("Donald J. Trump").
static void gather_long_names(Coref *self)
{
  for (uint32_t i = 0; i < self->count; i++) {
    Heard *m = &self->mentions[i];
    if (m->words < 2) continue;
    uint64_t key = m->type == ENTITY_PER ? gazetteer_key_add(m->first, m->last) : m->key;
    key = type_key(key, m->type);
    uint64_t *at = slot(self, BY_KEY, key);
    if (!*at) {
      uint64_t cluster = *at = cluster_add(self, i, key);
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
static uint64_t find_person(Coref *self, const Heard *m)
{
  Person *person = person_of(self, BY_LAST, m->last);
  if (!person && m->type == ENTITY_PER) person = person_of(self, BY_FIRST, m->first);
  if (!person) return 0;
  return person->latest ? person->latest : person->ahead;
}

static uint64_t cluster_of_word(Coref *self, uint32_t i)
{
  Heard *m = &self->mentions[i];
  bool person = m->type == ENTITY_PER || (m->confidence < DOUBTFUL && !m->entity);
  uint64_t found = person ? find_person(self, m) : 0;
  if (found) {
    m->type = ENTITY_PER;
    return found;
  }
  bool capitals = m->flags & CALLED_CAPITALS;
  if (m->type == ENTITY_ORG && capitals && (found = get(self, BY_INITIALS, m->last))) return found;
  bool unknown = m->type == ENTITY_ORG && !m->entity;
  if (unknown && (found = get(self, BY_SHORT, m->last)) && found != SEVERAL) return found;
  uint64_t key = type_key(m->key, m->type), *at = slot(self, BY_KEY, key);
  if (!*at) *at = cluster_add(self, i, key);
  return *at;
}

// Mentions with one id of the gazetteer are one cluster, in whatever language.
static uint64_t cluster_of_id(Coref *self, const Heard *m, uint64_t cluster)
{
  uint32_t id = m->entity;
  if (!id || m->type == ENTITY_PER) return cluster;
  uint64_t *at = slot(self, BY_ID, id);
  if (!*at) *at = cluster;
  Cluster *chosen = &self->clusters.items[*at - 1];
  if (!chosen->known) chosen->known = id;
  return *at;
}

static void assign(Coref *self)
{
  for (uint32_t i = 0; i < self->count; i++) {
    Heard *m = &self->mentions[i];
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
static uint64_t fullness(const Coref *self, const Heard *m)
{
  uint64_t ours = m->ours ? 1u << 20 : 0;
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
    const Heard *m = &self->mentions[i];
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

static const EntityFacts *name_entity(const Coref *self, const Cluster *cluster, Str text, Cast *cast)
{
  Str name = one_spaced(text, &cast->arena);
  uint32_t number = cluster->known;
  if (cluster->type == ENTITY_PER && self->mentions[cluster->fullest].words > 1) {
    GazetteerEntity known;
    if (gazetteer_entity(self->names->known.gazetteer, gazetteer_rough_hash(name), &known) &&
        (known.types & GAZETTEER_PER))
      number = known.id;
  }
  Str entity = gazetteer_id(number, &cast->arena);
  if (!entity.len)
    entity = arena_printf(&cast->arena, "name:" STR_FMT, STR_ARG(utf8_fold_in(&cast->arena, name)));
  return cast_add(cast, name, entity);
}

// The cast's facts of a cluster, made where no run before had them.
static const EntityFacts *facts_of(const Coref *self, const Cluster *cluster, Cast *cast)
{
  const Heard *m = &self->mentions[cluster->fullest];
  Str text = str_slice(m->passage->notes->text, m->called->start, m->called->end - m->cut);
  uint64_t key = digest_pair(cluster->key, str_hash(text));
  key = digest_add(key, (uint64_t)cluster->known << 16 | (uint64_t)cluster->type << 8 | m->words);
  const EntityFacts **known = cast_slot(cast, key);
  if (!*known) *known = name_entity(self, cluster, text, cast);
  return *known;
}

static void emit(Coref *self, Cast *cast, Arena *arena, SpanVec *out)
{
  const EntityFacts **facts =
      arena_alloc(&self->scratch, size_mul(self->clusters.len, sizeof *facts)); // [cluster - 1]
  for (size_t i = 0; i < self->clusters.len; i++) facts[i] = facts_of(self, &self->clusters.items[i], cast);
  for (size_t i = 0; i < self->count; i++) {
    const Heard *m = &self->mentions[i];
    Span span = {.start = m->start,
                 .end = m->end,
                 .kind = SPAN_ENTITY,
                 .type = m->type,
                 .by = m->by,
                 .confidence = m->confidence,
                 .entity = facts[m->cluster - 1]};
    vec_push_in(arena, out, span);
  }
}

size_t coref_link(const Names *names, const struct Passages *article, Cast *cast, Arena *arena, SpanVec *out)
{
  Coref self = {.names = names, .lang = article->lang};
  table_resize(&self, 8);
  hear_all(&self, article, count_types(&self, article));
  gather_long_names(&self);
  assign(&self);
  choose_forms(&self);
  emit(&self, cast, arena, out);
  size_t entities = self.clusters.len;
  free(self.table);
  arena_release(&self.scratch);
  return entities;
}
