// drafts: the articles that are open in an editor, as they stand there, in an index of their own in memory.
// Laid over a query, they win over the files on disk.
#pragma once

#include "annotate/pipeline.h"
#include "human/registry.h"
#include "index/query.h"

typedef struct Drafts Drafts;

typedef struct Draft {
  Str path;                 // in the folder
  uint64_t serial;          // another one: the text or what is found in it has changed
  const Snapshot *text;     // as in the editor
  const Annotations *found; // in it
  const Registry *registry; // what people say of the folder's names; NULL: nothing
  Markup markup;            // of the text
} Draft;

Drafts *drafts_new(void);
Drafts *drafts_ref(Drafts *self);
void drafts_unref(Drafts *self); // NULL is fine
// Make these `count` all that there is, those of them that the folder's index has, and lay them over
// `folder`: until query_free() it answers with them. Waits while they are laid over another query. Any
// thread. False with *err: nothing is laid over it.
bool drafts_lay(Drafts *self, const Draft *open, size_t count, Query *folder, Error *err);
