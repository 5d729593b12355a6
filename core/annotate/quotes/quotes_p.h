// quotes_p: what the files of quotes share. Lexicons are shared by all threads; a block or an article under
// way is one thread's.
#pragma once

#include "annotate/notes.h"
#include "annotate/quotes/quotes.h"
#include "base/map.h"

#include <stdatomic.h>

typedef enum CueClass {
  CUE_NONE,
  CUE_SAY,
  CUE_CLAIM,
  CUE_REPORT,
  CUE_WRITE,
  CUE_THINK,
  CUE_TELL,
  CUE_CALL,
  CUE_CITE,
  CUE_READ,
  CUE_NOUN,
  CUE_PREP,
  CUE_POST,
  CUE_SO,
  CUE_ADJUNCT,
  CUE_CLASSES
} CueClass;

typedef enum SmallClass { // see data/speech.*.tsv
  SMALL_NONE,
  SMALL_AUX,
  SMALL_ADV,
  SMALL_PREP,
  SMALL_TO,
  SMALL_OF,
  SMALL_DET,
  SMALL_CONJ,
  SMALL_SUB,
  SMALL_REFL,
  SMALL_CLASSES
} SmallClass;

typedef struct Phrase { // the rest of a cue of several words
  Str rest;             // "fast" of "slår fast"
  CueClass cue;
  uint32_t next; // index + 1 of another phrase with the same first word; 0: none
} Phrase;

typedef struct Word { // what the tables know of a form; small, as the tables compete for the processor's
                      // cache
  Str form;
  Str lemma;       // of the role
  float toll;      // of going over it
  uint32_t phrase; // index + 1; 0: none
  uint8_t cue;     // CueClass
  uint8_t small;   // SmallClass
  char pronoun;    // as in data/pronouns.*.tsv; 0: none
  char oblique;    // … of one that only stands behind "according to", in lower case
  char honor;      // 'm', 'f' of what stands in front of names: "Ms."
  char role;       // as in data/roles.*.tsv; 0: none
  bool gerund;     // the cue's subject is the sentence's
  bool that;       // begins what is reported: "that", "dass"
  bool as;         // begins ", as X said"
  bool reports;    // a verb in the form of reported speech: "sei", "habe"
  bool who;        // begins a clause about the one just named: "who", "som", "der"
  bool many;       // a role's noun for several only: "ministers"
  bool thus;       // … with its speaker in front of the verb, or without one: "Così Rossi."
  bool back;       // begins a sentence about what was just said: "Det säger …"
  bool one;        // a det for one among several: "one of the managers"
  bool fresh;      // a det that brings in somebody new: "a", "several"
  bool work, term; // stands in front of its title, or of a word meant as such: "the novel", "the word"
  bool relays;     // makes a verb's subject a source: "secondo quanto riporta X"
  bool by;         // in front of who does it, behind a verb in the passive: "von", "da"
  bool stance;     // in front of whose view it is, at the start of a sentence: "per", "für"
  bool own;        // a det that says whose: "her", "hans"
  bool object;     // an article that begins no subject: "den", "einem"
} Word;

#define TAILS 1024u

typedef struct Lexicon { // the words of one language
  Lang lang;
  Map map; // form -> index in words; while they are read
  VEC_OF(Word) words;
  VEC_OF(Phrase) phrases;
  uint64_t *slots;       // the same by the hash that tokens bring, open addressing: its higher 48 bits, which
                         // tell one word from all others, and index + 1; 0: free
  uint64_t mask;         // of slots
  bool compounds;        // writes compounds in one word
  bool clitics;          // hangs the subject on its verb: "dit-il"
  uint64_t tails[TAILS]; // [hash of the last bytes] bit n: of a noun of n bytes that may end a compound
} Lexicon;

#define SPEECH_SIGNS 44 // what quotes_speech.c looks at

