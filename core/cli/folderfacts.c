// A reader is opened for the folder of the article at hand and kept while articles of that folder come; every
// KEEP_NS it is opened again, so that an index made anew is found. Few articles ask, so nothing is opened
// before.
#define _XOPEN_SOURCE 700 // realpath
#include "cli/folderfacts.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "index/query.h"

#include <pthread.h>
#include <stdlib.h>

#define KEEP_NS 2000000000u

typedef struct FolderFacts {
  pthread_mutex_t lock;
  char *root;   // of the folder that `query` reads; NULL: none yet
  Query *query; // NULL: it has no index
  uint64_t opened_ns;
} FolderFacts;

// Takes `root`.
static void open_query(FolderFacts *self, char *root)
{
  Folder folder = {0};
  query_free(self->query);
  free(self->root);
  self->root = root;
  self->query = folder_find(&folder, root, NULL) ? query_new(&folder, NULL) : NULL;
  self->opened_ns = clock_ns();
  folder_release(&folder);
}

static Query *query_for(FolderFacts *self, Str path)
{
  char *given = path.len ? str_dup(path) : xstrdup("."), *real = realpath(given, NULL);
  char *root = real ? folder_marked_above(real) : NULL;
  free(given);
  free(real);
  if (!root) return NULL;
  if (self->root && !strcmp(self->root, root) && clock_ns() - self->opened_ns < KEEP_NS)
    free(root);
  else
    open_query(self, root);
  return self->query;
}

static bool entity(void *ctx, Str path, Str name, Arena *arena, FolderEntity *out)
{
  static const char *const tags[ENTITY_TYPES] = {"person", "org", "place"};
  FolderFacts *self = ctx;
  EntityRows rows = {0};
  QueryFilter filter = {.name = name, .limit = 1};
  pthread_mutex_lock(&self->lock);
  Query *query = name.len ? query_for(self, path) : NULL;
  bool found = query && query_entities(query, &filter, arena, &rows, NULL) && rows.len;
  pthread_mutex_unlock(&self->lock);
  if (!found) return false;
  const EntityRow *row = &rows.items[0];
  *out = (FolderEntity){.name = row->name,
                        .entity = row->entity,
                        .tag = str_of(tags[row->type]),
                        .first = row->first,
                        .last = row->last,
                        .articles = row->articles,
                        .mentions = row->mentions,
                        .quotes = row->quotes};
  return true;
}

static void facts_free(void *ctx)
{
  FolderFacts *self = ctx;
  query_free(self->query);
  free(self->root);
  pthread_mutex_destroy(&self->lock);
  free(self);
}

HostFolder folderfacts_new(void)
{
  FolderFacts *self = xcalloc(1, sizeof *self);
  pthread_mutex_init(&self->lock, NULL);
  return (HostFolder){.entity = entity, .free = facts_free, .ctx = self};
}
