// The store and the questions to it, with articles made by hand: what goes in comes out, a change replaces,
// nothing is left behind.
#include "test.h"

#include "index/query.h"
#include "index/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Fixture {
  char dir[64];
  Folder folder;
  Store *store;
  Arena arena;
  Error err;
} Fixture;

static int setup(void **state)
{
  Fixture *self = xcalloc(1, sizeof *self);
  strcpy(self->dir, "/tmp/newsmark-store-XXXXXX");
  if (!mkdtemp(self->dir)) return -1;
  setenv("XDG_CACHE_HOME", self->dir, 1);
  setenv("HOME", "/nonexistent", 1);
  if (!folder_find(&self->folder, self->dir, &self->err) || !folder_make_home(&self->folder, &self->err))
    return -1;
  self->store = store_open(self->folder.db, "tests", &self->err);
  *state = self;
  return self->store ? 0 : -1;
}

static int teardown(void **state)
{
  Fixture *self = *state;
  store_free(self->store);
  folder_release(&self->folder);
  arena_release(&self->arena);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", self->dir);
  int status = system(command);
  free(self);
  return status;
}

// --- articles ---

static const char g_text[] = "Anna Lind was in Hull. Lind said \"never again\". Hull waits until 3 May 2023.";

static Span entity_span(const char *words, size_t from, EntityType type, const char *name, const char *id)
{
  const char *at = strstr(g_text + from, words);
  Span span = {.start = (size_t)(at - g_text),
               .end = (size_t)(at - g_text) + strlen(words),
               .kind = SPAN_ENTITY,
               .type = type};
  static EntityFacts facts[8]; // of one article at a time
  static size_t used;
  EntityFacts *mine = &facts[used++ % 8];
  *mine = (EntityFacts){.name = str_of(name), .entity = str_of(id)};
  span.entity = mine;
  return span;
}

// Anna Lind (or whoever) twice, Hull twice, one quotation by her, one date.
static Record *article(const char *path, const char *dct, const char *name, const char *id)
{
  Annotations notes = {.lang = LANG_EN, .dct = {.value = str_of(dct)}, .title = STR("A title")};
  static const BlockSpan blocks[] = {{.start = 0, .end = 47}, {.start = 48, .end = 76}};
  notes.blocks = blocks;
  notes.block_count = 2;
  Span spans[6] = {
      entity_span("Anna Lind", 0, ENTITY_PER, name, id),
      entity_span("Hull", 0, ENTITY_LOC, "Hull", "wd:Q128147"),
      entity_span("Lind", 20, ENTITY_PER, name, id),
      {.start = 33, .end = 46, .kind = SPAN_QUOTE, .type = QUOTE_DIRECT},
      entity_span("Hull", 40, ENTITY_LOC, "Hull", "wd:Q128147"),
      {.start = 65, .end = 75, .kind = SPAN_DATE, .type = DATE_DATE},
  };
  const QuoteFacts said = {.speaker = {.start = 23, .end = 27, .name = str_of(name), .entity = str_of(id)},
                           .group = 1};
  const DateFacts day = {.value = STR("2023-05-03"), .begin = STR("2023-05-03"), .until = STR("2023-05-03")};
  spans[3].quote = &said;
  spans[5].date = &day;
  notes.spans = (SpanVec){spans, 6, 6};
  Record *record = record_new(str_of(path), str_of(g_text), &notes, NULL);
  record->stamp = (FileStamp){.mtime_ns = 7, .size = sizeof g_text - 1, .inode = 9};
  record->hash = 42;
  return record;
}

static void put(Fixture *self, const char *path, const char *dct, const char *name, const char *id)
{
  Record *record = article(path, dct, name, id);
  if (!store_put(self->store, record, &self->err)) fail_msg("%s", self->err.text);
}

static void commit(Fixture *self)
{
  if (!store_commit(self->store, &self->err)) fail_msg("%s", self->err.text);
}

static int64_t number(Fixture *self, const char *sql)
{
  sqlite3 *db;
  sqlite3_stmt *stmt;
  assert_int_equal(sqlite3_open(self->folder.db, &db), SQLITE_OK);
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
  int64_t n = sqlite3_column_int64(stmt, 0);
  sqlite3_finalize(stmt);
  sqlite3_close(db);
  return n;
}

static Query *query(Fixture *self)
{
  Query *query = query_new(&self->folder, &self->err);
  if (!query) fail_msg("%s", self->err.text);
  return query;
}

// --- tests ---

