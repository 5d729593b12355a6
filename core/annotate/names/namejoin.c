// A dash with spaces around it, as in results, and a slash part two names ("Edeka/Rewe", not
// "Frankfurt/Oder"). For the tagger, "and" between two names of a kind ("Tudela y Alfaro", "Nordlicht Medien
// und Hansa Verlag") looks as it does inside one ("Møre og Romsdal", "Marks and Spencer"). What the gazetteer
// has as one stays one. Of the rest, places are always two; organisations, which like "and" in their names
// ("Ministry of Environment and Energy"), are two where neither side is a common word there and one stands
// alone; persons, for the sake of "Ortega y Gasset", where the second begins with a given name. Likewise "the
// minister for Protezione civile Nello Musumeci" names what somebody is minister for, and the person.
//
// The other way round, "Helse- og omsorgsdepartementet" is one, and the tagger, which looks at words with
// capitals, has its half or nothing.
#include "annotate/names/namebounds_p.h"

enum { REACH = 8 };             // words before the joint where a known name may begin
enum { OFFICE_WITHIN = 4 };     // tokens
#define OFFICE_CONFIDENCE 0.95f // of 64 in the corpora 59 are organisations so far and no further

typedef struct Joint { // tokens of what "and" joins
  size_t left, left_end, right, right_end;
} Joint;

// "FC Köln - FC Augsburg": with spaces around it.
static bool is_dash(const Bounds *self, size_t at)
{
  const Token *dash = &self->tokens[at];
  bool spaced = (dash->flags & TOKEN_SPACE_BEFORE) && (dash[1].flags & TOKEN_SPACE_BEFORE);
  return spaced && (str_is(dash->lower, "-") || str_is(dash->lower, "–"));
}

// "Edeka/Rewe", "Bremen/Hamburg": between two words that are no initials ("CDU/CSU" is one).
static bool is_slash(const Bounds *self, size_t at)
{
  const Token *slash = &self->tokens[at];
  return str_is(slash->lower, "/") && (slash[-1].flags & slash[1].flags & TOKEN_HAS_LOWER) &&
         (slash[-1].flags & slash[1].flags & TOKEN_CAPITAL);
}

// "i Båtsfjord da Lerøy kom": there "when", but for "Joana da Costa", whose name it joins to a given one.
static bool is_when(const Bounds *self, size_t at)
{
  bool north = self->notes->lang == LANG_NB || self->notes->lang == LANG_NN || self->notes->lang == LANG_DA;
  return north && str_is(self->tokens[at].lower, "da") && !is_capital(self, at) &&
         (self->facts[at - 1].word & WORD_GIVEN) < 2;
}

// Whether the gazetteer knows a name that goes over the joint.
static bool known_as_one(const Bounds *self, const Joint *joint)
{
  GazetteerEntity entity;
  size_t first = joint->left_end - joint->left > REACH ? joint->left_end - REACH : joint->left;
  for (size_t at = first; at < joint->left_end; at++) {
    if (namefacts_match(self->known->gazetteer, self->notes, self->facts, at, self->len,
                        GAZETTEER_ORG | GAZETTEER_LOC, &entity) > joint->left_end)
      return true;
  }
  return false;
}

static bool is_known(const Bounds *self, size_t first, size_t end)
{
  return nameknown_is(&self->known->lists, self->notes, first, end);
}

// An abbreviation, or known as an organisation by the gazetteer or the tables.
static bool stands_alone(const Bounds *self, size_t first, size_t end)
{
  GazetteerEntity entity;
  if (end == first + 1 && (self->tokens[first].flags & TOKEN_ALL_CAPS)) return true;
  return is_known(self, first, end) || namefacts_match(self->known->gazetteer, self->notes, self->facts,
                                                       first, end, GAZETTEER_ORG, &entity) == end;
}

// Two capitalised words on either side of the joint, not "für Technik und Wirtschaft des Landes".
static bool is_row_of_two(const Bounds *self, const Joint *joint)
{
  return joint->left_end - joint->left > 1 && is_capital(self, joint->left_end - 2) &&
         joint->right_end - joint->right > 1 && is_capital(self, joint->right + 1);
}

// "Frankfurt/Oder" is one: whether the gazetteer has the word as a place that is neither town nor country.
static bool is_river(const Bounds *self, size_t at)
{
  GazetteerEntity entity;
  return namefacts_match(self->known->gazetteer, self->notes, self->facts, at, at + 1, GAZETTEER_LOC,
                         &entity) > at &&
         !gazetteer_is_town(entity.id) && !gazetteer_is_land(entity.id);
}

