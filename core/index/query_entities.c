// For all time the sums are at hand, and an index by them: rows are walked from the most mentioned on. A name
// that few bear is looked up instead. How often within a range has to be counted: of a name by its rows, of
// all by what the articles of the range hold.
#include "index/query_p.h"

#include "index/fold.h"

enum { FEW_NAMES = 1000 };

#define ENTITY "e.id, e.key, e.name, e.per, e.org, e.loc, e.articles, e.quotes"
#define MOST_FREQUENT "CASE max(per, org, loc) WHEN per THEN 0 WHEN org THEN 1 ELSE 2 END"
#define OF_TYPE "e.articles > 0 AND (:type < 0 OR :type = " MOST_FREQUENT ")"

typedef struct Tally { // of an entity, within a range
  int64_t id, first, last;
  size_t mentions[ENTITY_TYPES], articles, quotes;
} Tally;

typedef struct Entities {
  Asked asked;
  EntityRows *rows;
  sqlite3_stmt *row_stmt, *ends_stmt[2];
  VEC_OF(Tally) tallies;
} Entities;

static size_t sum_of(const size_t mentions[ENTITY_TYPES])
{
  size_t sum = 0;
  for (int i = 0; i < ENTITY_TYPES; i++) sum += mentions[i];
  return sum;
}

static EntityType most_frequent(const size_t mentions[ENTITY_TYPES])
{
  EntityType type = ENTITY_PER;
  for (int i = 1; i < ENTITY_TYPES; i++)
    if (mentions[i] > mentions[type]) type = (EntityType)i;
  return type;
}

static Str day_of_article(const Asked *asked, int64_t article)
{
  int index = schema_index_of(article, asked->query->bits);
  return index ? query_day_text(asked->arena, day_of_index(index)) : (Str){0};
}

// The first (0) or last (1) article with a day that mentions the entity.
static void see_end(const Asked *asked, int end, Entries entries, bool *found, int64_t *article)
{
  int64_t at;
  Mentions mentions;
  for (Str facts; unpack_posting(&entries, &at, &facts);) {
    if (!schema_index_of(at, asked->query->bits) || !unpack_mentions(facts, &mentions) || !mentions.count)
      continue;
    if (!*found || (end ? at > *article : at < *article)) *article = at;
    *found = true;
    if (!end) return;
  }
}

static bool find_end(Entities *self, int64_t id, int end, Str *day)
{
  static const char *const sql[] = {
      "SELECT article, entries FROM postings WHERE run = ?1 AND list = ?2 AND article >="
      " ifnull((SELECT max(article) FROM postings WHERE run = ?1 AND list = ?2 AND article <= ?3), ?3)"
      " ORDER BY article",
      "SELECT article, entries FROM postings WHERE run = ?1 AND list = ?2 ORDER BY article DESC"};
  Asked *asked = &self->asked;
  if (!self->ends_stmt[end]) self->ends_stmt[end] = asked_prepare(asked, sql[end]);
  sqlite3_stmt *stmt = self->ends_stmt[end];
  bool ok = stmt, found = false;
  int64_t article = 0;
  for (size_t i = 0; ok && i < asked->runs.len; i++) {
    bool here = false;
    int64_t at = 0;
    sqlite3_bind_int64(stmt, 1, asked->runs.items[i]);
    sqlite3_bind_int64(stmt, 2, id);
    if (!end) sqlite3_bind_int64(stmt, 3, schema_article_of(0, SCHEMA_BITS_WIDE));
    while (!here && asked_step(asked, stmt, &ok)) {
      Str bytes = {sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1)};
      see_end(asked, end, (Entries){bytes, sqlite3_column_int64(stmt, 0)}, &here, &at);
    }
    sqlite3_reset(stmt);
    if (here && (!found || (end ? at > article : at < article))) article = at;
    found = found || here;
  }
  if (found) *day = day_of_article(asked, article);
  return ok;
}

static bool add_row(Entities *self, sqlite3_stmt *stmt)
{
  EntityRow row = {.entity = asked_column(&self->asked, stmt, 1),
                   .name = asked_column(&self->asked, stmt, 2),
                   .articles = (size_t)sqlite3_column_int64(stmt, 6),
                   .quotes = (size_t)sqlite3_column_int64(stmt, 7)};
  size_t mentions[ENTITY_TYPES];
  for (int i = 0; i < ENTITY_TYPES; i++) mentions[i] = (size_t)sqlite3_column_int64(stmt, 3 + i);
  row.mentions = sum_of(mentions);
  row.type = most_frequent(mentions);
  int64_t id = sqlite3_column_int64(stmt, 0);
  if (!find_end(self, id, 0, &row.first) || !find_end(self, id, 1, &row.last)) return false;
  vec_push_in(self->asked.arena, self->rows, row);
  return true;
}

static void bind_number(sqlite3_stmt *stmt, const char *parameter, int64_t value)
{
  int at = sqlite3_bind_parameter_index(stmt, parameter);
  if (at) sqlite3_bind_int64(stmt, at, value);
}

