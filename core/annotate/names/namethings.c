// "The tanker Meridian Star", „das Schiff »Potsdam«“, "orkanen Florence", "the film Roma": what stands behind
// such a noun bears a name and is neither a person nor an organisation nor a place. The nouns are in
// things.<lang>.tsv, whole or as the last part of a compound ("tankfartyget"). A mark may open between noun
// and name, and behind what sails or flies a comma ("a tanker, Meridian Star,"). A work without a mark may be
// followed by who made it ("la película de Pilar Miró", "this film Netflix paid for").
#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"

static bool moves(Str kind)
{
  return str_is(kind, "vessel") || str_is(kind, "craft");
}

// The kind of thing that the word tells of; empty: none.
static Str kind_of(const NameNouns *things, Str lower)
{
  size_t row = namenouns_row(things, lower);
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
  const NameNouns *things = &self->things[notes->lang];
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
