// tagger: one script: what it declares, compiled, and running it over an article.
// One thread at a time.
#pragma once

#include "annotate/pipeline.h"
#include "config/manifest.h"
#include "parse/article.h"
#include "script/hostfolder.h"
#include "script/memo.h"
#include "script/needles.h"
#include "script/regex.h"
#include "script/sandbox.h"
#include "script/wanted.h"
#include "script/words.h"

#define TAGGER_SCRIPT_MAX ((size_t)1 << 20) // bytes of a script

typedef struct TaggerList {
  uint32_t tag;   // in Tagger.tags
  uint32_t langs; // as Tagger.langs
  bool whole;
  Str value;     // {NULL, 0}: none
  int value_ref; // function in the registry; LUA_NOREF: none
  Words *near;   // NULL: anywhere
} TaggerList;

typedef struct TaggerPattern {
  uint32_t tag, langs;
  Regex *regex;
  size_t group;
  Str value;
  int value_ref, check_ref;
  Words *near;
  size_t number; // in the script, from 1
} TaggerPattern;

enum Need { NEED_EXACT, NEED_FOLDED, NEED_TRIGGERS, NEED_PATTERNS }; // and the patterns' numbers, from 0

typedef struct TaggerTest {
  Str text; // with inline marks, unless `none`
  Str lang; // empty: the first of the tagger's languages
  bool none;
} TaggerTest;

typedef struct Tagger {
  Str id;     // the manifest's, or the file's stem
  char *path; // of the script
  Budget budget;
  Sandbox *box;
  size_t line; // of the script where it is declared: the place of faults that have no other
  Str name;    // as declared
  TagTypeVec tags;
  uint32_t langs; // bit set of Lang; 0: all
  VEC_OF(TaggerList) lists;
  Words *exact, *folded; // of all lists; ids are indices of `lists`
  VEC_OF(TaggerPattern) patterns;
  Needles *needles;    // of all that is searched for; ids as in Need
  uint32_t first_need; // its ids begin here in Run.needles
  Words *triggers;     // NULL: none
  int scan_ref, filter_ref;
  bool filter_all;    // the filter is asked about everything
  Wanted filter_tags; // else about these
  VEC_OF(TaggerTest) tests;
  Memo *memo;      // NULL: articles do not come again
  Arena arena;     // owns the strings above
  struct Run *run; // the article being worked on; NULL: none
  uint64_t run_id; // of the last one
} Tagger;

typedef struct TaggerSource {
  Str id;
  const char *path;    // of the script
  const char *prelude; // host/prelude.lua
  Str script;          // its text; ptr NULL: what the file holds
  Budget budget;
  bool quiet; // what it prints goes nowhere
} TaggerSource;

// Load the script. NULL with *fault where it cannot be used; fault->line is in the script.
Tagger *tagger_new(const TaggerSource *source, Fault *fault);
void tagger_free(Tagger *self); // NULL is fine
const TagType *tagger_tag(const Tagger *self, Str id);

typedef struct Reach { // a span, by its number, and how far it and those of its name before it reach
  size_t span, reach;
} Reach;

typedef struct Within { // the spans of one name, for newsmark.around
  Str name;
  size_t seen; // spans of the run when they were looked at
  VEC_OF(Reach) spans;
} Within;

typedef struct Glance { // at a block
  Str text;             // valid UTF-8
  const uint64_t *may;  // what may occur in it; NULL: nobody has looked
} Glance;

// What a tagger found in an article without Lua, see search.h.
typedef struct Early {
  SpanVec spans; // by blocks, apart; in the run's `scratch`
  bool *left;    // [block] it is to be searched with Lua; NULL: none
  bool any;      // a block is in one of its languages
  bool triggered;
  const TagFacts **plain; // as Run.plain
} Early;

// One article's way through the taggers.
typedef struct Run {
  Str text; // the article
  Str path;
  const Annotations *found; // blocks, language, date, title; borrowed
  const Snapshot *snapshot; // what `text` was read from; borrowed
  Article *article;         // its trees, once a script asked for them; owned by who made the run
  const HostFolder *folder; // NULL: no index; borrowed
  size_t asked;             // questions to it so far
  VEC_OF(Within) within;    // in `scratch`
  bool live;                // an edit of an article that was tagged before
  Lang lang;                // of the block at work
  const Needles *needles;   // of all taggers, see Tagger.first_need; borrowed
  Glance *glances;          // [block], in `scratch`; NULL: none yet
  SpanVec spans;  // so far: the machine's and the scripts'; in `arena`. What a filter drops has start == end
  size_t machine; // the first so many are the machine's
  bool machine_changed;   // by a filter
  Arena *arena;           // of all strings of new spans
  Arena *scratch;         // of what the run needs for itself
  size_t first_own, own;  // spans of the tagger at work
  const TagFacts **plain; // [tag of the tagger at work] facts without a value
  uint64_t spent_ns;      // of the thread's time, in Lua
  bool scanning;          // scan() is at work: emit may be called
} Run;

// Whether it takes Lua to append the tagger's spans.
bool tagger_needs_lua(const Tagger *self, const Early *early);
// Append the tagger's spans to run->spans. `early` is what search_early() gave. False with *fault: there are
// none.
bool tagger_tag_article(Tagger *self, Run *run, const Early *early, Fault *fault);
// Whether the tagger's filter asks to see one of `spans`.
bool tagger_filters(const Tagger *self, const SpanVec *spans);
// Let the tagger's filter see, drop and change every span. False with *fault: all stay as they were.
bool tagger_filter_article(Tagger *self, Run *run, Fault *fault);
// Milliseconds that the tagger may take for the article.
uint32_t tagger_budget_ms(const Tagger *self, const Run *run);

// What became of one of the script's own tests.
typedef struct TestOutcome {
  size_t number; // in the script, from 1
  bool passed;
  Str text; // the test as written
  Str diff; // lines, "missing …" and "unexpected …"; empty where it passed
} TestOutcome;
typedef VEC_OF(TestOutcome) TestOutcomeVec; // in an arena

// Run the first `most` of the script's tests, over the annotations of `pipeline` where it is given, else over
// the words alone. Returns how many failed.
size_t tagger_run_tests(Tagger *self, const Pipeline *pipeline, size_t most, Arena *arena,
                        TestOutcomeVec *out);
