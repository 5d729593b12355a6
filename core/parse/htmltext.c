// One pass from '<' to '<'. What lies in script, style, head and their like is markup as well, up to the end
// tag of the same name. Offsets stay because a tag of n bytes becomes n bytes of white space: line ends where
// a block begins or ends, else spaces.
#include "parse/htmltext.h"
#include "parse/prose_p.h"

#include "base/alloc.h"
#include "base/table.h"
#include "base/utf8.h"

typedef struct Reader {
  Str html;
  char *out;
  size_t at;
  HtmlFacts *facts;
} Reader;

static bool is_space(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}
static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static bool is_letter(char c)
{
  return lower(c) >= 'a' && lower(c) <= 'z';
}

// Whether `text` begins with `word` (lower case), in any case.
static bool begins(Str text, const char *word)
{
  size_t len = strlen(word);
  if (text.len < len) return false;
  for (size_t i = 0; i < len; i++)
    if (lower(text.ptr[i]) != word[i]) return false;
  return true;
}

static bool one_of(Str name, const char *const *names, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (strlen(names[i]) == name.len && begins(name, names[i])) return true;
  return false;
}

bool htmltext_is_block(Str name)
{
  static const char *const blocks[] = {
      "p",          "div",   "br", "h1",      "h2",      "h3",     "h4",      "h5",     "h6",
      "li",         "ul",    "ol", "article", "section", "header", "footer",  "figure", "figcaption",
      "blockquote", "table", "tr", "td",      "th",      "body",   "main",    "aside",  "nav",
      "hr",         "pre",   "dl", "dt",      "dd",      "form",   "address", "time",   "html"};
  return one_of(name, blocks, ARRAY_LEN(blocks));
}

bool htmltext_is_hidden(Str name)
{
  static const char *const hidden[] = {"script", "style",  "head",     "template", "noscript", "svg",
                                       "iframe", "select", "textarea", "nav",      "button"};
  return one_of(name, hidden, ARRAY_LEN(hidden));
}

// --- tags ---

// The end of the tag at `at` ('<'): behind its '>', which attributes may hide in quotes. The text's end where
// it never ends.
static size_t tag_end(Str html, size_t at)
{
  char quote = 0;
  for (size_t i = at + 1; i < html.len; i++) {
    char c = html.ptr[i];
    if (quote)
      quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      return i + 1;
  }
  const char *close = memchr(html.ptr + at, '>', html.len - at); // a quote that never ends is none
  return close ? (size_t)(close - html.ptr) + 1 : html.len;
}

// The value of an attribute of `tag` ("<… name=\"value\" …>"); empty where it has none.
static Str attribute(Str tag, const char *name)
{
  size_t len = strlen(name);
  for (size_t i = 1; i + len + 2 < tag.len; i++) {
    if (!is_space(tag.ptr[i - 1]) || !begins(str_slice(tag, i, tag.len), name) || tag.ptr[i + len] != '=')
      continue;
    char quote = tag.ptr[i + len + 1];
    size_t start = i + len + 1 + (quote == '"' || quote == '\''), end = start;
    while (end < tag.len && tag.ptr[end] != '>' &&
           (start == i + len + 1 ? !is_space(tag.ptr[end]) : tag.ptr[end] != quote))
      end++;
    return str_slice(tag, start, end);
  }
  return (Str){0};
}

static bool is_date(Str value)
{
  static const char shape[] = "dddd-dd-dd";
  if (value.len < sizeof shape - 1) return false;
  for (size_t i = 0; i < sizeof shape - 1; i++)
    if (shape[i] == 'd' ? value.ptr[i] < '0' || value.ptr[i] > '9' : value.ptr[i] != shape[i]) return false;
  return true;
}

// Whether a meta tag is about one of these.
static bool is_about(Str tag, const char *const *names, size_t count)
{
  return one_of(attribute(tag, "property"), names, count) || one_of(attribute(tag, "name"), names, count) ||
         one_of(attribute(tag, "itemprop"), names, count);
}

static void read_meta(Reader *self, Str tag)
{
  static const char *const titles[] = {"og:title"};
  static const char *const authors[] = {"author", "article:author", "dc.creator", "byl", "parsely-author"};
  Str content = attribute(tag, "content");
  if (is_about(tag, titles, ARRAY_LEN(titles))) self->facts->title = content;
  bool name = is_about(tag, authors, ARRAY_LEN(authors)) && !begins(content, "http"); // an address is none
  if (name && !self->facts->author.len) self->facts->author = content;
}

