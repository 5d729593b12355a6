// "The tanker Meridian Star", „das Schiff »Potsdam«“, "orkanen Florence", "the film Roma": what stands behind
// such a noun bears a name and is neither a person nor an organisation nor a place. The nouns are in
// things.<lang>.tsv, whole or as the last part of a compound ("tankfartyget"). A mark may open between noun
// and name, and behind what sails or flies a comma ("a tanker, Meridian Star,"). A work without a mark may be
// followed by who made it ("la película de Pilar Miró", "this film Netflix paid for").
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"

enum {
  END = 3,
  HEAD_LEAST = 4,
  COMPOUND_LEAST = 7
}; // bytes: of an end; of a compound's last part; of all of it

static uint32_t end_bit(Str word)
{
  const unsigned char *end = (const unsigned char *)word.ptr + word.len - END;
  return (end[0] * 31u * 31u + end[1] * 31u + end[2]) % 1024;
}

NameThings namethings_of(Lang lang)
{
  NameThings self = {.nouns = table_find("things", lang_code(lang))};
  for (size_t row = 0; self.nouns && row < self.nouns->rows; row++) {
    uint32_t bit = end_bit(table_cell(self.nouns, row, 0));
    self.may_end[bit / 64] |= (uint64_t)1 << bit % 64;
  }
  return self;
}

static bool moves(Str kind)
{
  return str_is(kind, "vessel") || str_is(kind, "craft");
}

// The kind of thing that the word tells of; empty: none.
static Str kind_of(const NameThings *things, Str lower)
{
  uint32_t bit = lower.len < END ? 0 : end_bit(lower);
  if (lower.len < END || !(things->may_end[bit / 64] >> bit % 64 & 1)) return (Str){"", 0};
  size_t row = table_seek(things->nouns, lower);
  char head[64] = "-";
  for (size_t at = 1; row == SIZE_MAX && lower.len >= COMPOUND_LEAST && at + HEAD_LEAST <= lower.len; at++) {
    size_t len = lower.len - at;
    if (len >= sizeof head) continue;
    memcpy(head + 1, lower.ptr + at, len);
    row = table_seek(things->nouns, (Str){head, len + 1});
  }
  return row == SIZE_MAX ? (Str){"", 0} : table_cell(things->nouns, row, 1);
}

static bool opens(const Token *token)
{
  static const char *const marks[] = {"“", "„", "”", "«", "»", "\"", "'", "‘", "’", "‚"};
  for (size_t i = 0; (token->flags & TOKEN_PUNCT) && i < ARRAY_LEN(marks); i++)
    if (str_is(token->lower, marks[i])) return true;
  return false;
}

bool namethings_bears(const Names *self, const Notes *notes, const Name *name)
{
  const NameThings *things = &self->things[notes->lang];
  const Token *tokens = notes->tokens.items;
  if (!things->nouns) return false;
  if ((tokens[name->first].flags & TOKEN_ALL_CAPS) && name->last > name->first + 1 &&
      moves(kind_of(things, tokens[name->first].lower)))
    return true; // "HMS Belfast"
  size_t at = name->first;
  bool mark = at && opens(&tokens[at - 1]);
  at -= mark;
  bool comma = at && str_is(tokens[at - 1].lower, ",");
  at -= comma;
  if (!at || !(tokens[at - 1].flags & TOKEN_WORD)) return false;
  Str kind = kind_of(things, tokens[at - 1].lower);
  if (!kind.len || (comma && !moves(kind))) return false;
  return mark || !str_is(kind, "work") || (name->type != ENTITY_PER && !name->entity);
}
