// The lock is flock(2): the kernel drops it when its holder dies, so that a crash never leaves one behind.
#define _GNU_SOURCE // realpath, flock
#include "index/folder.h"

#include "base/alloc.h"
#include "config/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char *join(const char *a, const char *b)
{
  StrBuf buf = {0};
  strbuf_addf(&buf, "%s%s", a, b);
  return strbuf_detach(&buf);
}

// Whether `root` is the user's home or holds it.
static bool holds_home(const char *root)
{
  const char *home = getenv("HOME");
  char real[PATH_MAX];
  return home && realpath(home, real) && path_within(real, root);
}

static void set_home(Folder *self)
{
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  char *base = cache && cache[0] == '/' ? xstrdup(cache) : join(home ? home : "/tmp", "/.cache");
  const char *name = strrchr(self->root, '/') + 1;
  StrBuf dir = {0};
  strbuf_addf(&dir, "%s/newsmark/%.80s-%016llx", base, name,
              (unsigned long long)str_hash(str_of(self->root)));
  self->home = strbuf_detach(&dir);
  self->db = join(self->home, "/index.db");
  self->lock = join(self->home, "/lock");
  free(base);
}

bool folder_find(Folder *self, const char *path, Error *err)
{
  *self = (Folder){0};
  char real[PATH_MAX];
  struct stat info;
  if (!realpath(path, real) || stat(real, &info) != 0)
    return error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path, strerror(errno));
  if (!S_ISDIR(info.st_mode)) return error_set(err, ERR_USAGE, "%s: not a folder", path);
  if (!strcmp(real, "/") || holds_home(real)) // "/" holds no home where HOME is not set
    return error_set(err, ERR_STATE,
                     "%s: a home folder or the whole disk is not indexed; name a folder of articles", path);
  self->root = xstrdup(real);
  set_home(self);
  return true;
}

void folder_release(Folder *self)
{
  free(self->root);
  free(self->home);
  free(self->db);
  free(self->lock);
  *self = (Folder){0};
}

bool folder_make_home(const Folder *self, Error *err)
{
  char *path = xstrdup(self->home);
  bool ok = true;
  for (char *at = path + 1; ok && at;) {
    at = strchr(at, '/');
    if (at) *at = '\0';
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
      ok = error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (at) *at++ = '/';
  }
  free(path);
  return ok;
}

bool folder_is_marked(const char *root)
{
  struct stat info;
  char *settings = join(root, "/.newsmark.toml"), *kept = join(root, "/.newsmark");
  bool marked = (stat(settings, &info) == 0 && S_ISREG(info.st_mode)) ||
                (stat(kept, &info) == 0 && S_ISDIR(info.st_mode));
  free(settings);
  free(kept);
  return marked;
}

char *folder_marked_above(const char *path)
{
  char *at = xstrdup(path);
  while (*at) {
    Folder folder = {0};
    bool found = folder_is_marked(at) && folder_find(&folder, at, NULL);
    folder_release(&folder);
    if (found) return at;
    char *slash = strrchr(at, '/');
    *(slash ? slash : at) = '\0';
  }
  free(at);
  return NULL;
}

int folder_lock(const Folder *self, Error *err)
{
  int fd = open(self->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    error_set(err, ERR_IO, "%s: %s", self->lock, strerror(errno));
    return -1;
  }
  char text[32] = "";
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    int why = errno;
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    if (got > 0) text[got] = '\0';
    if (why == EWOULDBLOCK)
      error_set(err, ERR_STATE, "another newsmark (process %d) writes this index",
                (int)strtol(text, NULL, 10));
    else
      error_set(err, ERR_IO, "%s: %s", self->lock, strerror(why));
    close(fd);
    return -1;
  }
  int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) { // the number is for messages only
  }
  return fd;
}

void folder_unlock(int lock)
{
  if (lock >= 0) close(lock);
}
