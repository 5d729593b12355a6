// texts: articles to measure on, and longer texts made of their paragraphs, drawn in a fixed random order.
// The programs that measure are short and let the system free what they read.
#pragma once

#include "base/str.h"
#include "base/vec.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>

typedef VEC_OF(Str) StrVec;

static uint64_t g_random = 42;

static uint64_t next_random(void) // SplitMix64
{
  uint64_t z = g_random += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static Str read_file(const char *path)
{
  StrBuf text = {0};
  char part[65536];
  FILE *file = fopen(path, "rb");
  if (!file) return (Str){0};
  for (size_t n; (n = fread(part, 1, sizeof part, file));) strbuf_add(&text, (Str){part, n});
  fclose(file);
  return strbuf_str(&text);
}

static void add_paragraphs(Str text, StrVec *out)
{
  while (text.len) {
    Str line = str_trim(str_cut(&text, '\n'));
    if (line.len > 80) vec_push(out, line);
  }
}

static StrVec read_articles(const char *dir, StrVec *articles)
{
  StrVec paragraphs = {0};
  DIR *listing = opendir(dir);
  for (struct dirent *entry; listing && (entry = readdir(listing));) {
    char path[4096];
    if (!str_ends(str_of(entry->d_name), STR(".txt"))) continue;
    snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    Str text = read_file(path);
    vec_push(articles, text);
    add_paragraphs(text, &paragraphs);
  }
  if (listing) closedir(listing);
  return paragraphs;
}

static Str make_text(const StrVec *paragraphs, size_t size)
{
  StrBuf text = {0};
  strbuf_add(&text, STR("Rådet möts i Oslo\n\n2023-04-17\n\n"));
  while (text.len < size) {
    strbuf_add(&text, paragraphs->items[next_random() % paragraphs->len]);
    strbuf_add(&text, STR("\n\n"));
  }
  return strbuf_str(&text);
}
