// The tagger's eyes are for words; where a name ends, and what it is, is also told by signs at its edges: a
// company's form ("Adler Group S.A.", "J Sainsbury plc"), a nickname between marks, the point of a shortened
// family name, a street's or a building's word beside a person's name ("piazza Aldo
// Moro"), a state's short form behind a town, a known country in front of a person. Each rule reads a name
// and the tokens around it and changes it or not. Names are gone through once, in order; where one grows over
// the next, that one is gone.
#include "annotate/names/namebounds_p.h"

#include "annotate/names/nominative.h"

enum { NICKNAME_MOST = 2 }; // words between the marks

// --- companies

size_t namebounds_form_end(const Bounds *self, size_t at, bool comma)
{
  const NameLists *lists = &self->known->lists;
  if (at >= self->len) return at;
  Str rest = str_slice(self->notes->text, self->tokens[at].start, self->notes->text.len);
  size_t longest = 0, end = at;
  unsigned char head = (unsigned char)rest.ptr[0];
  for (size_t row = lists->forms_from[head]; row < lists->forms_from[head + 1]; row++) {
    Str form = table_cell(lists->forms, row, 0);
    bool may_be = !comma || table_cell(lists->forms, row, 1).len;
    if (may_be && form.len > longest && str_starts(rest, form)) longest = form.len;
  }
  size_t byte = self->tokens[at].start + longest;
  while (end < self->len && self->tokens[end].end <= byte) end++;
  bool whole = longest && end > at && self->tokens[end - 1].end == byte;
  return whole ? end : at;
}

static bool is_shout(const Bounds *self, size_t at)
{
  return at < self->len && (self->tokens[at].flags & TOKEN_ALL_CAPS) &&
         self->tokens[at].end - self->tokens[at].start > 3;
}

// "J Sainsbury [plc]", "Acme[, Inc.]": what has a company's form is one.
static void add_form(const Bounds *self, Name *name)
{
  bool comma = is_mark(self, name->last, ",\0");
  size_t at = name->last + comma, end = namebounds_form_end(self, at, comma);
  bool shouted =
      end < self->len && is_shout(self, name->last - 1) && is_shout(self, end); // "OBAMA AS HIMSELF"
  if (end > at && !shouted) {
    set_tokens(self, name, name->first, end);
    set_type(name, ENTITY_ORG);
  } else if (name->last > name->first + 1 && namebounds_form_end(self, name->last - 1, false) == name->last) {
    set_type(name, ENTITY_ORG);
  }
}

// "[Q-Meieriene] AS": a form alone belongs to the capitals before it.
static void add_head(const Bounds *self, Name *name)
{
  size_t first = name->first;
  if (name->type != ENTITY_ORG || name->last != first + 1 ||
      namebounds_form_end(self, first, false) != name->last)
    return;
  while (first > self->floor && is_capital(self, first - 1) && !(self->tokens[first].flags & TOKEN_FIRST))
    first--;
  if (first < name->first) set_tokens(self, name, first, name->last);
}

// "Harland [& Wolff]": two words, each taken for somebody's, are a firm where not both are given names.
static void join_firm(const Bounds *self, Name *name, const Name *next)
{
  bool both = name->type == ENTITY_PER && next && next->type == ENTITY_PER && next->first == name->last + 1 &&
              is_mark(self, name->last, "&\0");
  if (!both || name->last > name->first + 1 || next->last > next->first + 1) return;
  if (is_given(self, name->first, COMMON) && is_given(self, next->first, COMMON)) return;
  set_tokens(self, name, name->first, next->last);
  set_type(name, ENTITY_ORG);
}

// "Quigg & Tuttle" is no person; "Anna & Erik" and "Ruth Berg & Nils Ek" are two.
static void read_and(const Bounds *self, Name *name)
{
  if (name->type == ENTITY_ORG) return;
  for (size_t at = name->first + 1; at + 1 < name->last; at++) {
    if (!is_mark(self, at, "&\0")) continue;
    bool persons = is_given(self, at + 1, COMMON) && (at - name->first > 1 || is_given(self, at - 1, COMMON));
    if (!persons) set_type(name, ENTITY_ORG);
    return;
  }
}

