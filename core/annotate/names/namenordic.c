// Names of the north and of Finland. Many are unknown to everything the tagger learnt from, and are told by
// what stands around them: a noun in front says what bears the name ("selskapet Norlys", "byen Krasne";
// namebounds_sign()), one behind belongs to it ("Södertörns tingsrätt"; bearers.<lang>.tsv), or its own last
// part does ("Skogforbundet", "Sverdrup-feltet"; nameends.tsv). Likewise "(S)" behind a politician; and some
// organisations are simply known (nameknown.h). What the tagger has taken for something else is mended, what
// it missed is a name by such a sign alone. One pass over the block's capitals.
#include "annotate/names/namebounds_p.h"

enum { WORD_LEAST = 3 }; // bytes of a word that begins a sentence and a name
enum { ROW_MOST = 24 };  // words of a name: a heading may be one long row of capitals
#define DOUBTFUL 0.65f   // below this a name listens to its own last part

// Languages read here; the signs of all are read in namesigns.c.
static const uint32_t READ = 1u << LANG_SV | 1u << LANG_NB | 1u << LANG_NN | 1u << LANG_DA | 1u << LANG_FI;

typedef struct Nordic {
  Bounds at;
  const NameNouns *signs, *ends;
  const Table *parties, *roles;
  const Table *endings; // of cases; NULL: none
} Nordic;

static EntityType type_of(Str cell)
{
  return str_is(cell, "LOC") ? ENTITY_LOC : ENTITY_ORG;
}

static bool is_common(const Nordic *self, size_t at)
{
  return self->at.facts[at].casing >= CASING_EVEN && !(self->at.tokens[at].flags & TOKEN_HAS_HYPHEN);
}

// What the word's own last part makes of it; ENTITY_TYPES: nothing.
static EntityType end_of(const Nordic *self, size_t at)
{
  Str lower = self->at.tokens[at].lower;
  size_t row = namenouns_row(self->ends, lower);
  if (row == SIZE_MAX && namefacts_genitive(self->at.notes->lang) && str_ends(lower, STR("s")))
    row = namenouns_row(self->ends, str_slice(lower, 0, lower.len - 1));
  if (row == SIZE_MAX || str_is(table_cell(self->ends->nouns, row, 1), "-")) return ENTITY_TYPES;
  return type_of(table_cell(self->ends->nouns, row, 1));
}

// "Sverdrup-feltet": behind the hyphen a word in lower case.
static bool is_hyphened(const Nordic *self, size_t at)
{
  const Token *token = &self->at.tokens[at];
  Str text = str_slice(self->at.notes->text, token->start, token->end);
  size_t hyphen = text.len;
  if (!(token->flags & TOKEN_HAS_HYPHEN)) return false;
  while (hyphen && text.ptr[hyphen - 1] != '-') hyphen--;
  return hyphen && hyphen < text.len && str_ends(token->lower, str_slice(text, hyphen, text.len));
}

// The token behind the known organisation that begins at `at` and goes no further; `at`: none does.
static size_t known_end(const Nordic *self, size_t at)
{
  size_t end = at;
  const NameLists *lists = &self->at.known->lists;
  if (nameknown_find(lists, self->at.notes, self->at.facts, at, &end) != ORG_SURE) return at;
  bool goes_on =
      is_capital(&self->at, end) && !touches(&self->at, end) && !(self->at.tokens[end].flags & TOKEN_FIRST);
  if (!goes_on) return end;
  bool owner = is_given(&self->at, end, KNOWN) && nameknown_owns(lists, self->at.notes, at, end);
  return owner ? end : at; // "Volvos | Nils Ek"
}

// --- names that were found

// "Sunnfjord Bildelar": what it does is part of a company's name.
static bool is_business(const Nordic *self, const Name *name)
{
  const Table *businesses = self->at.known->lists.businesses_of[self->at.notes->lang];
  size_t last = name->last - 1;
  const Token *does = &self->at.tokens[last];
  if (name->type == ENTITY_ORG || last == name->first || !is_capital(&self->at, last)) return false;
  if ((does->flags & TOKEN_ALL_CAPS) || table_seek(businesses, does->lower) == SIZE_MAX) return false;
  GazetteerEntity place;
  for (size_t at = name->first; at < last; at++)
    if (!is_capital(&self->at, at)) return false;
  bool person = name->type == ENTITY_PER && is_given(&self->at, name->first, KNOWN);
  return !person && namefacts_match(self->at.known->gazetteer, self->at.notes, self->at.facts, name->first,
                                    name->last, GAZETTEER_LOC, &place) != name->last;
}

