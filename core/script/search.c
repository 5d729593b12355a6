// How it works: one pass over a block tells what may be in it (needles.h); only that is looked for. What is
// found depends on the block's bytes and language alone, so that it is kept (memo.h) where articles come
// again. The same code runs early and late: early there is no Lua state, and who would need one, or takes
// more than a few steps, gives up the block, which is then searched again from its beginning.
#include "script/search.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "script/bind.h"

#include <lauxlib.h>

#define NEAR_BYTES 100     // to either side, where the words of `near` are looked for
#define EARLY_BYTES 4096   // of a block that patterns are tried on without a clock
#define EARLY_STEPS 200000 // of a tagger in one article: matches, and windows of patterns
#define EARLY_NS 10000000  // of the processor, likewise; a block more may be begun
#define DEAR_STEPS 256     // of a block, behind which it is asked how long that took

typedef struct Search { // of one tagger, in one block
  Tagger *tagger;
  Run *run;
  lua_State *L; // NULL: early
  SpanVec *out;
  size_t *steps; // early: that are left
  size_t base;   // where the block begins
  Str text;      // of the block
} Search;

// False: the block is left for later. With Lua it raises instead.
static bool charge(Search *s, size_t steps)
{
  if (s->L) {
    sandbox_charge(s->L, steps);
    return true;
  }
  if (*s->steps < steps) return false;
  *s->steps -= steps;
  return true;
}

// --- matches

static size_t align_back(Str text, size_t at)
{
  while (at > 0 && at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) at--;
  return at;
}

static bool any_word(const Words *words, Str text)
{
  WordsWalk walk = words_walk(words, text);
  WordHit hit;
  return words_next(&walk, &hit);
}

static bool is_near(const Words *near, Str text, size_t start, size_t end)
{
  if (!near) return true;
  size_t from = start > NEAR_BYTES ? align_back(text, start - NEAR_BYTES) : 0;
  size_t to = text.len - end > NEAR_BYTES ? align_back(text, end + NEAR_BYTES) : text.len;
  return any_word(near, str_slice(text, from, start)) || any_word(near, str_slice(text, end, to));
}

static void push_match(lua_State *L, const Run *run, Str text, const RegexMatch *m) // m[0], m[1], …, m.lang
{
  lua_createtable(L, (int)m->count, 2);
  bind_set_str(L, "lang", str_of(lang_code(run->lang)));
  for (size_t i = 0; i < m->count; i++) {
    if (m->group[i].start == SIZE_MAX) continue;
    lua_pushlstring(L, text.ptr + m->group[i].start, m->group[i].end - m->group[i].start);
    lua_rawseti(L, -2, (lua_Integer)i);
  }
}

static Str call_value(lua_State *L, Run *run, int ref, Str text, const RegexMatch *m)
{
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
  push_match(L, run, text, m);
  lua_call(L, 1, 1);
  Str value = bind_read_text(L, run, "value's result");
  lua_pop(L, 1);
  return value;
}

static bool call_check(lua_State *L, const Run *run, int ref, Str text, const RegexMatch *m)
{
  if (ref == LUA_NOREF) return true;
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
  push_match(L, run, text, m);
  lua_call(L, 1, 1);
  bool ok = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return ok;
}

typedef struct Found { // a match of a list or pattern
  uint32_t tag, order;
  Str value;
  int value_ref;
  size_t group;
} Found;

// Append the span. False without Lua, where the tagger may give no more: the error is for later to raise.
static bool add_match(Search *s, const Found *found, const RegexMatch *m)
{
  Run *run = s->run;
  size_t start = s->base + m->group[found->group].start, end = s->base + m->group[found->group].end;
  Str value =
      found->value_ref == LUA_NOREF ? found->value : call_value(s->L, run, found->value_ref, s->text, m);
  Span *span;
  if (s->L)
    span = bind_add_span(s->L, found->tag, start, end, found->order);
  else if (s->out->len >= s->tagger->budget.spans)
    return false;
  else
    span = search_add(s->tagger, run, s->out, run->scratch, found->tag, start, end, found->order);
  if (value.len) span_own_tag(span, run->arena)->value = arena_dup(run->arena, value);
  return true;
}

// --- lists and patterns

