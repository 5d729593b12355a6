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

#define FRONT_MATTER_MAX ((size_t)1 << 16) // bytes at the head of an article

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

// What is wrong in the article's own settings.
static void report_front_matter(const Settings *settings, const char *path)
{
  const ConfigIssueVec *issues = settings_issues(settings);
  for (size_t i = 0; i < issues->len; i++)
    if (str_is(issues->items[i].file, path))
      say("%s: front matter: " STR_FMT, path, STR_ARG(issues->items[i].text));
}

static Str either(const char *given, Str otherwise)
{
  return given ? str_of(given) : otherwise;
}

// To be looked at, rather than to be worked on.
static bool is_display(const Request *request)
{
  return !strcmp(request->format, "ansi") || !strcmp(request->format, "html");
}

static bool annotate_file(const Pipeline *pipeline, const char *path, const Request *request)
{
  Error err = {0};
  Snapshot *text = setup_read_file(path, &err);
  if (!text) {
    say("%s: %s", path, err.text);
    return false;
  }
  bool standard = !strcmp(path, "-");
  Arena head = {0};
  size_t head_len = snapshot_len(text) < FRONT_MATTER_MAX ? snapshot_len(text) : FRONT_MATTER_MAX;
  Str front_matter = settings_front_matter(snapshot_read(text, 0, head_len, &head));
  Settings *settings = setup_settings(request->manifest, standard ? NULL : path, front_matter);
  if (!standard) report_front_matter(settings, path);
  ArticleInfo info = {.lang = lang_of(either(request->lang, settings_str(settings, "language"))),
                      .dct = either(request->dct, settings_str(settings, "date"))};
  if (!standard) info.path = str_of(path);
  info.markup = markup_of(info.path, (Str){0});
  Analysis *analysis = analysis_new(pipeline);
  Annotations *plain = analysis_run(analysis, text, &info, NULL);
  if (is_display(request) && !request->indirect) spans_drop_reported(&plain->spans);
  Annotations *tagged = host_annotate(request->host, plain->prose, plain, info.path);
  Annotations *found =
      request->machine ? annotations_ref(tagged) : setup_lay_people(path, text, plain->prose, tagged);
  annotations_unref(tagged);
  annotations_unref(plain);
  keep_kinds(found, settings_bool(settings, "enabled", true) ? request->kinds : 0);
  if (request->exporter)
    print_export(request->exporter, path, text, found);
  else if (!strcmp(request->format, "ansi"))
    ansi_print(stdout, request->manifest, standard ? NULL : path, text, found);
  else
    print_json(standard ? "-" : path, text, found, request);
  annotations_unref(found);
  analysis_free(analysis);
  settings_free(settings);
  arena_release(&head);
  snapshot_unref(text);
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
  if (request->offsets)
    request->enc = !strcmp(request->offsets, "utf8")    ? ENC_UTF8
                   : !strcmp(request->offsets, "utf16") ? ENC_UTF16
                                                        : ENC_UTF32;
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
