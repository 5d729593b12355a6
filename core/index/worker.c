// A worker reads a file, sees by its hash whether it changed at all, and annotates it.
// A file may change while it is read: its stamp is taken before and after, and reading starts again where
// they differ.
#define _GNU_SOURCE // O_NOFOLLOW, O_CLOEXEC
#include "base/clock.h"
#include "base/utf8.h"
#include "human/kept.h"
#include "index/indexer_p.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 3, BINARY_PROBE = 4096, MAX_BYTES = 16 << 20, QUIET_STEP_MS = 5 };
// A file written so lately may be written again without a later time: some file systems count in two seconds.
#define RACY_NS 2000000000

typedef struct Content {
  StrBuf bytes;
  FileStamp stamp;
} Content;

void job_free(Job *job)
{
  if (!job) return;
  free(job->path);
  free(job);
}

void result_free(Result *result)
{
  if (!result) return;
  free(result->path);
  record_free(result->record);
  free(result);
}

size_t result_bytes(const Result *result)
{
  return sizeof *result + (result->record ? result->record->bytes : 0);
}

static FileStamp stamp_of(const struct stat *info)
{
  return (FileStamp){.mtime_ns = (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec,
                     .size = (uint64_t)info->st_size,
                     .inode = info->st_ino};
}

static FileStamp guard_racy(FileStamp stamp)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t now_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
  if (stamp.mtime_ns > now_ns - RACY_NS) stamp.mtime_ns = STAMP_RACY; // a time to come as well
  return stamp;
}

// Read all of `fd` as it is now. ERR_LIMIT past `max` bytes.
static bool read_all(int fd, size_t max, StrBuf *out, Error *err)
{
  strbuf_reset(out);
  for (;;) {
    ssize_t got = read(fd, strbuf_grow(out, 65536), 65536);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_set(err, ERR_IO, "%s", strerror(errno));
    if (got == 0) return true;
    out->len += (size_t)got;
    if (out->len > max) return error_set(err, ERR_LIMIT, "larger than %zu MB, left out", max >> 20);
  }
}

static bool read_steady(int fd, size_t max, Content *to, Error *err)
{
  struct stat before, after;
  for (int i = 0; i < TRIES; i++) {
    if (fstat(fd, &before) != 0) return error_set(err, ERR_IO, "%s", strerror(errno));
    if (!S_ISREG(before.st_mode)) return error_set(err, ERR_NOT_FOUND, "no longer a file");
    if (lseek(fd, 0, SEEK_SET) != 0 || !read_all(fd, max, &to->bytes, err)) return false;
    if (fstat(fd, &after) != 0) return error_set(err, ERR_IO, "%s", strerror(errno));
    to->stamp = guard_racy(stamp_of(&after));
    if (stamp_eq(stamp_of(&before), stamp_of(&after)) && to->bytes.len == (size_t)after.st_size) return true;
  }
  to->stamp.mtime_ns = STAMP_RACY; // it is being written: what there is now, and again next time
  return true;
}

static bool is_wide(Str bytes)
{
  return str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF"));
}

