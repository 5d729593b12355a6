// Per block: pair the marks (quotes_marks.c) or cut the dash speech (quotes_dash.c), look at the block's
// words (quotes_scene.c), list who may have spoken (quotes_parties.c), find the verbs of saying
// (quotes_cue.c) and choose among the speakers offered (quotes_speaker.c; quotes_phrase.c for those that
// nothing else knows; by quotes_weigh.c and quotes_rank.c). What the block cannot tell is left to the article
// (quotes_attribute.c). Whether it was said at all: quotes_speech.c.
#include "annotate/quotes/quotes_p.h"

#include "base/utf8.h"

#define BRIEF 2u        // words
#define LED_LEAST 0.55F // probability
#define SEED_BYTES 24u  // enough to tell quotations apart

static bool has_dash_speech(Lang lang)
{
  return lang != LANG_EN && lang != LANG_DE && lang != LANG_NL && lang != LANG_UNKNOWN;
}

// Whether the stretch stands in a sentence of its own.
static void describe_place(const Scene *scene, const Marked *marked, QuoteDraft *draft)
{
  uint32_t first = marked->first, last = marked->last;
  bool capital = first + 1 < last && (scene->in[first + 1].flags & TOKEN_CAPITAL);
  bool dash =
      first && scene_is_dash(scene, first - 1) && (capital || first == 1); // "one thing – “a term”" is none
  draft->starts = !first || scene_is(scene, first - 1, ".!?") || dash ||
                  (scene->inside[first - 1] && marks_is(scene->notes->text, &scene->in[first - 1]));
  bool ends = last >= scene->len || (last > 1 && scene_is(scene, last - 2, ".!?")) ||
              scene_is(scene, last, ".!?") || scene_is(scene, last, ",");
  draft->whole = draft->starts && ends;
}

static QuoteType type_of(const Scene *scene, const Marked *marked, const QuoteDraft *draft)
{
  if (draft->form == QUOTE_DASH || draft->starts) return QUOTE_DIRECT;
  if (scene_is(scene, marked->first - 1, ":,")) return QUOTE_DIRECT;
  uint32_t next = marked->first + 1;
  if (next >= marked->last || !(scene->in[next].flags & TOKEN_CAPITAL)) return QUOTE_MIXED;
  const Word *word = scene->words[next]; // German nouns have capitals in any place
  bool noun = scene->lexicon->lang == LANG_DE && !word->small && !word->pronoun;
  return noun ? QUOTE_MIXED : QUOTE_DIRECT;
}

// A few words with no verb that the tables know.
static bool is_bare(const Scene *scene, const Marked *marked)
{
  uint32_t words = 0;
  for (uint32_t i = marked->first + 1; i < marked->last; i++) {
    const Word *word = scene->words[i];
    if (word->small == SMALL_AUX || word->pronoun || (word->cue && word->cue < CUE_NOUN)) return false;
    words += scene_is_word(scene, i);
    if (words > 9) return false;
  }
  return true;
}

// A word or two: whose they are is not for the one in the sentence to say.
static bool is_brief(const Scene *scene, const Marked *marked)
{
  uint32_t words = 0;
  for (uint32_t i = marked->first; i < marked->last && words <= BRIEF; i++) words += scene_is_word(scene, i);
  return words <= BRIEF;
}

// Who said a stretch, by the reporter's words within its marks where there are any, else by what stands
// around.
static Saying say(const Layout *self, const Marked *marked)
{
  const Scene *scene = &self->scene;
  uint32_t first, last;
  if (aside_within(scene, marked, &first, &last)) {
    CandidateVec candidates = {0};
    QuoteVec titles = {0};
    memset(scene->inside + first, 0, last - first);
    candidates_find(scene, &candidates, &titles);
    Saying saying = speaker_find(scene, &candidates, (Marked){marked->first, first, QUOTE_MARKS, false});
    memset(scene->inside + first, 1, last - first);
    if (saying.speaker.kind != PARTY_NONE && saying.cue_first >= first && saying.cue_first < last)
      return saying;
  }
  return speaker_find(scene, &self->candidates, *marked);
}

