#include "annotate/entities/roster.h"
#include "annotate/notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BLOCKS = 40, NAMES = 5, ROUNDS = 400 };

static uint64_t g_random = 5;

static uint32_t dice(uint32_t sides)
{
  g_random = g_random * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(g_random >> 33) % sides;
}

// Notes with up to NAMES names of one of `kinds`; one in eight is perhaps two.
static Notes *notes_new(uint32_t kinds)
{
  Notes *notes = xcalloc(1, sizeof *notes);
  notes->lang = dice(4) ? LANG_SV : LANG_DE;
  for (uint32_t n = dice(NAMES + 1), at = 0; n; n--, at += 20) {
    CorefMention mention = {.key = dice(kinds), .start = at, .end = at + 5 + dice(9), .confidence = 0.5f};
    mention.flags = dice(8) ? 0 : COREF_PARTS;
    vec_push_in(&notes->arena, &notes->mentions, mention);
    if (!mention.flags) continue;
    CorefMention person = {.key = dice(kinds), .start = mention.start, .end = mention.start + 3};
    CorefMention place = {.key = dice(kinds), .start = mention.start + 4, .end = mention.end};
    vec_push_in(&notes->arena, &notes->mentions, person);
    vec_push_in(&notes->arena, &notes->mentions, place);
  }
  return notes;
}

static void notes_drop(const Notes *notes)
{
  Notes *own = (Notes *)(uintptr_t)notes;
  arena_release(&own->arena);
  free(own);
}

// Every name of the article, and nothing else, with a form that says what its record does.
static void check(const Roster *roster, const Passages *article)
{
  uint32_t at = 0;
  assert_int_equal(roster->blocks.len, article->len + 1);
  for (size_t p = 0; p < article->len; p++) {
    const Notes *notes = article->items[p].notes;
    assert_int_equal(roster->blocks.items[p].first, at);
    for (size_t i = 0, parts = 0; i < notes->mentions.len; i++, at++) {
      const CorefMention *mention = &notes->mentions.items[i];
      const RosterName *name = &roster->names.items[at];
      const RosterForm *form = &roster->forms.items[name->form];
      assert_int_equal(name->start, mention->start);
      assert_int_equal(name->len, mention->end - mention->start);
      assert_int_equal(form->mention.key, mention->key);
      assert_int_equal(form->mention.flags, mention->flags);
      assert_int_equal(form->lang, notes->lang);
      assert_int_equal(name->role, parts ? ROSTER_PART : mention->flags ? ROSTER_WHOLE : ROSTER_ALONE);
      parts = parts ? parts - 1 : mention->flags ? 2 : 0;
    }
  }
  assert_int_equal(roster->names.len, at);
}

static void put_block(Passages *article, Passage *items, size_t at, uint64_t made)
{
  memmove(items + at + 1, items + at, (article->len - at) * sizeof *items);
  items[at] = (Passage){0, notes_new(30), made};
  article->len++;
}

static void take_block(Passages *article, Passage *items, size_t at)
{
  notes_drop(items[at].notes);
  article->len--;
  memmove(items + at, items + at + 1, (article->len - at) * sizeof *items);
}

static void follows_the_blocks(void **state)
{
  (void)state;
  Passage items[BLOCKS + 1];
  Passages article = {items, 0, LANG_SV};
  Roster roster = {0};
  uint64_t made = 0;
  for (size_t round = 0; round < ROUNDS; round++) {
    for (uint32_t edits = dice(4); edits; edits--) {
      bool put = article.len == 0 || (article.len < BLOCKS && dice(3));
      size_t at = dice((uint32_t)article.len + put);
      if (put)
        put_block(&article, items, at, ++made);
      else
        take_block(&article, items, at);
    }
    roster_read(&roster, &article);
    check(&roster, &article);
  }
  while (article.len) take_block(&article, items, 0);
  roster_release(&roster);
}

// Blocks of which nobody knows when they were made are read again.
static void unknown_blocks_are_read(void **state)
{
  (void)state;
  Passage item = {0, notes_new(30), 0};
  Passages article = {&item, 1, LANG_SV};
  Roster roster = {0};
  for (size_t round = 0; round < 20; round++) {
    roster_read(&roster, &article);
    check(&roster, &article);
    notes_drop(item.notes);
    item.notes = notes_new(30);
  }
  notes_drop(item.notes);
  roster_release(&roster);
}

// Names that nobody has any more do not pile up.
static void forgets_forms(void **state)
{
  (void)state;
  Passage item;
  Passages article = {&item, 1, LANG_SV};
  Roster roster = {0};
  size_t most = 0;
  for (uint64_t round = 1; round < 20000; round++) {
    item = (Passage){0, notes_new(UINT32_MAX), round};
    roster_read(&roster, &article);
    check(&roster, &article);
    roster.used = (uint32_t)roster.names.len;
    if (roster.forms.len > most) most = roster.forms.len;
    notes_drop(item.notes);
  }
  assert_in_range(most, 500, 2000);
  roster_release(&roster);
}

// Whatever the passes read of a mention makes another one of it, but its place.
static void mentions_differ_by_all_but_their_place(void **state)
{
  (void)state;
#define FIELD(name, tells)                                                                                   \
  {                                                                                                          \
#name, offsetof(CorefMention, name), tells                                                               \
  }
  static const struct {
    const char *name;
    size_t offset;
    bool tells;
  } fields[] = {FIELD(key, true),        FIELD(bare_key, true),  FIELD(bases, true),  FIELD(first, true),
                FIELD(last, true),       FIELD(bare_last, true), FIELD(entity, true), FIELD(initials, true),
                FIELD(within, true),     FIELD(shared, true),    FIELD(words, true),  FIELD(ending, true),
                FIELD(confidence, true), FIELD(type, true),      FIELD(by, true),     FIELD(flags, true),
                FIELD(start, false),     FIELD(end, false),      FIELD(behind, false)};
#undef FIELD
  const CorefMention mention = {.key = 7, .confidence = 0.5f, .words = 2};
  for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
    CorefMention other = mention;
    ((unsigned char *)&other)[fields[i].offset] ^= 1;
    if (coref_mention_same(&mention, &other) == fields[i].tells) fail_msg("same: %s", fields[i].name);
    bool digest = coref_mention_digest(&mention) != coref_mention_digest(&other);
    if (digest != fields[i].tells) fail_msg("digest: %s", fields[i].name);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mentions_differ_by_all_but_their_place), cmocka_unit_test(follows_the_blocks),
      cmocka_unit_test(unknown_blocks_are_read), cmocka_unit_test(forgets_forms)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
