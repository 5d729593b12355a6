// golden [--update] DATA_DIR FILE...: runs every case of the files through the whole pipeline and compares
// the spans.
//
//   # lang=de dct=2023-04-17 markup=html   language, date of publication and markup; all may be missing
//   == The month is named once for both days
//   Vom 3. bis 5. März 2021 tagte der Rat.
//   --
//   date DATE 4..6 "3." 2021-03-03
//
// The folder names the kinds that are compared: names/, dates/, quotes/; others take all. Offsets are
// bytes of the case's text.
// --update writes what was found instead of what was expected: read the diff before you believe it.
#include "annotate/pipeline.h"

#include <stdio.h>
#include <string.h>

typedef struct Case {
  Str title, text, want;
} Case;
typedef VEC_OF(Case) CaseVec;

typedef struct Golden {
  Str head; // the first lines, as they are
  Str lang, dct;
  Markup markup;
  unsigned kinds; // bit 1 << SpanKind
  CaseVec cases;
} Golden;

static Str read_file(const char *path)
{
  StrBuf text = {0};
  char part[65536];
  FILE *file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "golden: %s cannot be read\n", path);
    exit(2);
  }
  for (size_t n; (n = fread(part, 1, sizeof part, file));) strbuf_add(&text, (Str){part, n});
  fclose(file);
  return strbuf_str(&text);
}

// The value of `key=` in a head line.
static Str head_value(Str line, const char *key)
{
  while (line.len) {
    Str word = str_cut(&line, ' ');
    Str name = str_cut(&word, '=');
    if (str_is(name, key)) return word;
  }
  return (Str){"", 0};
}

static unsigned kinds_of(const char *path)
{
  if (strstr(path, "/names/")) return 1u << SPAN_ENTITY;
  if (strstr(path, "/dates/")) return 1u << SPAN_DATE;
  if (strstr(path, "/quotes/")) return 1u << SPAN_QUOTE;
  return ~0u;
}

static Str between(const char *start, const char *end)
{
  return (Str){start, (size_t)(end - start)};
}

static Golden read_cases(const char *path, Str all)
{
  Golden golden = {.kinds = kinds_of(path)};
  const char *text_start = NULL, *want_start = NULL, *head_end = all.ptr;
  Case open = {0};
  for (Str rest = all; rest.len;) {
    Str line = str_cut(&rest, '\n');
    const char *next = rest.ptr;
    if (str_starts(line, STR("== "))) {
      if (want_start) {
        open.want = between(want_start, line.ptr);
        vec_push(&golden.cases, open);
      } else {
        head_end = line.ptr;
      }
      open = (Case){.title = str_slice(line, 3, line.len)};
      text_start = next;
      want_start = NULL;
    } else if (str_is(line, "--") && text_start && !want_start) {
      open.text = between(text_start, line.ptr);
      want_start = next;
    } else if (!text_start && str_starts(line, STR("#"))) {
      if (!golden.lang.len) golden.lang = head_value(line, "lang");
      if (!golden.dct.len) golden.dct = head_value(line, "dct");
      if (!golden.markup) golden.markup = markup_of((Str){0}, head_value(line, "markup"));
    }
  }
  if (want_start) {
    open.want = between(want_start, all.ptr + all.len);
    vec_push(&golden.cases, open);
  }
  golden.head = between(all.ptr, head_end);
  return golden;
}

static void print_mention(StrBuf *out, const char *what, const Mention *mention, Str text)
{
  if (mention->start < mention->end)
    strbuf_addf(out, " %s=\"" STR_FMT "\"", what, STR_ARG(str_slice(text, mention->start, mention->end)));
  if (mention->name.len && !(mention->start < mention->end &&
                             str_eq(mention->name, str_slice(text, mention->start, mention->end))))
    strbuf_addf(out, "=\"" STR_FMT "\"", STR_ARG(mention->name));
}

