// A dash with spaces around it, as in results, parts two names. For the tagger, "and" between two names of a
// kind ("Tudela y Alfaro", "Nordlicht Medien und Hansa Verlag") looks as it does inside one ("Møre og
// Romsdal", "Marks and Spencer"). What the gazetteer has as one stays one. Of the rest, places are always
// two; organisations, which like "and" in their names ("Ministry of Environment and Energy"), are two where
// neither side is a common word there and one stands alone; persons, for the sake of "Ortega y Gasset", where
// the second begins with a given name. Likewise "the minister for Protezione civile Nello Musumeci" names
// what somebody is minister for, and the person.
//
// The other way round, "Helse- og omsorgsdepartementet" is one, and the tagger, which looks at words with
// capitals, has its half or nothing.
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"

enum { REACH = 8 };             // words before the joint where a known name may begin
enum { OFFICE_WITHIN = 4 };     // tokens
#define OFFICE_CONFIDENCE 0.95f // of 64 in the corpora 59 are organisations so far and no further
enum { COMMON = 4 };            // gazetteer_case() of words that are mostly written small

typedef struct Joint { // tokens of what "and" joins
  size_t left, left_end, right, right_end;
} Joint;

static bool is_joiner(const NameLists *lists, const Notes *notes, size_t at)
{
  for (size_t i = 0; i < NAME_JOINERS; i++) {
    Str joiner = lists->joiners[notes->lang][i];
    if (joiner.len && str_eq(notes->tokens.items[at].lower, joiner)) return true;
  }
  return false;
}

// "FC Köln - FC Augsburg": with spaces around it.
static bool is_dash(const Notes *notes, size_t at)
{
  const Token *dash = &notes->tokens.items[at];
  bool spaced = (dash->flags & TOKEN_SPACE_BEFORE) && (dash[1].flags & TOKEN_SPACE_BEFORE);
  return spaced && (str_is(dash->lower, "-") || str_is(dash->lower, "–"));
}

static bool is_capital(const Notes *notes, size_t at)
{
  return notes->tokens.items[at].flags & TOKEN_CAPITAL;
}

// Whether the gazetteer knows a name that goes over the joint.
static bool known_as_one(const NameSources *known, const Notes *notes, const NameFact *facts,
                         const Joint *joint)
{
  GazetteerEntity entity;
  size_t first = joint->left_end - joint->left > REACH ? joint->left_end - REACH : joint->left;
  for (size_t at = first; at < joint->left_end; at++) {
    if (namefacts_match(known->gazetteer, notes, facts, at, notes->tokens.len, GAZETTEER_ORG | GAZETTEER_LOC,
                        &entity) > joint->left_end)
      return true;
  }
  return false;
}

// An abbreviation, or known as an organisation.
static bool stands_alone(const NameSources *known, const Notes *notes, const NameFact *facts, size_t first,
                         size_t end)
{
  GazetteerEntity entity;
  if (end == first + 1 && (notes->tokens.items[first].flags & TOKEN_ALL_CAPS)) return true;
  return namefacts_match(known->gazetteer, notes, facts, first, end, GAZETTEER_ORG, &entity) == end;
}

// Two capitalised words on either side of the joint, not "für Technik und Wirtschaft des Landes".
static bool is_row_of_two(const Notes *notes, const Joint *joint)
{
  return joint->left_end - joint->left > 1 && is_capital(notes, joint->left_end - 2) &&
         joint->right_end - joint->right > 1 && is_capital(notes, joint->right + 1);
}

static bool is_two(const NameSources *known, const Notes *notes, const NameFact *facts, EntityType type,
                   const Joint *joint)
{
  const Token *last = &notes->tokens.items[joint->left_end - 1];
  if (notes->text.ptr[last->end - 1] == '-' || !is_capital(notes, joint->left_end - 1)) return false;
  if (known_as_one(known, notes, facts, joint)) return false;
  if (type == ENTITY_LOC) return true;
  if (type == ENTITY_PER) return facts[joint->right].word & WORD_GIVEN;
  if (facts[joint->left_end - 1].casing >= COMMON || facts[joint->right].casing >= COMMON) return false;
  return is_row_of_two(notes, joint) || stands_alone(known, notes, facts, joint->left, joint->left_end) ||
         stands_alone(known, notes, facts, joint->right, joint->right_end);
}

// The first joint of the name that holds two names, if there is one.
static bool find_joint(const NameSources *known, const Notes *notes, const NameFact *facts, const Name *name,
                       Joint *joint)
{
  for (size_t at = name->first + 1; at + 1 < name->last; at++) {
    bool dash = is_dash(notes, at);
    if (!dash && !is_joiner(&known->lists, notes, at)) continue;
    size_t right = at + 1;
    while (right < name->last && !is_capital(notes, right)) right++; // "Tudela y de Alfaro"
    *joint = (Joint){name->first, at, right, name->last};
    if (right == name->last) continue;
    if (dash ? !known_as_one(known, notes, facts, joint) : is_two(known, notes, facts, name->type, joint))
      return true;
  }
  return false;
}

static Name part_of(const Notes *notes, Name name, size_t first, size_t end)
{
  name.first = (uint32_t)first, name.last = (uint32_t)end;
  name.start = notes->tokens.items[first].start, name.end = notes->tokens.items[end - 1].end;
  return name;
}

