// A word is active when it has a capital, or when it may be the small part of a name that has: what stands
// between two such words if it is all particles, numbers and marks ("Bank of England", "H. & M."), particles
// in front ("van der Bellen"), a number or a possessive behind ("Kanal 5", "St. Martin's"), and, where names
// go on in lower case, a word behind
// ("Turun yliopisto", "Croce Rossa italiana"). Everything else is no part of a name, which leaves two words
// in three out of all further work.
#include "annotate/names/namefacts.h"

#include "annotate/names/namememo.h"
#include "annotate/notes.h"
#include "base/table.h"
#include "base/utf8.h"

enum { GAP = 3, IN_FRONT = 2, LONGEST = 8, NEAR = 2 }; // NEAR: as far to both sides an active word looks
enum { ALWAYS_LOWER = 7 };                             // of gazetteer_case()
typedef VEC_OF(uint32_t) Places;                       // tokens of a block

enum { ENDING = 4 }; // bytes, at least
enum { STEM_MOST = 64 };
enum { HEAD_LEAST = 3, TAIL_LEAST = 4, GROUP_OF_TAIL = 2048 }; // bytes; more than any group's number
static const uint32_t COMPOUNDING = 1u << LANG_SV | 1u << LANG_NB | 1u << LANG_NN | 1u << LANG_DA |
                                    1u << LANG_DE | 1u << LANG_NL | 1u << LANG_FI;
static const uint64_t g_orgword = 1ull << 32, g_particle = 1ull << 33, g_org = 1ull << 34,
                      g_org_north = 1ull << 35;

static bool is_north(Lang lang) // whose organisations are each other's, too
{
  return lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA;
}

static bool bit_of(const uint64_t *bits, size_t count, uint32_t hash)
{
  return bits[hash % count] >> (hash >> 26) & 1;
}

static void set_bit(uint64_t *bits, size_t count, uint32_t hash)
{
  bits[hash % count] |= 1ull << (hash >> 26);
}

static uint32_t ending_hash(Str word)
{
  uint32_t last;
  memcpy(&last, word.ptr + word.len - ENDING, ENDING);
  last *= 0x9e3779b1u;
  return last ^ last >> 15;
}

static void add_words(NameLists *lists, const Table *table, uint64_t bit)
{
  for (size_t row = 0; table && row < table->rows; row++) {
    Str word = table_cell(table, row, 0);
    if (bit < g_orgword && word.ptr[0] == '-') {
      word = str_slice(word, 1, word.len);
      *map_slot(&lists->endings, word, NULL) |= bit;
      if (word.len >= ENDING)
        set_bit(lists->may_be_ending, ARRAY_LEN(lists->may_be_ending), ending_hash(word));
    }
    *map_slot(&lists->words, word, NULL) |= bit;
    set_bit(lists->may_be_word, ARRAY_LEN(lists->may_be_word), (uint32_t)str_hash(word));
  }
}

// Mark the first words of known organisations for nameknown.c.
static void add_orgs(NameLists *lists, const Table *table, uint64_t bit)
{
  for (size_t row = 0; table && row < table->rows; row++) {
    TokenVec tokens = {0};
    tokens_split(table_cell(table, row, 0), &lists->own, &tokens);
    Str word = tokens.items[0].lower;
    *map_slot(&lists->words, word, NULL) |= bit;
    set_bit(lists->may_be_word, ARRAY_LEN(lists->may_be_word), (uint32_t)str_hash(word));
  }
}