typedef enum RankField { // what the ranker of speakers sees of an offer: each has a few values
  RANK_SIZE,             // words of the stretch
  RANK_MARK,             // how the stretch is led in
  RANK_CLASS,            // of the cue
  RANK_PLACE,            // of the cue: before or behind the stretch, and how far
  RANK_THAT,             // whether "that" stands behind it
  RANK_JOINT,            // "and said", "saying", ", said"
  RANK_VOICE,            // whether the stretch says "I"
  RANK_KIND,             // of who is offered
  RANK_WAY,              // where, and as what: a candidate in front of the cue, a phrase behind it, …
  RANK_FAR,              // from the cue, or the stretch
  RANK_HELD,             // by a preposition, by a noun that follows
  RANK_SUBJECT,          // the first one in front, or another stands there
  RANK_BETWEEN,          // other candidates
  RANK_COMMA,            // around
  RANK_FRONT,            // where in the sentence
  RANK_FIELDS
} RankField;

#define RANK_TEMPLATES 20 // kinds of signs
#define RANK_TOGETHER 3   // fields that one looks at

typedef struct RankTemplate {
  uint8_t fields[RANK_TOGETHER];
  uint16_t base, times[RANK_TOGETHER]; // its sign: base, and each field so many times
} RankTemplate;

typedef struct Ranker { // quotes_rank.c
  RankTemplate templates[RANK_TEMPLATES];
  size_t signs;
  float *weights; // [sign]
  float most;     // that signs can add to an offer's score
} Ranker;

typedef enum RankWay { // where somebody is offered from, and as what
  WAY_NONE,            // nobody
  WAY_LEFT,            // a candidate in front of the cue, behind it, …
  WAY_RIGHT,
  WAY_OVER,  // … with the stretch between, in front of it
  WAY_PAST,  // or behind it
  WAY_FIRST, // a phrase that begins the sentence, stands behind or before the cue, …
  WAY_BEHIND,
  WAY_BEFORE,
  WAY_MARKED,
  WAY_READ,
  WAY_INVERTED,
  WAY_CLITIC,
  WAY_UNKNOWN, // beside a verb that no table knows
  WAY_ALONE,   // a candidate without a cue, in front of the stretch
  WAY_TAIL,    // and behind it
  WAYS
} RankWay;

#define OUTLET_BITS 16384u

struct Quotes {
  _Atomic(Lexicon *) lexicons[LANG_COUNT]; // each read when its language is first met; NULL: not yet
  float speech[SPEECH_SIGNS];              // their weights
  Ranker ranker;
  Map genders;                            // given name -> 'm', 'f'
  Map outlets;                            // name of an outlet -> 'n'; word of such names -> 'w'
  uint64_t outlet_bits[OUTLET_BITS / 64]; // by the low bits of their hashes: few words need a look at the map
};

// Whether a word may be the name of an outlet.
static inline bool quotes_may_be_outlet(const Quotes *self, uint64_t hash)
{
  return self->outlet_bits[hash % OUTLET_BITS / 64] >> hash % 64 & 1;
}

// Whether a name is that of a news agency, a station or a paper.
bool quotes_is_outlet(const Quotes *self, Str name, Arena *scratch);

// Whether it is one of those who speak and are spoken to: "I", "you", "we".
static inline bool word_is_ours(const Word *word)
{
  return word->pronoun == '1' || word->pronoun == 'w';
}

// The words of `lang`, borrowed from `self`; any thread. NULL with *err set (ERR_FORMAT): a broken table.
const Lexicon *quotes_lexicon(const Quotes *self, Lang lang, Error *err);

extern const Word g_unknown_word;
// What is known of a token; &g_unknown_word where nothing is. A compound is known by its last part
// ("utrikesministern").
const Word *lexicon_word(const Lexicon *self, const Token *token);
// Prefetch what lexicon_word() reads of it.
static inline void lexicon_prefetch(const Lexicon *self, const Token *token)
{
  __builtin_prefetch(&self->slots[token->hash & self->mask]);
}
// The lemma of the noun that ends a compound which is a role of its own ("minister" of "außenminister");
// empty: none.
Str lexicon_head(const Lexicon *self, Str lemma);
// Of a number with a noun to it: "22-åringen", "35enne".
const Word *lexicon_age(const Lexicon *self, const Token *token);
// The pronoun that hangs on a verb ("dit-il"), which begins at byte *start of the token; NULL where there is
// none.
const Word *lexicon_clitic(const Lexicon *self, const Token *token, uint32_t *start);
const Phrase *lexicon_phrase(const Lexicon *self, uint32_t phrase); // NULL for 0

