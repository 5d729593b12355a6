// Of front matter only lines "key: value" are read; whatever else YAML can say of a title is none.
#include "index/about.h"

#include "base/utf8.h"
#include "config/settings.h"

static Str unquoted(Str value)
{
  value = str_trim(value);
  char quote = value.len ? value.ptr[0] : 0;
  if (value.len >= 2 && (quote == '"' || quote == '\'') && value.ptr[value.len - 1] == quote)
    value = str_trim(str_slice(value, 1, value.len - 1));
  return value.len && strchr("|>[{&*!", value.ptr[0]) ? (Str){0} : value;
}

static About read_front_matter(Str lines)
{
  About about = {0};
  while (lines.len) {
    Str value = str_cut(&lines, '\n'), key = str_cut(&value, ':');
    if (str_is(key, "title"))
      about.title = unquoted(value);
    else if (str_is(key, "author") || str_is(key, "byline"))
      about.author = unquoted(value);
  }
  return about;
}

// The words of a piece of HTML, on one line.
static Str plain(Str html, Arena *arena)
{
  HtmlFacts none;
  Str words = utf8_without_soft(arena, htmltext_of(str_trim(html), arena, &none));
  char *out = arena_alloc(arena, words.len + 1);
  size_t len = 0;
  while (words.len) {
    Str word = str_trim(str_cut(&words, ' '));
    if (!word.len) continue;
    if (len) out[len++] = ' ';
    memcpy(out + len, word.ptr, word.len);
    len += word.len;
  }
  return (Str){out, len};
}

About about_read(Str file, Markup markup, Arena *arena)
{
  if (markup != MARKUP_HTML) return read_front_matter(settings_front_matter(file));
  HtmlFacts facts;
  htmltext_of(file, arena, &facts);
  return (About){.title = plain(facts.title, arena), .author = plain(facts.author, arena)};
}
