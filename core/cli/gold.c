// Exact spans and types count. What corpora call MISC, optional or not marked in full neither counts as
// missed, nor what the machine marks over it as wrong. The file is read twice: first for the kinds it knows.
#include "cli/gold.h"

#include "base/json.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "export/importer.h"

#include <stdlib.h>
#include <string.h>

typedef struct GoldMark {
  size_t start, end; // bytes
  SpanKind kind;
  Str type, value;
  Str speaker;           // its name; empty: not said
  size_t said, said_end; // the speaker's words
  bool free, found;      // free: right to find and right to leave
} GoldMark;
typedef VEC_OF(GoldMark) GoldMarks;

typedef struct Gold {
  Tallies *tallies;
  const Pipeline *pipeline;
  const char *path;
  bool kinds[SPAN_KINDS]; // that some line's `annotations` have
  bool reported;          // the file knows of reported speech, too
} Gold;

// --- reading

static bool kind_of(Str name, SpanKind *kind)
{
  for (int k = 0; k < SPAN_KINDS; k++)
    if (str_is(name, span_kind_name((SpanKind)k))) return *kind = (SpanKind)k, true;
  return false;
}

static void read_speaker(const cJSON *one, const CodePoints *points, GoldMark *mark)
{
  const cJSON *speaker = json_get(one, "speaker");
  mark->speaker = json_get_str(one, "speaker_name");
  if (!mark->speaker.len) mark->speaker = json_get_str(speaker, "name");
  codepoints_range(points, json_get_number(speaker, "start", -1), json_get_number(speaker, "end", -1),
                   &mark->said, &mark->said_end);
}

// The marks of one list; those of `annotations` say of which kind they are. False: some have no place.
static bool read_list(const cJSON *list, int kind, const CodePoints *points, GoldMarks *out)
{
  const cJSON *one;
  bool ok = true;
  cJSON_ArrayForEach(one, list)
  {
    GoldMark mark = {.kind = (SpanKind)(kind < 0 ? 0 : kind)};
    if ((kind < 0 && !kind_of(json_get_str(one, "kind"), &mark.kind)) ||
        !codepoints_range(points, json_get_number(one, "start", -1), json_get_number(one, "end", -1),
                          &mark.start, &mark.end)) {
      ok = false;
      continue;
    }
    uint8_t number;
    mark.type = json_get_str(one, mark.kind == SPAN_QUOTE && kind >= 0 ? "kind" : "type");
    mark.value = json_get_str(one, "value");
    mark.free = json_get_bool(one, "opt", false) || json_get_bool(one, "optional", false) ||
                (mark.kind != SPAN_TAG && decision_kind(mark.type, &number) != mark.kind);
    if (mark.kind == SPAN_QUOTE) read_speaker(one, points, &mark);
    vec_push(out, mark);
  }
  return ok;
}

static const struct {
  const char *list;
  int kind; // -1: of each its own
} g_lists[] = {
    {"annotations", -1}, {"entities", SPAN_ENTITY}, {"timexes", SPAN_DATE}, {"quotes", SPAN_QUOTE}};

static bool read_marks(const cJSON *article, const CodePoints *points, GoldMarks *out)
{
  bool ok = true;
  for (size_t i = 0; i < ARRAY_LEN(g_lists); i++)
    ok &= read_list(json_get(article, g_lists[i].list), g_lists[i].kind, points, out);
  return ok;
}

// --- judging

static int by_start(const void *left, const void *right)
{
  const GoldMark *a = left, *b = right;
  return (a->start > b->start) - (a->start < b->start);
}

static GoldMark *find_mark(const GoldMarks *marks, const Span *span)
{
  size_t low = 0, high = marks->len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (marks->items[middle].start < span->start)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < marks->len && marks->items[low].start == span->start; low++) {
    GoldMark *mark = &marks->items[low];
    if (mark->end == span->end && mark->kind == span->kind && !mark->found &&
        str_eq(mark->type, span_type_name(span)))
      return mark;
  }
  return NULL;
}

static bool over_free(const GoldMarks *marks, const Span *span)
{
  for (size_t i = 0; i < marks->len; i++) {
    const GoldMark *mark = &marks->items[i];
    if (mark->free && mark->kind == span->kind && mark->start < span->end && span->start < mark->end)
      return true;
  }
  return false;
}

static void judge_speaker(Tallies *tallies, const GoldMark *mark, const QuoteFacts *quote)
{
  const Mention *speaker = &quote->speaker;
  bool named = mark->speaker.len > 0, placed = mark->said < mark->said_end;
  if (!named && !placed) return;
  tallies->speakers++;
  tallies->speakers_right += (named && str_eq(speaker->name, mark->speaker)) ||
                             (placed && speaker->start == mark->said && speaker->end == mark->said_end);
}

