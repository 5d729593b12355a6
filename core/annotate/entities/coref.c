// Names are compared by hashes of their words in lower case. coref_read() has put all that hangs on the block
// alone into one small record a name (Called), while the block was at hand, and the roster keeps these side
// by side: a megabyte's notes are far apart in memory.
//
// News says the same names again and again, so nearly all is done once a form: once for all records that are
// alike but for their place. Over forms, in the order in which they first stand in the article: count what
// names are taken for; part persons from the places behind them; take or leave the weak names, by what the
// sure ones say; make a cluster of every name of several words; give each form its cluster. Only a single
// word that may mean several persons goes by its place: it is the one last called by it. One hash table, of
// numbers alone, serves for all of it. Text is looked at once a cluster.
#include "annotate/entities/coref.h"

#include "annotate/entities/places.h"
#include "annotate/entities/roster.h"
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/alloc.h"
#include "base/digest.h"
#include "base/utf8.h"

#define DOUBTFUL 0.65f // below this a mention listens to the others
#define SEVERAL UINT64_MAX
#define ABBREVIATION_MOST 4u // bytes
#define THING ENTITY_TYPES   // TAKEN_FOR: neither person nor organisation nor place
#define THING_WEIGHT 3       // of one that the gazetteer does not know as something else
#define TEAM 300             // that make a town's name its team's, where that may be
#define NATIONAL_TEAM 800
#define ENOUGH 700 // thousandths of confidence that make a weak mention of the same words a name

typedef struct Form {   // a form of the roster, and what the article makes of it
  const Called *called; // one of those names
  bool met;             // the article has it
  uint32_t sure;        // how many are sure to be names
  bool asked, heard;    // whether they are names was asked; they are
  bool ours;            // in the article's language
  uint8_t cut;          // bytes of the genitive
  uint8_t type;         // EntityType
  float confidence;
  uint64_t key; // of its words, as the next two; genitive aside
  uint32_t first, last;
  uint32_t entity; // as called, of places that share a name the one that is meant
  uint32_t uses;   // how many stand in the article, and the first of them, with its block
  uint32_t first_use, first_block;
  uint32_t cluster;                      // 0: that hangs on the place
  uint32_t by_last, by_first, by_middle; // persons that these words may mean, from 1; 0: none
} Form;
#define NO_FORM UINT32_MAX

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
  Arena scratch;
  const Passages *article;
  const Roster *roster;
  Form *forms;             // [form of the roster]
  uint32_t *use;           // [name of the roster] its form where it is a name, or NO_FORM
  VEC_OF(uint32_t) wholes; // names that may be two
  VEC_OF(uint32_t) order;  // forms that are heard, by their first use
  VEC_OF(Cluster) clusters;
  VEC_OF(Person) persons;
  DigestMap table;
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
  BY_MIDDLE,
  BY_TAIL, // the last two words of a person's name of more -> that form + 1; SEVERAL
  BY_HEAD, // the first two of a name of three, likewise: "Hans Christian"
  WITHIN,  // key of a shared name -> the country that stands beside it
  FAMILY,  // last word of a person's longer name -> 1
  TAIL,    // the last two words of a person's name of more -> 1
  FIRM,    // first word of a company's name with its form, and all of it but the form -> 1
  CLUB,    // first or last word of a club's name -> 1
  WRITTEN, // cluster and key of a place -> how often it is written so
  ASKS
} Ask;
static uint64_t table_key(Ask ask, uint64_t key)
{
  return (key ^ (uint64_t)ask << 56) * 0x9e3779b97f4a7c15u | 1;
}

// Where the value lives, until the next slot().
static uint64_t *slot(Coref *self, Ask ask, uint64_t key)
{
  return digestmap_slot(&self->table, table_key(ask, key));
}

static uint64_t get(const Coref *self, Ask ask, uint64_t key)
{
  return digestmap_get(&self->table, table_key(ask, key));
}

static uint64_t type_key(uint64_t key, EntityType type)
{
  return key ^ (uint64_t)(type + 1) << 60;
}

// --- what names are taken for

