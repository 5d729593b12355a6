// Names of the north and of Finland. Many are unknown to everything the tagger learnt from, and are told by
// what stands around them: a noun in front says what bears the name ("selskapet Norlys", "byen Krasne";
// namebounds_sign()), one behind belongs to it ("Södertörns tingsrätt"; bearers.<lang>.tsv), or its own last
// part does ("Skogforbundet", "Sverdrup-feltet"; nameends.tsv). Likewise "(S)" behind a politician; and some
// organisations are simply known (nameknown.h). What the tagger has taken for something else is mended, what
// it missed is a name by such a sign alone. One pass over the block's capitals.
#include "annotate/names/namebounds_p.h"

enum { WORD_LEAST = 3 }; // bytes of a word that begins a sentence and a name
#define DOUBTFUL 0.65f   // below this a name listens to its own last part

// Languages read here; the signs of all are read in namesigns.c.
static const uint32_t READ = 1u << LANG_SV | 1u << LANG_NB | 1u << LANG_NN | 1u << LANG_DA | 1u << LANG_FI;

typedef struct Kinds {
  Bounds at;
  const NameNouns *signs, *ends;
  const Table *tails, *parties, *roles;
} Kinds;

static EntityType type_of(Str cell)
{
  return str_is(cell, "LOC") ? ENTITY_LOC : ENTITY_ORG;
}

static bool is_common(const Kinds *self, size_t at)
{
  return self->at.facts[at].casing >= COMMON_WORD && !(self->at.tokens[at].flags & TOKEN_HAS_HYPHEN);
}

// What the word's own last part makes of it; ENTITY_TYPES: nothing.
static EntityType end_of(const Kinds *self, size_t at)
{
  Str lower = self->at.tokens[at].lower;
  size_t row = namenouns_row(self->ends, lower);
  if (row == SIZE_MAX && namefacts_genitive(self->at.notes->lang) && str_ends(lower, STR("s")))
    row = namenouns_row(self->ends, str_slice(lower, 0, lower.len - 1));
  if (row == SIZE_MAX || str_is(table_cell(self->ends->nouns, row, 1), "-")) return ENTITY_TYPES;
  return type_of(table_cell(self->ends->nouns, row, 1));
}

// "Sverdrup-feltet": behind the hyphen a word in lower case.
static bool is_hyphened(const Kinds *self, size_t at)
{
  const Token *token = &self->at.tokens[at];
  Str text = str_slice(self->at.notes->text, token->start, token->end);
  size_t hyphen = text.len;
  if (!(token->flags & TOKEN_HAS_HYPHEN)) return false;
  while (hyphen && text.ptr[hyphen - 1] != '-') hyphen--;
  return hyphen && hyphen < text.len && str_ends(token->lower, str_slice(text, hyphen, text.len));
}

// The token behind the known organisation that begins at `at` and goes no further; `at`: none does.
static size_t known_end(const Kinds *self, size_t at)
{
  size_t end = at;
  const NameLists *lists = &self->at.known->lists;
  if (nameknown_find(lists, self->at.notes, self->at.facts, at, &end) != ORG_SURE) return at;
  bool goes_on =
      is_capital(&self->at, end) && !touches(&self->at, end) && !(self->at.tokens[end].flags & TOKEN_FIRST);
  return goes_on ? at : end;
}

// --- names that were found

// "[Bonden] Leif Vik", "[Fackförbundet] Sjöfolk": what only the sentence's head gave a capital.
static void drop_noun(const Kinds *self, Name *name)
{
  size_t first = name->first;
  const Token *noun = &self->at.tokens[first];
  if (name->last < first + 2 || !(noun->flags & TOKEN_FIRST) || !is_capital(&self->at, first + 1)) return;
  if (!is_common(self, first) || self->at.facts[first].word || touches(&self->at, first + 1)) return;
  bool role = name->type == ENTITY_PER && is_given(&self->at, first + 1, KNOWN) &&
              table_seek(self->roles, noun->lower) != SIZE_MAX;
  bool kind = name->type == ENTITY_ORG && namenouns_row(self->signs, noun->lower) != SIZE_MAX;
  if (role || kind) set_tokens(&self->at, name, first + 1, name->last);
}

// "Bornholms [borgmester]": the genitive of a place in front of who is something there.
static bool is_towns(const Kinds *self, size_t at)
{
  uint64_t stem = self->at.facts[at].stem;
  return at + 1 < self->at.len && self->at.facts[at + 1].title && !is_capital(&self->at, at + 1) && stem &&
         str_ends(self->at.tokens[at].lower, STR("s")) &&
         (gazetteer_word(self->at.known->gazetteer, stem) & WORD_PLACE);
}