// --- persons

static const char OPENING[] = "\"\0“\0”\0„\0«\0»\0'\0‘\0’\0";

// Luigi ["Gigi" Riva].
static void add_nickname(const Bounds *self, Name *name, const Name *next)
{
  size_t mark = name->last, at = mark + 1;
  if (name->type != ENTITY_PER || !is_mark(self, mark, OPENING) || touches(self, mark)) return;
  while (at <= mark + NICKNAME_MOST && is_capital(self, at)) at++;
  if (at == mark + 1 || !touches(self, mark + 1) || !is_mark(self, at, OPENING) || !touches(self, at)) return;
  size_t family = at + 1;
  if (!is_capital(self, family) || touches(self, family) || (self->tokens[family].flags & TOKEN_FIRST) ||
      !is_given(self, name->first, 1))
    return;
  size_t end = family + 1;
  if (next && next->first == family && next->type == ENTITY_PER) end = next->last;
  while (is_capital(self, end) && self->facts[end - 1].particle) end++; // "De Nardi"
  set_tokens(self, name, name->first, end);
}

static bool is_roman(Str capitals)
{
  for (size_t i = 0; i < capitals.len; i++)
    if (!strchr("IVX", capitals.ptr[i])) return false;
  return true;
}

// "Susanne R[.]", and where ordinals have a point "Elisabeth II[.]" inside a sentence.
static void add_point(const Bounds *self, Name *name)
{
  size_t at = name->last, last = at - 1;
  const Token *token = &self->tokens[last];
  if (name->type != ENTITY_PER || at - name->first < 2 || !is_mark(self, at, ".\0") || !touches(self, at))
    return;
  bool roman = is_roman(str_slice(self->notes->text, token->start, token->end));
  bool letter = is_capital(self, last) && token->lower.len == 1;
  bool goes_on = at + 1 < self->len && !(self->tokens[at + 1].flags & TOKEN_FIRST);
  if (roman ? self->notes->lang == LANG_DE && goes_on : letter) set_tokens(self, name, name->first, at + 1);
}

// Whether the token is a name's genitive: of a word that is one without its s, and none with it.
static bool is_owner(const Bounds *self, size_t at)
{
  const NameFact *fact = &self->facts[at];
  uint32_t names = WORD_GIVEN | WORD_SURNAME;
  return fact->stem && fact->casing < CASING_EVEN && self->tokens[at].lower.len > 3 &&
         !(gazetteer_word(self->known->gazetteer, fact->hash) & names) &&
         (gazetteer_word(self->known->gazetteer, fact->stem) & names);
}

// German nouns have capitals: "Wulffs [Hochzeitsfeier]", "Jim Furyks [Mannschaft]" are a person's.
static void drop_owned(const Bounds *self, Name *name)
{
  if (self->notes->lang != LANG_DE) return;
  for (size_t at = name->first; at + 1 < name->last; at++) {
    const NameFact *owned = &self->facts[at + 1];
    bool noun = owned->title || (owned->groups[0] && !(owned->word & (WORD_GIVEN | WORD_PLACE | WORD_ORG)) &&
                                 (owned->word & WORD_SURNAME) >> WORD_SURNAME_SHIFT < KNOWN);
    if (!noun || !is_capital(self, at + 1) || !is_owner(self, at)) continue;
    set_tokens(self, name, name->first, at + 1);
    set_type(name, ENTITY_PER);
    return;
  }
}

// "Bad Homburg [Stammgast]": German nouns have capitals; behind a place that is known without it, one is no
// part.
static void drop_noun_behind(const Bounds *self, Name *name)
{
  size_t last = name->last - 1;
  if (self->notes->lang != LANG_DE || name->type != ENTITY_LOC || last < name->first + 2) return;
  const NameFact *noun = &self->facts[last];
  const uint32_t names = WORD_GIVEN | WORD_PLACE | WORD_ORG | WORD_IN_PLACE | WORD_IN_ORG | WORD_DEMONYM;
  GazetteerEntity place;
  if (!noun->groups[0] || (noun->word & names) || !is_capital(self, last) || touches(self, last)) return;
  if (namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                      GAZETTEER_LOC, &place) == last)
    set_tokens(self, name, name->first, last);
}