static bool is_place(const Bounds *self, size_t first, size_t end)
{
  GazetteerEntity entity;
  return namefacts_match(self->known->gazetteer, self->notes, self->facts, first, end, GAZETTEER_LOC,
                         &entity) == end;
}

static bool is_two(const Bounds *self, EntityType type, const Joint *joint)
{
  const Token *last = &self->tokens[joint->left_end - 1];
  if (self->notes->text.ptr[last->end - 1] == '-') return false;
  bool own = type == ENTITY_LOC && is_place(self, joint->right, joint->right_end); // "Nes kommune og Oslo"
  if (!is_capital(self, joint->left_end - 1) && !own) return false;
  if (known_as_one(self, joint)) return false;
  if (type == ENTITY_LOC) return true;
  if (type == ENTITY_PER) return self->facts[joint->right].word & WORD_GIVEN;
  if (is_known(self, joint->left, joint->right_end)) return false; // "Slaughter and May"
  if (is_known(self, joint->left, joint->left_end) && is_known(self, joint->right, joint->right_end))
    return true;
  bool article = joint->right > joint->left_end + 1; // "y de la Fundación", "e della Banca"
  if (article && self->facts[joint->right].orgword) return true;
  if (self->facts[joint->left_end - 1].casing >= CASING_EVEN ||
      self->facts[joint->right].casing >= CASING_EVEN)
    return false;
  return is_row_of_two(self, joint) || stands_alone(self, joint->left, joint->left_end) ||
         stands_alone(self, joint->right, joint->right_end);
}

// The first joint of the name that holds two names, if there is one.
static bool find_joint(const Bounds *self, const Name *name, Joint *joint)
{
  for (size_t at = name->first + 1; at + 1 < name->last; at++) {
    bool dash = is_dash(self, at) || is_when(self, at) || (is_slash(self, at) && !is_river(self, at + 1));
    if (!dash && !is_joiner(self, at)) continue;
    size_t right = at + 1;
    while (right < name->last && !is_capital(self, right)) right++; // "Tudela y de Alfaro"
    *joint = (Joint){name->first, at, right, name->last};
    if (right == name->last) continue;
    if (dash ? !known_as_one(self, joint) : is_two(self, name->type, joint)) return true;
  }
  return false;
}

static Name part_of(const Bounds *self, Name name, size_t first, size_t end)
{
  name.first = (uint32_t)first, name.last = (uint32_t)end;
  name.start = self->tokens[first].start, name.end = self->tokens[end - 1].end;
  return name;
}

// Where the person begins that an office's organisation has run into; name->last: nowhere.
static size_t person_behind(const Bounds *self, const Name *name)
{
  size_t from = name->first > OFFICE_WITHIN ? name->first - OFFICE_WITHIN : 0, office = name->first;
  bool romance = !namefacts_genitive(self->notes->lang); // where small adjectives stand behind their noun
  if (!romance || name->type != ENTITY_ORG || name->last - name->first < 4) return name->last;
  while (office > from && !self->facts[office - 1].title && !is_capital(self, office - 1)) office--;
  if (office == from || !self->facts[office - 1].title) return name->last;
  size_t at = name->last;
  while (at > name->first && is_capital(self, at - 1)) at--;
  bool given = name->last - at >= 2 && (self->facts[at].word & WORD_GIVEN) >= 2;
  return given && at > name->first && !self->facts[at - 1].particle ? at : name->last;
}

// "Ministero della Salute [e della]": where a name ends that leads on to the next.
static size_t joiner_behind(const Bounds *self, const Name *name)
{
  size_t at = name->last;
  while (at > name->first + 1 && !is_capital(self, at - 1)) at--;
  return at < name->last && is_joiner(self, at) ? at : name->last;
}

// The parts of the name, one where it stays one.
static void push_parts(const Bounds *self, Name rest, NameVec *out)
{
  Joint joint;
  while (find_joint(self, &rest, &joint)) {
    vec_push_in(&self->notes->arena, out, part_of(self, rest, joint.left, joint.left_end));
    rest = part_of(self, rest, joint.right, joint.right_end);
  }
  size_t person = person_behind(self, &rest);
  if (person < rest.last) {
    vec_push_in(&self->notes->arena, out, part_of(self, rest, rest.first, person));
    rest = part_of(self, rest, person, rest.last);
    rest.type = ENTITY_PER;
  }
  rest = part_of(self, rest, rest.first, joiner_behind(self, &rest));
  vec_push_in(&self->notes->arena, out, rest);
}

static bool has_parts(const Bounds *self, const Name *name)
{
  Joint joint;
  return find_joint(self, name, &joint) || person_behind(self, name) < name->last ||
         joiner_behind(self, name) < name->last;
}

