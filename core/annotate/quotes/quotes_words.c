// The words of quotes: cue lexicons, small words, pronouns and the nouns of speakers, one lexicon a language,
// built once from the tables.
#include "annotate/quotes/quotes_p.h"

#include "base/table.h"
#include "base/utf8.h"

#include <assert.h>

#define TAIL 4u       // bytes that a noun must share with a compound to be looked for in it
#define TAIL_LEAST 5u // bytes of such a noun
#define HEAD_LEAST 2u // of what stands in front of it
#define COMPOUND_MOST 60u

const Word g_unknown_word = {.toll = 0.2F};

static Word *word_slot(Lexicon *self, Str form)
{
  bool is_new;
  uint64_t *slot = map_slot(&self->map, form, &is_new);
  if (is_new) {
    *slot = self->words.len;
    vec_push(&self->words, (Word){.form = form});
  }
  return &self->words.items[*slot];
}

static bool class_of(Str name, const char *const *names, size_t count, unsigned *out)
{
  for (size_t i = 1; i < count; i++) {
    if (!str_is(name, names[i])) continue;
    *out = (unsigned)i;
    return true;
  }
  return false;
}

static bool broken(const Table *table, size_t row, Error *err)
{
  error_set(err, ERR_FORMAT, "%s.%s.tsv: unknown class at \"" STR_FMT "\"", table->name, table->lang,
            STR_ARG(table_cell(table, row, 0)));
  return false;
}

static void add_phrase(Lexicon *self, Str first, Str rest, CueClass cue)
{
  Word *word = word_slot(self, first);
  vec_push(&self->phrases, (Phrase){rest, cue, word->phrase});
  word->phrase = (uint32_t)self->phrases.len;
}

static bool load_cues(Lexicon *self, Error *err)
{
  static const char *const names[CUE_CLASSES] = {"",      "say",  "claim", "report", "write",
                                                 "think", "tell", "call",  "cite",   "read",
                                                 "noun",  "prep", "post",  "so",     "adjunct"};
  const Table *table = table_find("cues", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    unsigned kind;
    Str gerund = table_cell(table, i, 2);
    if (!class_of(str_cut(&gerund, ' '), names, ARRAY_LEN(names), &kind)) return broken(table, i, err);
    Str rest = table_cell(table, i, 0), first = str_cut(&rest, ' ');
    Word *word = word_slot(self, first);
    word->gerund |= gerund.len > 0;
    if (rest.len)
      add_phrase(self, first, rest, (CueClass)kind);
    else
      word->cue = (uint8_t)kind;
  }
  return true;
}

static bool load_small(Lexicon *self, Error *err)
{
  static const char *const names[SMALL_CLASSES] = {"",   "aux", "adv",  "prep", "to",
                                                   "of", "det", "conj", "sub",  "refl"};
  const Table *table = table_find("speech", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    unsigned kind;
    Str fresh = table_cell(table, i, 1), class = str_cut(&fresh, ' ');
    if (!class_of(class, names, ARRAY_LEN(names), &kind)) return broken(table, i, err);
    bool own = str_is(fresh, "own");
    if (fresh.len && !own && !str_is(fresh, "new") && !str_is(fresh, "one")) return broken(table, i, err);
    Word *word = word_slot(self, table_cell(table, i, 0));
    word->small = (uint8_t)kind;
    word->fresh = fresh.len > 0 && !own;
    word->own = own;
    word->one = str_is(fresh, "one");
  }
  return true;
}

static bool load_reported(Lexicon *self, Error *err)
{
  const Table *table = table_find("reported", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    Str class = table_cell(table, i, 1);
    Word *word = word_slot(self, table_cell(table, i, 0));
    if (str_is(class, "that"))
      word->that = true;
    else if (str_is(class, "as"))
      word->as = true;
    else if (str_is(class, "verb"))
      word->reports = true;
    else if (str_is(class, "who"))
      word->who = true;
    else if (str_is(class, "relay"))
      word->relays = true;
    else if (str_is(class, "object"))
      word->object = true;
    else if (str_is(class, "stance"))
      word->stance = true;
    else if (str_is(class, "by"))
      word->by = true;
    else if (str_is(class, "back"))
      word->back = true;
    else if (str_is(class, "thus"))
      word->back = word->thus = true;
    else
      return broken(table, i, err);
  }
  return true;
}

static bool load_works(Lexicon *self, Error *err)
{
  const Table *table = table_find("works", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    Str class = table_cell(table, i, 1);
    Word *word = word_slot(self, table_cell(table, i, 0));
    word->work = str_is(class, "work");
    word->term = str_is(class, "word");
    if (!word->work && !word->term) return broken(table, i, err);
  }
  return true;
}

