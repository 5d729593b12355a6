// Facts are looked up for active words and their neighbours alone. A word is active when it has a capital, or
// when it may be the small part of a name that has: what stands between two such words if it is all
// particles, numbers and marks ("Bank of England", "H. & M."), particles in front ("van der Bellen"), a
// number or a possessive behind ("Kanal 5", "St. Martin's"), and, where names go on in lower case, a word
// behind ("Turun yliopisto", "Croce Rossa italiana"). All others, two words in three, are no part of a name.
#include "annotate/names/namefacts.h"

#include "annotate/names/namememo.h"
#include "annotate/names/nominative.h"
#include "annotate/notes.h"
#include "base/table.h"
#include "base/utf8.h"

enum { GAP = 3, IN_FRONT = 2, LONGEST = 8, NEAR = 2 }; // NEAR: as far to both sides an active word looks
typedef VEC_OF(uint32_t) Indices;                      // of a block's tokens

enum { HEAD_LEAST = 3, TAIL_LEAST = 4, GROUP_OF_TAIL = 2048 }; // bytes; more than any group's number
static const uint32_t COMPOUNDING = 1u << LANG_SV | 1u << LANG_NB | 1u << LANG_NN | 1u << LANG_DA |
                                    1u << LANG_DE | 1u << LANG_NL | 1u << LANG_FI;

bool namefacts_genitive(Lang lang)
{
  return lang >= LANG_SV && lang <= LANG_DE;
}

// "kinas" → "kina": the length without the s, or 0 where there is none to take.
static size_t without_genitive(Lang lang, Str lower)
{
  if (!namefacts_genitive(lang) || lower.len < 3 || lower.ptr[lower.len - 1] != 's') return 0;
  size_t len = lower.len - 1;
  return lower.ptr[len - 1] == ':' ? len - 1 : len; // "EU:s"
}

