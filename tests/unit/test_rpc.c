#include "test.h"

#include "base/alloc.h"
#include "server/rpc.h"

static void test_slices(void **state)
{
  (void)state;
  Str stream = STR("Content-Length: 2\r\n\r\n{}content-length:3\r\nContent-Type: x; "
                   "charset=utf8\r\n\r\n[1]Content-Length: 0\n\n");
  for (size_t slice = 1; slice <= stream.len; slice++) {
    RpcReader reader = {0};
    const char *want[] = {"{}", "[1]", ""};
    size_t bodies = 0;
    for (size_t at = 0; at < stream.len; at += slice) {
      rpc_feed(&reader, str_slice(stream, at, at + slice < stream.len ? at + slice : stream.len));
      Str body;
      while (rpc_read(&reader, &body, NULL) == RPC_BODY) {
        assert_true(bodies < ARRAY_LEN(want));
        assert_str(body, want[bodies]);
        bodies++;
      }
    }
    assert_int_equal(bodies, ARRAY_LEN(want));
    rpc_reader_release(&reader);
  }
}

static void test_broken_heads(void **state)
{
  (void)state;
  static const char *const heads[] = {"\r\n", "X: 1\r\n\r\n", "Content-Length: 12x\r\n\r\n",
                                      "Content-Length: -1\r\n\r\n",
                                      "Content-Length: 99999999999999999999\r\n\r\n"};
  for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
    RpcReader reader = {0};
    Str body;
    Error err = {0};
    rpc_feed(&reader, str_of(heads[i]));
    rpc_feed(&reader, STR("Content-Length: 2\r\n\r\n{}"));
    assert_int_equal(rpc_read(&reader, &body, &err), RPC_BROKEN);
    assert_int_equal(err.code, ERR_FORMAT);
    assert_int_equal(rpc_read(&reader, &body, &err), RPC_BODY);
    assert_str(body, "{}");
    rpc_reader_release(&reader);
  }
}

static void test_ceilings(void **state)
{
  (void)state;
  RpcReader reader = {0};
  Str body;
  Error err = {0};
  char piece[1000];
  memset(piece, 'x', sizeof piece);
  for (int i = 0; i < 17; i++) rpc_feed(&reader, (Str){piece, sizeof piece}); // a head without an end
  assert_int_equal(rpc_read(&reader, &body, &err), RPC_BROKEN);
  assert_int_equal(err.code, ERR_LIMIT);
  rpc_reader_release(&reader);

  StrBuf head = {0};
  strbuf_addf(&head, "Content-Length: %zu\r\n\r\nabc", RPC_BODY_MAX + 1000);
  rpc_feed(&reader, strbuf_str(&head));
  assert_int_equal(rpc_read(&reader, &body, &err), RPC_BROKEN);
  assert_int_equal(err.code, ERR_LIMIT);
  for (size_t sent = 3; sent < RPC_BODY_MAX + 1000;) { // passed over, not kept
    size_t left = RPC_BODY_MAX + 1000 - sent, now = left < sizeof piece ? left : sizeof piece;
    rpc_feed(&reader, (Str){piece, now});
    sent += now;
    assert_true(reader.in.len < 100);
  }
  rpc_feed(&reader, STR("Content-Length: 2\r\n\r\n{}"));
  assert_int_equal(rpc_read(&reader, &body, &err), RPC_BODY);
  rpc_reader_release(&reader);
  strbuf_release(&head);
}

static void test_messages(void **state)
{
  (void)state;
  static const struct {
    const char *body;
    RpcKind kind;
    int code;
    const char *id, *method;
  } cases[] = {
      {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\"}", RPC_REQUEST, 0, "7", "m"},
      {"{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"method\":\"m\"}", RPC_REQUEST, 0, "\"a\\\"b\"", "m"},
      {"{\"jsonrpc\":\"2.0\",\"id\":4503599627370497,\"method\":\"m\"}", RPC_REQUEST, 0, "4503599627370497",
       "m"},
      {"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}", RPC_REQUEST, 0, NULL, "m"},
      {"{\"jsonrpc\":\"2.0\",\"method\":\"m\"}", RPC_NOTIFICATION, 0, NULL, "m"},
      {"{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"result\":null}", RPC_RESPONSE, 0, "\"s1\"", ""},
      {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", RPC_RESPONSE, 0, "1", ""},
      {"{\"jsonrpc\":\"2.0\",\"id\":1}", RPC_INVALID, RPC_INVALID_REQUEST, "1", ""},
      {"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"m\"}", RPC_INVALID, RPC_INVALID_REQUEST, NULL, ""},
      {"[]", RPC_INVALID, RPC_INVALID_REQUEST, NULL, ""},
      {"{\"method\":\"m\",\"id\":1}", RPC_INVALID, RPC_INVALID_REQUEST, "1", ""},
      {"{", RPC_INVALID, RPC_PARSE_ERROR, NULL, ""},
      {"\"\xFF\"", RPC_INVALID, RPC_PARSE_ERROR, NULL, ""},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Error err = {0};
    RpcMessage message = rpc_parse(str_of(cases[i].body), &err);
    assert_int_equal(message.kind, cases[i].kind);
    assert_int_equal(message.code, cases[i].code);
    assert_int_equal(message.kind == RPC_INVALID, err.code != ERR_NONE);
    assert_str(str_of(message.id), cases[i].id ? cases[i].id : "");
    assert_str(message.method, cases[i].method);
    rpc_message_release(&message);
  }
}

static void test_answers(void **state)
{
  (void)state;
  StrBuf out = {0};
  rpc_begin_result(&out, "\"a\"");
  strbuf_add(&out, STR("null"));
  rpc_end(&out);
  assert_str(strbuf_str(&out), "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":null}");
  strbuf_reset(&out);
  rpc_write_error(&out, NULL, RPC_PARSE_ERROR, "\"x\"\n");
  assert_str(strbuf_str(&out),
             "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"\\\"x\\\"\\n\"}}");
  strbuf_release(&out);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_slices),   cmocka_unit_test(test_broken_heads), cmocka_unit_test(test_ceilings),
      cmocka_unit_test(test_messages), cmocka_unit_test(test_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
