// coref: the mentions of an article become entities: one cluster, one display name, one type, one id.
// Cheap: over names only, linear in their number. Pure; any thread.
#pragma once

#include "annotate/entities/cast.h"
#include "annotate/names/names.h"
#include "base/vec.h"

struct Notes;
struct Passages;
struct Roster;

typedef enum CorefFlags {
  COREF_WEAK = 1 << 0,     // a name only if the article says so
  COREF_HINT = 1 << 1,     // no name where it stands, but says what it is: "Acme-aksjen"
  COREF_THING = 1 << 2,    // a ship's, a storm's, a film's: none of ours
  COREF_PARTS = 1 << 3,    // perhaps a person and the place behind: the next two are these
  COREF_SIGNED = 1 << 4,   // as it stands in a signature, it is these
  COREF_CAPITALS = 1 << 5, // its first word is in capitals, and nobody's own name
  COREF_BARE = 1 << 6,     // rather without its ending, whatever the article says
  COREF_FAMILY = 1 << 7,   // two words, or a particle in front: perhaps a family name alone
  COREF_TITLED = 1 << 8,   // behind a title: "Dr Lilly"
  COREF_NOUN = 1 << 9,     // one word behind an article, as nouns stand: "der Winter"
  COREF_FIRM = 1 << 10,    // a company's name, whose head it may go by
  COREF_HOUSE = 1 << 11,   // likewise, whose last word it may go by: "Lilly"
  COREF_MADE = 1 << 12,    // an organisation whose first word is nothing else
  COREF_CLUB = 1 << 13,    // a sports club's name
  COREF_TEAM = 1 << 14,    // a town where its team may be meant as well
  COREF_WHERE = 1 << 15,   // a place where something is or goes
} CorefFlags;

enum { COREF_BASES = 6 };
#define COREF_FAINT 0.1f // a weak mention of less is a name only as somebody's family name

// What coref_link() reads of a mention: all that its block says of it. Words are hashes of their lower case.
typedef struct CorefMention {
  uint64_t key, bare_key;          // of all its words; of these without an ending that may be a genitive
  uint64_t head;                   // of all but the last
  uint32_t bases[COREF_BASES];     // what the last word may be without the ending of a case; 0: no more
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
  uint16_t flags;        // CorefFlags
} CorefMention;
typedef VEC_OF(CorefMention) CorefMentionVec;
// Whether they are alike but for their place: `start`, `end` and `behind`. `head`, `middle` and the further
// bases follow from the words and are not compared.
bool coref_mention_same(const CorefMention *a, const CorefMention *b);
// A digest of what that compares.
uint64_t coref_mention_digest(const CorefMention *mention);

// Fill notes->mentions from its names, weak names and tokens.
void coref_read(const Names *names, struct Notes *notes);
// Append an entity span for every name of the article to `out`, in order, with facts filled:
//
//   cluster  "Putin" and "Xi" join "Vladimir Putin" and "Xi Jinping" wherever those stand, "Gahr Støre" and
//            "Gahr" join "Jonas Gahr Støre", "Kinas" joins "Kina", "HRW" the "Human Rights Watch" whose
//            initials it has or behind whose name it stands in brackets, "Acme" the only "Acme Steel Group";
//            what the gazetteer gives one id is one ("Kina" and "China")
//   name     a person's or organisation's form with most words, a place's most frequent one, without a
//            genitive; in the article's language where there is one
//   entity   the gazetteer's id, of places of one name that of the country that the article speaks of, or
//            "name:" and the folded name
//   bounds   "Ola Nordmann Oslo" in a signature, or where the article knows "Ola Nordmann", is a person and a
//            place
//   things   "the tanker Meridian Star" is none, nor is "Meridian Star" in the same article
//   type     a doubtful mention takes the type that the same words have elsewhere in the article, "Acme" that
//            of "Acme Steel plc", "Gahr Støre" that of "Jonas Gahr Støre", and a town that of its team where
//            nothing says that the town is meant
//
// Facts are the cast's, which outlives the spans; `roster` is what the last run read of the blocks, of this
// article if it can be of use. Returns how many entities there are.
size_t coref_link(const Names *names, const struct Passages *article, struct Roster *roster, Cast *cast,
                  Arena *arena, SpanVec *out);
