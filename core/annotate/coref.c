// Names are compared by hashes of their words in lower case. coref_read() puts all that hangs on the block
// alone into one small record a name (Called), while the block is at hand; coref_link() then reads nothing
// but these, in the order of the text, which is what makes it cheap: a megabyte's notes are far apart in
// memory.
//
// News says the same names again and again, so nearly all is done once a form: once for all records that are
// alike but for their place. Of the article coref_link() makes a list of mentions, each with its form. Then,
// over forms in the order in which they first stand there: count what names are taken for; part persons from
// the places behind them; take or leave the weak names, by what the sure ones say; make a cluster of every
// name of several words; give each form its cluster. Only a single word that may mean several persons goes by
// its place: it is the one last called by it. One hash table, of numbers alone, serves for all of it. Text is
// looked at once a cluster.
#include "annotate/coref.h"

#include "annotate/names_p.h"
#include "annotate/notes.h"
#include "base/alloc.h"
#include "base/digest.h"
#include "base/utf8.h"

#define DOUBTFUL 0.65f // below this a mention listens to the others
#define SEVERAL UINT64_MAX
#define ABBREVIATION_MOST 4u // bytes
#define COLON_ENDING_MOST 5u // bytes, with the colon
#define FAINT 0.1f           // a weak mention of less is a name only as somebody's family name
#define ENOUGH 700           // thousandths of confidence that make a weak mention of the same words a name

typedef struct Occurrence { // a name where it stands
  const Passage *passage;
  size_t start;         // byte in the article
  uint32_t len, record; // bytes; which of the passage's notes->called
  uint32_t form;        // NO_FORM: it is not one but its parts, or the other way round
} Occurrence;
#define NO_FORM UINT32_MAX

typedef struct Form {   // all mentions that are alike but for their place
  const Called *called; // one of them
  bool ours;            // in the article's language
  uint32_t sure;        // how many are sure to be names
  // What the article makes of them:
  bool heard;    // they are names
  uint32_t uses; // how many stand in the article, and the first of them
  uint32_t first_use;
  uint64_t key; // of its words, as the next two; genitive aside
  uint32_t first, last;
  uint8_t cut;  // bytes of the genitive
  uint8_t type; // EntityType
  float confidence;
  uint32_t cluster;           // 0: that hangs on the place
  uint32_t by_last, by_first; // persons that these words may mean, from 1; 0: none
} Form;

typedef struct Cluster {
  uint32_t fullest; // the form that names it
  uint64_t fullness;
  uint64_t key; // BY_KEY: no two clusters share one
  EntityType type;
  uint32_t known; // the gazetteer's number; 0: none
} Cluster;

typedef struct Person { // who may be meant by a single word
  uint32_t ahead;       // cluster: the first of the article
  uint32_t latest;      // the one last called before here; 0: none yet
} Person;

typedef struct Coref {
  const Names *names;
  Lang lang; // the article's
  Arena scratch;
  VEC_OF(Occurrence) occurrences;
  VEC_OF(size_t) wholes; // of these, that may be two
  VEC_OF(Form) forms;
  VEC_OF(uint32_t) order; // forms that are heard, by their first use
  VEC_OF(Cluster) clusters;
  VEC_OF(Person) persons;
  struct Entry *table; // open addressing; key 0 is free
  uint32_t shift;      // 64 less the bits of the table's size
  size_t used;
} Coref;

