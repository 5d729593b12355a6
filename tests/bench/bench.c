// bench NEWSMARK DIR [GENERATED]: throughput by stage, the latency of a key, start-up and memory, on the
// articles of DIR (*.txt), and throughput on those of GENERATED. Longer texts are made of their paragraphs,
// drawn by a fixed random order. One core. Prints a Markdown table. Throughput is by processor time, so that
// it holds on a machine that has other work; keys and start-up are by the clock on the wall, as a reader
// feels them, with the processor time of the server beside.
#include "annotate/notes.h"
#include "annotate/pipeline.h"
#include "base/clock.h"
#include "base/json.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef VEC_OF(Str) StrVec;

static uint64_t g_random = 42;

static uint64_t next_random(void) // SplitMix64
{
  uint64_t z = g_random += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

// --- text

static Str read_file(const char *path)
{
  StrBuf text = {0};
  char part[65536];
  FILE *file = fopen(path, "rb");
  if (!file) return (Str){0};
  for (size_t n; (n = fread(part, 1, sizeof part, file));) strbuf_add(&text, (Str){part, n});
  fclose(file);
  return strbuf_str(&text);
}

static void add_paragraphs(Str text, StrVec *out)
{
  while (text.len) {
    Str line = str_trim(str_cut(&text, '\n'));
    if (line.len > 80) vec_push(out, line);
  }
}

static StrVec read_articles(const char *dir, StrVec *articles)
{
  StrVec paragraphs = {0};
  DIR *listing = opendir(dir);
  for (struct dirent *entry; listing && (entry = readdir(listing));) {
    char path[4096];
    if (!str_ends(str_of(entry->d_name), STR(".txt"))) continue;
    snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    Str text = read_file(path);
    vec_push(articles, text);
    add_paragraphs(text, &paragraphs);
  }
  if (listing) closedir(listing);
  return paragraphs;
}

static Str make_text(const StrVec *paragraphs, size_t size)
{
  StrBuf text = {0};
  strbuf_add(&text, STR("Rådet möts i Oslo\n\n2023-04-17\n\n"));
  while (text.len < size) {
    strbuf_add(&text, paragraphs->items[next_random() % paragraphs->len]);
    strbuf_add(&text, STR("\n\n"));
  }
  return strbuf_str(&text);
}

static size_t count_words(Str text)
{
  size_t words = 0;
  for (size_t i = 0; i < text.len; i++) words += text.ptr[i] == ' ' || text.ptr[i] == '\n';
  return words;
}

// --- throughput

static StageCosts add_costs(StageCosts a, StageCosts b)
{
  return (StageCosts){a.parse + b.parse, a.tokens + b.tokens, a.langid + b.langid,  a.names + b.names,
                      a.dates + b.dates, a.quotes + b.quotes, a.article + b.article};
}

typedef struct Work { // what was done in some time
  StageCosts costs;   // where it was asked for
  size_t bytes, words, spans;
  double seconds; // of the processor
  double share;   // of the clock's time that was ours
} Work;

// Every article once, as often as it takes to read `least` bytes. To time the stages takes time of its own.
static Work annotate_all(const Pipeline *pipeline, const StrVec *articles, size_t least, bool stages)
{
  Work work = {.bytes = 0};
  uint64_t began = clock_ns(), worked = clock_thread_ns();
  while (work.bytes < least) {
    for (size_t i = 0; i < articles->len; i++) {
      Snapshot *text = snapshot_new(articles->items[i]);
      Analysis *analysis = analysis_new(pipeline);
      if (stages) analysis_time(analysis);
      Annotations *found = analysis_run(analysis, text, NULL, NULL);
      work.costs = add_costs(work.costs, analysis_costs(analysis));
      work.bytes += articles->items[i].len;
      work.spans += found->spans.len;
      annotations_unref(found);
      analysis_free(analysis);
      snapshot_unref(text);
    }
  }
  work.seconds = (double)(clock_thread_ns() - worked) / 1e9;
  work.share = work.seconds / ((double)(clock_ns() - began) / 1e9);
  size_t bytes = 0, words = 0;
  for (size_t i = 0; i < articles->len; i++) {
    bytes += articles->items[i].len;
    words += count_words(articles->items[i]);
  }
  work.words = work.bytes / bytes * words;
  return work;
}

enum { RUNS = 21, RUN_BYTES = 1 << 20 };

static int by_seconds(const void *a, const void *b)
{
  double x = ((const Work *)a)->seconds, y = ((const Work *)b)->seconds;
  return (x > y) - (x < y);
}

// Runs over the articles, the fastest first: what else the machine does can only take time.
static void measure(const Pipeline *pipeline, const StrVec *articles, bool stages, Work runs[RUNS])
{
  for (size_t i = 0; i < RUNS; i++) runs[i] = annotate_all(pipeline, articles, RUN_BYTES, stages);
  qsort(runs, RUNS, sizeof *runs, by_seconds);
}

static void print_row(const char *name, const Work *work, double seconds)
{
  if (seconds <= 0) seconds = 1e-9;
  printf("| %s | %.1f | %.2f M |\n", name, (double)work->bytes / 1e6 / seconds,
         (double)work->words / 1e6 / seconds);
}

static void print_stages(const Work *work)
{
  const StageCosts *costs = &work->costs;
  const struct {
    const char *name;
    uint64_t ns;
  } rows[] = {{"parse (blocks)", costs->parse},
              {"tokens and sentences", costs->tokens},
              {"language", costs->langid},
              {"names", costs->names},
              {"dates", costs->dates},
              {"quotations", costs->quotes},
              {"whole-article passes", costs->article}};
  for (size_t i = 0; i < ARRAY_LEN(rows); i++)
    print_row(rows[i].name, work, (double)rows[i].ns / 1e9 * work->share);
}

static void print_kind(const char *what, const StrVec *articles, const Work *work)
{
  size_t bytes = 0;
  for (size_t i = 0; i < articles->len; i++) bytes += articles->items[i].len;
  printf("%s: %zu articles of %.1f KB on average, %.0f annotations a KB.\n", what, articles->len,
         (double)bytes / 1e3 / (double)articles->len, (double)work->spans / ((double)work->bytes / 1e3));
}

static void print_runs(const Work runs[RUNS])
{
  double least = runs[0].seconds;
  printf("The fastest of %d runs over %.0f MB; half of them took %.0f %% more than it, one %.0f %%.\n", RUNS,
         (double)runs[0].bytes / 1e6, (runs[RUNS / 2].seconds / least - 1) * 100,
         (runs[RUNS - 1].seconds / least - 1) * 100);
}

static void measure_throughput(const Pipeline *pipeline, const StrVec *samples, const StrVec *generated)
{
  Work stages[RUNS], whole[RUNS], more[RUNS];
  annotate_all(pipeline, samples, RUN_BYTES, false); // warm up
  measure(pipeline, samples, true, stages);
  measure(pipeline, samples, false, whole);
  printf("| stage | MB/s | words/s |\n| --- | ---: | ---: |\n");
  print_stages(&stages[0]);
  print_row("**the whole**, one core", &whole[0], whole[0].seconds);
  if (generated->len) {
    measure(pipeline, generated, false, more);
    print_row("the whole, generated articles", &more[0], more[0].seconds);
  }
  putchar('\n');
  print_kind("Samples", samples, &whole[0]);
  if (generated->len) print_kind("Generated", generated, &more[0]);
  print_runs(whole);
  putchar('\n');
}

// --- the server over a pipe

typedef struct Server {
  pid_t pid;
  int in, out; // its standard input, its standard output
  StrBuf read; // what came and is not yet taken
} Server;

static Server server_start(const char *program)
{
  int in[2], out[2];
  if (pipe(in) != 0 || pipe(out) != 0) exit(1);
  Server server = {.pid = fork(), .in = in[1], .out = out[0]};
  if (server.pid == 0) {
    dup2(in[0], 0), dup2(out[1], 1);
    close(in[1]), close(out[0]);
    execl(program, program, "lsp", (char *)NULL);
    _exit(127);
  }
  close(in[0]), close(out[1]);
  return server;
}

static void server_send(Server *server, Str body)
{
  StrBuf message = {0};
  strbuf_addf(&message, "Content-Length: %zu\r\n\r\n", body.len);
  strbuf_add(&message, body);
  for (size_t sent = 0; sent < message.len;) {
    ssize_t n = write(server->in, message.ptr + sent, message.len - sent);
    if (n <= 0) exit(1);
    sent += (size_t)n;
  }
  strbuf_release(&message);
}

// The next message's body as a copy in `body`. False at the end of the stream.
static bool server_read(Server *server, StrBuf *body)
{
  for (;;) {
    char *end = server->read.len ? strstr(server->read.ptr, "\r\n\r\n") : NULL;
    size_t head = end ? (size_t)(end - server->read.ptr) + 4 : 0;
    size_t len = end ? strtoul(strstr(server->read.ptr, "Content-Length: ") + 16, NULL, 10) : 0;
    if (end && server->read.len >= head + len) {
      strbuf_reset(body);
      strbuf_add(body, (Str){server->read.ptr + head, len});
      memmove(server->read.ptr, server->read.ptr + head + len, server->read.len - head - len);
      server->read.len -= head + len;
      server->read.ptr[server->read.len] = '\0';
      return true;
    }
    char part[65536];
    ssize_t n = read(server->out, part, sizeof part);
    if (n <= 0) return false;
    strbuf_add(&server->read, (Str){part, (size_t)n});
  }
}

static void server_await(Server *server, const char *words)
{
  StrBuf body = {0};
  while (server_read(server, &body)) {
    if (strstr(body.ptr, words)) {
      strbuf_release(&body);
      return;
    }
  }
  fprintf(stderr, "bench: the server ended before it said %s\n", words);
  exit(1);
}

static double server_initialize(Server *server)
{
  uint64_t began = clock_ns();
  server_send(server, STR("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"processId\":"
                          "null,\"rootUri\":null,"
                          "\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-8\"]}},"
                          "\"initializationOptions\":{\"newsmark\":{\"annotations\":true}}}}"));
  server_await(server, "\"capabilities\"");
  server_send(server, STR("{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}"));
  return (double)(clock_ns() - began) / 1e6;
}

static void server_stop(Server *server)
{
  server_send(server, STR("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"shutdown\"}"));
  server_await(server, "\"id\":9");
  server_send(server, STR("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}"));
  close(server->in), close(server->out);
  waitpid(server->pid, NULL, 0);
  strbuf_release(&server->read);
}

static double resident_mb(pid_t pid)
{
  char path[64], line[256];
  double kb = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) {
    if (!strncmp(line, "VmRSS:", 6)) kb = strtod(line + 6, NULL);
  }
  if (file) fclose(file);
  return kb / 1024;
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void change_message(StrBuf *out, int version, size_t line, size_t column, char key)
{
  strbuf_reset(out);
  strbuf_addf(
      out,
      "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didChange\",\"params\":{\"textDocument\":{\"uri\":"
      "\"file:///"
      "bench.txt\",\"version\":%d},\"contentChanges\":[{\"range\":{\"start\":{\"line\":%zu,\"character\":%zu}"
      ","
      "\"end\":{\"line\":%zu,\"character\":%zu}},\"text\":\"%c\"}]}}",
      version, line, column, line, column, key);
}

enum { KEYS = 400 };

// Words typed at places all over a text of `size` bytes: from the write of the change to the read of its
// annotations.
static void measure_keys(const char *program, const StrVec *paragraphs, size_t size)
{
  static const char typed[] = " Anna Lind sa den 3 maj att";
  Server server = server_start(program);
  server_initialize(&server);
  Str text = make_text(paragraphs, size);
  StrBuf message = {0};
  strbuf_add(
      &message,
      STR("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":"
          "\"file:///bench.txt\",\"languageId\":\"text\",\"version\":1"));
  json_write_member(&message, "text", text);
  strbuf_add(&message, STR("}}}"));
  uint64_t began = clock_ns();
  server_send(&server, strbuf_str(&message));
  server_await(&server, "publishAnnotations");
  double opened = (double)(clock_ns() - began) / 1e6;

  double times[KEYS];
  size_t lines = 0, line = 4;
  for (size_t i = 0; i < text.len; i++) lines += text.ptr[i] == '\n';
  for (int i = 0; i < KEYS; i++) {
    size_t typed_at = (size_t)i % (sizeof typed - 1);
    if (!typed_at) line = 4 + 2 * (next_random() % ((lines - 4) / 2)); // a new place for each run of words
    change_message(&message, i + 2, line, typed_at, typed[typed_at]);
    char wait_for[32];
    snprintf(wait_for, sizeof wait_for, "\"version\":%d", i + 2);
    began = clock_ns();
    server_send(&server, strbuf_str(&message));
    server_await(&server, wait_for);
    times[i] = (double)(clock_ns() - began) / 1e6;
  }
  qsort(times, KEYS, sizeof *times, by_size);
  printf("| %zu KB | %.1f | %.2f | %.2f | %.2f | %.0f |\n", size / 1000, opened, times[KEYS / 2],
         times[KEYS * 99 / 100], times[KEYS - 1], resident_mb(server.pid));
  fflush(stdout);
  server_stop(&server);
  strbuf_release(&message);
}

static void measure_start(const char *program)
{
  double best[9];
  double memory = 0;
  for (size_t i = 0; i < ARRAY_LEN(best); i++) {
    uint64_t began = clock_ns();
    Server server = server_start(program);
    server_initialize(&server);
    best[i] = (double)(clock_ns() - began) / 1e6;
    memory = resident_mb(server.pid);
    server_stop(&server);
  }
  qsort(best, ARRAY_LEN(best), sizeof *best, by_size);
  printf("From start to the answer to `initialize`: %.1f ms (median of %zu); resident then: %.0f MB.\n\n",
         best[ARRAY_LEN(best) / 2], ARRAY_LEN(best), memory);
}

int main(int argc, char **argv)
{
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: bench NEWSMARK DIR [GENERATED]\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  char data_dir[4096];
  snprintf(data_dir, sizeof data_dir, "%.*s/share/newsmark", (int)(strrchr(argv[1], '/') - argv[1]), argv[1]);
  StrVec articles = {0};
  StrVec paragraphs = read_articles(argv[2], &articles);
  StrVec generated = {0};
  if (argc == 4) read_articles(argv[3], &generated);
  if (!paragraphs.len) {
    fprintf(stderr, "bench: %s holds no articles\n", argv[2]);
    return 1;
  }
  Error err = {0};
  Pipeline *pipeline = pipeline_new(data_dir, &err);
  if (err.code) fprintf(stderr, "bench: %s\n", err.text);
  measure_throughput(pipeline, &articles, &generated);
  pipeline_free(pipeline);
  measure_start(argv[1]);
  printf("| article | open, ms | key p50, ms | key p99, ms | most, ms | resident, MB |\n| --- | ---: | ---: "
         "| ---: | ---: | ---: |\n");
  static const size_t sizes[] = {10000, 100000, 1000000};
  for (size_t i = 0; i < ARRAY_LEN(sizes); i++) measure_keys(argv[1], &paragraphs, sizes[i]);
  return 0;
}
