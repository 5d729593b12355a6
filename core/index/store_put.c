// A batch of records goes into the tables in the order of their keys: what lies side by side is written side
// by side, once a batch, and the full-text table gets its rows in rising order, without which it would write
// a segment for each. Numbers are given by day, then by path.
#include "index/store_p.h"

#include <stdio.h>

enum { WORD_MIN = 2, WORD_MAX = 40 }; // bytes of words that a beginning is completed to

typedef struct MentionRow {
  int64_t entity, article;
  const RecordEntity *facts;
} MentionRow;

typedef struct SaidRow {
  int64_t speaker, quote;
} SaidRow;

typedef struct DayRow {
  int64_t article;
  int span, begin, until;
  uint32_t nth; // and the type: nth * DATE_TYPES + type
} DayRow;

typedef struct WordRow {
  Str word;
  uint32_t articles, last; // `last`: the record that counted it last, from 1
} WordRow;

typedef struct Batch {
  Store *store;
  Error *err;
  VEC_OF(MentionRow) mentions;
  VEC_OF(SaidRow) said;
  VEC_OF(DayRow) days;
  VEC_OF(WordRow) words;
  Map by_word;
  VEC_OF(int64_t) ids; // [entity of the record at hand]
  StrBuf entities, dates;
  size_t record; // from 1
} Batch;

void store_drop_pending(Store *self)
{
  for (size_t i = 0; i < self->pending.len; i++) record_free(self->pending.items[i]);
  self->pending.len = self->pending_bytes = 0;
  map_reset(&self->pending_paths);
}

// --- order ---

#define THREE_WAY(a, b) (((a) > (b)) - ((a) < (b)))

static int by_day(const void *a, const void *b)
{
  const Record *x = *(const Record *const *)a, *y = *(const Record *const *)b;
  return x->day != y->day ? THREE_WAY(x->day, y->day) : str_cmp(x->path, y->path);
}

static int by_entity(const void *a, const void *b)
{
  const MentionRow *x = a, *y = b;
  return x->entity != y->entity ? THREE_WAY(x->entity, y->entity) : THREE_WAY(x->article, y->article);
}

static int by_speaker(const void *a, const void *b)
{
  const SaidRow *x = a, *y = b;
  return x->speaker != y->speaker ? THREE_WAY(x->speaker, y->speaker) : THREE_WAY(x->quote, y->quote);
}

static int by_begin(const void *a, const void *b)
{
  const DayRow *x = a, *y = b;
  if (x->span != y->span) return THREE_WAY(x->span, y->span);
  if (x->begin != y->begin) return THREE_WAY(x->begin, y->begin);
  return x->article != y->article ? THREE_WAY(x->article, y->article) : THREE_WAY(x->nth, y->nth);
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
  char number[24];
  int len = snprintf(number, sizeof number, "%lld ", (long long)entity);
  char *key = arena_alloc(&self->cache, (size_t)len + form.len);
  memcpy(key, number, (size_t)len);
  if (form.len) memcpy(key + len, form.ptr, form.len);
  bool is_new;
  map_slot(&self->seen_names, (Str){key, (size_t)len + form.len}, &is_new);
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
  vec_push(&b->ids, id);
  for (size_t i = 0; i < entity->forms.len; i++)
    if (!put_name(b->store, id, entity->forms.items[i], b->err)) return false;
  if (!entity->mentions) return true;
  pack_entity(&b->entities, &(PackedEntity){id, entity->type, entity->mentions});
  vec_push(&b->mentions, (MentionRow){id, article, entity});
  return true;
}

// --- one article ---

static bool put_quote(Batch *b, const RecordQuote *quote, int64_t id)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_QUOTE, b->err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, id);
  sqlite3_bind_int64(stmt, 2, (int64_t)quote->start);
  sqlite3_bind_int64(stmt, 3, (int64_t)quote->end);
  sqlite3_bind_int(stmt, 4, (int)quote->type);
  sqlite3_bind_int64(stmt, 5, quote->group);
  if (quote->speaker == SIZE_MAX) {
    sqlite3_bind_null(stmt, 6);
  } else {
    sqlite3_bind_int64(stmt, 6, b->ids.items[quote->speaker]);
    vec_push(&b->said, (SaidRow){b->ids.items[quote->speaker], id});
  }
  store_bind(stmt, 7, quote->speaker_name);
  store_bind(stmt, 8, quote->source);
  store_bind(stmt, 9, quote->text);
  return store_run(b->store, stmt, b->err);
}

