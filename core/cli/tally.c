#include "cli/tally.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tallies_release(Tallies *self)
{
  vec_release(&self->types);
  *self = (Tallies){0};
}

Tally *tally_of(Tallies *self, Str kind, Str type)
{
  char name[48];
  snprintf(name, sizeof name, STR_FMT " " STR_FMT, STR_ARG(kind), STR_ARG(type));
  for (size_t i = 0; i < self->types.len; i++)
    if (!strcmp(self->types.items[i].name, name)) return &self->types.items[i];
  Tally fresh = {0};
  memcpy(fresh.name, name, sizeof name);
  vec_push(&self->types, fresh);
  return &self->types.items[self->types.len - 1];
}

void tally_span(Tallies *self, const Span *span, bool right)
{
  Tally *tally = tally_of(self, str_of(span_kind_name(span->kind)), span_type_name(span));
  tally->confidence += (double)span->confidence;
  tally->right += right;
  tally->wrong += !right;
}

static double percent(size_t part, size_t whole)
{
  return whole ? 100.0 * (double)part / (double)whole : 0;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(((const Tally *)a)->name, ((const Tally *)b)->name);
}

static void sort(Tallies *self)
{
  if (self->types.len) qsort(self->types.items, self->types.len, sizeof(Tally), by_name);
}

static void print_share(const char *what, size_t right, size_t all)
{
  if (all) printf("\n%s: %zu of %zu right (%.1f%%)\n", what, right, all, percent(right, all));
}

void tallies_print(Tallies *self, const char *what)
{
  sort(self);
  printf("%zu %s", self->articles, what);
  if (self->done) printf(", %zu of them done", self->done);
  printf("\n\n");
  printf("%-22s %6s %6s %7s %10s %8s %6s %11s\n", "", "right", "wrong", "missed", "precision", "recall", "F1",
         "confidence");
  for (size_t i = 0; i < self->types.len; i++) {
    const Tally *t = &self->types.items[i];
    printf("%-22s %6zu %6zu %7zu %9.1f%% %7.1f%% %6.1f %11.2f\n", t->name, t->right, t->wrong, t->missed,
           percent(t->right, t->right + t->wrong), percent(t->right, t->right + t->missed),
           percent(2 * t->right, 2 * t->right + t->wrong + t->missed),
           t->right + t->wrong ? t->confidence / (double)(t->right + t->wrong) : 0.0);
  }
  print_share("speakers", self->speakers_right, self->speakers);
  print_share("values of dates", self->values_right, self->values);
}

void tallies_print_json(Tallies *self)
{
  sort(self);
  StrBuf out = {0};
  strbuf_byte(&out, '{');
  json_write_uint(&out, "articles", self->articles);
  json_write_uint(&out, "done", self->done);
  json_write_uint(&out, "speakers", self->speakers);
  json_write_uint(&out, "speakers_right", self->speakers_right);
  json_write_uint(&out, "values", self->values);
  json_write_uint(&out, "values_right", self->values_right);
  strbuf_add(&out, STR(",\"types\":["));
  for (size_t i = 0; i < self->types.len; i++) {
    const Tally *t = &self->types.items[i];
    strbuf_add(&out, i ? STR(",{") : STR("{"));
    json_write_member(&out, "type", str_of(t->name));
    json_write_uint(&out, "right", t->right);
    json_write_uint(&out, "wrong", t->wrong);
    json_write_uint(&out, "missed", t->missed);
    strbuf_byte(&out, '}');
  }
  strbuf_add(&out, STR("]}\n"));
  fwrite(out.ptr, 1, out.len, stdout);
  strbuf_release(&out);
}
