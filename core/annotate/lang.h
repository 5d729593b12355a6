// lang: the languages newsmark reads, in the order of its tables. Pure; any thread.
#pragma once

#include "base/str.h"

typedef enum Lang {
  LANG_UNKNOWN,
  // With everything that newsmark finds:
  LANG_SV,
  LANG_NB,
  LANG_NN,
  LANG_DA,
  LANG_DE,
  LANG_IT,
  LANG_EN,
  // As far as their tables go:
  LANG_FR,
  LANG_ES,
  LANG_NL,
  LANG_PT,
  LANG_FI,
  LANG_COUNT
} Lang;

const char *lang_code(Lang lang); // ISO 639-1: "sv"; "und" for LANG_UNKNOWN
Lang lang_of(Str code);           // "sv", "sv-SE", "no" (Bokmål); LANG_UNKNOWN for others