typedef enum QuoteReason {
  REASON_NONE,
  REASON_CUE,       // a verb of saying beside the quotation
  REASON_SENTENCE,  // a verb of saying in its sentence
  REASON_ACCORDING, // "according to"
  REASON_COLON,     // "Name: …"
  REASON_ONLY,      // the one in its sentence
  REASON_SAME,      // goes on from the quotation before
  REASON_TOPIC,     // the one spoken of just before
  REASON_LEAD,      // the line before, which ends in a colon
  REASON_SIGNED,    // a signature below
  REASON_NEXT,      // the quotation after, in the same breath
  REASON_ANSWER,    // answers a question, as one who is interviewed does
} QuoteReason;

struct Layout;

typedef struct Marked { // a stretch of speech in tokens
  uint32_t first, last; // half-open, marks or dash included
  QuoteForm form;
  bool doubtful; // an opener with whole quotations behind it
} Marked;
typedef VEC_OF(Marked) MarkedVec;

// Pair the quotation marks of a block: outermost pairs in order, and where they are plain an unclosed opener
// behind the last of them and an unopened closer in front of the first.
void marks_pair(const Notes *notes, Arena *arena, MarkedVec *out);
// Whether the token is a quotation mark (or may be one).
bool marks_is(Str text, const Token *token);
// Whether the mark at this token is a single one: ' ‘ ’ ‚ ‹ ›, but not ''.
bool marks_single(const Notes *notes, uint32_t token);

typedef struct Offer { // somebody who may have said a stretch
  Party party;
  float score; // by hand
  uint8_t fields[RANK_FIELDS];
} Offer;
typedef VEC_OF(Offer) OfferVec;

// A block with what is known of its words; lives for one quotes_find().
typedef struct Scene {
  const Quotes *quotes;
  const Lexicon *lexicon;
  const Notes *notes;
  Arena *arena, *keep; // scratch; the notes' own
  const Token *in;     // notes->tokens
  uint32_t len;        // of in
  uint32_t tail;       // token behind the last word
  const Word **words;  // [token]
  uint8_t *inside;     // [token]: 1 within a quotation
  uint8_t *stops;      // [token]: 1 where a sentence ends: . ! ? … with a sentence behind it, or none
  float *toll;         // [len + 1]: cost of going from the block's start up to this token
  OfferVec *offers;    // of the stretch asked for last, for the trainer; NULL: nobody wants them
} Scene;

void scene_init(Scene *self, const Quotes *quotes, const Lexicon *lexicon, Notes *notes, Arena *arena);
// Say which tokens are spoken, and add up the tolls.
void scene_mark(Scene *self, const MarkedVec *marked);
static inline Str scene_text(const Scene *self, uint32_t token)
{
  return str_slice(self->notes->text, self->in[token].start, self->in[token].end);
}
static inline bool scene_is(const Scene *self, uint32_t token,
                            const char *marks) // one of these one-byte marks
{
  if (token >= self->len) return false;
  const Token *t = &self->in[token];
  if (t->end - t->start != 1) return false;
  for (char c = self->notes->text.ptr[t->start]; *marks; marks++) {
    if (*marks == c) return true;
  }
  return false;
}
static inline bool scene_is_word(const Scene *self, uint32_t token)
{
  return self->in[token].flags & (TOKEN_WORD | TOKEN_NUMBER);
}
// Whether the language's verbs may keep their subject to themselves: "ha detto".
static inline bool drops_subjects(Lang lang)
{
  return lang == LANG_IT || lang == LANG_ES || lang == LANG_PT;
}
static inline bool scene_drops_subjects(const Scene *scene)
{
  return drops_subjects(scene->lexicon->lang);
}
bool scene_is_dash(const Scene *self, uint32_t token); // – — or -

