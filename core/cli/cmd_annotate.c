// annotate: articles in, annotations out, in colour on a terminal and as JSON elsewhere; --stream for many.
#include "annotate/dates/calendar.h"
#include "annotate/spanjson.h"
#include "base/json.h"
#include "cli/ansi.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "cli/stream.h"
#include "export/exporter.h"
#include "text/offsets.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

typedef struct Request {
  const char *format, *lang, *dct, *only, *offsets, *color;
  bool stream, machine, indirect;
  const Manifest *manifest;
  Host *host;               // the script taggers
  const Exporter *exporter; // NULL for ansi and json
  Encoding enc;
  unsigned kinds; // bit 1 << SpanKind
} Request;

static size_t offset_of_byte(void *ctx, size_t at)
{
  return offsets_at(ctx, at);
}

static void keep_kinds(Annotations *found, unsigned kinds)
{
  size_t kept = 0;
  for (size_t i = 0; i < found->spans.len; i++) {
    if (kinds >> found->spans.items[i].kind & 1) found->spans.items[kept++] = found->spans.items[i];
  }
  found->spans.len = kept;
}

static void print_json(const char *path, const Snapshot *text, const Annotations *found,
                       const Request *request)
{
  Arena scratch = {0};
  StrBuf out = {0};
  Offsets *offsets = offsets_new(text, request->enc);
  SpanWriter writer = {
      .text = text, .offset = offset_of_byte, .ctx = offsets, .human = found->human, .scratch = &scratch};
  strbuf_byte(&out, '{');
  json_write_member(&out, "path", str_of(path));
  annotations_write_json(&out, found, &writer, request->enc);
  strbuf_add(&out, STR("}\n"));
  if (out.len) fwrite(out.ptr, 1, out.len, stdout);
  strbuf_release(&out);
  offsets_free(offsets);
  arena_release(&scratch);
}

static void print_export(const Exporter *exporter, const char *path, const Snapshot *text,
                         const Annotations *found)
{
  StrBuf out = {0};
  exporter_write(exporter, &out, path, text, found);
  if (out.len) fwrite(out.ptr, 1, out.len, stdout);
  strbuf_release(&out);
}

static void print_frame(void (*part)(StrBuf *out))
{
  StrBuf out = {0};
  if (part) part(&out);
  if (out.len) fwrite(out.ptr, 1, out.len, stdout);
  strbuf_release(&out);
}

// To be looked at, rather than to be worked on.
static bool is_display(const Request *request)
{
  return !strcmp(request->format, "ansi") || !strcmp(request->format, "html");
}

static bool annotate_file(const Pipeline *pipeline, const char *path, const Request *request)
{
  Error err = {0};
  Loaded article;
  Reading how = {.manifest = request->manifest,
                 .pipeline = pipeline,
                 .host = request->host,
                 .lang = request->lang,
                 .dct = request->dct,
                 .no_reported = is_display(request) && !request->indirect};
  if (!setup_load(&article, &how, path, &err)) {
    say("%s: %s", path, err.text);
    return false;
  }
  Annotations *found = request->machine ? article.machine : article.found;
  keep_kinds(found, request->kinds);
  if (request->exporter)
    print_export(request->exporter, path, article.text, found);
  else if (!strcmp(request->format, "ansi"))
    ansi_print(stdout, request->manifest, strcmp(path, "-") ? path : NULL, article.text, found);
  else
    print_json(path, article.text, found, request);
  setup_unload(&article);
  return true;
}

// "entity,date" to bits; false after a message.
static bool read_kinds(const char *only, unsigned *kinds)
{
  *kinds = only ? 0 : ~0u;
  for (Str rest = str_of(only); rest.len;) {
    Str word = str_cut(&rest, ',');
    int kind = 0;
    while (kind < SPAN_KINDS && !str_is(word, span_kind_name((SpanKind)kind))) kind++;
    if (kind == SPAN_KINDS) {
      options_refuse("annotate", "--only knows entity, date, quote and tag, not '" STR_FMT "'",
                     STR_ARG(word));
      return false;
    }
    *kinds |= 1u << kind;
  }
  return true;
}