// The hash of the word without its case ending, of those that the gazetteer knows the one that loses least.
static uint64_t without_case(const NameSources *from, const Table *endings, Str lower)
{
  char base[NOMINATIVE_BYTES];
  uint64_t best = 0;
  size_t most = 0;
  for (size_t row = 0; row < endings->rows; row++) {
    size_t len = nominative_of(endings, row, lower, base);
    if (len <= most) continue;
    uint64_t hash = gazetteer_word_hash((Str){base, len});
    if (!gazetteer_word(from->gazetteer, hash)) continue;
    most = len;
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
  if (token->flags & TOKEN_HEADING) return false;
  if (token->flags & TOKEN_CAPITAL) return true;
  bool same = token->lower.ptr == notes->text.ptr + token->start; // not so: some letter inside has one
  return !same && token->lower.len == token->end - token->start;  // rather than that what is soft is gone
}

static bool joins_names(const Notes *notes, const NameLists *lists, size_t at)
{
  const Token *token = &notes->tokens.items[at];
  if ((token->flags & TOKEN_PUNCT) && !strchr(".-&'/#+!", token->lower.ptr[0])) return false;
  if (at + 1 < notes->tokens.len && (notes->tokens.items[at + 1].flags & TOKEN_FIRST)) return false;
  return !(token->flags & TOKEN_WORD) || token->lower.ptr[0] == '\'' ||
         (namelists_word(lists, token->lower, token->hash) & LISTED_PARTICLE);
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
  uint64_t hash = gazetteer_token_hash(token);
  uint32_t word = gazetteer_word(from->gazetteer, hash);
  Casing casing = gazetteer_case(from->gazetteer, notes->lang, hash);
  return casing <= CASING_RATHER_CAPITAL && (word & (WORD_GIVEN | WORD_SURNAME | WORD_PLACE | WORD_ORG));
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
  uint64_t hash = gazetteer_token_hash(token);
  uint64_t key = gazetteer_key_add(hash, (uint64_t)token->hash << 8 | ((uint64_t)notes->lang + 1));
  return (Wanted){(uint32_t)at, hash, key};
}

// Whether a word in its block's language is always in lower case and no name; `kept`: its facts, or NULL.
static bool is_small_word(const NameSources *from, Lang lang, uint64_t hash, const NameFact *kept)
{
  if ((kept ? kept->casing : gazetteer_case(from->gazetteer, lang, hash)) != CASING_ALWAYS_LOWER)
    return false;
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
         !gazetteer_goes_on(from->gazetteer, gazetteer_key_add(key, gazetteer_token_hash(next)));
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
    uint64_t word = facts[i].hash ? facts[i].hash : gazetteer_token_hash(token);
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

static uint8_t org_tokens(const NameLists *lists, Lang lang, Str word)
{
  return namelists_org_tokens(namelists_word(lists, word, (uint32_t)str_hash(word)), lang);
}

// How many tokens the longest known organisation's name has at most that begins with the word, or with what
// it is the genitive or a case of; 0: none does.
static uint8_t begins_org(const NameLists *lists, Lang lang, Str lower, uint64_t bits)
{
  const Table *endings = lists->endings_of[lang];
  uint8_t tokens = namelists_org_tokens(bits, lang);
  size_t owner = without_genitive(lang, lower);
  if (!tokens && owner) tokens = org_tokens(lists, lang, str_slice(lower, 0, owner));
  for (size_t row = 0; endings && row < endings->rows && !tokens; row++) {
    char base[NOMINATIVE_BYTES];
    Str word = {base, nominative_of(endings, row, lower, base)};
    if (word.len) tokens = org_tokens(lists, lang, word);
  }
  return tokens;
}

// What the tables know of a word in the block's language, wherever it stands.
static NameFact look_up(const NameSources *from, Lang lang, const Token *token, uint64_t hash)
{
  NameFact fact = {.hash = hash};
  if (!(token->flags & TOKEN_WORD)) return fact;
  uint64_t stem = fact.stem = stem_hash(from, lang, token->lower),
           bits = namelists_word(&from->lists, token->lower, token->hash);
  fact.title = namelists_titles_token(&from->lists, lang, token, bits);
  if (!clusters_of(from->clusters, hash, fact.groups) &&
      !(stem && clusters_of(from->clusters, stem, fact.groups)))
    group_by_tail(from, lang, token->lower, fact.groups);
  fact.casing = (uint8_t)gazetteer_case(from->gazetteer, lang, hash);
  fact.word = gazetteer_word(from->gazetteer, hash);
  if (!fact.word && stem) fact.word = gazetteer_word(from->gazetteer, stem);
  fact.orgword = (bits & LISTED_ORGWORD) != 0;
  fact.particle = (bits & LISTED_PARTICLE) != 0;
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

static void prefetch_word(const NameSources *from, Lang lang, uint64_t hash, bool facts)
{
  gazetteer_prefetch_word(from->gazetteer, lang, hash, facts);
  gazetteer_prefetch_key(from->gazetteer, gazetteer_key_add(0, hash), facts);
  clusters_prefetch(from->clusters, hash, facts);
}

// Each word is in four tables, all over the memory: the memo answers for most, and for the others all tables
// are prefetched before the first is read.
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
    prefetch_word(from, notes->lang, word->hash, false);
    words->items[missing++] = *word;
  }
  for (size_t i = 0; i < missing; i++) prefetch_word(from, notes->lang, words->items[i].hash, true);
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
                         const Indices *active)
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
  Indices active = {arena_alloc(arena, size_mul(count, sizeof(uint32_t))), 0, count};
  WantedVec words = {arena_alloc(arena, size_mul(count, sizeof(Wanted))), 0, count};
  for (size_t i = 0, next = 0; i < count; i++) {
    if (!facts[i].active) continue;
    active.items[active.len++] = (uint32_t)i;
    if (i > next + NEAR) next = i - NEAR;
    for (; next < count && next <= i + NEAR; next++) {
      Wanted word = wanted_of(notes, next);
      facts[next].shape = shape_of(&notes->tokens.items[next]);
      words.items[words.len++] = word;
      if (memo) namememo_prefetch_fact(memo, word.key);
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
