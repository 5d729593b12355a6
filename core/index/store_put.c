// A batch of records goes into the tables in the order of their keys: what lies side by side is written side
// by side, once a batch, and the full-text table gets its rows in rising order, without which it would write
// a segment for each. Numbers are given by day, then by path. What an article has for the lists of postings.c
// is gathered from all records and put at the end.
#include "index/fold.h"
#include "index/store_p.h"

enum { WORD_MIN = 2, WORD_MAX = 40 }; // bytes of words that a beginning is completed to

typedef struct WordRow {
  Str word;
  uint64_t hash;
  uint32_t articles, last; // `last`: the record that counted it last, from 1
} WordRow;

typedef struct ToldDay { // a date, and its list
  int64_t list;
  Told told;
} ToldDay;

typedef struct Batch {
  Store *store;
  Error *err;
  int64_t run;         // that postings go to
  PostingVec postings; // facts are the records', or in the arena
  Arena arena;
  VEC_OF(WordRow) words;
  uint32_t *slots; // [slot_count], a power of two: 1 + place in `words`, by hash
  size_t slot_count;
  VEC_OF(ToldDay) days; // of the record at hand
  StrBuf entities, told;
  size_t record; // from 1
} Batch;

void store_drop_pending(Store *self)
{
  for (size_t i = 0; i < self->pending.len; i++) record_free(self->pending.items[i].record);
  self->pending.len = self->pending_bytes = 0;
  map_reset(&self->pending_paths);
}

// --- order ---

#define THREE_WAY(a, b) (((a) > (b)) - ((a) < (b)))

static int by_day(const void *a, const void *b)
{
  const Record *x = ((const Pending *)a)->record, *y = ((const Pending *)b)->record;
  return x->day != y->day ? THREE_WAY(x->day, y->day) : str_cmp(x->path, y->path);
}

// Dates of one list stay as they are told.
static int by_list(const void *a, const void *b)
{
  const ToldDay *x = a, *y = b;
  return x->list != y->list ? THREE_WAY(x->list, y->list) : THREE_WAY(x->told.nth, y->told.nth);
}

static int by_word(const void *a, const void *b)
{
  return str_cmp(((const WordRow *)a)->word, ((const WordRow *)b)->word);
}

// --- entities ---

// The entity with this key: from the cache, the table, or new. NULL on failure; valid until the next call.
static Known *entity_of(Store *self, const RecordEntity *entity, Error *err)
{
  uint64_t at;
  if (map_get(&self->by_key, entity->key, &at)) return &self->known.items[at];
  sqlite3_stmt *find = store_stmt(self, STMT_FIND_ENTITY, err), *put = store_stmt(self, STMT_PUT_ENTITY, err);
  if (!find || !put) return NULL;
  Known known = {0};
  store_bind(find, 1, entity->key);
  int step = sqlite3_step(find);
  if (step == SQLITE_ROW)
    known = (Known){.id = sqlite3_column_int64(find, 0),
                    .name = arena_dup(&self->cache, store_column(find, 1)),
                    .votes = sqlite3_column_int64(find, 2)};
  bool ok = step == SQLITE_ROW || step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(find);
  if (ok && step == SQLITE_DONE) {
    store_bind(put, 1, entity->key);
    store_bind(put, 2, entity->name);
    ok = store_run(self, put, err);
    known = (Known){.id = sqlite3_last_insert_rowid(self->db), .name = arena_dup(&self->cache, entity->name)};
  }
  if (!ok) return NULL;
  map_put(&self->by_key, arena_dup(&self->cache, entity->key), self->known.len);
  vec_push(&self->known, known);
  return &self->known.items[self->known.len - 1];
}

static void count_in(Store *self, Known *known, const RecordEntity *entity)
{
  if (str_eq(known->name, entity->name))
    known->votes++;
  else if (--known->votes < 0) {
    known->name = arena_dup(&self->cache, entity->name);
    known->votes = 1;
  }
  known->mentions[entity->type] += entity->mentions;
  known->articles += entity->mentions > 0;
  known->quotes += entity->quotes;
  known->dirty = true;
}

// `form` and what is left of it behind each word, so that a surname finds its bearer by an index.
static bool put_name(Store *self, int64_t entity, Str form, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_PUT_NAME, err);
  if (!stmt) return false;
  uint64_t key = digest_pair((uint64_t)entity, str_hash(form));
  uint64_t *seen = digestmap_slot(&self->seen_names, key ? key : 1);
  bool is_new = !*seen;
  *seen = 1;
  while (is_new && form.len) {
    store_bind(stmt, 1, form);
    sqlite3_bind_int64(stmt, 2, entity);
    if (!store_run(self, stmt, err)) return false;
    str_cut(&form, ' ');
  }
  return true;
}

