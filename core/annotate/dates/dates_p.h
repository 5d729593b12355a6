// dates_p: what the files of the dates engine share; for them alone.
//   datelex.c   the words of a language and their readings: typed symbols that set fields
//   dateatom.c  words and numbers of a block become atoms with readings
//   datepat.c   patterns over symbols, compiled from a table
//   datenet.c   all of them as one automaton; the longest match from an atom
//   dates.c     dates_find(): atoms, matches, drafts;  dates_fits.c  what speaks against a match
//   dates_tense.c  past and to come;  dates_ranges.c  ranges and lists
//   dates_dct.c the article's own date
//   dates_resolve.c  frames become TIMEX3 values, with dates_feast.c and dates_amount.c;  dates_story.c  the
//   years that are told of;  dates_spans.c  the walk over an article
// A Frame is what an expression says, field by field ("month=3 day=17"); a DateDraft holds one. Words and
// patterns are all in core/annotate/data/date_*.tsv.
#pragma once

#include "annotate/dates/dates.h"
#include "annotate/dates/timex.h"
#include "annotate/notes.h"
#include "base/map.h"

#include <stdatomic.h>

typedef enum DateField {
  FIELD_YEAR,
  FIELD_YY,
  FIELD_MONTH,
  FIELD_DAY,
  FIELD_WEEKDAY,
  FIELD_WEEK,
  FIELD_QUARTER,
  FIELD_HALF,
  FIELD_SEASON,
  FIELD_DECADE,  // the first year of one, or below 100: of the century before the article's
  FIELD_CENTURY, // 19: the 1800s; FIELD_HUNDREDS: 18
  FIELD_HUNDREDS,
  FIELD_DAYREF,  // days from the article's day
  FIELD_REL,     // steps of FIELD_UNIT (or of weekday, month, season) from now: -1 last, 1 next
  FIELD_UNIT,    // UNIT_*
  FIELD_AMOUNT,  // in hundredths; AMOUNT_VAGUE
  FIELD_DIR,     // of FIELD_AMOUNT: -1 ago, 1 ahead; of a weekday: before or after the article's day
  FIELD_ANAPHOR, // counted from the date before, not from the article's
  FIELD_PART,
  FIELD_HOUR,
  FIELD_MINUTE,
  FIELD_MINOFF,
  FIELD_AMPM,
  FIELD_MOD,
  FIELD_QUANT,
  FIELD_FREQ,
  FIELD_REF,
  FIELD_HOLIDAY,
  FIELD_NTH,
  FIELD_BARE,
  FIELD_TENSE,
  FIELD_ERA,
  FIELD_PLURAL,
  FIELD_HALVES,
  FIELD_OPTION,
  FIELD_AMOUNT2,
  FIELD_UNIT2, // of the part before, in "one year and three months"
  FIELD_AMOUNT3,
  FIELD_UNIT3,  // of the one before that
  FIELD_RANGE,  // RANGE_*
  FIELD_SHIFT,  // -1, 1: FIELD_AMOUNT units before, after the day that the rest says
  FIELD_OPEN,   // OPEN_*
  FIELD_ANNO,   // a year of any length, before FIELD_ERA
  FIELD_LISTED, // a comma or "and" joins it to the date before
  FIELD_OPENS,  // its sentence opens with it
  FIELD_COUNT
} DateField;

