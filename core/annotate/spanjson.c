#include "annotate/spanjson.h"

#include "base/json.h"

static const char *const g_encodings[] = {"utf8", "utf16", "codepoint"};

const char *encoding_name(Encoding enc)
{
  return g_encodings[enc];
}

static Str or_null(Str s)
{
  return s.len ? s : (Str){NULL, 0};
}

static Str read_text(const SpanWriter *writer, size_t start, size_t end)
{
  return snapshot_read(writer->text, start, end, writer->scratch);
}

static void write_place(StrBuf *out, const SpanWriter *writer, size_t start, size_t end)
{
  if (writer->offset) {
    json_write_uint(out, "start", writer->offset(writer->ctx, start));
    json_write_uint(out, "end", writer->offset(writer->ctx, end));
  }
  if (writer->range) {
    json_write_key(out, "range");
    writer->range(writer->ctx, out, start, end);
  }
  json_write_member(out, "text", read_text(writer, start, end));
}

static void write_mention(StrBuf *out, const char *key, const Mention *mention, bool named,
                          const SpanWriter *writer)
{
  json_write_key(out, key);
  bool here = mention->start < mention->end;
  if (!here && !mention->name.len) {
    strbuf_add(out, STR("null"));
    return;
  }
  strbuf_byte(out, '{');
  if (here) write_place(out, writer, mention->start, mention->end);
  if (named) {
    json_write_member(out, "name", or_null(mention->name));
    json_write_member(out, "entity", or_null(mention->entity));
  }
  strbuf_byte(out, '}');
}

static void write_facts(StrBuf *out, const Span *span, const SpanWriter *writer)
{
  switch (span->kind) {
  case SPAN_ENTITY:
    json_write_member(out, "name", span->entity->name);
    json_write_member(out, "entity", or_null(span->entity->entity));
    break;
  case SPAN_DATE:
    json_write_member(out, "value", or_null(span->date->value));
    json_write_member(out, "begin", or_null(span->date->begin));
    json_write_member(out, "until", or_null(span->date->until));
    json_write_member(out, "mod", or_null(span->date->mod));
    if (span->date->quant.len) json_write_member(out, "quant", span->date->quant);
    if (span->date->freq.len) json_write_member(out, "freq", span->date->freq);
    if (span->date->anchor.len) json_write_member(out, "anchor", span->date->anchor);
    break;
  case SPAN_QUOTE:
    json_write_uint(out, "group", span->quote->group);
    if (span->quote->voice) json_write_uint(out, "voice", span->quote->voice - 1u);
    write_mention(out, "cue", &span->quote->cue, false, writer);
    write_mention(out, "speaker", &span->quote->speaker, true, writer);
    write_mention(out, "source", &span->quote->source, true, writer);
    if (span->quote->why.len) json_write_member(out, "why", span->quote->why);
    break;
  default:
    json_write_member(out, "value", or_null(span->tag->value));
    if (span->tag->fields.len) {
      json_write_key(out, "fields");
      strbuf_add(out, span->tag->fields); // JSON already
    }
    break;
  }
}

// Two decimals, which is more than calibration gives.
static void write_confidence(StrBuf *out, float confidence)
{
  unsigned percent = confidence <= 0 ? 0 : confidence >= 1 ? 100 : (unsigned)(confidence * 100 + 0.5f);
  char text[] = {'0', '.', (char)('0' + percent / 10), (char)('0' + percent % 10)};
  json_write_key(out, "confidence");
  strbuf_add(out, percent == 100 ? STR("1") : percent ? (Str){text, percent % 10 ? 4 : 3} : STR("0"));
}

static void write_human(StrBuf *out, const HumanFacts *human)
{
  json_write_member(out, "verdict", str_of(verdict_name(human->verdict)));
  if (human->record.len) json_write_member(out, "record", human->record);
  if (human->note.len) json_write_member(out, "note", human->note);
}

void span_write_json(StrBuf *out, const Span *span, const SpanWriter *writer)
{
  char id[8], *digit = id + sizeof id;
  uint32_t left = span->id;
  do *--digit = "0123456789abcdef"[left & 15];
  while ((left >>= 4) || digit > id + 4);
  strbuf_add(out, STR("{\"id\":\""));
  strbuf_add(out, (Str){digit, (size_t)(id + sizeof id - digit)});
  strbuf_byte(out, '"');
  json_write_member(out, "kind", str_of(span_kind_name(span->kind)));
  json_write_member(out, "type", span_type_name(span));
  write_place(out, writer, span->start, span->end);
  write_facts(out, span, writer);
  write_confidence(out, span->confidence);
  json_write_member(out, "by", span_by_name(span, writer->scratch));
  if (span->human) write_human(out, writer->human[span->human - 1]);
  strbuf_byte(out, '}');
}

void annotations_write_json(StrBuf *out, const Annotations *found, const SpanWriter *writer, Encoding enc)
{
  json_write_member(out, "lang", str_of(lang_code(found->lang)));
  json_write_member(out, "dct", or_null(found->dct.value));
  json_write_member(out, "dct_from", str_of(found->dct.from));
  json_write_member(out, "title", or_null(found->title));
  json_write_member(out, "offsets", str_of(encoding_name(enc)));
  json_write_key(out, "annotations");
  strbuf_byte(out, '[');
  for (size_t i = 0; i < found->spans.len; i++) {
    if (i) strbuf_byte(out, ',');
    span_write_json(out, &found->spans.items[i], writer);
  }
  strbuf_byte(out, ']');
}