static void bind_name(sqlite3_stmt *stmt, const char *parameter, Str value)
{
  int at = sqlite3_bind_parameter_index(stmt, parameter);
  if (at) sqlite3_bind_text(stmt, at, value.ptr ? value.ptr : "", (int)value.len, SQLITE_TRANSIENT);
}

// From the most mentioned on, those that the name's forms mean.
static bool walk(Entities *self)
{
  Asked *asked = &self->asked;
  sqlite3_stmt *stmt =
      asked_prepare(asked, asked->filter->name.len
                               ? "SELECT " ENTITY " FROM entities e WHERE EXISTS (SELECT 1 FROM names n WHERE"
                                 " n.entity = e.id AND n.form >= :form AND n.form < :high) AND " OF_TYPE
                                 " ORDER BY total DESC, key LIMIT :limit"
                               : "SELECT " ENTITY " FROM entities e WHERE " OF_TYPE
                                 " ORDER BY total DESC, key LIMIT :limit");
  if (!stmt) return false;
  Str form, high;
  asked_forms(asked, &form, &high);
  bind_name(stmt, ":form", form);
  bind_name(stmt, ":high", high);
  bind_number(stmt, ":type", asked->type);
  bind_number(stmt, ":limit", asked_limit(asked));
  bool ok = true;
  while (ok && asked_step(asked, stmt, &ok)) ok = add_row(self, stmt);
  sqlite3_finalize(stmt);
  return ok;
}

// --- a row each, by number

static bool add_row_of(Entities *self, int64_t id)
{
  if (!self->row_stmt)
    self->row_stmt = asked_prepare(&self->asked, "SELECT " ENTITY " FROM entities e WHERE id = ?1");
  if (!self->row_stmt) return false;
  bool ok = true;
  sqlite3_bind_int64(self->row_stmt, 1, id);
  if (asked_step(&self->asked, self->row_stmt, &ok)) ok = add_row(self, self->row_stmt);
  sqlite3_reset(self->row_stmt);
  return ok;
}

static int by_mentions(const void *a, const void *b)
{
  const Tally *x = a, *y = b;
  size_t more = sum_of(x->mentions), less = sum_of(y->mentions);
  if (more != less) return more < less ? 1 : -1;
  return (x->id > y->id) - (x->id < y->id);
}

// Keep of the tallies those wanted, most mentioned first.
static void choose(Entities *self)
{
  size_t len = 0;
  for (size_t i = 0; i < self->tallies.len; i++) {
    Tally *tally = &self->tallies.items[i];
    if (!tally->articles ||
        (self->asked.type >= 0 && (int)most_frequent(tally->mentions) != self->asked.type))
      continue;
    self->tallies.items[len++] = *tally;
  }
  if (len) qsort(self->tallies.items, len, sizeof *self->tallies.items, by_mentions);
  self->tallies.len = asked_full(&self->asked, len) ? self->asked.filter->limit : len;
}

// Few entities bear the name: their sums are read and sorted.
static bool look_up(Entities *self)
{
  sqlite3_stmt *stmt =
      asked_prepare(&self->asked, "SELECT per, org, loc, articles FROM entities WHERE id = ?1");
  bool ok = stmt;
  for (size_t i = 0; ok && i < self->asked.ids.len; i++) {
    Tally tally = {.id = self->asked.ids.items[i]};
    sqlite3_bind_int64(stmt, 1, tally.id);
    if (asked_step(&self->asked, stmt, &ok)) {
      for (int t = 0; t < ENTITY_TYPES; t++) tally.mentions[t] = (size_t)sqlite3_column_int64(stmt, t);
      tally.articles = (size_t)sqlite3_column_int64(stmt, 3);
      vec_push(&self->tallies, tally);
    }
    sqlite3_reset(stmt);
  }
  sqlite3_finalize(stmt);
  choose(self);
  for (size_t i = 0; ok && i < self->tallies.len; i++) ok = add_row_of(self, self->tallies.items[i].id);
  return ok;
}

// --- within a range

static void count_in(Tally *tally, int64_t article, EntityType type, size_t mentions, size_t quotes)
{
  tally->quotes += quotes;
  if (!mentions) return;
  if (!tally->articles || article < tally->first) tally->first = article;
  if (!tally->articles || article > tally->last) tally->last = article;
  tally->articles++;
  tally->mentions[type] += mentions;
}

static bool count_posting(void *ud, int64_t article, Str facts)
{
  Mentions mentions;
  if (unpack_mentions(facts, &mentions)) count_in(ud, article, mentions.type, mentions.count, mentions.said);
  return true;
}

static bool count_named(Entities *self)
{
  bool ok = true;
  for (size_t i = 0; ok && i < self->asked.ids.len; i++) {
    Tally tally = {.id = self->asked.ids.items[i]};
    ok = asked_postings(&self->asked, tally.id, -1, count_posting, &tally);
    vec_push(&self->tallies, tally);
  }
  return ok;
}

