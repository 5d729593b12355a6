// Most words are in no table, so each question first asks a filter of bits by the word's hash. Words of
// several tables share one map, from the word to its bits; of names of organisations it has the first word
// alone, with how long the longest of these names is.
#include "annotate/names/namelists.h"

#include "annotate/lang.h"
#include "base/table.h"

enum { TITLE_END_LEAST = 4, TITLE_END_MOST = 13 }; // bytes of the last part of a compound that is a title
enum { TITLE_HEAD_LEAST = 2 };                     // and of what stands before it

// Bits of the first word of an organisation's name, beside those of the header: known in all languages, and
// (org_of()) in one; from ORG_TOKENS_SHIFT on, in three bits, the tokens of the longest such name.
#define LISTED_ORG (1ull << 34)
enum { ORG_TOKENS_SHIFT = 36, ORG_LANGS_SHIFT = 40 };
_Static_assert(ORG_LANGS_SHIFT + LANG_COUNT <= 64, "a bit for each language");

static uint64_t org_of(Lang lang)
{
  return 1ull << (ORG_LANGS_SHIFT + lang);
}

static void set_bit(uint64_t *bits, size_t count, uint32_t hash)
{
  bits[hash % count] |= 1ull << (hash >> 26);
}

static uint32_t ending_hash(Str word)
{
  uint32_t last;
  memcpy(&last, word.ptr + word.len - TITLE_END_LEAST, TITLE_END_LEAST);
  last *= 0x9e3779b1u;
  return last ^ last >> 15;
}

static void add_words(NameLists *lists, const Table *table, uint64_t bit)
{
  for (size_t row = 0; table && row < table->rows; row++) {
    Str word = table_cell(table, row, 0);
    if (bit < LISTED_ORGWORD && word.ptr[0] == '-') {
      word = str_slice(word, 1, word.len);
      *map_slot(&lists->endings, word, NULL) |= bit;
      if (word.len >= TITLE_END_LEAST)
        set_bit(lists->may_be_ending, ARRAY_LEN(lists->may_be_ending), ending_hash(word));
    }
    *map_slot(&lists->words, word, NULL) |= bit;
    set_bit(lists->may_be_word, ARRAY_LEN(lists->may_be_word), (uint32_t)str_hash(word));
  }
}

// `word` in lower case if it is all ASCII letters, which is one token whatever the tokenizer thinks of
// others; empty: it is not.
static Str plain_lower(Arena *arena, Str word)
{
  for (size_t i = 0; i < word.len; i++)
    if ((word.ptr[i] | 0x20) < 'a' || (word.ptr[i] | 0x20) > 'z') return (Str){0};
  char *lower = arena_copy(arena, word.ptr, word.len);
  for (size_t i = 0; i < word.len; i++) lower[i] |= 0x20;
  return (Str){lower, word.len};
}

// Mark the first words of known organisations for nameknown.c, and those of rivers for namesigns.c.
static void add_orgs(NameLists *lists, const Table *table, uint64_t bit)
{
  TokenVec tokens = {0}; // one for all rows: they are many
  for (size_t row = 0; table && row < table->rows; row++) {
    Str name = table_cell(table, row, 0);
    const char *space = memchr(name.ptr, ' ', name.len);
    set_bit(lists->may_be_org, ARRAY_LEN(lists->may_be_org), (uint32_t)str_hash(name));
    Str first = str_slice(name, 0, space ? (size_t)(space - name.ptr) : name.len),
        word = plain_lower(&lists->own, first);
    size_t len = space ? ORG_TOKENS_MOST : 1;
    if (!word.len) {
      tokens.len = 0;
      tokens_split(first, &lists->own, &tokens);
      word = tokens.items[0].lower;
      if (len < tokens.len) len = tokens.len < ORG_TOKENS_MOST ? tokens.len : ORG_TOKENS_MOST;
    }
    uint64_t *bits = map_slot(&lists->words, word, NULL),
             longest = *bits >> ORG_TOKENS_SHIFT & ORG_TOKENS_MOST;
    *bits |= bit;
    if (len > longest) *bits += (len - longest) << ORG_TOKENS_SHIFT;
    set_bit(lists->may_be_word, ARRAY_LEN(lists->may_be_word), (uint32_t)str_hash(word));
  }
}

// The bits of all languages that read a table of organisations, if `first` is the first of them; else 0.
static uint64_t readers_of(const NameLists *lists, const Table *table, Lang first)
{
  uint64_t readers = 0;
  for (Lang lang = LANG_UNKNOWN; lang < LANG_COUNT; lang++)
    for (size_t i = 0; i + 1 < NAME_ORGS; i++) {
      if (lists->orgs_of[lang][i] != table) continue;
      if (lang < first) return 0;
      readers |= org_of(lang);
    }
  return readers;
}

