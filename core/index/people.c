#include "index/people.h"

#include "base/alloc.h"
#include "config/paths.h"
#include "human/ledger.h"

#include <sys/stat.h>
#include <time.h>
#include <uv.h>

// File systems count time in two seconds at worst.
#define GRAIN_NS 2000000000

typedef struct Walk {
  StrBuf full; // of the folder at hand, ending in '/'
  size_t base; // bytes of `full` before the articles' paths
  int64_t since_ns;
  const PeopleEvents *events;
} Walk;

int64_t people_now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - GRAIN_NS;
}

static void see_file(Walk *self, const char *name)
{
  static const char end[] = ".jsonl";
  struct stat info;
  if (!str_ends(str_of(name), STR(".jsonl"))) return;
  size_t len = self->full.len;
  strbuf_add(&self->full, str_of(name));
  if (lstat(self->full.ptr, &info) == 0 && S_ISREG(info.st_mode)) {
    int64_t mtime_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    Str path = {self->full.ptr + self->base, self->full.len - self->base - (sizeof end - 1)};
    if (mtime_ns >= self->since_ns) self->events->decided(self->events->ud, path);
  }
  self->full.len = len;
}

static void walk(Walk *self)
{
  self->full.ptr[self->full.len] = '\0';
  uv_fs_t req;
  if (uv_fs_scandir(NULL, &req, self->full.ptr, 0, NULL) >= 0) {
    self->events->folder(self->events->ud, self->full.ptr);
    uv_dirent_t entry;
    while (uv_fs_scandir_next(&req, &entry) != UV_EOF) {
      size_t len = self->full.len;
      if (entry.type == UV_DIRENT_FILE) see_file(self, entry.name);
      if (entry.type != UV_DIRENT_DIR) continue;
      strbuf_addf(&self->full, "%s/", entry.name);
      walk(self);
      self->full.len = len;
    }
  }
  uv_fs_req_cleanup(&req);
}

void people_walk(const char *root, int64_t since_ns, const PeopleEvents *events)
{
  Walk self = {.since_ns = since_ns, .events = events};
  strbuf_addf(&self.full, "%s/.newsmark", root);
  struct stat info;
  if (lstat(self.full.ptr, &info) == 0 && S_ISDIR(info.st_mode)) {
    size_t len = self.full.len;
    events->folder(events->ud, self.full.ptr);
    strbuf_add(&self.full, STR("/taggers"));
    events->folder(events->ud, self.full.ptr);
    self.full.len = len;
    strbuf_add(&self.full, STR("/annotations/"));
    self.base = self.full.len;
    walk(&self);
  }
  strbuf_release(&self.full);
}

void people_read(const char *root, StrBuf *out)
{
  StrBuf path = {0};
  strbuf_addf(&path, "%s/.newsmark/entities.jsonl", root);
  size_t before = out->len;
  if (!file_read(path.ptr, LEDGER_BYTES_MAX, out, NULL)) out->len = before;
  strbuf_release(&path);
}
