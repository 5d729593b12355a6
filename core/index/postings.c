// A folder is read in the order of its paths, and most lists are in the order of time: entries put where they
// belong would touch all pages of the table with every batch. So each great batch is a run of its own, in
// order in itself and written in one go behind all others, as in a log-structured merge tree (O'Neil et al.
// 1996). Small batches, what changes while one writes, go into run 0 in place. A question reads every run
// that lives (table `runs`); runs of like size are put together when they are many and when a scan has ended.
//
// That is done in slices, a range of lists at a time: its rows go from their runs to the heir in one
// transaction, so that at any moment an entry is in one of them. An article remembers the run it was put into
// (facts.run): its entries are there, or in the heir, or in the heir's.
//
// Rows have up to ROW_MAX bytes of entries, as a greater one would not lie in the tree's own pages
// (schema.c says how large these are). Beside those of an entity stands the earliest day that is told in
// them, so that a timeline unpacks no more rows than its first page comes from.
#include "index/postings.h"

#include "base/alloc.h"
#include "index/pack.h"
#include "index/schema.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>

enum {
  ROW_MAX = 1900,
  OWN_RUN = 64, // articles
  SLICE_MIN = 1 << 20,
  SLICE_MAX = 4 << 20, // bytes of memory
};

typedef enum PostingsStmt {
  SQL_RUNS,
  SQL_PUT_RUN,
  SQL_SET_HEIR,
  SQL_END_RUN,
  SQL_PUT,
  SQL_CHANGE,
  SQL_DROP,
  SQL_DROP_RANGE,
  SQL_AT,
  SQL_BEHIND,
  SQL_FIRST,
  SQL_RANGE,
  SQL_COUNT
} PostingsStmt;

static const char *const g_sql[SQL_COUNT] = {
    [SQL_RUNS] = "SELECT id, articles, heir, live FROM runs ORDER BY id",
    [SQL_PUT_RUN] = "INSERT INTO runs(id, articles, live) VALUES(?1, ?2, 1)",
    [SQL_SET_HEIR] = "UPDATE runs SET heir = ?2 WHERE id = ?1",
    [SQL_END_RUN] = "UPDATE runs SET live = 0 WHERE id = ?1",
    [SQL_PUT] = "INSERT INTO postings(run, list, article, entries, earliest) VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_CHANGE] =
        "UPDATE postings SET entries = ?4, earliest = ?5 WHERE run = ?1 AND list = ?2 AND article = ?3",
    [SQL_DROP] = "DELETE FROM postings WHERE run = ?1 AND list = ?2 AND article = ?3",
    [SQL_DROP_RANGE] = "DELETE FROM postings WHERE run = ?1 AND list BETWEEN ?2 AND ?3",
    [SQL_AT] = "SELECT article, entries FROM postings WHERE run = ?1 AND list = ?2 AND article <= ?3"
               " ORDER BY article DESC LIMIT 1",
    [SQL_BEHIND] = "SELECT article, entries FROM postings WHERE run = ?1 AND list = ?2 AND article > ?3"
                   " ORDER BY article LIMIT 1",
    [SQL_FIRST] = "SELECT list FROM postings WHERE run = ?1 ORDER BY list LIMIT 1",
    [SQL_RANGE] = "SELECT article, entries, list FROM postings WHERE run = ?1 AND list BETWEEN ?2 AND ?3"
                  " ORDER BY list, article",
};

typedef struct Run {
  int64_t id, heir; // 0: none
  size_t articles;
  bool live; // has rows, or may have
} Run;

struct Postings {
  sqlite3 *db;
  sqlite3_stmt *stmts[SQL_COUNT];
  VEC_OF(Run) runs;
  bool known;     // `runs` is what the table says
  int64_t width;  // lists of the next slice
  PostingVec row; // scratch
  StrBuf bytes, out;
};

Postings *postings_new(sqlite3 *db)
{
  Postings *self = xcalloc(1, sizeof *self);
  self->db = db;
  self->width = 64;
  return self;
}

void postings_free(Postings *self)
{
  if (!self) return;
  for (size_t i = 0; i < SQL_COUNT; i++) sqlite3_finalize(self->stmts[i]);
  vec_release(&self->runs);
  vec_release(&self->row);
  strbuf_release(&self->bytes);
  strbuf_release(&self->out);
  free(self);
}

void postings_forget(Postings *self)
{
  self->known = false;
}

