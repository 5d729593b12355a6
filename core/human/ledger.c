// The lock is flock(2) on the file itself. As the file is replaced by each write, a lock may turn out to be
// on a file that is no longer the one of that name: then it is taken again. A file that is to be locked first
// is made empty. The new file is written beside the old one, flushed, and renamed over it; what a killed
// process left of its own is overwritten by the next.
//
// A folder may come from a stranger, with links in it that lead anywhere. Such a file is read, but never
// written: what newsmark writes stays below the folder that the marks belong to.
//
// What is in memory is what the file was when it was last read or written, so a file that is still the same
// by size, time and inode need not be read.
#define _GNU_SOURCE // flock, realpath
#include "human/ledger.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/map.h"
#include "config/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Stamp {
  int64_t mtime_ns, ctime_ns;
  uint64_t size, inode;
} Stamp;

typedef struct Records { // a text of records, parsed
  LedgerLines lines;     // each id is a block of the heap, and each text, with the time behind it
  Map by_id;
  bool untidy; // unsorted, doubled, or with marks of a conflict: to be written anew
} Records;

struct Ledger {
  char *path, *root; // root: the file is written only below it; NULL: nowhere
  Records records;
  Stamp stamp; // of the file that `records` are
  bool known;
  Arena news; // of vanished lines
};

Ledger *ledger_new(const char *path, const char *root)
{
  Ledger *self = xcalloc(1, sizeof *self);
  char *real = realpath(path, NULL); // a link stays one
  self->path = real ? real : xstrdup(path);
  self->root = root ? realpath(root, NULL) : NULL;
  return self;
}

static void line_release(LedgerLine *line)
{
  free((void *)(uintptr_t)line->text.ptr);
  free((void *)(uintptr_t)line->id.ptr);
}

static void records_release(Records *self)
{
  for (size_t i = 0; i < self->lines.len; i++) line_release(&self->lines.items[i]);
  vec_release(&self->lines);
  map_release(&self->by_id);
  *self = (Records){0};
}

void ledger_free(Ledger *self)
{
  if (!self) return;
  records_release(&self->records);
  arena_release(&self->news);
  free(self->path);
  free(self->root);
  free(self);
}

const char *ledger_path(const Ledger *self)
{
  return self->path;
}

const LedgerLines *ledger_lines(const Ledger *self)
{
  return &self->records.lines;
}

// --- lines

static int line_order(const void *left, const void *right)
{
  const LedgerLine *a = left, *b = right;
  if (!a->id.len || !b->id.len)
    return !a->id.len && !b->id.len ? str_cmp(a->text, b->text) : a->id.len ? -1 : 1;
  if (a->has_place != b->has_place) return a->has_place ? 1 : -1;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  return str_cmp(a->id, b->id);
}

static LedgerLine line_new(Str text)
{
  cJSON *root = json_parse(text, NULL);
  Str id = json_get_str(root, "id"), gone = json_get_str(root, "gone");
  Str time = gone.len ? gone : json_get_str(root, "time");
  int64_t start = json_get_integer(root, "start", -1);
  char *own = xmalloc(text.len + time.len + 1);
  memcpy(own, text.ptr, text.len);
  if (time.len) memcpy(own + text.len, time.ptr, time.len);
  LedgerLine line = {.id = {str_dup(id), id.len},
                     .time = {own + text.len, time.len},
                     .has_place = start >= 0,
                     .start = start > 0 ? (size_t)start : 0,
                     .text = {own, text.len}};
  cJSON_Delete(root);
  return line;
}

static void index_lines(Records *self)
{
  map_reset(&self->by_id);
  for (size_t i = 0; i < self->lines.len; i++)
    if (self->lines.items[i].id.len) map_put(&self->by_id, self->lines.items[i].id, i);
}

static LedgerLine *find_line(const Records *self, Str id)
{
  uint64_t at;
  return id.len && map_get(&self->by_id, id, &at) ? &self->lines.items[at] : NULL;
}

static bool has_text(const Records *self, Str text)
{
  for (size_t i = 0; i < self->lines.len; i++)
    if (!self->lines.items[i].id.len && str_eq(self->lines.items[i].text, text)) return true;
  return false;
}

// Whether `a` holds against `b`, of the same id: the later one; of two made at once, every process takes the
// same.
static bool holds(const LedgerLine *a, const LedgerLine *b)
{
  int order = str_cmp(a->time, b->time);
  return order ? order > 0 : str_cmp(a->text, b->text) >= 0;
}

// Put `line`, which is taken, in the place of its id's, or at the end. False: it is an older one, or nothing
// new.
static bool put_line(Records *self, LedgerLine line)
{
  LedgerLine *old = find_line(self, line.id);
  bool nothing =
      old ? !holds(&line, old) || str_eq(line.text, old->text) : !line.id.len && has_text(self, line.text);
  if (nothing) {
    line_release(&line);
    return false;
  }
  if (old) {
    Str key = old->id; // the map's: it stays
    old->id = line.id;
    line.id = key;
    line_release(old);
    *old = line;
    return true;
  }
  vec_push(&self->lines, line);
  if (line.id.len) map_put(&self->by_id, line.id, self->lines.len - 1);
  return true;
}

