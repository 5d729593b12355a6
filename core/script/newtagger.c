// The start is host/template.lua with the tagger's name in place of "mytagger".
#define _XOPEN_SOURCE 700 // realpath
#include "script/newtagger.h"

#include "base/alloc.h"
#include "base/json.h"
#include "config/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPLATE_MAX ((size_t)1 << 16)
#define PLACEHOLDER "mytagger"
#define NAME_MAX_LEN 40

static bool is_name(const char *name)
{
  size_t len = strlen(name), good = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
  return len && len == good && len <= NAME_MAX_LEN && name[0] >= 'a' && name[0] <= 'z';
}

static void make_folders(const char *path)
{
  char *at = xstrdup(path);
  for (char *slash = at + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = '\0';
    mkdir(at, 0777);
    *slash = '/';
  }
  mkdir(at, 0777);
  free(at);
}

// Never over a file that is there.
static bool write_new(const char *path, Str text, Error *err)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0)
    return error_set(err, errno == EEXIST ? ERR_STATE : ERR_IO, "%s: %s", path,
                     errno == EEXIST ? "is there already" : strerror(errno));
  FILE *file = fdopen(fd, "w");
  bool ok = file && fwrite(text.ptr, 1, text.len, file) == text.len;
  if (file) ok = fclose(file) == 0 && ok;
  return ok || error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

static bool read_template(const char *data_dir, const char *name, StrBuf *out, Error *err)
{
  char *path = path_join(data_dir, "host/template.lua");
  StrBuf text = {0};
  bool ok = file_read(path, TEMPLATE_MAX, &text, err);
  for (Str rest = strbuf_str(&text); rest.len;) {
    const char *at = strstr(rest.ptr, PLACEHOLDER);
    size_t len = at ? (size_t)(at - rest.ptr) : rest.len;
    strbuf_add(out, str_slice(rest, 0, len));
    if (at) strbuf_add(out, str_of(name));
    rest = str_slice(rest, at ? len + strlen(PLACEHOLDER) : len, rest.len);
  }
  strbuf_release(&text);
  free(path);
  return ok;
}

// What LuaLS reads: where the stubs are, and which libraries a tagger does without.
static bool write_luarc(const char *data_dir, const char *dir, Error *err)
{
  static const char *const gone[] = {"debug", "io",  "os",  "package",    "bit",
                                     "bit32", "ffi", "jit", "table.clear"};
  char *path = path_join(dir, ".luarc.json"), *host = path_join(data_dir, "host");
  char *real = realpath(host, NULL);
  StrBuf text = {0};
  strbuf_add(&text, STR("{\n  \"runtime.version\": \"Lua 5.4\",\n  \"workspace.library\": ["));
  json_write_str(&text, str_of(real ? real : host));
  strbuf_add(&text, STR("],\n  \"workspace.checkThirdParty\": false,\n  \"runtime.builtin\": {"));
  for (size_t i = 0; i < ARRAY_LEN(gone); i++)
    strbuf_addf(&text, "%s\"%s\": \"disable\"", i ? ", " : " ", gone[i]);
  strbuf_add(&text, STR(" }\n}\n"));
  bool ok = path_exists(path) || write_new(path, strbuf_str(&text), err);
  strbuf_release(&text);
  free(real);
  free(host);
  free(path);
  return ok;
}

char *newtagger_write(const char *data_dir, const char *dir, const char *name, Error *err)
{
  StrBuf text = {0}, file = {0};
  if (!is_name(name)) {
    error_set(err, ERR_USAGE, "'%s' is no name for a tagger; use small letters, digits, - and _", name);
    return NULL;
  }
  make_folders(dir);
  strbuf_addf(&file, "%s.lua", name);
  char *path = path_join(dir, file.ptr);
  bool ok = read_template(data_dir, name, &text, err) && write_new(path, strbuf_str(&text), err) &&
            write_luarc(data_dir, dir, err);
  strbuf_release(&text);
  strbuf_release(&file);
  if (ok) return path;
  free(path);
  return NULL;
}