// ERR_NOT_FOUND where the file is gone.
static bool read_file(const Indexer *self, const Job *job, Content *to, Error *err)
{
  const char *path = job->path;
  size_t max = job->max_bytes ? job->max_bytes : MAX_BYTES;
  StrBuf full = {0};
  strbuf_addf(&full, "%s/%s", self->folder.root, path);
  int fd = open(full.ptr, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  int why = errno;
  strbuf_release(&full);
  if (fd < 0) {
    bool gone = why == ENOENT || why == ENOTDIR || why == ELOOP; // ELOOP: a link took its place
    return error_set(err, gone ? ERR_NOT_FOUND : ERR_IO, "%s", strerror(why));
  }
  bool ok = read_steady(fd, max, to, err);
  close(fd);
  to->stamp = crawl_stamp(to->stamp, job->settings);
  if (ok && is_wide(strbuf_str(&to->bytes)))
    return error_set(err, ERR_FORMAT, "UTF-16, left out; 'iconv -f UTF-16 -t UTF-8' may convert it");
  if (ok && memchr(to->bytes.ptr ? to->bytes.ptr : "", 0,
                   to->bytes.len < BINARY_PROBE ? to->bytes.len : BINARY_PROBE))
    return error_set(err, ERR_FORMAT, "not a text (it holds NUL bytes), left out");
  return ok;
}

typedef struct Reading { // of one article
  Indexer *indexer;
  Analysis *analysis; // the worker's
  void *tagger;
  const char *path; // in the folder
  StrBuf full;      // absolute
  Markup markup;
  Snapshot *text, *prose; // as in the file, and without its markup: NULL until it was read
} Reading;

// What is found in the text, with the tags of scripts. NULL: cancelled.
static Annotations *find(Reading *self, Str text, uint64_t settings)
{
  const IndexTagger *tagging = self->indexer->options.tagger;
  ArticleInfo info = {.path = str_of(self->path), .markup = self->markup};
  bool wanted = !self->tagger || tagging->inform(self->tagger, text, self->full.ptr, settings, &info);
  Annotations *found = analysis_run(self->analysis, self->text, &info, &self->indexer->cancel);
  analysis_restart(self->analysis);
  if (found) self->prose = snapshot_ref(found->prose); // what scripts make of it has none of its own
  if (found && !wanted) found->spans.len = 0;
  return found && wanted && self->tagger ? tagging->tag(self->tagger, self->prose, found, self->full.ptr)
                                         : found;
}

// `found`, whose reference is taken, with what people decided over it.
static Annotations *lay_people(const Reading *self, Annotations *found)
{
  KeptPaths kept = {0};
  kept_paths_in(&kept, self->indexer->folder.root, self->path);
  const HumanLayer *layer = found ? kept_layer(kept.marks, self->indexer->registry, self->text) : NULL;
  kept_paths_release(&kept);
  if (!layer) return found;
  Annotations *decided = overlay_lay(found, layer, self->prose);
  annotations_unref(found);
  layer_unref(layer);
  return decided;
}

static Record *annotate(Worker *worker, const Job *job, const Content *content)
{
  Indexer *indexer = worker->indexer;
  const char *path = job->path;
  Str text = strbuf_str(&content->bytes);
  Reading self = {.indexer = indexer,
                  .analysis = worker->analysis,
                  .tagger = worker->tagger,
                  .path = path,
                  .markup = markup_of(str_of(path), (Str){0})};
  strbuf_addf(&self.full, "%s/%s", indexer->folder.root, path);
  self.text = snapshot_new(text);
  Arena arena = {0};
  Annotations *notes = lay_people(&self, find(&self, text, job->settings));
  Str prose = notes ? snapshot_read(self.prose, 0, snapshot_len(self.prose), &arena) : (Str){0};
  About about = about_read(text, self.markup, &arena);
  Record *record =
      notes ? record_new(str_of(path), prose, notes, &about, indexer->registry->identities, &worker->scratch)
            : NULL;
  annotations_unref(notes);
  snapshot_unref(self.prose);
  snapshot_unref(self.text);
  strbuf_release(&self.full);
  arena_release(&arena);
  return record;
}

// It was there when it was seen and may be there again, renamed away and back: the scout looks once more.
static void tell_missed(Indexer *self, const char *path)
{
  if (!self->options.watch) return;
  uv_mutex_lock(&self->lock);
  vec_push(&self->missed, xstrdup(path));
  uv_mutex_unlock(&self->lock);
  indexer_wake(self);
}

static ResultKind kind_of_failure(Indexer *self, const Job *job, const Error *err)
{
  if (err->code == ERR_NOT_FOUND) {
    tell_missed(self, job->path);
    return RESULT_GONE;
  }
  indexer_problem(self, str_of(job->path), err->text);
  return err->code == ERR_IO ? RESULT_SKIP : RESULT_GONE; // what can be read but is no article is not kept
}

static void work(Worker *worker, const Job *job, Content *content, Result *result)
{
  Indexer *self = worker->indexer;
  Error err = {0};
  if (job->gone) {
    result->kind = RESULT_GONE;
    return;
  }
  if (!read_file(self, job, content, &err)) {
    result->kind = kind_of_failure(self, job, &err);
    return;
  }
  uint64_t hash = str_hash(strbuf_str(&content->bytes)) ^ job->settings;
  if (hash == 0) hash = 1; // 0 says "not known"
  result->stamp = content->stamp;
  result->kind = RESULT_TOUCH;
  if (hash == job->hash) return;
  result->record = annotate(worker, job, content);
  result->kind = result->record ? RESULT_PUT : RESULT_SKIP;
  if (!result->record) return; // cancelled
  if (!utf8_valid(strbuf_str(&content->bytes)))
    indexer_problem(
        self, str_of(job->path),
        "not UTF-8, so its letters beyond ASCII are lost; 'iconv -f WINDOWS-1252 -t UTF-8' may convert it");
  result->record->stamp = content->stamp;
  result->record->hash = hash;
}

// Wait while somebody types: what shares a cache, a heap and a disk with a key makes it wait, however low its
// priority.
static void give_way(Indexer *self)
{
  while (clock_ns() < atomic_load(&self->quiet_ns) && !atomic_load(&self->cancel)) uv_sleep(QUIET_STEP_MS);
}

void worker_main(void *arg)
{
  Worker *worker = arg;
  Indexer *self = worker->indexer;
  int number = (int)(worker - self->workers);
  indexer_lower_priority(self);
  Content content = {0};
  worker->analysis = analysis_new(self->pipeline);
  const IndexTagger *tagging = self->options.tagger;
  worker->tagger = tagging ? tagging->begin(tagging->ctx, self->folder.root) : NULL;
  for (Job *job; (job = queue_pop(self->jobs, number)); job_free(job)) {
    give_way(self);
    if (atomic_load(&self->cancel)) continue;
    Result *result = xcalloc(1, sizeof *result);
    work(worker, job, &content, result);
    result->path = job->path;
    job->path = NULL;
    if (!queue_push(self->results, result, result_bytes(result), 0)) result_free(result);
  }
  if (worker->tagger) tagging->end(worker->tagger);
  analysis_free(worker->analysis);
  arena_release(&worker->scratch);
  strbuf_release(&content.bytes);
}