static bool is_conflict_mark(Str line)
{
  return str_starts(line, STR("<<<<<<<")) || str_starts(line, STR(">>>>>>>")) ||
         str_starts(line, STR("|||||||")) || str_eq(line, STR("======="));
}

// Append the lines of `text`, unsorted; records of one id become one.
static void parse_lines(Records *self, Str text)
{
  while (text.len) {
    Str bytes = str_cut(&text, '\n');
    if (bytes.len && bytes.ptr[bytes.len - 1] == '\r') bytes.len--;
    if (!str_trim(bytes).len) continue;
    if (is_conflict_mark(bytes)) {
      self->untidy = true;
      continue;
    }
    LedgerLine line = line_new(bytes);
    if (find_line(self, line.id)) self->untidy = true;
    if (!put_line(self, line)) self->untidy = true;
  }
}

static void sort_lines(Records *self)
{
  bool sorted = true;
  for (size_t i = 1; i < self->lines.len && sorted; i++)
    sorted = line_order(&self->lines.items[i - 1], &self->lines.items[i]) <= 0;
  if (sorted) return;
  self->untidy = true;
  qsort(self->lines.items, self->lines.len, sizeof *self->lines.items, line_order);
  index_lines(self);
}

static void write_lines(StrBuf *out, const Records *self)
{
  size_t total = 1;
  for (size_t i = 0; i < self->lines.len; i++) total += self->lines.items[i].text.len + 1;
  strbuf_grow(out, total);
  for (size_t i = 0; i < self->lines.len; i++) {
    strbuf_add(out, self->lines.items[i].text);
    strbuf_byte(out, '\n');
  }
}

void ledger_merge(const Str *texts, size_t count, StrBuf *out)
{
  Records all = {0};
  for (size_t i = 0; i < count; i++) parse_lines(&all, texts[i]);
  sort_lines(&all);
  write_lines(out, &all);
  records_release(&all);
}

// --- the file

