// textDocument/inlayHint: the day behind "i fredags" and "two weeks later", at the end of the words. Dates
// that say all themselves have none, nor has what is not resolved.
#include "server/features.h"

#include "base/json.h"
#include "server/poscodec.h"

static bool has_hint(const Span *span)
{
  if (span->kind != SPAN_DATE) return false;
  const DateFacts *date = span->date;
  return date->anchor.len && date->begin.len && !memchr(date->value.ptr, 'X', date->value.len);
}

static void add_hint(StrBuf *out, PositionWalk *walk, const Span *span)
{
  Position at = position_walk_to(walk, span->end);
  strbuf_addf(out, "{\"position\":{\"line\":%zu,\"character\":%zu},\"paddingLeft\":true", at.line, at.column);
  json_write_member(out, "label", span->date->value);
  json_write_member(out, "tooltip", span->date->anchor);
  strbuf_byte(out, '}');
}

void features_inlay(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t start, size_t end)
{
  const SpanVec *spans = &doc->found->found->spans;
  PositionWalk walk = position_walk(doc->found->text, options->enc);
  bool more = false;
  strbuf_byte(out, '[');
  for (size_t i = 0; i < spans->len; i++) {
    const Span *span = &spans->items[i];
    if (span->end < start || span->start > end || !has_hint(span)) continue;
    if (more) strbuf_byte(out, ',');
    add_hint(out, &walk, span);
    more = true;
  }
  strbuf_byte(out, ']');
}
