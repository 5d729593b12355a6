// namefacts: what is known of every word of a block before anybody decides what is a name: gazetteer, letter
// case, titles. The rules, the tagger and its trainer all read these. Pure; any thread.
#pragma once

#include "annotate/names/clusters.h"
#include "annotate/names/gazetteer.h"
#include "annotate/token.h"
#include "base/map.h"

struct Notes;
struct NameMemo;

enum { NAME_JOINERS = 2, NAME_ORGS = 3 }; // of a language; tables of organisations

typedef struct NameLists { // the word tables in one place, constant after namefacts_lists()
  Map words;               // word -> bits: title in 1 << Lang, and those of namefacts.c
  Map endings;             // last part of a compound that is a title -> bit 1 << Lang
  const struct Table *endings_of[LANG_COUNT];         // of cases; NULL: none
  const struct Table *offices;                        // last parts of compounds: "-departementet"
  const struct Table *royals;                         // titles of those who go by their given name
  const struct Table *forms, *states;                 // of companies; short for states of America
  const struct Table *honours;                        // letters behind a person's name
  const struct Table *clubs;                          // words that begin or end those of sports clubs
  const struct Table *orgs_of[LANG_COUNT][NAME_ORGS]; // known by name: nameknown.h; NULL: none
  const struct Table *bearers_of[LANG_COUNT];         // words beside names; NULL: none
  const struct Table *before_town[LANG_COUNT];        // likewise, before towns
  const struct Table *games[LANG_COUNT];              // words that tell of games; NULL: none
  const struct Table *parties_of[LANG_COUNT];         // their short forms; NULL: none
  const struct Table *roles_of[LANG_COUNT];           // nouns for somebody; NULL: none
  Arena own;                                          // of words that no table has
  uint16_t forms_from[257];                           // [first byte] row of `forms`, and one behind the last
  Str joiners[LANG_COUNT][NAME_JOINERS];              // "and"; empty: no more
  uint64_t may_be_word[1024], may_be_ending[64];      // bits of hashes: most words are neither
} NameLists;

void namefacts_lists(NameLists *lists);
void namefacts_lists_release(NameLists *lists);
// What the word (lower case) before a town's name says: "place" of "in", "team" of "il"; empty: nothing.
Str namefacts_before_town(const NameLists *lists, Lang lang, Str lower);
bool namefacts_is_title(const NameLists *lists, Lang lang, Str lower);

typedef struct NameSources { // what facts come from; constant, shared by threads
  Gazetteer *gazetteer;      // NULL: none
  Clusters *clusters;        // NULL: none
  NameLists lists;
} NameSources;

typedef enum MatchPart { MATCH_NONE, MATCH_ALONE, MATCH_FIRST, MATCH_INSIDE, MATCH_LAST } MatchPart;

typedef struct NameFact {
  uint64_t hash;                  // of the word in lower case
  uint64_t stem;                  // likewise of what is left without a genitive s or a case ending; 0: none
  uint32_t word;                  // WordFacts, of the word or of what is left without a genitive s
  uint16_t groups[CLUSTERS_WAYS]; // clusters_of() it
  uint8_t casing;                 // gazetteer_case() in the block's language
  uint8_t shape;                  // 0 to 15, see namefacts.c
  uint8_t match;                  // MatchPart of the longest known place or organisation over it
  uint8_t types;                  // GazetteerTypes of that
  uint8_t strength;
  bool active; // may be part of a name: capitals, or what stands between them
  bool title;  // a title or role
  bool orgword, particle;
  bool begins_org;  // nameknown.h has a name that begins so
  bool begins_none; // no name that the gazetteer knows begins with it
  bool lower_here;  // the same word stands in lower case in this block
} NameFact;

// One fact a token, in `arena`, and NAMEFACTS_EDGE more before the first and behind the last, of no word.
// `memo` (of these sources) may be NULL.
enum { NAMEFACTS_EDGE = 2 };
NameFact *namefacts_of(const NameSources *from, struct NameMemo *memo, const struct Notes *notes,
                       Arena *arena);
// The longest entity of the gazetteer in the tokens [first, limit) that begins them and is one of `types`,
// genitive aside: the token behind it; `first` where there is none.
size_t namefacts_match(const Gazetteer *gazetteer, const struct Notes *notes, const NameFact *facts,
                       size_t first, size_t limit, uint32_t types, GazetteerEntity *found);
// Whether `lang` writes a genitive s without an apostrophe.
bool namefacts_genitive(Lang lang);
