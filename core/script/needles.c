// How it works: two passes over the bytes of a text.
// - Windows: a needle of two bytes or more is told by three bytes of it, hashed into a bit map. Every second
//   place of the text is looked at, so each needle is entered twice, at an odd and an even place; where it is
//   too short for that, with every byte that may stand beside it. A set bit is followed by a comparison.
// - Runs: a word that counts as a whole word alone is told by its longest run of ASCII letters and digits.
//   Where the word stands whole, that run stands whole too. So the text's runs are hashed, and looked up. So
//   are those of needles, where both ends of one are known; a comparison follows.
// Of all others those of one sign are looked for by memchr(); what none of these can tell may always occur.
// Both sides are in lower case as far as ASCII and Latin-1 go, windows even with bit 5 set. A few characters
// elsewhere are held for the same as one of these: they let everything through.
#include "script/needles.h"

#include "base/utf8.h"
#include "script/words.h"

#include <stdlib.h>

#define WINDOW 3
#define BITS 65536    // of windows
#define BUCKETS 4096u // of windows
#define FOLD 0x202020u

typedef struct Needle {
  char *text; // owned
  uint32_t len, id;
  uint32_t run_at, run_len; // a run that stands whole wherever the needle is; 0: none
} Needle;

typedef struct Window {
  uint32_t bytes;  // as window_of() has them
  int32_t at;      // where it begins in the needle; -1: a byte before
  uint32_t needle; // index
  uint32_t next;   // of the same bucket, one more than its index; 0: none
} Window;

typedef struct Run { // of letters and digits
  uint32_t hash, id; // id: one more; 0: free
  uint32_t needle;   // that is compared then, one more than its index; 0: none
} Run;

struct Needles {
  VEC_OF(Needle) needles;
  VEC_OF(uint32_t) brief;  // needles for memchr()
  VEC_OF(uint32_t) always; // ids
  VEC_OF(Window) windows;
  Run *runs;          // [run_size], an open table with linear probing
  uint64_t *run_bits; // [run_size * RUN_BITS / 64]
  size_t run_size, run_count;
  uint32_t ids;
  int refs; // atomic
  uint32_t buckets[BUCKETS];
  uint64_t bits[BITS / 64];
};

#define RUN_BITS 8 // of the map before the table, for each of its places

// --- bytes

static uint8_t lower(uint8_t before, uint8_t byte)
{
  if (byte >= 'A' && byte <= 'Z') return byte | 0x20;
  return before == 0xC3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97 ? byte | 0x20 : byte;
}

static uint32_t hash_of(uint32_t window)
{
  return window * 2654435761u >> 16;
}

// Of the first three of four bytes.
static uint32_t window_of(const uint8_t p[4])
{
  uint32_t bytes = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
  return (bytes & 0xFFFFFF) | FOLD;
}

static size_t run_place(const Needles *self, uint32_t hash)
{
  return (hash ^ hash >> 15) & (self->run_size - 1);
}

static size_t run_bit(const Needles *self, uint32_t hash)
{
  return (hash * 2654435761u >> 4) & (self->run_size * RUN_BITS - 1);
}

// --- beginning and end

Needles *needles_new(uint32_t ids)
{
  Needles *self = xcalloc(1, sizeof *self);
  self->refs = 1;
  self->ids = ids;
  return self;
}

Needles *needles_ref(const Needles *self)
{
  Needles *mine = (Needles *)(uintptr_t)self;
  __atomic_add_fetch(&mine->refs, 1, __ATOMIC_RELAXED);
  return mine;
}

void needles_unref(const Needles *self)
{
  Needles *mine = (Needles *)(uintptr_t)self;
  if (!mine || __atomic_sub_fetch(&mine->refs, 1, __ATOMIC_ACQ_REL)) return;
  for (size_t i = 0; i < mine->needles.len; i++) free(mine->needles.items[i].text);
  vec_release(&mine->needles);
  vec_release(&mine->brief);
  vec_release(&mine->always);
  vec_release(&mine->windows);
  free(mine->runs);
  free(mine->run_bits);
  free(mine);
}

uint32_t needles_ids(const Needles *self)
{
  return self->ids;
}

size_t needles_set_len(const Needles *self)
{
  return self->ids / 64 + 1;
}

static void note_id(Needles *self, uint32_t id)
{
  if (id >= self->ids) self->ids = id + 1;
}

static void add_always(Needles *self, uint32_t id)
{
  for (size_t i = 0; i < self->always.len; i++)
    if (self->always.items[i] == id) return;
  vec_push(&self->always, id);
}

// --- building: windows

