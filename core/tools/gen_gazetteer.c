// gen_gazetteer DATA ALIASES OUT: compiles the tables of DATA/gazetteer, and ALIASES
// (annotate/data/aliases.tsv), into the file that annotate/gazetteer.c maps. What is kept: all countries,
// regions, capitals, waters and lands; towns by population (all larger villages in the countries whose
// languages newsmark reads); names of people borne often enough or by a politician; organisations;
// office-holders with their ids. Where two things share a name, the id is the more important one's: what the
// aliases say, a country's, then the largest place's. The output depends on the input alone.
#include "annotate/gazetteer.h"
#include "annotate/gazetteer_p.h"
#include "annotate/mapped.h"
#include "base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  RANK_ALIAS = 2000,
  RANK_COUNTRY = 1000,
  RANK_UNION = 900,
  RANK_CAPITAL = 800,
  RANK_CITY = 500,
  RANK_REGION = 300,
  RANK_OTHER = 100
};

typedef struct Fact {
  uint64_t key;
  uint32_t value, id;
  uint32_t rank; // whose id is taken where several share the name
} Fact;
typedef VEC_OF(Fact) FactVec;

static FactVec g_words, g_cases, g_entities;
static VEC_OF(uint64_t) g_begins;

typedef struct Row {
  Str cells[8];
} Row;

static void each_row_of(const char *path, void (*take)(const Row *))
{
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(1);
  }
  char *line = NULL;
  size_t cap = 0, number = 0; // the first line is a head
  for (ssize_t len; (len = getline(&line, &cap, file)) > 0; number++) {
    Str rest = {line, (size_t)len};
    if (rest.ptr[rest.len - 1] == '\n') rest.len--;
    Row row = {0};
    for (size_t i = 0; i < ARRAY_LEN(row.cells) && rest.len; i++) row.cells[i] = str_cut(&rest, '\t');
    if (number) take(&row);
  }
  free(line);
  fclose(file);
}

static void each_row(const char *data, const char *name, void (*take)(const Row *))
{
  char path[4096];
  snprintf(path, sizeof path, "%s/gazetteer/%s.tsv", data, name);
  each_row_of(path, take);
}

static double number(Str digits)
{
  char text[32] = {0};
  memcpy(text, digits.ptr, digits.len < 31 ? digits.len : 31);
  return atof(text);
}

// Sum of "SE:12,NO:3".
static double count_sum(Str counts)
{
  double sum = 0;
  while (counts.len) {
    Str one = str_cut(&counts, ',');
    str_cut(&one, ':');
    sum += number(one);
  }
  return sum;
}

static uint64_t hash_lower(Arena *arena, Str word)
{
  TokenVec tokens = {0};
  tokens_split(word, arena, &tokens);
  return tokens.len == 1 ? gazetteer_word_hash(tokens.items[0].lower) : 0;
}

static void add_word(Str word, uint32_t facts)
{
  Arena arena = {0};
  uint64_t hash = hash_lower(&arena, word);
  if (hash) vec_push(&g_words, (Fact){.key = hash, .value = facts});
  arena_release(&arena);
}

// A name of one word or several; its words get `part` where there are several, `alone` where it is one.
static void add_entity(Str name, uint32_t types, uint32_t strength, uint32_t id, uint32_t rank, uint32_t part,
                       uint32_t alone)
{
  Arena arena = {0};
  TokenVec tokens = {0};
  tokens_split(name, &arena, &tokens);
  uint64_t key = 0;
  size_t words = 0, last = 0;
  for (size_t i = 0; i < tokens.len; i++) {
    if (gazetteer_word_hash(tokens.items[i].lower)) words++, last = i;
  }
  for (size_t i = 0; words && words <= 8 && i <= last; i++) {
    uint64_t word = gazetteer_word_hash(tokens.items[i].lower);
    if (!word) continue;
    key = gazetteer_key_add(key, word);
    if (i < last) vec_push(&g_begins, key);
    bool capital = tokens.items[i].flags & TOKEN_CAPITAL;
    if (words == 1 && alone) vec_push(&g_words, (Fact){.key = word, .value = alone});
    if (words > 1 && part && capital) vec_push(&g_words, (Fact){.key = word, .value = part});
  }
  if (words && words <= 8 && (words > 1 || tokens.items[last].end - tokens.items[last].start > 1))
    vec_push(&g_entities, (Fact){.key = key, .value = types | strength << 3, .id = id, .rank = rank});
  arena_release(&arena);
}

