#include "server/publish.h"

#include "annotate/spanjson.h"
#include "server/poscodec.h"
#include "server/rpc.h"

typedef struct Writing {
  PositionWalk walk;
  Arena scratch;
  SpanWriter writer;
} Writing;

static void write_range(void *ctx, StrBuf *out, size_t start, size_t end)
{
  poscodec_write_range(out, ctx, start, end);
}

static void begin(Writing *self, const Findings *found, Encoding enc)
{
  *self = (Writing){.walk = position_walk(found->text, enc)};
  self->writer = (SpanWriter){.text = found->text,
                              .range = write_range,
                              .ctx = &self->walk,
                              .human = found->found->human,
                              .scratch = &self->scratch};
}

static void write_span(Writing *self, StrBuf *out, const Span *span)
{
  if (out->ptr[out->len - 1] != '[') strbuf_byte(out, ',');
  span_write_json(out, span, &self->writer);
  arena_reset(&self->scratch);
}

static void begin_publish(StrBuf *out, const char *uri, int64_t version, bool full)
{
  rpc_begin_notification(out, "newsmark/publishAnnotations");
  strbuf_byte(out, '{');
  json_write_member(out, "uri", str_of(uri));
  json_write_number(out, "version", (double)version);
  json_write_key(out, "full");
  strbuf_add(out, full ? STR("true") : STR("false"));
}

void publish_write_nothing(StrBuf *out, const char *uri, int64_t version)
{
  begin_publish(out, uri, version, true);
  strbuf_add(out, STR(",\"removed\":[],\"added\":[]}"));
  rpc_end(out);
}

void publish_write_delta(StrBuf *out, const char *uri, int64_t version, bool full, const Findings *found,
                         const Delta *delta, Encoding enc)
{
  Writing self;
  begin(&self, found, enc);
  begin_publish(out, uri, version, full);
  json_write_key(out, "removed");
  strbuf_byte(out, '[');
  for (size_t i = 0; i < delta->removed.len; i++)
    strbuf_addf(out, "%s\"%04x\"", i ? "," : "", delta->removed.items[i]);
  strbuf_byte(out, ']');
  json_write_key(out, "added");
  strbuf_byte(out, '[');
  for (size_t i = 0; i < delta->added.len; i++)
    write_span(&self, out, &found->found->spans.items[delta->added.items[i]]);
  strbuf_add(out, STR("]}"));
  rpc_end(out);
  arena_release(&self.scratch);
}

void publish_write_all(StrBuf *out, int64_t version, const Findings *found, size_t start, size_t end,
                       Encoding enc)
{
  Writing self;
  begin(&self, found, enc);
  Str dct = found->found->dct.value;
  strbuf_byte(out, '{');
  json_write_number(out, "version", (double)version);
  json_write_member(out, "lang", str_of(lang_code(found->found->lang)));
  json_write_member(out, "dct", dct.len ? dct : (Str){NULL, 0});
  json_write_key(out, "annotations");
  strbuf_byte(out, '[');
  for (size_t i = 0; i < found->found->spans.len; i++) {
    const Span *span = &found->found->spans.items[i];
    if (span->start > end) break;
    bool shares = span->start < end && span->end > start, touches = start == end && span->end >= start;
    if (shares || touches) write_span(&self, out, span);
  }
  strbuf_add(out, STR("]}"));
  arena_release(&self.scratch);
}

void publish_write_one(StrBuf *out, const Findings *found, const Span *span, Encoding enc)
{
  Writing self;
  begin(&self, found, enc);
  span_write_json(out, span, &self.writer);
  arena_release(&self.scratch);
}