// Codes of the tables, as date_value_of() packs their letters.
enum {
  UNIT_YEAR = 'Y',
  UNIT_HALF = 'H',
  UNIT_QUARTER = 'Q',
  UNIT_MONTH = 'M',
  UNIT_WEEK = 'W',
  UNIT_DAY = 'D',
  UNIT_HOUR = 'h',
  UNIT_MINUTE = 'm',
  UNIT_SECOND = 's',
  UNIT_DECADE = 'D' << 8 | 'E',
  UNIT_CENTURY = 'C' << 8 | 'E',
  UNIT_WEEKEND = 'W' << 8 | 'E',
  UNIT_NIGHT = 'N' << 8 | 'I',
  UNIT_FORTNIGHT = 'F' << 8 | 'N',
  UNIT_SEASON = 'S' << 8 | 'E',
  UNIT_MILLENNIUM = 'M' << 8 | 'L',
  UNIT_TEN_YEARS = 'T' << 8 | 'Y', // a decade that counts as years: English has P20Y for two
  UNIT_HUNDRED_YEARS = 'H' << 8 | 'Y',
};
enum {
  MOD_START = 'S' << 16 | 'T' << 8 | 'A',
  MOD_MID = 'M' << 16 | 'I' << 8 | 'D',
  MOD_END = 'E' << 16 | 'N' << 8 | 'D',
  MOD_APPROX = 'A' << 16 | 'P' << 8 | 'X',
  MOD_MORE = 'M' << 16 | 'O' << 8 | 'R',
  MOD_LESS = 'L' << 16 | 'E' << 8 | 'S',
};
enum { AMOUNT_VAGUE = -100 };
enum { // FIELD_TENSE as a pattern sets it: to come, whatever the verbs say; unless they say otherwise; or
       // only the verb of its own clause does
  TENSE_SURE = 1,
  TENSE_WEAK,
  TENSE_COMING,
};
enum { TENSE_PERFECT = -2 }; // of a verb's form: past with a participle, now without ("has"); see TENSE_SURE
enum {                       // a draft's part in a range; sums of them
  RANGE_LEFT = 1,            // with the next draft
  RANGE_RIGHT = 2,
  RANGE_BORROWED = 4, // its day is the other end's
};
enum { // which end of a date the words before it leave open: "since", "until", "before", "after"
  OPEN_SINCE = 1,
  OPEN_UNTIL,
  OPEN_BEFORE,
  OPEN_AFTER,
  OPEN_SO_FAR,     // "earlier this year": up to the article's day
  OPEN_STILL,      // "the rest of the year", "later this year": from it on
  OPEN_SINCE_PAST, // "seit": it has begun
};

typedef struct DateFrame { // what an expression says
  uint64_t has;
  int32_t field[FIELD_COUNT];
} DateFrame;
static inline bool frame_has(const DateFrame *f, DateField field)
{
  return f->has >> field & 1;
}
static inline int32_t frame_get(const DateFrame *f, DateField field, int32_t otherwise)
{
  return frame_has(f, field) ? f->field[field] : otherwise;
}
static inline void frame_set(DateFrame *f, DateField field, int32_t value)
{
  f->has |= (uint64_t)1 << field;
  f->field[field] = value;
}

// Symbols are names in the tables, numbers here; those that C makes itself or asks for come first.
enum {
  SYM_NONE,
  SYM_INT,
  SYM_DEC,
  SYM_NUM,
  SYM_ORD,
  SYM_MULT,
  SYM_CLOCK,
  SYM_CLOCKDOT,
  SYM_ISO,
  SYM_NDATE,
  SYM_DAYMON,
  SYM_ROMAN,
  SYM_YEARW,
  SYM_TENSE,
  SYM_MONTH,
  SYM_MONTHAB,
  SYM_WEEKDAY,
  SYM_WDAYAB,
  SYM_OPTION,
  SYM_ORDSUF,
  SYM_DAYSLASH,
  SYM_MONTHAMB,
  SYM_ANDHALF,
  SYM_TO,
  SYM_AND,
  SYM_DET,
  SYM_BETWEEN,
  SYM_FN,
  SYM_OPEN,
  SYM_PREP,
  SYM_OF,
  SYM_YPREP,
  SYM_ADV,
  SYM_EDGE,
  SYM_REL,
  SYM_FROMW,
  SYM_HALFW,
  SYM_OR,
  SYM_YEARPAIR,
  SYM_COUNTED,
  SYM_SUB,
  SYM_DEM,
  SYM_FIRSTNAME,
  SYM_PARTICIPLE,
  SYM_EXTREME,
  SYM_FIRST_FREE
};
enum { SYM_MAX = 256 };

