// What a name is, is also told by what stands beside it, whatever the tagger makes of the name itself: a noun
// in front ("Autozulieferer Continental", "Ortschaft Nowopokrowske": namebounds_sign()), a change in per cent
// behind ("Leonardo (-1,2%)"), "shares of", another organisation in one list with it, an analyst who works
// for it; and by the lists: organisations that go by a name of their own (nameknown.h), places that the
// gazetteer knows, where one is in them or goes there. Names that the tagger took for something else change
// their type, and what it did not see becomes one. All languages; namenordic.c has more signs of some.
#include "annotate/names/namebounds_p.h"

enum { NEW_MOST = 3 }; // words of a name nobody knows
#define DOUBTFUL 0.65f // below this a name listens to its words

typedef struct Signs {
  Bounds in;
  const NameNouns *nouns;
  const Name *next; // the first name that does not end before the token looked at; NULL: none
  const Name *weak; // likewise of the weak ones
  size_t places;    // behind the last name of a list of places; 0: none is under way
} Signs;

static const Token *token_at(const Signs *self, size_t at)
{
  return &self->in.tokens[at];
}

// The kind that the word tells of, as signs.<lang>.tsv has it; empty: none.
static Str kind_at(const Signs *self, size_t at)
{
  if (at >= self->in.len || !(token_at(self, at)->flags & TOKEN_WORD)) return (Str){"", 0};
  size_t row = namenouns_row(self->nouns, token_at(self, at)->lower);
  return row == SIZE_MAX ? (Str){"", 0} : table_cell(self->nouns->nouns, row, 1);
}

// The known organisation that begins at `at`; *end: the token behind it.
static OrgKnown known_at(const Signs *self, size_t at, size_t *end)
{
  return nameknown_find(&self->in.known->lists, self->in.notes, self->in.facts, at, end);
}

// --- signs beside a name

// "(+1,2%)", "(-3,4 %)".
static bool has_change(const Signs *self, size_t end)
{
  static const char changes[] = "+\0-\0−\0–\0";
  return is_mark(&self->in, end, "(\0") && is_mark(&self->in, end + 1, changes) && end + 3 < self->in.len &&
         (token_at(self, end + 2)->flags & TOKEN_NUMBER) && is_mark(&self->in, end + 3, "%\0");
}

// Whether everybody knows the place that begins at `at`.
static bool is_known_place(const Signs *self, size_t at)
{
  const NameFact *fact = &self->in.facts[at];
  bool known = (fact->types & GAZETTEER_LOC) && fact->strength >= KNOWN;
  return known || (fact->word & WORD_PLACE) >> WORD_PLACE_SHIFT == 3;
}

// Whether one comma or "and" stands between the token and an organisation before or behind it.
static bool is_joint(const Signs *self, size_t at)
{
  if (at >= self->in.len) return false;
  if (is_mark(&self->in, at, ",\0")) return true;
  for (size_t i = 0; i < NAME_JOINERS; i++) {
    Str joiner = self->in.known->lists.joiners[self->in.notes->lang][i];
    if (joiner.len && str_eq(token_at(self, at)->lower, joiner)) return true;
  }
  return false;
}

static bool stands_in_list(const Signs *self, size_t end, const Name *before, const Name *behind)
{
  bool left = before && before->type == ENTITY_ORG && before->last + 1 == end - 1;
  if (left && is_joint(self, before->last)) return true;
  return behind && behind->type == ENTITY_ORG && behind->first == end + 1 && is_joint(self, end);
}

// "shares of", "Papiere von": what follows is a company.
static bool follows_stock(const Signs *self, size_t first)
{
  bool small = first >= 2 && !(token_at(self, first - 1)->flags & (TOKEN_CAPITAL | TOKEN_PUNCT));
  return small && token_at(self, first - 1)->lower.len <= 4 && str_is(kind_at(self, first - 2), "stock");
}