// --- statements ---

// A statement with its first three parameters bound, as many as it has. NULL with *err.
static sqlite3_stmt *stmt_of(Postings *self, PostingsStmt which, int64_t first, int64_t second, int64_t third,
                             Error *err)
{
  sqlite3_stmt **stmt = &self->stmts[which];
  if (!*stmt &&
      sqlite3_prepare_v3(self->db, g_sql[which], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL) != SQLITE_OK) {
    schema_error(self->db, err);
    return NULL;
  }
  int64_t values[] = {first, second, third};
  int count = sqlite3_bind_parameter_count(*stmt);
  for (int i = 0; i < 3 && i < count; i++) sqlite3_bind_int64(*stmt, i + 1, values[i]);
  return *stmt;
}

static bool run_of(Postings *self, PostingsStmt which, int64_t first, int64_t second, int64_t third,
                   Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, which, first, second, third, err);
  if (!stmt) return false;
  bool ok = sqlite3_step(stmt) == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

static bool know_runs(Postings *self, Error *err)
{
  if (self->known) return true;
  sqlite3_stmt *stmt = stmt_of(self, SQL_RUNS, 0, 0, 0, err);
  if (!stmt) return false;
  self->runs.len = 0;
  int step;
  while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
    vec_push(&self->runs, (Run){.id = sqlite3_column_int64(stmt, 0),
                                .articles = (size_t)sqlite3_column_int64(stmt, 1),
                                .heir = sqlite3_column_int64(stmt, 2),
                                .live = sqlite3_column_int(stmt, 3)});
  self->known = step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return self->known;
}

static bool new_run(Postings *self, size_t articles, int64_t *id, Error *err)
{
  *id = self->runs.items[self->runs.len - 1].id + 1;
  if (!run_of(self, SQL_PUT_RUN, *id, (int64_t)articles, 0, err)) return false;
  vec_push(&self->runs, (Run){.id = *id, .articles = articles, .live = true});
  return true;
}

bool postings_run(Postings *self, size_t articles, int64_t *run, Error *err)
{
  *run = 0;
  return know_runs(self, err) && (articles < OWN_RUN || new_run(self, articles, run, err));
}

bool postings_clear(Postings *self, Error *err)
{
  self->known = false;
  return schema_exec(self->db, "DELETE FROM postings; DELETE FROM runs WHERE id > 0", err);
}

// --- order ---

static unsigned byte_of(int64_t key, unsigned byte)
{
  return (unsigned)(((uint64_t)key ^ (uint64_t)1 << 63) >> 8 * byte & 0xFF); // less than 0 is before 0
}

// Into the order of one byte of their list or article; what has the same stays as it is.
static void sort_byte(const Posting *from, Posting *to, size_t count, size_t key, unsigned byte)
{
  size_t next[257] = {0};
#define KEY(entry) (*(const int64_t *)((const char *)(entry) + key))
  for (size_t i = 0; i < count; i++) next[byte_of(KEY(&from[i]), byte) + 1]++;
  for (size_t i = 1; i < 256; i++) next[i] += next[i - 1];
  for (size_t i = 0; i < count; i++) to[next[byte_of(KEY(&from[i]), byte)]++] = from[i];
#undef KEY
}

// Byte by byte from the last one on (radix sort), those in which any two differ: a handful of passes, where
// comparing would take a dozen. Most often articles come in their order.
void postings_sort(PostingVec *entries)
{
  Posting *from = entries->items, *to = xmalloc(size_mul(entries->len + 1, sizeof *to));
  uint64_t differ[2] = {0};
  bool rising = true;
  for (size_t i = 1; i < entries->len; i++) {
    differ[0] |= (uint64_t)(from[i].article ^ from[0].article);
    differ[1] |= (uint64_t)(from[i].list ^ from[0].list);
    rising = rising && from[i].article >= from[i - 1].article;
  }
  static const size_t keys[2] = {offsetof(Posting, article), offsetof(Posting, list)};
  for (size_t key = rising; key < 2; key++)
    for (unsigned byte = 0; byte < 8; byte++) {
      if (!(differ[key] >> 8 * byte & 0xFF)) continue;
      sort_byte(from, to, entries->len, keys[key], byte);
      Posting *swap = from;
      from = to;
      to = swap;
    }
  bool moved = from != entries->items;
  entries->items = from;
  if (moved) entries->cap = entries->len + 1;
  free(to);
}

