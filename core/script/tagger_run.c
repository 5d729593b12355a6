// One article, one tagger: what lists and patterns found (search.h), then scan() over the whole. Where the
// tagger's spans overlap the longest stays, then the one found first. Filters come when every tagger has
// tagged. Both ways in are one protected call each; a failure leaves the spans as they were.
#include "script/bind.h"
#include "script/search.h"
#include "script/tagger.h"

#include <lauxlib.h>

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

// --- the two ways in

typedef struct Call {
  Tagger *tagger;
  Run *run;
  const Early *early;
} Call;

bool tagger_needs_lua(const Tagger *self, const Early *early)
{
  return early->left || (early->any && self->scan_ref != LUA_NOREF && (early->triggered || !self->triggers));
}

static int tag_body(lua_State *L)
{
  Call *call = lua_touserdata(L, 1);
  Tagger *self = call->tagger;
  Run *run = call->run;
  bool triggered = search_rest(L, self, run, call->early) || !self->triggers;
  if (self->scan_ref == LUA_NOREF || !triggered) return 0;
  size_t before = run->spans.len;
  lua_rawgeti(L, LUA_REGISTRYINDEX, self->scan_ref);
  bind_push_doc(L);
  bind_push_emit(L);
  run->scanning = true;
  lua_call(L, 2, 0);
  run->scanning = false;
  if (run->spans.len > before) search_resolve(&run->spans, run->first_own, run->scratch);
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

static bool enter(Tagger *self, Run *run, const Early *early, lua_CFunction body, Fault *fault)
{
  Call call = {self, run, early};
  self->run = run;
  self->run_id++;
  bool ok = sandbox_call(self->box, body, &call, tagger_budget_ms(self, run), fault);
  if (!ok && !fault->line) fault->line = self->line;
  self->run = NULL;
  run->scanning = false;
  run->spent_ns += sandbox_spent_ns(self->box);
  return ok;
}

bool tagger_tag_article(Tagger *self, Run *run, const Early *early, Fault *fault)
{
  run->first_own = run->spans.len;
  run->own = 0;
  run->plain = early->plain;
  bool ok = true;
  if (tagger_needs_lua(self, early))
    ok = enter(self, run, early, tag_body, fault);
  else
    search_rest(NULL, self, run, early);
  if (!ok) run->spans.len = run->first_own;
  return ok;
}

bool tagger_filters(const Tagger *self, const SpanVec *spans)
{
  bool any = false;
  for (size_t i = 0; i < spans->len && !any && self->filter_ref != LUA_NOREF; i++)
    any = wants_to_filter(self, &spans->items[i]);
  return any;
}

bool tagger_filter_article(Tagger *self, Run *run, Fault *fault)
{
  size_t from = filter_from(self, run);
  SpanVec asked = {run->spans.items + from, run->spans.len - from, 0};
  if (!tagger_filters(self, &asked)) return true;
  Span *before = arena_copy(run->scratch, asked.items, asked.len * sizeof *before);
  bool ok = enter(self, run, NULL, filter_body, fault);
  if (!ok) memcpy(run->spans.items + from, before, asked.len * sizeof *before);
  return ok;
}
