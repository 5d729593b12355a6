// Spans nest: a quotation holds names and dates. A sweep over the starts and ends in order keeps the stack of
// open spans; at every change the style is set anew from the stack, so that what lies inside wins and what
// lies around comes back.
#include "cli/ansi.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#define RESET "\033[0m"
#define DIM "\033[2m"
#define MOST_WIDTH 100u

typedef struct Palette {
  const Manifest *manifest;
  bool light;  // the ground
  bool rgb;    // 24 bits
  bool shaped; // double, curly, dotted and dashed underlines
} Palette;

typedef struct Printer {
  FILE *out;
  StrBuf word; // styles and text since the last place where a line may break
  size_t word_width, column, width;
  bool space; // a space is due before the word
  Palette palette;
  const Snapshot *text;
} Printer;

static void flush_word(Printer *p)
{
  if (p->word_width) {
    bool wrap = p->column && p->column + p->space + p->word_width > p->width;
    if (wrap)
      fputc('\n', p->out);
    else if (p->space && p->column)
      fputc(' ', p->out);
    p->column = wrap ? p->word_width : p->column + (p->space && p->column) + p->word_width;
    p->space = false;
  }
  if (p->word.len) fwrite(p->word.ptr, 1, p->word.len, p->out);
  strbuf_reset(&p->word);
  p->word_width = 0;
}

static void put_style(Printer *p, const char *style)
{
  strbuf_add(&p->word, str_of(style));
}

static void end_line(Printer *p)
{
  flush_word(p);
  fputc('\n', p->out);
  p->column = 0;
  p->space = false;
}

static void put_char(Printer *p, uint32_t cp)
{
  char bytes[4];
  if (utf8_class(cp) == CHAR_OTHER) cp = UTF8_REPLACEMENT; // an escape sequence in an article stays words
  int width = utf8proc_charwidth((utf8proc_int32_t)cp);
  strbuf_add(&p->word, (Str){bytes, utf8_encode(cp, bytes)});
  p->word_width += width > 0 ? (size_t)width : 0;
}

static void put_text(Printer *p, Str text)
{
  for (const char *at = text.ptr, *end = at + text.len; at < end;) {
    uint32_t cp;
    at += utf8_decode(at, end, &cp);
    if (cp == '\r' && (at == end || *at == '\n')) continue;
    if (cp == '\n' || cp == '\r') { // a lone \r would write over the line that stands there
      end_line(p);
    } else if (cp == ' ' || cp == '\t') {
      flush_word(p);
      p->space = true;
    } else {
      put_char(p, cp);
    }
  }
}

// --- styles

static bool holds_one(const char *value, const char *const *words, size_t count)
{
  for (size_t i = 0; value && i < count; i++) {
    if (strstr(value, words[i])) return true;
  }
  return false;
}

static Palette palette_of_terminal(const Manifest *manifest)
{
  static const char *const deep[] = {"truecolor", "24bit"};
  static const char *const shaping[] = {"kitty", "foot", "wezterm", "alacritty", "ghostty", "contour"};
  const char *ground = getenv("COLORFGBG"), *back = ground ? strrchr(ground, ';') : NULL;
  return (Palette){
      .manifest = manifest,
      .light = back && (!strcmp(back, ";7") || !strcmp(back, ";15")),
      .rgb = holds_one(getenv("COLORTERM"), deep, ARRAY_LEN(deep)),
      .shaped = getenv("VTE_VERSION") || holds_one(getenv("TERM"), shaping, ARRAY_LEN(shaping)),
  };
}

static const TagType *tag_type_of(const Palette *palette, const Span *span)
{
  const Manifest *manifest = palette->manifest;
  Str id = STR("custom");
  if (span->kind == SPAN_TAG) id = span->tag->tag;
  if (span->kind == SPAN_QUOTE && !span->quote->speaker.name.len) id = STR("unattributed");
  const TagType *type = manifest_tag(manifest, id);
  if (!type || (span->kind != SPAN_TAG && str_is(id, "custom")))
    type = manifest_tag_of(manifest, str_of(span_kind_name(span->kind)), span_type_name(span));
  return type ? type : manifest_tag(manifest, STR("custom"));
}

// "#RRGGBB" as SGR parameters for `what` (38: letters, 48: ground).
static void put_colour(Printer *p, int what, Str colour)
{
  unsigned r = 0, g = 0, b = 0;
  if (colour.len != 7 || sscanf(colour.ptr, "#%2x%2x%2x", &r, &g, &b) != 3) return;
  if (p->palette.rgb) {
    strbuf_addf(&p->word, "\033[%d;2;%u;%u;%um", what, r, g, b);
  } else if (what == 48 && r < 64 && g < 64 && b < 64) {
    strbuf_add(&p->word, STR("\033[48;5;235m")); // the cube has no dark greys; the ramp behind it does
  } else {
    strbuf_addf(&p->word, "\033[%d;5;%um", what, 16 + 36 * (r * 6 / 256) + 6 * (g * 6 / 256) + b * 6 / 256);
  }
}

static void put_tag_style(Printer *p, const TagType *type)
{
  static const char *const shapes[] = {"underdouble", "undercurl", "underdotted", "underdashed"};
  if (!type) return;
  put_colour(p, str_is(type->style, "background") ? 48 : 38, p->palette.light ? type->light : type->dark);
  if (str_is(type->style, "bold")) put_style(p, "\033[1m");
  if (!str_starts(type->style, STR("under"))) return;
  for (size_t i = 0; p->palette.shaped && i < ARRAY_LEN(shapes); i++) {
    if (!str_is(type->style, shapes[i])) continue;
    strbuf_addf(&p->word, "\033[4:%zum", i + 2);
    return;
  }
  put_style(p, "\033[4m");
}

