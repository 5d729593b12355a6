// What a block says of its names, by itself: for each one record of what coref_link() will ask.
#include "annotate/entities/coref.h"

#include "annotate/names/names_p.h"
#include "annotate/names/nominative.h"
#include "annotate/notes.h"
#include "base/digest.h"
#include "base/table.h"
#include "base/utf8.h"

#define COLON_ENDING_MOST 5u // bytes, with the colon
#define PARTICLE_MOST 3u     // bytes
#define LAND_STRENGTH 3u     // place_strength() of what everybody knows is more
#define HINT_CONFIDENCE 0.85f

typedef struct Reader {
  const Names *names;
  const Gazetteer *known;
  Notes *notes;
} Reader;

bool coref_mention_same(const CorefMention *a, const CorefMention *b)
{
  return a->key == b->key && a->bare_key == b->bare_key && a->first == b->first && a->last == b->last &&
         a->bare_last == b->bare_last && a->bases[0] == b->bases[0] && a->initials == b->initials &&
         a->entity == b->entity && a->within == b->within && a->shared == b->shared &&
         a->confidence == b->confidence && a->words == b->words && a->ending == b->ending &&
         a->type == b->type && a->by == b->by && a->flags == b->flags;
}

uint64_t coref_mention_digest(const CorefMention *mention)
{
  uint32_t confidence;
  memcpy(&confidence, &mention->confidence, sizeof confidence);
  uint64_t digest = digest_pair(mention->key, mention->bare_key);
  digest = digest_add(digest, (uint64_t)mention->first << 32 | mention->last);
  digest = digest_add(digest, (uint64_t)mention->bare_last << 32 | mention->initials);
  digest = digest_add(digest, (uint64_t)mention->entity << 32 | confidence);
  digest = digest_add(digest, (uint64_t)mention->within << 32 | mention->bases[0]);
  digest =
      digest_add(digest, (uint64_t)mention->words << 32 | (uint64_t)mention->ending << 24 |
                             (uint64_t)mention->type << 20 | (uint64_t)mention->by << 16 | mention->flags);
  return digest_add(digest, mention->shared);
}

static bool counts(const Token *token)
{
  return token->flags & (TOKEN_WORD | TOKEN_NUMBER);
}

// "DR's", "FN’s": whether the name ends in a genitive of its own, as the north writes it behind capitals.
static bool ends_owned(const Reader *self, const Name *name)
{
  return name->last > name->first + 1 && namefacts_genitive(self->notes->lang) &&
         token_is_possessive(&self->notes->tokens.items[name->last - 1]);
}

