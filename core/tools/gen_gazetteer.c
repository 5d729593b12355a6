// gen_gazetteer DATA ALIASES OUT: compiles the tables of DATA/gazetteer, and ALIASES
// (annotate/data/aliases.tsv), into the file that annotate/names/gazetteer.c maps. What is kept: all
// countries, regions, capitals, waters and lands; towns by population (all larger villages in the countries
// whose languages newsmark reads); names of people borne often enough or by a politician; organisations;
// office-holders with their ids. Where two things share a name, the id is the more important one's: what the
// aliases say, a country's, then the largest place's. Where places of several countries share one, all of
// them are kept, the largest of each, for the article to choose. The output depends on the input alone.
#include "annotate/mapped.h"
#include "annotate/names/gazetteer.h"
#include "annotate/names/gazetteer_p.h"
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
  RANK_EUROPE = 7,  // more for a city in Europe, as if it were five times as large
  RANK_STATE = 560, // of America, Canada, Australia: as a city of a million
  RANK_REGION = 300,
  RANK_OTHER = 100
};

typedef struct Fact {
  uint64_t key;
  uint32_t value, id;
  uint32_t rank; // whose id is taken where several share the name
} Fact;
typedef VEC_OF(Fact) FactVec;

typedef struct Bearer { // of a place's name
  uint64_t key;
  uint32_t id, country, level;
} Bearer;
enum {
  LEVEL_DIGIT = 3,
  LEVEL_EUROPE = 2,
  LEVEL_CAPITAL = 3,
  LEVEL_COUNTRY = 27,
  LEVEL_STATE = 18,
  LEVEL_MOST = 31
};
static VEC_OF(Bearer) g_bearers;

typedef struct Same {
  uint32_t id, meant;
} Same;
static VEC_OF(Same) g_same;

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

// A name of one word or several; its words get `part` where there are several, `alone` where it is one. Its
// key; 0 where it is too long or too short.
static uint64_t add_entity(Str name, uint32_t types, uint32_t strength, uint32_t id, uint32_t rank,
                           uint32_t part, uint32_t alone)
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
  else
    key = 0;
  arena_release(&arena);
  return key;
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

static bool is_one_of(Str cc, const char *countries) // "AD AL ...", each with a space behind
{
  for (const char *p = countries; *p; p += 3)
    if (cc.len == 2 && !memcmp(cc.ptr, p, 2)) return true;
  return false;
}

static bool is_europe(Str cc)
{
  return is_one_of(
      cc, "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU "
          "LV MC MD ME MK MT NL NO PL PT RO RS SE SI SJ SK SM UA VA XK ");
}

static bool has_states(Str cc)
{
  return is_one_of(cc, "AU CA US ");
}

// A place that may have to share its name, and towns that tell an article's country.
static void take_bearer(uint64_t key, uint32_t id, Str type, Str cc, double people)
{
  char iso[8] = "iso:";
  if (!key || !id || cc.len != 2) return;
  memcpy(iso + 4, cc.ptr, 2);
  uint32_t country = gazetteer_id_of(str_of(iso)), level = (uint32_t)(LEVEL_DIGIT * log10(people + 1) + 0.5);
  bool state = str_is(type, "region") && has_states(cc);
  if (state && level < LEVEL_STATE) level = LEVEL_STATE;
  if (is_europe(cc)) level += LEVEL_EUROPE;
  if (str_is(type, "capital") && people > 0) level += LEVEL_CAPITAL;
  if (str_is(type, "country")) level = LEVEL_COUNTRY;
  if (level > LEVEL_MOST) level = LEVEL_MOST;
  if (country) vec_push(&g_bearers, (Bearer){key, id, country, level});
  if (country && people >= 30000 && id != country)
    vec_push(&g_entities, (Fact){.key = gazetteer_home_key(id), .id = country, .value = 1});
}

// Of two ids that the sources have for one place, the one that holds.
static uint32_t same_of(uint32_t id)
{
  for (size_t i = 0; i < g_same.len; i++)
    if (g_same.items[i].id == id) return g_same.items[i].meant;
  return id;
}

