// JSON of any bytes: read or refused, and what was read is written and read again the same.
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  Error err = {0};
  cJSON *value = json_parse((Str){(const char *)data, size}, &err);
  if (!value) {
    if (err.code != ERR_FORMAT) abort();
    return 0;
  }
  Str words = cJSON_IsString(value) ? str_of(value->valuestring) : json_get_str(value, "text");
  if (words.ptr) {
    StrBuf out = {0};
    json_write_str(&out, words);
    cJSON *again = json_parse(strbuf_str(&out), NULL);
    if (!again || !str_eq(str_of(again->valuestring), words)) abort();
    cJSON_Delete(again);
    strbuf_release(&out);
  }
  cJSON_Delete(value);
  return 0;
}
