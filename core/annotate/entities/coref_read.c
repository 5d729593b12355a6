// What a block says of its names, by itself: for each one record of what coref_link() will ask.
#include "annotate/entities/coref.h"

#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"
#include "base/utf8.h"

#define COLON_ENDING_MOST 5u // bytes, with the colon
#define PARTICLE_MOST 3u     // bytes

typedef struct Reader {
  const Names *names;
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
  to->key = to->head = 0;
  to->words = 0;
  to->middle = to->last = 0;
  for (uint32_t i = name->first; i < name->last; i++) {
    const Token *token = &self->notes->tokens.items[i];
    if (!counts(token)) continue;
    uint32_t word = i + 1 == name->last && last_hash ? last_hash : token->hash;
    size_t before = i == name->first ? name->start - token->start : 0; // "R-Arizona"
    if (before && before < token->lower.len)
      word = (uint32_t)str_hash(str_slice(token->lower, before, token->lower.len));
    if (!to->words) to->first = word;
    if (to->words < UINT8_MAX) to->words++;
    to->middle = to->last;
    to->last = word;
    to->head = to->key;
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

// Whether "des" stands before the token `at`, and not before `floor`: of "Autobahn GmbH des Bundes" nothing
// is the whole name's genitive.
static bool is_behind_des(const Notes *notes, uint32_t floor, uint32_t at)
{
  return notes->lang == LANG_DE && at > floor && str_is(notes->tokens.items[at - 1].lower, "des");
}

static void read_genitive(const Reader *self, const Name *name, Called *to)
{
  Str lower = self->notes->tokens.items[name->last - 1].lower;
  if (is_behind_des(self->notes, name->first, name->last - 1)) return;
  to->ending = ending(self->notes, lower);
  if (to->ending == 1 && is_behind_des(self->notes, 0, name->last - 1) && str_ends(lower, STR("es")))
    to->ending = 2; // "des Bundestages"
  if (!to->ending) return;
  Str stem = str_slice(lower, 0, lower.len - to->ending);
  Called bare;
  read_keys(self, name, (uint32_t)str_hash(stem), &bare);
  to->bare_key = bare.key;
  to->bare_last = bare.last;
  bool owner = name->type == ENTITY_ORG &&
               nameknown_owns(&self->names->known.lists, self->notes, name->first, name->last);
  if (to->ending > 1 || owner || known_without(self->known, name->type, lower, stem))
    to->flags |= CALLED_BARE;
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

// Where the words end behind which the name stands alone in brackets, in capitals or spelt out by them; 0: it
// does not.
static uint32_t bracketed(const Notes *notes, const Name *name)
{
  const Token *in = notes->tokens.items;
  uint32_t at = name->first;
  bool brackets = at > 1 && name->last == at + 1 && name->last < notes->tokens.len &&
                  ((in[at].flags & TOKEN_ALL_CAPS) || name->by == BY_RULE) && str_is(in[at - 1].lower, "(") &&
                  str_is(in[at + 1].lower, ")");
  return brackets ? in[at - 2].end : 0;
}

// Whether the name's last token is the form of a company, and its first nobody's given name.
static bool is_firm(const Reader *self, const Name *name)
{
  const Token *first = &self->notes->tokens.items[name->first],
              *last = first + (name->last - name->first - 1);
  Str form = str_slice(self->notes->text, last->start, last->end);
  if (table_seek(self->names->known.lists.forms, form) == SIZE_MAX) return false;
  bool particle = first->lower.len <= PARTICLE_MOST; // "Van Houtum NV"
  return particle || (gazetteer_word(self->known, gazetteer_word_hash(first->lower)) & WORD_GIVEN) < 2;
}

// Whether a word that clubs have begins or ends the name: "VfL Bochum", "Leeds United".
static bool is_club(const Reader *self, const Name *name)
{
  const Table *clubs = self->names->known.lists.clubs;
  const Token *in = self->notes->tokens.items;
  return table_seek(clubs, in[name->first].lower) != SIZE_MAX ||
         table_seek(clubs, in[name->last - 1].lower) != SIZE_MAX;
}

static Called *read_name(const Reader *self, const Name *name, CalledVec *out)
{
  Called called = {.start = name->start,
                   .end = name->end,
                   .entity = name->entity,
                   .shared = name->shared,
                   .confidence = name->confidence,
                   .type = (uint8_t)name->type,
                   .by = (uint8_t)name->by};
  read_keys(self, name, 0, &called);
  read_genitive(self, name, &called);
  bool particle = self->notes->tokens.items[name->first].lower.len <= PARTICLE_MOST;
  if (called.words == 2 || (called.words > 2 && particle)) called.flags |= CALLED_FAMILY;
  if (called.words > 1) called.initials = initials_of(self->notes, name);
  called.behind = bracketed(self->notes, name);
  if (name->type == ENTITY_ORG && name->last > name->first + 1) {
    if (is_firm(self, name)) called.flags |= CALLED_FIRM;
    if (is_club(self, name)) called.flags |= CALLED_CLUB;
  }
  if (namethings_bears(self->names, self->notes, name)) called.flags |= CALLED_THING;
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
  part.entity = 0;
  part.shared = 0;
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
  if (gazetteer_entity(self->known, gazetteer_key_add(0, word), &entity)) {
    place.entity = entity.id;
    place.shared = entity.shared ? entity.key : 0;
  }
  place.type = ENTITY_LOC;
  read_name(self, &person, out);
  read_name(self, &place, out);
}

// --- where places are

static bool is_mark(const Reader *self, uint32_t at, const char *mark)
{
  return at < self->notes->tokens.len && str_is(self->notes->tokens.items[at].lower, mark);
}

// The country of what stands beside the place: "Paris, Texas", "Cambridge (Ontario)"; "Atlanta, Georgia".
static uint32_t beside(const Reader *self, size_t n)
{
  const NameVec *names = &self->notes->names;
  const Name *name = &names->items[n], *next = n + 1 < names->len ? name + 1 : NULL,
             *before = n ? name - 1 : NULL;
  bool joined = is_mark(self, name->last, ",") || is_mark(self, name->last, "(");
  if (next && joined && next->first == name->last + 1 && next->type == ENTITY_LOC && next->entity)
    return gazetteer_country(self->known, next->entity);
  bool behind = before && before->type == ENTITY_LOC && before->entity && !before->shared &&
                before->last + 1 == name->first && is_mark(self, before->last, ",");
  uint32_t country = behind ? gazetteer_country(self->known, before->entity) : 0;
  return behind && country != before->entity ? country : 0; // no list of countries
}

// Whether the word behind the name and its "'s" begins with a capital.
static bool is_capital_behind(const Reader *self, const Name *name)
{
  const TokenVec *in = &self->notes->tokens;
  uint32_t at = name->last;
  if (at < in->len && token_is_possessive(&in->items[at])) at++;
  return at < in->len && (in->items[at].flags & TOKEN_CAPITAL);
}

// Whether the team of the town or country may be meant as well: nobody is in it or goes there, and it heads
// no date line and stands in no list of places.
static bool may_be_team(const Reader *self, const Name *name)
{
  const Token *in = self->notes->tokens.items;
  uint32_t at = name->first;
  bool land = gazetteer_is_land(name->entity);
  if (name->type != ENTITY_LOC || !(land || gazetteer_is_town(name->entity))) return false;
  if (land && is_capital_behind(self, name)) return false; // "Italy's Ada Rossi"
  if (is_mark(self, name->last, ",") || is_mark(self, name->last, "(")) return false;
  if (!at) return !(in[at].flags & TOKEN_ALL_CAPS);
  bool place = namefacts_before_town(&self->names->known.lists, self->notes->lang, in[at - 1].lower).len > 0;
  return !place && !is_mark(self, at - 1, ",");
}

// "Queen Anna", "Papa Francesco": nobody else of that given name.
static bool is_royal(const Reader *self, const Name *name)
{
  if (name->type != ENTITY_PER || !name->first || name->last != name->first + 1) return false;
  Str before = self->notes->tokens.items[name->first - 1].lower;
  return table_seek(self->names->known.lists.royals, before) != SIZE_MAX;
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
  Reader self = {names, names->known.gazetteer, notes};
  CalledVec *out = &notes->called;
  for (size_t n = 0, w = 0; n < notes->names.len || w < notes->weak.len;) {
    bool weak = n == notes->names.len ||
                (w < notes->weak.len && notes->weak.items[w].start < notes->names.items[n].start);
    const Name *name = weak ? &notes->weak.items[w++] : &notes->names.items[n++];
    if (weak && name->confidence < CALLED_FAINT && !may_be_family(&self, name)) continue;
    Called *called = read_name(&self, name, out);
    if (!weak && is_royal(&self, name)) called->first = 0;
    if (!weak && may_be_team(&self, name)) called->flags |= CALLED_TEAM;
    if (!weak && name->shared) called->within = beside(&self, n - 1);
    if (weak)
      called->flags |= CALLED_WEAK;
    else if (name->type == ENTITY_PER && called->words > 2)
      read_parts(&self, name, out);
  }
}