static uint64_t tail_of(const Called *called)
{
  return gazetteer_key_add(called->middle, called->last);
}

static void take_for(Coref *self, const Called *called, uint32_t times)
{
  uint64_t once = (uint64_t)(1000 * called->confidence) + 1;
  if (called->flags & CALLED_THING) {
    *slot(self, TAKEN_FOR, type_key(called->key, THING)) +=
        times * 1000 * (called->entity ? 1 : THING_WEIGHT);
    return;
  }
  *slot(self, TAKEN_FOR, type_key(called->key, called->type)) += times * once;
  if (called->words < 2) return;
  if (called->type == ENTITY_PER) {
    *slot(self, FAMILY, called->last) = 1;
    if (called->words > 2) *slot(self, TAIL, tail_of(called)) = 1;
  }
  if (called->flags & CALLED_FIRM) {
    *slot(self, FIRM, called->first) = 1;
    *slot(self, FIRM, called->head) = 1;
  }
  if (called->flags & CALLED_CLUB) {
    *slot(self, CLUB, called->first) = 1;
    *slot(self, CLUB, called->last) = 1;
  }
}

// "Ola Nordmann Oslo" is a person of the article, or in a signature any, and a known place.
static void part(Coref *self, uint32_t whole)
{
  const RosterName *names = &self->roster->names.items[whole];
  const Called *person = self->forms[names[1].form].called, *place = self->forms[names[2].form].called;
  bool known = get(self, TAKEN_FOR, type_key(person->key, ENTITY_PER));
  if (!known && !(self->forms[names[0].form].called->flags & CALLED_SIGNED)) return;
  self->use[whole] = NO_FORM;
  self->use[whole + 1] = names[1].form;
  self->use[whole + 2] = names[2].form;
  take_for(self, person, 1);
  take_for(self, place, 1);
}

static void list_uses(Coref *self, Roster *roster)
{
  const RosterNameVec *names = &roster->names;
  self->use = arena_alloc(&self->scratch, size_mul(names->len, sizeof *self->use));
  roster->used = 0;
  for (uint32_t i = 0; i < names->len; i++) {
    const RosterName *name = &names->items[i];
    Form *f = &self->forms[name->form];
    bool part = name->role == ROSTER_PART;
    if (!f->met) roster->used++;
    f->met = true;
    f->sure += !part && !(f->called->flags & CALLED_WEAK);
    self->use[i] = part ? NO_FORM : name->form;
    if (name->role == ROSTER_WHOLE) vec_push_in(&self->scratch, &self->wholes, i);
  }
}

static void count_types(Coref *self)
{
  for (size_t i = 0; i < self->roster->forms.len; i++) {
    const Form *f = &self->forms[i];
    if (f->sure) take_for(self, f->called, f->sure);
  }
  for (size_t i = 0; i < self->wholes.len; i++) part(self, self->wholes.items[i]);
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
  if (called->words == 1 && f->first) f->first = called->bare_last;
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
  if (most >= ENOUGH && f->called->confidence >= CALLED_FAINT) return true;
  if (f->called->words > 1 || !get(self, FAMILY, f->last)) return false;
  f->type = ENTITY_PER;
  return true;
}

// What the longer names of the article say of words that begin or end them; the form's own type where they
// say nothing: "Acme" of "Acme Steel plc" is no person if nobody bears that name, "Gahr Støre" no place.
static uint8_t type_of_part(const Coref *self, const Form *f)
{
  const Called *called = f->called;
  if (called->words == 2 && f->type != ENTITY_PER && !f->entity && get(self, TAIL, tail_of(called)))
    return ENTITY_PER;
  if (called->words != 1) return get(self, FIRM, f->key) ? ENTITY_ORG : f->type;
  bool open = f->type == ENTITY_PER || !f->entity || called->flags & CALLED_TEAM; // nobody is in it
  if (open && get(self, FIRM, f->last) && !get(self, FAMILY, f->last)) return ENTITY_ORG;
  bool town = called->flags & CALLED_TEAM && gazetteer_is_town(called->entity);
  return town && get(self, CLUB, f->last) ? ENTITY_ORG : f->type;
}

