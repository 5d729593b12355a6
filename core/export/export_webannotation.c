// W3C Web Annotation (JSON-LD, Recommendation of 2017-02-23): one AnnotationPage an article, a line each. A
// target has two selectors of the same place: a TextPositionSelector (code points), and a TextQuoteSelector
// by which it is found again when the text changes. Ids are IRIs of the page's own, made of the article's
// path.
#include "base/json.h"
#include "base/utf8.h"
#include "export/exporter.h"

enum { CONTEXT_CHARS = 32 };

// The 32 characters in front of `at`, and behind it.
static Str prefix_of(const Exported *article, size_t at)
{
  size_t from = at > 4 * CONTEXT_CHARS ? at - 4 * CONTEXT_CHARS : 0;
  Str before = exported_text(article, from, at);
  const char *start = before.ptr + before.len;
  for (int i = 0; i < CONTEXT_CHARS && start > before.ptr; i++) {
    uint32_t cp;
    start -= utf8_decode_back(before.ptr, start, &cp);
  }
  return (Str){start, (size_t)(before.ptr + before.len - start)};
}

static Str suffix_of(const Exported *article, size_t at)
{
  size_t len = snapshot_len(article->text), to = len - at > 4 * CONTEXT_CHARS ? at + 4 * CONTEXT_CHARS : len;
  Str after = exported_text(article, at, to);
  const char *end = after.ptr;
  for (int i = 0; i < CONTEXT_CHARS && end < after.ptr + after.len; i++) {
    uint32_t cp;
    end += utf8_decode(end, after.ptr + after.len, &cp);
  }
  return (Str){after.ptr, (size_t)(end - after.ptr)};
}

// As the path of an IRI.
static Str iri_path(const Exported *article)
{
  StrBuf url = {0};
  for (const char *p = article->path; *p; p++) {
    bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
                 strchr("-._~/", *p);
    if (plain)
      strbuf_byte(&url, *p);
    else
      strbuf_addf(&url, "%%%02X", (unsigned char)*p);
  }
  Str path = arena_dup(article->scratch, strbuf_str(&url));
  strbuf_release(&url);
  return path;
}

static void put_target(StrBuf *out, const Exported *article, size_t start, size_t end)
{
  strbuf_byte(out, '{');
  json_write_member(out, "source", iri_path(article)); // relative: the page lies where the article does
  strbuf_add(out, STR(",\"selector\":[{\"type\":\"TextPositionSelector\""));
  json_write_number(out, "start", (double)offsets_at(article->offsets, start));
  json_write_number(out, "end", (double)offsets_at(article->offsets, end));
  strbuf_add(out, STR("},{\"type\":\"TextQuoteSelector\""));
  json_write_member(out, "exact", exported_text(article, start, end));
  json_write_member(out, "prefix", prefix_of(article, start));
  json_write_member(out, "suffix", suffix_of(article, end));
  strbuf_add(out, STR("}]}"));
}

static void put_body(StrBuf *out, bool *first, const char *purpose, Str value)
{
  if (!value.len) return;
  if (!*first) strbuf_byte(out, ',');
  *first = false;
  strbuf_add(out, STR("{\"type\":\"TextualBody\""));
  json_write_member(out, "purpose", str_of(purpose));
  json_write_member(out, "value", value);
  strbuf_byte(out, '}');
}

static void put_labelled(StrBuf *out, bool *first, const Exported *article, const char *label, Str value)
{
  if (value.len)
    put_body(out, first, "describing", arena_printf(article->scratch, "%s: " STR_FMT, label, STR_ARG(value)));
}

static void put_bodies(StrBuf *out, const Exported *article, const Span *span)
{
  bool first = true;
  put_body(out, &first, "classifying", span_type_name(span));
  if (span->kind == SPAN_ENTITY) {
    put_body(out, &first, "identifying", span->entity->entity);
    put_labelled(out, &first, article, "name", span->entity->name);
  } else if (span->kind == SPAN_DATE) {
    put_labelled(out, &first, article, "value", span->date->value);
    put_labelled(out, &first, article, "mod", span->date->mod);
  } else if (span->kind == SPAN_QUOTE) {
    put_labelled(out, &first, article, "speaker", span->quote->speaker.name);
    put_labelled(out, &first, article, "source", span->quote->source.name);
  } else {
    put_labelled(out, &first, article, "value", span->tag->value);
  }
  if (span->human) put_body(out, &first, "commenting", article->found->human[span->human - 1]->note);
}

static void write_article(StrBuf *out, const Exported *article)
{
  const SpanVec *spans = &article->found->spans;
  Str path = iri_path(article);
  strbuf_addf(out,
              "{\"@context\":\"http://www.w3.org/ns/anno.jsonld\",\"type\":\"AnnotationPage\","
              "\"id\":\"urn:newsmark:" STR_FMT "\",\"startIndex\":0,\"items\":[",
              STR_ARG(path));
  for (size_t i = 0; i < spans->len; i++) {
    const Span *span = &spans->items[i];
    strbuf_addf(out,
                "%s{\"id\":\"urn:newsmark:" STR_FMT
                "#%04x\",\"type\":\"Annotation\",\"motivation\":\"tagging\","
                "\"body\":[",
                i ? "," : "", STR_ARG(path), span->id);
    put_bodies(out, article, span);
    strbuf_add(out, STR("],\"target\":"));
    put_target(out, article, span->start, span->end);
    strbuf_byte(out, '}');
  }
  strbuf_add(out, STR("]}\n"));
}

const Exporter g_export_webannotation = {.name = "webannotation",
                                         .enc = ENC_UTF32,
                                         .about = "W3C JSON-LD, a page a line; offsets in code points",
                                         .article = write_article};
