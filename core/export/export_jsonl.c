// JSON Lines: an article a line, as `newsmark annotate` prints it; all that is known. Offsets are code
// points.
#include "annotate/spanjson.h"
#include "base/json.h"
#include "export/exporter.h"

static size_t offset_of_byte(void *ctx, size_t at)
{
  return offsets_at(((const Exported *)ctx)->offsets, at);
}

static void write_article(StrBuf *out, const Exported *article)
{
  Arena scratch = {0};
  SpanWriter writer = {.text = article->text,
                       .offset = offset_of_byte,
                       .ctx = (void *)(uintptr_t)article,
                       .human = article->found->human,
                       .scratch = &scratch};
  strbuf_byte(out, '{');
  json_write_member(out, "path", str_of(article->path));
  annotations_write_json(out, article->found, &writer, ENC_UTF32);
  strbuf_add(out, STR("}\n"));
  arena_release(&scratch);
}

const Exporter g_export_jsonl = {.name = "jsonl",
                                 .enc = ENC_UTF32,
                                 .about = "a JSON object an article; offsets in code points",
                                 .article = write_article};
