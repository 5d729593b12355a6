// A ring of jobs: the caller's thread reads lines into free jobs, workers take the next unread one, a writer
// prints finished ones in order and frees them. A full ring stops the reader, so what is in memory is ring ×
// longest line. Each of the three waits for a sign of its own, so that nobody is woken for another.
#include "cli/stream.h"

#include "annotate/spanjson.h"
#include "base/json.h"
#include "cli/setup.h"
#include "text/offsets.h"

#include <errno.h>
#include <unistd.h>
#include <uv.h>

#define LINE_CEILING ((size_t)64 << 20)
#define JOBS_A_THREAD 8

typedef enum JobState { JOB_FREE, JOB_READ, JOB_TAKEN, JOB_DONE } JobState;

typedef struct Job {
  JobState state;
  StrBuf line;   // in
  bool too_long; // the line passed the ceiling; `line` holds its beginning
  StrBuf answer; // out
} Job;

typedef struct Stream {
  const Pipeline *pipeline;
  const StreamOptions *options;
  FILE *out;
  uv_mutex_t lock; // guards all below
  uv_cond_t to_work, to_write, to_read;
  Job *jobs;                         // [ring]
  size_t ring, read, taken, written; // counts of jobs so far; job k lives in jobs[k % ring]
  bool ended, write_failed;
} Stream;

// --- one line

static void write_id(StrBuf *out, const cJSON *id)
{
  if (cJSON_IsString(id)) {
    json_write_member(out, "id", str_of(id->valuestring));
  } else if (cJSON_IsNumber(id)) {
    json_write_number(out, "id", id->valuedouble);
  }
}

static void answer_error(StrBuf *out, const cJSON *id, const char *what)
{
  strbuf_reset(out);
  strbuf_byte(out, '{');
  write_id(out, id);
  json_write_member(out, "error", str_of(what));
  strbuf_byte(out, '}');
}

static size_t offset_of_byte(void *ctx, size_t at)
{
  return offsets_at(ctx, at);
}

static void write_annotations(StrBuf *out, const Annotations *found, const Snapshot *text,
                              const StreamOptions *options)
{
  Arena scratch = {0};
  Offsets *offsets = offsets_new(text, options->enc);
  SpanWriter writer = {.text = text, .offset = offset_of_byte, .ctx = offsets, .scratch = &scratch};
  json_write_key(out, "annotations");
  strbuf_byte(out, '[');
  bool first = true;
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    if (!(options->kinds >> span->kind & 1)) continue;
    if (!first) strbuf_byte(out, ',');
    first = false;
    span_write_json(out, span, &writer);
  }
  strbuf_add(out, STR("]}"));
  offsets_free(offsets);
  arena_release(&scratch);
}

typedef struct Annotator { // of one thread
  Analysis *analysis;
  Host *host; // NULL: no scripts
} Annotator;

static Annotations *annotate(const Annotator *by, const Snapshot *text, const ArticleInfo *info)
{
  Annotations *found = analysis_run(by->analysis, text, info, NULL);
  analysis_restart(by->analysis);
  if (!by->host) return found;
  Annotations *tagged = host_annotate(by->host, text, found, (Str){0});
  annotations_unref(found);
  return tagged;
}

static void answer_article(const Stream *stream, const Annotator *by, StrBuf *out, const cJSON *in, Str text)
{
  ArticleInfo info = {.lang = lang_of(json_get_str(in, "lang")), .dct = json_get_str(in, "dct")};
  Snapshot *snapshot = snapshot_new(text);
  Annotations *found = annotate(by, snapshot, &info);
  strbuf_byte(out, '{');
  write_id(out, json_get(in, "id"));
  json_write_member(out, "lang", str_of(lang_code(found->lang)));
  json_write_member(out, "dct", found->dct.value.len ? found->dct.value : (Str){NULL, 0});
  write_annotations(out, found, snapshot, stream->options);
  annotations_unref(found);
  snapshot_unref(snapshot);
}

static void answer_line(const Stream *stream, const Annotator *by, Job *job)
{
  Error err = {0};
  strbuf_reset(&job->answer);
  if (job->too_long) {
    answer_error(&job->answer, NULL, "the line is too long");
    return;
  }
  cJSON *in = json_parse(strbuf_str(&job->line), &err);
  Str text = json_get_str(in, "text");
  if (!in)
    answer_error(&job->answer, NULL, err.text);
  else if (!text.ptr)
    answer_error(&job->answer, json_get(in, "id"), "no \"text\"");
  else
    answer_article(stream, by, &job->answer, in, text);
  cJSON_Delete(in);
}

// --- threads

static void work(void *arg)
{
  Stream *stream = arg;
  const Manifest *manifest = stream->options->manifest;
  Annotator own = {.analysis = analysis_new(stream->pipeline),
                   .host = manifest ? setup_host(&(SetupHost){.manifest = manifest}) : NULL};
  uv_mutex_lock(&stream->lock);
  for (;;) {
    while (stream->taken == stream->read && !stream->ended) uv_cond_wait(&stream->to_work, &stream->lock);
    if (stream->taken == stream->read) break;
    size_t number = stream->taken++;
    Job *job = &stream->jobs[number % stream->ring];
    job->state = JOB_TAKEN;
    uv_mutex_unlock(&stream->lock);
    answer_line(stream, &own, job);
    uv_mutex_lock(&stream->lock);
    job->state = JOB_DONE;
    if (number == stream->written) uv_cond_signal(&stream->to_write);
  }
  uv_mutex_unlock(&stream->lock);
  analysis_free(own.analysis);
  host_free(own.host);
}

