// index: build or refresh a folder's index, with a progress bar on a terminal; --watch goes on until a
// signal.
#include "base/clock.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "index/indexer.h"
#include "index/query.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TICK_MS = 250, BAR = 24 };

typedef struct Run {
  uv_loop_t *loop;
  Indexer *indexer;
  uv_timer_t tick;
  uv_signal_t interrupt, terminate;
  const char *dir;
  bool bar, watch, quiet, drawn, closing, cut_short, shared, said;
  size_t said_done, said_removed; // in the last summary of --watch
  uint64_t start_ns;
} Run;

static void clear_bar(Run *run)
{
  if (run->drawn) fputs("\r\33[K", stderr);
  run->drawn = false;
}

static void draw_bar(Run *run, const IndexProgress *now)
{
  double seconds = (double)(clock_ns() - run->start_ns) / 1e9,
         rate = seconds > 0 ? (double)now->done / seconds : 0, part = index_progress_part(now);
  size_t filled = (size_t)(part * BAR);
  fputs("\r\33[K[", stderr);
  for (size_t i = 0; i < BAR; i++) fputs(i < filled ? "█" : "·", stderr);
  fprintf(stderr, "] %.0f %% of %zu files, %zu new or changed, %.0f a second", 100 * part,
          now->seen > now->expected ? now->seen : now->expected, now->done, rate);
  if (part > 0.01 && part < 1) fprintf(stderr, ", %.0f s left", seconds * (1 - part) / part);
  fflush(stderr);
  run->drawn = true;
}

static void on_problem(void *ud, Str path, Str why)
{
  Run *run = ud;
  clear_bar(run);
  say("%s%s" STR_FMT ": " STR_FMT, run->dir, path.len ? "/" : "", STR_ARG(path), STR_ARG(why));
}

static void stop(Run *run)
{
  if (run->closing) return;
  run->closing = true;
  uv_close((uv_handle_t *)&run->tick, NULL);
  uv_close((uv_handle_t *)&run->interrupt, NULL);
  uv_close((uv_handle_t *)&run->terminate, NULL);
}

static void say_summary(Run *run, const IndexProgress *now)
{
  clear_bar(run);
  if (run->quiet || (run->said && now->done == run->said_done && now->removed == run->said_removed)) return;
  say("%s: %zu files, %zu new or changed, %zu gone, %.1f s", run->dir, now->seen, now->done - run->said_done,
      now->removed - run->said_removed, (double)(clock_ns() - run->start_ns) / 1e9);
  run->said = true;
  run->said_done = now->done;
  run->said_removed = now->removed;
}

// Whether the process that writes this index has stored all there is: then there is nothing to wait for.
static bool other_is_done(const Run *run)
{
  Error err = {0};
  Query *query = query_new(indexer_folder(run->indexer), &err);
  bool done = query && query_ready(query);
  query_free(query);
  return done;
}

static void look(Run *run)
{
  if (run->closing) return;
  IndexProgress now = indexer_progress(run->indexer);
  if (run->bar && now.state == INDEX_SCANNING) draw_bar(run, &now);
  if (now.state == INDEX_READY) say_summary(run, &now);
  if (now.state == INDEX_WAITING && !run->watch && other_is_done(run)) {
    say("%s: that process keeps the index up to date", run->dir);
    run->shared = true;
  }
  if (now.state == INDEX_FAILED || run->shared || (now.state == INDEX_READY && !run->watch)) stop(run);
}

static void on_tick(uv_timer_t *timer)
{
  look(timer->data);
}

static void on_signal(uv_signal_t *handle, int number)
{
  (void)number;
  Run *run = handle->data;
  run->cut_short = !run->watch;
  stop(run);
}

static bool run_loop(Run *run, const Pipeline *pipeline, const IndexerOptions *options)
{
  Error err = {0};
  uv_loop_t loop;
  uv_loop_init(&loop);
  run->loop = &loop;
  run->start_ns = clock_ns();
  run->indexer = indexer_new(&loop, pipeline, run->dir, options, &err);
  if (!run->indexer) {
    say("%s", err.text);
    uv_loop_close(&loop);
    return false;
  }
  uv_timer_init(&loop, &run->tick);
  uv_signal_init(&loop, &run->interrupt);
  uv_signal_init(&loop, &run->terminate);
  run->tick.data = run->interrupt.data = run->terminate.data = run;
  uv_timer_start(&run->tick, on_tick, run->bar ? TICK_MS : 20, run->bar ? TICK_MS : 20);
  uv_signal_start(&run->interrupt, on_signal, SIGINT);
  uv_signal_start(&run->terminate, on_signal, SIGTERM);
  while (!run->closing) uv_run(&loop, UV_RUN_ONCE);
  IndexProgress end = indexer_progress(run->indexer);
  indexer_close(run->indexer, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  clear_bar(run);
  if (run->cut_short) say("%s: stopped; what is stored stays, the rest next time", run->dir);
  return !run->cut_short && end.state != INDEX_FAILED && (end.problems == 0 || run->shared);
}

int cmd_index(int argc, char **argv)
{
  bool watch = false, quiet = false;
  const Option table[] = {
      {"watch", 'w', OPTION_FLAG, &watch, NULL, NULL, "keep running, and keep the index up to date"},
      {"quiet", 'q', OPTION_FLAG, &quiet, NULL, NULL, "print only errors"},
      {0},
  };
  int status, first = options_read("index DIR... [options]", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first >= argc) return options_refuse("index", "which folder?");
  if (watch && argc - first > 1) return options_refuse("index", "--watch takes one folder");
  Pipeline *pipeline = setup_pipeline();
  Manifest *manifest = setup_manifest();
  IndexTagger tagger = setup_index_tagger(manifest);
  IndexRules rules = setup_index_rules(manifest);
  status = EXIT_DONE;
  for (int i = first; i < argc; i++) {
    Run run = {.dir = argv[i], .watch = watch, .quiet = quiet, .bar = !quiet && isatty(STDERR_FILENO)};
    IndexerOptions options = {
        .rules = &rules, .watch = watch, .tagger = &tagger, .ud = &run, .problem = on_problem};
    if (!run_loop(&run, pipeline, &options)) status = EXIT_PARTLY;
    if (run.cut_short) break;
  }
  pipeline_free(pipeline);
  manifest_free(manifest);
  return status;
}
