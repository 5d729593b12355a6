// Mentions and dates. Entries of one name lie in the order of time, so that a page of each of those that a
// surname means, merged, has the page wanted. Days told beside a name are packed in its entries, which
// are all looked at, as any may have the earliest; but no row whose earliest day comes behind the page, and
// each entry only as far as its days may be on it.
#include "index/query_p.h"

#include "index/fold.h"

// --- mentions ---

typedef struct Hit { // an article and an entity in it
  int64_t article, entity;
  int type;
  Str spots;
} Hit;
typedef VEC_OF(Hit) HitVec;

static int by_article(const void *a, const void *b)
{
  const Hit *x = a, *y = b;
  if (x->article != y->article) return x->article > y->article ? 1 : -1;
  return (x->entity > y->entity) - (x->entity < y->entity);
}

typedef struct Finding { // of hits of one entity
  Asked *asked;
  int64_t entity;
  HitVec *hits;
} Finding;

static bool add_hit(void *ud, int64_t article, Str facts)
{
  Finding *self = ud;
  Mentions mentions;
  if (!unpack_mentions(facts, &mentions) || !mentions.count) return false;
  if (self->asked->type >= 0 && self->asked->type != (int)mentions.type) return false;
  vec_push(self->hits,
           (Hit){article, self->entity, (int)mentions.type, arena_dup(self->asked->arena, mentions.spots)});
  return true;
}

static bool find_hits(Asked *asked, HitVec *hits)
{
  bool ok = true;
  for (size_t i = 0; ok && i < asked->ids.len; i++) {
    Finding finding = {asked, asked->ids.items[i], hits};
    ok = asked_postings(asked, finding.entity, asked_limit(asked), add_hit, &finding);
  }
  vec_sort(hits, by_article);
  return ok;
}

typedef struct Listing {
  Asked asked;
  MentionRows *rows;
  sqlite3_stmt *entity_stmt;
  int64_t entity; // that `key` and `name` are of
  Str key, name;
} Listing;

static bool name_entity(Listing *self, int64_t id)
{
  if (self->key.ptr && self->entity == id) return true;
  if (!self->entity_stmt)
    self->entity_stmt = asked_prepare(&self->asked, "SELECT key, name FROM entities WHERE id = ?1");
  if (!self->entity_stmt) return false;
  bool ok = true;
  sqlite3_bind_int64(self->entity_stmt, 1, id);
  if (asked_step(&self->asked, self->entity_stmt, &ok)) {
    self->entity = id;
    self->key = asked_column(&self->asked, self->entity_stmt, 0);
    self->name = asked_column(&self->asked, self->entity_stmt, 1);
  }
  sqlite3_reset(self->entity_stmt);
  return ok;
}

static bool add_mentions(Listing *self, const Hit *hit)
{
  Asked *asked = &self->asked;
  bool ok = true;
  MentionRow row = {0};
  Place place;
  if (!asked_article(asked, hit->article, &place, &ok)) return ok;
  if (!name_entity(self, hit->entity)) return false;
  row.type = str_of(hit->type >= 0 && hit->type < ENTITY_TYPES ? query_entity_types[hit->type] : "");
  row.entity = self->key;
  row.name = self->name;
  Spots spots = {.left = hit->spots};
  for (Spot spot; !asked_full(asked, self->rows->len) && unpack_spot(&spots, &spot);) {
    row.at = place;
    asked_locate(asked, &row.at, spot.start, spot.end);
    vec_push_in(asked->arena, self->rows, row);
  }
  return true;
}

static bool mentions_of_names(Listing *self)
{
  HitVec hits = {0};
  bool ok = asked_names(&self->asked) && find_hits(&self->asked, &hits);
  for (size_t i = 0; ok && i < hits.len && !asked_full(&self->asked, self->rows->len); i++)
    ok = add_mentions(self, &hits.items[i]);
  vec_release(&hits);
  return ok;
}

// --- tags: named by their type, and where a name is given too, by their value or words

static bool tag_is_known(Asked *asked, bool *ok)
{
  sqlite3_stmt *stmt = asked_prepare(asked, "SELECT 1 FROM tags WHERE tag = ?1 LIMIT 1");
  if (!stmt) return *ok = false;
  sqlite3_bind_text(stmt, 1, asked->filter->type.ptr, (int)asked->filter->type.len, SQLITE_STATIC);
  bool known = asked_step(asked, stmt, ok);
  sqlite3_finalize(stmt);
  return known;
}

static bool tag_is_meant(const Asked *asked, const MentionRow *row, Str name, Arena *scratch)
{
  arena_reset(scratch);
  return !name.len || query_holds_words(row->name, name, asked->filter->prefix, scratch) ||
         query_holds_words(row->at.text, name, asked->filter->prefix, scratch);
}

