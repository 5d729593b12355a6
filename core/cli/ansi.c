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

// The terminal's own sixteen colours, so that the reader's theme decides.
static const char *const g_entity_style[ENTITY_TYPES] = {"\033[4;36m", "\033[4;35m", "\033[4;32m"};
static const char g_date_style[] = "\033[4;33m";
static const char g_tag_style[] = "\033[4;31m";
static const char g_quote_style[] = "\033[3m";

typedef struct Printer {
  FILE *out;
  StrBuf word; // styles and text since the last place where a line may break
  size_t word_width, column, width;
  bool space; // a space is due before the word
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
  fwrite(p->word.ptr, 1, p->word.len, p->out);
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
    if (cp == '\n') {
      end_line(p);
    } else if (cp == ' ' || cp == '\t') {
      flush_word(p);
      p->space = true;
    } else {
      put_char(p, cp);
    }
  }
}

static const char *style_of(const Span *span)
{
  switch (span->kind) {
  case SPAN_ENTITY:
    return g_entity_style[span->type];
  case SPAN_DATE:
    return g_date_style;
  case SPAN_QUOTE:
    return g_quote_style;
  default:
    return g_tag_style;
  }
}

// What stands behind a span in dim letters: a date's value, a quotation's speaker and source, a tag's name
// and value.
static Str note_of(const Span *span, Arena *arena)
{
  if (span->kind == SPAN_DATE && span->date.value.len) return span->date.value;
  if (span->kind == SPAN_QUOTE && span->quote.speaker.name.len) {
    Str speaker = span->quote.speaker.name, source = span->quote.source.name;
    return source.len ? arena_printf(arena, STR_FMT " ← " STR_FMT, STR_ARG(speaker), STR_ARG(source))
                      : speaker;
  }
  if (span->kind == SPAN_TAG) {
    Str tag = span->tag.tag, value = span->tag.value;
    return value.len ? arena_printf(arena, STR_FMT "=" STR_FMT, STR_ARG(tag), STR_ARG(value)) : tag;
  }
  return (Str){"", 0};
}

static void put_note(Printer *p, const Span *span, Arena *arena)
{
  Str note = note_of(span, arena);
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
  for (size_t i = 0; i < open->len; i++) put_style(p, style_of(open->items[i]));
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

static void put_head(Printer *p, const char *path, const Annotations *found)
{
  fputs("\033[1m", p->out);
  put_text(p, str_of(path ? path : "standard input"));
  flush_word(p);
  fprintf(p->out, RESET DIM "  %s", lang_code(found->lang));
  if (found->dct.value.len) fprintf(p->out, ", " STR_FMT " (%s)", STR_ARG(found->dct.value), found->dct.from);
  fputs(RESET "\n", p->out);
  p->column = 0;
  fprintf(p->out,
          "%sperson" RESET " %sorganisation" RESET " %splace" RESET " %sdate" RESET DIM "‹value›" RESET
          " %squotation" RESET DIM "‹speaker›" RESET " %sown tag" RESET "\n\n",
          g_entity_style[ENTITY_PER], g_entity_style[ENTITY_ORG], g_entity_style[ENTITY_LOC], g_date_style,
          g_quote_style, g_tag_style);
}

void ansi_print(FILE *out, const char *path, const Snapshot *text, const Annotations *found)
{
  Printer printer = {.out = out, .width = terminal_width(out)};
  put_head(&printer, path, found);
  put_article(&printer, text, found);
  fputc('\n', out);
  strbuf_release(&printer.word);
}
