// Words are found by the full-text table, whose rows lie in the order of time: quotations with certain words
// are read from the first on, articles from the last back, until there are enough. Ranking looks at the
// latest 2,000 (500 while a word is typed) alone, so that the time it takes does not grow with the folder.
//
// A beginning of a word is completed first, to those words that most articles hold: FTS5 itself would put
// together the rows of all words that begin so, before the first of them can be seen.
#include "index/query_p.h"

#include "index/fold.h"

enum {
  COMPLETIONS = 60,
  COMPLETIONS_SHORT = 20,
  SHORT = 2,
  RANKED = 2000,
  RANKED_AHEAD = 500, // while a word is typed: in milliseconds, at every key
  QUOTE_LINE_MAX = 4000,
  FEW_QUOTES = 3000,
  HEADLINE_WORDS = 30
};

// --- expressions for MATCH: words are folded and quoted, so that none is taken for an operator ---

static bool add_completions(Asked *asked, StrBuf *match, Str word)
{
  sqlite3_stmt *stmt = asked_prepare(asked, "SELECT word FROM words WHERE word >= ?1 AND word < ?1 || x'FF'"
                                            " ORDER BY articles DESC LIMIT ?2");
  if (!stmt) return false;
  sqlite3_bind_text(stmt, 1, word.ptr, (int)word.len, SQLITE_STATIC);
  sqlite3_bind_int(stmt, 2, word.len > SHORT ? COMPLETIONS : COMPLETIONS_SHORT);
  bool ok = true;
  strbuf_addf(match, "(\"" STR_FMT "\"", STR_ARG(word));
  while (asked_step(asked, stmt, &ok))
    strbuf_addf(match, " OR \"%.*s\"", sqlite3_column_bytes(stmt, 0),
                (const char *)sqlite3_column_text(stmt, 0));
  strbuf_byte(match, ')');
  sqlite3_finalize(stmt);
  return ok;
}

// What has to be in a text, folded: a word, or a phrase, whose words stand side by side.
typedef struct Term {
  Str words;
  bool goes_on; // the word may be but the beginning of what stands there
} Term;
typedef VEC_OF(Term) Terms; // in the question's arena

// The words of `part`: one that ends in "*" may go on, and the very last where `prefix` is.
static void add_typed(const Asked *asked, Terms *terms, Str part, bool prefix)
{
  while (part.len) {
    size_t len = part.len;
    Str some = str_cut(&part, '*'), folded = fold_words(asked->arena, some);
    bool goes_on = some.len < len || prefix;
    while (folded.len) {
      Str word = str_cut(&folded, ' ');
      vec_push_in(asked->arena, terms, ((Term){word, goes_on && !folded.len}));
    }
  }
}

// What people typed for `words`; what they put in quotes is a phrase.
static Terms typed_terms(const Asked *asked)
{
  Terms terms = {0};
  Str words = asked->filter->words;
  for (bool phrase = false; words.len; phrase = !phrase) {
    Str part = str_cut(&words, '"'), folded = phrase ? fold_words(asked->arena, part) : (Str){0};
    if (!phrase)
      add_typed(asked, &terms, part, asked->filter->prefix && !words.len);
    else if (folded.len)
      vec_push_in(asked->arena, &terms, ((Term){folded, false}));
  }
  return terms;
}

// The terms as an FTS5 expression; empty where there are none.
static bool add_terms(Asked *asked, StrBuf *match, const Terms *terms)
{
  bool ok = true;
  for (size_t i = 0; ok && i < terms->len; i++) {
    const Term *term = &terms->items[i];
    if (i) strbuf_add(match, STR(" AND "));
    if (term->goes_on)
      ok = add_completions(asked, match, term->words);
    else
      strbuf_addf(match, "\"" STR_FMT "\"", STR_ARG(term->words));
  }
  return ok;
}

static bool holds_term(Str folded, const Term *term)
{
  while (folded.len) {
    size_t len = term->words.len;
    if (str_starts(folded, term->words) && (term->goes_on || folded.len == len || folded.ptr[len] == ' '))
      return true;
    str_cut(&folded, ' ');
  }
  return false;
}

static bool holds_terms(Str text, const Terms *terms, Arena *scratch)
{
  Str folded = fold_words(scratch, text);
  for (size_t i = 0; i < terms->len; i++)
    if (!holds_term(folded, &terms->items[i])) return false;
  return true;
}

typedef struct Sought { // what to look for in the text of an article that is found
  Str words;            // folded: the first phrase, or the words before it
  bool goes_on;         // the words may be but the beginnings of what stands there
} Sought;

