// "Myndigheten för samhällsskydd och beredskap (MSB)": what stands in brackets says how far the name before
// them goes, over all the small words that the tagger stops at. The letters must begin the name's words, in
// order and the first one a capital; up to half of those behind the first may stand inside words instead
// ("Bundesamt für Migration und Flüchtlinge (Bamf)"), and all of them where one word is the name, in capitals
// then ("Riksteatret (RT)"). Other things have abbreviations too, so the tagger must
// have taken the letters, or some of the words, for an organisation's, and none for a person's.
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/utf8.h"

enum { LETTERS_LEAST = 2, LETTERS_MOST = 10, SMALL_MOST = 4 }; // small words without a letter, in a row
#define CONFIDENCE 0.9f                                        // of a name that its initials spell out

typedef struct Initials {
  const Notes *notes;
  const NameFact *facts;
  uint32_t letters[LETTERS_MOST];
  size_t len;
  size_t at;  // token of the abbreviation
  bool loose; // of three letters one was found inside a word: no place may be among these
} Initials;

typedef struct Spelt { // how far the letters are found
  size_t letters, inside;
} Spelt;

static bool is_mark(const Notes *notes, size_t at, char mark)
{
  const Token *token = &notes->tokens.items[at];
  return token->end == token->start + 1 && notes->text.ptr[token->start] == mark;
}

// Whether an abbreviation stands in brackets at token `at`; its letters, in lower case.
static bool read_letters(Initials *self, size_t at)
{
  const Token *token = &self->notes->tokens.items[at];
  const char *p = token->lower.ptr, *end = p + token->lower.len;
  if (!(token->flags & TOKEN_CAPITAL) || (token->flags & (TOKEN_HAS_HYPHEN | TOKEN_HAS_DIGIT))) return false;
  for (self->len = 0; p < end && self->len < LETTERS_MOST; self->len++)
    p += utf8_decode(p, end, &self->letters[self->len]);
  self->at = at;
  return p == end && self->len >= LETTERS_LEAST;
}

static uint32_t first_letter(const Token *token)
{
  uint32_t cp;
  utf8_decode(token->lower.ptr, token->lower.ptr + token->lower.len, &cp);
  return cp;
}

// Whether a word of [word, end) begins with the letter.
static bool begins_later(const Initials *self, size_t word, size_t end, uint32_t letter)
{
  while (word < end && first_letter(&self->notes->tokens.items[word]) != letter) word++;
  return word < end;
}

// The letters that the word adds: the one that it begins with, then those inside that no word before `end`
// begins with.
static Spelt spell_word(const Initials *self, size_t word, size_t end, Spelt so_far)
{
  const Token *token = &self->notes->tokens.items[word];
  if (so_far.letters == self->len || first_letter(token) != self->letters[so_far.letters]) return so_far;
  so_far.letters++;
  const char *p = token->lower.ptr, *last = p + token->lower.len;
  uint32_t cp;
  p += utf8_decode(p, last, &cp);
  while (p < last && so_far.letters < self->len) {
    uint32_t wanted = self->letters[so_far.letters];
    p += utf8_decode(p, last, &cp);
    if (cp != wanted) continue;
    if (begins_later(self, word + 1, end, wanted)) break;
    so_far.letters++, so_far.inside++;
  }
  return so_far;
}

// Whether the words from token `first` to the bracket spell the letters.
static bool spells(Initials *self, size_t first)
{
  Spelt so_far = {0};
  size_t end = self->at - 1, idle = 0;
  for (size_t word = first; word < end && idle <= SMALL_MOST; word++) {
    size_t before = so_far.letters;
    so_far = spell_word(self, word, end, so_far);
    idle = so_far.letters > before ? 0 : idle + 1;
  }
  self->loose = 2 * so_far.inside > self->len - LETTERS_LEAST;
  return idle <= SMALL_MOST && so_far.letters == self->len && 2 * so_far.inside < self->len;
}

// Whether a name may go over the token: a word, or what joins words to one.
static bool may_be_inside(const Notes *notes, size_t at)
{
  const Token *token = &notes->tokens.items[at];
  return !(token->flags & TOKEN_PUNCT) || strchr("-&'/", notes->text.ptr[token->start]);
}

// The nearest word from which on the letters are spelt; the bracket where there is none.
static size_t find_begin(Initials *self)
{
  const Token *tokens = self->notes->tokens.items;
  size_t bracket = self->at - 1, words = 0, most = 2 * self->len + 2;
  for (size_t at = bracket; at > 0 && words < most && may_be_inside(self->notes, at - 1); at--, words++) {
    const Token *token = &tokens[at - 1];
    bool the = (token->flags & TOKEN_FIRST) && self->facts[at - 1].particle;
    bool begins = (token->flags & TOKEN_CAPITAL) && !the && first_letter(token) == self->letters[0];
    if (begins && at < bracket && spells(self, at - 1)) return at - 1;
    if (token->flags & TOKEN_FIRST) break;
  }
  return bracket;
}

// Whether the tagger saw an organisation in the tokens [first, end), and nothing else that would not fit:
// no person, and no name that begins before them.
static bool is_organisation(const Initials *self, const NameVec *names, size_t *next, size_t first,
                            size_t end)
{
  bool organisation = false;
  while (*next < names->len && names->items[*next].last <= first) (*next)++;
  for (size_t i = *next; i < names->len && names->items[i].first < end; i++) {
    const Name *name = &names->items[i];
    if (name->type == ENTITY_PER || name->first < first) return false;
    if (self->loose && name->type == ENTITY_LOC) return false; // "die Stadt Potsdam (SPD)"
    organisation |= name->type == ENTITY_ORG;
  }
  return organisation;
}

// Whether the one word before the bracket is an organisation, and has the capitals in it.
static bool is_one_word(const Initials *self, const NameVec *names, size_t *next)
{
  size_t word = self->at - 2;
  while (*next < names->len && names->items[*next].last <= word) (*next)++;
  const Name *name = *next < names->len ? &names->items[*next] : NULL;
  bool whole = name && name->type == ENTITY_ORG && name->first == word && name->last == word + 1;
  return whole && (self->notes->tokens.items[self->at].flags & TOKEN_ALL_CAPS) &&
         spell_word(self, word, word + 1, (Spelt){0}).letters == self->len;
}

static void push(Notes *notes, size_t first, size_t end, NameVec *out)
{
  vec_push_in(&notes->arena, out,
              (Name){.start = notes->tokens.items[first].start,
                     .end = notes->tokens.items[end - 1].end,
                     .first = (uint32_t)first,
                     .last = (uint32_t)end,
                     .type = ENTITY_ORG,
                     .by = BY_RULE,
                     .confidence = CONFIDENCE});
}

void nameinitials_find(Notes *notes, const NameFact *facts, NameVec *out)
{
  if (!str_has(notes->text, '(')) return;
  Initials self = {.notes = notes, .facts = facts};
  size_t next = 0;
  for (size_t at = 2; at + 1 < notes->tokens.len; at++) {
    if (!is_mark(notes, at - 1, '(') || !is_mark(notes, at + 1, ')') || !read_letters(&self, at)) continue;
    size_t first = find_begin(&self);
    bool spelt = first < at - 1 && is_organisation(&self, &notes->names, &next, first, at + 1);
    if (!spelt && !is_one_word(&self, &notes->names, &next)) continue;
    if (!spelt) first = at - 2;
    push(notes, first, at - 1, out);
    push(notes, at, at + 1, out);
  }
}
