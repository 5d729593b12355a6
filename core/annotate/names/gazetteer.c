// Three tables of hashes' fingerprints and a bit map (gazetteer_p.h): no name is stored, only enough bits of
// its hash to know it again, which makes the file small and every question one or two reads of memory. The
// price is a false answer once in ten thousand words (words), a million (entities).
#include "annotate/names/gazetteer.h"

#include "annotate/mapped.h"
#include "annotate/names/gazetteer_p.h"
#include "base/utf8.h"

#include <stdlib.h>

struct Gazetteer {
  Mapped file;
  const GazetteerHead *head;
  const uint32_t *entity_at, *word_at, *case_at; // [bucket]: where its facts begin
  const uint64_t *entities;
  const uint32_t *words;
  const uint16_t *cases;
  const uint8_t *begins;
};

static uint64_t table_size(GazetteerTable table, uint64_t fact)
{
  return 4 * ((uint64_t)table.buckets + 1) + fact * table.facts;
}

static bool check_sizes(const GazetteerHead *head, const char *path, Error *err)
{
  uint64_t size = sizeof *head + head->begins / 8 + table_size(head->entities, 8) +
                  table_size(head->words, 4) + table_size(head->cases, 2);
  if (head->size == size && head->begins && head->entities.buckets && head->words.buckets &&
      head->cases.buckets)
    return true;
  return error_set(err, ERR_FORMAT, "%s: damaged (sizes)", path);
}

Gazetteer *gazetteer_open(const char *path, Error *err)
{
  Mapped file;
  if (!mapped_open(&file, path, GAZETTEER_MAGIC, GAZETTEER_VERSION, sizeof(GazetteerHead), err)) return NULL;
  if (!check_sizes((const GazetteerHead *)(const void *)file.head, path, err)) {
    mapped_close(&file);
    return NULL;
  }
  Gazetteer *self = xcalloc(1, sizeof *self);
  self->file = file;
  self->head = (const GazetteerHead *)(const void *)file.head;
  const GazetteerHead *head = self->head; // tables of wide facts first: all are aligned
  self->entities = (const uint64_t *)(head + 1);
  self->words = (const uint32_t *)(self->entities + head->entities.facts);
  self->entity_at = self->words + head->words.facts;
  self->word_at = self->entity_at + head->entities.buckets + 1;
  self->case_at = self->word_at + head->words.buckets + 1;
  self->cases = (const uint16_t *)(self->case_at + head->cases.buckets + 1);
  self->begins = (const uint8_t *)(self->cases + head->cases.facts);
  return self;
}

void gazetteer_close(Gazetteer *self)
{
  if (!self) return;
  mapped_close(&self->file);
  free(self);
}

uint64_t gazetteer_word_hash(Str lower)
{
  while (lower.len && lower.ptr[lower.len - 1] == '.') lower.len--;
  return lower.len ? str_hash(lower) : 0;
}

uint32_t gazetteer_word(const Gazetteer *self, uint64_t word)
{
  if (!self) return 0;
  uint32_t bucket = gazetteer_bucket(word, self->head->words.buckets);
  for (uint32_t at = self->word_at[bucket]; at < self->word_at[bucket + 1]; at++) {
    if (self->words[at] >> 16 == gazetteer_check(word, 16)) return self->words[at] & 0xFFFF;
  }
  return 0;
}

Casing gazetteer_case(const Gazetteer *self, Lang lang, uint64_t word)
{
  if (!self) return 0;
  uint64_t key = gazetteer_case_key((unsigned)lang, word);
  uint32_t bucket = gazetteer_bucket(key, self->head->cases.buckets);
  for (uint32_t at = self->case_at[bucket]; at < self->case_at[bucket + 1]; at++) {
    if ((uint64_t)self->cases[at] >> 3 == gazetteer_check(key, 13)) return self->cases[at] & 7u;
  }
  return 0;
}

void gazetteer_prefetch_word(const Gazetteer *self, Lang lang, uint64_t word, bool facts)
{
  if (!self) return;
  uint64_t key = gazetteer_case_key((unsigned)lang, word);
  const uint32_t *word_at = &self->word_at[gazetteer_bucket(word, self->head->words.buckets)];
  const uint32_t *case_at = &self->case_at[gazetteer_bucket(key, self->head->cases.buckets)];
  __builtin_prefetch(facts ? &self->words[*word_at] : word_at);
  __builtin_prefetch(facts ? (const void *)&self->cases[*case_at] : case_at);
}