// By number of the entity: as many tallies as the highest number says, which are few millions at most.
static bool count_all(Entities *self)
{
  sqlite3_stmt *stmt =
      asked_prepare(&self->asked, "SELECT article, entities FROM facts WHERE article BETWEEN ?1 AND ?2");
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, self->asked.first);
  sqlite3_bind_int64(stmt, 2, self->asked.last);
  bool ok = true;
  while (asked_step(&self->asked, stmt, &ok)) {
    int64_t article = sqlite3_column_int64(stmt, 0);
    Str packed = {sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1)};
    for (PackedEntity entity; unpack_entity(&packed, &entity) && entity.id >= 0 && entity.id < INT32_MAX;) {
      while (self->tallies.len <= (size_t)entity.id)
        vec_push(&self->tallies, (Tally){.id = (int64_t)self->tallies.len});
      count_in(&self->tallies.items[entity.id], article, entity.type, entity.mentions, entity.quotes);
    }
  }
  sqlite3_finalize(stmt);
  return ok;
}

static bool within_range(Entities *self)
{
  Asked *asked = &self->asked;
  if (!(asked->filter->name.len ? count_named(self) : count_all(self))) return false;
  choose(self);
  bool ok = true;
  for (size_t i = 0; ok && i < self->tallies.len; i++) {
    const Tally *tally = &self->tallies.items[i];
    size_t before = self->rows->len;
    ok = add_row_of(self, tally->id);
    if (self->rows->len == before) continue;
    EntityRow *row = &self->rows->items[before];
    row->mentions = sum_of(tally->mentions);
    row->type = most_frequent(tally->mentions);
    row->articles = tally->articles;
    row->quotes = tally->quotes;
    row->first = day_of_article(asked, tally->first);
    row->last = day_of_article(asked, tally->last);
  }
  return ok;
}

bool query_entities_in(Query *query, const QueryFilter *filter, Arena *arena, EntityRows *out, Error *err)
{
  Entities self = {.asked = {.query = query, .filter = filter, .arena = arena, .err = err}, .rows = out};
  bool ok = asked_begin(&self.asked, query_entity_types, ENTITY_TYPES);
  if (ok && filter->name.len) ok = asked_names(&self.asked);
  if (ok && (filter->from.len || filter->until.len || filter->path.len))
    ok = within_range(&self);
  else if (ok)
    ok = filter->name.len && self.asked.ids.len <= FEW_NAMES ? look_up(&self) : walk(&self);
  sqlite3_finalize(self.row_stmt);
  sqlite3_finalize(self.ends_stmt[0]);
  sqlite3_finalize(self.ends_stmt[1]);
  vec_release(&self.tallies);
  asked_end(&self.asked);
  return ok;
}

// --- who a single name may be

#define NAMESAKE                                                                                             \
  "SELECT DISTINCT e.id FROM names n JOIN entities e ON e.id = n.entity WHERE n.form >= ?1 AND n.form < ?2"  \
  " AND e.key <> ?3 AND e.per > e.org AND e.per > e.loc AND instr(e.name, ' ') LIMIT 2"

// How many they are, at most 2, of whom the last is *id. -1: the database says no.
static int count_namesakes(Asked *asked, Str from, Str to, Str entity, int64_t *id)
{
  sqlite3_stmt *stmt = asked_prepare(asked, NAMESAKE);
  if (!stmt) return -1;
  sqlite3_bind_text(stmt, 1, from.ptr, (int)from.len, SQLITE_STATIC);
  sqlite3_bind_text(stmt, 2, to.ptr, (int)to.len, SQLITE_STATIC);
  sqlite3_bind_text(stmt, 3, entity.ptr, (int)entity.len, SQLITE_STATIC);
  int count = 0;
  bool ok = true;
  for (; asked_step(asked, stmt, &ok); count++) *id = sqlite3_column_int64(stmt, 0);
  sqlite3_finalize(stmt);
  return ok ? count : -1;
}

bool query_namesake(Query *query, Str entity, Arena *arena, EntityRow *row, Error *err)
{
  QueryFilter any = {0};
  EntityRows rows = {0};
  Entities self = {.asked = {.query = query, .filter = &any, .arena = arena, .err = err}, .rows = &rows};
  if (!str_starts(entity, STR("name:"))) return false;
  Str name = fold_words(arena, str_slice(entity, 5, entity.len));
  if (!name.len || memchr(name.ptr, ' ', name.len)) return false;
  // The name alone is a form of those whose last name it is, or who are called so elsewhere; with more behind
  // it, of those whose first name it is.
  int64_t id = 0;
  if (!asked_begin(&self.asked, NULL, 0)) {
    asked_end(&self.asked);
    return false;
  }
  Str whole = arena_printf(arena, STR_FMT "\x01", STR_ARG(name)),
      first = arena_printf(arena, STR_FMT " ", STR_ARG(name)),
      last = arena_printf(arena, STR_FMT "!", STR_ARG(name));
  int count = count_namesakes(&self.asked, name, whole, entity, &id);
  if (!count) count = count_namesakes(&self.asked, first, last, entity, &id);
  bool ok = count == 1 && add_row_of(&self, id) && rows.len;
  if (ok) *row = rows.items[0];
  sqlite3_finalize(self.row_stmt);
  sqlite3_finalize(self.ends_stmt[0]);
  sqlite3_finalize(self.ends_stmt[1]);
  asked_end(&self.asked);
  return ok;
}
