// CoNLL-2003 with BIO tags: word, two empty columns, tag; a blank line between sentences. It holds names
// only: dates, quotations and nested marks have no place in it, and it counts no offsets.
#include "annotate/token.h"
#include "export/exporter.h"

static const Span *name_at(const SpanVec *spans, size_t *next, size_t at)
{
  while (*next < spans->len && (spans->items[*next].kind != SPAN_ENTITY || spans->items[*next].end <= at))
    ++*next;
  const Span *span = *next < spans->len ? &spans->items[*next] : NULL;
  return span && span->start <= at ? span : NULL;
}

static void put_block(StrBuf *out, const Exported *article, const BlockSpan *block, size_t *next)
{
  Arena arena = {0};
  TokenVec tokens = {0};
  SentenceVec sentences = {0};
  Str text = snapshot_read(article->text, block->start, block->end, &arena);
  tokens_split(text, &arena, &tokens);
  sentences_split(text, block->lang, &tokens, &arena, &sentences);
  for (size_t s = 0; s < sentences.len; s++) {
    for (uint32_t t = sentences.items[s].first; t < sentences.items[s].last; t++) {
      const Token *token = &tokens.items[t];
      size_t at = block->start + token->start;
      const Span *name = name_at(&article->found->spans, next, at);
      strbuf_add(out, str_slice(text, token->start, token->end));
      strbuf_add(out, STR(" -X- -X- "));
      if (name)
        strbuf_addf(out, "%c-" STR_FMT "\n", at == name->start ? 'B' : 'I', STR_ARG(span_type_name(name)));
      else
        strbuf_add(out, STR("O\n"));
    }
    strbuf_byte(out, '\n');
  }
  arena_release(&arena);
}

static void write_article(StrBuf *out, const Exported *article)
{
  strbuf_add(out, STR("-DOCSTART- -X- -X- O\n\n"));
  size_t next = 0;
  for (size_t i = 0; i < article->found->block_count; i++)
    put_block(out, article, &article->found->blocks[i], &next);
}

const Exporter g_export_conll = {
    .name = "conll", .enc = ENC_UTF8, .about = "names as BIO tags, a token a line", .article = write_article};
