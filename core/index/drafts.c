// A Store in memory, brought up to date when a question comes: what was not edited since the last one stays.
// One question at a time has it, from drafts_lay() to query_free().
#include "index/drafts.h"

#include "index/query_p.h"
#include "index/store_p.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

enum { DEAD_MAX = 100 };

typedef struct Held { // a draft that the store has
  char *path;
  uint64_t serial;
  Snapshot *prose;
} Held;

struct Drafts {
  _Atomic(int) refs;
  uv_mutex_t lock; // guards what follows
  Store *store;    // NULL: nothing was asked yet
  Query query;
  VEC_OF(Held) held;
};

Drafts *drafts_new(void)
{
  Drafts *self = xcalloc(1, sizeof *self);
  self->refs = 1;
  if (uv_mutex_init(&self->lock)) abort();
  return self;
}

Drafts *drafts_ref(Drafts *self)
{
  atomic_fetch_add(&self->refs, 1);
  return self;
}

static void release_held(Held *held)
{
  free(held->path);
  snapshot_unref(held->prose);
}

void drafts_unref(Drafts *self)
{
  if (!self || atomic_fetch_sub(&self->refs, 1) > 1) return;
  for (size_t i = 0; i < self->held.len; i++) release_held(&self->held.items[i]);
  vec_release(&self->held);
  store_free(self->store);
  uv_mutex_destroy(&self->lock);
  free(self);
}

static Held *find(const Drafts *self, Str path)
{
  for (size_t i = 0; i < self->held.len; i++)
    if (str_is(path, self->held.items[i].path)) return &self->held.items[i];
  return NULL;
}

bool drafts_text(const Drafts *self, Str path, StrBuf *out)
{
  const Held *held = find(self, path);
  if (!held) return false;
  size_t len = snapshot_len(held->prose);
  strbuf_reset(out);
  for (Str chunk; out->len < len; strbuf_add(out, chunk)) chunk = snapshot_chunk(held->prose, out->len);
  return true;
}

bool drafts_have(const Drafts *self, Str path)
{
  return find(self, path) != NULL;
}

Query *drafts_query(Drafts *self)
{
  return &self->query;
}

const char *drafts_path(const Drafts *self, size_t nth)
{
  return nth < self->held.len ? self->held.items[nth].path : NULL;
}

// --- bringing it up to date

static bool open_store(Drafts *self, Error *err)
{
  if (self->store) return true;
  self->store = store_open(":memory:", "drafts", err);
  if (self->store)
    self->query = (Query){.db = self->store->db, .root = "", .bits = self->store->bits, .of = self};
  return self->store != NULL;
}

// What was edited leaves its words behind in the full-text table: where they are much, it all begins anew.
static void begin_anew(Drafts *self)
{
  size_t dead = 0, articles;
  if (self->store) store_waste(self->store, &dead, &articles);
  if (dead <= DEAD_MAX) return;
  store_free(self->store);
  self->store = NULL;
  for (size_t i = 0; i < self->held.len; i++) release_held(&self->held.items[i]);
  self->held.len = 0;
}

static bool is_open(const Held *held, const Draft *open, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (str_is(open[i].path, held->path)) return true;
  return false;
}

static bool drop_closed(Drafts *self, const Draft *open, size_t count, Error *err)
{
  bool ok = true;
  for (size_t i = self->held.len; ok && i-- > 0;) {
    Held *held = &self->held.items[i];
    if (is_open(held, open, count)) continue;
    ok = store_remove(self->store, str_of(held->path), err);
    release_held(held);
    *held = self->held.items[--self->held.len];
  }
  return ok;
}

static bool put(Drafts *self, const Draft *draft, Error *err)
{
  Held *held = find(self, draft->path);
  if (held && held->serial == draft->serial) return true;
  if (!held) {
    vec_push(&self->held, (Held){.path = str_dup(draft->path)});
    held = &self->held.items[self->held.len - 1];
  }
  snapshot_unref(held->prose);
  held->prose = snapshot_ref(draft->found->prose);
  held->serial = draft->serial;
  Arena arena = {0}, scratch = {0};
  Str text = snapshot_read(held->prose, 0, snapshot_len(held->prose), &arena);
  Str file = snapshot_read(draft->text, 0, snapshot_len(draft->text), &arena);
  About about = about_read(file, draft->markup, &arena);
  Record *record = record_new(draft->path, text, draft->found, &about,
                              draft->registry ? draft->registry->identities : NULL, &scratch);
  arena_release(&scratch);
  arena_release(&arena);
  return store_put(self->store, record, err);
}

static bool is_indexed(const Query *folder, Str path)
{
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(folder->db, "SELECT 1 FROM files WHERE path = ?1", -1, &stmt, NULL) != SQLITE_OK)
    return false;
  store_bind(stmt, 1, path);
  bool found = sqlite3_step(stmt) == SQLITE_ROW;
  sqlite3_finalize(stmt);
  return found;
}

bool drafts_lay(Drafts *self, const Draft *open, size_t count, Query *folder, Error *err)
{
  uv_mutex_lock(&self->lock);
  begin_anew(self);
  bool ok = open_store(self, err) && drop_closed(self, open, count, err);
  for (size_t i = 0; ok && i < count; i++)
    if (is_indexed(folder, open[i].path)) ok = put(self, &open[i], err);
  ok = ok && store_commit(self->store, err);
  if (ok)
    folder->drafts = self;
  else
    uv_mutex_unlock(&self->lock);
  return ok;
}

void drafts_lift(Drafts *self)
{
  uv_mutex_unlock(&self->lock);
}
