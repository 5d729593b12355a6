// The facts of every word, then the tagger, or the patterns where there is no model; then the gazetteer's
// ids.
#include "annotate/names/names.h"

#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"
#include "base/utf8.h"

#include <stdio.h>

Names *names_new(const char *dir, Error *err)
{
  Names *self = xcalloc(1, sizeof *self);
  char path[4096];
  Error trouble = {0};
  namelists_init(&self->known.lists);
  self->memos = namememos_new();
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) {
    self->things[lang] = namenouns_of("things", lang_code(lang));
    self->signs[lang] = namenouns_of("signs", lang_code(lang));
  }
  self->ends = namenouns_of("nameends", "");
  snprintf(path, sizeof path, "%s/gazetteer.bin", dir);
  self->known.gazetteer = gazetteer_open(path, &trouble);
  snprintf(path, sizeof path, "%s/clusters.bin", dir);
  self->known.clusters = clusters_open(path, &trouble);
  snprintf(path, sizeof path, "%s/names.bin", dir);
  if (self->known.gazetteer && self->known.clusters) self->tagger = tagger_open(path, &trouble);
  if (trouble.code != ERR_NONE) {
    error_prefix(&trouble, "names are found by patterns alone");
    if (err) *err = trouble;
  }
  return self;
}

void names_free(Names *self)
{
  if (!self) return;
  gazetteer_close(self->known.gazetteer);
  clusters_close(self->known.clusters);
  tagger_close(self->tagger);
  namememos_free(self->memos);
  namelists_release(&self->known.lists);
  free(self);
}

static void extend(const Notes *notes, Name *name, size_t end)
{
  name->last = (uint32_t)end;
  name->end = notes->tokens.items[end - 1].end;
}

// "Prof. Dr. [h. c.] Karl Huber", "[Sir] Ann Quigg": no person's name begins with a small abbreviation, nor
// with a title, but for those that go by it ("Queen Anna").
static bool is_degree(const Names *self, const Token *token, const NameFact *fact)
{
  if ((token->flags & TOKEN_ABBREV) && !(token->flags & TOKEN_CAPITAL)) return !fact->particle;
  return fact->title && !(fact->word & (WORD_GIVEN | WORD_SURNAME)) &&
         table_seek(self->known.lists.royals, token->lower) == SIZE_MAX;
}

static void drop_degrees(const Names *self, const Notes *notes, const NameFact *facts, Name *name)
{
  const Token *tokens = notes->tokens.items;
  while (name->first + 1 < name->last && is_degree(self, &tokens[name->first], &facts[name->first]))
    name->first++;
  name->start = tokens[name->first].start;
}

// "Ursula [von der Leyen]": the person goes on behind particles where the gazetteer knows one by that name.
// `limit` is the token where the next name begins.
static void complete_person(const Names *self, const Notes *notes, const NameFact *facts, Name *name,
                            size_t limit)
{
  const Token *tokens = notes->tokens.items;
  GazetteerEntity entity;
  size_t at = name->last;
  while (at < limit && facts[at].particle && !(tokens[at].flags & TOKEN_CAPITAL)) at++;
  if (at == name->last || at == limit || !(tokens[at].flags & TOKEN_CAPITAL)) return;
  uint64_t key = gazetteer_rough_hash(str_slice(notes->text, name->start, tokens[at].end));
  if (gazetteer_entity(self->known.gazetteer, key, &entity) && (entity.types & GAZETTEER_PER))
    extend(notes, name, at + 1);
}

// What the tagger cut short or took for a place, and everybody knows: "De forente [nasjoner]", "EU".
static void complete(const Names *self, const Notes *notes, const NameFact *facts, Name *name, size_t limit)
{
  GazetteerEntity entity;
  if (name->type == ENTITY_PER) {
    drop_degrees(self, notes, facts, name);
    complete_person(self, notes, facts, name, limit);
    return;
  }
  size_t end = namefacts_match(self->known.gazetteer, notes, facts, name->first, notes->tokens.len,
                               GAZETTEER_ORG | GAZETTEER_LOC, &entity);
  if (end < name->last || end > limit || end == name->first || entity.strength < 3) return;
  if (end > name->last) extend(notes, name, end);
  if (entity.types == GAZETTEER_ORG) name->type = ENTITY_ORG;
}

