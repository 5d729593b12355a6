// namefacts: what is known of every word of a block before anybody decides what is a name: gazetteer, letter
// case, titles. The rules, the tagger and its trainer all read these. Pure; any thread.
#pragma once

#include "annotate/names/clusters.h"
#include "annotate/names/gazetteer.h"
#include "annotate/names/namelists.h"
#include "annotate/token.h"

struct Notes;
struct NameMemo;

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
  uint8_t casing;                 // Casing in the block's language
  uint8_t shape;                  // shape_of() in namefacts.c, 0 to 15
  uint8_t match;                  // MatchPart of the longest known place or organisation over it
  uint8_t types;                  // GazetteerTypes of that
  uint8_t strength;
  bool active; // may be part of a name: capitals, or what stands between them
  bool title;  // a title or role
  bool orgword, particle;
  uint8_t begins_org; // tokens, at most, of the longest name in nameknown.h, or the tables of rivers
                      // and landscapes, that begins so; 7: or more; 0: none
  bool begins_none;   // no name that the gazetteer knows begins with it
  bool lower_here;    // the same word stands in lower case in this block
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