// "Länsförsäkringar [Skaraborg]": the tagger saw one name, of which all but the last word is known.
static bool is_branch(const Nordic *self, const Name *name)
{
  size_t end = name->first;
  if (name->last < name->first + 2 || !is_capital(&self->at, name->last - 1)) return false;
  return nameknown_find(&self->at.known->lists, self->at.notes, self->at.facts, name->first, &end) ==
             ORG_SURE &&
         end + 1 == name->last;
}

// "analytiker Ane Vik i Kvarnlys": who has such a job has it with a company, if the place is none that is
// known.
static bool is_employer(const Nordic *self, const Name *before, const Name *name)
{
  const Bounds *at = &self->at;
  if (!before || before->type != ENTITY_PER || !before->first || before->last + 1 != name->first)
    return false;
  if (name->type == ENTITY_ORG || (at->facts[name->first].types & GAZETTEER_LOC) ||
      at->facts[name->first].word & WORD_PLACE)
    return false;
  const Token *between = &at->tokens[before->last];
  if (!str_is(namelists_before_town(&at->known->lists, at->notes->lang, between), "place") &&
      !str_is(between->lower, "hos"))
    return false;
  size_t row = namenouns_row(self->signs, at->tokens[before->first - 1].lower);
  return row != SIZE_MAX && str_is(table_cell(self->signs->nouns, row, 1), "firm");
}

// "SV-politiker".
static bool is_job(const Nordic *self, size_t at)
{
  Str word = self->at.tokens[at].lower;
  size_t start = word.len;
  if (!is_hyphened(self, at)) return false;
  while (word.ptr[start - 1] != '-') start--;
  return self->at.facts[at].title || table_seek(self->roles, str_slice(word, start, word.len)) != SIZE_MAX;
}

// "[SV-politiker] Ane Vik": a job with its employer is no part of a name.
static void drop_job(const Nordic *self, Name *name)
{
  size_t first = name->first;
  if (name->last < first + 2 || !is_given(&self->at, first + 1, KNOWN) || !is_job(self, first)) return;
  set_tokens(&self->at, name, first + 1, name->last);
  set_type(name, ENTITY_PER);
}

// "[Bonden] Leif Vik", "[Fackförbundet] Sjöfolk": what only the sentence's head gave a capital.
static void drop_noun(const Nordic *self, Name *name)
{
  size_t first = name->first;
  const Token *noun = &self->at.tokens[first];
  if (name->last < first + 2 || !(noun->flags & TOKEN_FIRST) || !is_capital(&self->at, first + 1)) return;
  if (touches(&self->at, first + 1)) return;
  bool common = is_common(self, first) && !self->at.facts[first].word;
  bool more = name->last > first + 2 && !is_given(&self->at, first, KNOWN); // "Stipendiat Torkel Nesse"
  bool role = name->type == ENTITY_PER && is_given(&self->at, first + 1, KNOWN) && (common || more) &&
              table_seek(self->roles, noun->lower) != SIZE_MAX;
  bool kind = name->type == ENTITY_ORG && common && namenouns_row(self->signs, noun->lower) != SIZE_MAX;
  if (role || kind) set_tokens(&self->at, name, first + 1, name->last);
}

// "Bornholms [borgmester]": the genitive of a place in front of who is something there.
static bool is_towns(const Nordic *self, size_t at)
{
  uint64_t stem = self->at.facts[at].stem;
  return at + 1 < self->at.len && self->at.facts[at + 1].title && !is_capital(&self->at, at + 1) && stem &&
         str_ends(self->at.tokens[at].lower, STR("s")) &&
         (gazetteer_word(self->at.known->gazetteer, stem) & WORD_PLACE);
}

// "Turun yliopisto [ja]", "Mynämäen [kirkkoherra]", "[Silloin] Turun yliopisto": the tagger lets a Finnish
// name have words in lower case, and these are never part of one.
static void drop_small_words(const Nordic *self, Name *name)
{
  if (!self->endings) return;
  size_t first = name->first, last = name->last;
  while (last > first + 1 && !is_capital(&self->at, last - 1) &&
         (is_joiner(&self->at, last - 1) || self->at.facts[last - 1].title))
    last--;
  if (last > first + 1 && self->at.facts[first].casing == CASING_ALWAYS_LOWER &&
      (self->at.tokens[first].flags & TOKEN_FIRST) && !self->at.facts[first].word &&
      is_capital(&self->at, first + 1) && !touches(&self->at, first + 1))
    first++;
  set_tokens(&self->at, name, first, last);
}

