// setup: what every verb begins with: where newsmark's files are, and the pipeline out of them.
#pragma once

#include "annotate/pipeline.h"

// The directory of plugin.toml, gazetteer, models and taggers: $NEWSMARK_DATA, else share/newsmark beside the
// program or one up. Never NULL; lives as long as the program.
const char *setup_data_dir(void);
// The pipeline, with what is missing said on standard error once. Never NULL: a broken table is a bug, and
// ends the program.
Pipeline *setup_pipeline(void);
// A whole file (NULL or "-": standard input). NULL with *err: ERR_NOT_FOUND, ERR_IO, ERR_LIMIT (above 256
// MB), a directory.
Snapshot *setup_read_file(const char *path, Error *err);