static void repair_type(const Coref *self, Form *f)
{
  uint8_t part = type_of_part(self, f);
  if (part != f->type) {
    f->type = part;
    return;
  }
  uint64_t team = f->called->flags & CALLED_TEAM ? get(self, TAKEN_FOR, type_key(f->key, ENTITY_ORG)) : 0;
  if (team >= (gazetteer_is_town(f->called->entity) ? TEAM : NATIONAL_TEAM) &&
      team > get(self, TAKEN_FOR, type_key(f->key, ENTITY_PER))) {
    f->type = ENTITY_ORG;
    return;
  }
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

// Whether the article rather takes these words for the name of a thing.
static bool is_thing(const Coref *self, const Form *f)
{
  uint64_t thing = get(self, TAKEN_FOR, type_key(f->key, THING));
  for (EntityType type = ENTITY_PER; thing && type < ENTITY_TYPES; type++)
    if (get(self, TAKEN_FOR, type_key(f->key, type)) >= thing) thing = 0;
  return thing;
}

static bool hear(const Coref *self, Form *f)
{
  const Called *called = f->called;
  f->key = called->key;
  f->first = called->first;
  f->last = called->last;
  f->type = called->type;
  f->confidence = called->confidence;
  cut_genitive(self, f);
  if ((called->flags & CALLED_THING) || is_thing(self, f)) return false;
  if (called->flags & CALLED_WEAK) return is_name(self, f);
  repair_type(self, f);
  return true;
}

static void hear_name(Coref *self, uint32_t i, uint32_t block)
{
  Form *f = &self->forms[self->use[i]];
  if (!f->asked) {
    f->asked = true;
    f->heard = hear(self, f);
  }
  if (!f->heard) {
    self->use[i] = NO_FORM;
  } else if (!f->uses++) {
    f->first_use = i;
    f->first_block = block;
    vec_push_in(&self->scratch, &self->order, self->use[i]);
  }
}

static void hear_all(Coref *self)
{
  const RosterBlock *blocks = self->roster->blocks.items;
  for (uint32_t p = 0; p < self->article->len; p++)
    for (uint32_t i = blocks[p].first; i < blocks[p + 1].first; i++)
      if (self->use[i] != NO_FORM) hear_name(self, i, p);
}

// --- clusters

static uint32_t cluster_add(Coref *self, uint32_t at, uint64_t key)
{
  vec_push_in(&self->scratch, &self->clusters,
              (Cluster){.fullest = at, .key = key, .type = self->forms[at].type});
  return (uint32_t)self->clusters.len;
}

static void person_add(Coref *self, Ask ask, uint64_t word, uint32_t cluster)
{
  uint64_t *at = slot(self, ask, word);
  if (*at) return;
  vec_push_in(&self->scratch, &self->persons, (Person){.ahead = cluster});
  *at = self->persons.len;
}

// All that the block says of the name.
static const Called *called_at(const Coref *self, uint32_t block, uint32_t i)
{
  return &self->article->items[block].notes->called.items[i - self->roster->blocks.items[block].first];
}

// "Verdens helseorganisasjon (WHO)": the form of the capitals in brackets right behind the first use, which
// are its too.
static const Form *introduced(const Coref *self, const Form *f)
{
  uint32_t block = f->first_block, end = self->roster->blocks.items[block + 1].first, i = f->first_use + 1;
  while (i < end && self->use[i] == NO_FORM) i++;
  if (i == end || self->forms[self->use[i]].type != ENTITY_ORG) return NULL;
  bool behind = called_at(self, block, i)->behind == called_at(self, block, f->first_use)->end;
  return behind ? &self->forms[self->use[i]] : NULL;
}

static void organisation_add(Coref *self, const Form *f, uint32_t cluster)
{
  uint64_t initials = f->called->initials, *at = slot(self, BY_SHORT, f->first);
  *at = *at ? SEVERAL : cluster;
  if (initials) *slot(self, BY_INITIALS, initials) = cluster;
  const Form *capitals = introduced(self, f);
  if (!capitals) return;
  *slot(self, BY_INITIALS, capitals->last) = cluster;
  *slot(self, BY_SHORT, capitals->last) = cluster; // "Nupi" is not in capitals where it comes again
}

static bool is_long(const Form *f)
{
  return f->called->words > 1;
}

static uint64_t person_key(const Form *f)
{
  return type_key(gazetteer_key_add(f->first, f->last), ENTITY_PER);
}

// Two persons whose names have as many words and end alike cannot be told apart by the end.
static void tail_add(Coref *self, uint32_t i)
{
  const Form *f = &self->forms[i];
  uint64_t *at = slot(self, BY_TAIL, tail_of(f->called));
  if (!*at) *at = i + 1;
  if (*at == SEVERAL) return;
  const Form *before = &self->forms[*at - 1];
  if (person_key(before) == person_key(f) || before->called->words > f->called->words) return;
  *at = before->called->words < f->called->words ? i + 1 : SEVERAL;
}

static void head_add(Coref *self, uint32_t i)
{
  const Form *f = &self->forms[i];
  uint64_t *at = slot(self, BY_HEAD, gazetteer_key_add(f->first, f->called->middle));
  *at = !*at || *at == i + 1 ? i + 1 : SEVERAL;
}

static void gather_tails(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    const Form *f = &self->forms[self->order.items[n]];
    if (f->type == ENTITY_PER && f->called->words > 2) tail_add(self, self->order.items[n]);
    if (f->type == ENTITY_PER && f->called->words == 3) head_add(self, self->order.items[n]);
  }
}

