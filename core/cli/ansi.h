// ansi: an article in a terminal's colours: kinds told apart by colour and style, dates with their values
// and quotations with their speakers behind them, wrapped at words, with a short legend. Control
// characters of the article never reach the terminal. One thread.
#pragma once

#include "annotate/pipeline.h"
#include "config/manifest.h"

#include <stdio.h>

// `path` may be NULL. Lines are wrapped to the terminal's width, or 100 columns where `out` is none.
// Colours and shapes of underlines are the manifest's, as far as the terminal shows them: 24 bits where
// COLORTERM says so, else the 256 colours; light or dark after COLORFGBG; shaped underlines where the
// terminal is known for them.
void ansi_print(FILE *out, const Manifest *manifest, const char *path, const Snapshot *text,
                const Annotations *found);