static void mend(const Kinds *self, Name *name)
{
  drop_noun(self, name);
  size_t known = known_end(self, name->first);
  if (known > name->first && known >= name->last) {
    set_tokens(&self->at, name, name->first, known);
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

// The token behind the row of capitals from `first` on.
static size_t row_end(const Kinds *self, size_t first)
{
  size_t end = first + 1;
  while (is_capital(&self->at, end) && !touches(&self->at, end) &&
         !(self->at.tokens[end].flags & TOKEN_FIRST))
    end++;
  return end;
}

// "Södertörns [tingsrätt]", "Oslo [politidistrikt]": the type of what the noun behind names.
static EntityType tail_of(const Kinds *self, size_t end)
{
  const Bounds *at = &self->at;
  if (end >= at->len || touches(at, end) || is_capital(at, end)) return ENTITY_TYPES;
  size_t row = table_seek(self->tails, at->tokens[end].lower);
  if (row == SIZE_MAX || table_cell(self->tails, row, 1).ptr[0] != '>' ||
      !memchr(table_cell(self->tails, row, 2).ptr, 'O', table_cell(self->tails, row, 2).len))
    return ENTITY_TYPES;
  if (is_common(self, end - 1)) return ENTITY_TYPES; // "Ett universitet"
  return type_of(table_cell(self->tails, row, 3));
}

// "Liv Berg [(S)]".
static bool is_party(const Kinds *self, const Name *before, size_t at)
{
  const Token *token = &self->at.tokens[at];
  if (!before || before->type != ENTITY_PER || before->last + 1 != at) return false;
  if (!is_mark(&self->at, at - 1, "(\0") || !is_mark(&self->at, at + 1, ")\0")) return false;
  return table_seek(self->parties, str_slice(self->at.notes->text, token->start, token->end)) != SIZE_MAX;
}

// "Skogforbundet" inside a sentence: one word that is no part of anything greater.
static bool stands_alone(const Kinds *self, size_t at)
{
  const uint32_t never = TOKEN_FIRST | TOKEN_LINE_START | TOKEN_ALL_CAPS | TOKEN_HAS_HYPHEN;
  bool goes_on = is_capital(&self->at, at + 1) && !(self->at.tokens[at + 1].flags & TOKEN_FIRST);
  bool opens = at && is_mark(&self->at, at - 1, ":\0"); // what comes may be a sentence of its own
  return !(self->at.tokens[at].flags & never) && !goes_on && !opens && !is_persons(&self->at, at) &&
         !self->at.facts[at].title;
}

// The name that begins with the capital at `first`, which no name holds; false: there is none.
static bool find(const Kinds *self, const Name *before, size_t first, Name *out)
{
  const Token *token = &self->at.tokens[first];
  bool small = is_common(self, first) || token->lower.len < WORD_LEAST;
  if ((token->flags & TOKEN_FIRST) && small) return false; // "I Svartviks lasarett"
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
static bool part_known(const Kinds *self, Name *name, Name *head)
{
  size_t known = known_end(self, name->first);
  if (name->type != ENTITY_ORG || known == name->first || known + 1 >= name->last) return false;
  if (!is_joiner(&self->at, known) || !is_capital(&self->at, known + 1)) return false;
  *head = *name;
  set_tokens(&self->at, head, name->first, known);
  set_tokens(&self->at, name, known + 1, name->last);
  return true;
}

void namekinds_find(const Names *self, Notes *notes, const NameFact *facts)
{
  const NameLists *lists = &self->known.lists;
  Kinds kinds = {{&self->known, notes, facts, notes->tokens.items, notes->tokens.len, 0},
                 &self->signs[notes->lang],
                 &self->ends,
                 lists->bearers_of[notes->lang],
                 lists->parties_of[notes->lang],
                 lists->roles_of[notes->lang]};
  if (!(READ >> notes->lang & 1)) return;
  NameVec out = {0};
  const NameVec *names = &notes->names;
  for (size_t at = 0, next = 0; at < kinds.at.len;) {
    Name name, *before = out.len ? &out.items[out.len - 1] : NULL;
    if (next < names->len && at == names->items[next].first) {
      if (!part_known(&kinds, &names->items[next], &name)) name = names->items[next++];
      mend(&kinds, &name);
    } else if (!is_capital(&kinds.at, at) || !(kinds.at.tokens[at].flags & TOKEN_WORD) ||
               !find(&kinds, before, at, &name)) {
      at++;
      continue;
    }
    for (; next < names->len && names->items[next].first < name.last; next++)
      if (names->items[next].last > name.last)
        set_tokens(&kinds.at, &name, name.first, names->items[next].last);
    vec_push_in(&notes->arena, &out, name);
    at = name.last;
  }
  notes->names = out;
}