static Sought sought_of(const Asked *asked)
{
  Sought sought = {0};
  Str words = asked->filter->words;
  for (bool phrase = false; words.len && !sought.words.len; phrase = !phrase) {
    Str part = str_cut(&words, '"');
    bool prefix = asked->filter->prefix && !words.len;
    sought = (Sought){fold_words(asked->arena, part), !phrase && (prefix || memchr(part.ptr, '*', part.len))};
  }
  return sought;
}

// --- search ---

typedef struct Found {
  int64_t article;
  double score;
} Found;
typedef VEC_OF(Found) FoundVec;

// newsmark_rank(text): how well a row answers. More hits of each phrase count less and less; one in the first
// words, which are the headline's, counts double. Rare words need no weight: every row has all of them.
static void rank(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context, int count,
                 sqlite3_value **values)
{
  (void)count, (void)values;
  int hits = 0, phrases = api->xPhraseCount(fts);
  double score = 0;
  if (api->xInstCount(fts, &hits) != SQLITE_OK) hits = 0;
  double weight[16] = {0}; // [phrase], the last for all further ones
  for (int i = 0; i < hits; i++) {
    int phrase, column, at;
    if (api->xInst(fts, i, &phrase, &column, &at) != SQLITE_OK || column != 0) continue;
    weight[phrase < 15 ? phrase : 15] += at < HEADLINE_WORDS ? 2 : 1;
  }
  for (int i = 0; i < phrases && i < 16; i++) score += weight[i] / (weight[i] + 1.5);
  sqlite3_result_double(context, score);
}

static bool add_rank(Asked *asked)
{
  fts5_api *api = NULL;
  sqlite3_stmt *stmt = asked_prepare(asked, "SELECT fts5(?1)");
  if (!stmt) return false;
  sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
  sqlite3_step(stmt);
  sqlite3_finalize(stmt);
  if (api && api->xCreateFunction(api, "newsmark_rank", NULL, rank, NULL) == SQLITE_OK) return true;
  return error_set(asked->err, ERR_STATE, "this SQLite has no full-text search");
}

static int by_score(const void *a, const void *b)
{
  const Found *x = a, *y = b;
  if (x->score != y->score) return x->score < y->score ? 1 : -1;
  return (x->article < y->article) - (x->article > y->article); // the later one first
}

static bool find_articles(Asked *asked, Str match, FoundVec *found)
{
  if (!add_rank(asked)) return false;
  sqlite3_stmt *stmt = asked_prepare(
      asked, "SELECT rowid, newsmark_rank(text) FROM text WHERE text MATCH ?1 AND rowid BETWEEN ?2"
             " AND ?3 ORDER BY rowid DESC LIMIT ?4");
  if (!stmt) return false;
  sqlite3_bind_text(stmt, 1, match.ptr, (int)match.len, SQLITE_STATIC);
  sqlite3_bind_int64(stmt, 2, asked->first);
  sqlite3_bind_int64(stmt, 3, asked->last);
  sqlite3_bind_int64(stmt, 4, !asked->filter->limit ? -1 : asked->filter->prefix ? RANKED_AHEAD : RANKED);
  bool ok = true;
  while (asked_step(asked, stmt, &ok))
    vec_push(found, (Found){sqlite3_column_int64(stmt, 0), sqlite3_column_double(stmt, 1)});
  sqlite3_finalize(stmt);
  vec_sort(found, by_score);
  return ok;
}

bool query_search_in(Query *query, const QueryFilter *filter, Arena *arena, SearchRows *out, Error *err)
{
  Asked asked = {.query = query, .filter = filter, .arena = arena, .err = err};
  StrBuf match = {0};
  FoundVec found = {0};
  Sought sought = sought_of(&asked);
  Terms terms = typed_terms(&asked);
  bool ok = asked_begin(&asked, NULL, 0) && add_terms(&asked, &match, &terms);
  if (ok && !match.len) ok = error_set(err, ERR_USAGE, "search for what? a word is needed");
  ok = ok && find_articles(&asked, strbuf_str(&match), &found);
  for (size_t i = 0; ok && i < found.len && !asked_full(&asked, out->len); i++) {
    SearchRow row = {.score = found.items[i].score};
    if (!asked_article(&asked, found.items[i].article, &row.at, &ok)) continue; // of an article that changed
    size_t start, end;
    if (source_find(&asked.source, sought.words, sought.goes_on, &start, &end))
      asked_locate(&asked, &row.at, start, end);
    vec_push_in(arena, out, row);
  }
  strbuf_release(&match);
  vec_release(&found);
  asked_end(&asked);
  return ok;
}