// What the words beside the tokens [first, end) say they are; ENTITY_TYPES: nothing.
static EntityType sign_of(const Signs *self, size_t first, size_t end)
{
  EntityType type = namebounds_sign(&self->in, self->nouns, first, end);
  return has_change(self, end) || follows_stock(self, first) ? ENTITY_ORG : type;
}

// --- rivers and landscapes

enum { LAND_MOST = 4 };    // words
enum { ARTICLE_MOST = 4 }; // bytes of a small word: articles, and prepositions with them

// Whether a small word stands in front, as does before rivers, but not before persons.
static bool is_behind_small(const Signs *self, size_t at)
{
  if (!at || (token_at(self, at)->flags & TOKEN_FIRST)) return false;
  const Token *before = token_at(self, at - 1);
  return (before->flags & TOKEN_WORD) && before->lower.len <= ARTICLE_MOST && !self->in.facts[at - 1].title &&
         (!(before->flags & TOKEN_CAPITAL) || (before->flags & TOKEN_FIRST));
}

// The token behind the river or landscape of the table that begins at `at`; `at` where none does: "an der
// [Oder]", "[Hunsrück]", but not "Oder" elsewhere, nor "Eder" where somebody of that name may be meant.
static size_t land_end(const Signs *self, size_t at)
{
  const Table *lands = self->in.known->lists.lands[self->in.notes->lang];
  size_t end = at, row = SIZE_MAX;
  if (!lands || !self->in.facts[at].begins_org) return at;
  for (size_t last = at + 1; last <= self->in.len && last <= at + LAND_MOST; last++) {
    Str text = str_slice(self->in.notes->text, token_at(self, at)->start, token_at(self, last - 1)->end);
    size_t found = table_seek(lands, text);
    if (found != SIZE_MAX) end = last, row = found;
  }
  if (end == at) return at;
  bool doubtful = table_cell(lands, row, 1).len || (end == at + 1 && is_persons(&self->in, at));
  if (doubtful && !is_behind_small(self, at)) return at;
  bool goes_on =
      is_capital(&self->in, end) && !touches(&self->in, end) && !(token_at(self, end)->flags & TOKEN_FIRST);
  bool noun = self->in.notes->lang == LANG_DE && goes_on && self->in.facts[end].groups[0];
  return goes_on && !noun ? at : end;
}

// --- politicians' parties and states

// "R-[Arizona]", "D-[N.Y.]": the state alone is a name.
static bool read_party_state(const Signs *self, size_t at, Name *out)
{
  const Token *token = token_at(self, at);
  const Gazetteer *known = self->in.known->gazetteer;
  if (self->in.notes->lang != LANG_EN || !(token->flags & TOKEN_HAS_HYPHEN) || token->end - token->start < 4)
    return false;
  Str text = str_slice(self->in.notes->text, token->start, token->end);
  if (!strchr("DIR", text.ptr[0]) || text.ptr[1] != '-' || text.ptr[2] < 'A' || text.ptr[2] > 'Z')
    return false;
  bool point = is_mark(&self->in, at + 1, ".\0") && touches(&self->in, at + 1);
  Str state = str_slice(self->in.notes->text, token->start + 2, token->end + point);
  size_t row = table_seek(self->in.known->lists.states, state);
  if (row == SIZE_MAX && point)
    point = false, row = table_seek(self->in.known->lists.states, str_slice(state, 0, state.len - 1));
  GazetteerEntity place = {0};
  uint64_t word = gazetteer_word_hash(str_slice(token->lower, 2, token->lower.len));
  bool whole = row == SIZE_MAX && gazetteer_entity(known, gazetteer_key_add(0, word), &place) &&
               (place.types & GAZETTEER_LOC);
  if (row == SIZE_MAX && !whole) return false;
  *out = (Name){.type = ENTITY_LOC, .by = BY_RULE, .confidence = RULE_CONFIDENCE};
  set_tokens(&self->in, out, at, at + 1 + point);
  out->start += 2;
  out->entity = whole ? place.id : gazetteer_id_of(table_cell(self->in.known->lists.states, row, 1));
  return true;
}