static Bounds bounds_of(const NameSources *known, Notes *notes, const NameFact *facts)
{
  return (Bounds){known, notes, facts, notes->tokens.items, notes->tokens.len, 0};
}

void namejoin_part(const NameSources *known, Notes *notes, const NameFact *facts)
{
  Bounds bounds = bounds_of(known, notes, facts);
  const Bounds *self = &bounds;
  size_t same = 0;
  while (same < self->notes->names.len && !has_parts(self, &self->notes->names.items[same])) same++;
  if (same == self->notes->names.len) return; // nearly always
  NameVec parted = {0};
  for (size_t i = 0; i < self->notes->names.len; i++) push_parts(self, self->notes->names.items[i], &parted);
  self->notes->names = parted;
}

static bool names_office(const Table *offices, Str lower)
{
  for (size_t row = 0; offices && row < offices->rows; row++) {
    if (str_ends(lower, table_cell(offices, row, 0))) return true;
  }
  return false;
}

// "[Klima-,] Energi- og Forsyningsministeriet": where the first half word before the office at `at` begins.
static size_t halves_before(const Bounds *self, size_t at)
{
  const Token *tokens = self->tokens;
  while (at >= 3 && str_is(tokens[at - 1].lower, ",") && str_is(tokens[at - 2].lower, "-") &&
         !(tokens[at - 2].flags & TOKEN_SPACE_BEFORE) && is_capital(self, at - 3))
    at -= 3;
  return at;
}

// The token behind "Helse- og omsorgsdepartementet" if that begins at `at`, or behind "Nord- og Sørdal
// politidistrikt", else `at`.
static size_t office_end(const Bounds *self, size_t at)
{
  const Token *token = &self->tokens[at];
  if (at + 3 >= self->len || !is_capital(self, at)) return at;
  if (!str_is(token[1].lower, "-") || !touches(self, at + 1) || !is_joiner(self, at + 2)) return at;
  if (names_office(self->known->lists.offices, token[3].lower)) return at + 4;
  bool borne = is_capital(self, at + 3) && namebounds_bearer(self, at + 4, '>', ENTITY_ORG) == ENTITY_ORG;
  return borne ? at + 5 : at;
}

// The next office from token `at` on; the number of tokens where there is none.
static size_t next_office(const Bounds *self, size_t at)
{
  while (at < self->len && office_end(self, at) == at) at++;
  return at;
}

// Put `over` in place of the names that it touches; both are in order. What touches a name that begins before
// it or ends behind it grows over that too.
static void lay_over(const Bounds *self, const NameVec *over)
{
  const NameVec *names = &self->notes->names;
  NameVec whole = {0};
  size_t next = 0;
  for (size_t i = 0; i < over->len; i++) {
    Name name = over->items[i];
    for (; next < names->len && names->items[next].last <= name.first; next++)
      vec_push_in(&self->notes->arena, &whole, names->items[next]);
    for (; next < names->len && names->items[next].first < name.last; next++) {
      const Name *under = &names->items[next];
      if (under->first + 1 < name.first && is_joiner(self, name.first - 1)) { // "A | and B- and C-office"
        vec_push_in(&self->notes->arena, &whole, part_of(self, *under, under->first, name.first - 1));
        continue;
      }
      if (under->type == name.type && under->confidence > name.confidence)
        name.confidence = under->confidence, name.by = under->by;
      name = part_of(self, name, under->first < name.first ? under->first : name.first,
                     under->last > name.last ? under->last : name.last);
    }
    vec_push_in(&self->notes->arena, &whole, name);
  }
  for (; next < names->len; next++) vec_push_in(&self->notes->arena, &whole, names->items[next]);
  self->notes->names = whole;
}

static void find_offices(const Bounds *self, NameVec *out)
{
  if (!str_has(self->notes->text, '-')) return;
  for (size_t at = next_office(self, 0); at < self->len;) {
    Name office = {.type = ENTITY_ORG, .by = BY_RULE, .confidence = OFFICE_CONFIDENCE};
    office = part_of(self, office, halves_before(self, at), office_end(self, at));
    vec_push_in(&self->notes->arena, out, office);
    at = next_office(self, office.last);
  }
}

void namejoin_offices(const NameSources *known, Notes *notes, const NameFact *facts)
{
  Bounds self = bounds_of(known, notes, facts);
  NameVec found = {0};
  find_offices(&self, &found);
  if (found.len) lay_over(&self, &found); // hardly ever
  found.len = 0;
  nameinitials_find(notes, facts, &found);
  if (found.len) lay_over(&self, &found);
}