// --- nouns beside a name

// The row of the noun in front; SIZE_MAX: there is none. German nouns all have capitals.
static size_t sign_before(const Bounds *self, const NameNouns *signs, size_t first)
{
  if (!first || touches(self, first) || (self->tokens[first].flags & TOKEN_FIRST)) return SIZE_MAX;
  const Token *noun = &self->tokens[first - 1];
  bool inside = is_capital(self, first - 1) && !(noun->flags & TOKEN_FIRST) && self->notes->lang != LANG_DE;
  return !(noun->flags & TOKEN_WORD) || inside ? SIZE_MAX : namenouns_row(signs, noun->lower);
}

// Whether the word is hardly anything but a given name.
static bool is_only_given(const Bounds *self, size_t at)
{
  return is_given(self, at, COMMON) && !(self->facts[at].word & WORD_ORG);
}

// "Filmen Lena spelade in" is no company, "partiet Knut Vik ledet" no party, and "selskapet Norge valgte" no
// company either.
EntityType namebounds_sign(const Bounds *self, const NameNouns *signs, size_t first, size_t last)
{
  size_t row = sign_before(self, signs, first);
  if (row == SIZE_MAX) return ENTITY_TYPES;
  Str kind = table_cell(signs->nouns, row, 1);
  bool place = str_is(kind, "place"), org = str_is(kind, "org") || str_is(kind, "form");
  bool country = (self->facts[first].word & WORD_PLACE) >> WORD_PLACE_SHIFT == 3;
  if (last == first + 1 ? is_only_given(self, first) : is_given(self, first, KNOWN)) return ENTITY_TYPES;
  if (place) return ENTITY_LOC;
  return org && !country ? ENTITY_ORG : ENTITY_TYPES;
}

// The row of the noun behind a genitive, in any case: "Oulun kaupunginteatterissa".
static size_t seek_declined(const Bounds *self, const NameNouns *nouns, const Table *endings, size_t at)
{
  bool owned = at && str_ends(self->tokens[at - 1].lower, STR("n"));
  size_t row = owned ? namenouns_row(nouns, self->tokens[at].lower) : SIZE_MAX;
  for (size_t i = 0; owned && row == SIZE_MAX && i < endings->rows; i++) {
    char base[NOMINATIVE_BYTES];
    Str word = {base, nominative_of(endings, i, self->tokens[at].lower, base)};
    if (word.len) row = namenouns_row(nouns, word);
  }
  return row;
}

EntityType namebounds_bearer(const Bounds *self, size_t at, char side, EntityType of)
{
  static const char letters[] = "POL";
  const NameNouns *bearers = &self->known->lists.bearers_of[self->notes->lang];
  const Table *endings = self->known->lists.endings_of[self->notes->lang];
  if (!bearers->nouns || at >= self->len) return ENTITY_TYPES;
  size_t row =
      endings ? seek_declined(self, bearers, endings, at) : namenouns_row(bearers, self->tokens[at].lower);
  if (row == SIZE_MAX) return ENTITY_TYPES;
  Str what = table_cell(bearers->nouns, row, 2);
  if (table_cell(bearers->nouns, row, 1).ptr[0] != side || !memchr(what.ptr, letters[of], what.len))
    return ENTITY_TYPES;
  if (memchr(what.ptr, 'C', what.len) && !is_capital(self, at)) return ENTITY_TYPES;
  return str_is(table_cell(bearers->nouns, row, 3), "ORG") ? ENTITY_ORG : ENTITY_LOC;
}

// "Silje [Karine Muotka]": nothing parts a given name alone from the rest of a person's name.
static void join_given(const Bounds *self, Name *name, const Name *next)
{
  bool beside = name->type == ENTITY_PER && next && next->type == ENTITY_PER && next->first == name->last;
  if (!beside || name->last > name->first + 1 || next->last < next->first + 2) return;
  if (self->tokens[next->first].flags & (TOKEN_FIRST | TOKEN_LINE_START)) return;
  if (is_given(self, name->first, KNOWN) && is_given(self, next->first, KNOWN))
    set_tokens(self, name, name->first, next->last);
}

