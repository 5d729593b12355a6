// setup: what every verb begins with: where newsmark's files are, and the pipeline out of them.
#pragma once

#include "annotate/pipeline.h"
#include "config/manifest.h"
#include "config/paths.h"
#include "script/host.h"

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
// The script taggers, by the settings of the user and the working folder; what is wrong in these is said on
// standard error where `loud`. Never NULL. `manifest` is borrowed.
Host *setup_host(const Manifest *manifest, bool loud);
// Say on standard error what is wrong with the scripts.
void setup_report_scripts(Host *host);
// A whole file (NULL or "-": standard input). NULL with *err: ERR_NOT_FOUND, ERR_IO, ERR_LIMIT (above 256
// MB), a directory.
Snapshot *setup_read_file(const char *path, Error *err);