static void take_place(const Row *row) // id, type, cc, population, langs, name, source
{
  Str type = row->cells[1], name = row->cells[5];
  double people = number(row->cells[3]);
  uint32_t id = same_of(gazetteer_id_of(row->cells[0])), rank, strength = 1;
  bool own = str_starts(row->cells[0], STR("own:")), zone = str_starts(row->cells[0], STR("tz:"));
  if (str_is(type, "country"))
    rank = RANK_COUNTRY, strength = 3;
  else if (str_is(type, "union") || str_is(type, "world-region"))
    rank = RANK_UNION, strength = 3;
  else if (str_is(type, "capital"))
    rank = people ? RANK_CAPITAL : RANK_REGION, strength = 3;
  else if (str_is(type, "water") || str_is(type, "landform"))
    rank = RANK_OTHER, strength = 1;
  else if (str_is(type, "region")) {
    rank = has_states(row->cells[2]) && str_starts(row->cells[0], STR("iso:")) ? RANK_STATE
           : people                                                            ? RANK_REGION
                                                                               : RANK_OTHER;
    if (!people && !own && !reads_country(row->cells[2]) && !str_starts(row->cells[0], STR("iso:"))) return;
  } else {
    double least = reads_country(row->cells[2]) ? 2000 : 15000;
    if (people < least && !own && !zone) return;
    strength = people >= 300000 || own || zone ? 3 : people >= 30000 ? 2 : 1;
    rank = RANK_CITY + (uint32_t)(10 * log10(people + 1)) + (is_europe(row->cells[2]) ? RANK_EUROPE : 0);
  }
  if (own && !str_is(type, "world-region"))
    rank = strength == 3 && str_is(type, "country") ? RANK_COUNTRY - 1 : 1;
  uint64_t key =
      add_entity(name, GAZETTEER_LOC, strength, id, rank, WORD_IN_PLACE, strength << WORD_PLACE_SHIFT);
  bool land = str_is(type, "water") || str_is(type, "landform");
  if (!land) take_bearer(key, id, type, row->cells[2], people);
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

static bool is_same(const Row *row)
{
  return row->cells[0].ptr[0] != '#' && str_is(row->cells[1], "SAME");
}

static void take_same(const Row *row) // id, SAME, id
{
  if (!is_same(row)) return;
  vec_push(&g_same, (Same){gazetteer_id_of(row->cells[0]), gazetteer_id_of(row->cells[2])});
}

static void take_alias(const Row *row) // name, type, id
{
  if (row->cells[0].ptr[0] == '#' || is_same(row)) return;
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
  static const double below[] = {0.03, 0.15, 0.4, 0.6, 0.85, 0.97}; // [Casing - 1]
  uint32_t value = CASING_ALWAYS_CAPITAL;
  while (value < CASING_ALWAYS_LOWER && share >= below[value - 1]) value++;
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
      if (!last->id && last->rank != RANK_UNION) last->id = facts->items[i].id; // "Norden" is no town
    } else {
      facts->items[out++] = facts->items[i];
    }
  }
  facts->len = out;
}

static int by_country(const void *left, const void *right)
{
  const Bearer *a = left, *b = right;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  if (a->country != b->country) return a->country < b->country ? -1 : 1;
  if (a->level != b->level) return a->level > b->level ? -1 : 1;
  return (a->id > b->id) - (a->id < b->id);
}

static int by_level(const void *left, const void *right)
{
  const Bearer *a = left, *b = right;
  if (a->level != b->level) return a->level > b->level ? -1 : 1;
  return (a->country > b->country) - (a->country < b->country);
}

// The fact of a key among those merged.
static Fact *entity_of(uint64_t key)
{
  Fact wanted = {.key = key, .rank = UINT32_MAX};
  size_t low = 0, high = g_entities.len;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (by_key(&g_entities.items[middle], &wanted) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < g_entities.len && g_entities.items[low].key == key ? &g_entities.items[low] : NULL;
}

// Write out who bears the name: what the aliases or nobody say has one bearer.
static void share(Bearer *bearers, size_t count, FactVec *out)
{
  Fact *entity = entity_of(bearers->key);
  if (count < 2 || !entity || entity->rank >= RANK_ALIAS || !entity->id) return;
  entity->value |= 1u << 5;
  qsort(bearers, count, sizeof *bearers, by_level);
  for (unsigned n = 0; n < count && n < GAZETTEER_BEARERS; n++) {
    uint64_t key = bearers[n].key;
    vec_push(
        out,
        (Fact){.key = gazetteer_bearer_key(key, n, false), .id = bearers[n].id, .value = bearers[n].level});
    vec_push(out, (Fact){.key = gazetteer_bearer_key(key, n, true), .id = bearers[n].country, .value = 0});
  }
}

static void share_names(void)
{
  FactVec shared = {0};
  qsort(g_bearers.items, g_bearers.len, sizeof *g_bearers.items, by_country);
  for (size_t at = 0, first = 0, count = 0; at <= g_bearers.len; at++) {
    Bearer *bearer = at < g_bearers.len ? &g_bearers.items[at] : NULL, *group = &g_bearers.items[first];
    if (!bearer || (count && bearer->key != group->key)) {
      if (count) share(group, count, &shared);
      first = at, count = 0;
    }
    if (!bearer) break;
    bool again = count && g_bearers.items[first + count - 1].country == bearer->country;
    if (!again) g_bearers.items[first + count++] = *bearer; // the best of its country comes first
  }
  for (size_t i = 0; i < shared.len; i++) vec_push(&g_entities, shared.items[i]);
  printf("%zu facts of shared names\n", shared.len);
  vec_release(&shared);
  merge(&g_entities, merge_entities);
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
  each_row_of(argv[2], take_same);
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
  share_names();
  merge(&g_cases, merge_cases);
  drop_weak_words();
  write_file(argv[3]);
  return 0;
}
