// hostfolder: what scripts may ask of a folder's index, filled in by a layer that knows it. Called on the
// scripts' thread, one call at a time.
#pragma once

#include "base/arena.h"

#include <stdbool.h>

typedef struct FolderEntity {
  Str name, entity; // "Li Shangfu", "wd:Q1"
  Str tag;          // "person", "org", "place"
  Str first, last;  // dates of articles; empty where none has one
  size_t articles, mentions, quotes;
} FolderEntity;

typedef struct HostFolder {
  // Of the folder that holds the article at `path`; strings in `arena`. False: there is none, or no index.
  bool (*entity)(void *ctx, Str path, Str name, Arena *arena, FolderEntity *out);
  void (*free)(void *ctx); // with the host
  void *ctx;
} HostFolder;
