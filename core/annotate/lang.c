#include "annotate/lang.h"

#include "base/alloc.h"

static const char *const g_codes[LANG_COUNT] = {"und", "sv", "nb", "nn", "da", "de", "it",
                                                "en",  "fr", "es", "nl", "pt", "fi"};

const char *lang_code(Lang lang)
{
  return (unsigned)lang < LANG_COUNT ? g_codes[lang] : "und";
}

Lang lang_of(Str code)
{
  if (code.len > 2 && code.ptr[2] != '-' && code.ptr[2] != '_') return LANG_UNKNOWN;
  if (code.len < 2) return LANG_UNKNOWN;
  char low[2] = {(char)(code.ptr[0] | 0x20), (char)(code.ptr[1] | 0x20)};
  if (!memcmp(low, "no", 2)) return LANG_NB;
  for (size_t i = 1; i < ARRAY_LEN(g_codes); i++) {
    if (!memcmp(low, g_codes[i], 2)) return (Lang)i;
  }
  return LANG_UNKNOWN;
}