// --- rows ---

bool unpack_posting(Entries *entries, int64_t *article, Str *facts)
{
  uint64_t further, len;
  if (!unpack_number(&entries->left, &further) || !unpack_number(&entries->left, &len) ||
      len > entries->left.len)
    return false;
  entries->article += (int64_t)further;
  *article = entries->article;
  *facts = str_slice(entries->left, 0, len);
  entries->left = str_slice(entries->left, len, entries->left.len);
  return true;
}

static size_t size_of(const Posting *entry)
{
  return entry->facts.len + 4; // about
}

// The earliest day told beside an entity, as day_index(), in its entry; INT_MAX: none.
static int earliest_in(Str facts)
{
  Mentions mentions;
  Near near;
  if (!unpack_mentions(facts, &mentions)) return INT_MAX;
  Nears nears = {.left = mentions.near};
  return unpack_near(&nears, &near) ? near.begin : INT_MAX; // they are in the order of their beginnings
}

// A row of `count` entries of one list, by SQL_PUT or SQL_CHANGE.
static bool put_row(Postings *self, PostingsStmt how, int64_t run, const Posting *entries, size_t count,
                    Error *err)
{
  int64_t last = entries->article;
  int earliest = INT_MAX;
  strbuf_reset(&self->out);
  for (size_t i = 0; i < count; i++) {
    int day = entries->list < POSTINGS_DAYS ? earliest_in(entries[i].facts) : INT_MAX;
    if (day < earliest) earliest = day;
    pack_number(&self->out, (uint64_t)(entries[i].article - last));
    pack_number(&self->out, entries[i].facts.len);
    strbuf_add(&self->out, entries[i].facts);
    last = entries[i].article;
  }
  sqlite3_stmt *stmt = stmt_of(self, how, run, entries->list, entries->article, err);
  if (!stmt) return false;
  sqlite3_bind_blob(stmt, 4, self->out.ptr, (int)self->out.len, SQLITE_STATIC);
  if (earliest < INT_MAX)
    sqlite3_bind_int(stmt, 5, earliest);
  else
    sqlite3_bind_null(stmt, 5);
  bool ok = sqlite3_step(stmt) == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

// Entries of one list, in rows of like size, the first one by `how`.
static bool put_list(Postings *self, PostingsStmt how, int64_t run, const Posting *entries, size_t count,
                     Error *err)
{
  size_t bytes = 0;
  for (size_t i = 0; i < count; i++) bytes += size_of(&entries[i]);
  size_t wanted = bytes / (bytes / ROW_MAX + 1);
  for (size_t at = 0; at < count;) {
    size_t len = 0, size = 0;
    while (at + len < count && size < wanted && (!len || size + size_of(&entries[at + len]) <= ROW_MAX))
      size += size_of(&entries[at + len++]);
    if (!put_row(self, at ? SQL_PUT : how, run, &entries[at], len, err)) return false;
    at += len;
  }
  return true;
}

static bool put_lists(Postings *self, int64_t run, const Posting *entries, size_t count, Error *err)
{
  for (size_t at = 0, len; at < count; at += len) {
    for (len = 1; at + len < count && entries[at + len].list == entries[at].list;) len++;
    if (!put_list(self, SQL_PUT, run, &entries[at], len, err)) return false;
  }
  return true;
}

// --- in place ---

static void read_row(PostingVec *out, int64_t list, int64_t article, Str bytes)
{
  Entries entries = {.left = bytes, .article = article};
  Posting entry = {.list = list};
  while (unpack_posting(&entries, &entry.article, &entry.facts)) vec_push(out, entry);
}

// The row that `stmt` finds, as self->row. *article: its own; false with *err or where there is none.
static bool load_row(Postings *self, PostingsStmt which, int64_t run, int64_t list, int64_t *article,
                     Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, which, run, list, *article, err);
  if (!stmt) return false;
  self->row.len = self->bytes.len = 0;
  int step = sqlite3_step(stmt);
  if (step == SQLITE_ROW) {
    *article = sqlite3_column_int64(stmt, 0);
    strbuf_add(&self->bytes, (Str){sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1)});
    read_row(&self->row, list, *article, strbuf_str(&self->bytes));
  }
  if (step != SQLITE_ROW && step != SQLITE_DONE) schema_error(self->db, err);
  sqlite3_reset(stmt);
  return step == SQLITE_ROW;
}