// `last_hash`, where given, stands for the last word's own.
static void read_keys(const Reader *self, const Name *name, uint32_t last_hash, CorefMention *to)
{
  uint32_t end = name->last - ends_owned(self, name);
  to->key = to->head = 0;
  to->words = 0;
  to->middle = to->last = 0;
  for (uint32_t i = name->first; i < end; i++) {
    const Token *token = &self->notes->tokens.items[i];
    if (!counts(token)) continue;
    uint32_t word = i + 1 == end && last_hash ? last_hash : token->hash;
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

// Whether the word is one that is mostly written small, and without its s none: "Laks" of "Norsk Laks".
static bool is_small_with_s(const Reader *self, Str whole, Str stem)
{
  Lang lang = self->notes->lang;
  return gazetteer_case(self->known, lang, gazetteer_word_hash(whole)) >= CASING_EVEN &&
         gazetteer_case(self->known, lang, gazetteer_word_hash(stem)) < CASING_EVEN;
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

// Whether a base of the name's last word is known where the word as it stands is not. An "a" alone ends too
// many names in itself.
static bool known_base(const Reader *self, const Name *name, const Table *endings, size_t row, Str base)
{
  const NameLists *lists = &self->names->known.lists;
  Str whole = self->notes->tokens.items[name->last - 1].lower;
  char known[NOMINATIVE_BYTES];
  Str exact = str_slice(self->notes->text, name->start, name->end);
  exact = (Str){known, nominative_of(endings, row, exact, known)};
  if (name->type == ENTITY_ORG && nameknown_spelt(lists, self->notes->lang, exact)) return true; // "Yle"
  if (whole.len < base.len + 2 && str_ends(whole, STR("a"))) return false;
  bool noun = namenouns_row(&lists->bearers_of[self->notes->lang], base) != SIZE_MAX; // "yliopisto"
  if (name->last > name->first + 1) return name->type != ENTITY_PER && noun;
  return known_without(self->known, name->type, whole, base);
}

// What the last word may be without the ending of a case, the longest known base first.
static void read_cases(const Reader *self, const Name *name, CorefMention *to)
{
  const Table *endings = self->names->known.lists.endings_of[self->notes->lang];
  Str lower = self->notes->tokens.items[name->last - 1].lower;
  size_t count = 0, longest = 0;
  char base[NOMINATIVE_BYTES];
  for (size_t row = 0; endings && row < endings->rows && count < COREF_BASES; row++) {
    Str word = {base, nominative_of(endings, row, lower, base)};
    if (!word.len) continue;
    to->bases[count++] = (uint32_t)str_hash(word);
    if (word.len <= longest || !known_base(self, name, endings, row, word)) continue;
    to->flags |= COREF_BARE;
    longest = word.len;
    to->bases[count - 1] = to->bases[0];
    to->bases[0] = (uint32_t)str_hash(word);
  }
}

static void read_genitive(const Reader *self, const Name *name, CorefMention *to)
{
  Str lower = self->notes->tokens.items[name->last - 1].lower;
  if (ends_owned(self, name)) {
    to->ending = (uint8_t)(name->end - self->notes->tokens.items[name->last - 1].start);
    to->bare_key = to->key;
    to->bare_last = to->last;
    to->flags |= COREF_BARE;
    return;
  }
  if (is_behind_des(self->notes, name->first, name->last - 1)) return;
  to->ending = ending(self->notes, lower);
  if (to->ending == 1 && is_behind_des(self->notes, 0, name->last - 1) && str_ends(lower, STR("es")))
    to->ending = 2; // "des Bundestages"
  if (!to->ending) return;
  Str stem = str_slice(lower, 0, lower.len - to->ending);
  CorefMention bare;
  read_keys(self, name, (uint32_t)str_hash(stem), &bare);
  to->bare_key = bare.key;
  to->bare_last = bare.last;
  bool owner = name->type == ENTITY_ORG &&
               nameknown_owns(&self->names->known.lists, self->notes, name->first, name->last);
  bool known = known_without(self->known, name->type, lower, stem) && !is_small_with_s(self, lower, stem);
  if (to->ending > 1 || owner || known) to->flags |= COREF_BARE;
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

// Whether the name has the form of a company, what one does, or two of its heads: "Acme plc", "Acme
// Fastigheter", "Brenner & Voss".
static bool has_form(const Reader *self, const Name *name)
{
  const Token *in = self->notes->tokens.items, *last = &in[name->last - 1];
  const NameLists *lists = &self->names->known.lists;
  if (table_seek(lists->forms, str_slice(self->notes->text, last->start, last->end)) != SIZE_MAX) return true;
  if (table_seek_hash(lists->businesses_of[self->notes->lang], last->lower, last->hash) != SIZE_MAX)
    return true;
  return name->last == name->first + 3 && str_is(in[name->first + 1].lower, "&");
}

// Whether the word is nothing but the name of what it names: "Halberg Immobilien".
static bool is_invented(const Reader *self, const Token *token)
{
  uint64_t hash = gazetteer_word_hash(token->lower);
  bool capital = (token->flags & TOKEN_CAPITAL) && (token->flags & TOKEN_HAS_LOWER) && token->lower.len > 3;
  return capital && !gazetteer_case(self->known, self->notes->lang, hash) &&
         !gazetteer_word(self->known, hash);
}

// Whether the organisation goes by the head of its name: one with a form, or one that everybody knows. Who is
// known by a given name and more goes by the last word: "Lilly" of "Eli Lilly".
static uint16_t read_firm(const Reader *self, const Name *name)
{
  const Token *first = &self->notes->tokens.items[name->first];
  const NameLists *lists = &self->names->known.lists;
  bool particle = first->lower.len <= PARTICLE_MOST; // "Van Houtum NV"
  uint32_t word = gazetteer_word(self->known, gazetteer_token_hash(first));
  bool given = (word & WORD_GIVEN) > 2;
  if (has_form(self, name)) return given && !particle ? 0 : COREF_FIRM;
  if (place_strength(self->known, gazetteer_token_hash(first))) return 0; // "Oslo Kammerkor"
  if (!nameknown_is(lists, self->notes, name->first, name->last))
    return is_invented(self, first) ? COREF_MADE : 0;
  if (word & (WORD_PLACE | WORD_DEMONYM)) return 0; // "Berliner Zeitung"
  return given ? COREF_HOUSE : COREF_FIRM;
}

// Whether a word that clubs have begins or ends the name: "VfL Bochum", "Leeds United".
static bool is_club(const Reader *self, const Name *name)
{
  const Table *clubs = self->names->known.lists.clubs;
  const Token *in = self->notes->tokens.items;
  const Token *first = &in[name->first], *last = &in[name->last - 1];
  return table_seek_hash(clubs, first->lower, first->hash) != SIZE_MAX ||
         table_seek_hash(clubs, last->lower, last->hash) != SIZE_MAX;
}

static bool is_noun(const Reader *self, const Name *name)
{
  if (!name->first || name->last > name->first + 1) return false;
  const Token *article = &self->notes->tokens.items[name->first - 1];
  return table_seek(self->names->known.lists.articles[self->notes->lang], article->lower) != SIZE_MAX;
}

static bool is_titled(const Reader *self, const Name *name)
{
  if (!name->first || name->last > name->first + 1) return false;
  return names_is_title(self->names, self->notes->lang, self->notes->tokens.items[name->first - 1].lower);
}

// "BBC": an organisation that everybody calls so, and no Bexford Borough Council.
static bool is_known_by_itself(const Reader *self, const Name *name)
{
  return name->type == ENTITY_ORG && name->last == name->first + 1 && !name->entity &&
         nameknown_is(&self->names->known.lists, self->notes, name->first, name->last);
}

static CorefMention *read_name(const Reader *self, const Name *name, CorefMentionVec *out)
{
  CorefMention mention = {.start = name->start,
                          .end = name->end,
                          .entity = name->entity,
                          .shared = name->shared,
                          .confidence = name->confidence,
                          .type = (uint8_t)name->type,
                          .by = (uint8_t)name->by};
  read_keys(self, name, 0, &mention);
  read_genitive(self, name, &mention);
  if (!mention.ending) read_cases(self, name, &mention);
  bool particle = self->notes->tokens.items[name->first].lower.len <= PARTICLE_MOST;
  if (mention.words == 2 || (mention.words > 2 && particle)) mention.flags |= COREF_FAMILY;
  if (mention.words > 1) mention.initials = initials_of(self->notes, name);
  mention.behind = bracketed(self->notes, name);
  if (name->type == ENTITY_ORG && name->last > name->first + 1) {
    mention.flags |= read_firm(self, name);
    if (is_club(self, name)) mention.flags |= COREF_CLUB;
  }
  if (name->type == ENTITY_PER && is_titled(self, name)) mention.flags |= COREF_TITLED;
  if (name->type == ENTITY_PER && is_noun(self, name)) mention.flags |= COREF_NOUN;
  if (namethings_bears(self->names, self->notes, name)) mention.flags |= COREF_THING;
  bool capitals = self->notes->tokens.items[name->first].flags & TOKEN_ALL_CAPS;
  if (capitals && !is_known_by_itself(self, name)) mention.flags |= COREF_CAPITALS;
  vec_push_in(&self->notes->arena, out, mention);
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
static void read_parts(const Reader *self, const Name *name, CorefMentionVec *out)
{
  uint32_t border = name->last - 1;
  const Token *last = &self->notes->tokens.items[border];
  uint64_t word = gazetteer_token_hash(last);
  uint32_t strength = last->flags & TOKEN_CAPITAL ? place_strength(self->known, word) : 0;
  if (!strength) return;
  bool surname = (gazetteer_word(self->known, word) & WORD_SURNAME) >> WORD_SURNAME_SHIFT > 1;
  CorefMention *whole = &out->items[out->len - 1];
  whole->flags |= COREF_PARTS;
  if (signs(self->notes->kind) && strength > 2 && !surname) whole->flags |= COREF_SIGNED;
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
  bool place = namelists_before_town(&self->names->known.lists, self->notes->lang, &in[at - 1]).len > 0;
  return !place && !is_mark(self, at - 1, ",");
}

// "innbyggerne i Sunnfjord": something is in it or goes there.
static bool is_where(const Reader *self, const Name *name)
{
  if (name->type != ENTITY_LOC || !name->first) return false;
  const Token *before = &self->notes->tokens.items[name->first - 1];
  return str_is(namelists_before_town(&self->names->known.lists, self->notes->lang, before), "place");
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
  uint64_t word = gazetteer_token_hash(&self->notes->tokens.items[name->first]);
  return name->last == name->first + 1 &&
         gazetteer_case(self->known, self->notes->lang, word) <= CASING_NEARLY_CAPITAL;
}

// "Acme-aksjen", "Brann-treneren": what stands before the hyphen is an organisation's name, of which the
// article hears.
static void read_hint(const Reader *self, const Token *token, CorefMentionVec *out)
{
  const Table *tails = self->names->known.lists.org_tails_of[self->notes->lang];
  Str lower = token->lower;
  size_t tail = lower.len;
  while (tail && lower.ptr[tail - 1] != '-') tail--;
  if (tail < 3 || table_seek(tails, str_slice(lower, tail, lower.len)) == SIZE_MAX) return;
  Str head = str_slice(lower, 0, tail - 1);
  if (place_strength(self->known, gazetteer_word_hash(head)) > LAND_STRENGTH) return; // "Kina-sjefen"
  uint32_t word = (uint32_t)str_hash(head);
  CorefMention hint = {.key = gazetteer_key_add(0, word),
                       .first = word,
                       .last = word,
                       .start = token->start,
                       .end = token->start + (uint32_t)head.len,
                       .words = 1,
                       .confidence = HINT_CONFIDENCE,
                       .type = ENTITY_ORG,
                       .by = BY_RULE,
                       .flags = COREF_HINT};
  vec_push_in(&self->notes->arena, out, hint);
}

static void read_hints(const Reader *self, CorefMentionVec *out)
{
  if (!self->names->known.lists.org_tails_of[self->notes->lang]) return;
  const uint32_t both = TOKEN_CAPITAL | TOKEN_HAS_HYPHEN;
  for (size_t at = 0; at < self->notes->tokens.len; at++)
    if ((self->notes->tokens.items[at].flags & both) == both)
      read_hint(self, &self->notes->tokens.items[at], out);
}

// Sure and weak names, in the order of the text; behind them what is a hint alone.
void coref_read(const Names *names, struct Notes *notes)
{
  Reader self = {names, names->known.gazetteer, notes};
  CorefMentionVec *out = &notes->mentions;
  for (size_t n = 0, w = 0; n < notes->names.len || w < notes->weak.len;) {
    bool weak = n == notes->names.len ||
                (w < notes->weak.len && notes->weak.items[w].start < notes->names.items[n].start);
    const Name *name = weak ? &notes->weak.items[w++] : &notes->names.items[n++];
    if (weak && name->confidence < COREF_FAINT && !may_be_family(&self, name)) continue;
    CorefMention *mention = read_name(&self, name, out);
    if (!weak && is_royal(&self, name)) mention->first = 0;
    if (!weak && may_be_team(&self, name)) mention->flags |= COREF_TEAM;
    if (!weak && is_where(&self, name)) mention->flags |= COREF_WHERE;
    if (!weak && name->shared) mention->within = beside(&self, n - 1);
    if (weak)
      mention->flags |= COREF_WEAK;
    else if (name->type == ENTITY_PER && mention->words > 2)
      read_parts(&self, name, out);
  }
  read_hints(&self, out);
}