// A hash of the first words, however they are set.
static uint32_t opening_of(const Scene *scene, const Marked *marked)
{
  enum { WORDS = 3, WORDS_LEAST = 2 };
  uint32_t words = 0, hash = 0;
  for (uint32_t i = marked->first; i < marked->last && words < WORDS; i++) {
    if (!scene_is_word(scene, i)) continue;
    hash = hash * 31 + scene->in[i].hash;
    words++;
  }
  return words >= WORDS_LEAST ? hash | 1 : 0;
}

QuoteDraft layout_draft(const Layout *self, const Marked *marked, Saying *saying)
{
  const Scene *scene = &self->scene;
  const Token *in = scene->in;
  QuoteDraft draft = {.start = in[marked->first].start,
                      .end = (uint32_t)utf8_skip_soft(scene->notes->text, in[marked->last - 1].end),
                      .form = marked->form};
  uint32_t seed_end = draft.end - draft.start > SEED_BYTES ? draft.start + SEED_BYTES : draft.end;
  draft.seed = (uint32_t)str_hash(str_slice(scene->notes->text, draft.start, seed_end));
  draft.opening = opening_of(scene, marked);
  *saying = say(self, marked);
  describe_place(scene, marked, &draft);
  draft.closes = marked->last >= scene->tail;
  draft.doubtful = marked->doubtful;
  draft.single = marks_single(scene->notes, marked->form == QUOTE_CLOSER ? marked->last - 1 : marked->first);
  uint32_t sentence = draft.starts ? marked->first : sentence_start(scene, marked->first);
  if (draft.starts || sentence)
    draft.topic = speaker_topic(scene, &self->candidates, sentence, &draft.former);
  draft.type = type_of(scene, marked, &draft);
  draft.told = stretch_is_reported(scene, marked->first, marked->last);
  bool vague = saying->reason == REASON_ONLY && draft.type == QUOTE_MIXED && is_brief(scene, marked);
  bool told_of = draft.told && saying->reason == REASON_ONLY && saying->speaker.kind == PARTY_PRONOUN;
  vague = vague || told_of; // "Roth würdigte den Verleger. Er habe „Mut bewiesen“."
  if (!vague) draft.speaker = saying->speaker;
  draft.source = saying->source;
  draft.reason = (uint8_t)saying->reason;
  bool cued = saying->cue_last > saying->cue_first;
  if (cued) {
    draft.cue_start = in[saying->cue_first].start;
    draft.cue_end = in[saying->cue_last - 1].end;
  }
  bool line = marked->form == QUOTE_DASH && !cued;
  draft.asks = marked->form == QUOTE_DASH && scene_is(scene, marked->last - 1, "?");
  draft.bare = line && is_bare(scene, marked);
  return draft;
}

// Whether a mark that nothing opens stands where one ends speech, rather than behind any word.
static bool ends_like_speech(const Scene *scene, const Marked *marked, const QuoteDraft *draft)
{
  bool stop = marked->last > 1 && (scene->in[marked->last - 2].flags & TOKEN_PUNCT);
  return stop || draft->closes || draft->reason == REASON_CUE || scene_is(scene, marked->last, ",");
}

// "Er sieht das anders: „Bach ist Bach.“": what a colon behind a person leads to, up to the end of its
// sentence and with a stop of its own, is said however short it is, and examples of that are too few to learn
// from.
static bool is_answer(const Scene *scene, const Marked *marked, const Saying *saying)
{
  uint32_t first = marked->first, last = marked->last;
  bool person = saying->speaker.kind == PARTY_NAME || saying->speaker.kind == PARTY_PRONOUN ||
                (saying->reason == REASON_COLON && saying->speaker.kind == PARTY_ROLE);
  bool led = first > 0 && scene_is(scene, first - 1, ":") && first + 2 < last &&
             (scene->in[first + 1].flags & TOKEN_CAPITAL);
  bool stop =
      last > 1 && (scene_is(scene, last - 2, ".!?") || scene_is(scene, last, ".") || last >= scene->len);
  return person && led && stop;
}