static void print_span(StrBuf *out, const Span *span, Str text)
{
  strbuf_addf(out, "%s " STR_FMT " %zu..%zu \"", span_kind_name(span->kind), STR_ARG(span_type_name(span)),
              span->start, span->end);
  Str words = str_slice(text, span->start, span->end);
  for (size_t i = 0; i < words.len; i++) strbuf_byte(out, words.ptr[i] == '\n' ? ' ' : words.ptr[i]);
  strbuf_byte(out, '"');
  if (span->kind == SPAN_ENTITY) {
    strbuf_addf(out, " " STR_FMT " " STR_FMT, STR_ARG(span->entity->name), STR_ARG(span->entity->entity));
  } else if (span->kind == SPAN_DATE) {
    const DateFacts *date = span->date;
    strbuf_addf(out, " " STR_FMT, STR_ARG(date->value));
    if (date->mod.len) strbuf_addf(out, " mod=" STR_FMT, STR_ARG(date->mod));
    if ((date->begin.len || date->until.len) &&
        !(str_eq(date->begin, date->value) && str_eq(date->until, date->value)))
      strbuf_addf(out, " " STR_FMT "/" STR_FMT, STR_ARG(date->begin), STR_ARG(date->until));
  } else if (span->kind == SPAN_QUOTE) {
    print_mention(out, "speaker", &span->quote->speaker, text);
    print_mention(out, "source", &span->quote->source, text);
  }
  strbuf_byte(out, '\n');
}

static void find_spans(const Pipeline *pipeline, const Golden *golden, const Case *test, StrBuf *out)
{
  ArticleInfo info = {.lang = lang_of(golden->lang), .dct = golden->dct, .markup = golden->markup};
  Snapshot *text = snapshot_new(test->text);
  Analysis *analysis = analysis_new(pipeline);
  Annotations *found = analysis_run(analysis, text, &info, NULL);
  for (size_t i = 0; i < found->spans.len; i++) {
    if (golden->kinds >> found->spans.items[i].kind & 1) print_span(out, &found->spans.items[i], test->text);
  }
  annotations_unref(found);
  analysis_free(analysis);
  snapshot_unref(text);
}

static size_t run_file(const Pipeline *pipeline, const char *path, bool update, size_t *passed)
{
  Str all = read_file(path);
  Golden golden = read_cases(path, all);
  StrBuf fresh = {0}, got = {0};
  size_t failed = 0;
  strbuf_add(&fresh, golden.head);
  for (size_t i = 0; i < golden.cases.len; i++) {
    const Case *test = &golden.cases.items[i];
    strbuf_reset(&got);
    find_spans(pipeline, &golden, test, &got);
    Str want = str_trim(test->want), have = str_trim(strbuf_str(&got));
    if (str_eq(want, have)) {
      ++*passed;
    } else if (!update) {
      failed++;
      printf("FAILED  %s: " STR_FMT "\n" STR_FMT "  expected:\n" STR_FMT "\n  found:\n" STR_FMT "\n", path,
             STR_ARG(test->title), STR_ARG(test->text), STR_ARG(want), STR_ARG(have));
    }
    strbuf_addf(&fresh, "== " STR_FMT "\n" STR_FMT "--\n" STR_FMT "%s\n", STR_ARG(test->title),
                STR_ARG(test->text), STR_ARG(have), have.len ? "\n" : "");
  }
  if (update && !str_eq(strbuf_str(&fresh), all)) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(fresh.ptr, 1, fresh.len, file) != fresh.len || fclose(file) != 0) exit(2);
    printf("written %s\n", path);
  }
  strbuf_release(&fresh);
  strbuf_release(&got);
  vec_release(&golden.cases);
  free((void *)(uintptr_t)all.ptr);
  return failed;
}

int main(int argc, char **argv)
{
  bool update = argc > 1 && !strcmp(argv[1], "--update");
  int first = 1 + update;
  if (argc <= first + 1) {
    fprintf(stderr, "usage: golden [--update] DATA_DIR FILE...\n");
    return 2;
  }
  Error err = {0};
  Pipeline *pipeline = pipeline_new(argv[first], &err);
  if (err.code) fprintf(stderr, "golden: %s\n", err.text);
  size_t passed = 0, failed = 0;
  for (int i = first + 1; i < argc; i++) failed += run_file(pipeline, argv[i], update, &passed);
  pipeline_free(pipeline);
  printf("%zu passed, %zu failed\n", passed, failed);
  return failed || !passed;
}