// Where the person begins that an office's organisation has run into; name->last: nowhere.
static size_t person_behind(const Notes *notes, const NameFact *facts, const Name *name)
{
  size_t from = name->first > OFFICE_WITHIN ? name->first - OFFICE_WITHIN : 0, office = name->first;
  bool romance = !namefacts_genitive(notes->lang); // where small adjectives stand behind their noun
  if (!romance || name->type != ENTITY_ORG || name->last - name->first < 4) return name->last;
  while (office > from && !facts[office - 1].title && !is_capital(notes, office - 1)) office--;
  if (office == from || !facts[office - 1].title) return name->last;
  size_t at = name->last;
  while (at > name->first && is_capital(notes, at - 1)) at--;
  bool given = name->last - at >= 2 && (facts[at].word & WORD_GIVEN) >= 2;
  return given && at > name->first && !facts[at - 1].particle ? at : name->last;
}

// The parts of the name, one where it stays one.
static void push_parts(const NameSources *known, Notes *notes, const NameFact *facts, Name rest, NameVec *out)
{
  Joint joint;
  while (find_joint(known, notes, facts, &rest, &joint)) {
    vec_push_in(&notes->arena, out, part_of(notes, rest, joint.left, joint.left_end));
    rest = part_of(notes, rest, joint.right, joint.right_end);
  }
  size_t person = person_behind(notes, facts, &rest);
  if (person < rest.last) {
    vec_push_in(&notes->arena, out, part_of(notes, rest, rest.first, person));
    rest = part_of(notes, rest, person, rest.last);
    rest.type = ENTITY_PER;
  }
  vec_push_in(&notes->arena, out, rest);
}

static bool has_parts(const NameSources *known, const Notes *notes, const NameFact *facts, const Name *name)
{
  Joint joint;
  return find_joint(known, notes, facts, name, &joint) || person_behind(notes, facts, name) < name->last;
}

void namejoin_part(const NameSources *known, Notes *notes, const NameFact *facts)
{
  size_t same = 0;
  while (same < notes->names.len && !has_parts(known, notes, facts, &notes->names.items[same])) same++;
  if (same == notes->names.len) return; // nearly always
  NameVec parted = {0};
  for (size_t i = 0; i < notes->names.len; i++)
    push_parts(known, notes, facts, notes->names.items[i], &parted);
  notes->names = parted;
}

static bool names_office(const Table *offices, Str lower)
{
  for (size_t row = 0; offices && row < offices->rows; row++) {
    if (str_ends(lower, table_cell(offices, row, 0))) return true;
  }
  return false;
}

// "[Klima-,] Energi- og Forsyningsministeriet": where the first half word before the office at `at` begins.
static size_t halves_before(const Notes *notes, size_t at)
{
  const Token *tokens = notes->tokens.items;
  while (at >= 3 && str_is(tokens[at - 1].lower, ",") && str_is(tokens[at - 2].lower, "-") &&
         !(tokens[at - 2].flags & TOKEN_SPACE_BEFORE) && is_capital(notes, at - 3))
    at -= 3;
  return at;
}

// The token behind "Helse- og omsorgsdepartementet" if that begins at `at`, else `at`.
static size_t office_end(const NameLists *lists, const Notes *notes, size_t at)
{
  const Token *token = &notes->tokens.items[at];
  if (at + 3 >= notes->tokens.len || !(token->flags & TOKEN_CAPITAL)) return at;
  if (!str_is(token[1].lower, "-") || (token[1].flags & TOKEN_SPACE_BEFORE)) return at;
  return is_joiner(lists, notes, at + 2) && names_office(lists->offices, token[3].lower) ? at + 4 : at;
}

// The next office from token `at` on; the number of tokens where there is none.
static size_t next_office(const NameLists *lists, const Notes *notes, size_t at)
{
  while (at < notes->tokens.len && office_end(lists, notes, at) == at) at++;
  return at;
}

// Put `over` in place of the names that it touches; both are in order. What touches a name that begins before
// it or ends behind it grows over that too.
static void lay_over(const NameLists *lists, Notes *notes, const NameVec *over)
{
  const NameVec *names = &notes->names;
  NameVec whole = {0};
  size_t next = 0;
  for (size_t i = 0; i < over->len; i++) {
    Name name = over->items[i];
    for (; next < names->len && names->items[next].last <= name.first; next++)
      vec_push_in(&notes->arena, &whole, names->items[next]);
    for (; next < names->len && names->items[next].first < name.last; next++) {
      const Name *under = &names->items[next];
      if (under->first + 1 < name.first &&
          is_joiner(lists, notes, name.first - 1)) { // "A | and B- and C-office"
        vec_push_in(&notes->arena, &whole, part_of(notes, *under, under->first, name.first - 1));
        continue;
      }
      if (under->type == name.type && under->confidence > name.confidence)
        name.confidence = under->confidence, name.by = under->by;
      name = part_of(notes, name, under->first < name.first ? under->first : name.first,
                     under->last > name.last ? under->last : name.last);
    }
    vec_push_in(&notes->arena, &whole, name);
  }
  for (; next < names->len; next++) vec_push_in(&notes->arena, &whole, names->items[next]);
  notes->names = whole;
}

static void find_offices(const NameLists *lists, Notes *notes, NameVec *out)
{
  if (!str_has(notes->text, '-')) return;
  for (size_t at = next_office(lists, notes, 0); at < notes->tokens.len;) {
    Name office = {.type = ENTITY_ORG, .by = BY_RULE, .confidence = OFFICE_CONFIDENCE};
    office = part_of(notes, office, halves_before(notes, at), office_end(lists, notes, at));
    vec_push_in(&notes->arena, out, office);
    at = next_office(lists, notes, office.last);
  }
}

void namejoin_offices(const NameSources *known, Notes *notes, const NameFact *facts)
{
  NameVec found = {0};
  find_offices(&known->lists, notes, &found);
  if (found.len) lay_over(&known->lists, notes, &found); // hardly ever
  found.len = 0;
  nameinitials_find(notes, facts, &found);
  if (found.len) lay_over(&known->lists, notes, &found);
}