// "sagte er der „Neuen Presse“": an organisation's name between the marks, and nothing else.
static bool is_name_alone(const Scene *scene, const Marked *marked)
{
  const NameVec *names = &scene->notes->names;
  Str words = str_slice(scene->notes->text, scene->in[marked->first].end, scene->in[marked->last - 1].start);
  if (marked->last == marked->first + 3 && quotes_is_outlet(scene->quotes, words, scene->arena)) return true;
  size_t a = 0, b = names->len;
  while (a < b) {
    size_t mid = (a + b) / 2;
    if (names->items[mid].first < marked->first + 1)
      a = mid + 1;
    else
      b = mid;
  }
  return a < names->len && names->items[a].type == ENTITY_ORG && names->items[a].first == marked->first + 1 &&
         names->items[a].last + 1 == marked->last;
}

// "«…», afferma. E poi: «Certo.»": a word or two and a colon lead on from a quotation to the next.
static bool is_led_on(const Scene *scene, const Marked *marked, const Saying *saying)
{
  enum { LEAD_ON = 3 }; // words
  uint32_t first = marked->first, last = marked->last, i = first;
  if (saying->cue || first < 2 || !scene_is(scene, first - 1, ":") || first + 2 >= last ||
      !(scene->in[first + 1].flags & TOKEN_CAPITAL))
    return false;
  for (i = first - 1; i > 0 && first - i <= LEAD_ON + 1; i--) {
    const Word *word = scene->words[i - 1];
    if (scene->stops[i - 1] || scene->inside[i - 1]) break;
    if (!scene_is_word(scene, i - 1) || word->role || word->pronoun) return false;
  }
  uint32_t sentence = i > 1 ? sentence_start(scene, i - 1) : i;
  bool quoted = memchr(scene->inside + sentence, 1, i - sentence) != NULL;
  bool stop = scene_is(scene, last - 2, ".!?") || last >= scene->len || scene_is(scene, last, ".");
  return quoted && stop && first - i <= LEAD_ON + 1;
}

// "'We thought it was thunder': village counts the cost": a headline that opens with what somebody says.
static bool opens_headline(const Scene *scene, const Marked *marked)
{
  enum { WORDS = 3 };
  bool head = scene->notes->kind == BLOCK_HEADLINE || scene->notes->kind == BLOCK_SUBHEAD;
  if (!head || marked->first || !scene_is(scene, marked->last, ":")) return false;
  uint32_t words = 0;
  for (uint32_t i = 0; i < marked->last && words < WORDS; i++) words += scene_is_word(scene, i);
  return words == WORDS;
}

static float confidence(const Quotes *quotes, const Scene *scene, const Marked *marked, const Saying *saying,
                        const QuoteDraft *draft)
{
  if (marked->form == QUOTE_DASH) return saying->cue ? 0.95F : draft->whole ? 0.8F : 0.5F;
  if (marked->form == QUOTE_CLOSER) return ends_like_speech(scene, marked, draft) ? 0.9F : 0.3F;
  if (is_name_alone(scene, marked)) return 0.1F;
  float signs[SPEECH_SIGNS];
  speech_signs(scene, marked, saying, draft, signs);
  float likeness = speech_likeness(quotes->speech, signs);
  bool led = likeness < LED_LEAST && (is_answer(scene, marked, saying) || is_led_on(scene, marked, saying) ||
                                      opens_headline(scene, marked));
  return led ? LED_LEAST : likeness;
}

static void add_draft(const Quotes *quotes, const Layout *layout, const Marked *marked, QuoteVec *out)
{
  Saying saying;
  QuoteDraft draft = layout_draft(layout, marked, &saying);
  draft.confidence = confidence_of_probability(confidence(quotes, &layout->scene, marked, &saying, &draft));
  vec_push_in(layout->scene.keep, out, draft);
}

// What the next block's quotations may need of this one: a colon's speaker, the last sentence's person.
static void add_outlook(const Scene *scene, const CandidateVec *candidates, QuoteVec *out)
{
  uint32_t len = scene->len;
  QuoteDraft topic = {.form = QUOTE_TOPIC};
  topic.speaker = speaker_topic(scene, candidates, len, &topic.former);
  if (topic.speaker.kind) vec_push_in(scene->keep, out, topic);
  if (len > 1 && scene_is(scene, len - 1, ":") && !scene->inside[len - 1]) {
    Saying saying = speaker_lead(scene, candidates, len);
    QuoteDraft lead = {.form = QUOTE_LEAD, .start = scene->in[len - 1].start, .end = scene->in[len - 1].end};
    lead.speaker = saying.speaker;
    if (saying.cue_last > saying.cue_first) {
      lead.cue_start = scene->in[saying.cue_first].start;
      lead.cue_end = scene->in[saying.cue_last - 1].end;
    }
    if (saying.speaker.kind) vec_push_in(scene->keep, out, lead);
  }
}

