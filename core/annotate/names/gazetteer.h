// gazetteer: what is known of names: words that are given or family names, how often a word is written in
// lower case, and the places, organisations and persons with an id of their own. A file made by
// core/tools/gen_gazetteer.c, mapped read-only. Any thread.
#pragma once

#include "annotate/lang.h"
#include "annotate/token.h"
#include "base/error.h"

typedef struct Gazetteer Gazetteer;

// NULL with *err: ERR_IO (not there, not readable), ERR_FORMAT (no gazetteer, cut, of another version).
Gazetteer *gazetteer_open(const char *path, Error *err);
void gazetteer_close(Gazetteer *self); // NULL is fine

// --- keys: names are looked up by the hash of their words in lower case, points aside

static inline uint64_t gazetteer_key_add(uint64_t key, uint64_t word)
{
  key = (key ^ word) * 0x9e3779b97f4a7c15u;
  return key ^ key >> 29;
}
// The hash of a word in lower case; a point at its end is left out. 0: nothing but points.
uint64_t gazetteer_word_hash(Str lower);
static inline uint64_t gazetteer_token_hash(const Token *token)
{
  Str lower = token->lower;
  return lower.len && lower.ptr[lower.len - 1] == '.' ? gazetteer_word_hash(lower) : token->whole_hash;
}
// The hash of a name's spelling in rough: Zelensky, Zelenskyj and Selenskyj agree. For whole names of
// persons.
uint64_t gazetteer_rough_hash(Str name);

// --- words

typedef enum WordFacts {
  WORD_GIVEN = 3,         // 0 no, 1 rare, 2 known, 3 common as a given name
  WORD_SURNAME = 3 << 2,  // likewise as a family name
  WORD_GENDER = 3 << 4,   // of a given name: 0 unknown, 1 m, 2 f, 3 both
  WORD_IN_PLACE = 1 << 6, // a word of longer names of places: "San", "Upper"
  WORD_IN_ORG = 1 << 7,   // of longer names of organisations: "Bank", "United"
  WORD_PLACE = 3 << 8,    // alone a place: 0 no, 1 small, 2 known, 3 country or large city
  WORD_DEMONYM = 1 << 10, // "Swedish", "svensk", "Russe"
  WORD_ORG = 1 << 11,     // alone an organisation
} WordFacts;
#define WORD_GENDER_SHIFT 4
#define WORD_SURNAME_SHIFT 2
#define WORD_PLACE_SHIFT 8

// WordFacts of a word, 0 where nothing is known (or, once in some ten thousand words, of another word).
uint32_t gazetteer_word(const Gazetteer *self, uint64_t word);

// How a word is written inside sentences, by the share of its uses that are in lower case.
typedef enum Casing {
  CASING_UNKNOWN,
  CASING_ALWAYS_CAPITAL, // below 3 %
  CASING_NEARLY_CAPITAL, // below 15 %
  CASING_RATHER_CAPITAL, // below 40 %
  CASING_EVEN,           // below 60 %
  CASING_RATHER_LOWER,   // below 85 %
  CASING_NEARLY_LOWER,   // below 97 %
  CASING_ALWAYS_LOWER
} Casing;
Casing gazetteer_case(const Gazetteer *self, Lang lang, uint64_t word);

// Prefetch what the two questions above read of a word: first the places where the tables lead to their
// facts, then (`facts`) these.
void gazetteer_prefetch_word(const Gazetteer *self, Lang lang, uint64_t word, bool facts);

// --- entities

typedef enum GazetteerTypes { GAZETTEER_PER = 1, GAZETTEER_ORG = 2, GAZETTEER_LOC = 4 } GazetteerTypes;
typedef struct GazetteerEntity {
  uint32_t types;    // GazetteerTypes: some names are several things
  uint64_t key;      // as asked for
  uint32_t strength; // 0 obscure … 3 known by everybody
  uint32_t id;       // 0: none; see gazetteer_id()
  bool shared;       // places of several countries bear the name: gazetteer_bearers()
} GazetteerEntity;

bool gazetteer_entity(const Gazetteer *self, uint64_t key, GazetteerEntity *out);
// The places of a shared name, one a country, the most important first.
typedef struct GazetteerBearer {
  uint32_t id, country; // gazetteer_id()s
  uint32_t level;       // 3 for every digit of its inhabitants' number; more for capitals and in Europe
} GazetteerBearer;
enum { GAZETTEER_BEARERS = 6 };
size_t gazetteer_bearers(const Gazetteer *self, uint64_t key, GazetteerBearer out[GAZETTEER_BEARERS]);
// The country of a place's id, itself where it is one; 0: unknown, as it is of smaller towns.
uint32_t gazetteer_country(const Gazetteer *self, uint32_t id);

// Whether names of more words may begin with those of `key`.
bool gazetteer_goes_on(const Gazetteer *self, uint64_t key);
// As gazetteer_prefetch_word(), for the two questions about a key.
void gazetteer_prefetch_key(const Gazetteer *self, uint64_t key, bool facts);
// "iso:SE", "gn:2673730", "wd:Q567" in `arena`; empty for 0.
Str gazetteer_id(uint32_t id, Arena *arena);
// Whether it is a country's: "iso:SE", not "iso:SE-AB".
bool gazetteer_is_country(uint32_t id);
// Whether it is a country's, a part's of one or a continent's: "iso:SE", "iso:GB-SCT", "iso:150".
bool gazetteer_is_land(uint32_t id);
// Whether it is a town's: "gn:2673730".
bool gazetteer_is_town(uint32_t id);
// The number for such an id; 0 where it is none.
uint32_t gazetteer_id_of(Str id);