typedef struct Candidate { // who may have said it
  uint32_t first, last;    // tokens
  Party party;
  EntityType type; // of names
  bool after_prep; // "of X", "with X"
  bool loosely;    // after_prep, but with a noun in between: "at the end of last week X"
  bool after_to;   // "to X"
  bool owner;      // "X's spokesman": what follows is the one
  bool outlet;     // an agency, a station, a paper
} Candidate;
typedef VEC_OF(Candidate) CandidateVec;

// All candidates of the block outside quotations, in order; also notes titles among names.
void candidates_find(const Scene *scene, CandidateVec *out, QuoteVec *titles);

typedef struct Cue {
  uint32_t first, last; // tokens
  CueClass class;
  float score;
  bool behind; // the quotation
  bool gerund; // its subject is the sentence's
  bool joined; // "and said"
} Cue;

typedef struct Saying { // who said a stretch, as far as its block tells
  Party speaker, source;
  uint32_t cue_first, cue_last; // tokens; equal: none
  CueClass cue;
  QuoteReason reason;
  float score;
} Saying;

static inline bool cue_is_verb(const Cue *cue)
{
  return cue->class <= CUE_READ;
}
// The first token of the verb group that ends in the cue at `token`: "ha poi aggiunto".
uint32_t cue_group(const Scene *scene, uint32_t token);
// The first token from `token` on, before `end`, that pushes a quotation and a cue behind it apart: none of
// commas, dashes, adverbs and the like.
uint32_t cue_skip_light(const Scene *scene, uint32_t token, uint32_t end);
// The cue that begins at `token`, one of several words included, whose second part may stand apart, before
// `end`.
bool cue_at(const Scene *scene, uint32_t token, uint32_t end, Cue *cue);
// The noun phrase that begins behind token `from`: "sier pappaen".
bool phrase_behind(const Scene *scene, uint32_t from, uint32_t end, Party *party);
// The one in front of token `end`, not before `from`: "one woman said".
bool phrase_before(const Scene *scene, uint32_t from, uint32_t end, Party *party);
// The one that the sentence from token `from` on begins with: "Attorneys further argued".
bool phrase_first(const Scene *scene, uint32_t from, uint32_t end, Party *party);
// A pronoun that stands nowhere but behind "according to": "enligt henne".
bool phrase_oblique(const Scene *scene, uint32_t token, Party *party);
// A title between marks behind token `from`: "schreibt die „Neue Zeitung“".
bool phrase_marked(const Scene *scene, uint32_t from, uint32_t end, Party *party);
// The token behind the date that `token` is part of; `token` where it is part of none.
uint32_t phrase_date_end(const Scene *scene, uint32_t token);

// The signs of an offer, one a template.
void rank_signs_of(const Ranker *self, const uint8_t fields[RANK_FIELDS], uint16_t signs[RANK_TEMPLATES]);
void rank_sign_name(const Ranker *self, size_t sign, StrBuf *out);
// How likely an offer with this score by hand is right, among others of its stretch: the higher the better.
float rank_of(const Ranker *self, float score, const uint8_t fields[RANK_FIELDS]);
// The weights as the table has them. False with ERR_FORMAT: a sign that there is not, or no number.
bool rank_load(Ranker *self, Error *err);
void rank_release(Ranker *self);

// The saying of the stretch [first, last) of tokens. For QUOTE_REPORTED only what a cue tells.
Saying speaker_find(const Scene *scene, const CandidateVec *candidates, Marked stretch);
// The signs that a stretch between marks is something said, or is a title, a nickname, a term: mostly 0 or 1.
void speech_signs(const Scene *scene, const Marked *marked, const Saying *saying, const QuoteDraft *draft,
                  float signs[SPEECH_SIGNS]);
