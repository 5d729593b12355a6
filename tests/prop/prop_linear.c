// Time is linear in the length of an article, whatever stands in it: random short patterns of words, names,
// marks and markup, repeated to a text and to one of four times its length. Where the longer one takes far
// more than four times as long, something looks at all that came before, or goes to the end, again and again.
#include "unit/test.h"

#include "again.h"
#include "annotate/pipeline.h"
#include "base/clock.h"
#include "chance.h"

enum { SHORT = 48 << 10, TIMES = 4, RATIO_MOST = 9, PIECES_MOST = 7, SLOW_TOLD = 3 };
#define FLOOR_NS 3e6 // what is shorter says nothing

// In one line each: what annotators begin to read at.
static const char *const g_pieces[] = {
    "*", "*", "*", "*", "*", "*", "+", "+", // a name not seen before, one of a few names
                                            // clang-format off
    "Stockholm", "Norge", "Malmö FF", "Volvo AB", "London", "Manchester United", "Apple Inc.", "Bayern", "Siemens AG",
    "Bundeskanzler", "Herr", "Juventus", "Fiat S.p.A.", "Tromsø", "von", "de la", "Mr.", "Dr.", "Universitetet i", "(S)",
    "statsminister", "ordförande i", "the president of", "ministro", "företaget", "tingsrätt", "22-åringen",
    "säger", "sa", "enligt", "sagte", "laut", "said", "according to", "ha detto", "secondo", "sier", "mener att",
    "hon", "he", "er", "lui", "de", "it", "som", "who", "och", "and", "und", "e", "eller", "i", "in", "på", "mot", "till", "am",
    "matchen", "vann med", "3–1", "beat", "Tor", "gol", "målet",
    "den", "3", "maj", "2023", "måndag", "i går", "förra veckan", "klockan 14.30", "May 3,", "last week", "yesterday", "am Montag",
    "in den", "siebziger Jahren", "il 5 maggio", "två", "dagar", "years ago", "mellan", "from", "to", "5 procent", "1990s", "Q3",
    "”", "“", "\"", "„", "«", "»", "'", "’", "–", "- ", "—", "(", ")", ",", ".", ":", ";", "!", "?", "…", "/", "-", "a", "I", "å", "\xFF",
    "# ", "> ", "*", "_", "`", "[", "](", "![", "<b>", "</b>", "<p>", "<", "&amp;", "&", "|", "\\", "~~~", "<!--", "<div>",
                                            // clang-format on
};
static const char *const g_glues[] = {" ", " ", " ", "", "\n", "\n\n", ". ", ", "};

static void add_name(StrBuf *out)
{
  static const char *const syllables[] = {"ba", "de", "ki", "lo", "mu", "ra", "te",  "vi",  "so",   "ny",
                                          "ha", "ju", "po", "ri", "ös", "al", "mar", "ten", "berg", "vik"};
  size_t start = out->len;
  for (unsigned left = 2 + dice(2); left; left--) strbuf_add(out, str_of(syllables[dice(20)]));
  if (out->ptr[start] >= 'a' && out->ptr[start] <= 'z') out->ptr[start] ^= 0x20;
}

typedef struct Pattern {
  const char *pieces[PIECES_MOST], *glue, *end;
  unsigned len;
  StrBuf few[4];
} Pattern;

static Pattern draw_pattern(void)
{
  Pattern pattern = {.glue = g_glues[dice(ARRAY_LEN(g_glues))], .len = 1 + dice(PIECES_MOST)};
  pattern.end = dice(3) ? pattern.glue : g_glues[dice(ARRAY_LEN(g_glues))];
  for (unsigned i = 0; i < pattern.len; i++) pattern.pieces[i] = g_pieces[dice(ARRAY_LEN(g_pieces))];
  for (size_t i = 0; i < ARRAY_LEN(pattern.few); i++) add_name(&pattern.few[i]);
  return pattern;
}

static void write_text(const Pattern *pattern, size_t size, StrBuf *out)
{
  strbuf_reset(out);
  while (out->len < size) {
    for (unsigned i = 0; i < pattern->len; i++) {
      const char *piece = pattern->pieces[i];
      if (!strcmp(piece, "*"))
        add_name(out);
      else if (!strcmp(piece, "+"))
        strbuf_add(out, strbuf_str(&pattern->few[dice(ARRAY_LEN(pattern->few))]));
      else
        strbuf_add(out, str_of(piece));
      strbuf_add(out, str_of(i + 1 < pattern->len ? pattern->glue : pattern->end));
    }
  }
}

// Nanoseconds of the processor for one article.
static double cost(const Pipeline *pipeline, const Pattern *pattern, Markup markup, size_t size)
{
  StrBuf text = {0};
  uint64_t at = g_chance;
  write_text(pattern, size, &text);
  g_chance = at; // the same text again
  Snapshot *snapshot = snapshot_new(strbuf_str(&text));
  Analysis *analysis = analysis_new(pipeline);
  ArticleInfo info = {.markup = markup};
  uint64_t began = clock_thread_ns();
  Annotations *found = analysis_run(analysis, snapshot, &info, NULL);
  double took = (double)(clock_thread_ns() - began);
  annotations_unref(found);
  analysis_free(analysis);
  snapshot_unref(snapshot);
  strbuf_release(&text);
  return took;
}

// Whether it is, with a word about it; by the least of each length.
static bool is_slow(const Pipeline *pipeline, const Pattern *pattern, Markup markup)
{
  double once = 0, more = 0;
  for (int tries = 0; again(&tries);) {
    double a = cost(pipeline, pattern, markup, SHORT);
    double b = cost(pipeline, pattern, markup, TIMES * SHORT);
    once = tries == 1 || a < once ? a : once;
    more = tries == 1 || b < more ? b : more;
    if (more < RATIO_MOST * (once > FLOOR_NS ? once : FLOOR_NS)) return false;
  }
  StrBuf sample = {0};
  write_text(pattern, 150, &sample);
  printf("%d times the text takes %.1f ms, not %.1f (markup %d): %s\n", TIMES, more / 1e6, once / 1e6,
         (int)markup, sample.ptr);
  strbuf_release(&sample);
  return true;
}

static void time_grows_with_the_length(void **state)
{
  (void)state;
  static const Markup markups[] = {MARKUP_NONE, MARKUP_NONE, MARKUP_NONE, MARKUP_MARKDOWN, MARKUP_HTML};
  const char *dir = getenv("NEWSMARK_DATA");
  Error err = {0};
  Pipeline *pipeline = pipeline_new(dir ? dir : "build/share/newsmark", &err);
  chance_begin();
  size_t slow = 0;
  for (size_t round = chance_rounds(60); round && slow < SLOW_TOLD; round--) {
    Pattern pattern = draw_pattern();
    Markup markup = markups[dice(ARRAY_LEN(markups))];
    slow += is_slow(pipeline, &pattern, markup);
    for (size_t i = 0; i < ARRAY_LEN(pattern.few); i++) strbuf_release(&pattern.few[i]);
  }
  pipeline_free(pipeline);
  assert_int_equal(slow, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(time_grows_with_the_length)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