// "[piazza] Aldo Moro", "[Team] USA"; of "il team USA" the country alone bears it.
static void add_bearer_before(const Bounds *self, Name *name)
{
  bool whole = name->type == ENTITY_PER;
  if (name->first == self->floor) return;
  EntityType type = namebounds_bearer(self, name->first - 1, '<', name->type);
  size_t before = name->first - 1; // "ospedale [Papa] Giovanni XXIII"
  bool titled = type == ENTITY_TYPES && whole && is_capital(self, before) && self->facts[before].title;
  if (titled && before > self->floor && !(self->tokens[before].flags & TOKEN_FIRST) &&
      (type = namebounds_bearer(self, before - 1, '<', ENTITY_PER)) != ENTITY_TYPES)
    set_tokens(self, name, before, name->last);
  if (type == ENTITY_TYPES) return;
  whole |= type == ENTITY_LOC || is_capital(self, name->first - 1);
  set_tokens(self, name, name->first - whole, name->last);
  set_type(name, type);
}

// --- places

// Whether the name stands where places do: "på Alfred Nobels allé", not "Olssons väg ut".
static bool stands_as_place(const Bounds *self, size_t first)
{
  const NameLists *lists = &self->known->lists;
  return first && str_is(namelists_before_town(lists, self->notes->lang, &self->tokens[first - 1]), "place");
}

// "[Nord- og] Søndre Follos Politi": where the half word before the joiner begins; `first` where none is.
static size_t half_before(const Bounds *self, size_t first)
{
  bool half = first >= self->floor + 3 && is_mark(self, first - 2, "-\0") && touches(self, first - 2) &&
              is_capital(self, first - 3);
  return half && is_joiner(self, first - 1) ? first - 3 : first;
}

// "Alfred Nobels [allé]", "[Drottning] Kristinas [väg]", "Ann Quigg Street".
static void add_bearer_behind(const Bounds *self, Name *name)
{
  bool inside = name->last > name->first + 1;
  size_t at = name->last - 1, first = name->first;
  bool titled = first && is_capital(self, first - 1) && self->facts[first - 1].title;
  if (inside && titled) return; // "Sen. Cedric Lane", but "Drottning Sofias väg"
  EntityType type = inside ? namebounds_bearer(self, at, '>', name->type) : ENTITY_TYPES;
  if (type == ENTITY_TYPES && !touches(self, name->last))
    type = namebounds_bearer(self, at = name->last, '>', name->type);
  if (type == ENTITY_TYPES || !is_capital(self, at - 1)) return; // "Den katolske kirke" is nobody's
  while (first > self->floor && is_capital(self, first - 1) && !(self->tokens[first - 1].flags & TOKEN_FIRST))
    first--;
  bool declined = self->known->lists.endings_of[self->notes->lang]; // says as much as a word in front
  if (type == ENTITY_LOC && !declined && !is_capital(self, at) && !stands_as_place(self, first)) return;
  bool house = inside && at < name->last && name->type == ENTITY_LOC; // "Haukeland sykehus", where it stands
  set_tokens(self, name, half_before(self, first), at + 1);
  if (!house) set_type(name, type);
}

// "River Esk", "Lake Constance": what begins so is a place whatever it looks like, but for "Lake Union
// College".
static void read_landscape(const Bounds *self, Name *name)
{
  const NameNouns *bearers = &self->known->lists.bearers_of[self->notes->lang];
  if (!bearers->nouns || name->type == ENTITY_LOC || name->last < name->first + 2) return;
  size_t row = namenouns_row(bearers, self->tokens[name->first].lower);
  if (row == SIZE_MAX || !str_is(table_cell(bearers->nouns, row, 2), "H")) return;
  GazetteerEntity known;
  size_t end = namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                               GAZETTEER_ORG, &known);
  bool org = end == name->last || self->facts[name->last - 1].orgword ||
             namebounds_bearer(self, name->last - 1, '>', ENTITY_PER) == ENTITY_ORG;
  if (!org) set_type(name, ENTITY_LOC);
}