static void add_window(Needles *self, uint32_t bytes, uint32_t needle, int32_t at)
{
  uint32_t hash = hash_of(bytes), *bucket = &self->buckets[hash % BUCKETS];
  self->bits[hash / 64] |= (uint64_t)1 << (hash % 64);
  vec_push(&self->windows, (Window){bytes, at, needle, *bucket});
  *bucket = (uint32_t)self->windows.len;
}

// The window that begins `at` in the needle; a byte that lies outside may be any.
static void add_windows(Needles *self, uint32_t needle, int32_t at)
{
  const Needle *n = &self->needles.items[needle];
  uint8_t bytes[4] = {0};
  int open = -1;
  for (int i = 0; i < WINDOW; i++) {
    if (at + i >= 0 && (uint32_t)(at + i) < n->len)
      bytes[i] = (uint8_t)n->text[at + i];
    else
      open = i;
  }
  for (unsigned any = 0; any < 256; any++) {
    if (open >= 0) bytes[open] = (uint8_t)any;
    if (open < 0 || any & 0x20) add_window(self, window_of(bytes), needle, at);
    if (open < 0) return;
  }
}

// How seldom a byte is in the languages of newspapers: about its rank.
static int seldom(uint8_t byte)
{
  static const char common[] = " enaitrsdlogkmuvhfpbcyj";
  const char *at = byte ? strchr(common, byte) : NULL;
  return at ? (int)(at - common) : 30;
}

// Where the seldomest four bytes in a row begin.
static int32_t best_place(const Needle *needle)
{
  int32_t best = 0;
  int most = -1;
  for (uint32_t i = 0; i + WINDOW < needle->len; i++) {
    int score = 0;
    for (uint32_t k = 0; k <= WINDOW; k++) score += seldom((uint8_t)needle->text[i + k]);
    if (score <= most) continue;
    most = score;
    best = (int32_t)i;
  }
  return best;
}

// --- building: runs

static uint32_t run_hash(Str run)
{
  uint32_t hash = WORDS_RUN_SEED;
  for (size_t i = 0; i < run.len; i++) hash = words_run_step(hash, g_utf8_ascii_word[(uint8_t)run.ptr[i]]);
  return hash;
}

static void put_run(Needles *self, Run run)
{
  size_t at = run_place(self, run.hash), bit = run_bit(self, run.hash);
  for (; self->runs[at].id; at = (at + 1) & (self->run_size - 1))
    if (self->runs[at].hash == run.hash && self->runs[at].id == run.id && self->runs[at].needle == run.needle)
      return;
  self->runs[at] = run;
  self->run_count++;
  self->run_bits[bit / 64] |= (uint64_t)1 << (bit % 64);
}

static void add_run(Needles *self, Run run)
{
  if (self->run_count * 2 >= self->run_size) {
    Run *old = self->runs;
    size_t size = self->run_size;
    self->run_size = size ? size * 2 : 64;
    self->run_count = 0;
    self->runs = xcalloc(self->run_size, sizeof *self->runs);
    free(self->run_bits);
    self->run_bits = xcalloc(self->run_size * RUN_BITS / 64, sizeof *self->run_bits);
    for (size_t i = 0; i < size; i++)
      if (old[i].id) put_run(self, old[i]);
    free(old);
  }
  note_id(self, run.id - 1);
  put_run(self, run);
}

// --- building: needles

// The needle's text is taken; it is in lower case as lower() has it.
static void take_needle(Needles *self, Needle needle)
{
  note_id(self, needle.id);
  if (!needle.len || (needle.len == 1 && g_utf8_ascii_word[(uint8_t)needle.text[0]] > '9')) {
    add_always(self, needle.id);
    free(needle.text);
    return;
  }
  uint32_t index = (uint32_t)self->needles.len;
  vec_push(&self->needles, needle);
  if (needle.run_len) {
    add_run(self,
            (Run){run_hash((Str){needle.text + needle.run_at, needle.run_len}), needle.id + 1, index + 1});
  } else if (needle.len == 1 || (needle.len == 2 && (uint8_t)needle.text[0] == 0xC2)) { // "@", "§"
    vec_push(&self->brief, index);
  } else { // at an odd and an even place
    bool late = needle.len == 3 && seldom((uint8_t)needle.text[0]) < seldom((uint8_t)needle.text[2]);
    int32_t at = needle.len > 3 ? best_place(&needle) : late ? 0 : -1;
    add_windows(self, index, at);
    add_windows(self, index, at + 1);
  }
}