static bool mentions_of_tag(Listing *self)
{
  Asked *asked = &self->asked;
  bool ok = true;
  if (!tag_is_known(asked, &ok))
    return ok && error_set(asked->err, ERR_USAGE, "no type '" STR_FMT "' here", STR_ARG(asked->filter->type));
  sqlite3_stmt *stmt =
      asked_prepare(asked, "SELECT article, start, end, value FROM tags WHERE tag = ?1 AND article"
                           " BETWEEN ?2 AND ?3 ORDER BY article, start");
  if (!stmt) return false;
  sqlite3_bind_text(stmt, 1, asked->filter->type.ptr, (int)asked->filter->type.len, SQLITE_STATIC);
  sqlite3_bind_int64(stmt, 2, asked->first);
  sqlite3_bind_int64(stmt, 3, asked->last);
  Arena scratch = {0};
  Str name = fold_words(asked->arena, asked->filter->name);
  while (ok && !asked_full(asked, self->rows->len) && asked_step(asked, stmt, &ok)) {
    MentionRow row = {.type = asked->filter->type, .name = asked_column(asked, stmt, 3)};
    if (!asked_article(asked, sqlite3_column_int64(stmt, 0), &row.at, &ok)) continue;
    asked_locate(asked, &row.at, (size_t)sqlite3_column_int64(stmt, 1),
                 (size_t)sqlite3_column_int64(stmt, 2));
    if (tag_is_meant(asked, &row, name, &scratch)) vec_push_in(asked->arena, self->rows, row);
  }
  arena_release(&scratch);
  sqlite3_finalize(stmt);
  return ok;
}

bool query_mentions_in(Query *query, const QueryFilter *filter, Arena *arena, MentionRows *out, Error *err)
{
  QueryFilter any_type = *filter; // a tag is none of the types that asked_begin() knows
  bool tag = filter->type.len > 0;
  for (int i = 0; i < ENTITY_TYPES; i++) tag = tag && !str_is(filter->type, query_entity_types[i]);
  if (tag) any_type.type = (Str){0};
  Listing self = {.asked = {.query = query, .filter = &any_type, .arena = arena, .err = err}, .rows = out};
  bool ok = asked_begin(&self.asked, query_entity_types, ENTITY_TYPES);
  self.asked.filter = filter;
  if (ok && tag)
    ok = mentions_of_tag(&self);
  else if (ok && !filter->name.len)
    ok = error_set(err, ERR_USAGE, "mentions of whom? a name is needed");
  else if (ok)
    ok = mentions_of_names(&self);
  sqlite3_finalize(self.entity_stmt);
  asked_end(&self.asked);
  return ok;
}

// --- timeline ---

typedef struct Moment { // a date, and where it is told
  int begin, until;     // day_index()
  int64_t article;
  size_t nth;
} Moment;
typedef VEC_OF(Moment) MomentVec;

typedef struct Timeline {
  Asked asked;
  DateRows *rows;
  MomentVec told; // heap
  int from, until;
  int latest; // what begins later is not among those wanted
  sqlite3_stmt *dates_stmt;
} Timeline;

static int by_begin(const void *a, const void *b)
{
  const Moment *x = a, *y = b;
  if (x->begin != y->begin) return x->begin > y->begin ? 1 : -1;
  if (x->until != y->until) return x->until < y->until ? 1 : -1;
  if (x->article != y->article) return x->article > y->article ? 1 : -1;
  return (x->nth > y->nth) - (x->nth < y->nth);
}

// The earliest, one of each, as many as are wanted.
static void sort_told(Timeline *self)
{
  if (!self->told.len) return;
  qsort(self->told.items, self->told.len, sizeof *self->told.items, by_begin);
  size_t len = 1;
  for (size_t i = 1; i < self->told.len; i++)
    if (by_begin(&self->told.items[i], &self->told.items[len - 1]) != 0)
      self->told.items[len++] = self->told.items[i];
  self->told.len = asked_full(&self->asked, len) ? self->asked.filter->limit : len;
}

// Keep the list short while it is gathered.
static void add_told(Timeline *self, Moment told)
{
  size_t limit = self->asked.filter->limit;
  if (told.begin > self->latest) return;
  vec_push(&self->told, told);
  if (!limit || self->told.len < 4 * limit + 1000) return;
  sort_told(self);
  if (asked_full(&self->asked, self->told.len)) self->latest = self->told.items[limit - 1].begin;
}

// The dates of a row of days. How many were wanted in *taken.
static void add_days(Timeline *self, int64_t list, Entries entries, int64_t *taken)
{
  int span = postings_span_of(list), begin = postings_begin_of(list);
  int64_t article;
  Told told;
  for (Str facts; unpack_posting(&entries, &article, &facts);)
    while (article >= self->asked.first && article <= self->asked.last && unpack_told(&facts, span, &told)) {
      int until = begin + told.length;
      if (until < self->from || (self->asked.type >= 0 && self->asked.type != (int)told.type)) continue;
      add_told(self, (Moment){begin, until, article, told.nth});
      ++*taken;
    }
}