// --- spans

// A date's value where it says more than the words do: not of "now", nor of what is written as values are.
static Str value_of(const Printer *p, const Span *span, Arena *arena)
{
  Str value = span->date->value;
  bool is_said =
      str_ends(value, STR("_REF")) || str_eq(value, snapshot_read(p->text, span->start, span->end, arena));
  return is_said ? (Str){"", 0} : value;
}

// What stands behind a span in dim letters: a date's value, a quotation's speaker and source, a tag's name
// and value.
static Str note_of(const Printer *p, const Span *span, Arena *arena)
{
  if (span->kind == SPAN_DATE) return value_of(p, span, arena);
  if (span->kind == SPAN_QUOTE && span->quote->speaker.name.len) {
    Str speaker = span->quote->speaker.name, source = span->quote->source.name;
    return source.len ? arena_printf(arena, STR_FMT " ← " STR_FMT, STR_ARG(speaker), STR_ARG(source))
                      : speaker;
  }
  if (span->kind == SPAN_TAG) {
    Str tag = span->tag->tag, value = span->tag->value;
    return value.len ? arena_printf(arena, STR_FMT "=" STR_FMT, STR_ARG(tag), STR_ARG(value)) : tag;
  }
  return (Str){"", 0};
}

static void put_note(Printer *p, const Span *span, Arena *arena)
{
  Str note = note_of(p, span, arena);
  if (!note.len) return;
  put_style(p, RESET DIM);
  put_text(p, STR("‹"));
  put_text(p, note);
  put_text(p, STR("›"));
  put_style(p, RESET);
}

typedef VEC_OF(const Span *) OpenSpans;

static void put_styles(Printer *p, const OpenSpans *open)
{
  put_style(p, RESET);
  for (size_t i = 0; i < open->len; i++) put_tag_style(p, tag_type_of(&p->palette, open->items[i]));
}

// Close every open span that ends at or before `at`.
static size_t next_end(const OpenSpans *open)
{
  size_t least = SIZE_MAX;
  for (size_t i = 0; i < open->len; i++) {
    if (open->items[i]->end < least) least = open->items[i]->end;
  }
  return least;
}

static void close_at(Printer *p, OpenSpans *open, size_t at, Arena *arena)
{
  for (size_t i = open->len; i-- > 0;) { // inner ones first
    const Span *span = open->items[i];
    if (span->end != at) continue;
    memmove(&open->items[i], &open->items[i + 1], (open->len - i - 1) * sizeof *open->items);
    open->len--;
    put_note(p, span, arena);
  }
  put_styles(p, open);
}

static void put_article(Printer *p, const Snapshot *text, const Annotations *found)
{
  Arena arena = {0};
  OpenSpans open = {0};
  size_t at = 0, len = snapshot_len(text), next = 0;
  while (at < len) {
    size_t ends = next_end(&open);
    size_t starts = next < found->spans.len ? found->spans.items[next].start : SIZE_MAX;
    size_t stop = ends < starts ? ends : starts;
    if (stop > len) stop = len;
    if (stop > at) put_text(p, snapshot_read(text, at, stop, &arena));
    at = stop;
    if (at == ends) close_at(p, &open, at, &arena);
    for (; next < found->spans.len && found->spans.items[next].start == at; next++) {
      if (found->spans.items[next].end == at) continue;
      vec_push(&open, &found->spans.items[next]);
      put_styles(p, &open);
    }
  }
  close_at(p, &open, len, &arena);
  put_style(p, RESET);
  end_line(p);
  vec_release(&open);
  arena_release(&arena);
}

static size_t terminal_width(FILE *out)
{
  struct winsize size;
  if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || !size.ws_col) return MOST_WIDTH;
  return size.ws_col < MOST_WIDTH ? size.ws_col : MOST_WIDTH;
}

// The kinds in their own styles, with what stands behind them.
static void put_legend(Printer *p)
{
  static const struct {
    const char *tag, *note;
  } rows[] = {{"person", ""},         {"org", ""},
              {"place", ""},          {"date", "‹value›"},
              {"quote", "‹speaker›"}, {"custom", "‹its name›"}};
  for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
    const TagType *type = manifest_tag(p->palette.manifest, str_of(rows[i].tag));
    if (!type) continue;
    put_tag_style(p, type);
    put_text(p, type->label);
    put_style(p, RESET DIM);
    put_text(p, str_of(rows[i].note));
    put_style(p, RESET);
    put_text(p, STR(" "));
  }
  end_line(p);
  end_line(p);
}

static void put_head(Printer *p, const char *path, const Annotations *found)
{
  fputs("\033[1m", p->out);
  put_text(p, str_of(path ? path : "standard input"));
  flush_word(p);
  fprintf(p->out, RESET DIM "  %s", lang_code(found->lang));
  if (found->dct.value.len) fprintf(p->out, ", " STR_FMT " (%s)", STR_ARG(found->dct.value), found->dct.from);
  fputs(RESET "\n", p->out);
  p->column = 0;
  put_legend(p);
}

void ansi_print(FILE *out, const Manifest *manifest, const char *path, const Snapshot *text,
                const Annotations *found)
{
  Printer printer = {
      .out = out, .width = terminal_width(out), .palette = palette_of_terminal(manifest), .text = text};
  put_head(&printer, path, found);
  put_article(&printer, text, found);
  fputc('\n', out);
  strbuf_release(&printer.word);
}
