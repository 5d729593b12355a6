// Lists and patterns, tried in order on every row of capitalised words: a place or organisation the gazetteer
// knows; a person (given name and more, or a title before it); a row with a word of organisations; initials
// of organisations. A word that is mostly written in lower case begins no name at the head of a sentence.
#include "annotate/names/names_p.h"
#include "annotate/notes.h"

typedef struct Rules {
  const Notes *notes;
  const NameFact *facts;
  Arena *arena;
  NameVec *out;
} Rules;

static bool is_capital(const Rules *rules, size_t at)
{
  return at < rules->notes->tokens.len && (rules->notes->tokens.items[at].flags & TOKEN_CAPITAL) != 0;
}

// A word that means something in lower case: worth nothing alone, least of all where capitals are due.
static bool is_common(const Rules *rules, size_t at)
{
  const NameFact *fact = &rules->facts[at];
  bool first = rules->notes->tokens.items[at].flags & TOKEN_FIRST;
  return fact->lower_here || fact->casing >= (first ? CASING_EVEN : CASING_NEARLY_LOWER);
}

// Behind the last of the capitalised words from `at` on; particles between two of them count.
static size_t row_end(const Rules *rules, size_t at)
{
  size_t end = at;
  while (is_capital(rules, end) || (rules->notes->tokens.items[end].flags & TOKEN_ABBREV)) {
    end++;
    size_t over = end;
    while (over < rules->notes->tokens.len && over < end + 3 && rules->facts[over].particle) over++;
    if (over > end && is_capital(rules, over)) end = over;
    if (end >= rules->notes->tokens.len) break;
  }
  return end;
}

static void add(const Rules *rules, size_t first, size_t last, EntityType type, Maker by, float confidence)
{
  const TokenVec *tokens = &rules->notes->tokens;
  vec_push_in(rules->arena, rules->out,
              (Name){.start = tokens->items[first].start,
                     .end = tokens->items[last - 1].end,
                     .first = (uint32_t)first,
                     .last = (uint32_t)last,
                     .type = type,
                     .by = by,
                     .confidence = confidence,
                     .entity = 0});
}

// Each of these adds a name that begins at `at` and returns the token behind it, or `at`.

static size_t find_known(const Rules *rules, size_t at)
{
  const NameFact *fact = &rules->facts[at];
  if (fact->match != MATCH_ALONE && fact->match != MATCH_FIRST) return at;
  size_t end = at + 1;
  while (fact->match == MATCH_FIRST && rules->facts[end].match >= MATCH_INSIDE) end++;
  bool sure = end > at + 1 || fact->strength == 3;
  if (is_common(rules, at) && !(end > at + 1)) return at;
  if (!sure && (is_capital(rules, end) || (at && is_capital(rules, at - 1))))
    return at; // part of a longer name
  bool org = fact->types == GAZETTEER_ORG;
  if (!sure && org) return at;
  add(rules, at, end, org ? ENTITY_ORG : ENTITY_LOC, BY_LIST, sure ? 0.85f : 0.6f);
  return end;
}

static size_t find_person(const Rules *rules, size_t at)
{
  const NameFact *fact = &rules->facts[at];
  bool titled = at > 0 && rules->facts[at - 1].title,
       given = (fact->word & WORD_GIVEN) >= 1 && !is_common(rules, at);
  size_t end = row_end(rules, at);
  if (end > at + 4) end = at + 4;
  if (end - at < 2 && !titled) return at;
  if (!given && !titled) return at;
  if (is_common(rules, at) || rules->facts[at].title) return at;
  for (size_t i = at; i < end; i++) {
    if (rules->facts[i].orgword) return at;
  }
  add(rules, at, end, ENTITY_PER, BY_RULE, given ? 0.8f : 0.7f);
  return end;
}

static size_t find_organisation(const Rules *rules, size_t at)
{
  size_t end = row_end(rules, at);
  const Token *token = &rules->notes->tokens.items[at];
  bool kind = rules->facts[end - 1].orgword || rules->facts[at].orgword;
  if (end - at >= 2 && kind && !is_common(rules, at)) {
    add(rules, at, end, ENTITY_ORG, BY_RULE, 0.7f);
    return end;
  }
  bool initials = (token->flags & TOKEN_ALL_CAPS) && end == at + 1 && token->end - token->start <= 5;
  if (!initials || is_common(rules, at)) return at;
  add(rules, at, end, ENTITY_ORG, BY_RULE, 0.6f);
  return end;
}

static size_t find_surname(const Rules *rules, size_t at)
{
  const NameFact *fact = &rules->facts[at];
  bool first = rules->notes->tokens.items[at].flags & TOKEN_FIRST;
  if (first || is_capital(rules, at + 1) || (fact->word & WORD_SURNAME) >> WORD_SURNAME_SHIFT < 3) return at;
  if (is_common(rules, at) || rules->notes->lang == LANG_DE) return at; // German nouns are family names too
  add(rules, at, at + 1, ENTITY_PER, BY_LIST, 0.5f);
  return at + 1;
}

void namerules_find(const Notes *notes, const NameFact *facts, Arena *arena, NameVec *out)
{
  static size_t (*const finders[])(const Rules *, size_t) = {find_known, find_person, find_organisation,
                                                             find_surname};
  Rules rules = {notes, facts, arena, out};
  for (size_t at = 0; at < notes->tokens.len;) {
    size_t end = at;
    if (is_capital(&rules, at)) {
      for (size_t i = 0; i < ARRAY_LEN(finders) && end == at; i++) end = finders[i](&rules, at);
    }
    at = end > at ? end : at + 1;
  }
}
