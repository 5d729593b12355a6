#include "cli/say.h"

#include "base/display.h"

#include <stdio.h>

static void put_line(FILE *to, const char *prefix, const char *format, va_list args)
{
  StrBuf raw = {0}, line = {0};
  strbuf_vaddf(&raw, format, args);
  strbuf_add(&line, str_of(prefix));
  display_add(&line, strbuf_str(&raw));
  strbuf_byte(&line, '\n');
  fwrite(line.ptr, 1, line.len, to); // one call, so one whole line
  strbuf_release(&raw);
  strbuf_release(&line);
}

void say(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  put_line(stderr, "newsmark: ", format, args);
  va_end(args);
}

void say_result(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  put_line(stdout, "", format, args);
  va_end(args);
}