// Whether the word says where something is: "Turussa", but not "Vanessa".
static bool is_inside(const Nordic *self, size_t at)
{
  Str lower = self->at.tokens[at].lower;
  if (!is_capital(&self->at, at) || gazetteer_word(self->at.known->gazetteer, self->at.facts[at].hash))
    return false;
  bool from = (str_ends(lower, STR("sta")) || str_ends(lower, STR("stä"))) && self->at.facts[at].stem;
  return from || str_ends(lower, STR("ssa")) || str_ends(lower, STR("ssä"));
}

// "Åbo Akademissa | Turussa": no name goes on behind such a word, but where it is the adjective of the next
// ("Porin Teknillisessä Opistossa"). What is behind stays in `name` and is a
// place, or nothing; `head` is the rest. False: nothing to part.
static bool part_declined(const Nordic *self, Name *name, Name *head)
{
  size_t at = name->first;
  while (self->endings && at + 1 < name->last && !is_inside(self, at)) at++;
  if (!self->endings || at + 1 >= name->last || !is_capital(&self->at, at + 1)) return false;
  if (is_inside(self, at + 1) && !(self->at.facts[at + 1].word & WORD_PLACE)) return false;
  *head = *name;
  set_tokens(&self->at, head, name->first, at + 1);
  set_tokens(&self->at, name, at + 1, name->last);
  if (name->type == ENTITY_ORG && (self->at.facts[at + 1].word & WORD_PLACE)) set_type(name, ENTITY_LOC);
  return true;
}

// "greve [von] Essen": who has that in the north is somebody, wherever his name comes from.
static bool is_noble(const Nordic *self, const Name *name)
{
  size_t first = name->first;
  return first > self->at.floor && str_is(self->at.tokens[first - 1].lower, "von") &&
         name->type != ENTITY_PER;
}

static void mend(const Nordic *self, Name *name, const Name *before)
{
  if (is_noble(self, name)) {
    set_tokens(&self->at, name, name->first - 1, name->last);
    set_type(name, ENTITY_PER);
    return;
  }
  drop_job(self, name);
  drop_noun(self, name);
  drop_small_words(self, name);
  size_t known = known_end(self, name->first);
  if (known > name->first && known >= name->last && !is_titled(&self->at, name)) {
    set_tokens(&self->at, name, name->first, known);
    set_type(name, ENTITY_ORG);
    return;
  }
  if (is_branch(self, name) || is_business(self, name) || is_employer(self, before, name)) {
    set_type(name, ENTITY_ORG);
    return;
  }
  size_t last = name->last - 1;
  bool alone = name->first == last, hyphened = is_hyphened(self, last);
  bool doubtful = name->confidence < DOUBTFUL;
  EntityType type = namebounds_sign(&self->at, self->signs, name->first, name->last);
  if (type == ENTITY_TYPES && alone && doubtful && is_towns(self, last)) type = ENTITY_LOC;
  if (type == ENTITY_TYPES && (name->type == ENTITY_PER || (doubtful && alone)) &&
      (hyphened || (alone && !is_persons(&self->at, last))))
    type = end_of(self, last);
  if (type == ENTITY_TYPES || type == name->type) return;
  if (name->type == ENTITY_ORG && !alone) return; // it has said enough of itself
  set_type(name, type);
}

// --- names that were not

// The token behind the row of capitals from `first` on, as far as a name goes.
static size_t row_end(const Nordic *self, size_t first)
{
  size_t end = first + 1;
  while (end < first + ROW_MOST && is_capital(&self->at, end) && !touches(&self->at, end) &&
         !(self->at.tokens[end].flags & TOKEN_FIRST))
    end++;
  return end;
}

// "Södertörns [tingsrätt]", "Oslo [politidistrikt]": the type of what the noun behind names.
static EntityType tail_of(const Nordic *self, size_t end)
{
  const Bounds *at = &self->at;
  if (end >= at->len || touches(at, end) || is_capital(at, end)) return ENTITY_TYPES;
  if (is_common(self, end - 1)) return ENTITY_TYPES; // "Ett universitet"
  return namebounds_bearer(at, end, '>', ENTITY_ORG);
}

