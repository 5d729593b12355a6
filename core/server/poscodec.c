#include "server/poscodec.h"

static const char *const g_names[] = {"utf-8", "utf-16", "utf-32"}; // [Encoding]

static size_t bounded(double number)
{
  if (!(number > 0)) return 0;
  return number < 4294967295.0 ? (size_t)number : 4294967295u;
}

bool poscodec_position(const cJSON *json, Position *pos)
{
  const cJSON *line = json_get(json, "line"), *character = json_get(json, "character");
  if (!cJSON_IsNumber(line) || !cJSON_IsNumber(character)) return false;
  *pos = (Position){bounded(line->valuedouble), bounded(character->valuedouble)};
  return true;
}

bool poscodec_range(const cJSON *json, const Snapshot *text, Encoding enc, size_t *start, size_t *end)
{
  Position from, to;
  if (!poscodec_position(json_get(json, "start"), &from) || !poscodec_position(json_get(json, "end"), &to))
    return false;
  *start = position_to_byte(text, from, enc);
  *end = position_to_byte(text, to, enc);
  return *start <= *end;
}

void poscodec_write_number(StrBuf *out, uint64_t number)
{
  char digits[20], *p = digits + sizeof digits;
  do *--p = (char)('0' + number % 10);
  while (number /= 10);
  strbuf_add(out, (Str){p, (size_t)(digits + sizeof digits - p)});
}

static void write_position(StrBuf *out, Position pos)
{
  strbuf_add(out, STR("{\"line\":"));
  poscodec_write_number(out, pos.line);
  strbuf_add(out, STR(",\"character\":"));
  poscodec_write_number(out, pos.column);
  strbuf_byte(out, '}');
}

void poscodec_write_range(StrBuf *out, PositionWalk *walk, size_t start, size_t end)
{
  strbuf_add(out, STR("{\"start\":"));
  write_position(out, position_walk_to(walk, start));
  strbuf_add(out, STR(",\"end\":"));
  write_position(out, position_walk_to(walk, end));
  strbuf_byte(out, '}');
}

Encoding poscodec_choose(const cJSON *capabilities)
{
  const cJSON *names = json_get(json_get(capabilities, "general"), "positionEncodings"), *name;
  cJSON_ArrayForEach(name, names)
  {
    for (Encoding enc = ENC_UTF8; enc <= ENC_UTF32; enc++)
      if (cJSON_IsString(name) && str_is(str_of(name->valuestring), g_names[enc])) return enc;
  }
  return ENC_UTF16;
}

const char *poscodec_name(Encoding enc)
{
  return g_names[enc];
}
