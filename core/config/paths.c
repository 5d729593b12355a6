#include "config/paths.h"

#include "base/alloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXE_MAX 4096

char *path_join(const char *dir, const char *name)
{
  StrBuf out = {0};
  strbuf_add(&out, str_of(dir));
  if (out.len && out.ptr[out.len - 1] != '/') strbuf_byte(&out, '/');
  strbuf_add(&out, str_of(name));
  return strbuf_detach(&out);
}

char *path_dir(const char *path)
{
  const char *slash = strrchr(path, '/');
  if (!slash) return xstrdup(".");
  if (slash == path) return xstrdup("/");
  return str_dup((Str){path, (size_t)(slash - path)});
}

bool path_within(const char *path, const char *root)
{
  size_t len = strlen(root);
  return !strncmp(path, root, len) && (!path[len] || path[len] == '/' || (len && root[len - 1] == '/'));
}

bool path_exists(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0;
}

static char *exe_path(void)
{
  char buf[EXE_MAX];
  ssize_t len = readlink("/proc/self/exe", buf, sizeof buf);
  return len > 0 && (size_t)len < sizeof buf ? str_dup((Str){buf, (size_t)len}) : xstrdup("newsmark");
}

static char *find_data_dir(const char *exe)
{
  const char *given = getenv("NEWSMARK_DATA");
  if (given && *given) return xstrdup(given);
  char *own = exe ? NULL : exe_path();
  char *bin = path_dir(exe ? exe : own);
  char *beside = path_join(bin, "share/newsmark");
  char *above = path_join(bin, "../share/newsmark");
  bool use_beside = path_exists(beside);
  free(own);
  free(bin);
  free(use_beside ? above : beside);
  return use_beside ? beside : above;
}

// The XDG base directory specification: a relative path is to be ignored.
static char *find_xdg(const char *variable, const char *under_home)
{
  const char *base = getenv(variable);
  if (base && *base == '/') return path_join(base, "newsmark");
  const char *home = getenv("HOME");
  if (!home || *home != '/') return NULL;
  char *dir = path_join(home, under_home);
  char *own = path_join(dir, "newsmark");
  free(dir);
  return own;
}

void paths_init(Paths *self, const char *exe)
{
  self->data_dir = find_data_dir(exe);
  self->config_dir = find_xdg("XDG_CONFIG_HOME", ".config");
  self->cache_dir = find_xdg("XDG_CACHE_HOME", ".cache");
  self->state_dir = find_xdg("XDG_STATE_HOME", ".local/state");
}

void paths_release(Paths *self)
{
  free(self->data_dir);
  free(self->config_dir);
  free(self->cache_dir);
  free(self->state_dir);
  *self = (Paths){0};
}

static bool read_all(FILE *file, const char *path, size_t max, StrBuf *out, Error *err)
{
  size_t begin = out->len, got;
  do {
    char *to = strbuf_grow(out, 1 << 16);
    got = fread(to, 1, 1 << 16, file);
    out->len += got;
    if (out->len - begin > max) return error_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, max);
  } while (got > 0);
  return !ferror(file) || error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

bool file_read(const char *path, size_t max, StrBuf *out, Error *err)
{
  struct stat info; // before opening: a pipe would hold us
  if (stat(path, &info) != 0)
    return error_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path,
                     strerror(errno));
  if (!S_ISREG(info.st_mode)) return error_set(err, ERR_IO, "%s: not a regular file", path);
  FILE *file = fopen(path, "rb");
  if (!file) return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
  bool ok = read_all(file, path, max, out, err);
  fclose(file);
  return ok;
}
