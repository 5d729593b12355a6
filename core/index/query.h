// query: questions to a folder's index. A reader of its own: it never waits for the writer, and sees the last
// commit. Rows and their strings live in the caller's arena. One thread at a time.
#pragma once

#include "annotate/span.h"
#include "base/error.h"
#include "index/folder.h"
#include "text/position.h"

typedef struct Query Query;

// Open the folder's index. NULL with ERR_NOT_FOUND (none yet), ERR_STATE (of another version), ERR_FORMAT
// (damaged), ERR_IO.
Query *query_new(const Folder *folder, Error *err);
void query_free(Query *self);      // NULL is fine
void query_interrupt(Query *self); // any thread: what runs ends with ERR_CANCELLED
const char *query_sqlite_version(void);
bool query_ready(Query *self); // whether everything the last scan found is stored

typedef struct QueryFilter { // empty or 0: anything
  Str name;                  // a name, alias, surname, or entity id, in any spelling that fold.h makes equal
  bool prefix;               // `name` may go on: type-ahead
  Str type;        // entities: PER ORG LOC, of mentions also a script's tag; quotes: direct mixed indirect;
                   // dates: DATE TIME DURATION SET
  Str words;       // quotes, search: every word must be there; the last may go on where `prefix`
  Str path;        // of one article
  Str from, until; // ISO days, inclusive: the article's date; for a timeline the date's own
  bool indirect;   // quotes: reported speech, too; with the type `indirect` it comes in any case
  size_t limit;    // rows; 0: all
  Encoding enc;    // how columns are counted
} QueryFilter;

typedef struct Place {         // where a row comes from
  Str path, title, lang, date; // date: the article's, as found; empty: unknown
  Str author;                  // as the file says; empty: it does not
  size_t start, end;           // bytes in the file
  size_t line, column;         // from 1; 0 where the file changed since it was indexed, or is gone
  size_t end_line, end_column; // likewise
  Str left, text, right;       // words around it, on one line; left and right empty where line is 0
} Place;

typedef struct EntityRow {
  Str entity, name;
  EntityType type; // the most frequent
  size_t mentions, articles, quotes;
  Str first, last; // dates of articles; empty where none has one
} EntityRow;

typedef struct MentionRow {
  Place at;
  Str type;         // PER ORG LOC, or a tag of scripts
  Str entity, name; // of a tag: entity is empty, name its value
} MentionRow;

typedef struct QuoteRow {
  Place at; // `text` is the quotation, its white space made single; left and right empty
  QuoteType type;
  Str speaker, entity, source;
  unsigned group;
} QuoteRow;

typedef struct DateRow {
  Place at;
  DateType type;
  // begin and until as precise as they are known: "2023", "2023-04", "2023-04-17"; one of them may be empty:
  // "since May", "by 1 June".
  Str value, begin, until;
} DateRow;

typedef struct SearchRow {
  Place at;     // of the first place that holds the words
  double score; // higher is better
} SearchRow;

typedef VEC_OF(EntityRow) EntityRows;
typedef VEC_OF(MentionRow) MentionRows;
typedef VEC_OF(QuoteRow) QuoteRows;
typedef VEC_OF(DateRow) DateRows;
typedef VEC_OF(SearchRow) SearchRows;

// Most mentioned first.
bool query_entities(Query *self, const QueryFilter *filter, Arena *arena, EntityRows *rows, Error *err);
// Who `entity`, of whom an article gives but one name ("name:li"), may be: the one person of the folder who
// is called so and has more names. False: nobody, more than one, or *err.
bool query_namesake(Query *self, Str entity, Arena *arena, EntityRow *row, Error *err);
// By date of the article, then place. The filter's name is needed, but for a tag, of which it is the value.
bool query_mentions(Query *self, const QueryFilter *filter, Arena *arena, MentionRows *rows, Error *err);
// By date of the article, then place; by `name` as the speaker.
bool query_quotes(Query *self, const QueryFilter *filter, Arena *arena, QuoteRows *rows, Error *err);
// By the date told of. With a name: dates in the blocks that mention it.
bool query_timeline(Query *self, const QueryFilter *filter, Arena *arena, DateRows *rows, Error *err);
// Best first: of words that more than 2,000 articles hold, the best of the latest 2,000 (500 with `prefix`).
// The filter's words are needed; "words in quotes" stand side by side.
bool query_search(Query *self, const QueryFilter *filter, Arena *arena, SearchRows *rows, Error *err);
