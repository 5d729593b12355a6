// about: what an article's file says of itself beside its text: its title and who wrote it, by its front
// matter or the head of its HTML. Pure.
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "parse/prose.h"

typedef struct About { // empty where the file does not say; borrowed from it, or in the arena
  Str title, author;
} About;

About about_read(Str file, Markup markup, Arena *arena);