static Stamp stamp_of(const struct stat *info)
{
  return (Stamp){(int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec,
                 (int64_t)info->st_ctim.tv_sec * 1000000000 + info->st_ctim.tv_nsec, (uint64_t)info->st_size,
                 (uint64_t)info->st_ino};
}

static bool same_stamp(const Stamp *a, const Stamp *b)
{
  return a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns && a->size == b->size &&
         a->inode == b->inode;
}

static bool no_file(const char *path, const char *what, Error *err)
{
  return error_set(err, ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

static bool read_fd(int fd, const char *path, StrBuf *out, Error *err)
{
  if (lseek(fd, 0, SEEK_SET) != 0) return no_file(path, "cannot be read", err);
  for (;;) {
    ssize_t got = read(fd, strbuf_grow(out, 1 << 16), 1 << 16);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return no_file(path, "cannot be read", err);
    if (got == 0) return true;
    out->len += (size_t)got;
    if (out->len > LEDGER_BYTES_MAX)
      return error_set(err, ERR_LIMIT, "%s: larger than %d MB", path, LEDGER_BYTES_MAX >> 20);
  }
}

// What is other in `fresh` than in what we have; then `fresh`, which is taken, is what we have.
static void replace_records(Ledger *self, Records *fresh, LedgerTexts *news)
{
  for (size_t i = 0; i < fresh->lines.len; i++) {
    const LedgerLine *line = &fresh->lines.items[i], *old = find_line(&self->records, line->id);
    if (line->id.len && (!old || !str_eq(old->text, line->text))) vec_push(news, line->text);
  }
  for (size_t i = 0; i < self->records.lines.len; i++) {
    const LedgerLine *old = &self->records.lines.items[i];
    if (!old->id.len || find_line(fresh, old->id)) continue;
    StrBuf gone = {0}; // taken out by hand, or by git: as if it had a tombstone
    strbuf_byte(&gone, '{');
    json_write_member(&gone, "id", old->id);
    json_write_member(&gone, "gone", old->time);
    strbuf_byte(&gone, '}');
    vec_push(news, arena_dup(&self->news, strbuf_str(&gone)));
    strbuf_release(&gone);
  }
  records_release(&self->records);
  self->records = *fresh;
}

// Read the open file, unless it is the one that we know.
static bool read_open(Ledger *self, int fd, LedgerTexts *news, Error *err)
{
  struct stat info;
  if (fstat(fd, &info) != 0) return no_file(self->path, "cannot be read", err);
  if (!S_ISREG(info.st_mode)) return error_set(err, ERR_IO, "%s: not a regular file", self->path);
  Stamp stamp = stamp_of(&info);
  if (self->known && same_stamp(&stamp, &self->stamp)) return true;
  StrBuf bytes = {0};
  bool ok = read_fd(fd, self->path, &bytes, err);
  if (ok) {
    Records fresh = {0};
    parse_lines(&fresh, strbuf_str(&bytes));
    sort_lines(&fresh);
    replace_records(self, &fresh, news);
    self->stamp = stamp;
    self->known = true;
  }
  strbuf_release(&bytes);
  return ok;
}

bool ledger_read(Ledger *self, LedgerTexts *news, Error *err)
{
  arena_reset(&self->news);
  int fd = open(self->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); // a pipe without a writer does not hold us
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    Records none = {0};
    replace_records(self, &none, news);
    self->known = false;
    return true;
  }
  if (fd < 0) return no_file(self->path, "cannot be opened", err);
  bool ok = read_open(self, fd, news, err);
  close(fd);
  return ok;
}

// The file, opened and locked; -1 with *err.
static int open_locked(const char *path, Error *err)
{
  for (;;) {
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    struct stat ours, named;
    if (fd < 0) {
      no_file(path, "cannot be written", err);
      return -1;
    }
    while (flock(fd, LOCK_EX) != 0)
      if (errno != EINTR) {
        no_file(path, "cannot be locked", err);
        close(fd);
        return -1;
      }
    if (fstat(fd, &ours) == 0 && stat(path, &named) == 0 && ours.st_ino == named.st_ino &&
        ours.st_dev == named.st_dev)
      return fd;
    close(fd); // replaced while we waited
  }
}

static bool write_all(int fd, Str bytes)
{
  while (bytes.len) {
    ssize_t done = write(fd, bytes.ptr, bytes.len);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    bytes = str_slice(bytes, (size_t)done, bytes.len);
  }
  return true;
}

static void flush_folder(const char *path)
{
  char *folder = path_dir(path);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    fsync(fd); // where it fails the rename may be lost with the power, never the file
    close(fd);
  }
  free(folder);
}

// Put `bytes` in the place of the file whose lock is `lock`.
static bool replace_file(Ledger *self, int lock, Str bytes, Error *err)
{
  StrBuf fresh = {0};
  struct stat info;
  strbuf_addf(&fresh, "%s.new", self->path);
  int fd = open(fresh.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  bool ok = fd >= 0 && fstat(lock, &info) == 0 && fchmod(fd, info.st_mode & 0777) == 0 &&
            write_all(fd, bytes) && fsync(fd) == 0;
  if (ok) ok = flock(fd, LOCK_EX | LOCK_NB) == 0; // who comes next waits for us, not only for the old file
  if (ok) ok = rename(fresh.ptr, self->path) == 0;
  if (!ok) no_file(self->path, "cannot be written", err);
  if (ok && fstat(fd, &info) == 0) self->stamp = stamp_of(&info);
  if (ok) flush_folder(self->path);
  if (!ok && fd >= 0) unlink(fresh.ptr);
  if (fd >= 0) close(fd);
  strbuf_release(&fresh);
  return ok;
}

static bool make_folders(const char *path, Error *err)
{
  char *folder = path_dir(path);
  bool ok = true;
  int refused = 0; // what is there may be closed: what is not there yet tells
  for (char *at = folder; ok && at;) {
    at = strchr(at + 1, '/');
    if (at) *at = '\0';
    int failed = mkdir(folder, 0777) == 0 ? 0 : errno;
    if (failed == EROFS || failed == EACCES) refused = failed;
    ok = !failed || failed == EEXIST || failed == refused;
    errno = failed == ENOENT && refused ? refused : failed;
    if (at) *at = '/';
  }
  if (!ok) no_file(folder, "cannot be made", err);
  free(folder);
  return ok;
}

// Whether the file, or the nearest folder above it that exists, is really below the root.
static bool lies_below_root(const Ledger *self)
{
  char *at = xstrdup(self->path), *real;
  while (!(real = realpath(at, NULL)) && strcmp(at, "/") != 0 && strcmp(at, ".") != 0) {
    char *above = path_dir(at);
    free(at);
    at = above;
  }
  bool below = real && self->root && path_within(real, self->root);
  free(real);
  free(at);
  return below;
}

bool ledger_put(Ledger *self, const Str *puts, size_t count, LedgerTexts *news, Error *err)
{
  arena_reset(&self->news);
  if (!lies_below_root(self))
    return error_set(err, ERR_IO, "%s: a link leads out of the folder: nothing is written there", self->path);
  if (!make_folders(self->path, err)) return false;
  int lock = open_locked(self->path, err);
  if (lock < 0) return false;
  bool ok = read_open(self, lock, news, err), changed = ok && self->records.untidy;
  for (size_t i = 0; ok && i < count; i++) {
    LedgerLine line = line_new(puts[i]);
    const LedgerLine *old = find_line(&self->records, line.id);
    if (old && !holds(&line, old)) vec_push(news, old->text);
    changed |= put_line(&self->records, line);
  }
  if (changed) {
    StrBuf bytes = {0};
    sort_lines(&self->records);
    write_lines(&bytes, &self->records);
    ok = replace_file(self, lock, strbuf_str(&bytes), err);
    self->records.untidy = false;
    strbuf_release(&bytes);
  }
  if (!ok) { // what is in memory is not what is in the file: all of it is read again
    records_release(&self->records);
    self->known = false;
  }
  close(lock);
  return ok;
}
