// How it works: the words make a trie over bytes, in folded lists the bytes of their lower case. Each state
// has a failure link, to the longest proper suffix that is a state too, and an output link, to the nearest
// such state where a word ends. A byte without an edge follows failure links until one has it; every step
// down costs a step up made before, so a text costs at most two steps a byte. The root, where most bytes end,
// has a table of all bytes. Lower case may have another length than the text, but as many characters: a hit's
// start is found by walking back.
#include "script/words.h"

#include "base/utf8.h"

#define NONE UINT32_MAX
#define BEGIN_BITS 16 // in the map of first runs, for each word

typedef struct State {
  uint32_t child, sibling; // while building: first child, next child of the same parent
  uint32_t edges;          // then: first edge in Words.edge_bytes
  uint16_t edge_count;
  uint8_t byte; // of the edge that leads here
  uint32_t fail, output;
  uint32_t entry; // first of the words that end here
} State;

typedef struct Entry {
  uint32_t id, chars, next; // characters of the word; the next word of the same state
} Entry;

struct Words {
  bool fold, whole_only;
  bool odd_start; // a word begins with something else than a letter, a digit or a mark
  VEC_OF(State) states;
  VEC_OF(uint8_t) edge_bytes; // of all states, one after the other
  VEC_OF(uint32_t) edge_to;   // likewise: where each leads
  VEC_OF(Entry) entries;
  uint32_t root[256]; // [byte]
  // Of lists where whole words alone count: what words begin with.
  VEC_OF(uint32_t) first_runs; // hashes
  uint64_t *begins;            // bits by begin_bit()
  uint32_t begin_mask;
  bool wide_start; // a word begins with a character beyond ASCII
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
  vec_release(&self->edge_bytes);
  vec_release(&self->edge_to);
  vec_release(&self->entries);
  vec_release(&self->first_runs);
  free(self->begins);
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

static bool is_word_char(uint32_t cp)
{
  CharClass class = utf8_class(cp);
  return utf8_is_letter(cp) || class == CHAR_DIGIT || class == CHAR_MARK;
}

static void note_first_run(Words *self, Str word)
{
  uint32_t hash = WORDS_RUN_SEED;
  char bytes[4];
  size_t len;
  read_char(self->fold, word.ptr, word.ptr + word.len, bytes, &len);
  self->wide_start |= (uint8_t)bytes[0] >= 0x80;
  for (size_t at = 0; at < word.len;) {
    at += read_char(self->fold, word.ptr + at, word.ptr + word.len, bytes, &len);
    if (!g_utf8_ascii_word[(uint8_t)bytes[0]]) break;
    hash = words_run_step(hash, g_utf8_ascii_word[(uint8_t)bytes[0]]);
  }
  vec_push(&self->first_runs, hash);
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
  uint32_t first;
  utf8_decode(word.ptr, word.ptr + word.len, &first);
  self->odd_start |= !is_word_char(first);
  note_first_run(self, word);
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
    const uint8_t *bytes = self->edge_bytes.items + s->edges;
    const uint8_t *at = s->edge_count ? memchr(bytes, byte, s->edge_count) : NULL;
    if (at) return self->edge_to.items[s->edges + (size_t)(at - bytes)];
    state = s->fail;
  }
  return self->root[byte];
}

static void lay_out_edges(Words *self, uint32_t state)
{
  State *s = &self->states.items[state];
  s->edges = (uint32_t)self->edge_to.len;
  for (uint32_t child = s->child; child != NONE; child = self->states.items[child].sibling) {
    vec_push(&self->edge_bytes, self->states.items[child].byte);
    vec_push(&self->edge_to, child);
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

static uint32_t begin_bit(const Words *self, uint32_t hash)
{
  return (hash ^ hash >> 13) & self->begin_mask;
}

void words_whole_only(Words *self)
{
  if (self->odd_start) return;
  uint32_t size = 64;
  while (size < self->first_runs.len * BEGIN_BITS && size < 1u << 24) size *= 2;
  self->whole_only = true;
  self->begin_mask = size - 1;
  self->begins = xcalloc(size / 64, sizeof *self->begins);
  for (size_t i = 0; i < self->first_runs.len; i++) {
    uint32_t bit = begin_bit(self, self->first_runs.items[i]);
    self->begins[bit / 64] |= (uint64_t)1 << (bit % 64);
  }
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

// Whether the character that begins with this byte may be one of ASCII in lower case: Kelvin, I with a dot.
static bool may_fold_to_ascii(uint8_t lead)
{
  return lead == 0xE2 || lead == 0xC4;
}

// Past the run that begins at `p`. *may: a word may begin with it. A character behind it may, in folded
// lists, be one more letter of ASCII.
static const uint8_t *read_run(const Words *self, const uint8_t *p, const uint8_t *end, bool *may)
{
  uint32_t hash = WORDS_RUN_SEED;
  for (uint8_t c; p < end && (c = g_utf8_ascii_word[*p]); p++) hash = words_run_step(hash, c);
  uint32_t bit = begin_bit(self, hash);
  *may = (p < end && may_fold_to_ascii(*p)) || (self->begins[bit / 64] >> (bit % 64) & 1);
  return p;
}

// The next place where a word may begin, from the root: at a run, or a character beyond ASCII, behind
// something that is no letter or digit, or may be none.
static size_t next_begin(const Words *self, Str text, size_t at)
{
  const uint8_t *start = (const uint8_t *)text.ptr, *p = start + at, *end = start + text.len;
  bool inside = at && g_utf8_ascii_word[p[-1]];
  while (p < end) {
    bool may = false;
    const uint8_t *here = p;
    if (*p < 0x80) {
      p = g_utf8_ascii_word[*p] ? read_run(self, p, end, &may) : p + 1;
    } else {
      may = (*p & 0xC0) != 0x80 && (self->wide_start || may_fold_to_ascii(*p));
      p++;
    }
    if (may && !inside) return (size_t)(here - start);
    inside = p[-1] < 0x80 && g_utf8_ascii_word[p[-1]];
  }
  return text.len;
}

// Move on by one character; the hits that end behind it begin at walk->out (an entry).
static void advance(WordsWalk *walk)
{
  const Words *w = walk->words;
  char bytes[4];
  size_t len;
  if (w->whole_only && !walk->state && (walk->at = next_begin(w, walk->text, walk->at)) == walk->text.len)
    return;
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