// --- names that the tagger saw

static bool has_given_name(const Signs *self, const Name *name)
{
  bool given = is_given(&self->in, name->first, KNOWN);
  size_t words = name->last - name->first;
  return name->type == ENTITY_PER && (words > 2 || (given && (words > 1 || !has_change(self, name->last))));
}

// "Baird analyst Ann Quigg".
static bool employs(const Signs *self, const Name *name, const Name *behind)
{
  return behind && behind->type == ENTITY_PER && behind->first == name->last + 1 &&
         str_is(kind_at(self, name->last), "firm");
}

// The kind of a German noun, in the genitive too: "des Autokonzerns".
static Str kind_of_noun(const Signs *self, size_t at)
{
  Str kind = kind_at(self, at), lower = token_at(self, at)->lower;
  if (kind.len || !str_ends(lower, STR("s"))) return kind;
  size_t row = namenouns_row(self->nouns, str_slice(lower, 0, lower.len - 1));
  return row == SIZE_MAX ? kind : table_cell(self->nouns->nouns, row, 1);
}

// German nouns have capitals: "[Verfolger] Stuttgart", "[Kölner Dienstleister] Wige".
static void drop_noun(const Signs *self, Name *name)
{
  if (self->in.notes->lang != LANG_DE || name->last == name->first + 1) return;
  bool town = name->last > name->first + 2 && str_ends(token_at(self, name->first)->lower, STR("er")) &&
              str_is(kind_of_noun(self, name->first + 1), "org");
  if (town) set_tokens(&self->in, name, name->first + 1, name->last);
  Str kind = kind_of_noun(self, name->first);
  bool part = str_is(kind, "form") && name->type == ENTITY_ORG; // "Spedition Hellmann"
  if (!kind.len || part) return;
  set_tokens(&self->in, name, name->first + 1, name->last);
  if (str_is(kind, "place")) set_type(name, ENTITY_LOC); // "Region Stuttgart"
}

// "Texas [Republican]".
static void drop_member(const Signs *self, Name *name)
{
  size_t last = name->last - 1;
  if (last == name->first || !str_is(kind_at(self, last), "member") || !is_known_place(self, name->first))
    return;
  set_tokens(&self->in, name, name->first, last);
  set_type(name, ENTITY_LOC);
}

// "ROMA - «...": capitals at the head of a line with a dash behind them, and perhaps a province, say where
// the article was written.
static bool heads_dateline(const Signs *self, const Name *name)
{
  size_t at = name->last;
  const Token *first = token_at(self, name->first);
  if (!(first->flags & TOKEN_LINE_START) || !(first->flags & TOKEN_ALL_CAPS) || name->type == ENTITY_LOC)
    return false;
  if (name->type == ENTITY_ORG && !is_known_place(self, name->first)) return false; // "DGAP - ein Service"
  bool capitals = token_at(self, at - 1)->flags & TOKEN_ALL_CAPS;
  if (is_mark(&self->in, at, "(\0") && is_mark(&self->in, at + 2, ")\0")) at += 3;
  return capitals && !touches(&self->in, at) && is_mark(&self->in, at, "-\0–\0—\0");
}

// Whether only the head of its sentence gives the word a capital: it is always written small.
static bool is_small_word(const Signs *self, size_t at)
{
  return (token_at(self, at)->flags & TOKEN_FIRST) && self->in.facts[at].casing == CASING_ALWAYS_LOWER;
}

// "MAZARA DEL VALLO ([TRAPANI])": the province behind the town at the head of a line.
static bool is_province(const Signs *self, const Name *name, const Name *before)
{
  if (!before || before->type != ENTITY_LOC || before->last + 1 != name->first) return false;
  const uint32_t both = TOKEN_LINE_START | TOKEN_ALL_CAPS;
  return (token_at(self, before->first)->flags & both) == both && is_known_place(self, name->first) &&
         is_mark(&self->in, before->last, "(\0") && is_mark(&self->in, name->last, ")\0");
}

