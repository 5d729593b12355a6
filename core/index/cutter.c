// Folded text is words with one space between them, so nothing is to be classified, folded or copied: the
// words are handed on where they stand. FTS5's own tokenizer for ASCII looks at each byte three times. It
// finds the same words in such text, so whoever reads the table needs to know nothing of this one, and the
// writer registers it under the other's name.
#include "index/cutter.h"

#include "index/fold.h"
#include "index/schema.h"

static int cutter_create(void *ctx, const char **args, int count, Fts5Tokenizer **out)
{
  (void)args, (void)count;
  *out = ctx; // there is nothing to remember: only that it is not NULL
  return SQLITE_OK;
}

static void cutter_delete(Fts5Tokenizer *self)
{
  (void)self;
}

static int cutter_cut(Fts5Tokenizer *self, void *ctx, int flags, const char *text, int len,
                      int (*token)(void *, int, const char *, int, int, int))
{
  (void)self, (void)flags;
  int status = SQLITE_OK;
  for (const char *p = text, *end = text + len; p < end && status == SQLITE_OK; p++) {
    const char *start = p;
    p = fold_word_end(start, end);
    if (p > start) status = token(ctx, 0, start, (int)(p - start), (int)(start - text), (int)(p - text));
  }
  return status;
}

bool cutter_register(sqlite3 *db, Error *err)
{
  static fts5_tokenizer cutter = {cutter_create, cutter_delete, cutter_cut};
  fts5_api *api = NULL;
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL) == SQLITE_OK) {
    sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(stmt);
  }
  sqlite3_finalize(stmt);
  return (api && api->xCreateTokenizer(api, "ascii", &cutter, &cutter, NULL) == SQLITE_OK) ||
         schema_error(db, err);
}