static void test_put_and_ask(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023-05-04", "Anna Lind", "name:anna lind");
  put(self, "b/c.txt", "2021", "Anna Lind", "name:anna lind");
  commit(self);
  Query *asks = query(self);
  EntityRows rows = {0};
  assert_true(query_entities(asks, &(QueryFilter){0}, &self->arena, &rows, &self->err));
  assert_int_equal(rows.len, 2);
  const EntityRow *lind = str_is(rows.items[0].name, "Anna Lind") ? &rows.items[0] : &rows.items[1];
  assert_true(str_is(lind->entity, "name:anna lind"));
  assert_int_equal(lind->mentions, 4);
  assert_int_equal(lind->articles, 2);
  assert_int_equal(lind->quotes, 2);
  assert_int_equal(lind->type, ENTITY_PER);
  assert_true(str_is(lind->first, "2021"));
  assert_true(str_is(lind->last, "2023-05-04"));
  MentionRows mentions = {0};
  assert_true(query_mentions(asks, &(QueryFilter){.name = STR("LIND")}, &self->arena, &mentions, &self->err));
  assert_int_equal(mentions.len, 4);
  assert_true(str_is(mentions.items[0].at.path, "b/c.txt"));
  assert_int_equal(mentions.items[1].at.start, 23);
  assert_int_equal(mentions.items[0].at.line, 0); // no such file: no words around
  query_free(asks);
}

static void test_names_in_any_spelling(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023", "Åsa Ødegård-Li", "name:asa odegard li");
  commit(self);
  Query *asks = query(self);
  static const char *const names[] = {"Åsa Ødegård-Li", "asa odegard li", "ODEGARD LI",         "Li",
                                      "Anna Lind",      "lind",           "name:asa odegard li"};
  for (size_t i = 0; i < ARRAY_LEN(names); i++) {
    QuoteRows rows = {0};
    assert_true(
        query_quotes(asks, &(QueryFilter){.name = str_of(names[i])}, &self->arena, &rows, &self->err));
    if (rows.len != 1) fail_msg("%s: %zu rows", names[i], rows.len);
    assert_true(str_is(rows.items[0].at.text, "\"never again\""));
  }
  static const char *const others[] = {"Ode", "asa", "gard li", "'; DROP TABLE quotes; --", "%", "\xFF"};
  for (size_t i = 0; i < ARRAY_LEN(others); i++) {
    QuoteRows rows = {0};
    assert_true(
        query_quotes(asks, &(QueryFilter){.name = str_of(others[i])}, &self->arena, &rows, &self->err));
    if (rows.len != 0) fail_msg("%s: %zu rows", others[i], rows.len);
  }
  QuoteRows rows = {0};
  assert_true(query_quotes(asks, &(QueryFilter){.name = STR("ode"), .prefix = true}, &self->arena, &rows,
                           &self->err));
  assert_int_equal(rows.len, 1);
  query_free(asks);
}

static void test_change_replaces(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023", "Anna Lind", "name:anna lind");
  commit(self);
  put(self, "a.txt", "2024", "Berta Lind", "name:berta lind");
  commit(self);
  assert_int_equal(number(self, "SELECT count(*) FROM articles"), 1);
  assert_int_equal(number(self, "SELECT count(*) FROM entities WHERE key = 'name:anna lind'"), 0);
  assert_int_equal(number(self, "SELECT loc FROM entities WHERE key = 'wd:Q128147'"), 2);
  assert_int_equal(
      number(self, "SELECT count(*) FROM names n LEFT JOIN entities e ON e.id = n.entity WHERE e.id IS NULL"),
      0);
  assert_int_equal(number(self, "SELECT count(*) FROM quotes"), 1);
  size_t dead, articles;
  store_waste(self->store, &dead, &articles);
  assert_int_equal(dead, 1);
  assert_int_equal(articles, 1);
}

static void test_remove_leaves_nothing(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023", "Anna Lind", "name:anna lind");
  assert_true(store_remove(self->store, STR("a.txt"), &self->err)); // in the same transaction
  assert_true(store_remove(self->store, STR("nowhere.txt"), &self->err));
  commit(self);
  static const char *const tables[] = {"articles", "entities", "names", "mentions", "quotes",
                                       "files",    "facts",    "said",  "days"};
  for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
    if (number(self, sql) != 0) fail_msg("%s is not empty", tables[i]);
  }
}

static void test_uncommitted_is_dropped(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023", "Anna Lind", "name:anna lind");
  commit(self);
  put(self, "b.txt", "2023", "Anna Lind", "name:anna lind");
  store_free(self->store);
  self->store = store_open(self->folder.db, "tests", &self->err);
  assert_int_equal(number(self, "SELECT count(*) FROM articles"), 1);
  assert_int_equal(number(self, "SELECT per FROM entities WHERE key = 'name:anna lind'"), 2);
}