void gazetteer_prefetch_key(const Gazetteer *self, uint64_t key, bool facts)
{
  if (!self) return;
  const uint32_t *at = &self->entity_at[gazetteer_bucket(key, self->head->entities.buckets)];
  __builtin_prefetch(facts ? (const void *)&self->entities[*at] : at);
  if (!facts) __builtin_prefetch(&self->begins[gazetteer_bucket(key, self->head->begins) / 8]);
}

enum { ID_GN = 1, ID_WD, ID_ISO }; // three bits of source, 29 of number
enum { COUNTRY_MOST = 37 * 37 };   // an ISO code is a number of base 37: of a country two digits
static const char g_id_digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// The fact of the key: its flags and id; 0: none.
static uint64_t entity_fact(const Gazetteer *self, uint64_t key)
{
  if (!self) return 0;
  uint32_t bucket = gazetteer_bucket(key, self->head->entities.buckets);
  for (uint32_t at = self->entity_at[bucket]; at < self->entity_at[bucket + 1]; at++) {
    uint64_t fact = self->entities[at];
    if (fact >> 40 == gazetteer_check(key, 24)) return fact & 0xFFFFFFFFFF;
  }
  return 0;
}

bool gazetteer_entity(const Gazetteer *self, uint64_t key, GazetteerEntity *out)
{
  uint64_t fact = entity_fact(self, key);
  uint32_t flags = (uint32_t)(fact >> 32);
  if (!fact) return false;
  *out = (GazetteerEntity){.key = key,
                           .types = flags & 7,
                           .strength = flags >> 3 & 3,
                           .shared = flags >> 5 & 1,
                           .id = (uint32_t)fact};
  return true;
}

size_t gazetteer_bearers(const Gazetteer *self, uint64_t key, GazetteerBearer out[GAZETTEER_BEARERS])
{
  for (unsigned n = 0; n < GAZETTEER_BEARERS; n++) {
    uint64_t place = entity_fact(self, gazetteer_bearer_key(key, n, false)),
             country = entity_fact(self, gazetteer_bearer_key(key, n, true));
    if (!place || !country) return n;
    out[n] = (GazetteerBearer){(uint32_t)place, (uint32_t)country, (uint32_t)(place >> 32)};
  }
  return GAZETTEER_BEARERS;
}

uint32_t gazetteer_country(const Gazetteer *self, uint32_t id)
{
  if (id >> 29 != ID_ISO) return id ? (uint32_t)entity_fact(self, gazetteer_home_key(id)) : 0;
  uint32_t code = id & 0x1FFFFFFF;
  while (code >= COUNTRY_MOST) code /= 37; // "SE-AB" is in "SE"
  return (uint32_t)ID_ISO << 29 | code;
}

bool gazetteer_goes_on(const Gazetteer *self, uint64_t key)
{
  if (!self) return false;
  uint32_t bit = gazetteer_bucket(key, self->head->begins);
  return self->begins[bit / 8] >> bit % 8 & 1;
}

// --- ids

// As arena_printf() has it with %u, in a tenth of the time.
static Str with_number(Arena *arena, Str prefix, uint32_t number)
{
  char digits[10], *at = digits + sizeof digits;
  do *--at = (char)('0' + number % 10);
  while (number /= 10);
  return arena_join(arena, prefix, (Str){at, (size_t)(digits + sizeof digits - at)});
}

Str gazetteer_id(uint32_t id, Arena *arena)
{
  uint32_t number = id & 0x1FFFFFFF;
  switch (id >> 29) {
  case ID_GN:
    return with_number(arena, STR("gn:"), number);
  case ID_WD:
    return with_number(arena, STR("wd:Q"), number);
  case ID_ISO:
    break;
  default:
    return (Str){"", 0};
  }
  char code[8];
  size_t len = 0;
  for (; number && len < 6; number /= 37) code[len++] = g_id_digits[number % 37 - 1];
  bool part = len > 2 && code[len - 1] > '9'; // "SE-AB"; "150" is a region of the world
  StrBuf out = {0};
  for (size_t i = len; i; i--) {
    strbuf_byte(&out, code[i - 1]);
    if (part && i == len - 1) strbuf_byte(&out, '-');
  }
  Str text = arena_printf(arena, "iso:" STR_FMT, STR_ARG(strbuf_str(&out)));
  strbuf_release(&out);
  return text;
}

bool gazetteer_is_country(uint32_t id)
{
  return id >> 29 == ID_ISO && (id & 0x1FFFFFFF) < COUNTRY_MOST; // no "150"
}