static bool reads_country(Str cc)
{
  static const char *const read[] = {"SE", "NO", "DK", "DE", "IT", "GB", "FI", "AT",
                                     "CH", "FR", "ES", "NL", "BE", "PT", "US", "IE"};
  for (size_t i = 0; i < ARRAY_LEN(read); i++) {
    if (str_is(cc, read[i])) return true;
  }
  return false;
}

static void take_place(const Row *row) // id, type, cc, population, langs, name, source
{
  Str type = row->cells[1], name = row->cells[5];
  double people = number(row->cells[3]);
  uint32_t id = gazetteer_id_of(row->cells[0]), rank, strength = 1;
  bool own = str_starts(row->cells[0], STR("own:")), zone = str_starts(row->cells[0], STR("tz:"));
  if (str_is(type, "country"))
    rank = RANK_COUNTRY, strength = 3;
  else if (str_is(type, "union") || str_is(type, "world-region"))
    rank = RANK_UNION, strength = 3;
  else if (str_is(type, "capital"))
    rank = RANK_CAPITAL, strength = 3;
  else if (str_is(type, "water") || str_is(type, "landform"))
    rank = RANK_OTHER, strength = 1;
  else if (str_is(type, "region")) {
    rank = people ? RANK_REGION : RANK_OTHER;
    if (!people && !own && !reads_country(row->cells[2]) && !str_starts(row->cells[0], STR("iso:"))) return;
  } else {
    double least = reads_country(row->cells[2]) ? 2000 : 15000;
    if (people < least && !own && !zone) return;
    strength = people >= 300000 || own || zone ? 3 : people >= 30000 ? 2 : 1;
    rank = RANK_CITY + (uint32_t)(10 * log10(people + 1));
  }
  if (own) rank = strength == 3 && str_is(type, "country") ? RANK_COUNTRY - 1 : 1;
  add_entity(name, GAZETTEER_LOC, strength, id, rank, WORD_IN_PLACE, strength << WORD_PLACE_SHIFT);
}

static void take_org(const Row *row) // id, type, cc, langs, name, source
{
  Str ids = row->cells[0], type = row->cells[1];
  uint32_t id = 0;
  while (ids.len && !id) id = gazetteer_id_of(str_cut(&ids, ','));
  bool known = str_is(type, "intl") || str_is(type, "gov") || str_is(type, "media") ||
               str_is(type, "agency") || strstr(row->cells[5].ptr, "own") ||
               strstr(row->cells[5].ptr, "sp500");
  add_entity(row->cells[4], GAZETTEER_ORG,
             known                         ? 3
             : str_is(type, "party-short") ? 0
                                           : 1,
             id, 400, WORD_IN_ORG, known ? WORD_ORG : 0);
}

static void take_alias(const Row *row) // name, type, id
{
  if (row->cells[0].ptr[0] == '#') return;
  bool org = str_is(row->cells[1], "ORG");
  uint32_t id = gazetteer_id_of(row->cells[2]);
  if (!id) {
    fprintf(stderr, STR_FMT ": no id for " STR_FMT "\n", STR_ARG(row->cells[2]), STR_ARG(row->cells[0]));
    exit(1);
  }
  add_entity(row->cells[0], org ? GAZETTEER_ORG : GAZETTEER_LOC, 3, id, RANK_ALIAS,
             org ? WORD_IN_ORG : WORD_IN_PLACE, org ? WORD_ORG : 3 << WORD_PLACE_SHIFT);
}

static uint32_t level(double count)
{
  return count >= 5000 ? 3 : count >= 150 ? 2 : 1;
}

static void take_given(const Row *row) // name, gender, counts, sources
{
  double count = count_sum(row->cells[2]);
  if (count > 0 && count < 8) return;
  Str gender = row->cells[1];
  uint32_t g = str_is(gender, "m") ? 1 : str_is(gender, "f") ? 2 : str_is(gender, "u") ? 3 : 0;
  add_word(row->cells[0], level(count) | g << WORD_GENDER_SHIFT);
}