static void add_dates(Batch *b, const Record *record, int64_t article)
{
  size_t last = 0;
  for (size_t i = 0; i < record->dates.len; i++) {
    const RecordDate *date = &record->dates.items[i];
    PackedDate packed = {date->start, date->end, date->type, date->value, date->begin, date->until};
    pack_date(&b->dates, &last, &packed);
    int begin = day_index(date->begin), until = day_index(date->until);
    vec_push(&b->days, (DayRow){article, schema_span(begin, until), begin, until,
                                (uint32_t)(i * DATE_TYPES + date->type)});
  }
}

static bool put_facts(Batch *b, int64_t article)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_FACTS, b->err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, article);
  store_bind_blob(stmt, 2, strbuf_str(&b->entities));
  store_bind_blob(stmt, 3, strbuf_str(&b->dates));
  return store_run(b->store, stmt, b->err);
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

static void count_words(Batch *b, Str text)
{
  while (text.len) {
    Str word = str_cut(&text, ' ');
    if (word.len < WORD_MIN || word.len > WORD_MAX) continue;
    bool is_new;
    uint64_t *at = map_slot(&b->by_word, word, &is_new);
    if (is_new) {
      *at = b->words.len;
      vec_push(&b->words, (WordRow){.word = word});
    }
    WordRow *row = &b->words.items[*at];
    row->articles += row->last != b->record;
    row->last = (uint32_t)b->record;
  }
}

// The article's own rows.
static bool put_article(Batch *b, const Record *record, int64_t id)
{
  Store *store = b->store;
  sqlite3_stmt *file = store_stmt(store, STMT_PUT_FILE, b->err),
               *article = store_stmt(store, STMT_PUT_ARTICLE, b->err),
               *text = store_stmt(store, STMT_PUT_TEXT, b->err);
  if (!file || !article || !text) return false;
  store_bind(file, 1, record->path);
  sqlite3_bind_int64(file, 2, id);
  sqlite3_bind_int64(file, 3, record->stamp.mtime_ns);
  sqlite3_bind_int64(file, 4, (int64_t)record->stamp.size);
  sqlite3_bind_int64(file, 5, (int64_t)record->stamp.inode);
  sqlite3_bind_int64(file, 6, (int64_t)record->hash);
  sqlite3_bind_int64(article, 1, id);
  store_bind(article, 2, record->path);
  store_bind(article, 3, record->lang);
  store_bind(article, 4, record->dct);
  store_bind(article, 5, record->title);
  sqlite3_bind_int64(text, 1, id);
  store_bind(text, 2, strbuf_str(&record->words));
  store_bind(text, 3, strbuf_str(&record->said));
  return store_run(store, file, b->err) && store_run(store, article, b->err) &&
         store_run(store, text, b->err);
}

static bool put_record(Batch *b, const Record *record, int64_t id)
{
  b->record++;
  b->ids.len = b->entities.len = b->dates.len = 0;
  bool ok = put_article(b, record, id);
  for (size_t i = 0; ok && i < record->entities.len; i++) ok = add_entity(b, &record->entities.items[i], id);
  for (size_t i = 0; ok && i < record->quotes.len && i < SCHEMA_QUOTES_MAX; i++)
    ok = put_quote(b, &record->quotes.items[i], schema_quote(id, i));
  for (size_t i = 0; ok && i < record->tags.len; i++) ok = put_tag(b, &record->tags.items[i], id);
  if (!ok) return false;
  add_dates(b, record, id);
  count_words(b, strbuf_str(&record->words));
  b->store->articles++;
  return put_facts(b, id);
}

// --- the rows of all, in their order ---

