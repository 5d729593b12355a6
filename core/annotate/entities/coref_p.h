// coref_p: what the files of coref share: the forms of an article, the clusters under way, and one hash table
// for all that is asked about words. All of it dies with coref_link(). One thread.
#pragma once

#include "annotate/entities/coref.h"
#include "annotate/entities/roster.h"
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/digestmap.h"

#define DOUBTFUL 0.65f // a mention of less confidence takes the word of the others

// A form of the roster: all mentions that are alike but for their place, and what the article makes of them.
typedef struct Form {
  const CorefMention *mention; // one of them
  bool met;                    // the article has it
  bool judged, accepted;       // whether they are names was asked; they are
  bool in_main_lang;           // they stand in blocks of the article's language
  bool declined;               // `last` is the base of the word that stands there
  uint8_t genitive_len;        // bytes that are no part of the name
  uint8_t type;                // EntityType
  uint32_t sure;               // how many are names whatever the others say
  float confidence;
  uint64_t key;         // of all words, as the next two without genitive or case
  uint32_t first, last; // words
  uint32_t entity;      // as CorefMention.entity; of places that share a name, the one that is meant
  uint32_t uses;        // how many are accepted, and where the first stands: index of the roster, block
  uint32_t first_use, first_block;
  uint32_t cluster;                      // index + 1; 0: it hangs on the place, as the next three say
  uint32_t by_last, by_first, by_middle; // index + 1 of the person that a single word may mean; 0: none
} Form;
#define NO_FORM UINT32_MAX

typedef struct Cluster {
  uint32_t fullest; // the form that names it, and fullness() of that
  uint64_t fullness;
  uint64_t key; // as in BY_KEY: no two clusters share one
  EntityType type;
  uint32_t known; // the gazetteer's number; 0: none
} Cluster;

typedef struct Person { // whom a single word may mean
  uint32_t ahead;       // cluster: the first of the article
  uint32_t latest;      // the one last called so before here; 0: none yet
} Person;

typedef struct Coref {
  const Names *names;
  Arena scratch;
  const Passages *article;
  const Roster *roster;
  Form *forms;             // [form of the roster]
  uint32_t *use;           // [name of the roster] its form while it counts as a name, else NO_FORM
  VEC_OF(uint32_t) wholes; // names of the roster that may be two
  VEC_OF(uint32_t) order;  // accepted forms, by their first use
  VEC_OF(Cluster) clusters;
  VEC_OF(Person) persons;
  DigestMap table; // Question and key -> answer; 0: none
} Coref;

// What the table answers. A key is a Form.key, a word the hash of one; "and type": through type_key().
typedef enum Question {
  // of coref_vote()
  VOTES = 1,  // key and type -> sum of confidences, in thousandths
  NOUN_VOTES, // key -> likewise, as what stands as a noun does
  GIVEN,      // first word of a person's longer name -> 1
  FAMILY,     // last word of one -> 1
  TAIL,       // the last two words of one of three or more -> 1
  MADE,       // first word of an organisation's name that is nothing else -> 1
  FIRM,       // first word of a company's name with its form, and all of it but the form -> 1
  CLUB,       // first or last word of a club's name -> 1
  // of coref_cluster()
  WITHIN,      // key of a name that places share -> the country that stands beside it
  BY_KEY,      // key and type -> cluster
  BY_ID,       // the gazetteer's number -> cluster
  BY_INITIALS, // of an organisation's name -> cluster
  BY_SHORT,    // first word of an organisation's longer name -> cluster, or SEVERAL
  BY_LAST,     // word of a person's name -> index of persons + 1; as the next two
  BY_FIRST,
  BY_MIDDLE,
  BY_TAIL, // the last two words of a person's name of three or more -> form + 1, or SEVERAL
  BY_HEAD, // the first two of a name of three, likewise: "Hans Christian"
  // of coref_name()
  WRITTEN, // cluster and key of a place -> how often it is written so
} Question;

static inline uint64_t table_key(Question question, uint64_t key)
{
  return (key ^ (uint64_t)question << 52) * 0x9e3779b97f4a7c15u | 1;
}
// Where the answer lives, until the next slot().
static inline uint64_t *slot(Coref *self, Question question, uint64_t key)
{
  return digestmap_slot(&self->table, table_key(question, key));
}
static inline uint64_t get(const Coref *self, Question question, uint64_t key)
{
  return digestmap_get(&self->table, table_key(question, key));
}
static inline uint64_t type_key(uint64_t key, EntityType type)
{
  return key ^ (uint64_t)(type + 1) << 60;
}

static inline bool is_long(const Form *f)
{
  return f->mention->words > 1;
}
// The key of a name's last two words.
static inline uint64_t tail_of(const CorefMention *mention)
{
  return gazetteer_key_add(mention->middle, mention->last);
}
// The mention that is number `i` of the roster.
static inline const CorefMention *mention_at(const Coref *self, uint32_t block, uint32_t i)
{
  return &self->article->items[block].notes->mentions.items[i - self->roster->blocks.items[block].first];
}

// Count what the sure mentions are taken for, and part persons from the places behind them (coref_vote.c).
void coref_vote(Coref *self);
// Decide by these votes which forms are names, of what type, and where a genitive or case ends them
// (coref_vote.c).
void coref_accept(Coref *self);
// Give every accepted form its cluster, or the persons it may mean (coref_cluster.c).
void coref_cluster(Coref *self);
// The facts of every cluster [index], in the scratch arena; each made where the cast does not have them yet
// (coref_name.c).
const EntityFacts **coref_name(Coref *self, Cast *cast);
