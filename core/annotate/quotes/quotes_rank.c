// Which of those who may have said it did: a log-linear model over offers, each a verb of saying (or none)
// with somebody in its sentence. What is seen of an offer is a row of small fields; a sign is a field, or a
// few together, with certain values, and an offer's rank is the sum of its signs' weights and of what the
// rules of quotes_speaker.c give it. The weights are a table, data/speaker_weights.tsv, which
// core/train/train_speakers.c learns (`make speakers`); sources and scores: data/MODEL.md.
#include "annotate/quotes/quotes_p.h"

#include "base/alloc.h"
#include "base/table.h"

#include <math.h>
#include <stdlib.h>

#define VALUES_MOST 20

typedef struct FieldNames {
  const char *name;
  size_t count;
  const char *values[VALUES_MOST];
} FieldNames;

static const FieldNames g_fields[RANK_FIELDS] = {
    [RANK_SIZE] = {"size", 4, {"word", "few", "some", "many"}},
    [RANK_MARK] = {"mark", 6, {"in", "colon", "comma", "begins", "that", "dash"}},
    [RANK_CLASS] = {"class",
                    15,
                    {"none", "say", "claim", "report", "write", "think", "tell", "call", "cite", "read",
                     "noun", "prep", "post", "so", "adjunct"}},
    [RANK_PLACE] = {"place", 8, {"none", "at", "before", "far", "behind_at", "behind", "behind_far", "next"}},
    [RANK_THAT] = {"that", 2, {"no", "yes"}},
    [RANK_JOINT] = {"joint", 5, {"no", "joined", "gerund", "comma", "as"}},
    [RANK_VOICE] = {"voice", 2, {"other", "first"}},
    [RANK_KIND] = {"kind",
                   14,
                   {"nobody", "person", "organisation", "place", "other", "outlet", "pronoun", "it", "they",
                    "role", "group", "paper", "phrase", "first"}},
    [RANK_WAY] = {"way",
                  WAYS,
                  {"none", "left", "right", "over", "past", "first", "behind", "before", "marked", "read",
                   "inverted", "clitic", "unknown", "alone", "tail"}},
    [RANK_FAR] = {"far", 6, {"0", "1", "2", "3", "4", "5"}},
    [RANK_HELD] = {"held", 6, {"no", "prep", "loosely", "to", "owner", "by"}},
    [RANK_SUBJECT] = {"subject", 3, {"yes", "other", "none"}},
    [RANK_BETWEEN] = {"between", 4, {"0", "1", "2", "3"}},
    [RANK_COMMA] = {"comma", 5, {"none", "after", "before", "both", "who"}},
    [RANK_FRONT] = {"front", 3, {"first", "clause", "inside"}},
};

static const int8_t g_templates[RANK_TEMPLATES][RANK_TOGETHER] = {
    {RANK_KIND, -1, -1},
    {RANK_PLACE, -1, -1},
    {RANK_WAY, -1, -1},
    {RANK_KIND, RANK_SIZE, -1},
    {RANK_KIND, RANK_CLASS, -1},
    {RANK_KIND, RANK_WAY, -1},
    {RANK_KIND, RANK_HELD, -1},
    {RANK_KIND, RANK_MARK, -1},
    {RANK_KIND, RANK_VOICE, -1},
    {RANK_WAY, RANK_FAR, -1},
    {RANK_WAY, RANK_FAR, RANK_PLACE},
    {RANK_WAY, RANK_COMMA, RANK_FAR},
    {RANK_WAY, RANK_JOINT, RANK_FAR},
    {RANK_WAY, RANK_BETWEEN, -1},
    {RANK_WAY, RANK_BETWEEN, RANK_PLACE},
    {RANK_WAY, RANK_PLACE, RANK_MARK},
    {RANK_WAY, RANK_THAT, -1},
    {RANK_WAY, RANK_JOINT, RANK_SUBJECT},
    {RANK_WAY, RANK_FRONT, RANK_SUBJECT},
    {RANK_WAY, RANK_CLASS, -1},
};
static void lay_out(Ranker *self)
{
  uint16_t base = 1; // sign 0 is the score by hand
  for (size_t t = 0; t < RANK_TEMPLATES; t++) {
    RankTemplate *template = &self->templates[t];
    uint16_t size = 1;
    template->base = base;
    for (size_t i = RANK_TOGETHER; i-- > 0;) {
      if (g_templates[t][i] < 0) continue;
      template->fields[i] = (uint8_t)g_templates[t][i];
      template->times[i] = size;
      size = (uint16_t)(size * g_fields[g_templates[t][i]].count);
    }
    base = (uint16_t)(base + size);
  }
  self->signs = base;
}

