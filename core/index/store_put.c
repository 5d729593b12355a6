// A batch of records goes into the tables in the order of their keys: what lies side by side is written side
// by side, once a batch, and the full-text table gets its rows in rising order, without which it would write
// a segment for each. Numbers are given by day, then by path.
#include "index/store_p.h"

enum { WORD_MIN = 2, WORD_MAX = 40 }; // bytes of words that a beginning is completed to

typedef struct MentionRow {
  int64_t entity, article;
  const RecordEntity *facts;
} MentionRow;

typedef struct QuoteRow {
  int64_t id, speaker; // 0: none
  const RecordQuote *facts;
} QuoteRow;

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
  VEC_OF(QuoteRow) quotes;
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
  char *key = arena_alloc(&self->cache, sizeof entity + form.len);
  memcpy(key, &entity, sizeof entity);
  if (form.len) memcpy(key + sizeof entity, form.ptr, form.len);
  bool is_new;
  map_slot(&self->seen_names, (Str){key, sizeof entity + form.len}, &is_new);
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

static void add_quote(Batch *b, const RecordQuote *quote, int64_t id)
{
  int64_t speaker = quote->speaker == SIZE_MAX ? 0 : b->ids.items[quote->speaker];
  vec_push(&b->quotes, (QuoteRow){id, speaker, quote});
  if (speaker) vec_push(&b->said, (SaidRow){speaker, id});
}

static void add_dates(Batch *b, const Record *record, int64_t article)
{
  size_t last = 0;
  for (size_t i = 0; i < record->dates.len; i++) {
    const RecordDate *date = &record->dates.items[i];
    PackedDate packed = {date->start, date->end,   date->type, date->value,
                         date->begin, date->until, date->open};
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

static bool put_text(Batch *b, const Record *record, int64_t id)
{
  sqlite3_stmt *stmt = store_stmt(b->store, STMT_PUT_TEXT, b->err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, id);
  store_bind(stmt, 2, strbuf_str(&record->words));
  store_bind(stmt, 3, strbuf_str(&record->said));
  count_words(b, strbuf_str(&record->words));
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
  b->ids.len = b->entities.len = b->dates.len = 0;
  bool ok = put_article(b, record, id) && (pending->has_text || put_text(b, record, id));
  for (size_t i = 0; ok && i < record->entities.len; i++) ok = add_entity(b, &record->entities.items[i], id);
  for (size_t i = 0; ok && i < record->tags.len; i++) ok = put_tag(b, &record->tags.items[i], id);
  if (!ok) return false;
  for (size_t i = 0; i < record->quotes.len && i < SCHEMA_QUOTES_MAX; i++)
    add_quote(b, &record->quotes.items[i], schema_quote(id, i));
  add_dates(b, record, id);
  b->store->articles++;
  return put_facts(b, id);
}

// --- the rows of all, in their order ---

static void bind_mention(const void *ud, size_t row, sqlite3_stmt *stmt, int behind)
{
  const MentionRow *mention = &((const Batch *)ud)->mentions.items[row];
  sqlite3_bind_int64(stmt, behind + 1, mention->entity);
  sqlite3_bind_int64(stmt, behind + 2, mention->article);
  sqlite3_bind_int(stmt, behind + 3, (int)mention->facts->type);
  sqlite3_bind_int64(stmt, behind + 4, mention->facts->mentions);
  store_bind_blob(stmt, behind + 5, strbuf_str(&mention->facts->spots));
  store_bind_blob(stmt, behind + 6, strbuf_str(&mention->facts->near));
}

static void bind_quote(const void *ud, size_t row, sqlite3_stmt *stmt, int behind)
{
  const QuoteRow *quote = &((const Batch *)ud)->quotes.items[row];
  const RecordQuote *facts = quote->facts;
  sqlite3_bind_int64(stmt, behind + 1, quote->id);
  sqlite3_bind_int64(stmt, behind + 2, (int64_t)facts->start);
  sqlite3_bind_int64(stmt, behind + 3, (int64_t)facts->end);
  sqlite3_bind_int(stmt, behind + 4, (int)facts->type);
  sqlite3_bind_int64(stmt, behind + 5, facts->group);
  if (quote->speaker)
    sqlite3_bind_int64(stmt, behind + 6, quote->speaker);
  else
    sqlite3_bind_null(stmt, behind + 6);
  store_bind(stmt, behind + 7, facts->speaker_name);
  store_bind(stmt, behind + 8, facts->source);
  store_bind(stmt, behind + 9, facts->text);
}

static void bind_said(const void *ud, size_t row, sqlite3_stmt *stmt, int behind)
{
  const SaidRow *said = &((const Batch *)ud)->said.items[row];
  sqlite3_bind_int64(stmt, behind + 1, said->speaker);
  sqlite3_bind_int64(stmt, behind + 2, said->quote);
}

static void bind_day(const void *ud, size_t row, sqlite3_stmt *stmt, int behind)
{
  const DayRow *day = &((const Batch *)ud)->days.items[row];
  sqlite3_bind_int(stmt, behind + 1, day->span);
  sqlite3_bind_int(stmt, behind + 2, day->begin);
  sqlite3_bind_int64(stmt, behind + 3, day->article);
  sqlite3_bind_int64(stmt, behind + 4, day->nth);
  if (day->span)
    sqlite3_bind_int(stmt, behind + 5, day->until);
  else
    sqlite3_bind_null(stmt, behind + 5);
}

static void bind_word(const void *ud, size_t row, sqlite3_stmt *stmt, int behind)
{
  const WordRow *word = &((const Batch *)ud)->words.items[row];
  store_bind(stmt, behind + 1, word->word);
  sqlite3_bind_int64(stmt, behind + 2, word->articles);
}

static void sort_rows(Batch *b) // quotations come in order
{
  vec_sort(&b->mentions, by_entity);
  vec_sort(&b->said, by_speaker);
  vec_sort(&b->days, by_begin);
  vec_sort(&b->words, by_word);
}

static bool put_rows(Batch *b)
{
  Store *store = b->store;
  sort_rows(b);
  return store_put_rows(store, BULK_MENTIONS, b->mentions.len, bind_mention, b, b->err) &&
         store_put_rows(store, BULK_QUOTES, b->quotes.len, bind_quote, b, b->err) &&
         store_put_rows(store, BULK_SAID, b->said.len, bind_said, b, b->err) &&
         store_put_rows(store, BULK_DAYS, b->days.len, bind_day, b, b->err) &&
         store_put_rows(store, BULK_WORDS, b->words.len, bind_word, b, b->err);
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
  bool ok = put_records(&batch, self->pending.items, self->pending.len) && put_rows(&batch);
  store_drop_pending(self);
  vec_release(&batch.mentions);
  vec_release(&batch.quotes);
  vec_release(&batch.said);
  vec_release(&batch.days);
  vec_release(&batch.words);
  map_release(&batch.by_word);
  vec_release(&batch.ids);
  strbuf_release(&batch.entities);
  strbuf_release(&batch.dates);
  return ok;
}
