// namelists: the word tables that names are read by, in one place, and quick questions about single words.
// Constant once filled; any thread.
#pragma once

#include "annotate/names/namenouns.h"
#include "annotate/token.h"
#include "base/map.h"

enum { NAME_JOINERS = 2, NAME_ORGS = 4 }; // of a language; tables of organisations

// Tables are constant and NULL where there is none; what each is for stands at the head of its file in data/.
typedef struct NameLists {
  // One for all languages.
  const struct Table *offices; // offices.tsv: last parts of compounds, "-departementet"
  const struct Table *royals;  // royals.tsv: titles of those who go by their given name
  const struct Table *forms;   // legalforms.tsv: of companies
  uint16_t forms_from[257];    // [first byte] row of `forms`, and one behind the last
  const struct Table *states;  // states.tsv: short for states of America
  const struct Table *honours; // honours.tsv: letters behind a person's name
  const struct Table *clubs;   // clubs.tsv: words that begin or end the names of sports clubs

  // One a language.
  const struct Table *orgs_of[LANG_COUNT][NAME_ORGS]; // orgs*.tsv: known by name, the nearest table first
  NameNouns bearers_of[LANG_COUNT];                   // bearers: nouns that become part of the name beside
  const struct Table *endings_of[LANG_COUNT];         // endings: of cases
  const struct Table *before_town[LANG_COUNT];        // beforetown: words in front of towns
  const struct Table *lands[LANG_COUNT];              // lands: rivers and landscapes
  const struct Table *articles[LANG_COUNT];           // articles: before nouns, hardly before persons
  const struct Table *games[LANG_COUNT];              // sport: words that tell of games
  const struct Table *parties_of[LANG_COUNT];         // parties: their short forms
  const struct Table *businesses_of[LANG_COUNT];      // businesses: what companies do, in their names
  const struct Table *org_tails_of[LANG_COUNT];       // orgtails: of words that begin with an organisation
  const struct Table *roles_of[LANG_COUNT];           // roles: nouns for somebody
  Str joiners[LANG_COUNT][NAME_JOINERS];              // joiners.tsv: "and"; empty: no more

  // Asked by the functions below alone.
  Map words;   // word -> its bits
  Map endings; // last part of a compound that is a title -> bit 1 << Lang
  Arena own;   // of words that no table has
  uint64_t may_be_word[1024], may_be_ending[64], may_be_org[1024]; // filters: most words are none of them
} NameLists;

// What the tables say of a word, as bits: a title of the language in 1 << Lang, and these. Those of
// organisations are asked for by namelists_org_tokens().
#define LISTED_ORGWORD (1ull << 32)  // part of organisations' names: orgwords.tsv
#define LISTED_PARTICLE (1ull << 33) // small word inside names: particles.tsv

// Fill `lists`, zeroed before, from the tables in the program; to be released by the caller.
void namelists_init(NameLists *lists);
void namelists_release(NameLists *lists);

// Whether the bit of a hash is set in a filter of `count` words of bits: false hits, but no misses.
static inline bool namelists_may_have(const uint64_t *filter, size_t count, uint32_t hash)
{
  return filter[hash % count] >> (hash >> 26) & 1;
}
// The bits of a word in lower case, by its (uint32_t)str_hash(); 0: it is in no table.
static inline uint64_t namelists_word(const NameLists *lists, Str word, uint32_t hash)
{
  uint64_t bits = 0;
  if (namelists_may_have(lists->may_be_word, ARRAY_LEN(lists->may_be_word), hash))
    map_get(&lists->words, word, &bits);
  return bits;
}
// Whether any table of organisations may have a name with this (uint32_t)str_hash(): one in ten by chance.
static inline bool namelists_may_be_org(const NameLists *lists, uint32_t hash)
{
  return namelists_may_have(lists->may_be_org, ARRAY_LEN(lists->may_be_org), hash);
}
// The tokens, at most, of the longest organisation known in the language whose name begins with the word of
// these bits; ORG_TOKENS_MOST: or more; 0: none does.
enum { ORG_TOKENS_MOST = 7 };
uint8_t namelists_org_tokens(uint64_t bits, Lang lang);

// Whether the word (lower case) is a title or role, or a compound that ends in one.
bool namelists_is_title(const NameLists *lists, Lang lang, Str lower);
// Likewise of a token whose bits are known.
bool namelists_titles_token(const NameLists *lists, Lang lang, const Token *token, uint64_t bits);
// What the word before a town's name says: "place" of "in", "team" of "il"; empty: nothing.
Str namelists_before_town(const NameLists *lists, Lang lang, const Token *word);