// The form that has the person's name in full: "Jonas Gahr Støre" where `f` is "Gahr Støre"; `f` itself where
// there is none.
static const Form *in_full(const Coref *self, const Form *f)
{
  uint64_t found = f->called->flags & CALLED_FAMILY ? get(self, BY_TAIL, tail_of(f->called)) : 0;
  if (!found && f->called->words == 2) found = get(self, BY_HEAD, gazetteer_key_add(f->first, f->last));
  if (!found || found == SEVERAL) return f;
  const Form *full = &self->forms[found - 1];
  return full->called->words > f->called->words ? full : f;
}

static void person_of_words(Coref *self, const Form *f, uint32_t cluster)
{
  person_add(self, BY_LAST, f->last, cluster);
  person_add(self, BY_FIRST, f->first, cluster);
  if (f->called->words > 2) person_add(self, BY_MIDDLE, f->called->middle, cluster);
}

// A cluster for every name of several words; persons are one by first and last word ("Donald J. Trump").
static void gather_long_names(Coref *self)
{
  gather_tails(self);
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    Form *f = &self->forms[i];
    if (!is_long(f)) continue;
    const Form *full = f->type == ENTITY_PER ? in_full(self, f) : f;
    uint64_t key = f->type == ENTITY_PER ? person_key(full) : type_key(f->key, f->type);
    uint64_t *at = slot(self, BY_KEY, key);
    bool is_new = !*at;
    if (is_new) *at = cluster_add(self, i, key);
    f->cluster = (uint32_t)*at;
    if (f->type == ENTITY_PER)
      person_of_words(self, full, f->cluster);
    else if (is_new && f->type == ENTITY_ORG)
      organisation_add(self, f, f->cluster);
  }
}

static uint32_t person_of(const Coref *self, Ask ask, uint64_t word)
{
  return (uint32_t)get(self, ask, word);
}

// Whether this single word stands for persons of longer names.
static bool is_person(const Coref *self, Form *f)
{
  bool person = f->type == ENTITY_PER || (f->confidence < DOUBTFUL && !f->entity);
  if (!person) return false;
  f->by_last = person_of(self, BY_LAST, f->last);
  if (!f->by_last && f->type == ENTITY_PER && f->first) f->by_first = person_of(self, BY_FIRST, f->first);
  if (!f->by_last && !f->by_first && f->type == ENTITY_PER && f->first)
    f->by_middle = person_of(self, BY_MIDDLE, f->last);
  return f->by_last || f->by_first || f->by_middle;
}