typedef struct FieldSet {
  uint8_t field; // DateField
  int32_t value;
} FieldSet;

// One way to read `len` atoms.
typedef struct Reading {
  uint16_t sym;
  uint8_t len;
  uint8_t sets;
  uint8_t digits;  // of a number
  uint8_t letters; // LETTERS_*: the case it must have
  int32_t value;   // what `sym:field` in a pattern stores
  FieldSet set[4];
} Reading;
enum { LETTERS_ANY, LETTERS_CAPITAL, LETTERS_LOWER };

typedef struct SymSet { // a set of symbols
  uint64_t bits[SYM_MAX / 64];
} SymSet;
static inline void symset_add(SymSet *set, uint16_t sym)
{
  set->bits[sym >> 6] |= (uint64_t)1 << (sym & 63);
}
static inline bool symset_has(const SymSet *set, uint16_t sym)
{
  return set->bits[sym >> 6] >> (sym & 63) & 1;
}
static inline bool symset_meets(const SymSet *a, const SymSet *b)
{
  uint64_t both = 0;
  for (size_t i = 0; i < SYM_MAX / 64; i++) both |= a->bits[i] & b->bits[i];
  return both;
}

typedef struct Readings { // all that something may be; borrowed from the lexicon or made for one block
  const Reading *const *items;
  const SymSet *syms; // of them all
  uint32_t count;
} Readings;

typedef struct Atom { // a word, number or mark; a token is one or several ("1980-talet": three)
  Str lower;
  const Readings *readings; // NULL: nobody asked yet
  uint32_t start, end;      // bytes in the block
  uint32_t token;
  uint16_t node;   // of the lexicon; 0: not there, NODE_UNKNOWN: nobody asked yet
  uint8_t marks;   // WORD_KNOWN: may be part of an expression; WORD_HEAVY: may carry one
  bool inside : 1; // does not open its token
  bool spaced : 1; // white space before it
  uint64_t hash;   // str_hash() of `lower`
} Atom;
enum { NODE_UNKNOWN = UINT16_MAX };

typedef VEC_OF(Atom) AtomVec;

// What a word is in any form of the lexicon; see datelex_marks().
enum {
  WORD_OPENS = 1, // the first word of a form
  WORD_KNOWN = 2, // some word of one
  WORD_HEAVY = 4, // the most telling word of a form that is heavy: see DateNet.light
};

typedef struct LexNode { // a word behind the words of its parent
  Str word;
  uint64_t hash;
  uint16_t parent;
  uint16_t newest; // reading + 1, the others by DateLex.older; 0: none
  Readings readings;
  SymSet syms;
  bool has_children;
  bool simple; // its readings depend on neither case nor the words behind, unless it has children
} LexNode;
typedef struct WordShape { // what a word begins and ends with ("ge-t"), or the whole of it
  Str head, tail;
  bool whole;
} WordShape;
typedef VEC_OF(WordShape) WordShapes;
typedef struct DateLex {  // the words of one language
  VEC_OF(LexNode) nodes;  // [0]: the root
  uint64_t *slots;        // an open-addressing table: (parent, word) → node, see datelex_find()
  uint8_t marks[1 << 14]; // a Bloom filter of WORD_*: see datelex_marks()
  VEC_OF(Reading) readings;
  VEC_OF(uint16_t) older; // [reading] the one before of the same node, as LexNode.newest
  VEC_OF(Str) symbols;
  Map symbol_ids;       // name → symbol
  VEC_OF(Str) suffixes; // tense by ending, with
  VEC_OF(int32_t) suffix_tense;
  WordShapes participles, extremes; // "gewonnen"; "biggest"
  VEC_OF(Str) plurals;              // endings of words that may be counted
  bool month_first;                 // 3/4 is 4 March
  Arena arena;
} DateLex;

