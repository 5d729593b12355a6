#include "again.h"
#include "annotate/entities/coref.h"
#include "annotate/entities/roster.h"
#include "annotate/notes.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

// Names are marked in the text: [PER Vladimir Putin]; a ? behind the type makes a doubtful one.
typedef struct Story {
  Notes notes;
  Passage passage;
  Passages article;
} Story;

static void story_begin(Story *story, const Names *names_of, const char *marked, Lang lang)
{
  *story = (Story){.notes = {.lang = lang, .kind = BLOCK_PARAGRAPH}};
  StrBuf text = {0};
  VEC_OF(Name) names = {0};
  for (const char *p = marked; *p; p++) {
    if (*p == '[') {
      EntityType type = p[1] == 'P' ? ENTITY_PER : p[1] == 'O' ? ENTITY_ORG : ENTITY_LOC;
      float confidence = p[4] == '?' ? 0.4f : 0.95f;
      p = strchr(p, ' ');
      vec_push(&names,
               (Name){.start = (uint32_t)text.len, .type = type, .by = BY_MODEL, .confidence = confidence});
    } else if (*p == ']') {
      names.items[names.len - 1].end = (uint32_t)text.len;
    } else {
      strbuf_byte(&text, *p);
    }
  }
  Notes *notes = &story->notes;
  notes->text = arena_dup(&notes->arena, strbuf_str(&text));
  tokens_split(notes->text, &notes->arena, &notes->tokens);
  for (size_t i = 0; i < names.len; i++) {
    Name name = names.items[i];
    name.first = name.last = 0;
    for (uint32_t t = 0; t < notes->tokens.len; t++) {
      if (notes->tokens.items[t].start == name.start) name.first = t;
      if (notes->tokens.items[t].end == name.end) name.last = t + 1;
    }
    name.entity = 0;
    vec_push_in(&notes->arena, &notes->names, name);
  }
  coref_read(names_of, notes);
  story->passage = (Passage){.notes = notes};
  story->article = (Passages){&story->passage, 1, lang};
  strbuf_release(&text);
  vec_release(&names);
}

static void check(const char *marked, Lang lang, const char *want)
{
  Error err = {0};
  Names *names = names_new("core/annotate/data", &err);
  Story story;
  story_begin(&story, names, marked, lang);
  Arena arena = {0};
  SpanVec spans = {0};
  Cast *cast = cast_new();
  Roster roster = {0};
  coref_link(names, &story.article, &roster, cast, &arena, &spans);
  roster_release(&roster);
  StrBuf got = {0};
  for (size_t i = 0; i < spans.len; i++) {
    const Span *span = &spans.items[i];
    strbuf_addf(&got, "%s%u " STR_FMT " " STR_FMT, i ? "; " : "", span->entity->cluster,
                STR_ARG(span_type_name(span)), STR_ARG(span->entity->name));
  }
  strbuf_byte(&got, '\0');
  assert_string_equal(got.ptr, want);
  strbuf_release(&got);
  arena_release(&arena);
  cast_unref(cast);
  arena_release(&story.notes.arena);
  names_free(names);
}

static void test_persons(void **state)
{
  (void)state;
  check("[PER Olsson] sa att [PER Maria Olsson] kommer. [PER Maria] log.", LANG_SV,
        "1 PER Maria Olsson; 1 PER Maria Olsson; 1 PER Maria Olsson");
  check("[PER Xi Jinping] met [PER Li Qiang]. [PER Xi] spoke, [PER Li] listened.", LANG_EN,
        "1 PER Xi Jinping; 2 PER Li Qiang; 1 PER Xi Jinping; 2 PER Li Qiang");
  check("[PER Donald Trump] and [PER Donald J. Trump]", LANG_EN,
        "1 PER Donald J. Trump; 1 PER Donald J. Trump");
  check("[PER Anna Berg] och [PER Jan Berg] kom. [PER Berg] talade.", LANG_SV,
        "1 PER Anna Berg; 2 PER Jan Berg; 2 PER Jan Berg");
}

static void test_name_over_a_line_end(void **state)
{
  (void)state;
  check("[PER Anna\n  Berg] said. [PER Carl\r\nMaria Holm]", LANG_EN,
        "1 PER Anna Berg; 2 PER Carl Maria Holm");
}

// By the family names alone, two of them or with a particle, and by the one in the middle.
static void test_family_names(void **state)
{
  (void)state;
  check("[PER Gahr Vik] and [PER Jonas Gahr Vik]. [PER Gahr] left.", LANG_EN,
        "1 PER Jonas Gahr Vik; 1 PER Jonas Gahr Vik; 1 PER Jonas Gahr Vik");
  check("[PER Vincenzo De Nardi] e [PER De Nardi]", LANG_IT,
        "1 PER Vincenzo De Nardi; 1 PER Vincenzo De Nardi");
  check("[PER Von der Aue] und [PER Ursula von der Aue]", LANG_DE,
        "1 PER Ursula von der Aue; 1 PER Ursula von der Aue");
  check("[PER Heiko von der Aue] und [PER Ursula von der Aue]", LANG_DE,
        "1 PER Heiko von der Aue; 2 PER Ursula von der Aue");
  check("[PER Jan Gahr Vik], [PER Ola Gahr Vik], [PER Gahr Vik]", LANG_NB,
        "1 PER Jan Gahr Vik; 2 PER Ola Gahr Vik; 3 PER Gahr Vik"); // who can tell?
  check("[PER Lars Berg Vik] og [PER Anna Berg]. [PER Berg] lo.", LANG_DA,
        "1 PER Lars Berg Vik; 2 PER Anna Berg; 2 PER Anna Berg"); // rather the last word
  check("[PER Anna Berg] met Queen [PER Anna]. [PER Anna] smiled.", LANG_EN,
        "1 PER Anna Berg; 2 PER Anna; 1 PER Anna Berg");
}