// "[Per] Legambiente": a small word that a sentence's head gave a capital is no part of a known name.
static void drop_small_word(const Signs *self, Name *name)
{
  size_t first = name->first, end;
  if (name->last == first + 1 || !is_small_word(self, first) || touches(&self->in, first + 1)) return;
  if (known_at(self, first, &end) != ORG_UNKNOWN || known_at(self, first + 1, &end) != ORG_SURE) return;
  if (end != name->last) return;
  set_tokens(&self->in, name, first + 1, end);
  set_type(name, ENTITY_ORG);
}

// "Bürgermeister von [Altenweide]": whether the one word is whose mayor somebody is, and no noble and no
// club.
static bool is_realm(const Signs *self, size_t at)
{
  return at >= 2 && str_is(token_at(self, at - 1)->lower, "von") && str_is(kind_at(self, at - 2), "ruler");
}

static void read_realm(const Signs *self, Name *name)
{
  size_t at = name->last - 1; // the one word
  bool inside = name->first + 1 == at;
  if ((name->first != at && !inside) || !is_realm(self, at)) return;
  set_tokens(&self->in, name, at, name->last);
  set_type(name, ENTITY_LOC);
}

// "la région Pays de la Loire": what a noun calls a place and the gazetteer knows as nothing else.
static bool is_called_place(const Signs *self, const Name *name)
{
  GazetteerEntity entity;
  size_t end = namefacts_match(self->in.known->gazetteer, self->in.notes, self->in.facts, name->first,
                               name->last, GAZETTEER_ORG | GAZETTEER_LOC, &entity);
  return end == name->last && entity.types == GAZETTEER_LOC &&
         sign_of(self, name->first, name->last) == ENTITY_LOC;
}

// "el municipio de [Laza]", "the village of [Bray]": whether a noun for a place names it so.
static bool is_place_of(const Signs *self, size_t at)
{
  if (at < 2 || self->in.notes->lang == LANG_DE || (token_at(self, at)->flags & TOKEN_FIRST)) return false;
  return self->in.facts[at - 1].particle && !is_capital(&self->in, at - 1) &&
         str_is(kind_at(self, at - 2), "place");
}

// "in Cagayan and [Isabela]": one word that may be a person's as well, behind a place where somebody is.
static void read_second_place(const Signs *self, Name *name, const Name *before)
{
  if (name->type != ENTITY_PER || name->last > name->first + 1 || !before || before->type != ENTITY_LOC)
    return;
  if (before->last + 1 != name->first || is_mark(&self->in, before->last, ",\0") ||
      !is_joint(self, before->last))
    return;
  const NameLists *lists = &self->in.known->lists;
  bool place =
      before->first &&
      str_is(namelists_before_town(lists, self->in.notes->lang, token_at(self, before->first - 1)), "place");
  if (place && (self->in.facts[name->first].word & WORD_PLACE) >> WORD_PLACE_SHIFT >= KNOWN)
    set_type(name, ENTITY_LOC);
}

// "Sriparna Roy" in a row of towns: nothing that the gazetteer has, and a family name.
static bool is_unlikely_place(const Signs *self, const Name *name)
{
  const NameFact *given = &self->in.facts[name->first], *family = given + 1;
  if (name->type != ENTITY_LOC || name->last != name->first + 2 || name->confidence >= DOUBTFUL) return false;
  bool surname = (family->word & WORD_SURNAME) >> WORD_SURNAME_SHIFT >= COMMON;
  bool joined = name->first && is_joint(self, name->first - 1);
  if (is_known_place(self, name->first) || !joined) return false;
  return surname && !(given->word & (WORD_PLACE | WORD_IN_PLACE)) && given->casing < CASING_EVEN &&
         family->casing < CASING_EVEN && !given->orgword && !name->entity;
}

