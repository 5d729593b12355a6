#include "annotate/langid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static LangScores score(const char *text)
{
  Arena arena = {0};
  TokenVec tokens = {0};
  tokens_split(str_of(text), &arena, &tokens);
  LangScores scores = langid_score(str_of(text), &tokens);
  arena_release(&arena);
  return scores;
}

// The main language, and those of the blocks.
static Lang choose(const LangScores *blocks, size_t count, Lang given, Lang *langs)
{
  LangVotes votes = {0};
  for (size_t i = 0; i < count; i++) langid_vote(&votes, &blocks[i], 1);
  Lang main = langid_main(&votes, given);
  for (size_t i = 0; i < count; i++) langs[i] = langid_of(&blocks[i], main);
  return main;
}

static Lang alone(const char *text)
{
  LangScores scores = score(text);
  Lang lang;
  choose(&scores, 1, LANG_UNKNOWN, &lang);
  return lang;
}

static void test_paragraphs(void **state)
{
  (void)state;
  static const struct {
    Lang lang;
    const char *text;
  } cases[] = {
      {LANG_SV,
       "Regeringen vill att kommunerna ska bygga fler bostäder, men oppositionen är inte övertygad."},
      {LANG_NB,
       "Regjeringen vil at kommunene skal bygge flere boliger, men jeg er ikke sikker på hva de mener."},
      {LANG_NN,
       "Regjeringa vil at kommunane skal byggje fleire bustader, men eg er ikkje sikker på kva dei meiner."},
      {LANG_DA, "Regeringen vil have kommunerne til at bygge flere boliger, men oppositionen er ikke "
                "overbevist af planen."},
      {LANG_DE, "Die Regierung will, dass die Gemeinden mehr Wohnungen bauen, doch die Opposition ist nicht "
                "überzeugt."},
      {LANG_IT,
       "Il governo vuole che i comuni costruiscano più case, ma l'opposizione non è convinta del piano."},
      {LANG_EN,
       "The government wants the councils to build more homes, but the opposition is not convinced."},
      {LANG_FR, "Le gouvernement veut que les communes construisent plus de logements, mais l'opposition "
                "n'est pas convaincue."},
      {LANG_ES, "El gobierno quiere que los municipios construyan más viviendas, pero la oposición no está "
                "convencida."},
      {LANG_NL, "De regering wil dat de gemeenten meer woningen bouwen, maar de oppositie is niet overtuigd "
                "van het plan."},
      {LANG_PT,
       "O governo quer que os municípios construam mais habitações, mas a oposição não está convencida."},
      {LANG_FI, "Hallitus haluaa kuntien rakentavan enemmän asuntoja, mutta oppositio ei ole vakuuttunut."},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) assert_int_equal(alone(cases[i].text), cases[i].lang);
}

static void test_headlines(void **state)
{
  (void)state;
  assert_int_equal(alone("Statsministern avgår efter kritiken"), LANG_SV);
  assert_int_equal(alone("Eg veit ikkje kva som skjer"), LANG_NN);
  assert_int_equal(alone("Der Kanzler will nicht zurücktreten"), LANG_DE);
  assert_int_equal(alone("Storm hits the coast"), LANG_EN);
}

// A quoted paragraph keeps its own language, a name alone takes the article's.
static void test_mixed_article(void **state)
{
  (void)state;
  LangScores blocks[] = {
      score("Utrikesministern reste på måndagen till mötet och sade att förhandlingarna går framåt."),
      score("“We have made good progress and I am grateful to everybody who has worked for this,” she said."),
      score("Washington"),
      score("2023"),
      score("Mötet fortsätter under tisdagen, enligt ett pressmeddelande från departementet."),
  };
  Lang langs[5];
  assert_int_equal(choose(blocks, 5, LANG_UNKNOWN, langs), LANG_SV);
  assert_int_equal(langs[0], LANG_SV);
  assert_int_equal(langs[1], LANG_EN);
  assert_int_equal(langs[2], LANG_SV);
  assert_int_equal(langs[3], LANG_SV);
  assert_int_equal(langs[4], LANG_SV);
}

static void test_given(void **state)
{
  (void)state;
  LangScores blocks[] = {score("Ny minister"),
                         score("The minister said that she would not resign over this.")};
  Lang langs[2];
  assert_int_equal(choose(blocks, 2, LANG_DA, langs), LANG_DA);
  assert_int_equal(langs[0], LANG_DA);
  assert_int_equal(langs[1], LANG_EN);
  LangScores nothing = score("1234 !");
  assert_int_equal(choose(&nothing, 1, LANG_UNKNOWN, langs), LANG_UNKNOWN);
  assert_int_equal(choose(&nothing, 1, LANG_FI, langs), LANG_FI);
  assert_int_equal(choose(NULL, 0, LANG_UNKNOWN, langs), LANG_UNKNOWN);
}

// What comes and goes again leaves nothing behind, in whatever order.
static void test_votes_go(void **state)
{
  (void)state;
  LangScores blocks[] = {score("Utrikesministern reste på måndagen till mötet."),
                         score("Die Ministerin sagte am Montag nicht, wohin sie fährt."), score("2023"),
                         score("The minister said that she would not resign over this.")};
  LangVotes votes = {0}, nothing = {0};
  for (size_t i = 0; i < 4; i++) langid_vote(&votes, &blocks[i], 1);
  assert_int_equal(votes.blocks, 4);
  assert_int_equal(votes.speaking, 3);
  for (size_t i = 0; i < 4; i++) langid_vote(&votes, &blocks[(i + 2) % 4], -1);
  assert_memory_equal(&votes, &nothing, sizeof votes);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_paragraphs),    cmocka_unit_test(test_headlines),
      cmocka_unit_test(test_mixed_article), cmocka_unit_test(test_given),
      cmocka_unit_test(test_votes_go),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