// "Hong Kong['s Observatory]": of a place that everybody knows, what it owns is no part.
static void drop_possession(const Bounds *self, Name *name)
{
  GazetteerEntity place;
  if (self->notes->lang != LANG_EN || name->last < name->first + 3) return;
  size_t end = namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                               GAZETTEER_LOC, &place);
  if (end == name->first || end >= name->last || !token_is_possessive(&self->tokens[end])) return;
  bool saint = self->tokens[name->first].flags & TOKEN_ABBREV; // "St. Martin's"
  if (place.strength < KNOWN || !place.id || saint) return;
  set_tokens(self, name, name->first, end);
  set_type(name, ENTITY_LOC);
}

// "[Homes] England", "[Statistics] Canada": a noun that has its capital inside a sentence before a country is
// an office's. "North Korea" and "Greater London" are places, and "President Korea" nobody's.
static void add_noun_before_country(const Bounds *self, Name *name)
{
  size_t at = name->last - 1;
  if (self->notes->lang != LANG_EN || name->type == ENTITY_PER || name->last - name->first > 2) return;
  GazetteerEntity country;
  if (!at || at - 1 < self->floor || (self->facts[at].word & WORD_PLACE) >> WORD_PLACE_SHIFT != 3) return;
  if (!gazetteer_entity(self->known->gazetteer, gazetteer_key_add(0, self->facts[at].hash), &country) ||
      !gazetteer_is_land(country.id))
    return;
  const Token *noun = &self->tokens[at - 1];
  const NameFact *fact = &self->facts[at - 1];
  bool inside = (noun->flags & TOKEN_CAPITAL) && (noun->flags & TOKEN_HAS_LOWER) && !touches(self, at) &&
                !(noun->flags & (TOKEN_FIRST | TOKEN_HAS_HYPHEN | TOKEN_ABBREV));
  if (!inside || self->facts[at - 1].title || fact->casing < CASING_EVEN || is_persons(self, at - 1) ||
      (fact->word & (WORD_PLACE | WORD_IN_PLACE | WORD_DEMONYM)) || is_capital(self, at + 1))
    return;
  if (at > 1 && is_capital(self, at - 2) && !(self->tokens[at - 2].flags & TOKEN_FIRST)) return;
  set_tokens(self, name, at - 1, at + 1);
  set_type(name, ENTITY_ORG);
  name->entity = 0;
}

// "St. James[’s Park]": a saint's church or ground, unless the place is known without.
static void add_saint(const Bounds *self, Name *name)
{
  GazetteerEntity entity;
  size_t at = name->last;
  Str head = self->tokens[name->first].lower;
  if (at - name->first != 2 || !(str_is(head, "st.") || str_is(head, "st"))) return;
  if (at >= self->len || !touches(self, at) || !(self->tokens[at].flags & TOKEN_WORD) ||
      !str_ends(self->tokens[at].lower, STR("s")))
    return;
  if (namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, at, GAZETTEER_LOC,
                      &entity) == at)
    return;
  for (at++; is_capital(self, at) && !(self->tokens[at].flags & TOKEN_FIRST);) at++;
  set_tokens(self, name, name->first, at);
  if (name->type == ENTITY_PER) set_type(name, ENTITY_LOC);
}

// "Walterboro, [S.C.]": the state's short form, a place of its own. False where there is none.
static bool read_state(const Bounds *self, const Name *town, Name *state)
{
  const Table *states = self->known->lists.states;
  size_t at = town->last + 1;
  if (self->notes->lang != LANG_EN || town->type == ENTITY_PER) return false;
  if (!is_mark(self, town->last, ",\0") || !is_capital(self, at)) return false;
  Str form = str_slice(self->notes->text, self->tokens[at].start, self->tokens[at].end);
  bool pointed = form.ptr[form.len - 1] != '.' && is_mark(self, at + 1, ".\0") && touches(self, at + 1);
  Str whole = pointed ? str_slice(self->notes->text, self->tokens[at].start, self->tokens[at + 1].end) : form;
  size_t row = table_seek(states, whole);
  if (row == SIZE_MAX && pointed) pointed = false, row = table_seek(states, form);
  if (row == SIZE_MAX) return false;
  *state = (Name){.type = ENTITY_LOC, .by = BY_LIST, .confidence = RULE_CONFIDENCE};
  state->entity = gazetteer_id_of(table_cell(states, row, 1));
  set_tokens(self, state, at, at + 1 + pointed);
  return true;
}