// Those of one span in one run: in the order of days, until there are enough, and the last day is complete.
static bool told_in_run(Timeline *self, sqlite3_stmt *stmt, int64_t run, int span)
{
  Asked *asked = &self->asked;
  bool ok = true;
  int from = self->from > schema_span_most[span] ? self->from - schema_span_most[span] : 0;
  sqlite3_bind_int64(stmt, 1, run);
  sqlite3_bind_int64(stmt, 2, postings_of_day(span, from));
  sqlite3_bind_int64(stmt, 3, postings_of_day(span, self->until));
  int64_t taken = 0, last = 0, limit = asked_limit(asked);
  while (asked_step(asked, stmt, &ok)) {
    int64_t list = sqlite3_column_int64(stmt, 0);
    if (postings_begin_of(list) > self->latest || (limit >= 0 && taken >= limit && list != last)) break;
    last = list;
    Str bytes = {sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2)};
    add_days(self, list, (Entries){bytes, sqlite3_column_int64(stmt, 1)}, &taken);
  }
  sqlite3_reset(stmt);
  return ok;
}

static bool told_of_all(Timeline *self)
{
  Asked *asked = &self->asked;
  sqlite3_stmt *stmt = asked_prepare(asked, "SELECT list, article, entries FROM postings WHERE run = ?1 AND"
                                            " list BETWEEN ?2 AND ?3 ORDER BY list, article");
  bool ok = stmt;
  for (int span = 0; ok && span < SCHEMA_SPANS; span++)
    for (size_t i = 0; ok && i < asked->runs.len; i++)
      ok = told_in_run(self, stmt, asked->runs.items[i], span);
  sqlite3_finalize(stmt);
  return ok;
}

static bool add_nears(void *ud, int64_t article, Str facts)
{
  Timeline *self = ud;
  Mentions mentions;
  if (!unpack_mentions(facts, &mentions)) return false;
  Nears nears = {.left = mentions.near};
  for (Near near; unpack_near(&nears, &near) && near.begin <= self->latest;) {
    if (near.until < self->from) continue;
    if (self->asked.type < 0 || self->asked.type == (int)near.type)
      add_told(self, (Moment){near.begin, near.until, article, near.nth});
  }
  return true;
}

static bool told_beside_names(Timeline *self)
{
  Asked *asked = &self->asked;
  bool ok = asked_names(asked);
  asked->latest = &self->latest;
  for (size_t i = 0; ok && i < asked->ids.len; i++)
    ok = asked_postings(asked, asked->ids.items[i], -1, add_nears, self);
  return ok;
}

// The nth date of the article, its value in the arena.
static bool read_date(Timeline *self, const Moment *told, PackedDate *date, bool *ok)
{
  if (!self->dates_stmt)
    self->dates_stmt = asked_prepare(
        &self->asked, "SELECT t.dates FROM facts f JOIN found t ON t.id = f.found WHERE f.article = ?1");
  if (!self->dates_stmt) return *ok = false;
  sqlite3_bind_int64(self->dates_stmt, 1, told->article);
  bool found = false;
  if (asked_step(&self->asked, self->dates_stmt, ok)) {
    PackedDates dates = {.left = asked_column(&self->asked, self->dates_stmt, 0)};
    found = true;
    for (size_t nth = 0; found && nth <= told->nth; nth++) found = unpack_date(&dates, date);
  }
  sqlite3_reset(self->dates_stmt);
  return found;
}

static bool add_date_row(Timeline *self, const Moment *told)
{
  Asked *asked = &self->asked;
  DateRow row = {0};
  PackedDate date;
  bool ok = true;
  if (!read_date(self, told, &date, &ok) || !asked_article(asked, told->article, &row.at, &ok)) return ok;
  row.type = date.type;
  if (date.open != OPEN_BEGIN) row.begin = query_day_text(asked->arena, date.begin);
  if (date.open != OPEN_UNTIL) row.until = query_day_text(asked->arena, date.until);
  row.value = date.value.len ? date.value : query_day_text(asked->arena, date.begin);
  asked_locate(asked, &row.at, date.start, date.end);
  vec_push_in(asked->arena, self->rows, row);
  return true;
}

bool query_timeline_in(Query *query, const QueryFilter *filter, Arena *arena, DateRows *out, Error *err)
{
  QueryFilter all_articles = *filter; // the range is that of the dates told, not of the articles
  all_articles.from = all_articles.until = (Str){0};
  Timeline self = {.asked = {.query = query, .filter = &all_articles, .arena = arena, .err = err},
                   .rows = out};
  self.from = day_index(day_of(filter->from));
  self.until = filter->until.len ? day_index(day_until(filter->until)) : INT32_MAX;
  self.latest = self.until;
  bool ok = asked_begin(&self.asked, query_date_types, DATE_TYPES) &&
            (filter->name.len ? told_beside_names(&self) : told_of_all(&self));
  if (ok) sort_told(&self);
  for (size_t i = 0; ok && i < self.told.len; i++) ok = add_date_row(&self, &self.told.items[i]);
  sqlite3_finalize(self.dates_stmt);
  vec_release(&self.told);
  asked_end(&self.asked);
  return ok;
}