static void read_name(const Signs *self, Name *name, const Name *before, const Name *behind)
{
  read_realm(self, name);
  drop_noun(self, name);
  drop_member(self, name);
  drop_small_word(self, name);
  if (heads_dateline(self, name) || is_province(self, name, before)) set_type(name, ENTITY_LOC);
  if (is_unlikely_place(self, name)) set_type(name, ENTITY_PER);
  read_second_place(self, name, before);
  if (name->type == ENTITY_PER && !has_given_name(self, name) && is_place_of(self, name->first))
    set_type(name, ENTITY_LOC);
  size_t end = name->first;
  if (land_end(self, name->first) == name->last) {
    set_type(name, ENTITY_LOC);
    return;
  }
  bool capital = is_capital(&self->in, name->first);
  if (name->type == ENTITY_ORG && capital && is_called_place(self, name)) set_type(name, ENTITY_LOC);
  if (!capital) return;
  OrgKnown known = known_at(self, name->first, &end);
  if (known == ORG_SURE && end > name->last && (!behind || end <= behind->first)) {
    set_tokens(&self->in, name, name->first, end); // "Cassa depositi [e prestiti]"
    set_type(name, ENTITY_ORG);
  }
  if (name->type == ENTITY_ORG) return;
  if (end != name->last || is_titled(&self->in, name)) known = ORG_UNKNOWN;
  EntityType sign = sign_of(self, name->first, name->last);
  bool company = known == ORG_SURE || (known && stands_in_list(self, end, before, behind)) ||
                 (name->type == ENTITY_PER && employs(self, name, behind));
  if (company || (known && sign == ENTITY_ORG)) {
    set_type(name, ENTITY_ORG);
  } else if (sign != ENTITY_TYPES && sign != name->type && !has_given_name(self, name)) {
    if (sign == ENTITY_LOC || !is_known_place(self, name->first)) set_type(name, sign);
  }
}

// --- names that it did not see

static Name name_of(const Signs *self, size_t first, size_t end, EntityType type)
{
  Name name = {.type = type, .by = BY_RULE, .confidence = RULE_CONFIDENCE};
  set_tokens(&self->in, &name, first, end);
  return name;
}

// Whether the word is a name rather than a noun of a language that gives these capitals.
static bool is_odd(const Signs *self, size_t at)
{
  const NameFact *fact = &self->in.facts[at];
  if (!is_capital(&self->in, at) || (token_at(self, at)->flags & TOKEN_FIRST)) return false;
  if (token_at(self, at)->lower.len < 2) return false; // "Grupo A"
  return !fact->title && !fact->lower_here && fact->casing < CASING_EVEN && !(fact->word & WORD_DEMONYM) &&
         (self->in.notes->lang != LANG_DE || !fact->groups[0] || fact->begins_org ||
          (fact->word & (WORD_SURNAME | WORD_PLACE | WORD_ORG)));
}

static size_t limit_of(const Signs *self)
{
  return self->next ? self->next->first : self->in.len;
}

// A company of the list, or what a noun in front says to be one; false: none begins at `at`.
static bool find_unseen_company(const Signs *self, size_t at, Name *out)
{
  size_t end = at, limit = limit_of(self);
  OrgKnown known = known_at(self, at, &end);
  if (end > limit || (!known && !is_odd(self, at))) return false;
  if (known && end < self->in.len && !(token_at(self, end)->flags & (TOKEN_PUNCT | TOKEN_FIRST)) &&
      (is_capital(&self->in, end) || (token_at(self, end)->flags & TOKEN_NUMBER)))
    return false; // "Fiat Panda", "Boeing 747": what it makes
  EntityType sign = sign_of(self, at, known ? end : at + 1);
  if (known == ORG_SURE || (known && sign == ENTITY_ORG)) {
    *out = name_of(self, at, end, ENTITY_ORG);
    return true;
  }
  if (sign == ENTITY_TYPES || !is_odd(self, at) || (sign == ENTITY_ORG && is_known_place(self, at)))
    return false; // "el partido Perú Posible"
  end = at + 1;
  while (end < limit && end < at + NEW_MOST && is_odd(self, end)) end++;
  *out = name_of(self, at, end, sign);
  return true;
}

