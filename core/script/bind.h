// bind: what scripts see: the module "newsmark", `doc`, spans as tables.
// Only inside a sandbox_call() of a Tagger's state; all of these may raise Lua errors.
#pragma once

#include "script/tagger.h"

Tagger *bind_tagger(lua_State *L);
Run *bind_run(lua_State *L); // of the article at work; raises where there is none

void bind_push_api(lua_State *L);  // the module's functions in C
void bind_push_doc(lua_State *L);  // the article of the tagger's run
void bind_push_emit(lua_State *L); // emit(tag, first, last [, more])
void bind_push_span(lua_State *L, const Run *run, const Span *span);
// Take over what the table on top of the stack says of `span`: first, last, tag, value, conf, fields.
void bind_read_span(lua_State *L, Run *run, Span *span);
void bind_count_span(lua_State *L); // one more of the tagger at work; raises past its budget
// Append a span of the tagger at work; raises past its budget of spans. Of overlapping spans of one length
// the one with the lowest `order` stays.
Span *bind_add_span(lua_State *L, uint32_t tag, size_t start, size_t end, uint32_t order);
// The value on top of the stack, as a string in the run's arena; nil and false: {NULL, 0}. `what` is for the
// message.
Str bind_read_text(lua_State *L, Run *run, const char *what);

void bind_push_index(lua_State *L);         // the table newsmark.index
int bind_query(lua_State *L);               // doc:query()
Run *bind_check_doc(lua_State *L, int arg); // the run of the `doc` there; raises where it is closed
// {first, last, text}
void bind_push_stretch(lua_State *L, const Run *run, size_t start, size_t end);
void bind_set_str(lua_State *L, const char *key, Str value); // of the table on top; an empty value is nil
// Raise where first..last is no stretch of whole characters of the article.
void bind_check_range(lua_State *L, const Run *run, lua_Integer first, lua_Integer last);

// What is compiled out of strings that a script gives.
typedef struct Compiler {
  void *(*make)(Str source, Error *err); // NULL with *err: the whole sentence
  void (*free)(void *made);
  lua_Integer most;       // kept in one state
  size_t cost, cost_byte; // steps, of one and of each of its bytes
} Compiler;
// Of the string at `arg`. Its box is left on the stack: what is made lives as long.
void *bind_compile(lua_State *L, int arg, const Compiler *by);

// The fields of `doc`, for the test that holds api.meta.lua and this together.
const char *const *bind_doc_fields(size_t *count);
