// A head is read line by line; only Content-Length matters, whatever the other fields say. After a head that
// says nothing usable reading goes on behind its empty line, and "Content-Length:" is looked for anywhere in
// a line, so that a client whose body was longer than it said is understood again with its next message.
#include "server/rpc.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <strings.h>

#define KEPT (64u << 10) // bytes of room between messages

void rpc_reader_release(RpcReader *self)
{
  strbuf_release(&self->in);
  *self = (RpcReader){0};
}

void rpc_feed(RpcReader *self, Str bytes)
{
  if (self->skip) {
    size_t dropped = bytes.len < self->skip ? bytes.len : self->skip;
    self->skip -= dropped;
    bytes = str_slice(bytes, dropped, bytes.len);
  }
  if (self->at) {
    memmove(self->in.ptr, self->in.ptr + self->at, self->in.len - self->at);
    self->in.len -= self->at;
    self->at = 0;
  }
  if (!self->in.len && self->in.cap > KEPT) strbuf_release(&self->in); // a whole article came
  strbuf_add(&self->in, bytes);
}

// What stands behind the last "Content-Length:" in `line`; false where there is none.
static bool find_length(Str line, Str *value)
{
  static const char name[] = "content-length:";
  size_t name_len = sizeof name - 1;
  for (size_t at = line.len < name_len ? 0 : line.len - name_len + 1; at-- > 0;) {
    if (strncasecmp(line.ptr + at, name, name_len)) continue;
    *value = str_trim(str_slice(line, at + name_len, line.len));
    return true;
  }
  return false;
}

static bool read_number(Str digits, size_t *number)
{
  *number = 0;
  for (size_t i = 0; i < digits.len; i++) {
    if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || *number > RPC_BODY_MAX * 16) return false;
    *number = *number * 10 + (size_t)(digits.ptr[i] - '0');
  }
  return digits.len > 0;
}

typedef struct Head {
  bool complete, has_length;
  size_t end; // behind its empty line
  Str length;
} Head;

static Head find_head(Str in)
{
  Head head = {0};
  for (size_t at = 0; at < in.len;) {
    const char *lf = memchr(in.ptr + at, '\n', in.len - at);
    if (!lf) break;
    Str line = str_slice(in, at, (size_t)(lf - in.ptr));
    at += line.len + 1;
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    if (!line.len) {
      head.complete = true;
      head.end = at;
      break;
    }
    head.has_length |= find_length(line, &head.length);
  }
  return head;
}

// False: *result is the answer.
static bool read_head(RpcReader *self, RpcRead *result, Error *err)
{
  Str in = str_slice(strbuf_str(&self->in), self->at, self->in.len);
  Head head = find_head(in.len > RPC_HEAD_MAX ? str_slice(in, 0, RPC_HEAD_MAX) : in);
  *result = RPC_BROKEN;
  if (!head.complete) {
    if (in.len < RPC_HEAD_MAX) return *result = RPC_WAIT, false;
    self->at += RPC_HEAD_MAX;
    return error_set(err, ERR_LIMIT, "no message in %zu bytes of head", RPC_HEAD_MAX);
  }
  self->at += head.end;
  if (!head.has_length) return error_set(err, ERR_FORMAT, "a head without Content-Length");
  if (!read_number(head.length, &self->body_len))
    return error_set(err, ERR_FORMAT, "Content-Length is no length: " STR_FMT, (int)(head.length.len % 64),
                     head.length.ptr);
  if (self->body_len > RPC_BODY_MAX) {
    size_t have = self->in.len - self->at, now = have < self->body_len ? have : self->body_len;
    self->at += now;
    self->skip = self->body_len - now;
    return error_set(err, ERR_LIMIT, "a message of %zu bytes; the limit is %zu", self->body_len,
                     RPC_BODY_MAX);
  }
  self->in_body = true;
  return true;
}

RpcRead rpc_read(RpcReader *self, Str *body, Error *err)
{
  RpcRead result = RPC_WAIT;
  if (self->at == self->in.len && !self->in_body) return RPC_WAIT;
  if (!self->in_body && !read_head(self, &result, err)) return result;
  if (self->in.len - self->at < self->body_len) return RPC_WAIT;
  *body = str_slice(strbuf_str(&self->in), self->at, self->at + self->body_len);
  self->at += self->body_len;
  self->in_body = false;
  return RPC_BODY;
}

static RpcMessage invalid(RpcMessage message, RpcCode code)
{
  message.kind = RPC_INVALID;
  message.code = code;
  return message;
}

RpcMessage rpc_parse(Str body, Error *err)
{
  RpcMessage message = {0};
  message.root = json_parse(body, err);
  if (!message.root) return invalid(message, RPC_PARSE_ERROR);
  const cJSON *id = json_get(message.root, "id"), *method = json_get(message.root, "method");
  bool id_fits = cJSON_IsString(id) || cJSON_IsNumber(id);
  if (id_fits) {
    char *text = cJSON_PrintUnformatted(id);
    message.id = str_dup(str_of(text));
    cJSON_free(text);
  }
  message.params = json_get(message.root, "params");
  if (!str_is(json_get_str(message.root, "jsonrpc"), "2.0"))
    error_set(err, ERR_FORMAT, "not JSON-RPC 2.0");
  else if (id && !id_fits && !cJSON_IsNull(id))
    error_set(err, ERR_FORMAT, "an id is a string or a number");
  else if (cJSON_IsString(method)) {
    message.method = str_of(method->valuestring);
    message.kind = id ? RPC_REQUEST : RPC_NOTIFICATION;
    return message;
  } else if (!method && id && (json_get(message.root, "result") || json_get(message.root, "error"))) {
    message.kind = RPC_RESPONSE;
    return message;
  } else
    error_set(err, ERR_FORMAT, "neither a request nor an answer");
  return invalid(message, RPC_INVALID_REQUEST);
}

void rpc_message_release(RpcMessage *self)
{
  cJSON_Delete(self->root);
  free(self->id);
  *self = (RpcMessage){0};
}

static void add(StrBuf *out, const char *text)
{
  strbuf_add(out, str_of(text));
}

void rpc_begin_result(StrBuf *out, const char *id)
{
  add(out, "{\"jsonrpc\":\"2.0\",\"id\":");
  add(out, id ? id : "null");
  add(out, ",\"result\":");
}

void rpc_begin_notification(StrBuf *out, const char *method)
{
  add(out, "{\"jsonrpc\":\"2.0\",\"method\":\"");
  add(out, method);
  add(out, "\",\"params\":");
}

void rpc_begin_request(StrBuf *out, const char *id, const char *method)
{
  add(out, "{\"jsonrpc\":\"2.0\",\"id\":");
  add(out, id);
  add(out, ",\"method\":\"");
  add(out, method);
  add(out, "\",\"params\":");
}

void rpc_end(StrBuf *out)
{
  strbuf_byte(out, '}');
}

void rpc_write_error(StrBuf *out, const char *id, RpcCode code, const char *message)
{
  add(out, "{\"jsonrpc\":\"2.0\",\"id\":");
  add(out, id ? id : "null");
  strbuf_addf(out, ",\"error\":{\"code\":%d,\"message\":", (int)code);
  json_write_str(out, str_of(message));
  add(out, "}}");
}
