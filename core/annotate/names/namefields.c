// An institute is for something, and that is part of its name: "Institut für Seerecht", "Direktoratet for
// samfunnssikkerhet og beredskap", "Ausschuss für Beschäftigung und soziale Angelegenheiten". The tagger sees
// words with capitals and what stands between them, so it stops at the head, or behind the "for" of the
// North, where the field is written small. Of 59 organisations in the corpora (NorNE, DaN+, GermEval,
// Europarl, our news) that have a head of institutions.tsv before such a field, 58 go on over it.
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"

enum { ADJECTIVES_MOST = 2, PARTS_MOST = 4 }; // in front of a noun; nouns of a field
enum { HEAD_LEAST = 3, NOUN_LEAST = 4 };      // bytes; "for å hjelpe" is no field

static Str link_of(Lang lang)
{
  switch (lang) {
  case LANG_DE:
    return STR("für");
  case LANG_SV:
    return STR("för");
  case LANG_NB:
  case LANG_NN:
  case LANG_DA:
    return STR("for");
  default:
    return (Str){"", 0};
  }
}

static bool is_word(const Notes *notes, size_t at)
{
  return at < notes->tokens.len && (notes->tokens.items[at].flags & TOKEN_WORD) &&
         !(notes->tokens.items[at].flags & TOKEN_HAS_MARK);
}

static bool is_small(const Notes *notes, size_t at)
{
  return is_word(notes, at) && !(notes->tokens.items[at].flags & TOKEN_CAPITAL);
}

static bool is(const Notes *notes, size_t at, Str word)
{
  return word.len && at < notes->tokens.len && str_eq(notes->tokens.items[at].lower, word);
}

static bool is_head(const Notes *notes, size_t at)
{
  const Table *heads = table_find("institutions", "");
  const Token *token = &notes->tokens.items[at];
  if (!heads || !(token->flags & TOKEN_CAPITAL)) return false;
  for (size_t from = 0; from + HEAD_LEAST <= token->lower.len; from++)
    if (table_seek(heads, str_slice(token->lower, from, token->lower.len)) != SIZE_MAX) return true;
  return false;
}

static bool is_adjective(const Notes *notes, size_t at)
{
  static const char *const german[] = {"e", "en", "er", "es"};
  static const char *const nordic[] = {"ske", "ska", "lige", "liga", "ige", "iga", "syke", "større"};
  bool de = notes->lang == LANG_DE;
  if (!is_small(notes, at)) return false;
  Str word = notes->tokens.items[at].lower;
  for (size_t i = 0; i < (de ? ARRAY_LEN(german) : ARRAY_LEN(nordic)); i++)
    if (str_ends(word, str_of(de ? german[i] : nordic[i]))) return true;
  return false;
}

// The token behind a noun with its adjectives ("nordiske og transatlantiske studier") that stands at `at`;
// `at` where there is none. `and`: the joiner.
static size_t noun_end(const Notes *notes, size_t at, Str and)
{
  size_t noun = at;
  for (size_t count = 0; count < ADJECTIVES_MOST; count++) {
    size_t next = count && is(notes, noun, and) ? noun + 1 : noun;
    if (!is_adjective(notes, next)) break;
    noun = next + 1;
  }
  if (is(notes, noun, and)) return at;
  bool fine = notes->lang == LANG_DE ? is_word(notes, noun) && !is_small(notes, noun) : is_small(notes, noun);
  if (notes->lang == LANG_DA) fine = is_word(notes, noun); // some write "Rådet for Sikkerhed"
  return fine && notes->tokens.items[noun].lower.len >= NOUN_LEAST ? noun + 1 : at;
}

// The token behind the field that begins at `at`: nouns, commas between them, "and" before the last; `at`
// where no field begins.
static size_t field_end(const NameLists *lists, const Notes *notes, size_t at)
{
  Str and = lists->joiners[notes->lang][0];
  size_t end = noun_end(notes, at, and), listed = end;
  for (size_t part = 1; listed > at && part < PARTS_MOST; part++) {
    bool last = is(notes, listed, and), comma = is(notes, listed, STR(","));
    size_t next = last || comma ? noun_end(notes, listed + 1, and) : 0;
    if (next <= listed + 1) break;
    listed = next;
    if (last) return listed;
  }
  return end;
}

// Where the head of the name is linked to its field; notes->tokens.len where it is not.
static size_t link_at(const Notes *notes, const Name *name)
{
  Str link = link_of(notes->lang);
  for (size_t at = name->first + 1; link.len && at <= name->last; at++)
    if (is(notes, at, link) && is_head(notes, at - 1)) return at;
  return notes->tokens.len;
}

// The token behind the name with its field; name->last where it has none.
static size_t whole_end(const NameLists *lists, const Notes *notes, const Name *name)
{
  size_t at = name->type == ENTITY_ORG ? link_at(notes, name) : notes->tokens.len;
  if (at == notes->tokens.len) return name->last;
  size_t end = field_end(lists, notes, at + 1);
  if (end == at + 1) return name->last == at + 1 ? at : name->last; // "Institutt for", and nothing
  return end > name->last ? end : name->last;
}

void namefields_join(const NameSources *known, Notes *notes)
{
  size_t kept = 0;
  for (size_t i = 0; i < notes->names.len; i++) {
    Name name = notes->names.items[i];
    if (kept && name.first < notes->names.items[kept - 1].last) continue; // within the field before
    name.last = (uint32_t)whole_end(&known->lists, notes, &name);
    name.end = notes->tokens.items[name.last - 1].end;
    notes->names.items[kept++] = name;
  }
  notes->names.len = kept;
}
