// Framing in odd slices and the messages in it. The first byte of the input says how the rest is cut; however
// that is done, the same messages come out.
#include "base/alloc.h"
#include "server/rpc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// What a stream gives, as text: kind, code, id and method of every message, and every broken head.
static StrBuf read_all(Str stream, size_t slice)
{
  RpcReader reader = {0};
  StrBuf seen = {0};
  for (size_t at = 0; at < stream.len; at += slice) {
    size_t end = at + slice < stream.len ? at + slice : stream.len;
    rpc_feed(&reader, str_slice(stream, at, end));
    for (;;) {
      Str body = {0};
      Error err = {0};
      RpcRead read = rpc_read(&reader, &body, &err);
      if (read == RPC_WAIT) break;
      strbuf_addf(&seen, "%d:", (int)read);
      if (read == RPC_BROKEN) continue;
      RpcMessage message = rpc_parse(body, &err);
      strbuf_addf(&seen, "%d %d %s ", (int)message.kind, (int)message.code, message.id ? message.id : "-");
      strbuf_add(&seen, message.method);
      rpc_write_error(&seen, message.id, RPC_INTERNAL_ERROR, err.text);
      rpc_message_release(&message);
    }
  }
  rpc_reader_release(&reader);
  strbuf_grow(&seen, 0);
  return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (!size) return 0;
  Str stream = {(const char *)data + 1, size - 1};
  StrBuf whole = read_all(stream, stream.len + 1), sliced = read_all(stream, 1 + data[0] % 61u);
  if (!str_eq(strbuf_str(&whole), strbuf_str(&sliced))) abort();
  strbuf_release(&whole);
  strbuf_release(&sliced);
  return 0;
}