// What the table holds, by kind of question.
typedef enum Ask {
  BY_RECORD = 1, // Called.record and whether it is ours -> index of forms + 1
  TAKEN_FOR,     // key and type -> sum of confidences, in thousandths
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

// Bytes of an ending that may be a genitive: "s", ":s", or an apostrophe alone; of any case behind a colon:
// "SDP:n", "EU:ssa".
static uint8_t ending(const Notes *notes, Str lower)
{
  for (size_t i = 2; i <= COLON_ENDING_MOST && i + 1 < lower.len; i++)
    if (lower.ptr[lower.len - i] == ':') return (uint8_t)i;
  if (!namefacts_genitive(notes->lang) || lower.len < 4 || lower.ptr[lower.len - 1] != 's') return 0;
  return 1;
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

// A digest of all but the place.
static uint64_t record_of(const Called *called)
{
  uint32_t confidence;
  memcpy(&confidence, &called->confidence, sizeof confidence);
  uint64_t digest = digest_pair(called->key, called->bare_key);
  digest = digest_add(digest, (uint64_t)called->first << 32 | called->last);
  digest = digest_add(digest, (uint64_t)called->bare_last << 32 | called->initials);
  digest = digest_add(digest, (uint64_t)called->entity << 32 | confidence);
  return digest_add(digest, (uint64_t)called->words << 32 | (uint64_t)called->ending << 24 |
                                (uint64_t)called->type << 16 | (uint64_t)called->by << 8 | called->flags);
}

static void list_places(Notes *notes)
{
  size_t len = notes->called.len;
  notes->called_at = (CalledAtVec){arena_alloc(&notes->arena, len * sizeof(CalledAt)), len, len};
  for (size_t i = 0; i < len; i++) {
    const Called *called = &notes->called.items[i];
    notes->called_at.items[i] = (CalledAt){record_of(called), called->start, called->end};
  }
}

// Whether a faint mention is one word that is not written in lower case as well: "Reker", not "May".
static bool may_be_family(const Reader *self, const Name *name)
{
  uint64_t word = gazetteer_word_hash(self->notes->tokens.items[name->first].lower);
  return name->last == name->first + 1 && gazetteer_case(self->known, self->notes->lang, word) <= 2;
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
    if (weak && name->confidence < FAINT && !may_be_family(&self, name)) continue;
    Called *called = read_name(&self, name, out);
    if (weak)
      called->flags |= CALLED_WEAK;
    else if (name->type == ENTITY_PER && called->words > 2)
      read_parts(&self, name, out);
  }
  list_places(notes);
}

// --- mentions and their forms

// The notes of an article's blocks lie all over the memory; a walk that waits for each is twice as long. What
// is read of most stands behind the notes (notes_keep()).
static void fetch_ahead(const Passages *article, size_t at)
{
  if (at + 12 >= article->len) return;
  const char *notes = (const char *)article->items[at + 12].notes;
  static const size_t lines[] = {0, sizeof(Notes), sizeof(Notes) + 64};
  for (size_t i = 0; i < ARRAY_LEN(lines); i++) __builtin_prefetch(notes + lines[i]);
}

// The form of the passage's record `i`.
static uint32_t form_of(Coref *self, const Passage *passage, size_t i)
{
  bool ours = passage->notes->lang == self->lang;
  uint64_t *at = slot(self, BY_RECORD, passage->notes->called_at.items[i].record ^ ours);
  if (!*at) {
    vec_push_in(&self->scratch, &self->forms,
                (Form){.called = &passage->notes->called.items[i], .ours = ours});
    *at = self->forms.len;
  }
  return (uint32_t)*at - 1;
}

static Form *form(const Coref *self, const Occurrence *at)
{
  return at->form == NO_FORM ? NULL : &self->forms.items[at->form];
}

// What stands in record `i`.
static Occurrence occurrence(const Passage *passage, size_t i, uint32_t its_form)
{
  const CalledAt *at = &passage->notes->called_at.items[i];
  return (Occurrence){passage, passage->start + at->start, at->end - at->start, (uint32_t)i, its_form};
}

// One for every record, in order. The parts of a name that may be two have no form yet.
static void list_occurrences(Coref *self, const Passages *article)
{
  for (size_t p = 0; p < article->len; p++) {
    const Passage *passage = &article->items[p];
    size_t len = passage->notes->called_at.len;
    fetch_ahead(article, p);
    for (size_t i = 0; i < len; i++) {
      uint32_t at = form_of(self, passage, i);
      Form *f = &self->forms.items[at];
      if (!(f->called->flags & CALLED_WEAK)) f->sure++;
      vec_push_in(&self->scratch, &self->occurrences, occurrence(passage, i, at));
      if (!(f->called->flags & CALLED_PARTS)) continue;
      vec_push_in(&self->scratch, &self->wholes, self->occurrences.len - 1);
      for (size_t last = i + 2; i < last;)
        vec_push_in(&self->scratch, &self->occurrences, occurrence(passage, ++i, NO_FORM));
    }
  }
}

static const Called *called_of(const Occurrence *at)
{
  return &at->passage->notes->called.items[at->record];
}

// --- what names are taken for

static void take_for(Coref *self, const Called *called, uint32_t times)
{
  uint64_t once = (uint64_t)(1000 * called->confidence) + 1;
  *slot(self, TAKEN_FOR, type_key(called->key, called->type)) += times * once;
  if (called->type == ENTITY_PER && called->words > 1) *slot(self, FAMILY, called->last) = 1;
}

// "Ola Nordmann Oslo" is a person of the article, or in a signature any, and a known place.
static void part(Coref *self, Occurrence *whole)
{
  Occurrence *person = whole + 1, *place = whole + 2;
  bool known = get(self, TAKEN_FOR, type_key(called_of(person)->key, ENTITY_PER));
  if (!known && !(called_of(whole)->flags & CALLED_SIGNED)) return;
  whole->form = NO_FORM;
  person->form = form_of(self, person->passage, person->record);
  place->form = form_of(self, place->passage, place->record);
  take_for(self, called_of(person), 1);
  take_for(self, called_of(place), 1);
}

static void count_types(Coref *self)
{
  for (size_t i = 0; i < self->forms.len; i++) {
    const Form *f = &self->forms.items[i];
    if (f->sure) take_for(self, f->called, f->sure);
  }
  for (size_t i = 0; i < self->wholes.len; i++) part(self, &self->occurrences.items[self->wholes.items[i]]);
}

// --- which forms are names, and of what

// "Kinas" is a genitive where the article or the gazetteer knows "Kina" and not "Kinas".
static void cut_genitive(const Coref *self, Form *f)
{
  const Called *called = f->called;
  if (!called->ending) return;
  bool here =
      get(self, TAKEN_FOR, type_key(called->bare_key, f->type)) || get(self, FAMILY, called->bare_last);
  if (!here && !(called->flags & CALLED_BARE)) return;
  f->cut = called->ending;
  f->key = called->bare_key;
  if (called->words == 1) f->first = called->bare_last;
  f->last = called->bare_last;
}

// A weak form is a name where the same words are one elsewhere, or where it is a person's family name.
static bool is_name(const Coref *self, Form *f)
{
  uint64_t most = 0;
  for (uint8_t type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = get(self, TAKEN_FOR, type_key(f->key, type));
    if (sum <= most) continue;
    most = sum;
    f->type = type;
  }
  f->confidence = DOUBTFUL;
  if (most >= ENOUGH && f->called->confidence >= FAINT) return true;
  if (f->called->words > 1 || !get(self, FAMILY, f->last)) return false;
  f->type = ENTITY_PER;
  return true;
}

static void repair_type(const Coref *self, Form *f)
{
  if (f->confidence >= DOUBTFUL) return;
  uint64_t most = 3 * get(self, TAKEN_FOR, type_key(f->key, f->type)) / 2;
  uint8_t own = f->type;
  for (uint8_t type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = type == own ? 0 : get(self, TAKEN_FOR, type_key(f->key, type));
    if (sum <= most) continue;
    most = sum;
    f->type = type;
  }
}

static void hear(const Coref *self, Form *f)
{
  const Called *called = f->called;
  f->key = called->key;
  f->first = called->first;
  f->last = called->last;
  f->type = called->type;
  f->confidence = called->confidence;
  f->heard = true;
  cut_genitive(self, f);
  if (called->flags & CALLED_WEAK)
    f->heard = is_name(self, f);
  else
    repair_type(self, f);
}

static void hear_all(Coref *self)
{
  for (size_t i = 0; i < self->forms.len; i++) hear(self, &self->forms.items[i]);
  for (uint32_t i = 0; i < self->occurrences.len; i++) {
    Form *f = form(self, &self->occurrences.items[i]);
    if (!f || !f->heard || f->uses++) continue;
    f->first_use = i;
    vec_push_in(&self->scratch, &self->order, self->occurrences.items[i].form);
  }
}

// --- clusters

static uint32_t cluster_add(Coref *self, uint32_t at, uint64_t key)
{
  vec_push_in(&self->scratch, &self->clusters,
              (Cluster){.fullest = at, .key = key, .type = self->forms.items[at].type});
  return (uint32_t)self->clusters.len;
}

static void person_add(Coref *self, Ask ask, uint64_t word, uint32_t cluster)
{
  uint64_t *at = slot(self, ask, word);
  if (*at) return;
  vec_push_in(&self->scratch, &self->persons, (Person){.ahead = cluster});
  *at = self->persons.len;
}

static const Occurrence *next_heard(const Coref *self, size_t at)
{
  while (++at < self->occurrences.len) {
    const Form *f = form(self, &self->occurrences.items[at]);
    if (f && f->heard) return &self->occurrences.items[at];
  }
  return NULL;
}

// "Verdens helseorganisasjon (WHO)": the capitals in brackets right behind are its too.
static bool is_introduced(const Coref *self, const Occurrence *m, const Occurrence *next)
{
  return next && next->passage == m->passage && called_of(next)->behind == called_of(m)->end &&
         form(self, next)->type == ENTITY_ORG;
}

static void organisation_add(Coref *self, const Form *f, uint32_t cluster)
{
  uint64_t initials = f->called->initials, *at = slot(self, BY_SHORT, f->first);
  *at = *at ? SEVERAL : cluster;
  if (initials) *slot(self, BY_INITIALS, initials) = cluster;
  const Occurrence *next = next_heard(self, f->first_use);
  if (is_introduced(self, &self->occurrences.items[f->first_use], next))
    *slot(self, BY_INITIALS, form(self, next)->last) = cluster;
}

static bool is_long(const Form *f)
{
  return f->called->words > 1;
}

// A cluster for every name of several words; persons are one by first and last word ("Donald J. Trump").
static void gather_long_names(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    Form *f = &self->forms.items[i];
    if (!is_long(f)) continue;
    uint64_t key = f->type == ENTITY_PER ? gazetteer_key_add(f->first, f->last) : f->key;
    key = type_key(key, f->type);
    uint64_t *at = slot(self, BY_KEY, key);
    bool is_new = !*at;
    if (is_new) *at = cluster_add(self, i, key);
    f->cluster = (uint32_t)*at;
    if (!is_new) continue;
    if (f->type == ENTITY_PER) {
      person_add(self, BY_LAST, f->last, f->cluster);
      person_add(self, BY_FIRST, f->first, f->cluster);
    } else if (f->type == ENTITY_ORG) {
      organisation_add(self, f, f->cluster);
    }
  }
}