// Their names in the table of weights.
extern const char *const g_speech_signs[SPEECH_SIGNS];
// The weights as the table has them. False with ERR_FORMAT: a sign that there is not, or no number.
bool speech_load(float weights[SPEECH_SIGNS], Error *err);
// The probability that it was said.
float speech_likeness(const float weights[SPEECH_SIGNS], const float signs[SPEECH_SIGNS]);
// The cue and speaker that stand at the end of tokens [0, end), as in "X said:".
Saying speaker_lead(const Scene *scene, const CandidateVec *candidates, uint32_t end);
// Whether a verb near the stretch, in its sentence, is in the form of reported speech: "der Plan sei
// „unrealistisch“".
bool stretch_is_reported(const Scene *scene, uint32_t first, uint32_t last);
// The first token of the sentence that holds `token`, of which what is between marks may be a part; not far
// back.
uint32_t sentence_start(const Scene *scene, uint32_t token);
// Whom the sentence that ends in front of token `end` is about: its first candidate, a person rather than
// not.
// *former: where that is a pronoun, who is the subject of a sentence before it; of kind PARTY_NONE: nobody.
Party speaker_topic(const Scene *scene, const CandidateVec *candidates, uint32_t end, Party *former);
// The tokens of the reporter's words between marks, with the dashes or commas around them: "«… – dice Rossi –
// …»". False: there are none.
bool aside_within(const Scene *scene, const Marked *marked, uint32_t *first, uint32_t *last);
// Where the words of the one who reports begin at or behind token `from` in a line of dash speech: a cue
// after a comma or a mark of its own, with its subject behind it. The line's end where there are none.
uint32_t cue_breaks_in(const Scene *scene, uint32_t from);

// The stretches of a line that a dash opens which are spoken, in place of what is in `out`. `listed`: the
// line looks like an item of a list, and only a verb of saying shows that it is none; else `out` stays.
void dash_speech(const Scene *scene, bool listed, MarkedVec *out);
// Those that begin within a block, among what is in `out`: "… er lei. – Nok er nok, sier Moen."
void dash_speech_within(const Scene *scene, MarkedVec *out);

// Reported speech in the sentences that hold no quotation, in order, in the layout's scratch
// arena: "X said that …", "…, said X", "according to X …".
void reported_find(const struct Layout *layout, QuoteVec *out);

typedef struct Layout { // a block laid out: what in it may be said, and by whom
  Scene scene;
  MarkedVec marked;
  CandidateVec candidates;
} Layout;

// Lay out a block, and note its titles in notes->quotes. False where nothing in it is of interest.
bool layout_read(Layout *self, const Quotes *quotes, Notes *notes, Arena *scratch);
// A stretch of it with its place and its speaker, as yet without confidence.
QuoteDraft layout_draft(const Layout *self, const Marked *marked, Saying *saying);

// The speakers of an article by number, for colours: the number hangs on the name, so that it is mostly the
// same in another article and after an edit, and no two of the first QUOTE_VOICES speakers share one.
typedef struct Voices {
  Map known;                // entity or name in lower case -> voice
  bool taken[QUOTE_VOICES]; // [voice - 1]
  struct {
    const char *entity;
    uint8_t voice;
  } lately[64]; // by where the entity's bytes lie: mentions of one share them
} Voices;       // = {0} to begin

// The voice of a speaker, from 1; 0 where it has no name.
uint8_t voices_of(Voices *self, const Mention *speaker, Arena *arena);
void voices_release(Voices *self);

// Numbers of groups hang on the first words of what is said, not on its place: what is written in front
// changes none.
typedef struct Group {
  uint32_t number, again; // 0: free; how often its first words came again
} Group;
typedef struct Groups {
  Group *taken; // by number, open addressing
  size_t size, used;
} Groups; // = {0} to begin

// A number for a new group, from 1.
uint32_t groups_next(Groups *self, uint32_t seed);
void groups_reserve(Groups *self, size_t count); // room for as many
void groups_release(Groups *self);

// --- the walk over the article: quotes_attribute.c, quotes_state.c