enum { FAMILY_NONE, FAMILY_DATE, FAMILY_DURATION, FAMILY_SET, FAMILY_REF };
typedef struct Pattern {
  uint8_t family;
  int16_t rank; // among matches of equal length
  uint8_t sets;
  FieldSet set[4];
} Pattern;

// A step of a compiled pattern. OP_SYM: its name comes first in a state's arcs.
enum { OP_SYM, OP_NOT, OP_GLUE, OP_BEGIN, OP_END, OP_SPLIT, OP_JUMP, OP_ACCEPT };
typedef struct PatOp {
  uint8_t code;
  uint8_t field; // OP_SYM: FIELD_COUNT for none
  uint16_t sym;
  uint32_t to; // OP_SPLIT: the other way; OP_JUMP; OP_ACCEPT: the pattern
} PatOp;

typedef struct DateArc {
  uint8_t code; // OP_SYM takes an atom; OP_NOT, OP_GLUE, OP_BEGIN and OP_END do not
  uint8_t field;
  uint16_t sym;
  uint16_t to; // state
} DateArc;
typedef struct DateState {
  uint32_t arcs, ends; // its first ones; they reach to those of the state behind it
  uint32_t free;       // its first arc that takes no atom
  SymSet next;         // the symbols that may come
  bool may_end;        // none need come
  bool filled;         // while the automaton is built
} DateState;
typedef struct DateNet { // the patterns of a language
  VEC_OF(Pattern) patterns;
  VEC_OF(DateState)
  states; // [0]: where every match begins; the last one is none, and only ends the one before
  VEC_OF(DateArc) arcs;
  VEC_OF(uint16_t) ends;      // patterns
  uint16_t root[SYM_MAX + 1]; // [symbol] the first arc of states[0] for it or one behind it
  SymSet light;               // too common to look at by themselves: no expression is made of them alone
} DateNet;

typedef struct DateMatch {
  const Pattern *pattern;
  uint32_t begin, end; // atoms: the extent
  DateFrame frame;
} DateMatch;

typedef struct DateTables { // of one language, compiled when it is first met
  DateLex lex;
  DateNet net;
} DateTables;
struct Dates {
  _Atomic(DateTables *) langs[LANG_COUNT];
};

// The tables of `lang`, borrowed from `self`; any thread. NULL with *err set (ERR_FORMAT) where one of them
// is broken.
const DateTables *dates_tables(const Dates *self, Lang lang, Error *err);

// --- datelex.c
bool date_field_of(Str name, uint8_t *field);
bool date_field_fits(uint8_t field, int32_t value, uint8_t digits);
// "3", "-1", or up to four letters ("Y", "PAST"), packed by date_code().
bool date_value_of(Str cell, int32_t *value);
bool date_sets_of(Str cell, uint8_t only, FieldSet *set, uint8_t *sets); // "unit=Y rel=-1"
bool datelex_load(DateLex *lex, Lang lang, Error *err);
void datelex_release(DateLex *lex);
void datelex_seal(DateLex *lex, const SymSet *light); // all words are in
uint16_t datelex_symbol(DateLex *lex, Str name);      // interned; SYM_NONE where there are too many
bool datelex_word(DateLex *lex, Str form, Reading reading);
// WORD_* of the word with this hash, in two places of a table: a few others seem to have some, too.
static inline uint8_t datelex_marks(const DateLex *lex, uint64_t hash)
{
  enum { MASK = sizeof lex->marks - 1 };
  return lex->marks[hash & MASK] & lex->marks[hash >> 14 & MASK];
}
// The node of the word with this str_hash() behind `parent` (0: the first word of a form); 0: none.
uint16_t datelex_find(const DateLex *lex, uint16_t parent, uint64_t hash);