static uint32_t cluster_of_word(Coref *self, uint32_t i)
{
  const Form *f = &self->forms[i];
  bool capitals = f->called->flags & CALLED_CAPITALS;
  uint64_t found;
  if (f->type == ENTITY_ORG && capitals && (found = get(self, BY_INITIALS, f->last))) return (uint32_t)found;
  bool unknown = f->type == ENTITY_ORG && !f->entity;
  if (unknown && (found = get(self, BY_SHORT, f->last)) && found != SEVERAL) return (uint32_t)found;
  uint64_t key = type_key(f->key, f->type), *at = slot(self, BY_KEY, key);
  if (!*at) *at = cluster_add(self, i, key);
  return (uint32_t)*at;
}

// Mentions with one id of the gazetteer are one cluster, in whatever language.
static uint32_t cluster_of_id(Coref *self, const Form *f, uint32_t cluster)
{
  uint32_t id = f->entity;
  if (!id || f->type == ENTITY_PER) return cluster;
  uint64_t *at = slot(self, BY_ID, id);
  if (!*at) *at = cluster;
  Cluster *chosen = &self->clusters.items[*at - 1];
  if (!chosen->known) chosen->known = id;
  return (uint32_t)*at;
}

// Which of the places of one name are meant.
static void settle_places(Coref *self)
{
  Places places = {.known = self->names->known.gazetteer, .lang = self->article->lang};
  for (size_t n = 0; n < self->order.len; n++) {
    Form *f = &self->forms[self->order.items[n]];
    f->entity = f->type == f->called->type ? f->called->entity : 0; // a team is not the town
    if (f->called->within) *slot(self, WITHIN, f->called->shared) = f->called->within;
    bool certain = !f->called->shared || gazetteer_is_country(f->entity);
    if (f->type == ENTITY_LOC && certain) places_count(&places, f->entity, f->uses);
  }
  for (size_t n = 0; n < self->order.len; n++) {
    Form *f = &self->forms[self->order.items[n]];
    uint64_t shared = f->called->shared;
    if (shared && f->type == ENTITY_LOC)
      f->entity = places_choose(&places, shared, (uint32_t)get(self, WITHIN, shared), f->entity);
  }
}

