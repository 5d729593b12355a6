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
  const About about = {0};
  Arena scratch = {0};
  Record *record = record_new(str_of(path), str_of(g_text), &notes, &about, NULL, &scratch);
  arena_release(&scratch);
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
  assert_int_equal(number(self, "SELECT sum(quotes) FROM facts"), 1);
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
  static const char *const tables[] = {"articles", "entities", "names",   "files",
                                       "facts",    "found",    "postings"};
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

// --- great batches: runs of their own, put together later

enum { MANY = 900, DAYS = 97 };

static void check_lists(Fixture *self, const bool *there)
{
  size_t wanted = 0;
  for (size_t i = 0; i < MANY; i++) wanted += there[i];
  Query *asks = query(self);
  MentionRows rows = {0};
  QueryFilter filter = {.name = STR("anna lind")};
  assert_true(query_mentions(asks, &filter, &self->arena, &rows, &self->err));
  assert_int_equal(rows.len, 2 * wanted);
  for (size_t i = 1; i < rows.len; i++)
    assert_true(str_cmp(rows.items[i - 1].at.date, rows.items[i].at.date) <= 0);
  for (size_t i = 0; i < rows.len; i++) // a2-7.txt: the 7th article
    assert_true(there[strtol(strchr(rows.items[i].at.path.ptr, '-') + 1, NULL, 10)]);
  filter.limit = 10;
  MentionRows page = {0};
  assert_true(query_mentions(asks, &filter, &self->arena, &page, &self->err));
  assert_int_equal(page.len, wanted < 5 ? 2 * wanted : 10);
  for (size_t i = 0; i < page.len; i++) assert_true(str_eq(page.items[i].at.path, rows.items[i].at.path));
  QuoteRows quotes = {0};
  assert_true(query_quotes(asks, &(QueryFilter){.name = STR("lind")}, &self->arena, &quotes, &self->err));
  assert_int_equal(quotes.len, wanted);
  DateRows dates = {0};
  assert_true(query_timeline(asks, &(QueryFilter){0}, &self->arena, &dates, &self->err));
  assert_int_equal(dates.len, wanted);
  EntityRows entities = {0}, ranged = {0};
  assert_true(query_entities(asks, &(QueryFilter){.name = STR("lind")}, &self->arena, &entities, &self->err));
  filter = (QueryFilter){.name = STR("lind"), .from = STR("0001")};
  assert_true(query_entities(asks, &filter, &self->arena, &ranged, &self->err));
  assert_int_equal(entities.len, wanted > 0);
  assert_int_equal(ranged.len, wanted > 0);
  if (wanted) {
    assert_int_equal(entities.items[0].articles, wanted);
    assert_int_equal(ranged.items[0].articles, wanted);
    assert_int_equal(ranged.items[0].quotes, wanted);
    assert_true(str_eq(entities.items[0].first, rows.items[0].at.date));
    assert_true(str_eq(entities.items[0].last, rows.items[rows.len - 1].at.date));
  }
  query_free(asks);
}

static void settle(Fixture *self, size_t most)
{
  for (bool more = true; more;)
    if (!store_settle(self->store, most, &more, &self->err)) fail_msg("%s", self->err.text);
}

static void put_or_remove(Fixture *self, size_t from, size_t behind, size_t step, bool putting, bool *there)
{
  for (size_t i = from; i < behind; i += step) {
    char path[32], day[16];
    snprintf(path, sizeof path, "a%zu-%zu.txt", i % 3, i);
    snprintf(day, sizeof day, "20%02zu-05-04", i * 31 % DAYS);
    if (putting)
      put(self, path, day, "Anna Lind", "name:anna lind");
    else if (!store_remove(self->store, str_of(path), &self->err))
      fail_msg("%s", self->err.text);
    there[i] = putting;
  }
  commit(self);
}

static void test_runs(void **state)
{
  Fixture *self = *state;
  bool there[MANY] = {0};
  put_or_remove(self, 0, 10, 1, true, there);
  put_or_remove(self, 10, 310, 1, true, there);
  put_or_remove(self, 310, 600, 1, true, there);
  assert_int_equal(number(self, "SELECT count(*) FROM runs WHERE live"), 3);
  check_lists(self, there);
  put_or_remove(self, 5, 600, 7, false, there); // from all of them
  check_lists(self, there);
  bool more;
  assert_true(store_settle(self->store, 1, &more, &self->err)); // half done
  assert_true(more);
  check_lists(self, there);
  put_or_remove(self, 3, 600, 11, false, there);
  check_lists(self, there);
  settle(self, 1);
  assert_int_equal(number(self, "SELECT count(*) FROM runs WHERE live"), 2);
  check_lists(self, there);
  put_or_remove(self, 600, 900, 1, true, there);
  put_or_remove(self, 0, 600, 5, true, there); // changed, and back again
  store_free(self->store);
  self->store = store_open(self->folder.db, "tests", &self->err);
  settle(self, 1);
  check_lists(self, there);
  put_or_remove(self, 0, 900, 1, false, there);
  check_lists(self, there);
  assert_int_equal(number(self, "SELECT count(*) FROM postings"), 0);
}

// One after the other, into rows that grow and are cut.
static void test_single_articles(void **state)
{
  Fixture *self = *state;
  bool there[MANY] = {0};
  for (size_t i = 0; i < 200; i++) put_or_remove(self, i * 77 % 200, i * 77 % 200 + 1, 1, true, there);
  check_lists(self, there);
  for (size_t i = 0; i < 150; i++) put_or_remove(self, i * 33 % 200, i * 33 % 200 + 1, 1, false, there);
  check_lists(self, there);
}

// Single commits leave more segments of the full-text table than are good for questions: merged in steps,
// between which all is found.
static void test_text_is_merged_in_steps(void **state)
{
  static const char segments[] = "SELECT count(DISTINCT segid) FROM text_idx",
                    found[] = "SELECT count(*) FROM text WHERE text MATCH 'hull'";
  Fixture *self = *state;
  bool there[MANY] = {0}, more = true;
  for (size_t i = 0; i < 150; i++) put_or_remove(self, i, i + 1, 1, true, there);
  assert_in_range(number(self, segments), 16, 150);
  while (more) {
    assert_true(store_settle_text(self->store, &more, &self->err));
    assert_int_equal(number(self, found), 150);
  }
  assert_in_range(number(self, segments), 1, 15);
  check_lists(self, there);
  assert_true(store_settle_text(self->store, &more, &self->err));
  assert_false(more);
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
      IN_FOLDER(test_runs),
      IN_FOLDER(test_single_articles),
      IN_FOLDER(test_text_is_merged_in_steps),
      IN_FOLDER(test_same_words),
      IN_FOLDER(test_damage_is_told),
      IN_FOLDER(test_other_annotators),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
