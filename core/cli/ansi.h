// ansi: an article in a terminal's colours: kinds told apart by colour and style, dates with their values and
// quotations with their speakers behind them, wrapped at words, with a short legend. Control characters of
// the article never reach the terminal.
#pragma once

#include "annotate/pipeline.h"

#include <stdio.h>

// `path` may be NULL. Lines are wrapped to the terminal's width, or 100 columns where `out` is none.
void ansi_print(FILE *out, const char *path, const Snapshot *text, const Annotations *found);
