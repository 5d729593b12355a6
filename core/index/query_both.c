// A question goes to the folder's index and to that of the drafts laid over it (drafts.h), and the answers
// become one. Articles that are drafts are passed over in the first (asked_article()); of sums, what their
// files on disk have in them is taken out.
#include "index/query_p.h"

#include "base/map.h"

typedef int (*Order)(const void *a, const void *b);

// Rows of `a`, then of `b`, each in `order`, put together in it; in `arena`.
static void *merge(Arena *arena, const void *a, size_t a_len, const void *b, size_t b_len, size_t size,
                   Order order)
{
  char *out = arena_alloc(arena, size_mul(a_len + b_len, size)), *to = out;
  const char *x = a, *x_end = x + a_len * size, *y = b, *y_end = y + b_len * size;
  for (; x < x_end || y < y_end; to += size) {
    bool first = y == y_end || (x < x_end && order(x, y) <= 0);
    memcpy(to, first ? x : y, size);
    *(first ? &x : &y) += size;
  }
  return out;
}

#define MERGE(arena, rows, more, order, filter)                                                              \
  do {                                                                                                       \
    if (!(more)->len) break;                                                                                 \
    (rows)->items = merge((arena), (rows)->items, (rows)->len, (more)->items, (more)->len,                   \
                          sizeof *(rows)->items, (order));                                                   \
    (rows)->len = (rows)->cap = (rows)->len + (more)->len;                                                   \
    if ((filter)->limit && (rows)->len > (filter)->limit) (rows)->len = (filter)->limit;                     \
  } while (0)

// What one of the two does not know, a tag perhaps, the other may.
static bool either(bool of_folder, bool of_drafts, Error *err)
{
  if (!of_folder && of_drafts && err && err->code == ERR_USAGE) *err = (Error){0};
  return of_folder || (of_drafts && (!err || err->code == ERR_NONE));
}

// --- order: that of the questions themselves; the day, as articles' numbers begin with it

static int by_place(const Place *x, const Place *y)
{
  int first = day_of(x->date), second = day_of(y->date);
  return (first > second) - (first < second);
}

static int mention_order(const void *a, const void *b)
{
  return by_place(&((const MentionRow *)a)->at, &((const MentionRow *)b)->at);
}

static int quote_order(const void *a, const void *b)
{
  return by_place(&((const QuoteRow *)a)->at, &((const QuoteRow *)b)->at);
}

static int date_order(const void *a, const void *b)
{
  const DateRow *x = a, *y = b;
  int first = day_index(day_of(x->begin.len ? x->begin : x->until)),
      second = day_index(day_of(y->begin.len ? y->begin : y->until));
  if (first != second) return first > second ? 1 : -1;
  first = day_index(day_until(x->until.len ? x->until : x->begin));
  second = day_index(day_until(y->until.len ? y->until : y->begin));
  return (first < second) - (first > second);
}

static int score_order(const void *a, const void *b)
{
  double x = ((const SearchRow *)a)->score, y = ((const SearchRow *)b)->score;
  return (x < y) - (x > y);
}

// --- questions for rows

bool query_mentions(Query *self, const QueryFilter *filter, Arena *arena, MentionRows *rows, Error *err)
{
  bool ok = query_mentions_in(self, filter, arena, rows, err);
  if (!self->drafts) return ok;
  MentionRows more = {0};
  Error none = {0};
  ok = either(ok, query_mentions_in(drafts_query(self->drafts), filter, arena, &more, &none), err);
  MERGE(arena, rows, &more, mention_order, filter);
  return ok;
}

bool query_quotes(Query *self, const QueryFilter *filter, Arena *arena, QuoteRows *rows, Error *err)
{
  bool ok = query_quotes_in(self, filter, arena, rows, err);
  if (!ok || !self->drafts) return ok;
  QuoteRows more = {0};
  ok = query_quotes_in(drafts_query(self->drafts), filter, arena, &more, err);
  MERGE(arena, rows, &more, quote_order, filter);
  return ok;
}

bool query_timeline(Query *self, const QueryFilter *filter, Arena *arena, DateRows *rows, Error *err)
{
  bool ok = query_timeline_in(self, filter, arena, rows, err);
  if (!ok || !self->drafts) return ok;
  DateRows more = {0};
  ok = query_timeline_in(drafts_query(self->drafts), filter, arena, &more, err);
  MERGE(arena, rows, &more, date_order, filter);
  return ok;
}