static void judge(Gold *self, const bool *judged, const Annotations *found, GoldMarks *marks)
{
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    bool reported = span->kind == SPAN_QUOTE && span->type == QUOTE_INDIRECT;
    if (!judged[span->kind] || (reported && !self->reported)) continue;
    GoldMark *mark = find_mark(marks, span);
    if (mark) mark->found = true;
    if (mark ? mark->free : over_free(marks, span)) continue;
    tally_span(self->tallies, span, mark != NULL);
    if (mark && span->kind == SPAN_QUOTE) judge_speaker(self->tallies, mark, span->quote);
    if (mark && span->kind == SPAN_DATE && mark->value.len) {
      self->tallies->values++;
      self->tallies->values_right += str_eq(mark->value, span->date->value);
    }
  }
  for (size_t i = 0; i < marks->len; i++) {
    const GoldMark *mark = &marks->items[i];
    if (!mark->found && !mark->free)
      tally_of(self->tallies, str_of(span_kind_name(mark->kind)), mark->type)->missed++;
  }
}

// --- lines

// The kinds that somebody marked in this article.
static void choose_kinds(const Gold *self, const cJSON *article, bool *judged)
{
  bool all = json_get(article, "annotations") != NULL;
  for (int k = 0; k < SPAN_KINDS; k++) judged[k] = all && self->kinds[k];
  for (size_t i = 0; i < ARRAY_LEN(g_lists); i++)
    if (g_lists[i].kind >= 0 && json_get(article, g_lists[i].list)) judged[g_lists[i].kind] = true;
}

static bool eval_line(Gold *self, const cJSON *article, Error *err)
{
  CodePoints points;
  Arena arena = {0};
  GoldMarks marks = {0};
  ArticleInfo info = {.lang = lang_of(json_get_str(article, "lang")), .dct = json_get_str(article, "dct")};
  Snapshot *text = snapshot_new(json_get_str(article, "text"));
  codepoints_init(&points, text, &arena);
  bool ok = read_marks(article, &points, &marks) ||
            error_set(err, ERR_FORMAT, "some marks have no place in the text, or no kind");
  if (marks.len) qsort(marks.items, marks.len, sizeof(GoldMark), by_start);
  Analysis *analysis = analysis_new(self->pipeline);
  Annotations *found = analysis_run(analysis, text, &info, NULL);
  bool judged[SPAN_KINDS];
  choose_kinds(self, article, judged);
  judge(self, judged, found, &marks);
  self->tallies->articles++;
  annotations_unref(found);
  analysis_free(analysis);
  vec_release(&marks);
  snapshot_unref(text);
  arena_release(&arena);
  return ok;
}

// Of what the file knows.
static bool note_kinds(Gold *self, const cJSON *article, Error *err)
{
  const cJSON *one;
  SpanKind kind;
  (void)err;
  cJSON_ArrayForEach(one, json_get(article, "annotations"))
  {
    if (kind_of(json_get_str(one, "kind"), &kind)) self->kinds[kind] = true;
    self->reported |= str_is(json_get_str(one, "type"), "indirect");
  }
  cJSON_ArrayForEach(one, json_get(article, "quotes"))
  {
    self->reported |= str_is(json_get_str(one, "kind"), "indirect");
  }
  return true;
}

// `loud`: say what is wrong.
static bool each_line(Gold *self, Str lines, bool (*visit)(Gold *, const cJSON *, Error *), bool loud)
{
  bool ok = true;
  for (size_t number = 1; lines.len; number++) {
    Error err = {0};
    Str line = str_trim(str_cut(&lines, '\n'));
    if (!line.len) continue;
    cJSON *article = json_parse(line, &err);
    bool fine = article && json_get_str(article, "text").ptr ? visit(self, article, &err)
                : article                                    ? error_set(&err, ERR_FORMAT, "no \"text\"")
                                                             : false;
    if (!fine && loud) say("%s: line %zu: %s", self->path, number, err.text);
    ok &= fine;
    cJSON_Delete(article);
  }
  return ok;
}

bool gold_eval(Tallies *tallies, const Pipeline *pipeline, const char *path)
{
  Gold self = {.tallies = tallies, .pipeline = pipeline, .path = path};
  Error err = {0};
  Arena arena = {0};
  Snapshot *file = setup_read_file(path, &err);
  if (!file) {
    say("%s: %s", path, err.text);
    return false;
  }
  Str lines = snapshot_read(file, 0, snapshot_len(file), &arena);
  each_line(&self, lines, note_kinds, false);
  bool ok = each_line(&self, lines, eval_line, true);
  snapshot_unref(file);
  arena_release(&arena);
  return ok;
}
