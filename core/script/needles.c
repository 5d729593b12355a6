// How it works: of every needle of three bytes or more its seldomest three are entered into a bit map, by a
// hash; the pass over the text looks there at each byte, and compares where the bit is set. Shorter needles
// are looked for by memchr() of a byte that is no letter. A pattern with a needle that neither can tell, or
// without any, may always match. Both sides are in lower case as far as ASCII and Latin-1 go; two characters
// elsewhere that PCRE2 holds for the same as an ASCII letter (K, the sign of Kelvin, and the long s) let
// every pattern through.
#include "script/needles.h"

#include <stdlib.h>

#define WINDOW 3
#define BITS 65536

typedef struct Needle {
  char *text;       // owned
  uint32_t len, at; // at: of the byte or the three that are looked for
  uint32_t id;
  uint32_t next; // of the same bucket, one more than its index; 0: none
} Needle;

struct Needles {
  VEC_OF(Needle) needles;
  VEC_OF(uint32_t) brief;  // needles for memchr()
  VEC_OF(uint32_t) always; // ids
  uint64_t bits[BITS / 64];
  uint32_t buckets[256]; // by the hash's low bits: the first needle, as Needle.next
  bool any;              // a needle is in the bit map
};

static uint8_t lower(uint8_t before, uint8_t byte)
{
  if (byte >= 'A' && byte <= 'Z') return byte | 0x20;
  return before == 0xC3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97 ? byte | 0x20 : byte;
}

static uint32_t hash_of(uint32_t window)
{
  return window * 2654435761u >> 16;
}

static bool is_lower(uint8_t byte)
{
  return byte >= 'a' && byte <= 'z';
}

Needles *needles_new(void)
{
  return xcalloc(1, sizeof(Needles));
}

void needles_free(Needles *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->needles.len; i++) free(self->needles.items[i].text);
  vec_release(&self->needles);
  vec_release(&self->brief);
  vec_release(&self->always);
  free(self);
}

// --- building

// How seldom a byte is in the languages of newspapers: about its rank.
static int seldom(uint8_t byte)
{
  static const char common[] = " enaitrsdlogkmuvhfpbcyj";
  const char *at = byte ? strchr(common, byte) : NULL;
  return at ? (int)(at - common) : 30;
}

static uint32_t best_window(const char *text, size_t len)
{
  uint32_t best = 0;
  int most = -1;
  for (size_t i = 0; i + WINDOW <= len; i++) {
    int score = 0;
    for (size_t k = 0; k < WINDOW; k++) score += seldom((uint8_t)text[i + k]);
    if (score <= most) continue;
    most = score;
    best = (uint32_t)i;
  }
  return best;
}

static uint32_t window_at(const char *text)
{
  return (uint32_t)(uint8_t)text[0] << 16 | (uint32_t)(uint8_t)text[1] << 8 | (uint8_t)text[2];
}

// The place of a byte that is the same in either case; len: there is none.
static uint32_t caseless_byte(const char *text, size_t len)
{
  uint32_t i = 0;
  while (i < len && (is_lower((uint8_t)text[i]) || (i && (uint8_t)text[i - 1] == 0xC3) ||
                     (uint8_t)text[i] == 0xC3 || text[i] == ' '))
    i++;
  return i;
}

static bool can_tell(const char *text)
{
  size_t len = strlen(text);
  return len >= WINDOW || caseless_byte(text, len) < len;
}

static void add_needle(Needles *self, const char *text, uint32_t id)
{
  Needle needle = {.text = xstrdup(text), .len = (uint32_t)strlen(text), .id = id};
  if (needle.len < WINDOW) {
    needle.at = caseless_byte(text, needle.len);
    vec_push(&self->brief, (uint32_t)self->needles.len);
  } else {
    needle.at = best_window(text, needle.len);
    uint32_t hash = hash_of(window_at(text + needle.at)), *bucket = &self->buckets[hash & 255];
    self->bits[hash / 64] |= (uint64_t)1 << (hash % 64);
    self->any = true;
    needle.next = *bucket;
    *bucket = (uint32_t)self->needles.len + 1;
  }
  vec_push(&self->needles, needle);
}

void needles_add(Needles *self, Str pattern, uint32_t id)
{
  NeedleVec needles = {0};
  needles_of(pattern, &needles);
  bool tell = needles.len > 0;
  for (size_t i = 0; i < needles.len; i++) tell = tell && can_tell(needles.items[i]);
  for (size_t i = 0; i < needles.len && tell; i++) add_needle(self, needles.items[i], id);
  if (!tell) vec_push(&self->always, id);
  needles_release(&needles);
}

// --- finding

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

static void find_brief(const Needles *self, Str text, bool *may)
{
  for (size_t i = 0; i < self->brief.len; i++) {
    const Needle *needle = &self->needles.items[self->brief.items[i]];
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (!may[needle->id] && (at = memchr(at, needle->text[needle->at], (size_t)(end - at)))) {
      size_t place = (size_t)(at - text.ptr);
      may[needle->id] = place >= needle->at && is_at(needle, text, place - needle->at);
      at++;
    }
  }
}

static void look_at(const Needles *self, Str text, size_t at, uint32_t hash, bool *may)
{
  for (uint32_t n = self->buckets[hash & 255]; n; n = self->needles.items[n - 1].next) {
    const Needle *needle = &self->needles.items[n - 1];
    if (!may[needle->id] && at >= needle->at) may[needle->id] = is_at(needle, text, at - needle->at);
  }
}

static void find_windows(const Needles *self, Str text, bool *may)
{
  uint32_t window = 0;
  uint8_t before = 0;
  for (size_t i = 0; i < text.len; i++) {
    uint8_t byte = (uint8_t)text.ptr[i];
    window = (window << 8 | lower(before, byte)) & 0xFFFFFF;
    before = byte;
    uint32_t hash = hash_of(window);
    if (self->bits[hash / 64] >> (hash % 64) & 1 && i + 1 >= WINDOW)
      look_at(self, text, i + 1 - WINDOW, hash, may);
  }
}

static bool has_odd_case(Str text)
{
  const char *end = text.ptr + text.len;
  for (const char *at = text.ptr; (at = memchr(at, 0xC5, (size_t)(end - at))); at++)
    if (end - at > 1 && (uint8_t)at[1] == 0xBF) return true; // long s
  for (const char *at = text.ptr; (at = memchr(at, 0xE2, (size_t)(end - at))); at++)
    if (end - at > 2 && (uint8_t)at[1] == 0x84 && ((uint8_t)at[2] == 0xAA || (uint8_t)at[2] == 0xAB))
      return true; // Kelvin, Ångström
  return false;
}

void needles_find(const Needles *self, Str text, bool *may)
{
  for (size_t i = 0; i < self->always.len; i++) may[self->always.items[i]] = true;
  if (!text.len) return;
  if (has_odd_case(text)) {
    for (size_t i = 0; i < self->needles.len; i++) may[self->needles.items[i].id] = true;
    return;
  }
  find_brief(self, text, may);
  if (self->any) find_windows(self, text, may);
}
