// TEI P5: a corpus of articles, names and dates as their elements, quotations as <said>. It counts no
// offsets. Elements must nest and stay in their paragraph: of two marks that cross the second is left out,
// and so is a quotation that runs over paragraphs. Cues and sources have no place in it.
#include "export/exporter.h"

#include "base/utf8.h"

// XML 1.0 has no place for control characters: they become U+FFFD.
static void put_escaped(StrBuf *out, Str text)
{
  const char *p = text.ptr, *stop = p + text.len;
  while (p < stop) {
    uint32_t cp;
    size_t len = utf8_decode(p, stop, &cp);
    bool valid = cp >= 0x20 ? cp != 0xFFFE && cp != 0xFFFF : cp == '\t' || cp == '\n' || cp == '\r';
    if (cp == '<')
      strbuf_add(out, STR("&lt;"));
    else if (cp == '>')
      strbuf_add(out, STR("&gt;"));
    else if (cp == '&')
      strbuf_add(out, STR("&amp;"));
    else if (cp == '"')
      strbuf_add(out, STR("&quot;"));
    else if (cp == '\r')
      strbuf_add(out, STR("&#13;"));
    else if (!valid || cp == UTF8_REPLACEMENT)
      strbuf_add(out, STR("\xEF\xBF\xBD"));
    else
      strbuf_add(out, (Str){p, len});
    p += len;
  }
}

static void put_attribute(StrBuf *out, const char *name, Str value)
{
  if (!value.len) return;
  strbuf_addf(out, " %s=\"", name);
  put_escaped(out, value);
  strbuf_byte(out, '"');
}

static const char *element_of(const Span *span)
{
  static const char *const entities[ENTITY_TYPES] = {"persName", "orgName", "placeName"};
  if (span->kind == SPAN_ENTITY) return entities[span->type];
  if (span->kind == SPAN_DATE) return span->type == DATE_TIME ? "time" : "date";
  return span->kind == SPAN_QUOTE ? "said" : "seg";
}

static void put_open(StrBuf *out, const Span *span)
{
  strbuf_addf(out, "<%s", element_of(span));
  if (span->kind == SPAN_ENTITY) {
    put_attribute(out, "key", span->entity->entity);
    put_attribute(out, "n", span->entity->name);
  } else if (span->kind == SPAN_DATE) {
    put_attribute(out, "n", span->date->value); // TIMEX3: more than TEI's when can hold
    put_attribute(out, "notBefore", span->date->begin);
    put_attribute(out, "notAfter", span->date->until);
  } else if (span->kind == SPAN_QUOTE) {
    put_attribute(out, "direct", span->type == QUOTE_INDIRECT ? STR("false") : STR("true"));
    put_attribute(out, "n", span->quote->speaker.name);
  } else {
    put_attribute(out, "type", span->tag->tag);
    put_attribute(out, "n", span->tag->value);
  }
  put_attribute(out, "resp", span->by == BY_HUMAN ? STR("#reader") : STR("#newsmark"));
  strbuf_byte(out, '>');
}

typedef VEC_OF(const Span *) OpenSpans;

// The block's text with the marks that lie in it; *next: the first that may.
static void put_block(StrBuf *out, const Exported *article, const BlockSpan *block, size_t *next)
{
  const SpanVec *spans = &article->found->spans;
  OpenSpans open = {0};
  size_t at = block->start;
  while (*next < spans->len && spans->items[*next].start < block->start) ++*next;
  size_t i = *next;
  while (at < block->end || open.len) {
    size_t ends = open.len ? open.items[open.len - 1]->end : block->end;
    size_t starts = i < spans->len && spans->items[i].start < block->end ? spans->items[i].start : block->end;
    size_t stop = ends < starts ? ends : starts;
    if (stop > at) put_escaped(out, exported_text(article, at, stop));
    if (stop > at) at = stop;
    for (; open.len && open.items[open.len - 1]->end <= at; open.len--)
      strbuf_addf(out, "</%s>", element_of(open.items[open.len - 1]));
    for (; i < spans->len && spans->items[i].start <= at && spans->items[i].start < block->end; i++) {
      const Span *span = &spans->items[i];
      size_t most = open.len ? open.items[open.len - 1]->end : block->end;
      if (span->start < at || span->end > most) continue;
      vec_push(&open, span);
      put_open(out, span);
    }
  }
  vec_release(&open);
}

static void write_article(StrBuf *out, const Exported *article)
{
  const Annotations *found = article->found;
  strbuf_addf(out, "<TEI xml:lang=\"%s\"><teiHeader><fileDesc><titleStmt><title>", lang_code(found->lang));
  put_escaped(out, found->title.len ? found->title : str_of(article->path));
  strbuf_add(out, STR("</title></titleStmt><publicationStmt><p>"));
  if (found->dct.value.len) {
    strbuf_add(out, STR("<date"));
    put_attribute(out, "when",
                  str_slice(found->dct.value, 0, found->dct.value.len < 10 ? found->dct.value.len : 10));
    strbuf_add(out, STR("/>"));
  }
  strbuf_add(out, STR("</p></publicationStmt><sourceDesc><p>"));
  put_escaped(out, str_of(article->path));
  strbuf_add(out, STR("</p></sourceDesc></fileDesc></teiHeader><text><body>\n"));
  size_t next = 0;
  for (size_t i = 0; i < found->block_count; i++) {
    const BlockSpan *block = &found->blocks[i];
    strbuf_addf(out, "<p xml:lang=\"%s\">", lang_code(block->lang));
    put_block(out, article, block, &next);
    strbuf_add(out, STR("</p>\n"));
  }
  strbuf_add(out, STR("</body></text></TEI>\n"));
}

static void begin(StrBuf *out)
{
  strbuf_add(
      out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<teiCorpus xmlns=\"http://www.tei-c.org/ns/1.0\">"
               "<teiHeader><fileDesc><titleStmt><title>Articles</title>"
               "<respStmt xml:id=\"newsmark\"><resp>found by</resp><name>newsmark</name></respStmt>"
               "<respStmt xml:id=\"reader\"><resp>decided by</resp><name>the reader</name></respStmt>"
               "</titleStmt><publicationStmt><p/></publicationStmt><sourceDesc><p/></sourceDesc></fileDesc>"
               "</teiHeader>\n"));
}

static void end(StrBuf *out)
{
  strbuf_add(out, STR("</teiCorpus>\n"));
}

const Exporter g_export_tei = {.name = "tei",
                               .enc = ENC_UTF8,
                               .about = "TEI P5 corpus, names, dates and quotations as elements",
                               .begin = begin,
                               .article = write_article,
                               .end = end};