static uint32_t person_of(const Coref *self, Ask ask, uint64_t word)
{
  return (uint32_t)get(self, ask, word);
}

// Whether this single word stands for persons of longer names.
static bool is_person(const Coref *self, Form *f)
{
  bool person = f->type == ENTITY_PER || (f->confidence < DOUBTFUL && !f->called->entity);
  if (!person) return false;
  f->by_last = person_of(self, BY_LAST, f->last);
  if (!f->by_last && f->type == ENTITY_PER) f->by_first = person_of(self, BY_FIRST, f->first);
  return f->by_last || f->by_first;
}

static uint32_t cluster_of_word(Coref *self, uint32_t i)
{
  const Form *f = &self->forms.items[i];
  bool capitals = f->called->flags & CALLED_CAPITALS;
  uint64_t found;
  if (f->type == ENTITY_ORG && capitals && (found = get(self, BY_INITIALS, f->last))) return (uint32_t)found;
  bool unknown = f->type == ENTITY_ORG && !f->called->entity;
  if (unknown && (found = get(self, BY_SHORT, f->last)) && found != SEVERAL) return (uint32_t)found;
  uint64_t key = type_key(f->key, f->type), *at = slot(self, BY_KEY, key);
  if (!*at) *at = cluster_add(self, i, key);
  return (uint32_t)*at;
}

