// A pattern with a slash before its end is anchored to its folder and matched name by name; one without is
// matched against the last name alone. Both levels (`**` over names, `*` inside a name) remember only the
// last star they passed: that is enough, as a star that could take more never helps an earlier one, and it
// keeps the cost at pattern × path.
#include "index/ignore.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <stdlib.h>

typedef struct Rule {
  Str pattern; // in Ignore.text, without `!` and the slashes at both ends
  bool negated, dir_only, anchored;
} Rule;

struct Ignore {
  const Ignore *above;
  char *base, *text;
  size_t base_len;
  VEC_OF(Rule) rules;
};

// --- one name ---

static bool in_class(Str name, unsigned char c)
{
  bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
  bool graph = c > 0x20 && c < 0x7F;
  if (str_is(name, "alnum")) return lower || upper || digit;
  if (str_is(name, "alpha")) return lower || upper;
  if (str_is(name, "digit")) return digit;
  if (str_is(name, "lower")) return lower;
  if (str_is(name, "upper")) return upper;
  if (str_is(name, "space")) return c == ' ' || (c >= '\t' && c <= '\r');
  if (str_is(name, "punct")) return graph && !lower && !upper && !digit;
  if (str_is(name, "xdigit")) return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  return false;
}

// The end of "[:name:]" at `at`, or 0.
static size_t class_end(Str p, size_t at)
{
  if (at + 1 >= p.len || p.ptr[at + 1] != ':') return 0;
  for (size_t i = at + 2; i + 1 < p.len; i++)
    if (p.ptr[i] == ':' && p.ptr[i + 1] == ']') return i + 2;
  return 0;
}

static unsigned char set_byte(Str p, size_t *at)
{
  if (p.ptr[*at] == '\\' && *at + 1 < p.len) ++*at;
  return (unsigned char)p.ptr[(*at)++];
}

// Whether `c` is in the set that begins at p[*at] == '['; *at moves behind it. A set without end matches
// nothing.
static bool set_match(Str p, size_t *at, unsigned char c)
{
  size_t i = *at + 1;
  bool negated = i < p.len && (p.ptr[i] == '!' || p.ptr[i] == '^'), hit = false;
  if (negated) i++;
  for (size_t first = i; i < p.len && (p.ptr[i] != ']' || i == first);) {
    size_t end = p.ptr[i] == '[' ? class_end(p, i) : 0;
    if (end) {
      hit |= in_class(str_slice(p, i + 2, end - 2), c);
      i = end;
      continue;
    }
    unsigned char low = set_byte(p, &i), high = low;
    if (i + 1 < p.len && p.ptr[i] == '-' && p.ptr[i + 1] != ']') {
      i++;
      high = set_byte(p, &i);
    }
    hit |= c >= low && c <= high;
  }
  bool closed = i < p.len;
  *at = closed ? i + 1 : p.len;
  return closed && hit != negated;
}

// Whether the one character of the pattern at *p (not a star) takes byte `c`; *p moves behind it.
static bool one_match(Str pattern, size_t *p, unsigned char c)
{
  char want = pattern.ptr[*p];
  if (want == '[') return set_match(pattern, p, c);
  if (want == '\\' && *p + 1 < pattern.len)
    want = pattern.ptr[++*p];
  else if (want == '?')
    want = (char)c;
  ++*p;
  return (unsigned char)want == c;
}

static bool name_match(Str pattern, Str name)
{
  size_t p = 0, n = 0, star = SIZE_MAX, taken = 0;
  while (n < name.len) {
    if (p < pattern.len && pattern.ptr[p] == '*') {
      star = ++p;
      taken = n;
      continue;
    }
    size_t next = p;
    if (p < pattern.len && one_match(pattern, &next, (unsigned char)name.ptr[n])) {
      p = next;
      n++;
      continue;
    }
    if (star == SIZE_MAX) return false;
    p = star;
    n = ++taken;
  }
  while (p < pattern.len && pattern.ptr[p] == '*') p++;
  return p == pattern.len;
}

// --- a path ---

bool ignore_glob(Str pattern, Str path)
{
  Str after = {0}, retry = {0}; // behind the last `**`, and what it left of the path
  bool starred = false;
  while (path.len) {
    Str rest = pattern, tail = path;
    Str want = str_cut(&rest, '/'), name = str_cut(&tail, '/');
    if (pattern.len && str_is(want, "**")) {
      if (!rest.len) return true; // at the end: everything inside
      starred = true;
      after = pattern = rest;
      retry = path;
      continue;
    }
    if (pattern.len && name_match(want, name)) {
      pattern = rest;
      path = tail;
      continue;
    }
    if (!starred) return false;
    str_cut(&retry, '/');
    path = retry;
    pattern = after;
  }
  return !pattern.len;
}

// --- lists ---

static Str trim_end(Str line)
{
  if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
  while (line.len && line.ptr[line.len - 1] == ' ' && !(line.len > 1 && line.ptr[line.len - 2] == '\\'))
    line.len--;
  return line;
}

static void add_rule(Ignore *self, Str line)
{
  line = trim_end(line);
  if (!line.len || line.ptr[0] == '#') return;
  Rule rule = {0};
  if (line.ptr[0] == '!') {
    rule.negated = true;
    line = str_slice(line, 1, line.len);
  }
  if (line.len && line.ptr[line.len - 1] == '/') {
    rule.dir_only = true;
    line.len--;
  }
  rule.anchored = line.len && memchr(line.ptr, '/', line.len);
  if (line.len && line.ptr[0] == '/') line = str_slice(line, 1, line.len);
  rule.pattern = line;
  if (line.len) vec_push(&self->rules, rule);
}

Ignore *ignore_new(const Ignore *above, Str base, Str text)
{
  Ignore *self = xcalloc(1, sizeof *self);
  self->above = above;
  self->base = str_dup(base);
  self->base_len = base.len;
  self->text = str_dup(text);
  Str rest = {self->text, text.len};
  if (str_starts(rest, STR("\xEF\xBB\xBF"))) rest = str_slice(rest, 3, rest.len);
  while (rest.len) add_rule(self, str_cut(&rest, '\n'));
  return self;
}

void ignore_free(Ignore *self)
{
  if (!self) return;
  vec_release(&self->rules);
  free(self->base);
  free(self->text);
  free(self);
}

static bool rule_match(const Rule *rule, Str path, bool is_dir)
{
  if (rule->dir_only && !is_dir) return false;
  if (rule->anchored) return ignore_glob(rule->pattern, path);
  size_t name = path.len;
  while (name && path.ptr[name - 1] != '/') name--;
  return name_match(rule->pattern, str_slice(path, name, path.len));
}

bool ignore_match(const Ignore *self, Str path, bool is_dir)
{
  for (; self; self = self->above) {
    if (path.len <= self->base_len) continue;
    Str inside = str_slice(path, self->base_len, path.len);
    for (size_t i = self->rules.len; i-- > 0;)
      if (rule_match(&self->rules.items[i], inside, is_dir)) return !self->rules.items[i].negated;
  }
  return false;
}
