// English headlines give every word a capital, so that "Acme Cuts Jobs in Leeds" looks like two names of
// several words. Where a heading does that, the capital of a word that is mostly written small says nothing,
// nor that of the words headlines are made of (headwords.en.tsv) or of a noun for somebody or something
// ("Drugmaker", "Typhoon"): these lose TOKEN_CAPITAL before the tagger looks. Words of names that everybody
// knows keep it ("White House"), and so does a given name before a family name ("Will Smith").
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"

enum { LONG = 4 };              // bytes of a word that has a capital there whatever it is
enum { COMMON = 3, KNOWN = 2 }; // WORD_GIVEN; WORD_SURNAME
enum { WORDS_LEAST = 5 };       // of a heading that is no name alone
enum { CAPITALS_LEAST = 2 };    // words that are mostly written small; one more if it has no verb
enum { PER_SMALL = 4 };         // such capitals for a word without one

typedef struct Heading {
  const Names *names;
  Notes *notes;
  const NameFact *facts;
  const Table *words, *starters;
} Heading;

static bool is_word(const Token *token)
{
  return (token->flags & TOKEN_WORD) && !(token->flags & TOKEN_HAS_MARK);
}

// Whether words have capitals for no other reason than that they stand in a heading that is no name alone.
static bool is_title_case(const Heading *self)
{
  size_t words = 0, capitals = 0, small = 0;
  bool tells = false; // a verb, or what begins sentences: no name has it
  for (size_t at = 0; at < self->notes->tokens.len; at++) {
    const Token *token = &self->notes->tokens.items[at];
    words += is_word(token);
    if (!is_word(token) || token->flags & (TOKEN_FIRST | TOKEN_ALL_CAPS) || token->lower.len < LONG) continue;
    bool headword = table_seek(self->words, token->lower) != SIZE_MAX;
    small += !(token->flags & TOKEN_CAPITAL);
    capitals += (token->flags & TOKEN_CAPITAL) && (headword || self->facts[at].casing > CASING_RATHER_LOWER);
    tells |= headword || table_seek(self->starters, token->lower) != SIZE_MAX;
  }
  return words >= WORDS_LEAST && capitals + tells > CAPITALS_LEAST && capitals >= PER_SMALL * small;
}

static bool is_capital(const Heading *self, size_t at)
{
  return at < self->notes->tokens.len && (self->notes->tokens.items[at].flags & TOKEN_CAPITAL);
}

static bool is_headword(const Heading *self, size_t at)
{
  return table_seek(self->words, self->notes->tokens.items[at].lower) != SIZE_MAX;
}

static bool is_given(const Heading *self, size_t at, uint32_t least)
{
  return is_capital(self, at) && (self->facts[at].word & WORD_GIVEN) >= least;
}

static uint32_t surname(const Heading *self, size_t at)
{
  return (self->facts[at].word & WORD_SURNAME) >> WORD_SURNAME_SHIFT;
}

// "Will [Smith]", "Jeremy [Hunt]": the word and one beside it are a person's name.
static bool is_persons(const Heading *self, size_t at)
{
  if (at && is_given(self, at - 1, KNOWN) && surname(self, at) >= COMMON) return true;
  return is_given(self, at, COMMON) && is_capital(self, at + 1) && surname(self, at + 1) >= KNOWN &&
         self->facts[at + 1].casing < CASING_RATHER_LOWER && !is_headword(self, at + 1);
}

// Whether no word beside it has a capital that says something.
static bool is_alone(const Heading *self, size_t at)
{
  bool left = at && is_capital(self, at - 1) && self->facts[at - 1].casing < CASING_RATHER_LOWER;
  bool right = is_capital(self, at + 1) && self->facts[at + 1].casing < CASING_RATHER_LOWER &&
               !is_headword(self, at + 1);
  return !left && !right;
}

static bool is_common(const Heading *self, size_t at)
{
  const NameFact *fact = &self->facts[at];
  Str lower = self->notes->tokens.items[at].lower;
  Lang lang = self->notes->lang;
  if (is_persons(self, at)) return false;
  if (is_headword(self, at) || fact->casing > CASING_RATHER_LOWER) return true;
  bool person = (fact->word & WORD_GIVEN) >= KNOWN || surname(self, at) >= KNOWN;
  if (fact->casing == CASING_RATHER_LOWER) return !person;
  if (fact->casing == CASING_EVEN) return surname(self, at) < COMMON && is_alone(self, at);
  if (fact->word & (WORD_GIVEN | WORD_SURNAME | WORD_PLACE | WORD_ORG)) return false;
  return table_seek(self->names->known.lists.roles_of[lang], lower) != SIZE_MAX ||
         namenouns_row(&self->names->signs[lang], lower) != SIZE_MAX ||
         namenouns_row(&self->names->things[lang], lower) != SIZE_MAX;
}

// The token behind the known name of several words that begins at `at`; `at` where none does.
static size_t known_end(const Heading *self, size_t at)
{
  const NameFact *fact = &self->facts[at];
  size_t end = at;
  if (nameknown_find(&self->names->known.lists, self->notes, self->facts, at, &end) == ORG_SURE &&
      end > at + 1)
    return end;
  if (fact->match != MATCH_FIRST) return at;
  for (end = at + 1; self->facts[end].match >= MATCH_INSIDE; end++) {
  }
  return end;
}

bool namecase_lower(const Names *names, Notes *notes, const NameFact *facts)
{
  Heading self = {names, notes, facts, table_find("headwords", lang_code(notes->lang)),
                  table_find("starters", lang_code(notes->lang))};
  bool heading = notes->kind == BLOCK_HEADLINE || notes->kind == BLOCK_SUBHEAD;
  if (!heading || !self.words || !is_title_case(&self)) return false;
  for (size_t at = 0; at < notes->tokens.len;) {
    Token *token = &notes->tokens.items[at];
    size_t end = known_end(&self, at);
    if (end == at && is_word(token) && !(token->flags & (TOKEN_FIRST | TOKEN_ALL_CAPS)) &&
        is_common(&self, at))
      token->flags = (token->flags & ~(uint32_t)TOKEN_CAPITAL) | TOKEN_HEADING;
    at = end > at ? end : at + 1;
  }
  return true;
}