// "Liv Berg [(S)]".
static bool is_party(const Nordic *self, const Name *before, size_t at)
{
  const Token *token = &self->at.tokens[at];
  if (!before || before->type != ENTITY_PER || before->last + 1 != at) return false;
  if (!is_mark(&self->at, at - 1, "(\0") || !is_mark(&self->at, at + 1, ")\0")) return false;
  return table_seek(self->parties, str_slice(self->at.notes->text, token->start, token->end)) != SIZE_MAX;
}

// "Skogforbundet" inside a sentence: one word that is no part of anything greater.
static bool stands_alone(const Nordic *self, size_t at)
{
  const uint32_t never = TOKEN_FIRST | TOKEN_LINE_START | TOKEN_ALL_CAPS | TOKEN_HAS_HYPHEN;
  bool goes_on = is_capital(&self->at, at + 1) && !(self->at.tokens[at + 1].flags & TOKEN_FIRST);
  bool opens = at && is_mark(&self->at, at - 1, ":\0"); // what comes may be a sentence of its own
  return !(self->at.tokens[at].flags & never) && !goes_on && !opens && !is_persons(&self->at, at) &&
         !self->at.facts[at].title;
}

// The name that begins with the capital at `first`, which no name holds; false: there is none.
static bool find(const Nordic *self, const Name *before, size_t first, Name *out)
{
  const Token *token = &self->at.tokens[first];
  bool small = is_common(self, first) || token->lower.len < WORD_LEAST;
  if ((token->flags & TOKEN_FIRST) && small) return false; // "I Svartviks lasarett"
  if (is_job(self, first)) return false;                   // "Sparebanken Vest-økonom"
  size_t end = row_end(self, first), known = known_end(self, first);
  EntityType type = token->lower.len > 1 ? namebounds_sign(&self->at, self->signs, first, end) : ENTITY_TYPES;
  if (known > first) type = ENTITY_ORG, end = known;
  if (type == ENTITY_TYPES && (type = tail_of(self, end)) != ENTITY_TYPES) end++;
  if (type == ENTITY_TYPES && end == first + 1 && stands_alone(self, first)) type = end_of(self, first);
  if (type == ENTITY_TYPES && is_party(self, before, first)) type = ENTITY_ORG;
  if (type == ENTITY_TYPES) return false;
  *out = (Name){.type = type, .by = BY_RULE, .confidence = RULE_CONFIDENCE};
  set_tokens(&self->at, out, first, end);
  return true;
}

// "Rädda Barnen | och Friends": a known name ends where a joiner stands. The rest stays in `name`, the known
// one is `head`; false: nothing to part.
static bool part_known(const Nordic *self, Name *name, Name *head)
{
  if (name->type != ENTITY_ORG || name->last < name->first + 3) return false;
  size_t known = known_end(self, name->first);
  if (known == name->first || known + 1 >= name->last) return false;
  if (!is_joiner(&self->at, known) || !is_capital(&self->at, known + 1)) return false;
  *head = *name;
  set_tokens(&self->at, head, name->first, known);
  set_tokens(&self->at, name, known + 1, name->last);
  return true;
}

void namenordic_find(const Names *self, Notes *notes, const NameFact *facts)
{
  const NameLists *lists = &self->known.lists;
  Nordic nordic = {{&self->known, notes, facts, notes->tokens.items, notes->tokens.len, 0},
                   &self->signs[notes->lang],
                   &self->ends,
                   lists->parties_of[notes->lang],
                   lists->roles_of[notes->lang],
                   lists->endings_of[notes->lang]};
  if (!(READ >> notes->lang & 1)) return;
  NameVec out = {0};
  const NameVec *names = &notes->names;
  for (size_t at = 0, next = 0; at < nordic.at.len;) {
    Name name, *before = out.len ? &out.items[out.len - 1] : NULL;
    if (next < names->len && at == names->items[next].first) {
      Name *whole = &names->items[next];
      if (!part_known(&nordic, whole, &name) && !part_declined(&nordic, whole, &name)) name = *whole, next++;
      mend(&nordic, &name, before);
    } else if (!is_capital(&nordic.at, at) || !(nordic.at.tokens[at].flags & TOKEN_WORD) ||
               !find(&nordic, before, at, &name)) {
      at++;
      continue;
    }
    for (; next < names->len && names->items[next].first < name.last; next++)
      if (names->items[next].last > name.last)
        set_tokens(&nordic.at, &name, name.first, names->items[next].last);
    vec_push_in(&notes->arena, &out, name);
    at = name.last;
  }
  notes->names = out;
}
