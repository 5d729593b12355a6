// coref: the mentions of an article become entities: one cluster, one display name, one type, one id.
// Cheap: over names only, linear in their number. Pure; any thread.
#pragma once

#include "annotate/entities/cast.h"
#include "annotate/names/names.h"
#include "base/vec.h"

struct Notes;
struct Passages;
struct Roster;

typedef enum CalledFlags {
  CALLED_WEAK = 1,     // a name only if the article says so
  CALLED_CAPITALS = 2, // its first word is in capitals
  CALLED_BARE = 4,     // rather without its ending, whatever the article says
  CALLED_PARTS = 8,    // perhaps a person and the place behind: the next two are these
  CALLED_SIGNED = 16,  // as it stands in a signature, it is
  CALLED_FAMILY = 32,  // two words, or a particle in front: perhaps a family name alone
  CALLED_THING = 64,   // the name of a ship, a storm, a film: none of ours
  CALLED_FIRM = 256,   // a company's name with its form
  CALLED_CLUB = 512,   // a sports club's name
  CALLED_TEAM = 128,   // a town where its team may be meant as well
} CalledFlags;

#define CALLED_FAINT 0.1f // a weak mention of less is a name only as somebody's family name

// What coref_link() reads of a name: all that its block says of it. Words are hashes of their lower case.
typedef struct Called {
  uint64_t key, bare_key;          // of all its words; of these without an ending that may be a genitive
  uint64_t head;                   // of all but the last, of a company's name with its form
  uint32_t first, last, bare_last; // words; the first is 0 where it does not tell who: "Queen Anna"
  uint32_t middle;                 // the word before the last; 0: there is none
  uint32_t initials;               // hash; 0: none
  uint32_t start, end;             // bytes in the block
  uint32_t behind;                 // it stands in brackets behind the words that end here; 0: it does not
  uint32_t entity;                 // gazetteer_id()'s number; 0: none
  uint32_t within;                 // likewise, of the country that the name beside it names ("Paris, Texas")
  uint64_t shared;                 // as Name.shared
  float confidence;
  uint8_t words, ending; // count; bytes of that ending, 0: none
  uint8_t type, by;      // EntityType, Maker
  uint16_t flags;        // CalledFlags
} Called;
typedef VEC_OF(Called) CalledVec;

// Fill notes->called from its names, weak names and tokens.
void coref_read(const Names *names, struct Notes *notes);
// Append an entity span for every name of the article (notes->called) to `out`, in order, with facts filled:
//   cluster  "Putin" and "Xi" join "Vladimir Putin" and "Xi Jinping" wherever those stand, "Gahr Støre" and
//   "Gahr" "Jonas Gahr Støre", "Kinas" joins "Kina",
//            "HRW" the "Human Rights Watch" whose initials it has or behind whose name it stands in brackets,
//            "Acme" the only "Acme Steel Group"; what the gazetteer gives one id is one ("Kina" and "China")
//   name     a person's or organisation's form with most words, a place's most frequent one, without a
//   genitive;
//            in the article's language where there is one
//   entity   the gazetteer's id, of places of one name that of the country that the article speaks of, or
//   "name:" and the folded name bounds   "Ola Nordmann Oslo" in a signature, or where the article knows "Ola
//   Nordmann", is a person and a
//            place
//   things   "the tanker Meridian Star" is none, nor is "Meridian Star" in the same article
//   type     a doubtful mention takes the type that the same words have elsewhere in the article, "Acme" that
//   of
//            "Acme Steel plc", "Gahr Støre" that of "Jonas Gahr Støre", and a town that of its team where
//            nothing says that the town is meant
// Facts are the cast's, which outlives the spans; `roster` is what the last run read of the blocks, of this
// article if it can be of use. Returns how many entities there are.
size_t coref_link(const Names *names, const struct Passages *article, struct Roster *roster, Cast *cast,
                  Arena *arena, SpanVec *out);
