// How it works: the words make a trie over bytes, in folded lists the bytes of their lower case. Each state
// has a failure link, to the longest proper suffix that is a state too, and an output link, to the nearest
// such state where a word ends. A byte without an edge follows failure links until one has it; every step
// down costs a step up made before, so a text costs at most two steps a byte. The root, where most bytes end,
// has a table of all bytes. Lower case may have another length than the text, but as many characters: a hit's
// start is found by walking back.
#include "script/words.h"

#include "base/utf8.h"

#define NONE UINT32_MAX

typedef struct Edge {
  uint8_t byte;
  uint32_t to;
} Edge;

typedef struct State {
  uint32_t child, sibling; // while building: first child, next child of the same parent
  uint32_t edges;          // then: first edge in Words.edges
  uint16_t edge_count;
  uint8_t byte; // of the edge that leads here
  uint32_t fail, output;
  uint32_t entry; // first of the words that end here
} State;

typedef struct Entry {
  uint32_t id, chars, next; // characters of the word; the next word of the same state
} Entry;

struct Words {
  bool fold;
  VEC_OF(State) states;
  VEC_OF(Edge) edges;
  VEC_OF(Entry) entries;
  uint32_t root[256]; // [byte]
};

static uint32_t state_new(Words *self, uint8_t byte)
{
  vec_push(&self->states,
           (State){.child = NONE, .sibling = NONE, .byte = byte, .output = NONE, .entry = NONE});
  return (uint32_t)self->states.len - 1;
}

Words *words_new(bool fold)
{
  Words *self = xcalloc(1, sizeof *self);
  self->fold = fold;
  state_new(self, 0);
  return self;
}

void words_free(Words *self)
{
  if (!self) return;
  vec_release(&self->states);
  vec_release(&self->edges);
  vec_release(&self->entries);
  free(self);
}

size_t words_count(const Words *self)
{
  return self->entries.len;
}

static uint32_t step_down(Words *self, uint32_t from, uint8_t byte)
{
  uint32_t child = self->states.items[from].child;
  while (child != NONE && self->states.items[child].byte != byte) child = self->states.items[child].sibling;
  if (child != NONE) return child;
  child = state_new(self, byte);
  self->states.items[child].sibling = self->states.items[from].child;
  self->states.items[from].child = child;
  return child;
}

// The bytes that the character at `p` stands for; returns its length in the text.
static size_t read_char(bool fold, const char *p, const char *end, char out[4], size_t *out_len)
{
  if (!fold || (unsigned char)*p < 0x80) {
    out[0] = fold && *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    *out_len = 1;
    return 1;
  }
  uint32_t cp;
  bool valid;
  size_t len = utf8_decode_slow(p, end, &cp, &valid);
  if (!valid) {
    memcpy(out, p, len);
    *out_len = len;
    return len;
  }
  *out_len = utf8_encode(utf8_lower(cp), out);
  return len;
}

void words_add(Words *self, Str word, uint32_t id)
{
  uint32_t state = 0, chars = 0;
  for (size_t at = 0; at < word.len; chars++) {
    char bytes[4];
    size_t len;
    at += read_char(self->fold, word.ptr + at, word.ptr + word.len, bytes, &len);
    for (size_t i = 0; i < len; i++) state = step_down(self, state, (uint8_t)bytes[i]);
  }
  if (!state) return;
  uint32_t fresh = (uint32_t)self->entries.len, last = self->states.items[state].entry;
  vec_push(&self->entries, (Entry){id, chars, NONE});
  while (last != NONE && self->entries.items[last].next != NONE) last = self->entries.items[last].next;
  if (last == NONE)
    self->states.items[state].entry = fresh;
  else
    self->entries.items[last].next = fresh;
}

static uint32_t next_state(const Words *self, uint32_t state, uint8_t byte)
{
  while (state) {
    const State *s = &self->states.items[state];
    const Edge *edge = &self->edges.items[s->edges], *end = edge + s->edge_count;
    for (; edge < end; edge++)
      if (edge->byte == byte) return edge->to;
    state = s->fail;
  }
  return self->root[byte];
}

