// What a block's names are depends on nothing but the block: the same random sentences, alone and in any
// company and order, on one thread and on several at once, give the same names.
#include "unit/test.h"

#include "annotate/names/names.h"
#include "annotate/notes.h"
#include "chance.h"

#include <pthread.h>
#include <stdlib.h>

enum { SENTENCES = 300, THREADS = 3 };

static Names *g_names;
static char g_texts[SENTENCES][256];
static Str g_alone[SENTENCES];

static void make_sentence(char out[256])
{
  static const char *const words[] = {
      "Anna", "Berg",    "of",       "the",    "Volvo", "Oslo", "sade",   "i",        "von",    "Bank",
      "May",  "Will",    "&",        "Co",     "U.S.",  "EU",   "kinas",  "Kinas",    "\"",     ",",
      ".",    "\n",      "2018",     "FC",     "Roma",  "il",   "Müller", "die",      "Partei", "och",
      "d'",   "O'Neill", "McDonald", "-",      "DE",    "Xi",   "Jin'e",  "minister", "NRK",    "–",
      "Ǆ",    "ß",       "É",        "London", "Ltd.",  "in",   "to",     "A"};
  StrBuf text = {0};
  size_t count = 1 + dice(24);
  for (size_t i = 0; i < count; i++)
    strbuf_addf(&text, "%s%s", i && dice(9) ? " " : "", words[dice(ARRAY_LEN(words))]);
  snprintf(out, 256, "%s", text.ptr);
  strbuf_release(&text);
}

static Str names_of(size_t number)
{
  Notes notes = {.kind = (BlockKind)(number % BLOCK_METADATA), .lang = (Lang)(1 + number % (LANG_COUNT - 1))};
  StrBuf out = {0};
  notes.text = arena_dup(&notes.arena, str_of(g_texts[number]));
  tokens_split(notes.text, &notes.arena, &notes.tokens);
  sentences_split(notes.text, notes.lang, &notes.tokens, &notes.arena, &notes.sentences);
  names_find(g_names, &notes);
  for (size_t i = 0; i < notes.names.len; i++) {
    const Name *name = &notes.names.items[i];
    strbuf_addf(&out, "%u %u %d %a %u;", name->start, name->end, name->type, (double)name->confidence,
                name->entity);
  }
  for (size_t i = 0; i < notes.weak.len; i++) strbuf_addf(&out, "%u ", notes.weak.items[i].start);
  strbuf_byte(&out, '\n');
  arena_release(&notes.arena);
  return strbuf_str(&out);
}

static void *in_company(void *from)
{
  size_t first = *(size_t *)from, wrong = 0;
  for (size_t i = 0; i < SENTENCES; i++) {
    size_t number = (first + i * 7) % SENTENCES;
    Str now = names_of(number);
    wrong += !str_eq(now, g_alone[number]);
    free((char *)(uintptr_t)now.ptr);
  }
  *(size_t *)from = wrong;
  return NULL;
}

static void test_company_does_not_matter(void **state)
{
  (void)state;
  Error err = {0};
  size_t firsts[THREADS] = {0, 100, 211};
  pthread_t threads[THREADS];
  g_names = names_new("core/annotate/data", &err);
  assert_int_equal(err.code, ERR_NONE);
  for (size_t i = 0; i < SENTENCES; i++) {
    make_sentence(g_texts[i]);
    g_alone[i] = names_of(i);
  }
  for (size_t i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, in_company, &firsts[i]), 0);
  for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  for (size_t i = 0; i < THREADS; i++) assert_int_equal(firsts[i], 0);
  for (size_t i = 0; i < SENTENCES; i++) free((char *)(uintptr_t)g_alone[i].ptr);
  names_free(g_names);
}

int main(void)
{
  chance_begin();
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_company_does_not_matter)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