static void read_facts(Reader *self, Str name, Str tag)
{
  static const char *const dates[] = {
      "article:published_time", "datepublished",    "date",         "dc.date",
      "dcterms.created",        "parsely-pub-date", "publish-date", "pubdate"};
  if (one_of(name, (const char *const[]){"html"}, 1) && !self->facts->lang.len)
    self->facts->lang = attribute(tag, "lang");
  Str date = {0};
  if (one_of(name, (const char *const[]){"time"}, 1)) date = attribute(tag, "datetime");
  bool meta = one_of(name, (const char *const[]){"meta"}, 1);
  if (meta && is_about(tag, dates, ARRAY_LEN(dates))) date = attribute(tag, "content");
  if (meta) read_meta(self, tag);
  if (is_date(date) && !self->facts->date.len) self->facts->date = str_slice(date, 0, 10);
}

// --- writing ---

static void blank(Reader *self, size_t end, bool block)
{
  block ? prose_part(self->out, self->at, end) : prose_blank(self->out, self->at, end);
  self->at = end;
}

// Behind the end tag of the element `name` whose content begins at `from`; `from` where it has none.
static size_t element_end(Str html, size_t from, Str name)
{
  for (size_t i = from; i + name.len + 2 < html.len; i++) {
    const char *open = memchr(html.ptr + i, '<', html.len - i);
    if (!open) break;
    i = (size_t)(open - html.ptr);
    if (i + 2 + name.len >= html.len || html.ptr[i + 1] != '/') continue;
    bool same = true;
    for (size_t k = 0; same && k < name.len; k++) same = lower(html.ptr[i + 2 + k]) == lower(name.ptr[k]);
    if (same && !is_letter(html.ptr[i + 2 + name.len])) return tag_end(html, i);
  }
  return from;
}

static size_t comment_end(Str html, size_t at)
{
  for (size_t i = at + 4; i + 2 < html.len; i++)
    if (html.ptr[i] == '-' && html.ptr[i + 1] == '-' && html.ptr[i + 2] == '>') return i + 3;
  return html.len;
}

// Facts of the tags inside a head that is skipped: meta, and <title> where no other title is given.
static void read_head(Reader *self, size_t from, size_t end)
{
  Str title = {0};
  for (size_t i = from; i < end; i++) {
    Str rest = str_slice(self->html, i + 1, end);
    bool is_title = begins(rest, "title");
    if (self->html.ptr[i] != '<' || !(is_title || begins(rest, "meta"))) continue;
    size_t stop = tag_end(self->html, i);
    if (is_title && !title.len) {
      const char *close = stop < end ? memchr(self->html.ptr + stop, '<', end - stop) : NULL;
      if (close) title = str_slice(self->html, stop, (size_t)(close - self->html.ptr));
    } else if (!is_title) {
      read_facts(self, STR("meta"), str_slice(self->html, i, stop));
    }
    i = stop - 1;
  }
  if (!self->facts->title.len) self->facts->title = title;
}

static void read_tag(Reader *self, size_t *unclosed)
{
  Str html = self->html;
  if (begins(str_slice(html, self->at, html.len), "<!--")) {
    blank(self, comment_end(html, self->at), false);
    return;
  }
  size_t name_start = self->at + 1 + (self->at + 1 < html.len && html.ptr[self->at + 1] == '/'),
         name_end = name_start;
  bool closing = name_start > self->at + 1;
  while (name_end < html.len &&
         (is_letter(html.ptr[name_end]) || (html.ptr[name_end] >= '0' && html.ptr[name_end] <= '9')))
    name_end++;
  Str name = str_slice(html, name_start, name_end);
  size_t end = tag_end(html, self->at);
  bool block = htmltext_is_block(name);
  if (!closing) read_facts(self, name, str_slice(html, self->at, end));
  if (!closing && htmltext_is_hidden(name) && end > *unclosed) {
    size_t after = element_end(html, end, name);
    if (after == end) *unclosed = html.len; // none of this kind ends: do not look again and again
    if (name.len == 4) read_head(self, end, after);
    end = after;
  }
  blank(self, end, block);
}