static void lay_out_edges(Words *self, uint32_t state)
{
  State *s = &self->states.items[state];
  s->edges = (uint32_t)self->edges.len;
  for (uint32_t child = s->child; child != NONE; child = self->states.items[child].sibling) {
    vec_push(&self->edges, (Edge){self->states.items[child].byte, child});
    s->edge_count++;
    if (!state) self->root[self->states.items[child].byte] = child;
  }
}

void words_build(Words *self)
{
  size_t count = self->states.len, head = 0, tail = 0;
  uint32_t *queue = xmalloc(size_mul(count, sizeof *queue)); // breadth first: a failure link leads upwards
  queue[tail++] = 0;
  for (; head < tail; head++) {
    uint32_t state = queue[head];
    lay_out_edges(self, state);
    for (uint32_t child = self->states.items[state].child; child != NONE;
         child = self->states.items[child].sibling) {
      State *s = &self->states.items[child];
      s->fail = state ? next_state(self, self->states.items[state].fail, s->byte) : 0;
      const State *up = &self->states.items[s->fail];
      s->output = up->entry != NONE ? s->fail : up->output;
      queue[tail++] = child;
    }
  }
  free(queue);
}

WordsWalk words_walk(const Words *self, Str text)
{
  return (WordsWalk){self, text, 0, 0, NONE, NONE};
}

static size_t hit_start(Str text, size_t end, uint32_t chars, bool fold)
{
  if (!fold) return end - chars; // bytes
  const char *p = text.ptr + end;
  uint32_t cp;
  while (chars-- > 0) p -= utf8_decode_back(text.ptr, p, &cp);
  return (size_t)(p - text.ptr);
}

// Move on by one character; the hits that end behind it begin at walk->out (an entry).
static void advance(WordsWalk *walk)
{
  const Words *w = walk->words;
  char bytes[4];
  size_t len;
  walk->at += read_char(w->fold, walk->text.ptr + walk->at, walk->text.ptr + walk->text.len, bytes, &len);
  for (size_t i = 0; i < len; i++) walk->state = next_state(w, walk->state, (uint8_t)bytes[i]);
}

bool words_next(WordsWalk *walk, WordHit *hit)
{
  const Words *w = walk->words;
  while (walk->out == NONE) {
    if (walk->at >= walk->text.len) return false;
    advance(walk);
    const State *s = &w->states.items[walk->state];
    uint32_t at = s->entry != NONE ? walk->state : s->output;
    if (at == NONE) continue;
    walk->out = w->states.items[at].entry;
    walk->out_state = at;
  }
  const Entry *entry = &w->entries.items[walk->out];
  *hit = (WordHit){hit_start(walk->text, walk->at, entry->chars, w->fold), walk->at, entry->id};
  walk->out = entry->next;
  if (walk->out == NONE) { // shorter words that end here too
    walk->out_state = w->states.items[walk->out_state].output;
    if (walk->out_state != NONE) walk->out = w->states.items[walk->out_state].entry;
  }
  return true;
}

static bool is_word_char(uint32_t cp)
{
  CharClass class = utf8_class(cp);
  return utf8_is_letter(cp) || class == CHAR_DIGIT || class == CHAR_MARK;
}

bool words_is_whole(Str text, size_t start, size_t end)
{
  uint32_t before = ' ', first, last, after = ' ';
  const char *text_end = text.ptr + text.len;
  utf8_decode(text.ptr + start, text_end, &first);
  utf8_decode_back(text.ptr, text.ptr + end, &last);
  if (start) utf8_decode_back(text.ptr, text.ptr + start, &before);
  if (end < text.len) utf8_decode(text.ptr + end, text_end, &after);
  return !(is_word_char(first) && is_word_char(before)) && !(is_word_char(last) && is_word_char(after));
}