static bool add_entity(Batch *b, const RecordEntity *entity, int64_t article)
{
  Known *known = entity_of(b->store, entity, b->err);
  if (!known) return false;
  int64_t id = known->id;
  count_in(b->store, known, entity);
  for (size_t i = 0; i < entity->forms.len; i++)
    if (!put_name(b->store, id, entity->forms.items[i], b->err)) return false;
  pack_entity(&b->entities, &(PackedEntity){id, entity->type, entity->mentions, entity->quotes});
  vec_push(&b->postings, (Posting){id, article, entity->facts});
  return true;
}

// --- one article ---

// Dates of one day in one article are one entry.
static void add_dates(Batch *b, const Record *record, int64_t article)
{
  b->days.len = 0;
  for (size_t i = 0; i < record->dates.len; i++) {
    const RecordDate *date = &record->dates.items[i];
    int64_t list = postings_of_day(schema_span(date->begin, date->until), date->begin);
    vec_push(&b->days, (ToldDay){list, {date->type, i, date->until - date->begin}});
  }
  vec_sort(&b->days, by_list);
  for (size_t i = 0; i < b->days.len;) {
    int64_t list = b->days.items[i].list;
    strbuf_reset(&b->told);
    for (; i < b->days.len && b->days.items[i].list == list; i++)
      pack_told(&b->told, postings_span_of(list), &b->days.items[i].told);
    vec_push(&b->postings, (Posting){list, article, arena_dup(&b->arena, strbuf_str(&b->told))});
  }
}

static bool put_facts(Batch *b, const Record *record, int64_t article)
{
  sqlite3_stmt *found = store_stmt(b->store, STMT_PUT_FOUND, b->err),
               *facts = store_stmt(b->store, STMT_PUT_FACTS, b->err);
  if (!found || !facts) return false;
  store_bind_blob(found, 1, record->packed_dates);
  store_bind_blob(found, 2, record->packed_quotes);
  if (!store_run(b->store, found, b->err)) return false;
  sqlite3_bind_int64(facts, 1, article);
  sqlite3_bind_int64(facts, 2, b->run);
  sqlite3_bind_int64(facts, 3, sqlite3_last_insert_rowid(b->store->db));
  sqlite3_bind_int64(facts, 4, (int64_t)record->quote_count);
  store_bind_blob(facts, 5, strbuf_str(&b->entities));
  return store_run(b->store, facts, b->err);
}

static bool put_tag(Batch *b, const RecordTag *tag, int64_t article)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_TAG, b->err);
  if (!stmt) return false;
  store_bind(stmt, 1, tag->tag);
  sqlite3_bind_int64(stmt, 2, article);
  sqlite3_bind_int64(stmt, 3, (int64_t)tag->start);
  sqlite3_bind_int64(stmt, 4, (int64_t)tag->end);
  store_bind(stmt, 5, tag->value);
  store_bind(stmt, 6, tag->script);
  return store_run(b->store, stmt, b->err);
}

static void place_words(Batch *b, size_t cap)
{
  free(b->slots);
  b->slots = xcalloc(cap, sizeof *b->slots);
  b->slot_count = cap;
  for (size_t i = 0; i < b->words.len; i++) {
    size_t at = b->words.items[i].hash & (cap - 1);
    while (b->slots[at]) at = (at + 1) & (cap - 1);
    b->slots[at] = (uint32_t)i + 1;
  }
}

static WordRow *row_of_word(Batch *b, Str word, uint64_t hash)
{
  if (2 * b->words.len >= b->slot_count) place_words(b, b->slot_count ? 2 * b->slot_count : 1 << 12);
  size_t at = hash & (b->slot_count - 1);
  for (; b->slots[at]; at = (at + 1) & (b->slot_count - 1)) {
    WordRow *row = &b->words.items[b->slots[at] - 1];
    if (row->hash == hash && str_eq(row->word, word)) return row;
  }
  vec_push(&b->words, (WordRow){.word = word, .hash = hash});
  b->slots[at] = (uint32_t)b->words.len;
  return &b->words.items[b->words.len - 1];
}

// Every word of every article comes by here.
static void count_words(Batch *b, Str text)
{
  for (const char *p = text.ptr, *end = p + text.len; p < end; p++) {
    const char *start = p;
    p = fold_word_end(start, end);
    Str word = {start, (size_t)(p - start)};
    if (word.len < WORD_MIN || word.len > WORD_MAX) continue;
    WordRow *row = row_of_word(b, word, str_hash(word));
    row->articles += row->last != b->record;
    row->last = (uint32_t)b->record;
  }
}

static bool put_text(Batch *b, const Record *record, int64_t id)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_TEXT, b->err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, id);
  store_bind(stmt, 2, record->words);
  store_bind(stmt, 3, record->said);
  count_words(b, record->words);
  return store_run(b->store, stmt, b->err);
}