void rank_signs_of(const Ranker *self, const uint8_t fields[RANK_FIELDS], uint16_t signs[RANK_TEMPLATES])
{
  for (size_t t = 0; t < RANK_TEMPLATES; t++) {
    const RankTemplate *template = &self->templates[t];
    uint32_t sign = template->base;
    for (size_t i = 0; i < RANK_TOGETHER; i++)
      sign += (uint32_t) template->times[i] * fields[template->fields[i]];
    signs[t] = (uint16_t)sign;
  }
}

void rank_sign_name(const Ranker *self, size_t sign, StrBuf *out)
{
  if (!sign) return strbuf_add(out, STR("score"));
  size_t t = RANK_TEMPLATES - 1;
  while (self->templates[t].base > sign) t--;
  size_t at = sign - self->templates[t].base;
  for (size_t i = 0; i < RANK_TOGETHER && g_templates[t][i] >= 0; i++) {
    const FieldNames *field = &g_fields[g_templates[t][i]];
    strbuf_addf(out, "%s%s=%s", i ? "&" : "", field->name, field->values[at / self->templates[t].times[i]]);
    at %= self->templates[t].times[i];
  }
}

// The field and value of "field=value".
static bool read_field(Str text, int8_t *field, size_t *value)
{
  Str name = str_cut(&text, '=');
  for (*field = 0; *field < RANK_FIELDS && !str_is(name, g_fields[*field].name);) ++*field;
  if (*field == RANK_FIELDS) return false;
  for (*value = 0; *value < g_fields[*field].count; ++*value)
    if (str_is(text, g_fields[*field].values[*value])) return true;
  return false;
}

// The sign that rank_sign_name() calls so; SIZE_MAX: none.
static size_t sign_named(const Ranker *self, Str name)
{
  if (str_is(name, "score")) return 0;
  int8_t fields[RANK_TOGETHER];
  size_t at = 0;
  memset(fields, -1, sizeof fields);
  for (size_t i = 0; name.len; i++) {
    size_t value;
    if (i == RANK_TOGETHER || !read_field(str_cut(&name, '&'), &fields[i], &value)) return SIZE_MAX;
    at = at * g_fields[fields[i]].count + value;
  }
  for (size_t t = 0; t < RANK_TEMPLATES; t++)
    if (!memcmp(fields, g_templates[t], sizeof fields)) return self->templates[t].base + at;
  return SIZE_MAX;
}

bool rank_load(Ranker *self, Error *err)
{
  const Table *table = table_find("speaker_weights", "");
  lay_out(self);
  self->weights = xcalloc(self->signs, sizeof *self->weights);
  for (size_t row = 0; table && row < table->rows; row++) {
    Str name = table_cell(table, row, 0), value = table_cell(table, row, 1);
    size_t sign = sign_named(self, name);
    char *end;
    float weight = strtof(value.ptr, &end);
    if (sign == SIZE_MAX || end == value.ptr || *end)
      return error_set(err, ERR_FORMAT, "speaker_weights.tsv: no weight of a sign: \"" STR_FMT "\"",
                       STR_ARG(name));
    self->weights[sign] = weight;
  }
  for (size_t t = 0; t < RANK_TEMPLATES; t++) {
    size_t end = t + 1 < RANK_TEMPLATES ? self->templates[t + 1].base : self->signs;
    float most = 0;
    for (size_t i = self->templates[t].base; i < end; i++) most = fmaxf(most, self->weights[i]);
    self->most += most;
  }
  return true;
}

void rank_release(Ranker *self)
{
  free(self->weights);
}

float rank_of(const Ranker *self, float score, const uint8_t fields[RANK_FIELDS])
{
  uint16_t signs[RANK_TEMPLATES];
  rank_signs_of(self, fields, signs);
  float sum = self->weights[0] * score;
  for (size_t t = 0; t < RANK_TEMPLATES; t++) sum += self->weights[signs[t]];
  return sum;
}