// The character that a reference by number stands for ("&#228;", "&#xE4;"); 0: none.
static uint32_t numbered(Str digits)
{
  static const char values[] = "0123456789abcdef";
  uint32_t cp = 0, base = 10;
  if (digits.len && (digits.ptr[0] == 'x' || digits.ptr[0] == 'X'))
    base = 16, digits = str_slice(digits, 1, digits.len);
  for (size_t i = 0; i < digits.len; i++) {
    const char *digit = strchr(values, digits.ptr[i] | 0x20);
    if (digits.ptr[i] < '0' || !digit || (uint32_t)(digit - values) >= base) return 0;
    cp = cp * base + (uint32_t)(digit - values);
    if (cp > 0x10FFFF) return 0;
  }
  return cp;
}

// What a reference stands for, by its name or number; 0: nothing that is read.
static uint32_t referred(Str name)
{
  if (str_starts(name, STR("#"))) {
    uint32_t cp = numbered(str_slice(name, 1, name.len));
    CharClass class = utf8_class(cp);
    bool read = utf8_is_letter(cp) || class == CHAR_SPACE || class == CHAR_PUNCT || utf8_is_soft(cp);
    return read ? cp : 0;
  }
  const Table *references = table_find("references", "");
  size_t row = table_seek(references, name);
  if (row == SIZE_MAX) return 0;
  Str sign = table_cell(references, row, 1);
  uint32_t cp;
  utf8_decode(sign.ptr, sign.ptr + sign.len, &cp);
  return cp;
}

// Whether the words on both sides stand close to it: a letter, a quotation mark, an apostrophe.
static bool stands_close(uint32_t cp)
{
  enum { SINGLE_OPENING = 0x2018, LAST_OF_MARKS = 0x201F, LEFT_ANGLE = 0x2039, RIGHT_ANGLE = 0x203A };
  bool mark = (cp >= SINGLE_OPENING && cp <= LAST_OF_MARKS) || cp == LEFT_ANGLE || cp == RIGHT_ANGLE;
  bool plain = cp == '"' || cp == '\'' || cp == '&' || cp == 0xAB || cp == 0xBB;
  return mark || plain || utf8_is_letter(cp) || utf8_is_soft(cp);
}

// Fill `len` bytes with what shows nothing and parts no word.
static void fill_softly(char *out, size_t len)
{
  static const char two[] = "\xC2\xAD", three[] = "\xE2\x81\xA0"; // soft hyphen, word joiner
  if (len == 1) *out = ' ';
  for (size_t at = 0; len > 1 && at < len;) {
    size_t fill = (len - at) % 2 ? 3 : 2;
    memcpy(out + at, fill == 3 ? three : two, fill);
    at += fill;
  }
}

size_t htmltext_reference(Str text, char *out)
{
  enum { REFERENCE_MOST = 12 }; // bytes
  const char *semicolon = memchr(text.ptr, ';', text.len < REFERENCE_MOST ? text.len : REFERENCE_MOST);
  size_t end = semicolon ? (size_t)(semicolon - text.ptr) : 0;
  uint32_t cp = semicolon ? referred(str_slice(text, 1, end)) : 0;
  if (!cp) {
    *out = '&';
    return 1;
  }
  if (utf8_class(cp) == CHAR_SPACE) cp = ' ';
  char bytes[4];
  size_t len = utf8_encode(cp, bytes), rest = end + 1 - len;
  memcpy(out, bytes, len);
  if (stands_close(cp))
    fill_softly(out + len, rest);
  else
    memset(out + len, ' ', rest);
  return end + 1;
}

Str htmltext_of(Str html, Arena *arena, HtmlFacts *facts)
{
  *facts = (HtmlFacts){0};
  Reader self = {.html = html, .out = arena_alloc(arena, html.len + 1), .facts = facts};
  memcpy(self.out, html.ptr ? html.ptr : "", html.len);
  size_t unclosed = 0;
  while (self.at < html.len) {
    char c = html.ptr[self.at], next = self.at + 1 < html.len ? html.ptr[self.at + 1] : 0;
    if (c == '<' && (is_letter(next) || next == '/' || next == '!' || next == '?'))
      read_tag(&self, &unclosed);
    else if (c == '&')
      self.at += htmltext_reference(str_slice(html, self.at, html.len), self.out + self.at);
    else
      self.at++;
  }
  self.out[html.len] = '\0';
  return (Str){self.out, html.len};
}
