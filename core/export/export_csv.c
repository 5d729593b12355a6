// CSV (RFC 4180): one annotation a row, for spreadsheets. Offsets are code points.
#include "base/csv.h"
#include "export/exporter.h"

static void begin(StrBuf *out)
{
  strbuf_add(out, STR("path,published,kind,type,start,end,text,name,entity,value,begin,until,speaker,source,"
                      "confidence,by\r\n"));
}

static void put_row(StrBuf *out, const Exported *article, const Span *span)
{
  Str name = {"", 0}, entity = name, value = name, first_day = name, last_day = name, speaker = name,
      source = name;
  if (span->kind == SPAN_ENTITY) name = span->entity->name, entity = span->entity->entity;
  if (span->kind == SPAN_DATE)
    value = span->date->value, first_day = span->date->begin, last_day = span->date->until;
  if (span->kind == SPAN_QUOTE) {
    speaker = span->quote->speaker.name, source = span->quote->source.name;
    entity = span->quote->speaker.entity;
  }
  if (span->kind == SPAN_TAG) value = span->tag->value;
  Arena *arena = article->scratch;
  const Str cells[] = {str_of(article->path),
                       article->found->dct.value,
                       str_of(span_kind_name(span->kind)),
                       span_type_name(span),
                       arena_printf(arena, "%zu", offsets_at(article->offsets, span->start)),
                       arena_printf(arena, "%zu", offsets_at(article->offsets, span->end)),
                       exported_text(article, span->start, span->end),
                       name,
                       entity,
                       value,
                       first_day,
                       last_day,
                       speaker,
                       source,
                       arena_printf(arena, "%.2g", (double)span->confidence),
                       span_by_name(span, arena)};
  for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
    if (i) strbuf_byte(out, ',');
    csv_add_cell(out, cells[i]);
  }
  strbuf_add(out, STR("\r\n"));
}

static void write_article(StrBuf *out, const Exported *article)
{
  const SpanVec *spans = &article->found->spans;
  for (size_t i = 0; i < spans->len; i++) put_row(out, article, &spans->items[i]);
}

const Exporter g_export_csv = {.name = "csv",
                               .enc = ENC_UTF32,
                               .about = "a row an annotation; offsets in code points",
                               .begin = begin,
                               .article = write_article};