static bool load_speakers(Lexicon *self, Error *err)
{
  const Table *table = table_find("pronouns", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    Str class = table_cell(table, i, 1);
    if (class.len != 1 || !strchr("mfnpci1wMFC", class.ptr[0])) return broken(table, i, err);
    Word *word = word_slot(self, table_cell(table, i, 0));
    if (strchr("MFC", class.ptr[0]))
      word->oblique = (char)(class.ptr[0] | 0x20);
    else
      word->pronoun = class.ptr[0];
  }
  table = table_find("roles", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    Str number = table_cell(table, i, 2), class = str_cut(&number, ' ');
    if (class.len != 1 || !strchr("mfcaog", class.ptr[0])) return broken(table, i, err);
    Word *word = word_slot(self, table_cell(table, i, 0));
    if (str_is(number, "honor")) {
      word->honor = class.ptr[0];
      continue;
    }
    if (number.len && !str_is(number, "many")) return broken(table, i, err);
    word->role = class.ptr[0];
    word->lemma = table_cell(table, i, 1);
    word->many = number.len > 0;
  }
  return true;
}

static float word_toll(const Word *word)
{
  switch (word->small) {
  case SMALL_SUB:
    return 0.9F;
  case SMALL_PREP:
  case SMALL_TO:
  case SMALL_CONJ:
    return 0.3F;
  case SMALL_AUX:
  case SMALL_ADV:
  case SMALL_DET:
  case SMALL_REFL:
    return 0.06F;
  default:
    break;
  }
  if (word->role) return 0.1F;
  return word->cue && word->cue < CUE_NOUN ? 0.8F : g_unknown_word.toll;
}

static uint32_t tail_hash(Str lower)
{
  uint32_t tail;
  memcpy(&tail, lower.ptr + lower.len - TAIL, TAIL);
  return tail * 2654435761u >> 16 & (TAILS - 1);
}

static void add_slot(Lexicon *self, uint32_t index)
{
  uint64_t hash = str_hash(self->words.items[index].form), at = hash & self->mask;
  while (self->slots[at]) at = (at + 1) & self->mask;
  self->slots[at] = (hash & ~(uint64_t)UINT16_MAX) | (index + 1);
}

// The words are all there: lay them out for reading.
static void lexicon_settle(Lexicon *self)
{
  uint32_t size = 16;
  assert(self->words.len < UINT16_MAX);
  while (size < 2 * self->words.len) size *= 2;
  self->mask = size - 1;
  self->slots = xcalloc(size, sizeof *self->slots);
  for (uint32_t i = 0; i < self->words.len; i++) {
    Word *word = &self->words.items[i];
    word->toll = word_toll(word);
    add_slot(self, i);
    if (!word->role || word->form.len < TAIL_LEAST || word->form.len >= COMPOUND_MOST) continue;
    self->tails[tail_hash(word->form)] |= (uint64_t)1 << word->form.len;
  }
  map_release(&self->map);
}

static bool lexicon_load(Lexicon *self, Lang lang, Error *err)
{
  self->lang = lang;
  self->compounds = lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA ||
                    lang == LANG_DE || lang == LANG_NL || lang == LANG_FI;
  self->clitics = lang == LANG_FR;
  bool ok = load_cues(self, err) && load_small(self, err) && load_reported(self, err) &&
            load_works(self, err) && load_speakers(self, err);
  if (ok) lexicon_settle(self);
  return ok;
}

static void lexicon_free(Lexicon *self)
{
  if (!self) return;
  map_release(&self->map);
  vec_release(&self->words);
  vec_release(&self->phrases);
  free(self->slots);
  free(self);
}

// Two threads may read the same language at once; the first one's words are kept.
const Lexicon *quotes_lexicon(const Quotes *self, Lang lang, Error *err)
{
  _Atomic(Lexicon *) *place = (_Atomic(Lexicon *) *)(uintptr_t)&self->lexicons[lang];
  Lexicon *lexicon = atomic_load_explicit(place, memory_order_acquire), *none = NULL;
  if (lexicon) return lexicon;
  lexicon = xcalloc(1, sizeof *lexicon);
  if (!lexicon_load(lexicon, lang, err)) {
    lexicon_free(lexicon);
    return NULL;
  }
  if (atomic_compare_exchange_strong(place, &none, lexicon)) return lexicon;
  lexicon_free(lexicon);
  return none;
}

bool quotes_check(const Quotes *self, Lang lang, Error *err)
{
  return quotes_lexicon(self, lang, err) != NULL;
}

static void load_outlets(Quotes *self)
{
  const Table *outlets = table_find("outlets", "");
  for (size_t i = 0; outlets && i < outlets->rows; i++) {
    Str name = table_cell(outlets, i, 0);
    uint64_t hash = str_hash(name);
    map_put(&self->outlets, name, (uint64_t)table_cell(outlets, i, 1).ptr[0]);
    self->outlet_bits[hash % OUTLET_BITS / 64] |= (uint64_t)1 << hash % 64;
  }
}

// Most readers have two or three languages: the words of each are read when a block of it comes up first.
// That the shipped tables can be read is for the tests to know.
Quotes *quotes_new(Error *err)
{
  Quotes *self = xcalloc(1, sizeof *self);
  if (!rank_load(&self->ranker, err) || !speech_load(self->speech, err)) {
    quotes_free(self);
    return NULL;
  }
  load_outlets(self);
  const Table *genders = table_find("genders", "");
  for (size_t i = 0; genders && i < genders->rows; i++)
    map_put(&self->genders, table_cell(genders, i, 0), (uint64_t)table_cell(genders, i, 1).ptr[0]);
  return self;
}