// --- two in one

// "Sandefjords | Andreas Vik", "Vårdförbundets | Ann Vik": the first word is the genitive of a town or, if
// nobody has that name, of an organisation.
static bool is_owners(const Bounds *self, const Name *name)
{
  size_t first = name->first;
  const NameFact *fact = &self->facts[first];
  uint32_t whole = gazetteer_word(self->known->gazetteer, fact->hash) & (WORD_GIVEN | WORD_SURNAME);
  if (!namefacts_genitive(self->notes->lang) || whole) return false;
  bool neuter = name->last > first + 2 && str_ends(self->tokens[first].lower, STR("ets")); // its article
  if (neuter && self->notes->lang != LANG_DE && is_persons(self, name->last - 1)) return true;
  if (!is_given(self, first + 1, KNOWN)) return false;
  return (fact->stem && (gazetteer_word(self->known->gazetteer, fact->stem) & WORD_PLACE)) ||
         nameknown_owns(&self->known->lists, self->notes, first, first + 1);
}

// "borgmester i Lemvig | Erik Toft".
static bool stands_in_town(const Bounds *self, const Name *name)
{
  uint32_t word = self->facts[name->first].word;
  GazetteerEntity place;
  if (!(word & WORD_PLACE) || (word & WORD_GIVEN) >= KNOWN || !is_given(self, name->first + 1, KNOWN))
    return false;
  return stands_as_place(self, name->first) &&
         namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                         GAZETTEER_LOC, &place) == name->first + 1;
}

// Whether the name stands behind an article that teams have.
static bool is_teams(const Bounds *self, const Name *name)
{
  const NameLists *lists = &self->known->lists;
  return name->first &&
         str_is(namelists_before_town(lists, self->notes->lang, &self->tokens[name->first - 1]), "team");
}

// "il Sassuolo di | Grosso", "el Betis de | Pellegrini": behind such an article, their coach. "Empoli di |
// D'Aversa" is two behind any.
static size_t coach_behind(const Bounds *self, const Name *name)
{
  size_t of = name->first + 1, coach = of + 1;
  if (name->type == ENTITY_PER || name->last < of + 2 || !self->facts[of].particle) return name->last;
  GazetteerEntity town;
  size_t end = namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                               GAZETTEER_LOC, &town);
  if (end != of || !gazetteer_is_town(town.id) || !is_capital(self, coach)) return name->last;
  bool noble = self->tokens[coach].flags & TOKEN_HAS_MARK
                   ? name->last == coach + 1
                   : self->facts[coach].particle && name->last > coach + 1;
  uint32_t word = self->facts[coach].word;
  bool unknown = !word && self->facts[coach].casing < CASING_EVEN;
  bool surname = unknown || ((word & WORD_SURNAME) && (word & WORD_PLACE) >> WORD_PLACE_SHIFT < KNOWN);
  return noble || (surname && name->last == coach + 1 && is_teams(self, name)) ? coach : name->last;
}

// Where the person begins behind a country or organisation that everybody knows: "Belgio | Eden Hazard",
// "Sveriges | Kalle Ek"; name->last: nowhere.
static size_t person_behind(const Bounds *self, const Name *name)
{
  GazetteerEntity entity;
  if (name->type == ENTITY_PER && (is_owners(self, name) || stands_in_town(self, name)))
    return name->first + 1;
  size_t at = namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                              GAZETTEER_ORG | GAZETTEER_LOC, &entity);
  if (at == name->first || at + 2 > name->last || entity.strength < FAMOUS) return name->last;
  for (size_t i = at; i < name->last; i++) {
    const NameFact *fact = &self->facts[i];
    if (!is_capital(self, i) || fact->orgword || fact->casing >= CASING_EVEN) return name->last;
  }
  bool country = gazetteer_is_country(entity.id) && name->type != ENTITY_ORG,
       body = entity.types == GAZETTEER_ORG && name->type == ENTITY_ORG && at - name->first > 1;
  return is_given(self, at, KNOWN) && (country || body) ? at : name->last;
}