static bool needs_scene(const Notes *notes, const MarkedVec *marked)
{
  bool may_speak = notes->kind == BLOCK_SPEECH || notes->kind == BLOCK_PARAGRAPH ||
                   notes->kind == BLOCK_LIST_ITEM || notes->kind == BLOCK_HEADLINE ||
                   notes->kind == BLOCK_SUBHEAD;
  return may_speak || marked->len || notes->names.len;
}

bool layout_read(Layout *self, const Quotes *quotes, Notes *notes, Arena *scratch)
{
  *self = (Layout){0};
  marks_pair(notes, scratch, &self->marked);
  const Lexicon *lexicon =
      needs_scene(notes, &self->marked) ? quotes_lexicon(quotes, notes->lang, NULL) : NULL;
  if (!lexicon) return false;
  scene_init(&self->scene, quotes, lexicon, notes, scratch);
  bool line = notes->kind == BLOCK_SPEECH || notes->kind == BLOCK_LIST_ITEM;
  if (has_dash_speech(notes->lang)) {
    if (line)
      dash_speech(&self->scene, notes->kind == BLOCK_LIST_ITEM, &self->marked);
    else
      dash_speech_within(&self->scene, &self->marked);
  }
  scene_mark(&self->scene, &self->marked);
  candidates_find(&self->scene, &self->candidates, &notes->quotes);
  return true;
}

// Of two stretches that only "and" or a comma parts one is as much said as the other. `drafts`: [marked].
static void level_rows(const Layout *layout, QuoteDraft *drafts)
{
  const Scene *scene = &layout->scene;
  for (size_t i = 0; i + 1 < layout->marked.len; i++) {
    uint32_t from = layout->marked.items[i].last, to = layout->marked.items[i + 1].first, t = from;
    while (t < to && (scene_is(scene, t, ",") || scene->words[t]->small == SMALL_CONJ)) t++;
    if (t < to || from == to || to - from > 2 || drafts[i].form != QUOTE_MARKS ||
        drafts[i + 1].form != QUOTE_MARKS)
      continue;
    float most =
        drafts[i].confidence > drafts[i + 1].confidence ? drafts[i].confidence : drafts[i + 1].confidence;
    drafts[i].confidence = drafts[i + 1].confidence = most;
  }
}

// Merge reported speech into the quotations, which begin at `before`: both are in order.
static void add_reported(const Layout *layout, size_t before, QuoteVec *quotes)
{
  QuoteVec reported = {0};
  reported_find(layout, &reported);
  size_t a = quotes->len, b = reported.len;
  for (size_t i = 0; i < reported.len; i++) vec_push_in(layout->scene.keep, quotes, reported.items[i]);
  for (size_t to = quotes->len; b && to-- > before;) { // from behind
    bool older = a > before && quotes->items[a - 1].start > reported.items[b - 1].start;
    quotes->items[to] = older ? quotes->items[--a] : reported.items[--b];
  }
}

static void find_in(const Quotes *self, Notes *notes, Arena *scratch)
{
  Layout layout;
  if (!layout_read(&layout, self, notes, scratch)) return;
  size_t before = notes->quotes.len;
  for (size_t i = 0; i < layout.marked.len; i++)
    add_draft(self, &layout, &layout.marked.items[i], &notes->quotes);
  level_rows(&layout, notes->quotes.items + before);
  if (notes->kind == BLOCK_PARAGRAPH) add_reported(&layout, before, &notes->quotes);
  add_outlook(&layout.scene, &layout.candidates, &notes->quotes);
}

void quotes_find(const Quotes *self, Notes *notes)
{
  if (!notes->tokens.len || notes->kind == BLOCK_METADATA) return;
  Arena *scratch = &notes->arena; // what lasts is copied by notes_keep()
  find_in(self, notes, scratch);
}