// --- quotations ---

typedef struct Listing { // a question for quotations
  Asked asked;
  QuoteRows *rows;
  Terms terms; // the words wanted
  Arena scratch;
  sqlite3_stmt *key_stmt;
} Listing;

// Those of one article, and whose numbers its speakers have.
typedef struct Said {
  int64_t article;
  Str entities;
  Quotes quotes;
} Said;

#define OF_ARTICLES                                                                                          \
  "SELECT f.article, f.entities, t.quotes FROM facts f JOIN found t ON t.id = f.found WHERE f.quotes > 0"    \
  " AND f.article BETWEEN ?1 AND ?2 ORDER BY f.article"

// What `stmt`, OF_ARTICLES, stands at: borrowed.
static Said said_of(sqlite3_stmt *stmt, Arena *scratch)
{
  return (Said){.article = sqlite3_column_int64(stmt, 0),
                .entities = {sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1)},
                .quotes = {.left = {sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2)},
                           .arena = scratch}};
}

// The number of the speaker; 0: none.
static int64_t speaker_of(const Said *said, const PackedQuote *quote)
{
  Str left = said->entities;
  PackedEntity entity = {0};
  if (quote->speaker == SIZE_MAX) return 0;
  for (size_t i = 0; i <= quote->speaker; i++)
    if (!unpack_entity(&left, &entity)) return 0;
  return entity.id;
}

static bool is_speaker(const Asked *asked, int64_t speaker)
{
  size_t low = 0, high = asked->ids.len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (asked->ids.items[middle] < speaker)
      low = middle + 1;
    else
      high = middle;
  }
  return low < asked->ids.len && asked->ids.items[low] == speaker;
}

static bool key_of(Listing *self, int64_t entity, Str *key)
{
  if (!self->key_stmt) self->key_stmt = asked_prepare(&self->asked, "SELECT key FROM entities WHERE id = ?1");
  if (!self->key_stmt) return false;
  bool ok = true;
  sqlite3_bind_int64(self->key_stmt, 1, entity);
  if (asked_step(&self->asked, self->key_stmt, &ok)) *key = asked_column(&self->asked, self->key_stmt, 0);
  sqlite3_reset(self->key_stmt);
  return ok;
}

static bool wants_reported(const Asked *asked)
{
  return asked->filter->indirect || asked->type == QUOTE_INDIRECT;
}

// A quotation of this article, where the filter lets it through. The words of reported speech stand in the
// file.
static bool add_quote(Listing *self, const Said *said, const PackedQuote *quote)
{
  Asked *asked = &self->asked;
  int64_t speaker = speaker_of(said, quote);
  if (asked->type >= 0 && (int)quote->type != asked->type) return true;
  bool reported = quote->type == QUOTE_INDIRECT;
  if (reported && !wants_reported(asked)) return true;
  if (asked->filter->name.len && !is_speaker(asked, speaker)) return true;
  if (!reported && self->terms.len && !holds_terms(quote->text, &self->terms, &self->scratch)) return true;
  QuoteRow row = {.type = quote->type,
                  .group = (unsigned)quote->group,
                  .speaker = arena_dup(asked->arena, quote->speaker_name),
                  .source = arena_dup(asked->arena, quote->source)};
  bool ok = true;
  if (!asked_article(asked, said->article, &row.at, &ok)) return ok;
  if (speaker && !key_of(self, speaker, &row.entity)) return false;
  Str text = reported ? source_text(&asked->source, quote->start, quote->end) : quote->text;
  if (reported && self->terms.len && !holds_terms(text, &self->terms, &self->scratch)) return true;
  row.at.text = source_line(asked->arena, text, QUOTE_LINE_MAX);
  asked_locate(asked, &row.at, quote->start, quote->end);
  vec_push_in(asked->arena, self->rows, row);
  return true;
}

// The quotations of the articles from `first` to `last`.
static bool add_quotes(Listing *self, sqlite3_stmt *stmt, int64_t first, int64_t last)
{
  sqlite3_bind_int64(stmt, 1, first);
  sqlite3_bind_int64(stmt, 2, last);
  bool ok = true;
  while (ok && !asked_full(&self->asked, self->rows->len) && asked_step(&self->asked, stmt, &ok)) {
    arena_reset(&self->scratch);
    Said said = said_of(stmt, &self->scratch);
    PackedQuote quote;
    while (ok && !asked_full(&self->asked, self->rows->len) && unpack_quote(&said.quotes, &quote))
      ok = add_quote(self, &said, &quote);
  }
  sqlite3_reset(stmt);
  return ok;
}