#define RECENT 10       // persons kept
#define PERSON_BLOCKS 8 // how far back a person may be meant, somebody who spoke may speak again, …
#define SPEAKER_BLOCKS 8
#define ANSWER_BLOCKS 6        // … or answer
#define HEADS 4                // quotations of headlines that wait for a speaker
#define HEADS_OVER 12          // blocks below a headline that it may quote
#define NOWHERE (SIZE_MAX - 1) // a block or byte that there is not, nor one behind it

typedef struct Person { // named lately
  const EntityFacts *facts;
  size_t start, end; // bytes
  size_t block;
  bool leads; // the first one named in its block
} Person;

typedef struct Speaker { // resolved
  Mention mention;
  const EntityFacts *facts; // NULL: somebody without a name
  char gender;
} Speaker;

static inline bool has_speaker(const Speaker *speaker)
{
  return speaker->mention.end > speaker->mention.start;
}
static inline bool same_cluster(const Speaker *speaker, const EntityFacts *facts)
{
  return speaker->facts && facts && speaker->facts->cluster == facts->cluster;
}

typedef struct QuoteState { // what of the blocks before matters to those behind
  Person recent[RECENT];    // newest first
  size_t recent_len;
  const EntityFacts *organisation; // the last one; NULL: none
  const EntityFacts *outlet;       // likewise, agency, station or paper
  Speaker last;                    // who spoke last
  size_t last_block;
  bool last_cued; // found by a verb of saying
  Speaker lead;   // a colon at the end of the block before
  Mention lead_cue;
  size_t lead_block;
  Speaker topic; // whom the last sentence of a block is about
  size_t topic_block;
  size_t asked_block;  // a line of dash speech that asks, with nobody named
  Speaker answerer;    // who spoke last by a dash and a verb of saying
  size_t answer_block; // and where, or where it answered last
  size_t heads;        // quotations of headlines that wait for a speaker
  size_t head_block;   // and where the last of them is
  size_t open_block;   // ended inside a quotation whose mark the next block may repeat
  bool begun;          // there was a quotation
  size_t quoted;       // end of the last one
  size_t last_cue;     // byte of its cue
  size_t next_entity;  // the first that was not taken in
} QuoteState;

typedef struct StateOrigin { // the block in relation to which a state is kept
  size_t start;              // its first byte
  size_t before;             // that of the block in front
  size_t block, entity;      // its index; that of its first entity
} StateOrigin;

extern const QuoteState g_quotes_start; // at the start of an article, as quotes_state_leave() gives states
// Keep of `now`, at the block of `origin`, what counts from there on. Names are copied into `arena`.
void quotes_state_leave(QuoteState *to, const QuoteState *now, StateOrigin origin, Arena *arena);
// Take up what was kept, at the block of `origin`. Borrows the names.
void quotes_state_enter(QuoteState *now, const QuoteState *from, StateOrigin origin);
uint64_t quotes_state_digest(const QuoteState *self); // of one that was kept

typedef struct Bearer {     // of a title
  const EntityFacts *facts; // NULL: nobody
  bool person;              // where it bore the title
  uint16_t of;              // as Party.of
} Bearer;
typedef struct TitleBorne { // "ministern Anna Lind"
  uint32_t block;           // of its stretch
  char gender;
  Str lemma; // borrowed from Quotes
  Bearer bearer;
} TitleBorne;
typedef VEC_OF(TitleBorne) TitleVec;

typedef struct KnownGender {
  const EntityFacts *facts;
  char gender;
  bool titled; // bears a title anywhere in the article
} KnownGender;
typedef VEC_OF(KnownGender) GenderVec;

typedef struct QuoteSeed { // what its number and its speaker hang on, of a quotation and those around it
  uint32_t words, opening; // as QuoteDraft.seed, QuoteDraft.opening
  bool goes_on;            // it is of the group of the quotation before
  uint8_t waits; // it is the first, second, … in a headline that waits for a speaker; 0: it is not
  bool names;    // its speaker is theirs
  bool heads;    // it is in a headline
  bool sure;     // a person with a name is its speaker there, or a verb of saying tells
} QuoteSeed;