bool query_search(Query *self, const QueryFilter *filter, Arena *arena, SearchRows *rows, Error *err)
{
  bool ok = query_search_in(self, filter, arena, rows, err);
  if (!ok || !self->drafts) return ok;
  SearchRows more = {0};
  ok = query_search_in(drafts_query(self->drafts), filter, arena, &more, err);
  MERGE(arena, rows, &more, score_order, filter);
  return ok;
}

// --- entities: sums

typedef struct Sums {
  Query *query;
  Arena *arena;
  Error *err;
  EntityRows *rows;
  Map by_key; // → place in rows
} Sums;

static EntityRow *find_row(Sums *self, Str key)
{
  uint64_t at;
  return map_get(&self->by_key, key, &at) ? &self->rows->items[at] : NULL;
}

static void push_row(Sums *self, const EntityRow *row)
{
  map_put(&self->by_key, row->entity, self->rows->len);
  vec_push_in(self->arena, self->rows, *row);
}

// Rows for those whom the drafts alone bring into the answer, with what the folder has of them.
static bool bring_in(Sums *self, const EntityRows *fresh)
{
  bool ok = true;
  for (size_t i = 0; ok && i < fresh->len; i++) {
    EntityRows known = {0};
    QueryFilter one = {.name = fresh->items[i].entity, .limit = 1};
    if (find_row(self, one.name)) continue;
    ok = query_entities_in(self->query, &one, self->arena, &known, self->err);
    EntityRow row = known.len && str_eq(known.items[0].entity, one.name) ? known.items[0] : fresh->items[i];
    if (!known.len || !str_eq(known.items[0].entity, one.name)) row.mentions = row.articles = row.quotes = 0;
    push_row(self, &row);
  }
  return ok;
}

static void add(EntityRow *row, const EntityRow *more)
{
  row->mentions += more->mentions;
  row->articles += more->articles;
  row->quotes += more->quotes;
  if (more->first.len && (!row->first.len || str_cmp(more->first, row->first) < 0)) row->first = more->first;
  if (more->last.len && str_cmp(more->last, row->last) > 0) row->last = more->last;
}

static void take(size_t *from, size_t n)
{
  *from -= n < *from ? n : *from;
}

// What the files of the drafts have in the sums goes.
static bool take_files(Sums *self, const QueryFilter *filter)
{
  const char *path;
  bool ok = true;
  for (size_t i = 0; ok && (path = drafts_path(self->query->drafts, i)); i++) {
    EntityRows was = {0};
    QueryFilter here = {.path = str_of(path), .from = filter->from, .until = filter->until};
    ok = query_entities_in(self->query, &here, self->arena, &was, self->err);
    for (size_t r = 0; ok && r < was.len; r++) {
      EntityRow *row = find_row(self, was.items[r].entity);
      if (!row) continue;
      take(&row->mentions, was.items[r].mentions);
      take(&row->articles, was.items[r].articles);
      take(&row->quotes, was.items[r].quotes);
    }
  }
  return ok;
}

static int entity_order(const void *a, const void *b)
{
  const EntityRow *x = a, *y = b;
  if (x->mentions != y->mentions) return x->mentions < y->mentions ? 1 : -1;
  return str_cmp(x->entity, y->entity);
}

static void sort_rows(EntityRows *rows, size_t limit)
{
  size_t len = 0;
  for (size_t i = 0; i < rows->len; i++)
    if (rows->items[i].articles) rows->items[len++] = rows->items[i];
  rows->len = len;
  vec_sort(rows, entity_order);
  if (limit && rows->len > limit) rows->len = limit;
}

bool query_entities(Query *query, const QueryFilter *filter, Arena *arena, EntityRows *rows, Error *err)
{
  bool ok = query_entities_in(query, filter, arena, rows, err);
  if (!ok || !query->drafts) return ok;
  Sums self = {.query = query, .arena = arena, .err = err, .rows = rows};
  for (size_t i = 0; i < rows->len; i++) map_put(&self.by_key, rows->items[i].entity, i);
  EntityRows fresh = {0};
  ok = query_entities_in(drafts_query(query->drafts), filter, arena, &fresh, err) &&
       bring_in(&self, &fresh) && take_files(&self, filter);
  for (size_t i = 0; ok && i < fresh.len; i++) add(find_row(&self, fresh.items[i].entity), &fresh.items[i]);
  if (ok) sort_rows(rows, filter->limit);
  map_release(&self.by_key);
  return ok;
}
