// parse: what parse/ costs by itself, on made-up articles of three sizes: blocks from scratch and after a key
// (median of 400), trees likewise, and the memory of the trees. Processor time. Prints a Markdown table.
#include "parse/article.h"

#include <malloc.h>
#include <stdio.h>
#include <time.h>

enum { KEYS = 400 };

static Str make_article(size_t size)
{
  StrBuf text = {0};
  strbuf_add(&text, STR("Ny bro över ån\n\n2023-04-17\n\n"));
  for (size_t i = 0; text.len < size; i++) {
    strbuf_addf(&text,
                "Stycke %zu handlar om bron, som är %zu meter lång. Den ritades av Anna Berg, som säger att "
                "”ingen har sett "
                "på maken” och att arbetet tar två år.\n\n– Vi börjar i maj och är klara när vi är klara, "
                "säger hon.\n\n",
                i, i * 7919 % 1009);
  }
  return strbuf_str(&text);
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static uint64_t cpu_ns(void) // of the processor, so that others on the machine do not count
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double ms_since(uint64_t began)
{
  return (double)(cpu_ns() - began) / 1e6;
}

static void build_trees(Article *article)
{
  for (size_t i = 0; i < article_section_count(article); i++) article_section(article, i);
}

// Type a letter here and there; medians of the time until the blocks, then the trees, are up to date.
static void type_keys(Article *article, Buffer *buffer, double *blocks_ms, double *trees_ms)
{
  static double blocks[KEYS], trees[KEYS];
  size_t len = buffer_len(buffer);
  for (size_t i = 0; i < KEYS; i++) {
    size_t at = (i * 7919 + 1) * 104729 % len;
    buffer_replace(buffer, at, at, STR("x"), NULL);
    Snapshot *text = buffer_snapshot(buffer);
    uint64_t began = cpu_ns();
    article_edit(article, (TextEdit){at, at, at + 1});
    article_parse(article, text);
    blocks[i] = ms_since(began);
    began = cpu_ns();
    build_trees(article);
    trees[i] = ms_since(began);
    snapshot_unref(text);
  }
  qsort(blocks, KEYS, sizeof *blocks, by_size);
  qsort(trees, KEYS, sizeof *trees, by_size);
  *blocks_ms = blocks[KEYS / 2];
  *trees_ms = trees[KEYS / 2];
}

static void measure(size_t size)
{
  Str text = make_article(size);
  Buffer *buffer = buffer_new(text, EOL_LSP);
  Snapshot *snapshot = buffer_snapshot(buffer);
  Article *article = article_new();
  uint64_t began = cpu_ns();
  article_parse(article, snapshot);
  double blocks_ms = ms_since(began), mb = (double)text.len / 1e6, key_ms, key_trees_ms;
  size_t held = mallinfo2().uordblks;
  began = cpu_ns();
  build_trees(article);
  double trees_ms = ms_since(began), tree_bytes = (double)(mallinfo2().uordblks - held) / (double)text.len;
  snapshot_unref(snapshot);
  type_keys(article, buffer, &key_ms, &key_trees_ms);
  printf("| %zu KB | %.1f | %.3f | %.1f | %.3f | %.1f |\n", size / 1000, mb / blocks_ms * 1e3, key_ms,
         mb / trees_ms * 1e3, key_trees_ms, tree_bytes);
  article_free(article);
  buffer_free(buffer);
  free((char *)text.ptr);
}

int main(void)
{
  printf("| article | blocks, MB/s | a key, ms | trees, MB/s | trees after a key, ms | tree bytes a byte |\n"
         "| --- | ---: | ---: | ---: | ---: | ---: |\n");
  static const size_t sizes[] = {10000, 100000, 1000000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) measure(sizes[i]);
  return 0;
}
