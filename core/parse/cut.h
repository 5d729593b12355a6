// cut: where a long text is cut into sections: at line ends where a block is sure to end, chosen by the bytes
// around them, so that the cuts follow from the text alone and find back to their places after an edit. Any
// thread.
#pragma once

#include "text/snapshot.h"

#ifndef CUT_MIN
#define CUT_MIN 16384u // bytes: a section's length is at least this (the last one's apart) ...
#define CUT_MAX 49152u // ... and more than this only where no block is sure to end
#endif

// Where the section that starts at byte `start` ends. Depends on nothing but the bytes from there on.
size_t cut_find(const Snapshot *text, size_t start);
// The end of the bytes that decided that the section [start, end) ends there.
size_t cut_reach(size_t start, size_t end);
