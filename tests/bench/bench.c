// bench NEWSMARK DIR [GENERATED]: throughput by stage, the latency of a key, start-up and memory, on the
// articles of DIR (*.txt), and throughput on those of GENERATED. Longer texts are made of their paragraphs,
// drawn by a fixed random order. One core. Prints a Markdown table. Throughput is by processor time, so that
// it holds on a machine that has other work; keys and start-up are by the clock on the wall, as a reader
// feels them, with the processor time of the server beside.
#include "annotate/notes.h"
#include "annotate/pipeline.h"
#include "server.h"

static size_t count_words(Str text)
{
  size_t words = 0;
  for (size_t i = 0; i < text.len; i++) words += text.ptr[i] == ' ' || text.ptr[i] == '\n';
  return words;
}

// --- throughput

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
  Analysis *analysis = analysis_new(pipeline);
  if (stages) analysis_time(analysis);
  while (work.bytes < least) {
    for (size_t i = 0; i < articles->len; i++) {
      Snapshot *text = snapshot_new(articles->items[i]);
      Annotations *found = analysis_run(analysis, text, NULL, NULL);
      analysis_restart(analysis);
      work.bytes += articles->items[i].len;
      work.spans += found->spans.len;
      annotations_unref(found);
      snapshot_unref(text);
    }
  }
  work.costs = analysis_costs(analysis);
  analysis_free(analysis);
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

// --- the server

// Keys one behind the other.
static void measure_keys(const char *program, const StrVec *paragraphs, size_t size)
{
  Server server = server_start(program);
  server_initialize(&server, NULL);
  Str text = make_text(paragraphs, size);
  uint64_t began = clock_ns();
  server_open(&server, text);
  double opened = (double)(clock_ns() - began) / 1e6;
  Typed typed = server_type(&server, text, 0, false);
  printf("| %zu KB | %.1f | %.2f | %.2f | %.2f | %.0f |\n", size / 1000, opened, typed.p50, typed.p99,
         typed.most, resident_mb(server.pid));
  fflush(stdout);
  server_stop(&server);
}

static void measure_start(const char *program)
{
  double best[9];
  double memory = 0;
  for (size_t i = 0; i < ARRAY_LEN(best); i++) {
    uint64_t began = clock_ns();
    Server server = server_start(program);
    server_initialize(&server, NULL);
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
