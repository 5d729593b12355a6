// position: byte offsets to lines and columns, in UTF-8, UTF-16 or UTF-32 units, and back.
// Inside newsmark everything is bytes; this is the editor's door. A column beyond its line's end is the
// line's end, as LSP wants; one inside a character is the character's start. Under EOL_LF a line ends before
// its \n alone: an editor that shows a \r has a column for it. Any thread.
#pragma once

#include "text/snapshot.h"

typedef enum Encoding { ENC_UTF8, ENC_UTF16, ENC_UTF32 } Encoding; // UTF-32: code points

typedef struct Position {
  size_t line;   // from 0
  size_t column; // in the encoding's units, from 0
} Position;

Position position_of(const Snapshot *text, size_t at, Encoding enc);
size_t position_to_byte(const Snapshot *text, Position pos,
                        Encoding enc); // the text's end past the last line

// Offset of byte `at` counted in `enc` from the start of the text.
size_t offset_of(const Snapshot *text, size_t at, Encoding enc);

// Many conversions in rising order, in one walk over the text.
typedef struct PositionWalk {
  const Snapshot *text; // borrowed
  Encoding enc;
  size_t at, line, column, offset; // where the walk stands: byte, line, column, offset in units
} PositionWalk;

PositionWalk position_walk(const Snapshot *text, Encoding enc);
// Move to byte `at`; going back is allowed and starts afresh.
Position position_walk_to(PositionWalk *walk, size_t at);
size_t offset_walk_to(PositionWalk *walk, size_t at);