// --- dateatom.c
// Where the atom that begins at `p` ends.
const char *dateatom_end(const char *p, const char *end);
// Inner points belong to a word ("a.m.", "f.kr."); one at the end is a mark of its own unless the word has
// inner ones. Of up to so many bytes: whoever asks goes through a word, and words may be long.
enum { POINTED_MAX = 32 };
bool dateatom_has_inner_point(Str word);
// Whether any word of the block can carry an expression; most blocks have none.
bool dateatom_any(const DateLex *lex, const TokenVec *tokens);
typedef struct AtomReader { // the atoms of a block, which are read when somebody asks
  const DateLex *lex;
  Str text; // of the block
  const TokenVec *tokens;
  Arena *scratch; // everything lives there
  AtomVec atoms;
  VEC_OF(const Reading *) found; // for the atom at hand
} AtomReader;
void dateatom_cut(AtomReader *self);
const Readings *dateatom_read(AtomReader *self, uint32_t at); // atom_readings() of one not read yet
// What the atom at `at` may be: never NULL.
static inline const Readings *atom_readings(AtomReader *reader, uint32_t at)
{
  const Readings *known = reader->atoms.items[at].readings;
  return known ? known : dateatom_read(reader, at);
}

// --- datepat.c
bool datepat_load(DateNet *net, DateLex *lex, Lang lang, Error *err);

// --- datenet.c
// `entries`: [pattern] its first operation. False with *err set where there are too many states.
bool datenet_build(DateNet *net, const PatOp *ops, size_t len, const uint32_t *entries, size_t count,
                   Error *err);
void datenet_release(DateNet *net);
// The longest match from `at` that `fits`; false: none. Patterns say what can be, `fits` what the words
// around allow; NULL: anything.
typedef bool (*DateFits)(const void *context, const DateMatch *match);
bool datenet_match(const DateNet *net, AtomReader *list, uint32_t at, DateFits fits, const void *context,
                   DateMatch *best);

// --- dates.c, dates_ranges.c
typedef struct DateFinder {
  const DateLex *lex;
  const AtomVec *atoms;
  AtomReader *reader;
  Notes *notes;
  uint32_t sentence;             // the one looked at last
  uint32_t last_begin, last_end; // atoms of the last draft
  uint32_t listed;               // drafts in a row that only commas, "and", "or" part, up to the last
} DateFinder;
static inline Str atom_word(const DateFinder *f, uint32_t at)
{
  return at < f->atoms->len ? f->atoms->items[at].lower : (Str){NULL, 0};
}

static inline const Reading *atom_reading(const DateFinder *f, uint32_t at, uint16_t sym)
{
  if (at >= f->atoms->len) return NULL;
  const Readings *all = atom_readings(f->reader, at);
  for (uint32_t i = 0; i < all->count; i++) {
    const Reading *r = all->items[i];
    if (r->sym == sym) return r;
  }
  return NULL;
}
static inline const Token *atom_token(const DateFinder *f, uint32_t at)
{
  return at < f->atoms->len ? &f->notes->tokens.items[f->atoms->items[at].token] : NULL;
}
static inline const Reading *day_reading(const DateFinder *f, uint32_t at)
{
  const Reading *number = atom_reading(f, at, SYM_INT);
  return number ? number : atom_reading(f, at, SYM_ORD);
}
static inline bool frame_has_clock(const DateFrame *f)
{
  return frame_has(f, FIELD_HOUR) || frame_has(f, FIELD_PART) || frame_has(f, FIELD_MINUTE);
}

void dates_add_draft(DateFinder *self, uint32_t begin, uint32_t end, DateType type, float confidence,
                     const DateFrame *frame);
// Whether a number that might be a day counts the word at `end`.
bool dates_counts(const DateFinder *self, uint32_t end);
// What a match and the dates before it, of which the last one ends at `floor`, give each other; adds the days
// in front of the match. Returns where the last of them ends, or `floor`.
uint32_t dates_join(DateFinder *self, DateMatch *m, uint32_t floor);
// Adds the day or week behind the match, which is the last draft. Returns where the search goes on.
uint32_t dates_add_right(DateFinder *self, const DateMatch *m);