// "San Rafael | California": where a state begins behind a town that is known without it; name->last:
// nowhere.
static size_t state_behind(const Bounds *self, const Name *name)
{
  const Gazetteer *known = self->known->gazetteer;
  GazetteerEntity place;
  if (self->notes->lang != LANG_EN || name->type != ENTITY_LOC) return name->last;
  size_t end =
      namefacts_match(known, self->notes, self->facts, name->first, name->last, GAZETTEER_LOC, &place);
  if (end == name->first || end == name->last) return name->last;
  if (!gazetteer_is_town(place.id) || place.strength < KNOWN) return name->last; // "Southern California"
  size_t whole = namefacts_match(known, self->notes, self->facts, end, name->last, GAZETTEER_LOC, &place);
  bool state =
      whole == name->last && place.id && !gazetteer_is_town(place.id) && !gazetteer_is_country(place.id);
  return state ? end : name->last;
}

static void push(const Bounds *self, Name name, NameVec *out)
{
  size_t state = name.last - name.first > 1 ? state_behind(self, &name) : name.last;
  if (state < name.last) {
    Name town = name;
    set_tokens(self, &town, name.first, state);
    vec_push_in(&self->notes->arena, out, town);
    set_tokens(self, &name, state, name.last);
  }
  size_t coach = coach_behind(self, &name);
  if (coach < name.last) {
    Name team = name;
    set_tokens(self, &team, name.first, coach - 1);
    if (is_teams(self, &name)) set_type(&team, ENTITY_ORG);
    vec_push_in(&self->notes->arena, out, team);
    set_tokens(self, &name, coach, name.last);
    set_type(&name, ENTITY_PER);
  }
  size_t person = name.last - name.first > 2 ? person_behind(self, &name) : name.last;
  if (person < name.last) {
    GazetteerEntity entity;
    Name head = name;
    set_tokens(self, &head, name.first, person);
    namefacts_match(self->known->gazetteer, self->notes, self->facts, name.first, person,
                    GAZETTEER_ORG | GAZETTEER_LOC, &entity);
    set_type(&head, entity.types & GAZETTEER_LOC ? ENTITY_LOC : ENTITY_ORG);
    vec_push_in(&self->notes->arena, out, head);
    set_tokens(self, &name, person, name.last);
    set_type(&name, ENTITY_PER);
  }
  vec_push_in(&self->notes->arena, out, name);
}

// Of "Landbruks- og matminister" the head is no name by itself.
static bool is_clipped(const Bounds *self, const Name *name)
{
  size_t mark = name->first + 1, and = mark + 1;
  bool marked = name->last == mark + 1; // the name has the hyphen
  if ((name->last != mark && !marked) || !is_mark(self, mark, "-\0") || !touches(self, mark)) return false;
  if (and >= self->len || touches(self, and) || self->facts[name->first].word) return false;
  bool capitals = self->tokens[name->first].flags & TOKEN_ALL_CAPS;
  return !capitals && is_joiner(self, and);
}

// "Simran Quigg [KC]".
static void drop_honours(const Bounds *self, Name *name)
{
  const Table *honours = self->known->lists.honours;
  while (name->type == ENTITY_PER && self->notes->lang == LANG_EN && name->last > name->first + 1) {
    const Token *last = &self->tokens[name->last - 1];
    if (!(last->flags & TOKEN_CAPITAL) || (last->flags & TOKEN_HAS_MARK)) return;
    if (table_seek(honours, str_slice(self->notes->text, last->start, last->end)) == SIZE_MAX) return;
    set_tokens(self, name, name->first, name->last - 1);
  }
}

