// host: the script taggers: the shipped ones, the user's and the project's, over an article's annotations.
// Scripts run on a thread of their own; one that runs past its hard limit is given up together with its
// thread, and the rest goes on without it. A broken script is an issue with file and line; everybody else
// goes on. All functions may be called from any thread; articles are worked on one after another (for more at
// a time, make more hosts).
#pragma once

#include "annotate/pipeline.h"
#include "config/manifest.h"
#include "config/settings.h"

typedef struct Host Host;

typedef struct HostOptions {
  const Manifest *manifest; // its taggers; borrowed for the host's life
  const Settings *settings; // taggers.<id>.enabled and budgets; read at once; NULL: the defaults
  const char *data_dir;     // host/prelude.lua and the shipped taggers
  const char *user_dir;     // every *.lua in it is a tagger; NULL: none
  const char *project_dir;  // likewise, of a workspace that the user trusts; NULL: none
  const Pipeline *pipeline; // for the scripts' own tests, borrowed; NULL: they see words alone
  bool test;                // run each script's first tests when it is loaded
} HostOptions;

const char *host_lua_version(void); // "Lua 5.4.4"
// Never NULL: what cannot be loaded is an issue. *err has a sentence where no script can run at all.
Host *host_new(const HostOptions *options, Error *err);
// Waits for the article at work, within its limits; those still queued are answered with NULL.
void host_free(Host *self);
// Look at the script folders again, before the next article: changed scripts are loaded anew; where that
// fails the last good version stays.
void host_reload(Host *self);

// `found` with the scripts' tags, and without what their filters dropped. The caller holds a reference; with
// no tagger it is `found` itself. Waits for the scripts: not for the loop thread.
Annotations *host_annotate(Host *self, const Snapshot *text, const Annotations *found, Str path);

// The same without waiting. `done` is called once, on a thread of the host, with a reference to the result
// that is now the callee's; NULL: the host is being freed. `path` is copied.
typedef void (*HostDone)(void *ctx, uint64_t ticket, Annotations *result);
void host_submit(Host *self, uint64_t ticket, const Snapshot *text, const Annotations *found, Str path,
                 HostDone done, void *ctx);

typedef struct ScriptIssue {
  Str tagger;  // its id
  Str path;    // of the script
  size_t line; // from 1; 0: unknown
  Str text;    // one sentence
  Str trace;   // Lua's traceback; empty: none
} ScriptIssue;
typedef VEC_OF(ScriptIssue) ScriptIssueVec;

typedef struct ScriptState {
  Str tagger, path;
  bool running; // false: it failed to load, or was stopped
  uint64_t articles, failures;
  uint32_t p50_us, p99_us; // of the last articles
  uint64_t spans;          // in all articles
  Str last_error;          // empty: none
} ScriptState;
typedef VEC_OF(ScriptState) ScriptStateVec;

// Copies, in `arena`.
void host_issues(Host *self, Arena *arena, ScriptIssueVec *out);
void host_states(Host *self, Arena *arena, ScriptStateVec *out);
void host_tags(Host *self, Arena *arena, TagTypeVec *out); // the tag types that the running scripts declare
