// One article, one tagger: lists, then patterns, block by block, so that a match never runs over the bounds
// of a paragraph; then scan() over the whole. Where the tagger's spans overlap the longest stays, then the
// one found first. What lists and patterns find in a block depends on the block alone, so that it is kept
// (memo.h) where articles come again. Filters come when every tagger has tagged. Both ways in are one
// protected call each; a failure leaves the spans as they were.
#include "base/utf8.h"
#include "script/bind.h"
#include "script/tagger.h"

#include <lauxlib.h>

#define NEAR_BYTES 100 // to either side, where the words of `near` are looked for
// An article that the document budget is meant for, and an edit that the live one is meant for; longer ones
// get more.
#define FAIR_BYTES 100000u
#define FAIR_LIVE_BYTES 32768u

uint32_t tagger_budget_ms(const Tagger *self, const Run *run)
{
  size_t parts = 1 + run->text.len / (run->live ? FAIR_LIVE_BYTES : FAIR_BYTES);
  return (run->live ? self->budget.live_ms : self->budget.document_ms) *
         (uint32_t)(parts < 1000 ? parts : 1000);
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

static void add_match(lua_State *L, Run *run, uint32_t tag, Str value, int value_ref, size_t base, Str text,
                      const RegexMatch *m, size_t group, uint32_t order)
{
  if (value_ref != LUA_NOREF) value = call_value(L, run, value_ref, text, m);
  Span *span = bind_add_span(L, tag, base + m->group[group].start, base + m->group[group].end, order);
  if (value.len) span_own_tag(span, run->arena)->value = arena_dup(run->arena, value);
}

// --- lists and patterns

// `langs` as Tagger.langs: where a language is not known it may be any.
static bool reads_lang(uint32_t langs, Lang lang)
{
  return !langs || lang == LANG_UNKNOWN || (langs >> lang & 1);
}

static void run_words(lua_State *L, Tagger *self, Run *run, const Words *words, size_t base, Str text)
{
  WordsWalk walk = words_walk(words, text);
  WordHit hit;
  while (words_next(&walk, &hit)) {
    const TaggerList *list = &self->lists.items[hit.id];
    sandbox_charge(L, 4);
    if (!reads_lang(list->langs, run->lang)) continue;
    if (list->whole && !words_is_whole(text, hit.start, hit.end)) continue;
    if (!is_near(list->near, text, hit.start, hit.end)) continue;
    RegexMatch m = {.count = 1, .group = {{hit.start, hit.end}}};
    add_match(L, run, list->tag, list->value, list->value_ref, base, text, &m, 0, hit.id);
  }
}

static void on_pause(void *L)
{
  sandbox_check_time(L);
}

static void run_pattern(lua_State *L, Run *run, const TaggerPattern *p, size_t base, Str text)
{
  RegexMatch m;
  RegexResult result;
  for (size_t from = 0; from <= text.len;) {
    result = regex_find(p->regex, text, from, &m, on_pause, L);
    if (result == REGEX_LIMIT)
      luaL_error(L, "patterns[%d] takes too many steps on this article: make it simpler", (int)p->number);
    if (result == REGEX_NONE) return;
    sandbox_charge(L, 4);
    size_t start = m.group[p->group].start, end = m.group[p->group].end;
    if (start != SIZE_MAX && end > start && is_near(p->near, text, start, end) &&
        call_check(L, run, p->check_ref, text, &m))
      add_match(L, run, p->tag, p->value, p->value_ref, base, text, &m, p->group,
                UINT32_MAX / 2 + (uint32_t)p->number);
    from = m.group[0].end > from ? m.group[0].end : from + 1; // an empty match: on by one
    while (from < text.len && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
  }
}

static bool may_find(const Tagger *self, const Glance *glance, uint32_t need)
{
  return needles_may(glance->may, self->first_need + need);
}

static void run_patterns(lua_State *L, Tagger *self, Run *run, size_t base, const Glance *glance)
{
  for (size_t i = 0; i < self->patterns.len; i++)
    if (may_find(self, glance, NEED_PATTERNS + (uint32_t)i) &&
        reads_lang(self->patterns.items[i].langs, run->lang))
      run_pattern(L, run, &self->patterns.items[i], base, glance->text);
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

// --- overlaps

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

// Of the spans from `first` on: sorted by place, and apart.
static void resolve_overlaps(Run *run, size_t first)
{
  size_t count = run->spans.len - first, kept = 0;
  if (count < 2) return;
  Span *own = run->spans.items + first;
  qsort(own, count, sizeof *own, by_start);
  for (size_t i = 0, next; i < count; i = next) {
    size_t end = own[i].end;
    for (next = i + 1; next < count && own[next].start < end; next++)
      if (own[next].end > end) end = own[next].end;
    size_t stay = thin_out(own + i, next - i, run->scratch);
    memmove(own + kept, own + i, stay * sizeof *own);
    kept += stay;
  }
  run->spans.len = first + kept;
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

// Search the block; its spans come behind those of the run. True where a trigger is in it.
static bool search_block(lua_State *L, Tagger *self, Run *run, size_t number)
{
  size_t first = run->spans.len, start = run->found->blocks[number].start;
  const Glance *glance = glance_at(run, number);
  if (may_find(self, glance, NEED_EXACT)) run_words(L, self, run, self->exact, start, glance->text);
  if (may_find(self, glance, NEED_FOLDED)) run_words(L, self, run, self->folded, start, glance->text);
  run_patterns(L, self, run, start, glance);
  resolve_overlaps(run, first);
  return may_find(self, glance, NEED_TRIGGERS) && any_word(self->triggers, glance->text);
}

static void remember(Tagger *self, Run *run, uint64_t key, size_t first, size_t start, bool triggered)
{
  size_t count = run->spans.len - first;
  MemoSpan *spans = arena_alloc(run->scratch, count * sizeof *spans);
  for (size_t i = 0; i < count; i++) {
    const Span *span = &run->spans.items[first + i];
    const TagType *tag = tagger_tag(self, span->tag->tag);
    spans[i] = (MemoSpan){(uint32_t)(span->start - start), (uint32_t)(span->end - start),
                          (uint32_t)(tag - self->tags.items), span->id, span->tag->value};
  }
  memo_put(self->memo, key, &(MemoEntry){triggered, (uint32_t)count, spans});
}

static void recall(lua_State *L, Run *run, const MemoEntry *entry, size_t start)
{
  for (size_t i = 0; i < entry->count; i++) {
    const MemoSpan *known = &entry->spans[i];
    Span *span = bind_add_span(L, known->tag, start + known->start, start + known->end, known->order);
    if (known->value.len) span_own_tag(span, run->arena)->value = arena_dup(run->arena, known->value);
  }
}

// What is found depends on the bytes of the block and on its language.
static bool run_block(lua_State *L, Tagger *self, Run *run, size_t number)
{
  const BlockSpan *block = &run->found->blocks[number];
  size_t first = run->spans.len;
  run->lang = block->lang;
  if (!self->memo || block->end - block->start > UINT32_MAX) return search_block(L, self, run, number);
  uint64_t key = block->hash + (uint64_t)block->lang * 0x9e3779b97f4a7c15u;
  const MemoEntry *known = memo_get(self->memo, key);
  if (known) {
    recall(L, run, known, block->start);
    return known->triggered;
  }
  bool triggered = search_block(L, self, run, number);
  remember(self, run, key, first, block->start, triggered);
  return triggered;
}

// --- the two ways in

typedef struct Call {
  Tagger *tagger;
  Run *run;
} Call;

static int tag_body(lua_State *L)
{
  Call *call = lua_touserdata(L, 1);
  Tagger *self = call->tagger;
  Run *run = call->run;
  bool any = false, triggered = !self->triggers;
  if (self->memo) memo_begin(self->memo);
  for (size_t i = 0; i < run->found->block_count; i++) {
    const BlockSpan *block = &run->found->blocks[i];
    if (block->kind == BLOCK_METADATA || !reads_lang(self->langs, block->lang)) continue;
    triggered |= run_block(L, self, run, i);
    any = true;
  }
  if (!any || self->scan_ref == LUA_NOREF || !triggered) return 0;
  size_t before = run->spans.len;
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->scan_ref);
  bind_push_doc(L);
  bind_push_emit(L);
  run->scanning = true;
  lua_call(L, 2, 0);
  run->scanning = false;
  if (run->spans.len > before) resolve_overlaps(run, run->first_own);
  return 0;
}

static bool wants_to_filter(const Tagger *self, const Span *span)
{
  if (span->start == span->end || span->by == BY_HUMAN) return false;
  return self->filter_all || wanted_has(&self->filter_tags, span);
}

// The first span that the filter may be asked about: tags alone lie behind the machine's.
static size_t filter_from(const Tagger *self, const Run *run)
{
  return self->filter_all || self->filter_tags.machine ? 0 : run->machine;
}

static int filter_body(lua_State *L)
{
  Call *call = lua_touserdata(L, 1);
  Run *run = call->run;
  lua_rawgeti(L, LUA_REGISTRYINDEX, call->tagger->filter_ref);
  bind_push_doc(L); // [call, filter, doc]
  for (size_t i = filter_from(call->tagger, run); i < run->spans.len; i++) {
    Span *span = &run->spans.items[i];
    if (!wants_to_filter(call->tagger, span)) continue;
    lua_pushvalue(L, 2);
    bind_push_span(L, run, span);
    lua_pushvalue(L, 3);
    lua_call(L, 2, 1); // [call, filter, doc, answer]
    run->machine_changed |= i < run->machine && !lua_isnil(L, -1);
    if (lua_istable(L, -1))
      bind_read_span(L, run, span);
    else if (lua_isboolean(L, -1) && !lua_toboolean(L, -1))
      span->end = span->start;
    else if (!lua_isnil(L, -1))
      return luaL_error(L, "filter should return nil, false or a span, not a %s", luaL_typename(L, -1));
    lua_settop(L, 3);
  }
  return 0;
}

static bool enter(Tagger *self, Run *run, lua_CFunction body, Fault *fault)
{
  Call call = {self, run};
  self->run = run;
  self->run_id++;
  bool ok = sandbox_call(self->box, body, &call, tagger_budget_ms(self, run), fault);
  if (!ok && !fault->line) fault->line = self->line;
  self->run = NULL;
  run->scanning = false;
  return ok;
}

bool tagger_tag_article(Tagger *self, Run *run, Fault *fault)
{
  run->first_own = run->spans.len;
  run->own = 0;
  run->plain = arena_zalloc(run->arena, self->tags.len * sizeof *run->plain);
  bool ok = enter(self, run, tag_body, fault);
  if (!ok) run->spans.len = run->first_own;
  return ok;
}

bool tagger_filter_article(Tagger *self, Run *run, Fault *fault)
{
  size_t from = filter_from(self, run);
  if (self->filter_ref == LUA_NOREF || run->spans.len == from) return true;
  size_t size = (run->spans.len - from) * sizeof *run->spans.items;
  Span *before = arena_copy(run->scratch, run->spans.items + from, size);
  bool ok = enter(self, run, filter_body, fault);
  if (!ok) memcpy(run->spans.items + from, before, size);
  return ok;
}