static void take_surname(const Row *row) // name, counts, sources
{
  double count = count_sum(row->cells[1]);
  bool listed = strstr(row->cells[2].ptr, "politic") || strstr(row->cells[2].ptr, "popular");
  if (count < 4 && !listed) return;
  add_word(row->cells[0], level(count) << WORD_SURNAME_SHIFT);
}

static void take_politician(const Row *row) // id, name, langs, country, roles, born, source
{
  uint32_t id = gazetteer_id_of(row->cells[0]);
  Str name = row->cells[1];
  if (!id || !memchr(name.ptr, ' ', name.len)) return;
  vec_push(&g_entities,
           (Fact){.key = gazetteer_rough_hash(name), .value = GAZETTEER_PER | 2 << 3, .id = id, .rank = 600});
}

static void take_demonym(const Row *row) // cc, lang, kind, form, source
{
  add_word(row->cells[3], WORD_DEMONYM);
}

static void take_case(const Row *row) // lang, word, lower, cap_mid, cap_initial
{
  double lower = number(row->cells[2]), capital = number(row->cells[3]);
  Lang lang = lang_of(row->cells[0]);
  if (lang == LANG_UNKNOWN || lower + capital < 2) return;
  Arena arena = {0};
  uint64_t word = hash_lower(&arena, row->cells[1]);
  arena_release(&arena);
  if (!word) return;
  double share = (lower + 0.25) / (lower + capital + 0.5);
  uint32_t value = share < 0.03   ? 1
                   : share < 0.15 ? 2
                   : share < 0.4  ? 3
                   : share < 0.6  ? 4
                   : share < 0.85 ? 5
                   : share < 0.97 ? 6
                                  : 7;
  vec_push(&g_cases, (Fact){.key = gazetteer_case_key((unsigned)lang, word), .value = value});
}

static int by_key(const void *left, const void *right)
{
  const Fact *a = left, *b = right;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  if (a->rank != b->rank) return a->rank > b->rank ? -1 : 1;
  if (a->id != b->id) return a->id < b->id ? -1 : 1;
  return (a->value > b->value) - (a->value < b->value);
}

static uint32_t larger(uint32_t a, uint32_t b, uint32_t mask)
{
  return (a & mask) > (b & mask) ? a & mask : b & mask;
}

static uint32_t merge_words(uint32_t a, uint32_t b)
{
  return larger(a, b, WORD_GIVEN) | larger(a, b, WORD_SURNAME) | larger(a, b, WORD_PLACE) |
         ((a | b) & (WORD_GENDER | WORD_IN_PLACE | WORD_IN_ORG | WORD_DEMONYM | WORD_ORG));
}

static uint32_t merge_entities(uint32_t a, uint32_t b)
{
  return ((a | b) & 7) | larger(a, b, 3u << 3);
}
static uint32_t merge_cases(uint32_t a, uint32_t b)
{
  return a > b ? a : b;
}

// One fact a key; the id of the highest rank.
static void merge(FactVec *facts, uint32_t (*join)(uint32_t, uint32_t))
{
  qsort(facts->items, facts->len, sizeof *facts->items, by_key);
  size_t out = 0;
  for (size_t i = 0; i < facts->len; i++) {
    Fact *last = out ? &facts->items[out - 1] : NULL;
    if (last && last->key == facts->items[i].key) {
      if (last->rank < RANK_ALIAS) last->value = join(last->value, facts->items[i].value);
      if (!last->id) last->id = facts->items[i].id;
    } else {
      facts->items[out++] = facts->items[i];
    }
  }
  facts->len = out;
}

// Words that are only once part of a long name say nothing.
static void drop_weak_words(void)
{
  size_t out = 0;
  for (size_t i = 0; i < g_words.len; i++) {
    if (g_words.items[i].value) g_words.items[out++] = g_words.items[i];
  }
  g_words.len = out;
}