static void write_answers(void *arg)
{
  Stream *stream = arg;
  uv_mutex_lock(&stream->lock);
  for (;;) {
    Job *job = &stream->jobs[stream->written % stream->ring];
    while (job->state != JOB_DONE && !(stream->ended && stream->written == stream->read))
      uv_cond_wait(&stream->to_write, &stream->lock);
    if (job->state != JOB_DONE) break;
    bool idle = stream->jobs[(stream->written + 1) % stream->ring].state != JOB_DONE;
    uv_mutex_unlock(&stream->lock);
    strbuf_byte(&job->answer, '\n');
    bool failed = fwrite(job->answer.ptr, 1, job->answer.len, stream->out) != job->answer.len;
    if (idle) failed |= fflush(stream->out) != 0; // somebody may wait for this answer before sending more
    uv_mutex_lock(&stream->lock);
    stream->write_failed |= failed;
    job->state = JOB_FREE;
    stream->written++;
    uv_cond_signal(&stream->to_read);
  }
  uv_mutex_unlock(&stream->lock);
}

typedef struct Input {
  int file;
  size_t at, len; // of bytes, what is not yet a line
  char bytes[65536];
} Input;

// More bytes. False at the end of the input.
static bool input_fill(Input *self)
{
  ssize_t len;
  do len = read(self->file, self->bytes, sizeof self->bytes);
  while (len < 0 && errno == EINTR);
  self->at = 0;
  self->len = len > 0 ? (size_t)len : 0;
  return self->len > 0;
}

// The next line without its end, at most `most` bytes of it. False at the end of the input.
static bool read_line(Input *in, Job *job, size_t most)
{
  strbuf_reset(&job->line);
  job->too_long = false;
  for (bool ended = false; !ended;) {
    if (in->at == in->len && !input_fill(in)) return job->line.len;
    Str rest = {in->bytes + in->at, in->len - in->at};
    const char *end = memchr(rest.ptr, '\n', rest.len);
    ended = end != NULL;
    if (ended) rest.len = (size_t)(end - rest.ptr);
    in->at += rest.len + ended;
    size_t room = most - job->line.len;
    job->too_long = job->too_long || rest.len > room;
    strbuf_add(&job->line, rest.len > room ? str_slice(rest, 0, room) : rest);
  }
  return true;
}

static bool is_blank(const Job *job)
{
  return !job->too_long && !str_trim(strbuf_str(&job->line)).len;
}

static void stream_end(Stream *stream) // locked
{
  stream->ended = true;
  uv_cond_broadcast(&stream->to_work);
  uv_cond_signal(&stream->to_write);
}

static void read_lines(Stream *stream, int file)
{
  Input *in = xcalloc(1, sizeof *in);
  in->file = file;
  size_t most = stream->options->most_line ? stream->options->most_line : LINE_CEILING;
  for (bool more = true; more;) {
    uv_mutex_lock(&stream->lock);
    Job *job = &stream->jobs[stream->read % stream->ring];
    while (job->state != JOB_FREE) uv_cond_wait(&stream->to_read, &stream->lock);
    bool failed = stream->write_failed;
    uv_mutex_unlock(&stream->lock);
    while ((more = !failed && read_line(in, job, most)) && is_blank(job)) continue;
    uv_mutex_lock(&stream->lock);
    if (more) {
      job->state = JOB_READ;
      stream->read++;
    }
    if (more) uv_cond_signal(&stream->to_work);
    if (!more) stream_end(stream);
    uv_mutex_unlock(&stream->lock);
  }
  free(in);
}

static size_t core_count(void)
{
  uv_cpu_info_t *cpus;
  int count = 0;
  if (uv_cpu_info(&cpus, &count) != 0) return 1;
  uv_free_cpu_info(cpus, count);
  return count > 0 ? (size_t)count : 1;
}

bool stream_run(const Pipeline *pipeline, int in, FILE *out, const StreamOptions *options, Error *err)
{
  size_t threads = options->threads ? options->threads : core_count();
  Stream stream = {.pipeline = pipeline, .options = options, .out = out, .ring = threads * JOBS_A_THREAD};
  stream.jobs = xcalloc(stream.ring, sizeof *stream.jobs);
  uv_mutex_init(&stream.lock);
  uv_cond_init(&stream.to_work);
  uv_cond_init(&stream.to_write);
  uv_cond_init(&stream.to_read);
  uv_thread_t *workers = xcalloc(threads, sizeof *workers), writer;
  for (size_t i = 0; i < threads; i++) uv_thread_create(&workers[i], work, &stream);
  uv_thread_create(&writer, write_answers, &stream);

  read_lines(&stream, in);

  for (size_t i = 0; i < threads; i++) uv_thread_join(&workers[i]);
  uv_thread_join(&writer);
  bool ok = fflush(out) == 0 && !stream.write_failed;
  for (size_t i = 0; i < stream.ring; i++) {
    strbuf_release(&stream.jobs[i].line);
    strbuf_release(&stream.jobs[i].answer);
  }
  free(workers);
  free(stream.jobs);
  uv_cond_destroy(&stream.to_work);
  uv_cond_destroy(&stream.to_write);
  uv_cond_destroy(&stream.to_read);
  uv_mutex_destroy(&stream.lock);
  return ok || error_set(err, ERR_IO, "the answers cannot be written");
}
