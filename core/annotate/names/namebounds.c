// The tagger's eyes are for words; where a name ends, and what it is, is also told by signs at its edges: a
// company's form ("Adler Group S.A.", "J Sainsbury plc"), a nickname between marks, the point of a shortened
// family name, a street's or a building's word beside a person's name ("piazza Aldo
// Moro"), a state's short form behind a town, a known country in front of a person. Each rule reads a name
// and the tokens around it and changes it or not. Names are gone through once, in order; where one grows over
// the next, that one is gone.
#include "annotate/names/namebounds_p.h"

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
  return fact->stem && fact->casing < COMMON_WORD && self->tokens[at].lower.len > 3 &&
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

// --- nouns beside a name

// The row of the noun in front; SIZE_MAX: there is none. German nouns all have capitals.
static size_t sign_before(const Bounds *self, const NameNouns *signs, size_t first)
{
  if (!first || touches(self, first) || (self->tokens[first].flags & TOKEN_FIRST)) return SIZE_MAX;
  const Token *noun = &self->tokens[first - 1];
  bool inside = is_capital(self, first - 1) && !(noun->flags & TOKEN_FIRST) && self->notes->lang != LANG_DE;
  return !(noun->flags & TOKEN_WORD) || inside ? SIZE_MAX : namenouns_row(signs, noun->lower);
}

// "Avisen Hansen skrev i" is no newspaper, and "selskapet Norge valgte" no company.
EntityType namebounds_sign(const Bounds *self, const NameNouns *signs, size_t first, size_t last)
{
  size_t row = sign_before(self, signs, first);
  if (row == SIZE_MAX) return ENTITY_TYPES;
  Str kind = table_cell(signs->nouns, row, 1);
  bool place = str_is(kind, "place"), org = str_is(kind, "org") || str_is(kind, "form");
  bool family = table_cell(signs->nouns, row, 2).len;
  bool country = (self->facts[first].word & WORD_PLACE) >> WORD_PLACE_SHIFT == 3;
  if (last == first + 1 ? !family && is_persons(self, first) : is_given(self, first, KNOWN))
    return ENTITY_TYPES;
  if (place) return ENTITY_LOC;
  return org && !country ? ENTITY_ORG : ENTITY_TYPES;
}

EntityType namebounds_bearer(const Bounds *self, size_t at, char side, EntityType of)
{
  static const char letters[] = "POL";
  const Table *bearers = self->known->lists.bearers_of[self->notes->lang];
  size_t row = at < self->len ? table_seek(bearers, self->tokens[at].lower) : SIZE_MAX;
  if (row == SIZE_MAX || table_cell(bearers, row, 1).ptr[0] != side ||
      !memchr(table_cell(bearers, row, 2).ptr, letters[of], table_cell(bearers, row, 2).len))
    return ENTITY_TYPES;
  bool capital = memchr(table_cell(bearers, row, 2).ptr, 'C', table_cell(bearers, row, 2).len);
  if (capital && !is_capital(self, at)) return ENTITY_TYPES;
  return str_is(table_cell(bearers, row, 3), "ORG") ? ENTITY_ORG : ENTITY_LOC;
}

// "[piazza] Aldo Moro", "[Team] USA"; of "il team USA" the country alone bears it.
static void add_bearer_before(const Bounds *self, Name *name)
{
  bool whole = name->type == ENTITY_PER;
  if (name->first == self->floor) return;
  EntityType type = namebounds_bearer(self, name->first - 1, '<', name->type);
  if (type == ENTITY_TYPES) return;
  whole |= type == ENTITY_LOC || is_capital(self, name->first - 1);
  set_tokens(self, name, name->first - whole, name->last);
  set_type(name, type);
}

// --- places

// Whether the name stands where places do: "på Alfred Nobels allé", not "Olssons väg ut".
static bool stands_as_place(const Bounds *self, size_t first)
{
  Str word = first ? self->tokens[first - 1].lower : (Str){0};
  return str_is(namefacts_before_town(&self->known->lists, self->notes->lang, word), "place");
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
  if (type == ENTITY_LOC && !is_capital(self, at) && !stands_as_place(self, first)) return;
  bool house = inside && at < name->last && name->type == ENTITY_LOC; // "Haukeland sykehus", where it stands
  set_tokens(self, name, half_before(self, first), at + 1);
  if (!house) set_type(name, type);
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

// "Sandefjords | Andreas Vik": the first word is a town's genitive, and no given name.
static bool owner_is_town(const Bounds *self, const Name *name)
{
  const NameFact *fact = &self->facts[name->first];
  uint32_t whole = gazetteer_word(self->known->gazetteer, fact->hash) & (WORD_GIVEN | WORD_SURNAME);
  return namefacts_genitive(self->notes->lang) && fact->stem && !whole &&
         (gazetteer_word(self->known->gazetteer, fact->stem) & WORD_PLACE) &&
         is_given(self, name->first + 1, KNOWN);
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

// Where the person begins behind a country or organisation that everybody knows: "Belgio | Eden Hazard",
// "Sveriges | Kalle Ek"; name->last: nowhere.
static size_t person_behind(const Bounds *self, const Name *name)
{
  GazetteerEntity entity;
  if (name->type == ENTITY_PER && (owner_is_town(self, name) || stands_in_town(self, name)))
    return name->first + 1;
  size_t at = namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                              GAZETTEER_ORG | GAZETTEER_LOC, &entity);
  if (at == name->first || at + 2 > name->last || entity.strength < FAMOUS) return name->last;
  for (size_t i = at; i < name->last; i++) {
    const NameFact *fact = &self->facts[i];
    if (!is_capital(self, i) || fact->orgword || fact->casing >= COMMON_WORD) return name->last;
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
  drop_owned(self, name);
  drop_honours(self, name);
  end_on_noun(self, name, next);
  add_nickname(self, name, next);
  add_point(self, name);
  add_saint(self, name);
  read_and(self, name);
  add_form(self, name);
  add_head(self, name);
  add_bearer_before(self, name);
  add_bearer_behind(self, name);
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
