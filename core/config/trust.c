#include "config/trust.h"

#include "base/sha256.h"
#include "config/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_MAX ((size_t)1 << 20)
#define HASH_LEN (SHA256_HEX - 1)

// The hash of a line "<hash>  <path>", and its path; false where it is no such line.
static bool read_line(Str line, Str *hash, Str *path)
{
  if (line.len < HASH_LEN + 3 || line.ptr[HASH_LEN] != ' ' || line.ptr[HASH_LEN + 1] != ' ') return false;
  *hash = str_slice(line, 0, HASH_LEN);
  *path = str_slice(line, HASH_LEN + 2, line.len);
  return true;
}

TrustState trust_of(const char *list, const char *path, Str bytes)
{
  StrBuf text = {0};
  char hash[SHA256_HEX];
  TrustState state = TRUST_NONE;
  sha256_hex(bytes, hash);
  if (list && file_read(list, LIST_MAX, &text, NULL)) {
    for (Str rest = strbuf_str(&text), had, whose; rest.len && state == TRUST_NONE;)
      if (read_line(str_cut(&rest, '\n'), &had, &whose) && str_is(whose, path))
        state = str_is(had, hash) ? TRUST_YES : TRUST_OLD;
  }
  strbuf_release(&text);
  return state;
}

// Make the folder of `path`, and those above it, readable by the user alone.
static void make_folders(const char *path)
{
  char *folder = path_dir(path);
  for (char *slash = folder + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = '\0';
    mkdir(folder, 0700);
    *slash = '/';
  }
  mkdir(folder, 0700);
  free(folder);
}

static bool write_all(int fd, Str text)
{
  while (text.len) {
    ssize_t wrote = write(fd, text.ptr, text.len);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    text.ptr += wrote;
    text.len -= (size_t)wrote;
  }
  return true;
}

static bool replace_file(const char *path, Str text, Error *err)
{
  StrBuf temporary = {0};
  strbuf_addf(&temporary, "%s.XXXXXX", path);
  make_folders(path);
  int fd = mkstemp(temporary.ptr);
  bool ok = fd >= 0 && write_all(fd, text) && fsync(fd) == 0;
  if (fd >= 0) ok = close(fd) == 0 && ok;
  ok = ok && rename(temporary.ptr, path) == 0;
  if (!ok) error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
  if (!ok && fd >= 0) unlink(temporary.ptr);
  strbuf_release(&temporary);
  return ok;
}

// Write the list anew without `path`, and with `line` (may be empty) at its end.
static bool change(const char *list, const char *path, Str line, Error *err)
{
  StrBuf text = {0}, fresh = {0};
  if (!list) return error_set(err, ERR_IO, "there is no place to keep what is trusted: HOME is not set");
  if (path_exists(list) && !file_read(list, LIST_MAX, &text, err)) return false;
  for (Str rest = strbuf_str(&text), had, whose; rest.len;) {
    Str old = str_cut(&rest, '\n');
    if (!read_line(old, &had, &whose) || str_is(whose, path)) continue;
    strbuf_add(&fresh, old);
    strbuf_byte(&fresh, '\n');
  }
  strbuf_add(&fresh, line);
  bool ok = str_eq(strbuf_str(&fresh), strbuf_str(&text)) || replace_file(list, strbuf_str(&fresh), err);
  strbuf_release(&text);
  strbuf_release(&fresh);
  return ok;
}

bool trust_add(const char *list, const char *path, Str bytes, Error *err)
{
  char hash[SHA256_HEX];
  StrBuf line = {0};
  if (strpbrk(path, "\n\\"))
    return error_set(err, ERR_USAGE, "a script whose path has a line break or \\ in it cannot be trusted");
  sha256_hex(bytes, hash);
  strbuf_addf(&line, "%s  %s\n", hash, path);
  bool ok = change(list, path, strbuf_str(&line), err);
  strbuf_release(&line);
  return ok;
}

bool trust_remove(const char *list, const char *path, Error *err)
{
  return change(list, path, (Str){0}, err);
}