// Those of one language first, then those it shares, at the end those of all.
static void read_orgs(NameLists *lists)
{
  const Table *all = table_find("orgs", "");
  add_orgs(lists, all, LISTED_ORG);
  for (Lang lang = LANG_UNKNOWN; lang < LANG_COUNT; lang++) {
    const Table **of = lists->orgs_of[lang];
    of[0] = table_find("orgs", lang_code(lang));
    table_find_shared("orgs", lang_code(lang), of + 1, NAME_ORGS - 2);
    of[NAME_ORGS - 1] = all;
  }
  for (Lang lang = LANG_UNKNOWN; lang < LANG_COUNT; lang++)
    for (size_t i = 0; i + 1 < NAME_ORGS; i++) {
      const Table *table = lists->orgs_of[lang][i];
      uint64_t readers = table ? readers_of(lists, table, lang) : 0;
      if (readers) add_orgs(lists, table, readers);
    }
}

static void add_joiners(NameLists *lists, const Table *table)
{
  for (size_t row = 0; table && row < table->rows; row++) {
    Str *of = lists->joiners[lang_of(table_cell(table, row, 0))];
    size_t at = 0;
    while (at + 1 < NAME_JOINERS && of[at].len) at++;
    of[at] = table_cell(table, row, 1);
  }
}

// Where the forms that begin with each byte stand: rows are sorted.
static void index_forms(NameLists *lists)
{
  size_t row = 0;
  for (size_t byte = 0; byte < 256; byte++) {
    lists->forms_from[byte] = (uint16_t)row;
    while (row < lists->forms->rows && (unsigned char)table_cell(lists->forms, row, 0).ptr[0] == byte) row++;
  }
  lists->forms_from[256] = (uint16_t)row;
}

void namelists_init(NameLists *lists)
{
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++)
    add_words(lists, table_find("titles", lang_code(lang)), 1ull << lang);
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) {
    const char *code = lang_code(lang);
    lists->endings_of[lang] = table_find("endings", code);
    lists->bearers_of[lang] = namenouns_of("bearers", code);
    lists->before_town[lang] = table_find("beforetown", code);
    lists->articles[lang] = table_find("articles", code);
    lists->lands[lang] = table_find("lands", code);
    add_orgs(lists, lists->lands[lang], org_of(lang));
    lists->games[lang] = table_find("sport", code);
    lists->parties_of[lang] = table_find("parties", code);
    table_find_shared("businesses", code, &lists->businesses_of[lang], 1);
    table_find_shared("orgtails", code, &lists->org_tails_of[lang], 1);
    lists->roles_of[lang] = table_find("roles", code);
  }
  add_words(lists, table_find("orgwords", ""), LISTED_ORGWORD);
  add_words(lists, table_find("particles", ""), LISTED_PARTICLE);
  read_orgs(lists);
  add_joiners(lists, table_find("joiners", ""));
  lists->offices = table_find("offices", "");
  lists->royals = table_find("royals", "");
  lists->forms = table_find("legalforms", "");
  lists->states = table_find("states", "");
  lists->honours = table_find("honours", "");
  lists->clubs = table_find("clubs", "");
  index_forms(lists);
}

void namelists_release(NameLists *lists)
{
  map_release(&lists->words);
  map_release(&lists->endings);
  arena_release(&lists->own);
}

uint8_t namelists_org_tokens(uint64_t bits, Lang lang)
{
  return bits & (LISTED_ORG | org_of(lang)) ? (uint8_t)(bits >> ORG_TOKENS_SHIFT & ORG_TOKENS_MOST) : 0;
}

static bool has_ending(const NameLists *lists, Str lower, uint64_t bit)
{
  uint64_t bits;
  if (lower.len < TITLE_END_LEAST ||
      !namelists_may_have(lists->may_be_ending, ARRAY_LEN(lists->may_be_ending), ending_hash(lower)))
    return false;
  for (size_t len = TITLE_END_LEAST; len <= TITLE_END_MOST && len + TITLE_HEAD_LEAST <= lower.len; len++) {
    if (map_get(&lists->endings, str_slice(lower, lower.len - len, lower.len), &bits) && (bits & bit))
      return true;
  }
  return false;
}

bool namelists_is_title(const NameLists *lists, Lang lang, Str lower)
{
  uint64_t bit = 1ull << lang;
  if (lower.len && lower.ptr[lower.len - 1] == '.') lower.len--;
  return (namelists_word(lists, lower, (uint32_t)str_hash(lower)) & bit) || has_ending(lists, lower, bit);
}

bool namelists_titles_token(const NameLists *lists, Lang lang, const Token *token, uint64_t bits)
{
  Str lower = token->lower;
  if (lower.ptr[lower.len - 1] == '.') return namelists_is_title(lists, lang, lower);
  return (bits & 1ull << lang) || has_ending(lists, lower, 1ull << lang);
}

Str namelists_before_town(const NameLists *lists, Lang lang, const Token *word)
{
  size_t row = table_seek_hash(lists->before_town[lang], word->lower, word->hash);
  return row == SIZE_MAX ? (Str){0} : table_cell(lists->before_town[lang], row, 1);
}
