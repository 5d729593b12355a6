// One self-contained HTML page: the articles with their marks, readable without a script; what a mark means
// stands in its tooltip.
#include "export/exporter.h"

static const char g_head[] =
    "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n<title>newsmark</title>\n<style>\n"
    ":root { color-scheme: light dark; --quote: #f3eee2; --per: #0072b2; --org: #b0508c; --loc: #00805f; "
    "--date: #a65b00; --tag: #c0392b }\n"
    "@media (prefers-color-scheme: dark) { :root { --quote: #2c2a24; --per: #6cb8ee; --org: #e59acb; --loc: "
    "#4cc9a4; --date: #f0ad4e; "
    "--tag: #ff8a7a } }\n"
    "body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif }\n"
    "article { white-space: pre-wrap; border-bottom: 1px solid #8888; padding-bottom: 2rem }\n"
    "h1 { font: bold .9rem/1.4 sans-serif } mark { background: none; color: inherit }\n"
    ".PER { border-bottom: 2px solid var(--per) } .ORG { border-bottom: 4px double var(--org) }\n"
    ".LOC { border-bottom: 2px dotted var(--loc) } .date { border-bottom: 2px dashed var(--date) }\n"
    ".tag { border-bottom: 2px solid var(--tag) } .quote { background: var(--quote) }\n"
    "small { font: .75rem sans-serif; opacity: .7; white-space: nowrap }\n"
    "</style>\n</head>\n<body>\n"
    "<p><mark class=\"PER\">person</mark> <mark class=\"ORG\">organisation</mark> <mark "
    "class=\"LOC\">place</mark> "
    "<mark class=\"date\">date</mark> <mark class=\"quote\">quotation</mark> <mark class=\"tag\">own "
    "tag</mark></p>\n";

static void put_escaped(StrBuf *out, Str text)
{
  for (size_t i = 0; i < text.len; i++) {
    switch (text.ptr[i]) {
    case '<':
      strbuf_add(out, STR("&lt;"));
      break;
    case '>':
      strbuf_add(out, STR("&gt;"));
      break;
    case '&':
      strbuf_add(out, STR("&amp;"));
      break;
    case '"':
      strbuf_add(out, STR("&quot;"));
      break;
    case '\0':
      strbuf_add(out, STR("\xEF\xBF\xBD"));
      break;
    default:
      strbuf_byte(out, text.ptr[i]);
      break;
    }
  }
}

static const char *class_of(const Span *span)
{
  static const char *const entities[ENTITY_TYPES] = {"PER", "ORG", "LOC"};
  return span->kind == SPAN_ENTITY ? entities[span->type] : span_kind_name(span->kind);
}

static Str title_of(const Span *span, Arena *arena)
{
  switch (span->kind) {
  case SPAN_ENTITY:
    return arena_printf(arena, STR_FMT " · " STR_FMT, STR_ARG(span->entity->name),
                        STR_ARG(span->entity->entity));
  case SPAN_DATE:
    return span->date->value;
  case SPAN_QUOTE:
    if (!span->quote->speaker.name.len) return STR("nobody named");
    return span->quote->source.name.len
               ? arena_printf(arena, STR_FMT ", according to " STR_FMT, STR_ARG(span->quote->speaker.name),
                              STR_ARG(span->quote->source.name))
               : span->quote->speaker.name;
  default:
    return span->tag->value.len
               ? arena_printf(arena, STR_FMT ": " STR_FMT, STR_ARG(span->tag->tag), STR_ARG(span->tag->value))
               : span->tag->tag;
  }
}

static void put_open(StrBuf *out, const Span *span, Arena *arena)
{
  strbuf_addf(out, "<mark class=\"%s\" title=\"", class_of(span));
  put_escaped(out, title_of(span, arena));
  strbuf_add(out, STR("\">"));
}

typedef VEC_OF(const Span *) OpenSpans;

// Elements must nest: what would stick out of the element around it is left out.
static bool fits(const OpenSpans *open, const Span *span)
{
  return !open->len || span->end <= open->items[open->len - 1]->end;
}

static void write_article(StrBuf *out, const Exported *article)
{
  const SpanVec *spans = &article->found->spans;
  OpenSpans open = {0};
  size_t at = 0, len = snapshot_len(article->text), next = 0;
  strbuf_add(out, STR("<h1>"));
  put_escaped(out, str_of(article->path));
  strbuf_addf(out, " <small>%s " STR_FMT "</small></h1>\n<article lang=\"%s\">",
              lang_code(article->found->lang), STR_ARG(article->found->dct.value),
              lang_code(article->found->lang));
  while (at < len || open.len) {
    size_t ends = open.len ? open.items[open.len - 1]->end : len;
    size_t starts = next < spans->len ? spans->items[next].start : len;
    size_t stop = ends < starts ? ends : starts;
    if (stop > at) put_escaped(out, exported_text(article, at, stop));
    at = stop;
    for (; open.len && open.items[open.len - 1]->end == at; open.len--) strbuf_add(out, STR("</mark>"));
    for (; next < spans->len && spans->items[next].start <= at; next++) {
      if (spans->items[next].start < at || !fits(&open, &spans->items[next])) continue;
      vec_push(&open, &spans->items[next]);
      put_open(out, &spans->items[next], article->scratch);
    }
  }
  strbuf_add(out, STR("</article>\n"));
  vec_release(&open);
}

static void begin(StrBuf *out)
{
  strbuf_add(out, str_of(g_head));
}
static void end(StrBuf *out)
{
  strbuf_add(out, STR("</body>\n</html>\n"));
}

const Exporter g_export_html = {.name = "html",
                                .enc = ENC_UTF8,
                                .about = "a page of its own, readable without a script",
                                .begin = begin,
                                .article = write_article,
                                .end = end};