static bool put_article(Batch *b, const Record *record, int64_t id)
{
  Store *store = b->store;
  sqlite3_stmt *file = store_stmt(store, STMT_PUT_FILE, b->err),
               *article = store_stmt(store, STMT_PUT_ARTICLE, b->err);
  if (!file || !article) return false;
  store_bind(file, 1, record->path);
  sqlite3_bind_int64(file, 2, id);
  sqlite3_bind_int64(file, 3, record->stamp.mtime_ns);
  sqlite3_bind_int64(file, 4, (int64_t)record->stamp.size);
  sqlite3_bind_int64(file, 5, (int64_t)record->stamp.inode);
  sqlite3_bind_int64(file, 6, (int64_t)record->hash);
  sqlite3_bind_int64(file, 7, (int64_t)record->words_hash);
  sqlite3_bind_int64(article, 1, id);
  store_bind(article, 2, record->path);
  store_bind(article, 3, record->lang);
  store_bind(article, 4, record->dct);
  store_bind(article, 5, record->title);
  store_bind(article, 6, record->author);
  return store_run(store, file, b->err) && store_run(store, article, b->err);
}

static bool put_record(Batch *b, const Pending *pending, int64_t id)
{
  const Record *record = pending->record;
  b->record++;
  strbuf_reset(&b->entities);
  bool ok = put_article(b, record, id) && (pending->has_text || put_text(b, record, id));
  for (size_t i = 0; ok && i < record->entities.len; i++) ok = add_entity(b, &record->entities.items[i], id);
  for (size_t i = 0; ok && i < record->tags.len; i++) ok = put_tag(b, &record->tags.items[i], id);
  if (!ok) return false;
  add_dates(b, record, id);
  b->store->articles++;
  return put_facts(b, record, id);
}

// --- the rows of all, in their order ---

static void bind_word(const void *ud, size_t row, sqlite3_stmt *stmt, int behind)
{
  const WordRow *word = &((const Batch *)ud)->words.items[row];
  store_bind(stmt, behind + 1, word->word);
  sqlite3_bind_int64(stmt, behind + 2, word->articles);
}

static bool put_postings(Batch *b)
{
  postings_sort(&b->postings);
  return postings_put(b->store->postings, b->run, b->postings.items, b->postings.len, b->err);
}

static bool put_words(Batch *b)
{
  vec_sort(&b->words, by_word);
  return store_put_rows(b->store, BULK_WORDS, b->words.len, bind_word, b, b->err);
}

// --- numbers ---

// The numbers that articles of a day (0: without one) may have: from *first up to the one before *behind.
static void numbers_of(const Store *self, int day, int64_t *first, int64_t *behind)
{
  *first = day ? schema_article_of(day_index(day), self->bits) : SCHEMA_UNDATED;
  *behind = day ? *first + ((int64_t)1 << self->bits) : schema_article_of(0, SCHEMA_BITS_WIDE);
}

bool store_is_of_day(const Store *self, int64_t id, int day)
{
  int64_t first, behind;
  numbers_of(self, day, &first, &behind);
  return id >= first && id < behind;
}

// The next number for an article of this day in *id.
static bool next_number(Store *self, int day, int64_t *id, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_LAST_NUMBER, err);
  if (!stmt) return false;
  int64_t first, behind;
  numbers_of(self, day, &first, &behind);
  sqlite3_bind_int64(stmt, 1, first);
  sqlite3_bind_int64(stmt, 2, behind);
  bool ok = sqlite3_step(stmt) == SQLITE_ROW || schema_error(self->db, err);
  *id = sqlite3_column_int64(stmt, 0) + 1;
  sqlite3_reset(stmt);
  if (ok && *id >= behind)
    return error_set(err, ERR_LIMIT, "more than %d articles of one day", 1 << self->bits);
  return ok;
}

static bool put_records(Batch *b, const Pending *pending, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    int64_t id = pending[i].number;
    if (!pending[i].has_text && !next_number(b->store, pending[i].record->day, &id, b->err)) return false;
    if (!put_record(b, &pending[i], id)) return false;
  }
  return true;
}

bool store_put_pending(Store *self, Error *err)
{
  if (!self->pending.len) return true;
  Batch batch = {.store = self, .err = err};
  qsort(self->pending.items, self->pending.len, sizeof *self->pending.items, by_day);
  bool ok = postings_run(self->postings, self->pending.len, &batch.run, err) &&
            put_records(&batch, self->pending.items, self->pending.len) && put_postings(&batch) &&
            put_words(&batch);
  store_drop_pending(self);
  vec_release(&batch.postings);
  arena_release(&batch.arena);
  vec_release(&batch.days);
  vec_release(&batch.words);
  free(batch.slots);
  strbuf_release(&batch.entities);
  strbuf_release(&batch.told);
  return ok;
}