// Mentions with one id of the gazetteer are one cluster, in whatever language.
static uint32_t cluster_of_id(Coref *self, const Form *f, uint32_t cluster)
{
  uint32_t id = f->called->entity;
  if (!id || f->type == ENTITY_PER) return cluster;
  uint64_t *at = slot(self, BY_ID, id);
  if (!*at) *at = cluster;
  Cluster *chosen = &self->clusters.items[*at - 1];
  if (!chosen->known) chosen->known = id;
  return (uint32_t)*at;
}

static void assign(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    Form *f = &self->forms.items[i];
    if (is_long(f)) {
      f->cluster = cluster_of_id(self, f, f->cluster);
      if (f->type != ENTITY_PER) continue;
      f->by_last = person_of(self, BY_LAST, f->last);
      f->by_first = person_of(self, BY_FIRST, f->first);
    } else if (is_person(self, f)) {
      f->type = ENTITY_PER;
    } else {
      f->cluster = cluster_of_id(self, f, cluster_of_word(self, i));
    }
  }
}

// --- what a cluster is called

// A person goes by the form with most words; an organisation too, but in the article's language where it is
// named in it; a place by what it is called most often, likewise.
static uint64_t fullness(const Coref *self, const Form *f)
{
  uint64_t ours = f->ours ? 1u << 20 : 0;
  uint64_t mixed = !(f->called->flags & CALLED_CAPITALS); // rather "Utrecht" than a date line's "UTRECHT"
  switch (f->type) {
  case ENTITY_LOC:
    return 2 * (ours + get(self, WRITTEN, f->key ^ f->cluster)) + mixed;
  case ENTITY_ORG:
    return 2 * (ours + f->called->words) + (f->called->words > 1 && mixed);
  default:
    return 2 * (uint64_t)f->called->words + mixed;
  }
}