static void test_timeline_and_search(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023-05-04", "Anna Lind", "name:anna lind");
  commit(self);
  Query *asks = query(self);
  DateRows dates = {0};
  assert_true(query_timeline(asks, &(QueryFilter){0}, &self->arena, &dates, &self->err));
  assert_int_equal(dates.len, 1);
  assert_true(str_is(dates.items[0].begin, "2023-05-03"));
  dates = (DateRows){0};
  assert_true(query_timeline(asks, &(QueryFilter){.name = STR("hull")}, &self->arena, &dates, &self->err));
  assert_int_equal(dates.len, 1); // same block
  dates = (DateRows){0};
  assert_true(query_timeline(asks, &(QueryFilter){.name = STR("lind")}, &self->arena, &dates, &self->err));
  assert_int_equal(dates.len, 0); // she is in the other one
  static const struct {
    const char *words;
    bool prefix;
    size_t found;
  } cases[] = {{"again", false, 1},
               {"AGAIN Hull", false, 1},
               {"agai", false, 0},
               {"agai", true, 1},
               {"\"never again\"", false, 1},
               {"\"again never\"", false, 0},
               {"hull OR nothing", false, 0},
               {"NEAR(", false, 0}};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    SearchRows rows = {0};
    QueryFilter filter = {.words = str_of(cases[i].words), .prefix = cases[i].prefix};
    assert_true(query_search(asks, &filter, &self->arena, &rows, &self->err));
    if (rows.len != cases[i].found) fail_msg("%s: %zu rows", cases[i].words, rows.len);
  }
  SearchRows none = {0};
  assert_false(query_search(asks, &(QueryFilter){.words = STR("\" ?")}, &self->arena, &none, &self->err));
  assert_int_equal(self->err.code, ERR_USAGE);
  query_free(asks);
}

static void test_sweep(void **state)
{
  Fixture *self = *state;
  static const char *const dates[] = {"2019", "2020", "2021", "2022", "2023"}; // each wants another number
  for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
    put(self, "a.txt", dates[i], "Anna Lind", "name:anna lind");
    commit(self);
  }
  size_t dead, articles;
  store_waste(self->store, &dead, &articles);
  assert_int_equal(dead, 4);
  assert_true(store_sweep(self->store, &self->err));
  put(self, "a.txt", "2023", "Anna Lind", "name:anna lind");
  commit(self);
  store_free(self->store);
  self->store = store_open(self->folder.db, "tests", &self->err);
  store_waste(self->store, &dead, &articles);
  assert_int_equal(dead, 0);
  assert_int_equal(articles, 1);
}

// Something else is found in the same words: they stay in the full-text table as they are.
static void test_same_words(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023", "Anna Lind", "name:anna lind");
  commit(self);
  int64_t article = number(self, "SELECT id FROM articles");
  put(self, "a.txt", "2023", "Anna Berg", "name:anna berg");
  put(self, "a.txt", "2023", "Anna Wood", "name:anna wood"); // twice in one batch
  commit(self);
  size_t dead, articles;
  store_waste(self->store, &dead, &articles);
  assert_int_equal(dead, 0);
  assert_int_equal(articles, 1);
  assert_int_equal(number(self, "SELECT id FROM articles"), article);
  assert_int_equal(number(self, "SELECT count(*) FROM text WHERE text MATCH 'hull'"), 1);
  assert_int_equal(number(self, "SELECT articles FROM words WHERE word = 'hull'"), 1);
  assert_int_equal(number(self, "SELECT count(*) FROM entities WHERE key = 'name:anna lind'"), 0);
  assert_int_equal(number(self, "SELECT articles FROM entities WHERE key = 'name:anna wood'"), 1);
}

static void one_hash(void *ud, Str path, FileStamp stamp, uint64_t hash)
{
  (void)path, (void)stamp;
  *(uint64_t *)ud = hash;
}

static void test_other_annotators(void **state)
{
  Fixture *self = *state;
  uint64_t hash = 0;
  put(self, "a.txt", "2023", "Anna Lind", "name:anna lind");
  commit(self);
  store_free(self->store);
  self->store = store_open(self->folder.db, "tests", &self->err);
  assert_true(store_each_file(self->store, one_hash, &hash, &self->err));
  assert_int_equal(hash, 42);
  store_free(self->store);
  self->store = store_open(self->folder.db, "others", &self->err);
  assert_true(store_each_file(self->store, one_hash, &hash, &self->err));
  assert_int_equal(hash, 0);
}

static void test_damage_is_told(void **state)
{
  Fixture *self = *state;
  put(self, "a.txt", "2023", "Anna Lind", "name:anna lind");
  commit(self);
  store_free(self->store);
  FILE *file = fopen(self->folder.db, "wb");
  for (int i = 0; i < 4096; i++) fputs("rubbish", file);
  fclose(file);
  self->store = store_open(self->folder.db, "tests", &self->err);
  assert_null(self->store);
  assert_int_equal(self->err.code, ERR_FORMAT);
  assert_true(store_set_aside(self->folder.db, &self->err));
  self->store = store_open(self->folder.db, "tests", &self->err);
  assert_non_null(self->store);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
      IN_FOLDER(test_put_and_ask),
      IN_FOLDER(test_names_in_any_spelling),
      IN_FOLDER(test_change_replaces),
      IN_FOLDER(test_remove_leaves_nothing),
      IN_FOLDER(test_uncommitted_is_dropped),
      IN_FOLDER(test_timeline_and_search),
      IN_FOLDER(test_sweep),
      IN_FOLDER(test_same_words),
      IN_FOLDER(test_damage_is_told),
      IN_FOLDER(test_other_annotators),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