// `marked` may hold edges.
static void add_needle(Needles *self, Str marked, uint32_t id)
{
  Needle needle = {.id = id};
  StrBuf text = {0};
  size_t begin = 0;  // of the run at hand, in `text`
  bool edge = false; // before it
  for (size_t i = 0; i <= marked.len; i++) {
    uint8_t c = i < marked.len ? (uint8_t)marked.ptr[i] : 0;
    if (c && g_utf8_ascii_word[c]) {
      strbuf_byte(&text, (char)c);
      continue;
    }
    if (edge && i < marked.len && text.len - begin > needle.run_len) {
      needle.run_at = (uint32_t)begin;
      needle.run_len = (uint32_t)(text.len - begin);
    }
    if (c && c != NEEDLE_EDGE) strbuf_byte(&text, (char)c);
    edge = true;
    begin = text.len;
  }
  needle.len = (uint32_t)text.len;
  needle.text = str_dup(strbuf_str(&text));
  strbuf_release(&text);
  take_needle(self, needle);
}

void needles_add_pattern(Needles *self, Str pattern, uint32_t id)
{
  NeedleVec needles = {0};
  note_id(self, id);
  needles_of(pattern, &needles);
  if (!needles.len) add_always(self, id);
  for (size_t i = 0; i < needles.len; i++) add_needle(self, str_of(needles.items[i]), id);
  needles_release(&needles);
}

// --- building: words

static Str longest_run(Str word)
{
  Str best = {0};
  for (size_t i = 0, begin = 0; i <= word.len; i++) {
    if (i < word.len && g_utf8_ascii_word[(uint8_t)word.ptr[i]]) continue;
    if (i - begin > best.len) best = str_slice(word, begin, i);
    begin = i + 1;
  }
  return best;
}

// The word in lower case, as texts are compared with it: of folded words the longest part that the plain rule
// holds for.
static void add_part(Needles *self, Str word, bool fold, uint32_t id)
{
  StrBuf part = {0}, best = {0};
  uint8_t before = 0;
  for (size_t at = 0; at < word.len;) {
    uint32_t cp;
    size_t len = utf8_decode(word.ptr + at, word.ptr + word.len, &cp);
    if (fold && !needle_is_plain(cp)) strbuf_reset(&part);
    for (size_t i = 0; i < len && (!fold || needle_is_plain(cp)); i++) {
      strbuf_byte(&part, (char)lower(before, (uint8_t)word.ptr[at + i]));
      before = (uint8_t)word.ptr[at + i];
    }
    at += len;
    if (part.len <= best.len) continue;
    strbuf_reset(&best);
    strbuf_add(&best, strbuf_str(&part));
  }
  add_needle(self, strbuf_str(&best), id);
  strbuf_release(&part);
  strbuf_release(&best);
}

static void add_lower(StrBuf *out, Str text) // of all letters
{
  for (size_t at = 0; at < text.len;) {
    uint32_t cp;
    char bytes[4];
    bool valid;
    size_t len = utf8_decode_slow(text.ptr + at, text.ptr + text.len, &cp, &valid);
    if (valid)
      strbuf_add(out, (Str){bytes, utf8_encode(utf8_lower(cp), bytes)});
    else
      strbuf_add(out, str_slice(text, at, at + len));
    at += len;
  }
}

static bool is_ascii(Str text)
{
  uint8_t all = 0;
  for (size_t i = 0; i < text.len; i++) all |= (uint8_t)text.ptr[i];
  return all < 0x80;
}

void needles_add_word(Needles *self, Str word, NeedleWord how, uint32_t id)
{
  StrBuf folded = {0};
  if (how.fold && !is_ascii(word)) {
    add_lower(&folded, word);
    word = strbuf_str(&folded);
  }
  Str run = how.whole ? longest_run(word) : (Str){0};
  if (run.len)
    add_run(self, (Run){run_hash(run), id + 1, 0});
  else if (word.len && memchr(word.ptr, NEEDLE_EDGE, word.len))
    add_always(self, id);
  else
    add_part(self, word, how.fold, id);
  strbuf_release(&folded);
}

void needles_add_all(Needles *self, const Needles *other, uint32_t first)
{
  if (other->ids) note_id(self, first + other->ids - 1);
  for (size_t i = 0; i < other->always.len; i++) add_always(self, first + other->always.items[i]);
  for (size_t i = 0; i < other->needles.len; i++) {
    Needle needle = other->needles.items[i];
    needle.text = str_dup((Str){needle.text, needle.len});
    needle.id += first;
    take_needle(self, needle);
  }
  for (size_t i = 0; i < other->run_size; i++)
    if (other->runs[i].id && !other->runs[i].needle)
      add_run(self, (Run){other->runs[i].hash, first + other->runs[i].id, 0});
}

// --- finding

static void set(uint64_t *may, uint32_t id)
{
  may[id / 64] |= (uint64_t)1 << (id % 64);
}