static bool put_mentions(Batch *b)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_MENTION, b->err);
  bool ok = stmt;
  if (b->mentions.len) qsort(b->mentions.items, b->mentions.len, sizeof *b->mentions.items, by_entity);
  for (size_t i = 0; ok && i < b->mentions.len; i++) {
    const MentionRow *row = &b->mentions.items[i];
    sqlite3_bind_int64(stmt, 1, row->entity);
    sqlite3_bind_int64(stmt, 2, row->article);
    sqlite3_bind_int(stmt, 3, (int)row->facts->type);
    sqlite3_bind_int64(stmt, 4, row->facts->mentions);
    store_bind_blob(stmt, 5, strbuf_str(&row->facts->spots));
    store_bind_blob(stmt, 6, strbuf_str(&row->facts->near));
    ok = store_run(b->store, stmt, b->err);
  }
  return ok;
}

static bool put_said(Batch *b)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_SAID, b->err);
  bool ok = stmt;
  if (b->said.len) qsort(b->said.items, b->said.len, sizeof *b->said.items, by_speaker);
  for (size_t i = 0; ok && i < b->said.len; i++) {
    sqlite3_bind_int64(stmt, 1, b->said.items[i].speaker);
    sqlite3_bind_int64(stmt, 2, b->said.items[i].quote);
    ok = store_run(b->store, stmt, b->err);
  }
  return ok;
}

static bool put_days(Batch *b)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_DAY, b->err);
  bool ok = stmt;
  if (b->days.len) qsort(b->days.items, b->days.len, sizeof *b->days.items, by_begin);
  for (size_t i = 0; ok && i < b->days.len; i++) {
    const DayRow *row = &b->days.items[i];
    sqlite3_bind_int(stmt, 1, row->span);
    sqlite3_bind_int(stmt, 2, row->begin);
    sqlite3_bind_int64(stmt, 3, row->article);
    sqlite3_bind_int64(stmt, 4, row->nth);
    if (row->span)
      sqlite3_bind_int(stmt, 5, row->until);
    else
      sqlite3_bind_null(stmt, 5);
    ok = store_run(b->store, stmt, b->err);
  }
  return ok;
}

static bool put_words(Batch *b)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_WORD, b->err);
  bool ok = stmt;
  if (b->words.len) qsort(b->words.items, b->words.len, sizeof *b->words.items, by_word);
  for (size_t i = 0; ok && i < b->words.len; i++) {
    store_bind(stmt, 1, b->words.items[i].word);
    sqlite3_bind_int64(stmt, 2, b->words.items[i].articles);
    ok = store_run(b->store, stmt, b->err);
  }
  return ok;
}

// --- numbers ---

// The next number for an article of this day (0: without one) in *id.
static bool next_number(Store *self, int day, int64_t *id, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_LAST_NUMBER, err);
  if (!stmt) return false;
  int64_t first = day ? schema_article_of(day_index(day), self->bits) : SCHEMA_UNDATED;
  int64_t behind = day ? first + ((int64_t)1 << self->bits) : schema_article_of(0, SCHEMA_BITS_WIDE);
  sqlite3_bind_int64(stmt, 1, first);
  sqlite3_bind_int64(stmt, 2, behind);
  bool ok = sqlite3_step(stmt) == SQLITE_ROW || schema_error(self->db, err);
  *id = sqlite3_column_int64(stmt, 0) + 1;
  sqlite3_reset(stmt);
  if (ok && *id >= behind)
    return error_set(err, ERR_LIMIT, "more than %d articles of one day", 1 << self->bits);
  return ok;
}

static bool put_records(Batch *b, Record *const *records, size_t count)
{
  int64_t id = 0;
  for (size_t i = 0; i < count; i++) {
    const Record *record = records[i];
    if (!next_number(b->store, record->day, &id, b->err) || !put_record(b, record, id)) return false;
  }
  return true;
}

bool store_put_pending(Store *self, Error *err)
{
  if (!self->pending.len) return true;
  Batch batch = {.store = self, .err = err};
  qsort(self->pending.items, self->pending.len, sizeof *self->pending.items, by_day);
  bool ok = put_records(&batch, self->pending.items, self->pending.len) && put_mentions(&batch) &&
            put_said(&batch) && put_days(&batch) && put_words(&batch);
  store_drop_pending(self);
  vec_release(&batch.mentions);
  vec_release(&batch.said);
  vec_release(&batch.days);
  vec_release(&batch.words);
  map_release(&batch.by_word);
  vec_release(&batch.ids);
  strbuf_release(&batch.entities);
  strbuf_release(&batch.dates);
  return ok;
}