static GazetteerTable table_of(const FactVec *facts, size_t bucket_size)
{
  return (GazetteerTable){.buckets = (uint32_t)(facts->len / bucket_size + 1), .facts = (uint32_t)facts->len};
}

// Where each bucket's facts begin; facts are sorted by their whole hash, so also by bucket.
static void fill_buckets(uint32_t *at, GazetteerTable table, const FactVec *facts)
{
  size_t next = 0;
  for (uint32_t bucket = 0; bucket <= table.buckets; bucket++) {
    while (next < facts->len && gazetteer_bucket(facts->items[next].key, table.buckets) < bucket) next++;
    at[bucket] = (uint32_t)next;
  }
}

static void fill_facts(const GazetteerHead *head, uint64_t *entities, uint32_t *words, uint16_t *cases)
{
  for (size_t i = 0; i < g_entities.len; i++) {
    const Fact *fact = &g_entities.items[i];
    entities[i] = gazetteer_check(fact->key, 24) << 40 | (uint64_t)fact->value << 32 | fact->id;
  }
  for (size_t i = 0; i < g_words.len; i++)
    words[i] = (uint32_t)gazetteer_check(g_words.items[i].key, 16) << 16 | g_words.items[i].value;
  for (size_t i = 0; i < g_cases.len; i++)
    cases[i] = (uint16_t)(gazetteer_check(g_cases.items[i].key, 13) << 3 | g_cases.items[i].value);
  uint32_t *at = words + g_words.len;
  fill_buckets(at, head->entities, &g_entities);
  fill_buckets(at + head->entities.buckets + 1, head->words, &g_words);
  fill_buckets(at + head->entities.buckets + 1 + head->words.buckets + 1, head->cases, &g_cases);
}

static void write_file(const char *path)
{
  GazetteerTable entities = table_of(&g_entities, 4), words = table_of(&g_words, 4),
                 cases = table_of(&g_cases, 8);
  uint32_t bits = 1u << 20;
  size_t buckets = entities.buckets + words.buckets + cases.buckets + 3;
  size_t size =
      sizeof(GazetteerHead) + 8 * g_entities.len + 4 * g_words.len + 4 * buckets + 2 * g_cases.len + bits / 8;
  GazetteerHead *head = xcalloc(1, size);
  head->entities = entities;
  head->words = words;
  head->cases = cases;
  head->begins = bits;
  uint64_t *entity_facts = (uint64_t *)(void *)(head + 1);
  uint32_t *word_facts = (uint32_t *)(entity_facts + g_entities.len);
  uint16_t *case_facts = (uint16_t *)(word_facts + g_words.len + buckets);
  uint8_t *begins = (uint8_t *)(case_facts + g_cases.len);
  fill_facts(head, entity_facts, word_facts, case_facts);
  for (size_t i = 0; i < g_begins.len; i++) {
    uint32_t bit = gazetteer_bucket(g_begins.items[i], bits);
    begins[bit / 8] |= (uint8_t)(1u << bit % 8);
  }
  Error err = {0};
  if (!mapped_write(path, (MappedHead *)(void *)head, GAZETTEER_MAGIC, GAZETTEER_VERSION, size, &err)) {
    fprintf(stderr, "%s\n", err.text);
    exit(1);
  }
  printf("%zu words, %zu cases, %zu entities, %zu beginnings: %zu bytes\n", g_words.len, g_cases.len,
         g_entities.len, g_begins.len, size);
  free(head);
}

int main(int argc, char **argv)
{
  if (argc != 4) {
    fputs("usage: gen_gazetteer DATA ALIASES OUT\n", stderr);
    return 2;
  }
  each_row(argv[1], "places", take_place);
  each_row(argv[1], "orgs", take_org);
  each_row(argv[1], "given_names", take_given);
  each_row(argv[1], "surnames", take_surname);
  each_row_of(argv[2], take_alias);
  each_row(argv[1], "politicians", take_politician);
  each_row(argv[1], "demonyms", take_demonym);
  each_row(argv[1], "common_words", take_case);
  merge(&g_words, merge_words);
  merge(&g_entities, merge_entities);
  merge(&g_cases, merge_cases);
  drop_weak_words();
  write_file(argv[3]);
  return 0;
}
