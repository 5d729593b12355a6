// host: the script taggers: the shipped ones, the user's and those of the projects whose scripts the user
// trusts, over an article's annotations. Scripts run on a thread of their own; one that runs past its hard
// limit is given up together with its thread, and the rest goes on without it. A broken script is an issue
// with file and line; everybody else goes on. All functions may be called from any thread; articles are
// worked on one after another (for more at a time, make more hosts). Those that wait for scripts or files say
// so: they are not for the loop thread.
#pragma once

#include "annotate/pipeline.h"
#include "config/manifest.h"
#include "config/settings.h"
#include "script/hostfolder.h"

typedef struct Host Host;

typedef struct HostOptions {
  const Manifest *manifest;    // its taggers; borrowed for the host's life
  Settings *settings;          // taggers.<id>.enabled and budgets; taken; NULL: the defaults
  const char *data_dir;        // host/prelude.lua and the shipped taggers
  const char *user_dir;        // every *.lua in it is a tagger; NULL: none
  const char *trust_list;      // see config/trust.h; NULL: no project's script runs
  const char *const *projects; // as host_set_projects() takes them
  size_t project_count;
  const Pipeline *pipeline; // for the scripts' own tests, borrowed; NULL: they see words alone
  HostFolder folder;        // taken; .entity NULL: scripts know no index
  bool test;                // run each script's first tests when it is loaded
  bool remember;            // articles come again and again: keep what was found in their paragraphs
  bool background;          // of an index: only what fails in an article is logged
} HostOptions;

const char *host_lua_version(void); // "Lua 5.4.4"
// Never NULL: what cannot be loaded is an issue. *err has a sentence where no script can run at all. Waits.
Host *host_new(const HostOptions *options, Error *err);
void host_free(Host *self); // NULL is fine; waits for the article at work, within its limits

// What a host with these options would run: another number whenever a script comes, goes, changes, or is
// trusted or not. Looks at files, loads nothing.
uint64_t host_stamp(const HostOptions *options);

// Folders (real paths) whose .newsmark/taggers/*.lua tag the articles below them, from the next
// host_reload() on.
void host_set_projects(Host *self, const char *const *roots, size_t count);
// Look at the scripts again: load what changed, came or was trusted; where that fails the last good version
// stays. True where any of them is another now. Waits.
bool host_reload(Host *self);
// Trust or distrust the project's script at `path`, or all those of the project at `path`, as they are now; a
// host_reload() makes it so. False with *err: ERR_NOT_FOUND (no such script), ERR_IO. Waits.
bool host_trust(Host *self, const char *path, bool trust, Error *err);
// The user wrote the script at `path`: where it was trusted, it still is. Waits.
void host_saved(Host *self, const char *path);

bool host_has_taggers(Host *self); // that run: else host_annotate() has nothing to add
// `found` with the scripts' tags, and without what their filters dropped. The caller holds a reference; with
// no tagger it is `found` itself. Waits.
Annotations *host_annotate(Host *self, const Snapshot *text, const Annotations *found, Str path);

// The same for an article that is open in an editor.
typedef struct HostLive {
  bool typed;        // the article was given before and is being typed in: the smaller budget holds
  bool wait;         // until the host is free; else the answer may be NULL: it is at work for others
  uint64_t spent_ns; // out: of the processor, by all that took part
} HostLive;
Annotations *host_annotate_live(Host *self, const Snapshot *text, const Annotations *found, Str path,
                                HostLive *live);

// --- reports: copies, in `arena`

typedef enum ScriptOrigin { SCRIPT_SHIPPED, SCRIPT_USER, SCRIPT_PROJECT } ScriptOrigin;
typedef enum ScriptCondition {
  SCRIPT_RUNNING,
  SCRIPT_BROKEN,    // it does not load
  SCRIPT_STOPPED,   // over its budget too often, or given up
  SCRIPT_UNTRUSTED, // a project's, which the user has not trusted
} ScriptCondition;

const char *script_origin_name(ScriptOrigin origin);          // "shipped"
const char *script_condition_name(ScriptCondition condition); // "running"

typedef struct ScriptIssue {
  Str tagger;  // its id
  Str path;    // of the script
  size_t line; // from 1; 0: unknown
  Str text;    // one sentence
  Str trace;   // Lua's traceback; empty: none
  bool waits;  // nothing is wrong: it waits to be trusted
} ScriptIssue;
typedef VEC_OF(ScriptIssue) ScriptIssueVec;

typedef struct ScriptState {
  Str tagger, path;
  ScriptOrigin origin;
  ScriptCondition condition;
  Budget budget;
  uint64_t articles, failures;
  uint32_t p50_us, p99_us; // of the last articles
  uint64_t spans;          // in all articles
  ScriptIssue issue;       // the last; text empty: none
} ScriptState;
typedef VEC_OF(ScriptState) ScriptStateVec;

typedef struct ScriptTag { // a tag type that a running script declares
  TagType type;
  Str script; // its id
} ScriptTag;
typedef VEC_OF(ScriptTag) ScriptTagVec;

void host_issues(Host *self, Arena *arena, ScriptIssueVec *out);
void host_states(Host *self, Arena *arena, ScriptStateVec *out);
void host_tags(Host *self, Arena *arena, ScriptTagVec *out);
bool host_tag(Host *self, Str id, Arena *arena, ScriptTag *out); // false: no running script declares it
// Rises whenever a script comes, goes, breaks, is stopped or mended.
uint64_t host_generation(Host *self);