// All in the order of time.
static bool quotes_of_all(Listing *self, sqlite3_stmt *stmt)
{
  return add_quotes(self, stmt, self->asked.first, self->asked.last);
}

// The quotations of articles in which the words are quoted.
static bool quotes_with_words(Listing *self, sqlite3_stmt *stmt)
{
  Asked *asked = &self->asked;
  StrBuf match = {0};
  bool ok = add_terms(asked, &match, &self->terms);
  Str expression = arena_printf(asked->arena, "said : (" STR_FMT ")", STR_ARG(strbuf_str(&match)));
  strbuf_release(&match);
  sqlite3_stmt *text =
      ok ? asked_prepare(asked, "SELECT rowid FROM text WHERE text MATCH ?1 AND rowid BETWEEN ?2"
                                " AND ?3 ORDER BY rowid")
         : NULL;
  if (!text) return false;
  sqlite3_bind_text(text, 1, expression.ptr, (int)expression.len, SQLITE_STATIC);
  sqlite3_bind_int64(text, 2, asked->first);
  sqlite3_bind_int64(text, 3, asked->last);
  while (ok && !asked_full(asked, self->rows->len) && asked_step(asked, text, &ok)) {
    int64_t article = sqlite3_column_int64(text, 0);
    ok = add_quotes(self, stmt, article, article);
  }
  sqlite3_finalize(text);
  return ok;
}

typedef struct Speaking { // articles in which somebody speaks
  IdVec articles;
  bool reported; // reported speech counts, too
} Speaking;

static bool add_speaking(void *ud, int64_t article, Str facts)
{
  Speaking *self = ud;
  Mentions mentions;
  if (!unpack_mentions(facts, &mentions)) return false;
  if (!mentions.said && !(self->reported && mentions.reported)) return false;
  vec_push(&self->articles, article);
  return true;
}

static int by_number(const void *a, const void *b)
{
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

// What the speakers said: a page of each, merged. All of it where words or a type still choose among them.
static bool quotes_of_speakers(Listing *self, sqlite3_stmt *stmt)
{
  Asked *asked = &self->asked;
  bool ok = true, page = !self->terms.len && asked->type < 0;
  Speaking speaking = {.reported = wants_reported(asked)};
  for (size_t i = 0; ok && i < asked->ids.len; i++)
    ok = asked_postings(asked, asked->ids.items[i], page ? asked_limit(asked) : -1, add_speaking, &speaking);
  IdVec articles = speaking.articles;
  vec_sort(&articles, by_number);
  for (size_t i = 0; ok && i < articles.len && !asked_full(asked, self->rows->len); i++) {
    int64_t article = articles.items[i];
    if (!i || article != articles.items[i - 1]) ok = add_quotes(self, stmt, article, article);
  }
  vec_release(&articles);
  return ok;
}

// Whether the speakers said so much that it is better to begin with the words.
static bool said_much(Asked *asked, bool *ok)
{
  sqlite3_stmt *stmt = asked_prepare(asked, "SELECT quotes FROM entities WHERE id = ?1");
  if (!stmt) return *ok = false;
  int64_t sum = 0;
  for (size_t i = 0; *ok && i < asked->ids.len; i++) {
    sqlite3_bind_int64(stmt, 1, asked->ids.items[i]);
    if (asked_step(asked, stmt, ok)) sum += sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
  }
  sqlite3_finalize(stmt);
  return sum > FEW_QUOTES;
}

bool query_quotes_in(Query *query, const QueryFilter *filter, Arena *arena, QuoteRows *out, Error *err)
{
  Listing self = {.asked = {.query = query, .filter = filter, .arena = arena, .err = err}, .rows = out};
  Asked *asked = &self.asked;
  self.terms = typed_terms(asked);
  bool named = filter->name.len > 0, ok = asked_begin(asked, query_quote_types, QUOTE_TYPES);
  ok = ok && (!named || asked_names(asked));
  sqlite3_stmt *stmt = ok ? asked_prepare(asked, OF_ARTICLES) : NULL;
  ok = ok && stmt;
  if (ok && named && (!self.terms.len || !said_much(asked, &ok)))
    ok = ok && quotes_of_speakers(&self, stmt);
  else if (ok)
    ok = self.terms.len ? quotes_with_words(&self, stmt) : quotes_of_all(&self, stmt);
  sqlite3_finalize(stmt);
  sqlite3_finalize(self.key_stmt);
  arena_release(&self.scratch);
  asked_end(asked);
  return ok;
}