// "Nupi" in brackets is the institute's, and where it comes again.
static void test_introduced(void **state)
{
  (void)state;
  check("[ORG Human Rights Watch] ([ORG HRX]) wrote. [ORG HRX] added.", LANG_EN,
        "1 ORG Human Rights Watch; 1 ORG Human Rights Watch; 1 ORG Human Rights Watch");
}

static void test_genitives(void **state)
{
  (void)state;
  check("[LOC Kinas] minister reste från [LOC Kina].", LANG_SV, "1 LOC Kina; 1 LOC Kina");
  check("[ORG EU:s] möte", LANG_SV, "1 ORG EU");
  check("[PER Lars] och [LOC Paris]", LANG_SV, "1 PER Lars; 2 LOC Paris");
  check("[PER Maria Olssons] bil", LANG_SV, "1 PER Maria Olsson");
  check("[LOC Athens] is old", LANG_EN, "1 LOC Athens");
}

static void test_cases(void **state)
{
  (void)state;
  check("[PER Kadri Tamm], [PER Tammin], [PER Tammille]", LANG_FI,
        "1 PER Kadri Tamm; 1 PER Kadri Tamm; 1 PER Kadri Tamm");
  check("[PER Niko Kyynäräisen], [PER Kyynäräinen], [PER Kyynäräiselle]", LANG_FI,
        "1 PER Niko Kyynäräinen; 1 PER Niko Kyynäräinen; 1 PER Niko Kyynäräinen");
  check("[ORG Renorin], [ORG Renor], [LOC? Renorille]", LANG_FI, "1 ORG Renor; 1 ORG Renor; 1 ORG Renor");
  check("[LOC Turussa], [LOC Haukiputaalla], [LOC Kaleva]", LANG_FI,
        "1 LOC Turku; 2 LOC Haukipudas; 3 LOC Kaleva");
  check("[ORG Turun yliopistosta]", LANG_FI, "1 ORG Turun yliopisto");
  check("[PER Tamm], [PER Tammin]", LANG_SV, "1 PER Tamm; 2 PER Tammin"); // Swedish has no such case
}

static void test_organisations(void **state)
{
  (void)state;
  check("[ORG Human Rights Watch] ([ORG HRW]) wrote. [ORG HRW] added.", LANG_EN,
        "1 ORG Human Rights Watch; 1 ORG Human Rights Watch; 1 ORG Human Rights Watch");
}

static void test_short_names(void **state)
{
  (void)state;
  check("[ORG Verdens helseorganisasjon] ([ORG WHO]) skrev. [ORG WHO] la til.", LANG_NB,
        "1 ORG Verdens helseorganisasjon; 1 ORG Verdens helseorganisasjon; 1 ORG Verdens helseorganisasjon");
  check("[ORG Qvixo Steel Group] grew. [ORG Qvixo] said so.", LANG_EN,
        "1 ORG Qvixo Steel Group; 1 ORG Qvixo Steel Group");
  check("[ORG Qvixo Steel] and [ORG Qvixo Bank]: which [ORG Qvixo]?", LANG_EN,
        "1 ORG Qvixo Steel; 2 ORG Qvixo Bank; 3 ORG Qvixo");
}

static void test_person_and_place(void **state)
{
  (void)state;
  check("[PER Ola Nordmann] kom. [PER Ola Nordmann Oslo]", LANG_NB,
        "1 PER Ola Nordmann; 1 PER Ola Nordmann; 2 LOC Oslo");
  check("[PER Ola Nordmann Oslo] kom.", LANG_NB, "1 PER Ola Nordmann Oslo");
  check("[PER Jack London] wrote. [PER Jack London] lived.", LANG_EN, "1 PER Jack London; 1 PER Jack London");
}

static void test_types(void **state)
{
  (void)state;
  check("[PER Karin Holm] kom. [LOC? Holm] log.", LANG_SV, "1 PER Karin Holm; 1 PER Karin Holm");
  check("[ORG Skanska] [ORG Skanska] [LOC? Skanska]", LANG_SV, "1 ORG Skanska; 1 ORG Skanska; 1 ORG Skanska");
}