// Whether nothing but a place goes by the word: no person's name and no noun, and the field, if it was in
// doubt, took it for one as well.
static bool is_place_alone(const Signs *self, size_t at, const GazetteerEntity *place)
{
  const NameFact *fact = &self->in.facts[at];
  bool weak = self->weak && self->weak->first <= at;
  if (weak && self->weak->type != ENTITY_LOC) return false;
  if (fact->casing >= CASING_EVEN || (fact->word & (WORD_DEMONYM | WORD_GIVEN | WORD_SURNAME))) return false;
  return !fact->groups[0] || place->strength >= KNOWN || (token_at(self, at)->flags & TOKEN_HAS_HYPHEN);
}

// "Shore Quartz analyst Ann Quigg", "Lagunare Quarzi srl": a row of capitals with an analyst behind it, or
// with the form of a company; likewise.
static bool find_unseen_firm(const Signs *self, size_t at, Name *out)
{
  size_t end = at, limit = limit_of(self);
  bool nouns = self->in.notes->lang == LANG_DE; // "die Baufirma [Krug & Söhne]"
  bool the = is_small_word(self, at), behind_the = at && is_small_word(self, at - 1); // "La [Mottola spa]"
  bool inside =
      at && is_capital(&self->in, at - 1) && !behind_the && !(token_at(self, at)->flags & TOKEN_FIRST);
  if (the) return false;
  if ((inside && (!nouns || is_odd(self, at - 1))) || (nouns && !is_odd(self, at))) return false;
  while (end < limit && end < at + NEW_MOST && is_capital(&self->in, end) &&
         (end == at || !(token_at(self, end)->flags & TOKEN_FIRST)))
    end++;
  bool noun =
      end < at + 2 && (token_at(self, at)->flags & TOKEN_FIRST) && self->in.facts[at].casing >= CASING_EVEN;
  if (end == at || noun || self->in.facts[at].title) return false;
  bool employs = self->next && self->next->type == ENTITY_PER && self->next->first == end + 1 &&
                 str_is(kind_at(self, end), "firm");
  size_t form = namebounds_form_end(&self->in, end, false);
  if (form > limit || (!employs && form == end)) return false;
  *out = name_of(self, at, form, ENTITY_ORG);
  return true;
}

// "Yvette, 71 ans", "Marta (34)": a given name before somebody's age.
static bool find_unseen_person(const Signs *self, size_t at, Name *out)
{
  const NameFact *fact = &self->in.facts[at];
  bool given = (fact->word & WORD_GIVEN) >= KNOWN && fact->casing < CASING_EVEN && !fact->orgword &&
               (fact->word & WORD_PLACE) >> WORD_PLACE_SHIFT < KNOWN;
  bool inside = at && !(token_at(self, at)->flags & TOKEN_FIRST) && is_odd(self, at - 1);
  if (!given || inside || at + 3 >= self->in.len || !is_mark(&self->in, at + 1, ",\0(\0")) return false;
  bool bracket = is_mark(&self->in, at + 1, "(\0");
  const Token *age = token_at(self, at + 2);
  if (!(age->flags & TOKEN_NUMBER) || age->lower.len > 2) return false;
  bool closed = is_mark(&self->in, at + 3, bracket ? ")\0" : ",\0");
  bool years = !bracket && str_is(kind_at(self, at + 3), "years");
  if (!closed && !years) return false;
  *out = name_of(self, at, at + 1, ENTITY_PER);
  return true;
}

