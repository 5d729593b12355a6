// Per block: pair the marks (quotes_marks.c) or cut the dash speech (quotes_dash.c), look at the block's
// words (quotes_scene.c), list who may have spoken (quotes_parties.c) and choose (quotes_speaker.c). What the
// block cannot tell is left to the article (quotes_attribute.c). Whether it was said at all: quotes_speech.c.
#include "annotate/quotes_p.h"

static bool has_dash_speech(Lang lang)
{
  return lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA || lang == LANG_FI;
}

// Whether the stretch stands in a sentence of its own.
static void describe_place(const Scene *scene, const Marked *marked, QuoteDraft *draft)
{
  uint32_t first = marked->first, last = marked->last;
  draft->starts = !first || scene_is(scene, first - 1, ".!?") || scene_is_dash(scene, first - 1) ||
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
  return next < marked->last && (scene->in[next].flags & TOKEN_CAPITAL) ? QUOTE_DIRECT : QUOTE_MIXED;
}

static void add_draft(Scene *scene, const CandidateVec *candidates, const Marked *marked, QuoteVec *out)
{
  const Token *in = scene->in;
  QuoteDraft draft = {
      .start = in[marked->first].start, .end = in[marked->last - 1].end, .form = marked->form};
  Saying saying = speaker_find(scene, candidates, *marked);
  describe_place(scene, marked, &draft);
  draft.single = marks_single(scene->notes, marked->form == QUOTE_CLOSER ? marked->last - 1 : marked->first);
  if (draft.starts) draft.topic = speaker_topic(scene, candidates, marked->first);
  draft.type = type_of(scene, marked, &draft);
  bool dash = marked->form == QUOTE_DASH;
  draft.confidence = dash ? (saying.cue    ? 0.95F
                             : draft.whole ? 0.8F
                                           : 0.5F)
                          : speech_likeness(scene, marked, &saying, &draft);
  if (marked->form == QUOTE_CLOSER) draft.confidence = 0.9F;
  draft.speaker = saying.speaker;
  draft.source = saying.source;
  draft.reason = (uint8_t)saying.reason;
  if (saying.cue_last > saying.cue_first) {
    draft.cue_start = in[saying.cue_first].start;
    draft.cue_end = in[saying.cue_last - 1].end;
  }
  vec_push_in(scene->keep, out, draft);
}

// What the next block's quotations may need of this one: a colon's speaker, the last sentence's person.
static void add_outlook(Scene *scene, const CandidateVec *candidates, QuoteVec *out)
{
  uint32_t len = scene->len;
  QuoteDraft topic = {.form = QUOTE_TOPIC, .speaker = speaker_topic(scene, candidates, len)};
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
  return marked->len || notes->kind == BLOCK_SPEECH || notes->kind == BLOCK_PARAGRAPH || notes->names.len;
}

static void find_in(const Quotes *self, Notes *notes, Arena *scratch)
{
  MarkedVec marked = {0};
  marks_pair(notes, scratch, &marked);
  if (!needs_scene(notes, &marked)) return;
  Scene scene;
  scene_init(&scene, self, notes, scratch);
  if (notes->kind == BLOCK_SPEECH && has_dash_speech(notes->lang)) {
    marked.len = 0;
    dash_speech(&scene, &marked);
  }
  scene_mark(&scene, &marked);
  CandidateVec candidates = {0};
  candidates_find(&scene, &candidates, &notes->quotes);
  for (size_t i = 0; i < marked.len; i++) add_draft(&scene, &candidates, &marked.items[i], &notes->quotes);
  add_outlook(&scene, &candidates, &notes->quotes);
}

void quotes_find(const Quotes *self, Notes *notes)
{
  if (!notes->tokens.len || notes->kind == BLOCK_METADATA) return;
  Arena scratch = {0};
  find_in(self, notes, &scratch);
  arena_release(&scratch);
}