static void test_things(void **state)
{
  (void)state;
  check("The tanker [PER Meridian Star] ran aground. [LOC? Meridian Star] lay there. [PER Ann Lee] left it.",
        LANG_EN, "1 PER Ann Lee");
  check("a tanker, [PER Meridian Star], off [LOC Malta]", LANG_EN, "1 LOC Malta");
  check("Das Schiff »[LOC Potsdam]« liegt in [LOC Rostock].", LANG_DE, "1 LOC Rostock");
  check("Orkanen [PER Florence] når [LOC Florida].", LANG_SV, "1 LOC Florida");
  check("Lastefartøyet [ORG Nordvik] gikk fra [LOC Bergen].", LANG_NB, "1 LOC Bergen");
  check("[ORG HMS Belfast] lag in [LOC London].", LANG_DE, "1 LOC London");
  check("Il romanzo «[PER Ferdydurke]» e il film di [PER Nanni Moretti]", LANG_IT, "1 PER Nanni Moretti");
}

static void test_what_a_thing_is_not(void **state)
{
  (void)state;
  check("[LOC Potsdam] feiert. Das Schiff »[LOC Potsdam]« fehlt. In [LOC Potsdam] regnet es, ganz [LOC "
        "Potsdam] ist nass, "
        "sagt [LOC Potsdam].",
        LANG_DE, "1 LOC Potsdam; 1 LOC Potsdam; 1 LOC Potsdam; 1 LOC Potsdam");
  check("Protagonizó la película [PER Richard Gere].", LANG_ES, "1 PER Richard Gere");
  check("Of the film, [PER Ann Lee] said little.", LANG_EN, "1 PER Ann Lee");
  check("Skipperen [PER Ola Nordmann] sov.", LANG_NB, "1 PER Ola Nordmann");
}

static void test_ids(void **state)
{
  (void)state;
  Names *names = names_new("core/annotate/data", NULL);
  Story story;
  story_begin(&story, names, "[PER Angela Merkel] och [PER Åsa Qvixtorp]", LANG_SV);
  Arena arena = {0};
  SpanVec spans = {0};
  Cast *cast = cast_new();
  Roster roster = {0};
  coref_link(names, &story.article, &roster, cast, &arena, &spans);
  roster_release(&roster);
  assert_true(str_is(spans.items[0].entity->entity, "wd:Q567"));
  assert_true(str_is(spans.items[1].entity->entity, "name:asa qvixtorp"));
  arena_release(&arena);
  cast_unref(cast);
  arena_release(&story.notes.arena);
  names_free(names);
}

#ifdef __SANITIZE_ADDRESS__
#define MANY_MOST_NS 1000000000u
#else
#define MANY_MOST_NS 200000000u
#endif

static void test_many_mentions(void **state)
{
  (void)state;
  Names *names = names_new("core/annotate/data", NULL);
  StrBuf marked = {0};
  for (size_t i = 0; i < 20000; i++)
    strbuf_addf(&marked, i % 3 ? "[PER Alm%zu] " : "[PER Eva Alm%zu] ", i % 700);
  bool in_time = false;
  for (int tries = 0; !in_time && again(&tries);) {
    Story story;
    story_begin(&story, names, marked.ptr, LANG_SV);
    Arena arena = {0};
    SpanVec spans = {0};
    uint64_t begin = clock_thread_ns();
    Cast *cast = cast_new();
    Roster roster = {0};
    coref_link(names, &story.article, &roster, cast, &arena, &spans);
    roster_release(&roster);
    uint64_t spent = clock_thread_ns() - begin;
    assert_int_equal(spans.len, 20000);
    print_message("20000 mentions: %.2f ms\n", (double)spent / 1e6);
    in_time = spent < MANY_MOST_NS;
    arena_release(&arena);
    cast_unref(cast);
    arena_release(&story.notes.arena);
  }
  assert_true(in_time);
  strbuf_release(&marked);
  names_free(names);
}

// A date line's capitals are not how a place or a person is called; an abbreviation's are.
static void test_capitals(void **state)
{
  (void)state;
  check("[LOC UTRECHT] (ANP). In [LOC Utrecht].", LANG_NL, "1 LOC Utrecht; 1 LOC Utrecht");
  check("[LOC NEW YORK], 3 mars.", LANG_SV, "1 LOC New York");
  check("[LOC ÅMÅL] ligger vid [LOC VÄNERN].", LANG_SV, "1 LOC Åmål; 2 LOC Vänern");
  check("[LOC USA] och [ORG UNESCO].", LANG_SV, "1 LOC USA; 2 ORG UNESCO");
  check("[ORG SDP:n] kokous. [ORG EU:ssa] ei.", LANG_FI, "1 ORG SDP; 2 ORG EU");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_persons),
      cmocka_unit_test(test_genitives),
      cmocka_unit_test(test_organisations),
      cmocka_unit_test(test_types),
      cmocka_unit_test(test_cases),
      cmocka_unit_test(test_short_names),
      cmocka_unit_test(test_person_and_place),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_many_mentions),
      cmocka_unit_test(test_capitals),
      cmocka_unit_test(test_name_over_a_line_end),
      cmocka_unit_test(test_family_names),
      cmocka_unit_test(test_introduced),
      cmocka_unit_test(test_things),
      cmocka_unit_test(test_what_a_thing_is_not),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