// No name ends in a small word that joins it to more: "Consiglio dei" goes on over "ministri" where the words
// of institutions are written small, "Autostrade per" over a name behind an article that touches it, and
// "Superior Court of the" ends before.
static void end_on_noun(const Bounds *self, Name *name, const Name *next)
{
  size_t last = name->last - 1;
  bool hangs =
      name->type == ENTITY_ORG && last > name->first && !is_capital(self, last) && self->facts[last].particle;
  if (!hangs) return;
  if (next && next->type != ENTITY_PER && next->first <= name->last + 1 && touches(self, next->first)) {
    set_tokens(self, name, name->first, next->last); // "Autostrade per l'Italia"
    return;
  }
  const Token *noun = name->last < self->len ? &self->tokens[name->last] : NULL;
  bool goes_on = noun && (noun->flags & TOKEN_WORD) && !(noun->flags & (TOKEN_FIRST | TOKEN_HAS_MARK)) &&
                 noun->lower.len > 4 && !namefacts_genitive(self->notes->lang) &&
                 self->notes->lang != LANG_EN;
  if (goes_on) {
    size_t end = name->last + 1;
    while (is_capital(self, end - 1) && is_capital(self, end) && !(self->tokens[end].flags & TOKEN_FIRST))
      end++;
    set_tokens(self, name, name->first, end);
    return;
  }
  while (last > name->first && !is_capital(self, last) && self->facts[last].particle) last--;
  set_tokens(self, name, name->first, last + 1);
}

// "Sydsvenska industri[- och handelskammaren]": half a noun goes on behind the joiner.
static void add_second_half(const Bounds *self, Name *name)
{
  size_t mark = name->last, noun = mark + 2;
  bool half = name->type == ENTITY_ORG && mark > name->first + 1 && !is_capital(self, mark - 1) &&
              is_mark(self, mark, "-\0") && touches(self, mark) && !touches(self, mark + 1);
  if (!half || noun >= self->len || !is_joiner(self, mark + 1) || is_capital(self, noun)) return;
  if ((self->tokens[noun].flags & TOKEN_WORD) && (self->tokens[mark - 1].flags & TOKEN_WORD))
    set_tokens(self, name, name->first, noun + 1);
}

// "[the] Police Service of Ulster".
static void drop_article(const Bounds *self, Name *name)
{
  bool the = self->notes->lang == LANG_EN && str_is(self->tokens[name->first].lower, "the");
  if (the && name->last > name->first + 1 && !is_capital(self, name->first))
    set_tokens(self, name, name->first + 1, name->last);
}

// "University of Michigan" is no place; "University City" is.
static void read_university(const Bounds *self, Name *name)
{
  bool called = self->facts[name->first].orgword && !is_capital(self, name->first + 1) &&
                str_starts(self->tokens[name->first].lower, STR("universi"));
  if (called && name->type == ENTITY_LOC && name->last > name->first + 1) set_type(name, ENTITY_ORG);
}

static void mend(const Bounds *self, Name *name, Name *next)
{
  drop_article(self, name);
  drop_possession(self, name);
  drop_owned(self, name);
  drop_noun_behind(self, name);
  drop_honours(self, name);
  end_on_noun(self, name, next);
  add_second_half(self, name);
  join_given(self, name, next);
  join_firm(self, name, next);
  add_nickname(self, name, next);
  add_point(self, name);
  add_saint(self, name);
  read_and(self, name);
  add_form(self, name);
  add_head(self, name);
  add_bearer_before(self, name);
  add_bearer_behind(self, name);
  read_landscape(self, name);
  add_noun_before_country(self, name);
  read_university(self, name);
  nameteams_read(self, name, next);
}

void namebounds_mend(const NameSources *known, Notes *notes, const NameFact *facts)
{
  Bounds self = {known, notes, facts, notes->tokens.items, notes->tokens.len, 0};
  NameVec mended = {0};
  for (size_t i = 0; i < notes->names.len; i++) {
    Name name = notes->names.items[i], state;
    if (name.first < self.floor || is_clipped(&self, &name)) continue; // one before has grown over it
    mend(&self, &name, i + 1 < notes->names.len ? &notes->names.items[i + 1] : NULL);
    push(&self, name, &mended);
    self.floor = name.last;
    if (!read_state(&self, &name, &state)) continue;
    vec_push_in(&notes->arena, &mended, state);
    self.floor = state.last;
  }
  notes->names = mended;
}