static void read_orgs(NameLists *lists)
{
  const Table *all = table_find("orgs", ""), *north = table_find("orgs", "north");
  add_orgs(lists, all, g_org);
  add_orgs(lists, north, g_org_north);
  for (Lang lang = LANG_UNKNOWN; lang < LANG_COUNT; lang++) {
    const Table *own = table_find("orgs", lang_code(lang));
    const Table *of[NAME_ORGS] = {own, is_north(lang) ? north : NULL, all};
    add_orgs(lists, own, g_org_north);
    memcpy(lists->orgs_of[lang], of, sizeof of);
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

void namefacts_lists(NameLists *lists)
{
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++)
    add_words(lists, table_find("titles", lang_code(lang)), 1ull << lang);
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) {
    const char *code = lang_code(lang);
    lists->endings_of[lang] = table_find("endings", code);
    lists->bearers_of[lang] = table_find("bearers", code);
    lists->before_town[lang] = table_find("beforetown", code);
    lists->games[lang] = table_find("sport", code);
    lists->parties_of[lang] = table_find("parties", code);
    lists->roles_of[lang] = table_find("roles", code);
  }
  add_words(lists, table_find("orgwords", ""), g_orgword);
  add_words(lists, table_find("particles", ""), g_particle);
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

void namefacts_lists_release(NameLists *lists)
{
  map_release(&lists->words);
  map_release(&lists->endings);
  arena_release(&lists->own);
}

// The bits of a word, by its str_hash().
static uint64_t listed(const NameLists *lists, Str word, uint32_t hash)
{
  uint64_t bits = 0;
  if (bit_of(lists->may_be_word, ARRAY_LEN(lists->may_be_word), hash)) map_get(&lists->words, word, &bits);
  return bits;
}

static bool has_ending(const NameLists *lists, Str lower, uint64_t bit)
{
  uint64_t bits;
  if (lower.len < ENDING ||
      !bit_of(lists->may_be_ending, ARRAY_LEN(lists->may_be_ending), ending_hash(lower)))
    return false;
  for (size_t len = ENDING; len <= 13 && len + 2 <= lower.len; len++) {
    if (map_get(&lists->endings, str_slice(lower, lower.len - len, lower.len), &bits) && (bits & bit))
      return true;
  }
  return false;
}

bool namefacts_is_title(const NameLists *lists, Lang lang, Str lower)
{
  uint64_t bit = 1ull << lang;
  if (lower.len && lower.ptr[lower.len - 1] == '.') lower.len--;
  return (listed(lists, lower, (uint32_t)str_hash(lower)) & bit) || has_ending(lists, lower, bit);
}

// As namefacts_is_title() of a token whose listed() bits are known.
static bool is_title(const NameLists *lists, Lang lang, const Token *token, uint64_t bits)
{
  Str lower = token->lower;
  if (lower.ptr[lower.len - 1] == '.') return namefacts_is_title(lists, lang, lower);
  return (bits & 1ull << lang) || has_ending(lists, lower, 1ull << lang);
}

Str namefacts_before_town(const NameLists *lists, Lang lang, Str lower)
{
  size_t row = table_seek(lists->before_town[lang], lower);
  return row == SIZE_MAX ? (Str){0} : table_cell(lists->before_town[lang], row, 1);
}

bool namefacts_genitive(Lang lang)
{
  return lang >= LANG_SV && lang <= LANG_DE;
}

// "kinas" → "kina"; SIZE_MAX-like nothing: the length without the s, or 0 where there is none to take.
static size_t without_genitive(Lang lang, Str lower)
{
  if (!namefacts_genitive(lang) || lower.len < 3 || lower.ptr[lower.len - 1] != 's') return 0;
  size_t len = lower.len - 1;
  return lower.ptr[len - 1] == ':' ? len - 1 : len; // "EU:s"
}

// The hash of the word without its case ending, of those that the gazetteer knows the one that loses least.
static uint64_t without_case(const NameSources *from, const Table *endings, Str lower)
{
  char stem[STEM_MOST];
  uint64_t best = 0;
  size_t most = 0;
  for (size_t row = 0; row < endings->rows && lower.len < sizeof stem / 2; row++) {
    Str ending = table_cell(endings, row, 0), instead = table_cell(endings, row, 1);
    size_t kept = lower.len - ending.len;
    if (lower.len < ending.len + 2 || kept + instead.len <= most || !str_ends(lower, ending)) continue;
    memcpy(stem, lower.ptr, kept);
    memcpy(stem + kept, instead.ptr, instead.len);
    uint64_t hash = gazetteer_word_hash((Str){stem, kept + instead.len});
    if (!gazetteer_word(from->gazetteer, hash)) continue;
    most = kept + instead.len;
    best = hash;
  }
  return best;
}

// The hash of the word without its ending; 0: none is seen.
static uint64_t stem_hash(const NameSources *from, Lang lang, Str lower)
{
  size_t len = without_genitive(lang, lower);
  if (len) return gazetteer_word_hash(str_slice(lower, 0, len));
  const Table *endings = from->lists.endings_of[lang];
  return endings ? without_case(from, endings, lower) : 0;
}

// Lower, number, mark; capitalised, mixed, capitals, initial; with hyphen; by length of capitals.
static uint8_t shape_of(const Token *token)
{
  uint32_t f = token->flags;
  size_t len = token->end - token->start;
  if (f & TOKEN_PUNCT) return 0;
  if (f & TOKEN_NUMBER) return len == 4 ? 1 : (f & TOKEN_HAS_LOWER) ? 2 : 3;
  if (!(f & TOKEN_CAPITAL)) return (f & TOKEN_HAS_HYPHEN) ? 5 : 4;
  if (f & TOKEN_ABBREV) return len <= 3 ? 6 : 7;
  if (f & TOKEN_ALL_CAPS) return (f & TOKEN_HAS_HYPHEN) ? 8 : len <= 3 ? 9 : len <= 5 ? 10 : 11;
  if (!(f & TOKEN_HAS_LOWER)) return 12; // one letter
  if (f & TOKEN_HAS_HYPHEN) return 13;
  return (f & TOKEN_HAS_DIGIT) ? 14 : 15;
}

static bool has_capital(const Notes *notes, const Token *token)
{
  return (token->flags & TOKEN_CAPITAL) || token->lower.ptr != notes->text.ptr + token->start;
}

static bool joins_names(const Notes *notes, const NameLists *lists, size_t at)
{
  const Token *token = &notes->tokens.items[at];
  if ((token->flags & TOKEN_PUNCT) && !strchr(".-&'/#+!", token->lower.ptr[0])) return false;
  if (at + 1 < notes->tokens.len && (notes->tokens.items[at + 1].flags & TOKEN_FIRST)) return false;
  return !(token->flags & TOKEN_WORD) || token->lower.ptr[0] == '\'' ||
         (listed(lists, token->lower, token->hash) & g_particle);
}

static void mark_small_parts(const Notes *notes, const NameLists *lists, NameFact *facts, size_t capital,
                             size_t last)
{
  size_t at = capital;
  while (at > 0 && capital - at <= GAP && at - 1 != last && joins_names(notes, lists, at - 1)) at--;
  bool touches = last != SIZE_MAX && at == last + 1 && capital - at <= GAP;
  if (!touches) { // particles in front only
    at = capital;
    while (at > 0 && capital - at < IN_FRONT && (notes->tokens.items[at - 1].flags & TOKEN_WORD) &&
           joins_names(notes, lists, at - 1))
      at--;
  }
  for (; at < capital; at++) facts[at].active = true;
}

// How many words in lower case a name may have behind its last capital.
static size_t small_words_behind(Lang lang)
{
  return lang == LANG_FI ? 2 : lang == LANG_DE ? 0 : 1;
}

static void mark_behind(const Notes *notes, NameFact *facts, size_t capital)
{
  size_t words = small_words_behind(notes->lang);
  for (size_t at = capital + 1; at < notes->tokens.len && at <= capital + 2; at++) {
    const Token *token = &notes->tokens.items[at];
    bool word = token->flags & TOKEN_WORD, possessive = word && !(token->flags & TOKEN_SPACE_BEFORE);
    if (has_capital(notes, token) || (token->flags & TOKEN_PUNCT) || (word && !possessive && !words)) break;
    words -= word && !possessive;
    facts[at].active = true;
  }
}

// Where a sentence begins with a small letter its writer does not care for capitals: known names count there.
static bool is_careless(const NameSources *from, const Notes *notes, const Token *token)
{
  if (!(token->flags & TOKEN_WORD) || token->lower.len < 3) return false;
  uint64_t hash = gazetteer_word_hash(token->lower);
  uint32_t word = gazetteer_word(from->gazetteer, hash),
           casing = gazetteer_case(from->gazetteer, notes->lang, hash);
  return casing <= 3 && (word & (WORD_GIVEN | WORD_SURNAME | WORD_PLACE | WORD_ORG));
}

static void mark_careless(const NameSources *from, const Notes *notes, NameFact *facts)
{
  bool careless = false;
  for (size_t i = 0; i < notes->tokens.len; i++) {
    const Token *token = &notes->tokens.items[i];
    if (token->flags & TOKEN_FIRST) careless = (token->flags & TOKEN_WORD) && !has_capital(notes, token);
    if (careless && !facts[i].active) facts[i].active = is_careless(from, notes, token);
  }
}

typedef struct Wanted { // a word whose facts are
  uint32_t token;
  uint64_t hash, key; // gazetteer_word_hash(); what its facts are kept by
} Wanted;
typedef VEC_OF(Wanted) WantedVec;

static Wanted wanted_of(const Notes *notes, size_t at)
{
  const Token *token = &notes->tokens.items[at];
  uint64_t hash = gazetteer_word_hash(token->lower);
  uint64_t key = gazetteer_key_add(hash, (uint64_t)token->hash << 8 | ((uint64_t)notes->lang + 1));
  return (Wanted){(uint32_t)at, hash, key};
}

// Whether a word in its block's language is always in lower case and no name; `kept`: its facts, or NULL.
static bool is_small_word(const NameSources *from, Lang lang, uint64_t hash, const NameFact *kept)
{
  if ((kept ? kept->casing : gazetteer_case(from->gazetteer, lang, hash)) != ALWAYS_LOWER) return false;
  bool unknown = kept && !kept->word; // with its stem; what is known may be the stem's alone
  return unknown || !gazetteer_word(from->gazetteer, hash);
}

// "The", "Det": only the head of a sentence gives it a capital, it is no name, and it begins none: the word
// behind has no capital either, and no known name begins with the two ("Det norske").
static bool is_common(const NameSources *from, const NameMemo *memo, const Notes *notes, size_t at)
{
  const Token *token = &notes->tokens.items[at], *next = token + 1;
  if (!(token->flags & TOKEN_FIRST) || at + 1 == notes->tokens.len || has_capital(notes, next)) return false;
  Wanted word = wanted_of(notes, at);
  const NameFact *kept = memo ? namememo_fact(memo, word.key) : NULL;
  if (!is_small_word(from, notes->lang, word.hash, kept)) return false;
  uint64_t key = gazetteer_key_add(0, word.hash);
  return (kept && kept->begins_none) || !gazetteer_goes_on(from->gazetteer, key) ||
         !gazetteer_goes_on(from->gazetteer, gazetteer_key_add(key, gazetteer_word_hash(next->lower)));
}

typedef struct Sight { // what one look over a block's words shows
  uint32_t *capitals;  // tokens that have one
  size_t capital_count;
  bool careless;            // a sentence begins without
  uint64_t small_words[64]; // words in lower case: a set of hashes, in which false hits do little harm
} Sight;

static void look_over(const Notes *notes, Arena *arena, Sight *sight)
{
  *sight = (Sight){.capitals = arena_alloc(arena, size_mul(notes->tokens.len, sizeof *sight->capitals))};
  for (size_t i = 0; i < notes->tokens.len; i++) {
    const Token *token = &notes->tokens.items[i];
    if (has_capital(notes, token)) {
      sight->capitals[sight->capital_count++] = (uint32_t)i;
    } else if (token->flags & TOKEN_WORD) {
      sight->small_words[token->hash % 64] |= 1ull << (token->hash >> 26);
      if (token->flags & TOKEN_FIRST) sight->careless = true;
    }
  }
}

static void mark_active(const NameSources *from, const NameMemo *memo, const Notes *notes, const Sight *sight,
                        NameFact *facts)
{
  size_t last = SIZE_MAX;
  for (size_t n = 0; n < sight->capital_count; n++) {
    size_t at = sight->capitals[n];
    if (is_common(from, memo, notes, at)) continue;
    facts[at].active = true;
    mark_small_parts(notes, &from->lists, facts, at, last);
    mark_behind(notes, facts, at);
    last = at;
  }
  if (sight->careless) mark_careless(from, notes, facts);
}

size_t namefacts_match(const Gazetteer *gazetteer, const Notes *notes, const NameFact *facts, size_t first,
                       size_t limit, uint32_t types, GazetteerEntity *found)
{
  uint64_t key = 0;
  size_t end = first;
  if (facts[first].begins_none) return first;
  for (size_t i = first; i < limit && i < first + LONGEST; i++) {
    const Token *token = &notes->tokens.items[i];
    if (str_is(token->lower, ".") && !(token->flags & TOKEN_SPACE_BEFORE)) continue;
    uint64_t word = facts[i].hash ? facts[i].hash : gazetteer_word_hash(token->lower);
    uint64_t next = gazetteer_key_add(key, word), stem = facts[i].stem;
    GazetteerEntity entity;
    bool known = gazetteer_entity(gazetteer, next, &entity) && (entity.types & types);
    if (!known && stem)
      known = gazetteer_entity(gazetteer, gazetteer_key_add(key, stem), &entity) && (entity.types & types);
    if (known) {
      *found = entity;
      end = i + 1;
    }
    key = next;
    if (!gazetteer_goes_on(gazetteer, key)) break;
  }
  return end;
}

// Unknown words of languages that write compounds as one word mean what their last part means:
// "Lastwagenkolonne" is a "kolonne". So that such guesses are told from knowledge, their groups are others.
static void group_by_tail(const NameSources *from, Lang lang, Str lower, uint16_t groups[CLUSTERS_WAYS])
{
  if (!(COMPOUNDING >> lang & 1) || lower.len < HEAD_LEAST + TAIL_LEAST) return;
  for (size_t at = HEAD_LEAST; at + TAIL_LEAST <= lower.len; at++) {
    if (((unsigned char)lower.ptr[at] & 0xC0) == 0x80) continue;
    Str tail = str_slice(lower, at, lower.len);
    if (!clusters_of(from->clusters, gazetteer_word_hash(tail), groups)) continue;
    for (size_t way = 0; way < CLUSTERS_WAYS; way++) groups[way] = (uint16_t)(groups[way] + GROUP_OF_TAIL);
    return;
  }
}

// Whether no name of the gazetteer begins with a word of this hash or stem (0: none).
static bool begins_none(const Gazetteer *gazetteer, uint64_t hash, uint64_t stem)
{
  GazetteerEntity entity;
  uint64_t key = gazetteer_key_add(0, hash);
  return !gazetteer_goes_on(gazetteer, key) && !gazetteer_entity(gazetteer, key, &entity) &&
         !(stem && gazetteer_entity(gazetteer, gazetteer_key_add(0, stem), &entity));
}

// Whether a known organisation's name begins with the word, or with what it is the genitive of.
static bool begins_org(const NameLists *lists, Lang lang, Str lower, uint64_t bits)
{
  uint64_t orgs = is_north(lang) ? g_org | g_org_north : g_org;
  size_t owner = without_genitive(lang, lower);
  if (!(bits & orgs) && owner) {
    Str word = str_slice(lower, 0, owner);
    bits = listed(lists, word, (uint32_t)str_hash(word));
  }
  return bits & orgs;
}

// What the tables know of a word in the block's language, wherever it stands.
static NameFact look_up(const NameSources *from, Lang lang, const Token *token, uint64_t hash)
{
  NameFact fact = {.hash = hash};
  if (!(token->flags & TOKEN_WORD)) return fact;
  uint64_t stem = fact.stem = stem_hash(from, lang, token->lower),
           bits = listed(&from->lists, token->lower, token->hash);
  fact.title = is_title(&from->lists, lang, token, bits);
  if (!clusters_of(from->clusters, hash, fact.groups) &&
      !(stem && clusters_of(from->clusters, stem, fact.groups)))
    group_by_tail(from, lang, token->lower, fact.groups);
  fact.casing = (uint8_t)gazetteer_case(from->gazetteer, lang, hash);
  fact.word = gazetteer_word(from->gazetteer, hash);
  if (!fact.word && stem) fact.word = gazetteer_word(from->gazetteer, stem);
  fact.orgword = (bits & g_orgword) != 0;
  fact.particle = (bits & g_particle) != 0;
  fact.begins_org = begins_org(&from->lists, lang, token->lower, bits);
  fact.begins_none = begins_none(from->gazetteer, hash, stem);
  return fact;
}

// The word's facts, but for those of the place where it stands.
static void take_facts(NameFact *fact, const NameFact *of_word)
{
  uint8_t shape = fact->shape;
  bool active = fact->active;
  *fact = *of_word;
  fact->shape = shape;
  fact->active = active;
}

static void find_out(const NameSources *from, NameMemo *memo, const Notes *notes, const Wanted *word,
                     NameFact *fact)
{
  const NameFact *kept = memo ? namememo_fact(memo, word->key) : NULL;
  if (kept) {
    take_facts(fact, kept);
    return;
  }
  NameFact known = look_up(from, notes->lang, &notes->tokens.items[word->token], word->hash);
  if (memo) namememo_keep_fact(memo, word->key, &known);
  take_facts(fact, &known);
}

static void call_tables(const NameSources *from, Lang lang, uint64_t hash, bool facts)
{
  gazetteer_call_word(from->gazetteer, lang, hash, facts);
  gazetteer_call_key(from->gazetteer, gazetteer_key_add(0, hash), facts);
  clusters_call(from->clusters, hash, facts);
}

// Each word is in four tables, all over the memory: the memo answers for most, and for the others all tables
// are called before the first is waited for.
static void fill_facts(const NameSources *from, NameMemo *memo, const Notes *notes, WantedVec *words,
                       NameFact *facts)
{
  size_t missing = 0;
  for (size_t i = 0; i < words->len; i++) {
    const Wanted *word = &words->items[i];
    const NameFact *kept = memo ? namememo_fact(memo, word->key) : NULL;
    if (kept) {
      take_facts(&facts[word->token], kept);
      continue;
    }
    call_tables(from, notes->lang, word->hash, false);
    words->items[missing++] = *word;
  }
  for (size_t i = 0; i < missing; i++) call_tables(from, notes->lang, words->items[i].hash, true);
  for (size_t i = 0; i < missing; i++) {
    const Wanted *word = &words->items[i];
    find_out(from, memo, notes, word, &facts[word->token]);
  }
}

// A word far from all others that is in the midst of a known name.
static void activate(const NameSources *from, NameMemo *memo, const Notes *notes, NameFact *facts, size_t at)
{
  facts[at].active = true;
  for (size_t i = at < NEAR ? 0 : at - NEAR; i < notes->tokens.len && i <= at + NEAR; i++)
    facts[i].shape = shape_of(&notes->tokens.items[i]);
  Wanted word = wanted_of(notes, at);
  if (!facts[at].hash) find_out(from, memo, notes, &word, &facts[at]);
}

// Words in lower case inside a known name become active: "Den europeiske union".
static size_t mark_match(const NameSources *from, NameMemo *memo, const Notes *notes, NameFact *facts,
                         size_t first)
{
  GazetteerEntity entity;
  size_t end = namefacts_match(from->gazetteer, notes, facts, first, notes->tokens.len,
                               GAZETTEER_ORG | GAZETTEER_LOC, &entity);
  for (size_t at = first; at < end; at++) {
    NameFact *fact = &facts[at];
    if (!fact->active) activate(from, memo, notes, facts, at);
    fact->match = end - first == 1 ? MATCH_ALONE
                  : at == first    ? MATCH_FIRST
                  : at + 1 == end  ? MATCH_LAST
                                   : MATCH_INSIDE;
    fact->types = (uint8_t)entity.types;
    fact->strength = (uint8_t)entity.strength;
  }
  return end;
}

static void mark_matches(const NameSources *from, NameMemo *memo, const Notes *notes, NameFact *facts,
                         const Places *active)
{
  for (size_t n = 0, end = 0; n < active->len; n++) {
    size_t at = active->items[n];
    const NameFact *fact = &facts[at];
    if (at < end || fact->begins_none || fact->particle || !(notes->tokens.items[at].flags & TOKEN_WORD))
      continue;
    end = mark_match(from, memo, notes, facts, at);
  }
}

// With those at both ends, which tell an edge from every word by hash and shape.
static NameFact *facts_for(size_t tokens, Arena *arena)
{
  static const NameFact edge = {.hash = 7, .shape = 16};
  NameFact *facts = arena_zalloc(arena, size_mul(tokens + 2 * NAMEFACTS_EDGE, sizeof *facts));
  for (size_t i = 0; i < NAMEFACTS_EDGE; i++) facts[i] = facts[NAMEFACTS_EDGE + tokens + i] = edge;
  return facts + NAMEFACTS_EDGE;
}

NameFact *namefacts_of(const NameSources *from, NameMemo *memo, const Notes *notes, Arena *arena)
{
  size_t count = notes->tokens.len;
  NameFact *facts = facts_for(count, arena);
  Sight sight;
  look_over(notes, arena, &sight);
  mark_active(from, memo, notes, &sight, facts);
  Places active = {arena_alloc(arena, size_mul(count, sizeof(uint32_t))), 0, count};
  WantedVec words = {arena_alloc(arena, size_mul(count, sizeof(Wanted))), 0, count};
  for (size_t i = 0, next = 0; i < count; i++) {
    if (!facts[i].active) continue;
    active.items[active.len++] = (uint32_t)i;
    if (i > next + NEAR) next = i - NEAR;
    for (; next < count && next <= i + NEAR; next++) {
      Wanted word = wanted_of(notes, next);
      facts[next].shape = shape_of(&notes->tokens.items[next]);
      words.items[words.len++] = word;
      if (memo) namememo_call_fact(memo, word.key);
    }
  }
  fill_facts(from, memo, notes, &words, facts);
  mark_matches(from, memo, notes, facts, &active);
  for (size_t n = 0; n < sight.capital_count; n++) {
    const Token *token = &notes->tokens.items[sight.capitals[n]];
    facts[sight.capitals[n]].lower_here =
        facts[sight.capitals[n]].active && (sight.small_words[token->hash % 64] >> (token->hash >> 26) & 1);
  }
  return facts;
}