// Whether a town at the head of its line ends here, in capitals: "TORRE DEL GRECO (NAPOLI) –", "BERGAMO -".
static bool ends_dateline(const Signs *self, size_t first, size_t end)
{
  if (!(token_at(self, first)->flags & TOKEN_ALL_CAPS) || touches(&self->in, end)) return false;
  return is_mark(&self->in, end, "-\0–\0—\0") ||
         (is_mark(&self->in, end, "(\0") && is_mark(&self->in, end + 2, ")\0"));
}

// "Burgos. El equipo ...": a town alone at the head of a paragraph; likewise.
static bool find_unseen_dateline(const Signs *self, size_t at, Name *out)
{
  const NameFact *fact = &self->in.facts[at];
  if (at || self->in.notes->kind != BLOCK_PARAGRAPH || !(fact->types & GAZETTEER_LOC)) return false;
  GazetteerEntity town;
  size_t end = namefacts_match(self->in.known->gazetteer, self->in.notes, self->in.facts, at, limit_of(self),
                               GAZETTEER_LOC, &town);
  if (end == at || !gazetteer_is_town(town.id) || town.strength < KNOWN || end + 1 >= self->in.len)
    return false;
  bool alone = is_mark(&self->in, end, ".\0") && touches(&self->in, end) && !touches(&self->in, end + 1);
  if (!alone && !ends_dateline(self, at, end)) return false;
  *out = name_of(self, at, end, ENTITY_LOC);
  return true;
}

// A place that the gazetteer knows, behind a word that says that one is there; likewise.
static bool find_unseen_place(const Signs *self, size_t at, Name *out)
{
  const NameFact *fact = &self->in.facts[at];
  if (!at || (fact->match != MATCH_ALONE && fact->match != MATCH_FIRST) || !(fact->types & GAZETTEER_LOC))
    return false;
  const Token *before = token_at(self, at - 1);
  if (!str_is(namelists_before_town(&self->in.known->lists, self->in.notes->lang, before), "place"))
    return false;
  GazetteerEntity place;
  size_t end = namefacts_match(self->in.known->gazetteer, self->in.notes, self->in.facts, at, limit_of(self),
                               GAZETTEER_LOC, &place);
  if (end == at || !is_place_alone(self, at, &place)) return false;
  if (end < self->in.len && !(token_at(self, end)->flags & TOKEN_FIRST) &&
      (is_capital(&self->in, end) || (token_at(self, end)->flags & TOKEN_NUMBER)))
    return false; // "in Halle 6"
  *out = name_of(self, at, end, ENTITY_LOC);
  return true;
}

// A particle of streets' names: "via [degli] Armeni", "rue [de la] Paix".
static bool joins_street(const Signs *self, size_t at)
{
  const Token *token = token_at(self, at);
  bool small = (token->flags & TOKEN_WORD) && !(token->flags & TOKEN_CAPITAL);
  return small && (self->in.facts[at].particle || token->lower.len <= 2);
}

// What goes by a word like "via" and capitals behind it; likewise.
static bool find_unseen_street(const Signs *self, size_t at, Name *out)
{
  size_t first = at, end = at, limit = limit_of(self);
  if (token_at(self, at)->flags & TOKEN_FIRST) return false;
  while (first && first + 2 > at && joins_street(self, first - 1)) first--;
  if (!first || namebounds_bearer(&self->in, first - 1, '<', ENTITY_LOC) != ENTITY_LOC) return false;
  if (first > 1 && (token_at(self, first - 2)->flags & TOKEN_WORD) &&
      token_at(self, first - 2)->lower.len > 5)
    return false; // "trasmesso via Internet"
  while (end < limit && end < at + NEW_MOST && is_capital(&self->in, end) &&
         (end == at || !(token_at(self, end)->flags & TOKEN_FIRST)))
    end++;
  if (self->in.facts[at].begins_org || end == limit) return false;
  *out = name_of(self, first - 1, end, ENTITY_LOC);
  return true;
}

