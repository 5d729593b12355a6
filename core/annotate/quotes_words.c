// The words of quotes: cue lexicons, small words, pronouns and the nouns of speakers, one map a language,
// built once from the tables.
#include "annotate/quotes_p.h"

#include "base/table.h"
#include "base/utf8.h"

const Word g_unknown_word = {0};

static Word *word_slot(Lexicon *self, Str form)
{
  bool is_new;
  uint64_t *slot = map_slot(&self->map, form, &is_new);
  if (is_new) {
    *slot = self->words.len;
    vec_push(&self->words, (Word){0});
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
      word->cue = (CueClass)kind;
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
    if (!class_of(table_cell(table, i, 1), names, ARRAY_LEN(names), &kind)) return broken(table, i, err);
    word_slot(self, table_cell(table, i, 0))->small = (SmallClass)kind;
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
    else
      return broken(table, i, err);
  }
  return true;
}

static bool load_speakers(Lexicon *self, Error *err)
{
  const Table *table = table_find("pronouns", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    Str class = table_cell(table, i, 1);
    if (class.len != 1 || !strchr("mfnpci1", class.ptr[0])) return broken(table, i, err);
    word_slot(self, table_cell(table, i, 0))->pronoun = class.ptr[0];
  }
  table = table_find("roles", lang_code(self->lang));
  for (size_t i = 0; table && i < table->rows; i++) {
    Str class = table_cell(table, i, 2);
    if (class.len != 1 || !strchr("mfcog", class.ptr[0])) return broken(table, i, err);
    Word *word = word_slot(self, table_cell(table, i, 0));
    word->role = class.ptr[0];
    word->lemma = table_cell(table, i, 1);
  }
  return true;
}

static bool lexicon_load(Lexicon *self, Lang lang, Error *err)
{
  self->lang = lang;
  self->compounds = lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA ||
                    lang == LANG_DE || lang == LANG_NL || lang == LANG_FI;
  return load_cues(self, err) && load_small(self, err) && load_reported(self, err) &&
         load_speakers(self, err);
}

Quotes *quotes_new(Error *err)
{
  Quotes *self = xcalloc(1, sizeof *self);
  for (int lang = 1; lang < LANG_COUNT; lang++) {
    if (lexicon_load(&self->lexicons[lang], (Lang)lang, err)) continue;
    quotes_free(self);
    return NULL;
  }
  if (!speech_load(self->speech, err)) {
    quotes_free(self);
    return NULL;
  }
  const Table *outlets = table_find("outlets", "");
  for (size_t i = 0; outlets && i < outlets->rows; i++)
    map_put(&self->outlets, table_cell(outlets, i, 0), (uint64_t)table_cell(outlets, i, 1).ptr[0]);
  const Table *genders = table_find("genders", "");
  for (size_t i = 0; genders && i < genders->rows; i++)
    map_put(&self->genders, table_cell(genders, i, 0), (uint64_t)table_cell(genders, i, 1).ptr[0]);
  return self;
}

void quotes_free(Quotes *self)
{
  if (!self) return;
  for (int lang = 0; lang < LANG_COUNT; lang++) {
    Lexicon *lexicon = &self->lexicons[lang];
    map_release(&lexicon->map);
    vec_release(&lexicon->words);
    vec_release(&lexicon->phrases);
  }
  map_release(&self->genders);
  map_release(&self->outlets);
  free(self);
}

bool quotes_is_outlet(const Quotes *self, Str name, Arena *scratch)
{
  uint64_t class;
  Str lower = utf8_lower_in(scratch, name);
  if (map_get(&self->outlets, lower, &class)) return class == 'n';
  for (Str rest = lower; rest.len;) {
    Str word = str_cut(&rest, ' ');
    if (word.len < lower.len && map_get(&self->outlets, word, &class) && class == 'w') return true;
  }
  return false;
}

const Word *lexicon_word(const Lexicon *self, Str lower)
{
  uint64_t at;
  return map_get(&self->map, lower, &at) ? &self->words.items[at] : &g_unknown_word;
}

const Word *lexicon_noun(const Lexicon *self, Str lower)
{
  const Word *word = lexicon_word(self, lower);
  if (word != &g_unknown_word || !self->compounds || lower.len < 7 || lower.len > 60) return word;
  for (size_t cut = 2; cut + 5 <= lower.len; cut++) {
    if ((lower.ptr[cut] & 0xC0) == 0x80) continue; // inside a character
    word = lexicon_word(self, str_slice(lower, cut, lower.len));
    if (word->role) return word;
  }
  return &g_unknown_word;
}

const Phrase *lexicon_phrase(const Lexicon *self, uint32_t phrase)
{
  return phrase ? &self->phrases.items[phrase - 1] : NULL;
}