void quotes_free(Quotes *self)
{
  if (!self) return;
  for (int lang = 0; lang < LANG_COUNT; lang++) lexicon_free(atomic_load(&self->lexicons[lang]));
  map_release(&self->genders);
  map_release(&self->outlets);
  rank_release(&self->ranker);
  free(self);
}

// What outlets.tsv says of the words in lower case; 0: nothing.
static uint64_t outlet_class(const Quotes *self, Str lower)
{
  uint64_t class = 0;
  if (quotes_may_be_outlet(self, str_hash(lower))) map_get(&self->outlets, lower, &class);
  return class;
}

bool quotes_is_outlet(const Quotes *self, Str name, Arena *scratch)
{
  Str lower = utf8_lower_in(scratch, name);
  uint64_t whole = outlet_class(self, lower);
  if (whole) return whole == 'n';
  for (Str rest = lower; rest.len;) {
    Str word = str_cut(&rest, ' ');
    if (word.len < lower.len && outlet_class(self, word) == 'w') return true;
  }
  return false;
}

static inline const Word *find(const Lexicon *self, uint64_t hash)
{
  uint64_t at = hash & self->mask;
  for (uint64_t slot; (slot = self->slots[at]); at = (at + 1) & self->mask)
    if (!((slot ^ hash) >> 16)) return &self->words.items[(slot & UINT16_MAX) - 1];
  return NULL;
}

static const Word *find_str(const Lexicon *self, Str lower)
{
  return find(self, str_hash(lower));
}

// The longest noun that ends the compound. Most words end like none, which their last bytes tell.
static const Word *find_tail(const Lexicon *self, Str lower)
{
  uint64_t fit = ((uint64_t)2 << (lower.len - HEAD_LEAST)) - 1;
  for (uint64_t lengths = self->tails[tail_hash(lower)] & fit; lengths;) {
    size_t len = 63 - (size_t)__builtin_clzll(lengths);
    lengths ^= (uint64_t)1 << len;
    Str tail = str_slice(lower, lower.len - len, lower.len);
    if ((tail.ptr[0] & 0xC0) == 0x80) continue; // begins inside a character
    const Word *word = find_str(self, tail);
    if (word && word->role) return word;
  }
  return NULL;
}

const Word *lexicon_clitic(const Lexicon *self, const Token *token, uint32_t *start)
{
  Str lower = token->lower;
  if (!self->clitics || !(token->flags & TOKEN_HAS_HYPHEN)) return NULL;
  size_t at = lower.len;
  while (at && lower.ptr[at - 1] != '-') at--;
  const Word *word = at ? find_str(self, str_slice(lower, at, lower.len)) : NULL;
  if (!word || !word->pronoun || word->pronoun == '1') return NULL;
  *start = token->end - (uint32_t)(lower.len - at);
  return word;
}

// The verb of "dit-elle", "a-t-il".
static const Word *find_verb(const Lexicon *self, const Token *token)
{
  uint32_t start;
  if (!lexicon_clitic(self, token, &start)) return NULL;
  Str verb = str_slice(token->lower, 0, start - token->start - 1);
  if (str_ends(verb, STR("-t"))) verb.len -= 2;
  return find_str(self, verb);
}

// A word that is not in the lexicon by itself.
static const Word *find_part(const Lexicon *self, const Token *token)
{
  Str lower = token->lower;
  const Word *word = NULL;
  if (self->compounds && lower.len >= HEAD_LEAST + TAIL_LEAST && lower.len <= COMPOUND_MOST)
    word = find_tail(self, lower);
  if (!word && self->clitics) word = find_verb(self, token);
  return word ? word : &g_unknown_word;
}

const Word *lexicon_word(const Lexicon *self, const Token *token)
{
  const Word *word = find(self, token->whole_hash);
  return word ? word : find_part(self, token);
}

Str lexicon_head(const Lexicon *self, Str lemma)
{
  bool compound = self->compounds && lemma.len >= HEAD_LEAST + TAIL_LEAST && lemma.len <= COMPOUND_MOST;
  const Word *word = compound ? find_tail(self, lemma) : NULL;
  return word ? word->lemma : (Str){"", 0};
}

const Word *lexicon_age(const Lexicon *self, const Token *token)
{
  Str noun = token->lower;
  while (noun.len && ((*noun.ptr >= '0' && *noun.ptr <= '9') || *noun.ptr == '-'))
    noun = str_slice(noun, 1, noun.len);
  const Word *word = noun.len ? find_str(self, noun) : NULL;
  return word && word->role ? word : &g_unknown_word;
}

const Phrase *lexicon_phrase(const Lexicon *self, uint32_t phrase)
{
  return phrase ? &self->phrases.items[phrase - 1] : NULL;
}
