// rpc: JSON-RPC 2.0 in LSP's framing: bytes to messages, and messages to bytes. No I/O of its own; one
// thread.
#pragma once

#include "base/json.h"

#define RPC_HEAD_MAX ((size_t)16 << 10)
#define RPC_BODY_MAX ((size_t)256 << 20) // an article of 50 MB, escaped, goes through

typedef enum RpcCode {
  RPC_PARSE_ERROR = -32700,
  RPC_INVALID_REQUEST = -32600,
  RPC_METHOD_NOT_FOUND = -32601,
  RPC_INVALID_PARAMS = -32602,
  RPC_INTERNAL_ERROR = -32603,
  RPC_NOT_INITIALIZED = -32002,
  RPC_CANCELLED = -32800,
  RPC_CONTENT_MODIFIED = -32801,
  RPC_REQUEST_FAILED = -32803,
} RpcCode;

// --- framing

typedef struct RpcReader {
  StrBuf in;
  size_t at;       // read so far, of `in`
  size_t body_len; // of the message being read; meaningful after its head
  bool in_body;
  size_t skip; // bytes of a body over the ceiling still to come
} RpcReader;   // = {0} to begin

typedef enum RpcRead {
  RPC_WAIT,   // more bytes are needed
  RPC_BODY,   // *body is a message's, borrowed until the next rpc_feed()
  RPC_BROKEN, // a head without a usable Content-Length, or a body over the ceiling: *err says which; reading
              // goes on behind it
} RpcRead;

void rpc_reader_release(RpcReader *self);
void rpc_feed(RpcReader *self, Str bytes);
RpcRead rpc_read(RpcReader *self, Str *body, Error *err);

// --- messages

typedef enum RpcKind { RPC_INVALID, RPC_REQUEST, RPC_NOTIFICATION, RPC_RESPONSE } RpcKind;

typedef struct RpcMessage {
  RpcKind kind;
  cJSON *root;         // owned
  char *id;            // owned; as JSON text; NULL where there is none
  Str method;          // borrowed from root
  const cJSON *params; // likewise; NULL where absent
  RpcCode code;        // of RPC_INVALID
} RpcMessage;

// Never fails: what is no message is RPC_INVALID with *err and a code to answer with.
RpcMessage rpc_parse(Str body, Error *err);
void rpc_message_release(RpcMessage *self);

// The start of an answer or notification; what follows is the value and rpc_end().
void rpc_begin_result(StrBuf *out, const char *id);
void rpc_begin_notification(StrBuf *out, const char *method);
void rpc_begin_request(StrBuf *out, const char *id, const char *method); // ids of ours are strings: `"nm-1"`
void rpc_end(StrBuf *out);
// A whole error answer. `id` NULL: unknown, sent as null.
void rpc_write_error(StrBuf *out, const char *id, RpcCode code, const char *message);
