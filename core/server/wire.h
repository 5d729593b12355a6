// wire: the two ends of the line to the client, pipes, terminals or files alike, on a libuv loop. Loop thread
// only.
#pragma once

#include "base/error.h"
#include "base/str.h"

#include <uv.h>

typedef struct Wire Wire;
typedef struct WireEvents {
  void (*bytes)(void *ctx, Str bytes); // came in; borrowed for the call
  void (*drained)(void *ctx);          // the client has taken all that was sent
  void (*ended)(void *ctx);            // nothing will come any more, or nobody reads us: once
  void *ctx;
} WireEvents;

// Read from `in` and write to `out` (file descriptors, which stay the caller's). NULL with *err: ERR_IO.
Wire *wire_open(uv_loop_t *loop, int in, int out, WireEvents events, Error *err);
// Send one message with its head; `body` is taken and empty afterwards.
void wire_send(Wire *self, StrBuf *body);
size_t wire_queued(const Wire *self); // bytes the client did not take yet
// Stop reading, give what is queued a second to leave, close. The memory goes with the last handle.
void wire_close(Wire *self);