// A place or organisation that is known by exactly these words.
static void identify(const Names *self, const Notes *notes, const NameFact *facts, Name *name)
{
  GazetteerEntity entity = {0};
  uint32_t types = name->type == ENTITY_LOC ? GAZETTEER_LOC : GAZETTEER_ORG;
  if (name->entity || name->type == ENTITY_PER) return; // coref knows a person's full name
  size_t end = namefacts_match(self->known.gazetteer, notes, facts, name->first, name->last, types, &entity);
  bool place_too = name->type == ENTITY_ORG && (entity.types & GAZETTEER_LOC); // then the id is the place's
  if (end != name->last || place_too) return;
  name->entity = entity.id;
  if (name->type == ENTITY_LOC && entity.shared) name->shared = entity.key;
}

// Weak mentions that a name has grown over are none.
static void drop_covered(const NameVec *names, NameVec *weak)
{
  size_t kept = 0, next = 0;
  for (size_t i = 0; i < weak->len; i++) {
    Name mention = weak->items[i];
    while (next < names->len && names->items[next].last <= mention.first) next++;
    if (next == names->len || mention.last <= names->items[next].first) weak->items[kept++] = mention;
  }
  weak->len = kept;
}

// "Kammaråklagare Berg" at a sentence's head: not the title is somebody's name.
static void drop_titles(const Notes *notes, const NameFact *facts, NameVec *weak)
{
  const Token *tokens = notes->tokens.items;
  for (size_t i = 0; i < weak->len; i++) {
    Name *name = &weak->items[i];
    if (name->last != name->first + 2 || !facts[name->first].title) continue;
    if (!(tokens[name->first].flags & TOKEN_FIRST)) continue;
    name->first++;
    name->start = tokens[name->first].start;
  }
}

void names_tag(const Names *self, struct Notes *notes)
{
  if (notes->kind == BLOCK_METADATA) return;
  NameMemo *memo = namememos_take(self->memos);
  notes->facts = namefacts_of(&self->known, memo, notes, &notes->arena);
  if (namecase_lower(self, notes, notes->facts))
    notes->facts = namefacts_of(&self->known, memo, notes, &notes->arena);
  if (self->tagger)
    tagger_find(self->tagger, memo, &memo->scratch, notes, notes->facts);
  else
    namerules_find(notes, notes->facts, &notes->arena, &notes->names);
  namememos_give(self->memos, memo);
}

void names_mend(const Names *self, struct Notes *notes)
{
  const NameFact *facts = notes->facts;
  if (!facts) return;
  namenordic_find(self, notes, facts);
  namejoin_part(&self->known, notes, facts);
  namejoin_offices(&self->known, notes, facts);
  namefields_join(&self->known, notes);
  namesigns_read(self, notes, facts);
  namebounds_mend(&self->known, notes, facts);
  for (size_t i = 0; i < notes->names.len; i++) {
    Name *name = &notes->names.items[i];
    complete(self, notes, facts, name, i + 1 < notes->names.len ? name[1].first : notes->tokens.len);
    identify(self, notes, facts, name);
  }
  drop_covered(&notes->names, &notes->weak);
  drop_titles(notes, facts, &notes->weak);
}

void names_find(const Names *self, struct Notes *notes)
{
  names_tag(self, notes);
  names_mend(self, notes);
}

float names_confidence(const Names *self, EntityType type, float held)
{
  return self->tagger ? confidence_of_probability(tagger_shown(self->tagger, type, held)) : held;
}

char names_gender(const Names *self, Str given)
{
  static const char genders[] = {0, 'm', 'f', 'u'};
  Arena scratch = {0};
  uint32_t facts = gazetteer_word(self->known.gazetteer, gazetteer_word_hash(utf8_lower_in(&scratch, given)));
  arena_release(&scratch);
  return genders[facts >> WORD_GENDER_SHIFT & 3];
}

bool names_is_title(const Names *self, Lang lang, Str lower)
{
  return namelists_is_title(&self->known.lists, lang, lower);
}