typedef struct Head { // a quotation in a headline, which may say again what is said below
  size_t span;
  uint32_t opening;
  bool sure;    // as QuoteSeed.sure
  bool settled; // … and does
} Head;

struct QuoteStretch { // lives in its owner's arena
  TitleVec titles;    // in order
  GenderVec learned;  // by pronouns
  TitleVec bearers;   // what it asked of titles, and of genders, and the answers from outside
  GenderVec genders;
  VEC_OF(QuoteSeed) seeds; // one a quotation
  QuoteState leaves;       // in relation to the block behind
};

struct QuoteWalk {
  const Quotes *quotes;
  const Passages *article;
  const SpanVec *entities;
  Arena *arena, scratch;
  SpanVec *out;
  QuoteStretch *stretch;   // where the walk is
  const QuoteState *state; // handed on by the stretch before, in relation to where that ends
  QuoteState now;          // in a stretch: bytes and blocks of the article
  Map bearers;             // lemma -> index in `borne` of the last one; before the first, of that
  VEC_OF(Bearer) borne;
  char *genders, *outlets; // [cluster], 0: not looked up; '?': unknown
  bool *titled;            // [cluster]
  uint32_t *asked;         // [cluster] the number of the stretch that last asked for its gender
  uint32_t walked;         // stretches; the number of the last one
  size_t next_title;       // of its titles: those before it are borne
  size_t clusters;
  size_t near_entity;
  size_t block; // where the walk is
  Voices voices;
  Groups groups;
  size_t quotations;                  // of the stretches that the walk has been through
  uint32_t group;                     // the last one
  size_t waiting[HEADS], waiting_len; // spans of headlines without a speaker
  Head heads[HEADS];                  // quotations of headlines, the latest ones
  size_t heads_len;                   // of all
};

// 'm', 'f', … as far as it is known, else '?'. The stretch keeps what it asks, here and below.
char quotes_gender_of(QuoteWalk *self, const EntityFacts *facts);
// Whether the article gives it a title somewhere.
bool quotes_is_titled(QuoteWalk *self, const EntityFacts *facts);
// What a pronoun says of a person's gender counts where nothing else tells it.
void quotes_learn_gender(QuoteWalk *self, const EntityFacts *facts, char gender);
// Who bears a title; one without facts: nobody in the article.
Bearer quotes_bearer_of(QuoteWalk *self, Str lemma);
// The entity that shares a byte with [start, end), rather a person; SIZE_MAX: none.
size_t quotes_entity_at(QuoteWalk *self, size_t start, size_t end);

// --- quotes_whom.c
// Take in the entities up to byte `pos`; `heard`: they stand outside quotations.
void quotes_advance(QuoteWalk *self, size_t pos, bool heard);
// Whom `party`, whose offsets are in the block of `passage`, means.
Speaker quotes_resolve(QuoteWalk *self, const Passage *passage, const Party *party);
// The speaker is the entity with these facts.
void quotes_take_name(QuoteWalk *self, Speaker *speaker, const EntityFacts *facts, bool person);
// Whether somebody of the gender `known` may be meant by a word of the gender `wanted`.
bool quotes_agrees(char known, char wanted);
// The one person who was named in the walk's block so far; NULL: nobody, or several.
const Person *quotes_only_here(const QuoteWalk *self);
// Whether it is a person, or what a person's noun or pronoun means.
bool quotes_may_speak(const Speaker *speaker);
// Keep who was named by a title alone among those named lately.
void quotes_remember(QuoteWalk *self, const Speaker *speaker);

// --- quotes_attribute.c
// Walk over self->block, from self->now on.
void quotes_walk_block(QuoteWalk *self);

// The distances that quotes_attribute() looks at: moved.c must know them all.
static inline bool quotes_adjoin(const QuoteDraft *draft, const QuoteDraft *next)
{
  return next->start < draft->end + 3;
}
static inline bool quotes_closes_early(const QuoteDraft *closer)
{
  return closer->end < 600;
}