// `langs` as Tagger.langs: where a language is not known it may be any.
static bool reads_lang(uint32_t langs, Lang lang)
{
  return !langs || lang == LANG_UNKNOWN || (langs >> lang & 1);
}

static bool run_words(Search *s, const Words *words)
{
  WordsWalk walk = words_walk(words, s->text);
  WordHit hit;
  while (words_next(&walk, &hit)) {
    const TaggerList *list = &s->tagger->lists.items[hit.id];
    if (!charge(s, 4)) return false;
    if (!reads_lang(list->langs, s->run->lang)) continue;
    if (list->whole && !words_is_whole(s->text, hit.start, hit.end)) continue;
    if (!is_near(list->near, s->text, hit.start, hit.end)) continue;
    if (!s->L && list->value_ref != LUA_NOREF) return false;
    RegexMatch m = {.count = 1, .group = {{hit.start, hit.end}}};
    if (!add_match(s, &(Found){list->tag, hit.id, list->value, list->value_ref, 0}, &m)) return false;
  }
  return true;
}

static void on_pause(void *L)
{
  if (L) sandbox_check_time(L);
}

static bool run_pattern(Search *s, const TaggerPattern *p)
{
  Str text = s->text;
  RegexMatch m;
  Found found = {p->tag, UINT32_MAX / 2 + (uint32_t)p->number, p->value, p->value_ref, p->group};
  regex_hurry(p->regex, !s->L);
  for (size_t from = 0; from <= text.len;) {
    RegexResult result = regex_find(p->regex, text, from, &m, on_pause, s->L);
    if (result == REGEX_LIMIT && s->L)
      luaL_error(s->L, "patterns[%d] takes too many steps on this article: make it simpler", (int)p->number);
    if (result != REGEX_FOUND) return result == REGEX_NONE;
    if (!charge(s, 4)) return false;
    size_t start = m.group[p->group].start, end = m.group[p->group].end;
    if (start != SIZE_MAX && end > start && is_near(p->near, text, start, end)) {
      if (!s->L && (p->check_ref != LUA_NOREF || p->value_ref != LUA_NOREF)) return false;
      if (call_check(s->L, s->run, p->check_ref, text, &m) && !add_match(s, &found, &m)) return false;
    }
    from = m.group[0].end > from ? m.group[0].end : from + 1; // an empty match: on by one
    while (from < text.len && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
  }
  return true;
}

static bool may_find(const Tagger *self, const Glance *glance, uint32_t need)
{
  return needles_may(glance->may, self->first_need + need);
}

static bool run_patterns(Search *s, const Glance *glance)
{
  const Tagger *self = s->tagger;
  for (size_t i = 0; i < self->patterns.len; i++) {
    const TaggerPattern *p = &self->patterns.items[i];
    if (!may_find(self, glance, NEED_PATTERNS + (uint32_t)i) || !reads_lang(p->langs, s->run->lang)) continue;
    if (!s->L && (s->text.len > EARLY_BYTES || !charge(s, 16 + s->text.len / 4))) return false;
    if (!run_pattern(s, p)) return false;
  }
  return true;
}

// PCRE2 wants valid UTF-8: bytes that are not become "?", so that positions stay.
static Str valid_text(Str text, Arena *scratch)
{
  if (utf8_valid(text)) return text;
  Str copy = arena_dup(scratch, text);
  char *p = (char *)(uintptr_t)copy.ptr, *end = p + copy.len;
  while (p < end) {
    uint32_t cp;
    bool valid;
    size_t len = utf8_decode_slow(p, end, &cp, &valid);
    if (!valid) memset(p, '?', len);
    p += len;
  }
  return copy;
}

// --- spans

// The facts of a tag without a value, one for all its spans; a value makes them the span's own.
static const TagFacts *plain_facts(const Tagger *tagger, Run *run, uint32_t tag)
{
  if (!run->plain[tag]) {
    const TagFacts facts = {.tag = arena_dup(run->arena, tagger->tags.items[tag].id),
                            .script = arena_dup(run->arena, tagger->name)};
    run->plain[tag] = arena_copy(run->arena, &facts, sizeof facts);
  }
  return run->plain[tag];
}

Span *search_add(const Tagger *self, Run *run, SpanVec *out, Arena *arena, uint32_t tag, size_t start,
                 size_t end, uint32_t order)
{
  vec_push_in(arena, out,
              (Span){.start = start,
                     .end = end,
                     .kind = SPAN_TAG,
                     .by = BY_SCRIPT,
                     .confidence = 1,
                     .id = order,
                     .tag = plain_facts(self, run, tag)});
  return &out->items[out->len - 1];
}

static int by_start(const void *a, const void *b)
{
  const Span *x = a, *y = b;
  return x->start < y->start ? -1 : x->start > y->start;
}

static int longest_first(const void *a, const void *b)
{
  const Span *x = a, *y = b;
  size_t x_len = x->end - x->start, y_len = y->end - y->start;
  if (x_len != y_len) return x_len > y_len ? -1 : 1;
  if (x->id != y->id) return x->id < y->id ? -1 : 1;
  return by_start(a, b);
}

// Put `span` into the accepted spans, which are in order and apart, unless it overlaps one.
static size_t accept(Span *accepted, size_t count, Span span)
{
  size_t lo = 0, hi = count; // the first that ends behind span.start
  while (lo < hi) {
    size_t mid = (lo + hi) / 2;
    if (accepted[mid].end <= span.start)
      lo = mid + 1;
    else
      hi = mid;
  }
  if (lo < count && accepted[lo].start < span.end) return count;
  memmove(accepted + lo + 1, accepted + lo, (count - lo) * sizeof *accepted);
  accepted[lo] = span;
  return count + 1;
}

// `count` spans in a row, each of which overlaps one before it. Returns how many stay, at the front.
static size_t thin_out(Span *spans, size_t count, Arena *scratch)
{
  size_t kept = 0;
  if (count < 2) return count;
  Span *sorted = arena_copy(scratch, spans, count * sizeof *spans);
  qsort(sorted, count, sizeof *sorted, longest_first);
  for (size_t i = 0; i < count; i++) kept = accept(spans, kept, sorted[i]);
  return kept;
}

void search_resolve(SpanVec *spans, size_t first, Arena *scratch)
{
  size_t count = spans->len - first, kept = 0;
  if (count < 2) return;
  Span *own = spans->items + first;
  qsort(own, count, sizeof *own, by_start);
  for (size_t i = 0, next; i < count; i = next) {
    size_t end = own[i].end;
    for (next = i + 1; next < count && own[next].start < end; next++)
      if (own[next].end > end) end = own[next].end;
    size_t stay = thin_out(own + i, next - i, scratch);
    memmove(own + kept, own + i, stay * sizeof *own);
    kept += stay;
  }
  spans->len = first + kept;
}

// --- a block, searched or remembered

// Block `number`: valid text, and what may be found in it, for all taggers.
static const Glance *glance_at(Run *run, size_t number)
{
  if (!run->glances)
    run->glances = arena_zalloc(run->scratch, size_mul(run->found->block_count, sizeof *run->glances));
  Glance *glance = &run->glances[number];
  if (glance->may) return glance;
  const BlockSpan *block = &run->found->blocks[number];
  uint64_t *may = arena_zalloc(run->scratch, needles_set_len(run->needles) * sizeof *may);
  glance->text = valid_text(str_slice(run->text, block->start, block->end), run->scratch);
  needles_find(run->needles, glance->text, may);
  glance->may = may;
  return glance;
}

// Search the block; its spans come behind those in `s->out`. False: it is left for later, and they are not
// all.
static bool search_block(Search *s, size_t number, bool *triggered)
{
  const Tagger *self = s->tagger;
  const Glance *glance = glance_at(s->run, number);
  size_t first = s->out->len;
  s->base = s->run->found->blocks[number].start;
  s->text = glance->text;
  if (may_find(self, glance, NEED_EXACT) && !run_words(s, self->exact)) return false;
  if (may_find(self, glance, NEED_FOLDED) && !run_words(s, self->folded)) return false;
  if (!run_patterns(s, glance)) return false;
  search_resolve(s->out, first, s->run->scratch);
  *triggered = may_find(self, glance, NEED_TRIGGERS) && any_word(self->triggers, glance->text);
  return true;
}

static uint64_t memo_key(const BlockSpan *block)
{
  return block->hash + (uint64_t)block->lang * 0x9e3779b97f4a7c15u;
}

static void remember(const Search *s, const BlockSpan *block, size_t first, bool triggered)
{
  size_t count = s->out->len - first;
  if (!s->tagger->memo || block->end - block->start > UINT32_MAX) return;
  MemoSpan *spans = arena_alloc(s->run->scratch, count * sizeof *spans);
  for (size_t i = 0; i < count; i++) {
    const Span *span = &s->out->items[first + i];
    const TagType *tag = tagger_tag(s->tagger, span->tag->tag);
    spans[i] = (MemoSpan){(uint32_t)(span->start - block->start), (uint32_t)(span->end - block->start),
                          (uint32_t)(tag - s->tagger->tags.items), span->id, span->tag->value};
  }
  memo_put(s->tagger->memo, memo_key(block), &(MemoEntry){triggered, (uint32_t)count, spans});
}

static bool recall(Search *s, const MemoEntry *known, size_t base)
{
  if (s->out->len + known->count > s->tagger->budget.spans) return false;
  for (size_t i = 0; i < known->count; i++) {
    const MemoSpan *one = &known->spans[i];
    Span *span = search_add(s->tagger, s->run, s->out, s->run->scratch, one->tag, base + one->start,
                            base + one->end, one->order);
    if (one->value.len) span_own_tag(span, s->run->arena)->value = arena_dup(s->run->arena, one->value);
  }
  return true;
}

// --- early and late

static bool reads_block(const Tagger *self, const BlockSpan *block)
{
  return block->kind != BLOCK_METADATA && reads_lang(self->langs, block->lang);
}

// False: the block is left for later.
static bool early_block(Search *s, size_t number, bool *triggered)
{
  const BlockSpan *block = &s->run->found->blocks[number];
  size_t first = s->out->len;
  s->run->lang = block->lang;
  const MemoEntry *known = s->tagger->memo ? memo_get(s->tagger->memo, memo_key(block)) : NULL;
  if (known) *triggered = known->triggered;
  if (known ? recall(s, known, block->start) : search_block(s, number, triggered)) {
    if (!known) remember(s, block, first, *triggered);
    return true;
  }
  s->out->len = first;
  return false;
}

void search_early(Tagger *self, Run *run, Early *early)
{
  size_t count = run->found->block_count, steps = EARLY_STEPS;
  Search s = {.tagger = self, .run = run, .out = &early->spans, .steps = &steps};
  early->plain = run->plain = arena_zalloc(run->scratch, self->tags.len * sizeof *run->plain);
  if (self->memo) memo_begin(self->memo);
  uint64_t begun = clock_thread_ns();
  for (size_t i = 0; i < count; i++) {
    bool triggered = false;
    size_t left = steps;
    if (!reads_block(self, &run->found->blocks[i])) continue;
    early->any = true;
    if (!early_block(&s, i, &triggered)) {
      if (!early->left) early->left = arena_zalloc(run->scratch, count * sizeof *early->left);
      early->left[i] = true;
    }
    early->triggered |= triggered;
    // Windows of one pattern cost a thousand times those of another: what is left then has a thread and a
    // clock.
    if (left - steps > DEAR_STEPS && clock_thread_ns() - begun > EARLY_NS) steps = 0;
  }
}

// Append the spans [*next, …) that lie before `end`. Early they were within the budget; with others between
// them they may not be.
static void take(Search *s, const Early *early, size_t *next, size_t end)
{
  for (; *next < early->spans.len && early->spans.items[*next].start < end; ++*next) {
    if (s->L) bind_count_span(s->L);
    vec_push_in(s->run->arena, s->out, early->spans.items[*next]);
  }
}

bool search_rest(lua_State *L, Tagger *self, Run *run, const Early *early)
{
  Search s = {.tagger = self, .run = run, .L = L, .out = &run->spans};
  bool any = early->triggered;
  size_t next = 0;
  for (size_t i = 0; early->left && i < run->found->block_count; i++) {
    const BlockSpan *block = &run->found->blocks[i];
    bool triggered = false;
    if (!early->left[i]) continue;
    take(&s, early, &next, block->start);
    size_t first = run->spans.len;
    run->lang = block->lang;
    search_block(&s, i, &triggered);
    remember(&s, block, first, triggered);
    any |= triggered;
  }
  take(&s, early, &next, SIZE_MAX);
  return any;
}
