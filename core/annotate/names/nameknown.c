// One word in fifty is looked up: a bit for the hash of each first token, with a genitive's endings too where
// it is the only one, turns the others away.
#include "annotate/names/nameknown.h"

#include "annotate/names/namefacts.h"
#include "annotate/notes.h"

enum { TOKENS_MOST = 5 };

static void set_bit(NameKnown *self, uint32_t hash)
{
  self->may_begin[hash % NAMEKNOWN_BITS / 64] |= (uint64_t)1 << hash % 64;
}

static void add_first(NameKnown *self, Str name, Arena *scratch)
{
  static const char *const genitives[] = {"s", ":s"};
  TokenVec tokens = {0};
  tokens_split(name, scratch, &tokens);
  set_bit(self, tokens.items[0].hash);
  for (size_t i = 0; tokens.len == 1 && i < ARRAY_LEN(genitives); i++) {
    Str lower = tokens.items[0].lower;
    Str owner = arena_printf(scratch, STR_FMT "%s", STR_ARG(lower), genitives[i]);
    set_bit(self, (uint32_t)str_hash(owner));
  }
}

static void add_table(NameKnown *self, const Table *table)
{
  Arena scratch = {0};
  for (size_t row = 0; table && row < table->rows; row++)
    add_first(self, table_cell(table, row, 0), &scratch);
  arena_release(&scratch);
}

NameKnown nameknown_of(Lang lang)
{
  NameKnown self = {.own = table_find("orgnames", lang_code(lang))};
  if (!self.own) return self; // those that all share are of the same countries
  self.shared = table_find("orgnames", "");
  add_table(&self, self.shared);
  add_table(&self, self.own);
  return self;
}

static bool has(const Table *table, Str name, bool inside)
{
  size_t row = table_seek(table, name);
  return row != SIZE_MAX && (inside || !table_cell(table, row, 1).len);
}

static bool knows(const NameKnown *self, Str name, bool inside)
{
  return has(self->own, name, inside) || has(self->shared, name, inside);
}

// "Peabs", "GP:s".
static bool knows_owner(const NameKnown *self, Str name, bool inside)
{
  if (!str_ends(name, STR("s"))) return false;
  size_t ending = str_ends(name, STR(":s")) ? 2 : 1;
  return knows(self, str_slice(name, 0, name.len - ending), inside);
}

size_t nameknown_end(const NameKnown *self, const Notes *notes, size_t at, bool inside)
{
  const TokenVec *tokens = &notes->tokens;
  uint32_t hash = tokens->items[at].hash;
  if (!(self->may_begin[hash % NAMEKNOWN_BITS / 64] >> hash % 64 & 1)) return at;
  size_t limit = at + TOKENS_MOST < tokens->len ? at + TOKENS_MOST : tokens->len;
  for (size_t end = limit; end > at; end--) {
    Str name = str_slice(notes->text, tokens->items[at].start, tokens->items[end - 1].end);
    if (knows(self, name, inside) || knows_owner(self, name, inside)) return end;
  }
  return at;
}

bool nameknown_owns(const NameKnown *self, Str name)
{
  return self->own && knows_owner(self, name, true);
}