static bool is_at(const Needle *needle, Str text, size_t start)
{
  if (start > text.len || needle->len > text.len - start) return false;
  uint8_t before = 0;
  for (size_t i = 0; i < needle->len; i++) {
    uint8_t byte = (uint8_t)text.ptr[start + i];
    if (lower(before, byte) != (uint8_t)needle->text[i]) return false;
    before = byte;
  }
  return true;
}

static void find_brief(const Needles *self, Str text, uint64_t *may)
{
  for (size_t i = 0; i < self->brief.len; i++) {
    const Needle *needle = &self->needles.items[self->brief.items[i]];
    const char *at = text.ptr, *end = text.ptr + text.len;
    uint32_t last = needle->len - 1;
    while (!needles_may(may, needle->id) && (at = memchr(at, needle->text[last], (size_t)(end - at)))) {
      size_t place = (size_t)(at++ - text.ptr);
      if (place >= last && is_at(needle, text, place - last)) set(may, needle->id);
    }
  }
}

static void look_at(const Needles *self, Str text, size_t at, uint32_t bytes, uint64_t *may)
{
  for (uint32_t n = self->buckets[hash_of(bytes) % BUCKETS]; n; n = self->windows.items[n - 1].next) {
    const Window *window = &self->windows.items[n - 1];
    const Needle *needle = &self->needles.items[window->needle];
    if (window->bytes != bytes || needles_may(may, needle->id)) continue;
    if ((ptrdiff_t)at >= window->at && is_at(needle, text, (size_t)((ptrdiff_t)at - window->at)))
      set(may, needle->id);
  }
}

static bool has_bit(const Needles *self, uint32_t bytes)
{
  uint32_t hash = hash_of(bytes);
  return self->bits[hash / 64] >> (hash % 64) & 1;
}

static void find_windows(const Needles *self, Str text, uint64_t *may)
{
  const uint8_t *p = (const uint8_t *)text.ptr;
  size_t at = 0;
  for (; at + 4 <= text.len; at += 2) {
    uint32_t bytes = window_of(p + at);
    if (has_bit(self, bytes)) look_at(self, text, at, bytes, may);
  }
  for (; at < text.len; at += 2) { // up to three bytes are left
    uint8_t last[4] = {0};
    memcpy(last, p + at, text.len - at);
    uint32_t bytes = window_of(last);
    if (has_bit(self, bytes)) look_at(self, text, at, bytes, may);
  }
}

static void look_up(const Needles *self, Str text, size_t start, uint32_t hash, uint64_t *may)
{
  size_t bit = run_bit(self, hash);
  if (!(self->run_bits[bit / 64] >> (bit % 64) & 1)) return;
  for (size_t at = run_place(self, hash); self->runs[at].id; at = (at + 1) & (self->run_size - 1)) {
    const Run *run = &self->runs[at];
    if (run->hash != hash || needles_may(may, run->id - 1)) continue;
    const Needle *needle = run->needle ? &self->needles.items[run->needle - 1] : NULL;
    if (!needle || (start >= needle->run_at && is_at(needle, text, start - needle->run_at)))
      set(may, run->id - 1);
  }
}

static void find_runs(const Needles *self, Str text, uint64_t *may)
{
  const uint8_t *p = (const uint8_t *)text.ptr, *end = p + text.len;
  while (p < end) {
    const uint8_t *begin = p;
    uint8_t c = g_utf8_ascii_word[*p++];
    if (!c) continue;
    uint32_t hash = words_run_step(WORDS_RUN_SEED, c);
    while (p < end && (c = g_utf8_ascii_word[*p])) {
      hash = words_run_step(hash, c);
      p++;
    }
    look_up(self, text, (size_t)(begin - (const uint8_t *)text.ptr), hash, may);
  }
}

// Characters that are held for the same as one of ASCII or Latin-1: the long s, I with a dot, Kelvin,
// Ångström.
static bool has_odd_case(Str text)
{
  static const char odd[][4] = {"\xC5\xBF", "\xC4\xB0", "\xE2\x84\xAA", "\xE2\x84\xAB"};
  const char *end = text.ptr + text.len;
  for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
    size_t len = strlen(odd[i]);
    for (const char *at = text.ptr; (at = memchr(at, odd[i][0], (size_t)(end - at))); at++)
      if ((size_t)(end - at) >= len && !memcmp(at, odd[i], len)) return true;
  }
  return false;
}

void needles_find(const Needles *self, Str text, uint64_t *may)
{
  for (size_t i = 0; i < self->always.len; i++) set(may, self->always.items[i]);
  if (!text.len) return;
  if (has_odd_case(text)) {
    for (uint32_t id = 0; id < self->ids; id++) set(may, id);
    return;
  }
  find_brief(self, text, may);
  if (self->windows.len) find_windows(self, text, may);
  if (self->run_count) find_runs(self, text, may);
}
