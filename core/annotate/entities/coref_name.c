// What a cluster is called: the fullest of its forms, as it stands in the article where it is used first, on
// one line, without genitive and without a date line's capitals. Text is looked at here alone, once a
// cluster.
#include "annotate/entities/coref_p.h"
#include "annotate/names/nominative.h"
#include "base/digest.h"
#include "base/table.h"
#include "base/utf8.h"

#define ABBREVIATION_MOST 4u // bytes

// A person goes by the form with most words; an organisation too, but in the article's language where it is
// named in it; a place by what it is called most often, likewise.
static uint64_t fullness(const Coref *self, const Form *f)
{
  uint64_t ours = f->in_main_lang ? 1u << 20 : 0;
  uint64_t mixed = !(f->mention->flags & COREF_CAPITALS); // rather "Utrecht" than a date line's "UTRECHT"
  uint64_t plain = !f->declined;                          // rather "Utö" than "Utöllä"
  switch (f->type) {
  case ENTITY_LOC:
    return 4 * (ours + get(self, WRITTEN, f->key ^ f->cluster)) + 2 * plain + mixed;
  case ENTITY_ORG:
    return 4 * (ours + f->mention->words) + 2 * plain + (f->mention->words > 1 && mixed);
  default:
    return 4 * (uint64_t)f->mention->words + 2 * plain + mixed;
  }
}

static void choose_forms(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    const Form *f = &self->forms[self->order.items[n]];
    if (f->type == ENTITY_LOC) *slot(self, WRITTEN, f->key ^ f->cluster) += f->uses;
  }
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    const Form *f = &self->forms[i];
    if (!f->cluster) continue; // a word for persons who have longer names
    Cluster *cluster = &self->clusters.items[f->cluster - 1];
    uint64_t own = fullness(self, f);
    if (own <= cluster->fullness) continue;
    cluster->fullness = own;
    cluster->fullest = i;
  }
}

// --- its name in print

static Str one_spaced(Str text, Arena *arena)
{
  if (!memchr(text.ptr, '\n', text.len)) return arena_dup(arena, text);
  char *out = arena_alloc(arena, text.len);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    bool space = text.ptr[i] == ' ' || text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\t';
    if (space && len && out[len - 1] == ' ') continue;
    out[len++] = space ? ' ' : text.ptr[i];
  }
  return (Str){out, len};
}

// Words of two letters at most: "EE. UU.", "U.S.A.".
static bool is_initials(Str name)
{
  size_t letters = 0;
  for (size_t i = 0; i < name.len;) {
    uint32_t cp;
    i += utf8_decode(name.ptr + i, name.ptr + name.len, &cp);
    letters = utf8_class(cp) == CHAR_UPPER ? letters + 1 : 0;
    if (letters > 2) return false;
  }
  return true;
}

// "NEW YORK" as a date line has it, to "New York"; what is shorter may be an abbreviation ("USA").
static Str without_capitals(Str name, Arena *arena)
{
  char *out = arena_alloc(arena, name.len + 4);
  bool inside = false;
  size_t len = 0;
  if (name.len <= ABBREVIATION_MOST || is_initials(name)) return name;
  for (size_t i = 0; i < name.len;) {
    uint32_t cp;
    i += utf8_decode(name.ptr + i, name.ptr + name.len, &cp);
    CharClass class = utf8_class(cp);
    if (class == CHAR_LOWER) return name;
    uint32_t lower = inside ? utf8_lower(cp) : cp;
    if (len > name.len) return name;
    len += utf8_encode(lower, out + len);
    inside = class == CHAR_UPPER || class == CHAR_LETTER || class == CHAR_MARK;
  }
  return (Str){out, len};
}

static const EntityFacts *name_entity(Coref *self, const Cluster *cluster, uint64_t key, Str text, Cast *cast)
{
  Str name = utf8_without_soft(&cast->arena, one_spaced(text, &cast->arena));
  if (cluster->type != ENTITY_ORG) name = without_capitals(name, &cast->arena);
  uint32_t number = cluster->known;
  if (cluster->type == ENTITY_PER && is_long(&self->forms[cluster->fullest])) {
    GazetteerEntity known;
    if (gazetteer_entity(self->names->known.gazetteer, gazetteer_rough_hash(name), &known) &&
        (known.types & GAZETTEER_PER))
      number = known.id;
  }
  Str entity = gazetteer_id(number, &cast->arena);
  if (!entity.len) entity = arena_join(&cast->arena, STR("name:"), utf8_fold_in(&self->scratch, name));
  return cast_add(cast, key, name, entity);
}

// The name's text with the base of its last word instead of the word: "Oulu" for "Oulun".
static Str with_base(Coref *self, const Form *f, Str text)
{
  Lang lang = self->article->items[f->first_block].notes->lang;
  const Table *endings = self->names->known.lists.endings_of[lang];
  size_t start = text.len;
  while (start && !strchr(" \n\r\t", text.ptr[start - 1])) start--;
  Str word = str_slice(text, start, text.len), lower = utf8_lower_in(&self->scratch, word);
  for (size_t row = 0; endings && row < endings->rows && lower.len == word.len; row++) {
    char base[NOMINATIVE_BYTES];
    size_t len = nominative_of(endings, row, lower, base);
    if (!len || (uint32_t)str_hash((Str){base, len}) != f->last) continue;
    Str ending = table_cell(endings, row, 0);
    return arena_join(&self->scratch, str_slice(text, 0, text.len - ending.len), table_cell(endings, row, 1));
  }
  return text;
}

// The cast's facts of a cluster, made where no run before had them.
static const EntityFacts *facts_of(Coref *self, const Cluster *cluster, Cast *cast)
{
  const Form *f = &self->forms[cluster->fullest];
  const CorefMention *mention = mention_at(self, f->first_block, f->first_use);
  Str text = str_slice(self->article->items[f->first_block].notes->text, mention->start,
                       mention->end - f->genitive_len);
  if (f->declined) text = with_base(self, f, text);
  uint64_t key = digest_pair(cluster->key, str_hash(text));
  key = digest_add(key, (uint64_t)cluster->known << 16 | (uint64_t)cluster->type << 8 | f->mention->words);
  const EntityFacts *known = cast_find(cast, key);
  return known ? known : name_entity(self, cluster, key, text, cast);
}

const EntityFacts **coref_name(Coref *self, Cast *cast)
{
  choose_forms(self);
  const EntityFacts **facts = arena_alloc(&self->scratch, size_mul(self->clusters.len, sizeof *facts));
  for (size_t i = 0; i < self->clusters.len; i++) facts[i] = facts_of(self, &self->clusters.items[i], cast);
  return facts;
}