static bool check(Request *request)
{
  if (request->lang && lang_of(str_of(request->lang)) == LANG_UNKNOWN) {
    options_refuse("annotate",
                   "--lang '%s' is not a language newsmark reads (sv nb nn da de it en fr es nl pt fi)",
                   request->lang);
    return false;
  }
  if (request->dct && !calendar_valid_iso(request->dct, true)) {
    options_refuse("annotate", "--date needs a day that exists, YYYY-MM-DD, not '%s'", request->dct);
    return false;
  }
  if (request->offsets) request->enc = setup_unit(request->offsets);
  if (request->format) request->exporter = exporter_find(request->format);
  if (!request->format) request->format = isatty(STDOUT_FILENO) ? "ansi" : "json";
  return read_kinds(request->only, &request->kinds);
}

static int run_stream(const Pipeline *pipeline, const Request *request)
{
  Error err = {0};
  StreamOptions options = {.enc = request->enc, .kinds = request->kinds, .manifest = request->manifest};
  signal(SIGPIPE, SIG_IGN);
  if (stream_run(pipeline, STDIN_FILENO, stdout, &options, &err)) return EXIT_DONE;
  say("%s", err.text);
  return EXIT_PARTLY;
}

static int annotate_files(const Pipeline *pipeline, const Request *request, int count, char **paths)
{
  static char *standard_input[] = {"-"};
  int status = EXIT_DONE;
  if (!count) {
    count = 1;
    paths = standard_input;
  }
  if (request->exporter) print_frame(request->exporter->begin);
  for (int i = 0; i < count; i++) {
    if (!annotate_file(pipeline, paths[i], request)) status = EXIT_PARTLY;
  }
  if (request->exporter) print_frame(request->exporter->end);
  return status;
}

int cmd_annotate(int argc, char **argv)
{
  Request request = {.enc = ENC_UTF32};
  const Option table[] = {{"format", 'f', OPTION_TEXT, &request.format, "FMT",
                           "ansi json csv conll brat webannotation html", "ansi on a terminal, else json"},
                          {"lang", 'l', OPTION_TEXT, &request.lang, "LL", NULL,
                           "the article's language; without it newsmark finds it"},
                          {"date", 'd', OPTION_TEXT, &request.dct, "YYYY-MM-DD", NULL,
                           "the day the article was published; without it newsmark finds it"},
                          {"only", 'o', OPTION_TEXT, &request.only, "KIND,...", NULL,
                           "only these kinds: entity, date, quote, tag"},
                          {"indirect", 'i', OPTION_FLAG, &request.indirect, NULL, NULL,
                           "show reported speech (\"X said that …\") too; data formats always have it"},
                          {"offsets", 0, OPTION_TEXT, &request.offsets, "UNIT", "codepoint utf8 utf16",
                           "unit of start and end in JSON; codepoint where none is named"},
                          {"machine", 'm', OPTION_FLAG, &request.machine, NULL, NULL,
                           "leave out what people decided (.newsmark/ of the folder)"},
                          {"stream", 's', OPTION_FLAG, &request.stream, NULL, NULL,
                           "read and write JSON, one article per line, in order"},
                          {0}};
  int status;
  int first = options_read("annotate [options] [FILE|-]...", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (!check(&request)) return EXIT_USAGE;
  if (request.stream && first < argc)
    return options_refuse("annotate", "--stream reads standard input, not '%s'", argv[first]);

  Manifest *manifest = setup_manifest();
  Pipeline *pipeline = setup_pipeline();
  request.manifest = manifest;
  request.host = setup_host(&(SetupHost){
      .manifest = manifest, .articles = argv + first, .count = (size_t)(argc - first), .loud = true});
  if (request.stream)
    status = run_stream(pipeline, &request);
  else
    status = annotate_files(pipeline, &request, argc - first, argv + first);
  setup_report_scripts(request.host);
  host_free(request.host);
  pipeline_free(pipeline);
  manifest_free(manifest);
  return status;
}
