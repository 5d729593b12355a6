// Word by word: Cyrillic letters into Latin ones; a given name into its one form; a family name by its
// ending, and only where it has one, by the sounds before it, longest spelling first. All of it by one table,
// its rows told apart by their first character.
#include "annotate/names/namekey.h"

#include "base/table.h"
#include "base/utf8.h"

enum { SPELLING_MAX = 8, ENDING_MAX = 6, WORD_MAX = 64 };

// The row for `mark` and `text`; false where there is none.
static bool find(const Table *table, char mark, Str text, Str *found)
{
  char key[WORD_MAX + 1];
  if (text.len > WORD_MAX) return false;
  key[0] = mark;
  if (text.len) memcpy(key + 1, text.ptr, text.len);
  size_t row = table_seek(table, (Str){key, text.len + 1});
  if (row == SIZE_MAX) return false;
  *found = table_cell(table, row, 1);
  return true;
}

static void add_latin(const Table *table, StrBuf *out, Str word)
{
  const char *end = word.ptr + word.len;
  for (const char *p = word.ptr; p < end;) {
    uint32_t cp;
    size_t len = utf8_decode(p, end, &cp);
    Str letter = {p, len}, latin;
    strbuf_add(out, len > 1 && find(table, '+', letter, &latin) ? latin : letter);
    p += len;
  }
}

static void add_sounds(const Table *table, StrBuf *out, Str word)
{
  for (size_t at = 0; at < word.len;) {
    size_t len = word.len - at < SPELLING_MAX ? word.len - at : SPELLING_MAX;
    Str sound = {0};
    while (len && !find(table, '~', str_slice(word, at, at + len), &sound)) len--;
    if (!len) sound = str_slice(word, at, at + 1);
    // A letter written twice sounds like one.
    bool again = sound.len == 1 && out->len && out->ptr[out->len - 1] == sound.ptr[0];
    if (!again) strbuf_add(out, sound);
    at += len ? len : 1;
  }
}

static void add_word(const Table *table, StrBuf *out, Str word, bool first)
{
  Str known;
  if (find(table, '=', word, &known)) {
    strbuf_add(out, known);
    return;
  }
  size_t most = word.len > ENDING_MAX + 1 ? ENDING_MAX : word.len > 2 ? word.len - 2 : 0;
  for (size_t len = most; !first && len >= 2; len--) {
    if (!find(table, '-', str_slice(word, word.len - len, word.len), &known)) continue;
    add_sounds(table, out, str_slice(word, 0, word.len - len));
    strbuf_add(out, known);
    return;
  }
  strbuf_add(out, word);
}

Str namekey_of(Arena *arena, Str name)
{
  const Table *table = table_find("namekey", "");
  if (!table || !name.len || !memchr(name.ptr, ' ', name.len)) return name;
  StrBuf latin = {0}, key = {0};
  add_latin(table, &latin, name);
  Str rest = strbuf_str(&latin);
  for (bool first = true; rest.len; first = false) {
    if (!first) strbuf_byte(&key, ' ');
    add_word(table, &key, str_cut(&rest, ' '), first);
  }
  Str result = str_eq(strbuf_str(&key), name) ? name : arena_dup(arena, strbuf_str(&key));
  strbuf_release(&latin);
  strbuf_release(&key);
  return result;
}