// --- dates_fits.c
// A DateFits; its context is a DateFinder.
bool dates_match_fits(const void *context, const DateMatch *match);
// Whether the words before `at` lead on to a date: "in", "of", "early", "and".
bool dates_led_on(const DateFinder *self, uint32_t at);

// --- dates_tense.c
// Whether the word shows a tense: -1 past, 1 to come, 0 none. "Will" inside a sentence is a man.
int32_t dates_tense_of(const DateFinder *self, uint32_t at);
// The tense that the words around say, where the frame is open to it.
void dates_mark_tense(DateFinder *self, DateFrame *frame, uint32_t begin, uint32_t end);
// "In two weeks" is ahead, but "it was done in two weeks": a length. Takes the direction from the frame.
bool dates_lasted(DateFinder *self, DateMatch *match);

// --- dates_spans.c
#define DATES_CUE_REACH 180 // bytes from a quotation's cue to the day when it was said, at most

// --- dates_resolve.c
typedef struct Resolver {
  Timex now; // the article's date; GRAIN_NONE: unknown
  DateMemory memory;
  bool often;   // behind "on Fridays": a clock is of no one day
  Str dct_text; // of the anchor
  Arena *arena;
} Resolver;

typedef enum Anchor { ANCHOR_WORDS, ANCHOR_DCT, ANCHOR_REFERENCE, ANCHOR_QUARTER } Anchor;
Timex date_resolve(Resolver *r, const DateFrame *f, Anchor *anchor); // GRAIN_NONE: no point of the calendar
Timex date_today(const Resolver *r);                                 // `now` as a day
bool date_is_weekday_alone(const DateFrame *f);                      // "Monday", "i måndags"
Grain date_unit_grain(int32_t unit);
Str date_set_value(const DateFrame *f, Arena *arena);
Str date_set_freq(const DateFrame *f, Arena *arena); // "2X": how often in each of them; may be empty
Str date_ref_value(const DateFrame *f);
Str date_mod_value(int32_t mod); // may be empty

// --- dates_story.c
// Whether a month or a day is of the year told of before; and of which.
bool date_is_told(const Resolver *r, const DateFrame *f);
int date_told_year(const Resolver *r, int month);
// What "this year", "the summer" count from in a history; GRAIN_NONE: from the article's date.
Timex date_story_now(const Resolver *r, const DateFrame *f);
// After every date: `t` is what it came to, `from_now` whether it counts from the article's date.
void date_story_goes_on(Resolver *r, const DateFrame *f, const Timex *t, bool from_now);
// Before that: where the article's date is not known, what counts from it tells that it is no history.
void date_story_of_now(Resolver *r, const DateFrame *f);
void date_story_paragraph(DateMemory *memory); // a block ends

// --- dates_feast.c, dates_amount.c
int32_t date_feast_day(int32_t code, int year);          // as a day number
int32_t date_amount(const DateFrame *frame);             // FIELD_AMOUNT with FIELD_HALVES
Str date_duration(const DateFrame *frame, Arena *arena); // "P3D", "PT1.5H", "PXM", "P1Y3M"
// Whether the units of a count follow each other as in a value: "a year and two months", not "3 days, 2
// nights".
bool date_units_fit(const DateFrame *frame);
// The year that `yy` is in an article of year `now` (0 or less: unknown): not more than 20 years ahead of it.
static inline int date_full_year(int yy, int now)
{
  int last = (now > 0 ? now : 2030) + 20, year = last / 100 * 100 + yy;
  return year > last ? year - 100 : year;
}
static inline bool is_clock_unit(int32_t unit)
{
  return unit == UNIT_HOUR || unit == UNIT_MINUTE || unit == UNIT_SECOND;
}