// The row at hand, which was that of `article`, as it is now.
static bool put_back(Postings *self, int64_t run, int64_t list, int64_t article, Error *err)
{
  const PostingVec *row = &self->row;
  bool same = row->len && row->items[0].article == article;
  return (same || run_of(self, SQL_DROP, run, list, article, err)) &&
         put_list(self, same ? SQL_CHANGE : SQL_PUT, run, row->items, row->len, err);
}

// Where `article` is in the row at hand, or would be.
static size_t place_in(const PostingVec *row, int64_t article)
{
  size_t at = 0;
  while (at < row->len && row->items[at].article < article) at++;
  return at;
}

static bool put_in_place(Postings *self, int64_t run, const Posting *entry, Error *err)
{
  Error failed = {0};
  int64_t article = entry->article;
  if (!load_row(self, SQL_AT, run, entry->list, &article, &failed) && !failed.code)
    load_row(self, SQL_BEHIND, run, entry->list, &article, &failed);
  if (failed.code) {
    if (err) *err = failed;
    return false;
  }
  if (!self->row.len) return put_list(self, SQL_PUT, run, entry, 1, err);
  size_t at = place_in(&self->row, entry->article);
  vec_push(&self->row, *entry);
  memmove(self->row.items + at + 1, self->row.items + at, (self->row.len - 1 - at) * sizeof *entry);
  self->row.items[at] = *entry;
  return put_back(self, run, entry->list, article, err);
}

bool postings_put(Postings *self, int64_t run, const Posting *entries, size_t count, Error *err)
{
  if (run) return put_lists(self, run, entries, count, err);
  for (size_t i = 0; i < count; i++)
    if (!put_in_place(self, run, &entries[i], err)) return false;
  return true;
}

static const Run *find_run(const Postings *self, int64_t id)
{
  for (size_t i = self->runs.len; i-- > 0;)
    if (self->runs.items[i].id == id) return &self->runs.items[i];
  return NULL;
}

bool postings_remove(Postings *self, int64_t run, int64_t list, int64_t article, Error *err)
{
  if (!know_runs(self, err)) return false;
  for (const Run *at = find_run(self, run); at; at = at->heir ? find_run(self, at->heir) : NULL) {
    Error failed = {0};
    int64_t row = article;
    if (!at->live) continue;
    bool found = load_row(self, SQL_AT, at->id, list, &row, &failed);
    if (failed.code) {
      if (err) *err = failed;
      return false;
    }
    size_t place = found ? place_in(&self->row, article) : 0;
    if (!found || place == self->row.len || self->row.items[place].article != article) continue;
    self->row.len--;
    memmove(self->row.items + place, self->row.items + place + 1,
            (self->row.len - place) * sizeof *self->row.items);
    return put_back(self, at->id, list, row, err);
  }
  return true;
}

// --- putting runs together ---

static int by_size(const void *a, const void *b)
{
  const Run *x = *(Run *const *)a, *y = *(Run *const *)b;
  return (x->articles > y->articles) - (x->articles < y->articles);
}

// Runs of like size get an heir: the smallest, and each that is not twice as great as those before it
// together.
static bool begin_settling(Postings *self, size_t most, int64_t *heir, Error *err)
{
  VEC_OF(Run *) runs = {0};
  for (size_t i = 0; i < self->runs.len; i++)
    if (self->runs.items[i].id && self->runs.items[i].live) vec_push(&runs, &self->runs.items[i]);
  size_t count = 0, sum = 0;
  *heir = 0;
  bool ok = true;
  if (runs.len > most) {
    vec_sort(&runs, by_size);
    for (; count < runs.len && (count < 2 || runs.items[count]->articles <= 2 * sum); count++)
      sum += runs.items[count]->articles;
    *heir = self->runs.items[self->runs.len - 1].id + 1;
    for (size_t i = 0; ok && i < count; i++) {
      runs.items[i]->heir = *heir;
      ok = run_of(self, SQL_SET_HEIR, runs.items[i]->id, *heir, 0, err);
    }
    ok = ok && new_run(self, sum, heir, err);
  }
  vec_release(&runs);
  return ok;
}

static bool is_of(const Run *run, int64_t heir)
{
  return run->live && run->heir == heir;
}