// "in den Städten Ilmenau, Suhl und Gotha", "the towns of Bray and Navan": whether the token goes on with
// such a list or begins one.
static bool is_listed(const Signs *self, size_t at)
{
  if (self->places && at == self->places + 1) return is_joint(self, self->places);
  if (!at || (token_at(self, at)->flags & TOKEN_FIRST)) return false;
  bool of = self->in.facts[at - 1].particle && self->in.notes->lang != LANG_DE;
  if (of) return at > 1 && str_is(kind_at(self, at - 2), "places");
  return self->in.notes->lang == LANG_DE && str_is(kind_at(self, at - 1), "places");
}

// "im Freistaat": the noun for places of a kind is none by itself.
static bool is_plain_noun(const Signs *self, const Name *name)
{
  if (self->in.notes->lang != LANG_DE || name->type != ENTITY_LOC || name->last > name->first + 1)
    return false;
  size_t row = table_seek(self->nouns->nouns, token_at(self, name->first)->lower);
  return row != SIZE_MAX && str_is(table_cell(self->nouns->nouns, row, 1), "place");
}

static void read_listed(Signs *self, Name *name)
{
  if (!is_listed(self, name->first)) return;
  bool person = name->type == ENTITY_PER && name->last > name->first + 1;
  self->places = person || name->type == ENTITY_ORG ? 0 : name->last;
  if (self->places) set_type(name, ENTITY_LOC);
}

static bool find_unseen_land(const Signs *self, size_t at, Name *out)
{
  size_t end = land_end(self, at);
  if (end == at || end > limit_of(self)) return false;
  *out = name_of(self, at, end, ENTITY_LOC);
  return true;
}

static bool find_unseen(const Signs *self, size_t at, Name *out)
{
  if (read_party_state(self, at, out)) return true;
  bool realm =
      is_realm(self, at) && !is_capital(&self->in, at + 1) && self->in.facts[at].casing < CASING_EVEN;
  if (realm || (is_place_of(self, at) && is_odd(self, at))) {
    *out = name_of(self, at, at + 1, ENTITY_LOC);
    return true;
  }
  bool goes_on = self->places && at == self->places + 1 && !self->in.facts[at].title;
  if (is_listed(self, at) && (goes_on || is_odd(self, at))) {
    *out = name_of(self, at, at + 1, ENTITY_LOC);
    return true;
  }
  return find_unseen_land(self, at, out) || find_unseen_company(self, at, out) ||
         find_unseen_firm(self, at, out) || find_unseen_place(self, at, out) ||
         find_unseen_street(self, at, out) || find_unseen_dateline(self, at, out) ||
         find_unseen_person(self, at, out);
}

void namesigns_read(const Names *names, Notes *notes, const NameFact *facts)
{
  Signs self = {{&names->known, notes, facts, notes->tokens.items, notes->tokens.len, 0},
                &names->signs[notes->lang],
                NULL,
                NULL,
                0};
  NameVec whole = {0};
  size_t n = 0, w = 0, count = notes->names.len;
  for (size_t at = 0; at < notes->tokens.len;) {
    self.next = n < count ? &notes->names.items[n] : NULL;
    bool named = self.next && self.next->first == at;
    if (!named && !(facts[at].active && is_capital(&self.in, at))) {
      at++;
      continue;
    }
    while (w < notes->weak.len && notes->weak.items[w].last <= at) w++;
    self.weak = w < notes->weak.len ? &notes->weak.items[w] : NULL;
    Name name;
    if (named) {
      name = *self.next;
      if (name.last == name.first + 1) read_party_state(&self, at, &name);
      const Name *before = whole.len ? &whole.items[whole.len - 1] : NULL;
      read_name(&self, &name, before, ++n < count ? &notes->names.items[n] : NULL);
    } else if (!find_unseen(&self, at, &name)) {
      at++;
      continue;
    }
    if (is_plain_noun(&self, &name)) {
      at = name.last;
      continue;
    }
    read_listed(&self, &name);
    vec_push_in(&notes->arena, &whole, name);
    at = name.last;
  }
  notes->names = whole;
}
