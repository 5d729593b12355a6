// setup: what every verb begins with: where newsmark's files are, and the pipeline out of them. Main
// thread, but for the IndexTagger, whose calls come from the index's workers.
#pragma once

#include "annotate/pipeline.h"
#include "config/articles.h"
#include "config/manifest.h"
#include "config/paths.h"
#include "index/indexer.h"
#include "script/host.h"
#include "text/position.h"

// Where newsmark's files are; found once, lives as long as the program.
const Paths *setup_paths(void);
const char *setup_data_dir(void); // of plugin.toml, gazetteer, models and taggers
// plugin.toml, with what is wrong in it said on standard error once. Never NULL. The caller owns it.
Manifest *setup_manifest(void);
// The pipeline, with what is missing said on standard error once. Never NULL: a broken table is a bug, and
// ends the program.
Pipeline *setup_pipeline(void);
// The settings for the article at `path` (NULL: the working folder) with its front matter. The caller owns
// them.
Settings *setup_settings(const Manifest *manifest, const char *path, Str front_matter);
typedef struct SetupHost {
  const Manifest *manifest;
  const Pipeline *pipeline; // NULL: the scripts' tests are not run
  char *const *articles;    // [count] paths: the scripts of their projects are loaded, too
  size_t count;
  const char *folder; // whose settings hold; NULL: the working folder
  bool loud;          // say on standard error what is wrong in the settings
  bool live;          // for an editor: articles come again and again
  bool background;    // for an index: see HostOptions
} SetupHost;

// The script taggers, by the settings of the user and the working folder. Never NULL. What `how` points to is
// borrowed: manifest and pipeline for the host's life.
Host *setup_host(const SetupHost *how);
// The same for an index of the folder at `root`, whose settings hold: what adds the tags of scripts.
// `manifest` is borrowed for its life.
IndexTagger setup_index_tagger(const Manifest *manifest);
IndexRules setup_index_rules(const Manifest *manifest); // which files a folder's settings want in its index
char *setup_user_settings(void);                        // the user's config.toml; heap; NULL likewise
char *setup_user_taggers(void); // the folder of the user's own; heap; NULL: there is no place for it
char *setup_trust_list(void);   // where config/trust.h keeps what the user trusts; heap; NULL: nowhere
// Say on standard error what is wrong with the scripts.
void setup_report_scripts(Host *host);
Encoding setup_unit(const char *name); // "utf8", "utf16" or "codepoint"
// A whole file (NULL or "-": standard input). NULL with *err: ERR_NOT_FOUND, ERR_IO, ERR_LIMIT (above 256
// MB), a directory.
Snapshot *setup_read_file(const char *path, Error *err);

// The articles that `path` names: itself, or all .txt, .md and .html below it, sorted. False with a message
// where there is no such thing.
bool setup_articles(const char *path, ArticlePaths *out);

typedef struct Reading {    // how articles are read
  const Manifest *manifest; // the settings that hold for an article count
  const Pipeline *pipeline;
  Host *host;             // NULL: without scripts
  const char *lang, *dct; // before what the settings say; NULL: they are asked
  bool no_reported;       // leave out "X said that …"
} Reading;

typedef struct Loaded { // an article with all that is found in it
  Snapshot *text, *prose;
  Annotations *machine, *found; // without and with what people decided; empty where the settings say so
} Loaded;
// Read and annotate the article at `path` ("-": standard input), with what is wrong in its front matter said
// on standard error. False with *err.
bool setup_load(Loaded *self, const Reading *how, const char *path, Error *err);
void setup_unload(Loaded *self);