// The first list that a run with this heir has in *first; false: none has any more, or *err.
static bool first_list(Postings *self, int64_t heir, int64_t *first, Error *err)
{
  bool found = false;
  for (size_t i = 0; i < self->runs.len; i++) {
    const Run *run = &self->runs.items[i];
    if (!is_of(run, heir)) continue;
    sqlite3_stmt *stmt = stmt_of(self, SQL_FIRST, run->id, 0, 0, err);
    if (!stmt) return false;
    int step = sqlite3_step(stmt);
    int64_t list = step == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_reset(stmt);
    if (step != SQLITE_ROW && step != SQLITE_DONE) return schema_error(self->db, err);
    if (step == SQLITE_ROW && (!found || list < *first)) *first = list;
    found = found || step == SQLITE_ROW;
  }
  return found;
}

typedef struct Slice {
  int64_t first, last; // lists
  PostingVec entries;
  Arena arena; // their facts
  size_t bytes;
} Slice;

static void empty_slice(Slice *slice)
{
  slice->entries.len = slice->bytes = 0;
  arena_reset(&slice->arena);
}

// Gather what `run` has of the slice's lists, until that is too much.
static bool read_range(Postings *self, int64_t run, Slice *slice, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, SQL_RANGE, run, slice->first, slice->last, err);
  if (!stmt) return false;
  int step = SQLITE_DONE;
  bool one_list = slice->first == slice->last;
  while ((one_list || slice->bytes <= SLICE_MAX) && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
    Str row = {sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1)};
    row.ptr = arena_copy(&slice->arena, row.ptr ? row.ptr : "", row.len);
    size_t before = slice->entries.len;
    read_row(&slice->entries, sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 0), row);
    slice->bytes += row.len + (slice->entries.len - before) * sizeof *slice->entries.items;
  }
  bool ok = step == SQLITE_ROW || step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

// As many lists from `slice->first` on as are a slice.
static bool read_slice(Postings *self, int64_t heir, Slice *slice, Error *err)
{
  bool ok = true;
  for (;;) {
    slice->last = slice->first + self->width - 1;
    if (slice->first < POSTINGS_DAYS && slice->last >= POSTINGS_DAYS) slice->last = POSTINGS_DAYS - 1;
    for (size_t i = 0; ok && i < self->runs.len; i++)
      if (is_of(&self->runs.items[i], heir)) ok = read_range(self, self->runs.items[i].id, slice, err);
    if (!ok || slice->first == slice->last || slice->bytes <= SLICE_MAX) break;
    self->width = (slice->last - slice->first + 1) / 2;
    empty_slice(slice);
  }
  if (slice->bytes < SLICE_MIN && self->width < POSTINGS_DAYS) self->width *= 2;
  return ok;
}

// One slice from `first` on.
static bool move_slice(Postings *self, int64_t heir, int64_t first, Error *err)
{
  Slice slice = {.first = first};
  bool ok = read_slice(self, heir, &slice, err);
  postings_sort(&slice.entries);
  for (size_t i = 0; ok && i < self->runs.len; i++)
    if (is_of(&self->runs.items[i], heir))
      ok = run_of(self, SQL_DROP_RANGE, self->runs.items[i].id, slice.first, slice.last, err);
  ok = ok && put_lists(self, heir, slice.entries.items, slice.entries.len, err);
  vec_release(&slice.entries);
  arena_release(&slice.arena);
  return ok;
}

static bool end_settling(Postings *self, int64_t heir, Error *err)
{
  for (size_t i = 0; i < self->runs.len; i++) {
    Run *run = &self->runs.items[i];
    if (!is_of(run, heir)) continue;
    if (!run_of(self, SQL_END_RUN, run->id, 0, 0, err)) return false;
    run->live = false;
  }
  return true;
}

bool postings_settle(Postings *self, size_t most, bool *more, Error *err)
{
  *more = false;
  if (!know_runs(self, err)) return false;
  int64_t heir = 0, first = 0;
  for (size_t i = 0; i < self->runs.len; i++)
    if (self->runs.items[i].live && self->runs.items[i].heir) heir = self->runs.items[i].heir;
  if (!heir && !begin_settling(self, most, &heir, err)) return false;
  if (!heir) return true;
  *more = true;
  Error failed = {0};
  if (first_list(self, heir, &first, &failed)) return move_slice(self, heir, first, err);
  if (failed.code && err) *err = failed;
  return !failed.code && end_settling(self, heir, err);
}