static void assign(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    Form *f = &self->forms[i];
    if (is_long(f)) {
      f->cluster = cluster_of_id(self, f, f->cluster);
      if (f->type != ENTITY_PER) continue;
      f->by_last = person_of(self, BY_LAST, f->last);
      f->by_first = person_of(self, BY_FIRST, f->first);
      if (f->called->words > 2) f->by_middle = person_of(self, BY_MIDDLE, f->called->middle);
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
    const Form *f = &self->forms[self->order.items[n]];
    if (f->type == ENTITY_LOC) *slot(self, WRITTEN, f->key ^ f->cluster) += f->uses;
  }
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    const Form *f = &self->forms[i];
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

// Words of two letters at most: "EE. UU.", "U.S.A.".
static bool is_initials(Str name)
{
  size_t letters = 0;
  for (size_t i = 0; i < name.len;) {
    uint32_t cp;
    i += utf8_decode(name.ptr + i, name.ptr + name.len, &cp);
    letters = utf8_class(cp) == CHAR_UPPER ? letters + 1 : 0;
    if (letters > 2) return false;
  }
  return true;
}

// "NEW YORK" as a date line has it, to "New York"; what is shorter may be an abbreviation ("USA").
static Str without_capitals(Str name, Arena *arena)
{
  char *out = arena_alloc(arena, name.len + 4);
  bool inside = false;
  size_t len = 0;
  if (name.len <= ABBREVIATION_MOST || is_initials(name)) return name;
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

static const EntityFacts *name_entity(Coref *self, const Cluster *cluster, uint64_t key, Str text, Cast *cast)
{
  Str name = one_spaced(text, &cast->arena);
  if (cluster->type != ENTITY_ORG) name = without_capitals(name, &cast->arena);
  uint32_t number = cluster->known;
  if (cluster->type == ENTITY_PER && is_long(&self->forms[cluster->fullest])) {
    GazetteerEntity known;
    if (gazetteer_entity(self->names->known.gazetteer, gazetteer_rough_hash(name), &known) &&
        (known.types & GAZETTEER_PER))
      number = known.id;
  }
  Str entity = gazetteer_id(number, &cast->arena);
  if (!entity.len) entity = arena_join(&cast->arena, STR("name:"), utf8_fold_in(&self->scratch, name));
  return cast_add(cast, key, name, entity);
}

// The cast's facts of a cluster, made where no run before had them.
static const EntityFacts *facts_of(Coref *self, const Cluster *cluster, Cast *cast)
{
  const Form *f = &self->forms[cluster->fullest];
  const Called *called = called_at(self, f->first_block, f->first_use);
  Str text = str_slice(self->article->items[f->first_block].notes->text, called->start, called->end - f->cut);
  uint64_t key = digest_pair(cluster->key, str_hash(text));
  key = digest_add(key, (uint64_t)cluster->known << 16 | (uint64_t)cluster->type << 8 | f->called->words);
  const EntityFacts *known = cast_find(cast, key);
  return known ? known : name_entity(self, cluster, key, text, cast);
}

// Who a word means where it stands: the person last called by it, or else the first who is.
static uint32_t cluster_here(const Coref *self, const Form *f)
{
  uint32_t by = f->by_last ? f->by_last : f->by_first ? f->by_first : f->by_middle;
  const Person *person = &self->persons.items[by - 1];
  return person->latest ? person->latest : person->ahead;
}

static void call_person(Coref *self, const Form *f)
{
  if (f->by_last) self->persons.items[f->by_last - 1].latest = f->cluster;
  if (f->by_first) self->persons.items[f->by_first - 1].latest = f->cluster;
  if (f->by_middle) self->persons.items[f->by_middle - 1].latest = f->cluster;
}

static Span span_of(Coref *self, size_t start, const RosterName *name, const Form *f,
                    const EntityFacts *const *facts)
{
  uint32_t cluster = f->cluster ? f->cluster : cluster_here(self, f);
  if (f->cluster) call_person(self, f);
  return (Span){.start = start + name->start,
                .end = start + name->start + name->len,
                .kind = SPAN_ENTITY,
                .type = f->type,
                .by = f->called->by,
                .confidence = f->confidence,
                .entity = facts[cluster - 1]};
}

static void emit(Coref *self, Cast *cast, Arena *arena, SpanVec *out)
{
  const RosterBlock *blocks = self->roster->blocks.items;
  const EntityFacts **facts =
      arena_alloc(&self->scratch, size_mul(self->clusters.len, sizeof *facts)); // [cluster - 1]
  for (size_t i = 0; i < self->clusters.len; i++) facts[i] = facts_of(self, &self->clusters.items[i], cast);
  for (size_t p = 0; p < self->article->len; p++) {
    size_t start = self->article->items[p].start;
    for (uint32_t i = blocks[p].first; i < blocks[p + 1].first; i++) {
      if (self->use[i] == NO_FORM) continue;
      const RosterName *name = &self->roster->names.items[i];
      vec_push_in(arena, out, span_of(self, start, name, &self->forms[self->use[i]], facts));
    }
  }
}

static Form *begin_forms(Coref *self)
{
  size_t count = self->roster->forms.len;
  Form *forms = arena_zalloc(&self->scratch, size_mul(count, sizeof *forms));
  for (size_t i = 0; i < count; i++) {
    const RosterForm *form = &self->roster->forms.items[i];
    forms[i].called = &form->called;
    forms[i].ours = form->lang == self->article->lang;
  }
  return forms;
}

size_t coref_link(const Names *names, const struct Passages *article, Roster *roster, Cast *cast,
                  Arena *arena, SpanVec *out)
{
  Coref self = {.names = names, .article = article, .roster = roster};
  roster_read(roster, article);
  self.forms = begin_forms(&self);
  list_uses(&self, roster);
  count_types(&self);
  hear_all(&self);
  settle_places(&self);
  gather_long_names(&self);
  assign(&self);
  choose_forms(&self);
  emit(&self, cast, arena, out);
  size_t entities = self.clusters.len;
  digestmap_release(&self.table);
  arena_release(&self.scratch);
  return entities;
}