static void choose_forms(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    const Form *f = &self->forms.items[self->order.items[n]];
    if (f->type == ENTITY_LOC) *slot(self, WRITTEN, f->key ^ f->cluster) += f->uses;
  }
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    const Form *f = &self->forms.items[i];
    if (!f->cluster) continue; // a word for persons who have longer names
    Cluster *cluster = &self->clusters.items[f->cluster - 1];
    uint64_t own = fullness(self, f);
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

// "NEW YORK" as a date line has it, to "New York"; what is shorter may be an abbreviation ("USA").
static Str without_capitals(Str name, Arena *arena)
{
  char *out = arena_alloc(arena, name.len + 4);
  bool inside = false;
  size_t len = 0;
  if (name.len <= ABBREVIATION_MOST) return name;
  for (size_t i = 0; i < name.len;) {
    uint32_t cp;
    i += utf8_decode(name.ptr + i, name.ptr + name.len, &cp);
    CharClass class = utf8_class(cp);
    if (class == CHAR_LOWER) return name;
    uint32_t lower = inside ? utf8_lower(cp) : cp;
    if (len > name.len) return name;
    len += utf8_encode(lower, out + len);
    inside = class == CHAR_UPPER || class == CHAR_LETTER || class == CHAR_MARK;
  }
  return (Str){out, len};
}

static const EntityFacts *name_entity(const Coref *self, const Cluster *cluster, Str text, Cast *cast)
{
  Str name = one_spaced(text, &cast->arena);
  if (cluster->type != ENTITY_ORG) name = without_capitals(name, &cast->arena);
  uint32_t number = cluster->known;
  if (cluster->type == ENTITY_PER && is_long(&self->forms.items[cluster->fullest])) {
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
  const Form *f = &self->forms.items[cluster->fullest];
  const Occurrence *m = &self->occurrences.items[f->first_use];
  const Called *called = called_of(m);
  Str text = str_slice(m->passage->notes->text, called->start, called->end - f->cut);
  uint64_t key = digest_pair(cluster->key, str_hash(text));
  key = digest_add(key, (uint64_t)cluster->known << 16 | (uint64_t)cluster->type << 8 | f->called->words);
  const EntityFacts **known = cast_slot(cast, key);
  if (!*known) *known = name_entity(self, cluster, text, cast);
  return *known;
}

// Who a word means where it stands: the person last called by it, or else the first who is.
static uint32_t cluster_here(const Coref *self, const Form *f)
{
  const Person *person = &self->persons.items[(f->by_last ? f->by_last : f->by_first) - 1];
  return person->latest ? person->latest : person->ahead;
}

static void call_person(Coref *self, const Form *f)
{
  if (f->by_last) self->persons.items[f->by_last - 1].latest = f->cluster;
  if (f->by_first) self->persons.items[f->by_first - 1].latest = f->cluster;
}

static void emit(Coref *self, Cast *cast, Arena *arena, SpanVec *out)
{
  const EntityFacts **facts =
      arena_alloc(&self->scratch, size_mul(self->clusters.len, sizeof *facts)); // [cluster - 1]
  for (size_t i = 0; i < self->clusters.len; i++) facts[i] = facts_of(self, &self->clusters.items[i], cast);
  for (size_t i = 0; i < self->occurrences.len; i++) {
    const Occurrence *m = &self->occurrences.items[i];
    const Form *f = form(self, m);
    if (!f || !f->heard) continue;
    uint32_t cluster = f->cluster ? f->cluster : cluster_here(self, f);
    if (f->cluster) call_person(self, f);
    Span span = {.start = m->start,
                 .end = m->start + m->len,
                 .kind = SPAN_ENTITY,
                 .type = f->type,
                 .by = f->called->by,
                 .confidence = f->confidence,
                 .entity = facts[cluster - 1]};
    vec_push_in(arena, out, span);
  }
}

size_t coref_link(const Names *names, const struct Passages *article, Cast *cast, Arena *arena, SpanVec *out)
{
  Coref self = {.names = names, .lang = article->lang};
  table_resize(&self, 8);
  list_occurrences(&self, article);
  count_types(&self);
  hear_all(&self);
  gather_long_names(&self);
  assign(&self);
  choose_forms(&self);
  emit(&self, cast, arena, out);
  size_t entities = self.clusters.len;
  free(self.table);
  arena_release(&self.scratch);
  return entities;
}