bool gazetteer_is_land(uint32_t id)
{
  return id >> 29 == ID_ISO;
}

bool gazetteer_is_town(uint32_t id)
{
  return id >> 29 == ID_GN;
}

static uint32_t number_of(Str digits)
{
  uint64_t number = 0;
  for (size_t i = 0; i < digits.len; i++) {
    if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || number > 0x1FFFFFFF) return 0;
    number = number * 10 + (uint64_t)(digits.ptr[i] - '0');
  }
  return number > 0x1FFFFFFF ? 0 : (uint32_t)number;
}

uint32_t gazetteer_id_of(Str id)
{
  uint32_t number;
  if (str_starts(id, STR("gn:")))
    return (number = number_of(str_slice(id, 3, id.len))) ? (uint32_t)ID_GN << 29 | number : 0;
  if (str_starts(id, STR("wd:Q")))
    return (number = number_of(str_slice(id, 4, id.len))) ? (uint32_t)ID_WD << 29 | number : 0;
  if (!str_starts(id, STR("iso:"))) return 0;
  uint64_t code = 0;
  size_t len = 0;
  for (size_t i = 4; i < id.len; i++) {
    char c = id.ptr[i];
    if (c == '-' && i == 6) continue;
    const char *at = c ? strchr(g_id_digits, c) : NULL;
    if (!at || ++len > 5) return 0;
    code = code * 37 + (uint64_t)(at - g_id_digits) + 1;
  }
  return code && code < 1u << 29 ? (uint32_t)ID_ISO << 29 | (uint32_t)code : 0;
}

// --- rough spelling

// What letters of a folded word sound like, by the first of them, the longest first.
typedef struct Sound {
  char rest[4];  // behind the first letter
  uint8_t taken; // letters in all; 0: no sound
  char sound;    // 0 drops them
} Sound;
static const Sound g_sounds[128][6] = {
    ['a'] = {{"e", 2, 'a'}, {"a", 2, 'a'}},
    ['c'] = {{"h", 2, 'h'}, {"k", 2, 'k'}, {"", 1, 'k'}},
    ['i'] = {{"j", 2, 'i'}, {"y", 2, 'i'}},
    ['j'] = {{"", 1, 'i'}},
    ['k'] = {{"h", 2, 'h'}, {"s", 2, 'x'}},
    ['o'] = {{"u", 2, 'u'}, {"e", 2, 'o'}},
    ['p'] = {{"h", 2, 'f'}},
    ['q'] = {{"", 1, 'k'}},
    ['s'] = {{"hch", 4, 's'}, {"ch", 3, 's'}, {"kj", 3, 's'}, {"h", 2, 's'}, {"j", 2, 's'}},
    ['t'] = {{"sch", 4, 'c'}, {"sj", 3, 'c'}, {"ch", 3, 'c'}, {"h", 2, 't'}, {"s", 2, 's'}, {"z", 2, 's'}},
    ['u'] = {{"e", 2, 'u'}},
    ['w'] = {{"", 1, 'v'}},
    ['y'] = {{"j", 2, 'i'}, {"y", 2, 'i'}, {"", 1, 'i'}},
    ['z'] = {{"h", 2, 's'}, {"", 1, 's'}},
    ['\''] = {{"", 1, 0}},
    ['-'] = {{"", 1, ' '}},
};

// The sound at the head of `letters`: itself where no other is known.
static Sound sound_of(Str letters)
{
  unsigned char first = (unsigned char)letters.ptr[0];
  const Sound *sounds = first < ARRAY_LEN(g_sounds) ? g_sounds[first] : NULL;
  for (size_t i = 0; sounds && i < ARRAY_LEN(g_sounds[0]) && sounds[i].taken; i++) {
    const Sound *sound = &sounds[i];
    if (letters.len >= sound->taken && !memcmp(letters.ptr + 1, sound->rest, sound->taken - 1u))
      return *sound;
  }
  return (Sound){"", 1, letters.ptr[0]};
}

uint64_t gazetteer_rough_hash(Str name)
{
  Arena arena = {0};
  Str folded = utf8_fold_in(&arena, name);
  char *rough = arena_alloc(&arena, folded.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < folded.len;) {
    Sound sound = sound_of(str_slice(folded, i, folded.len));
    char c = sound.sound;
    if (c && (!len || rough[len - 1] != c)) rough[len++] = c; // doubled letters are one
    i += sound.taken;
  }
  uint64_t hash = str_hash((Str){rough, len}) ^ 0x5bd1e995u;
  arena_release(&arena);
  return hash;
}
