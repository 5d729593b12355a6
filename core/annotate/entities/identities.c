// Facts hang in chains, one an entity, the latest first; a map leads from the entity to its chain.
#include "annotate/entities/identities.h"

#include "base/json.h"
#include "base/map.h"

enum { HOPS_MAX = 16 }; // a chain of `same`, or a circle of them

typedef enum FactKind { FACT_SAME, FACT_APART, FACT_NAME, FACT_ALIAS } FactKind;

typedef struct Fact {
  FactKind kind;
  Str value;
  size_t next; // of the same entity, from 1; 0: the last
} Fact;

typedef struct Line {
  Str time;
  cJSON *root; // owned
} Line;

struct Identities {
  VEC_OF(Fact) facts;
  Map chains; // entity → first fact, from 1
  Arena arena;
};

typedef struct Lines {
  VEC_OF(Line) items;
  Map by_id;
} Lines;

static void add_fact(Identities *self, Str entity, FactKind kind, Str value)
{
  if (!entity.len || !value.len) return;
  bool is_new;
  uint64_t *chain = map_slot(&self->chains, arena_dup(&self->arena, entity), &is_new);
  vec_push(&self->facts,
           (Fact){.kind = kind, .value = arena_dup(&self->arena, value), .next = (size_t)*chain});
  *chain = self->facts.len;
}

static Str string_of(const cJSON *item)
{
  return cJSON_IsString(item) ? str_of(item->valuestring) : (Str){0};
}

static void read_facts(Identities *self, const cJSON *root)
{
  Str entity = json_get_str(root, "entity");
  if (!str_is(json_get_str(root, "kind"), "entity") || json_get(root, "gone")) return;
  const cJSON *item;
  add_fact(self, entity, FACT_NAME, json_get_str(root, "name"));
  cJSON_ArrayForEach(item, json_get(root, "aliases")) add_fact(self, entity, FACT_ALIAS, string_of(item));
  cJSON_ArrayForEach(item, json_get(root, "same")) add_fact(self, string_of(item), FACT_SAME, entity);
  cJSON_ArrayForEach(item, json_get(root, "apart"))
  {
    add_fact(self, entity, FACT_APART, string_of(item));
    add_fact(self, string_of(item), FACT_APART, entity);
  }
}

// A tombstone has no `time`: when it was made is what `gone` says.
static Str time_of(const cJSON *root)
{
  Str gone = json_get_str(root, "gone");
  return gone.len ? gone : json_get_str(root, "time");
}

static void add_line(Lines *lines, cJSON *root)
{
  Line line = {.time = time_of(root), .root = root};
  Str id = json_get_str(root, "id");
  bool is_new = true;
  uint64_t *at = id.len ? map_slot(&lines->by_id, id, &is_new) : NULL;
  if (is_new) {
    if (at) *at = lines->items.len;
    vec_push(&lines->items, line);
    return;
  }
  Line *known = &lines->items.items[*at];
  if (str_cmp(known->time, line.time) <= 0) {
    // The map's key is borrowed from the first line, which therefore stays: only what counts is exchanged.
    cJSON *id_item = cJSON_DetachItemFromObject(known->root, "id");
    cJSON_Delete(known->root);
    cJSON_DeleteItemFromObject(root, "id");
    cJSON_AddItemToObject(root, "id", id_item);
    *known = line;
  } else {
    cJSON_Delete(root);
  }
}

Identities *identities_new(Str jsonl)
{
  Identities *self = xcalloc(1, sizeof *self);
  Lines lines = {0};
  while (jsonl.len) {
    Str line = str_trim(str_cut(&jsonl, '\n'));
    cJSON *root = line.len ? json_parse(line, NULL) : NULL;
    if (root) add_line(&lines, root);
  }
  for (size_t i = 0; i < lines.items.len; i++) read_facts(self, lines.items.items[i].root);
  for (size_t i = 0; i < lines.items.len; i++) cJSON_Delete(lines.items.items[i].root);
  vec_release(&lines.items);
  map_release(&lines.by_id);
  return self;
}

void identities_free(Identities *self)
{
  if (!self) return;
  vec_release(&self->facts);
  map_release(&self->chains);
  arena_release(&self->arena);
  free(self);
}

bool identities_empty(const Identities *self)
{
  return self->facts.len == 0;
}

// The next fact of this kind in the entity's chain: behind `fact`, or the first where that is NULL.
static const Fact *next_fact(const Identities *self, Str entity, FactKind kind, const Fact *fact)
{
  if (!self) return NULL;
  uint64_t at = fact ? fact->next : 0;
  if (!fact) map_get(&self->chains, entity, &at);
  while (at && self->facts.items[at - 1].kind != kind) at = self->facts.items[at - 1].next;
  return at ? &self->facts.items[at - 1] : NULL;
}

Str identities_same(const Identities *self, Str entity)
{
  for (int hop = 0; hop < HOPS_MAX; hop++) {
    const Fact *fact = next_fact(self, entity, FACT_SAME, NULL);
    if (!fact) break;
    entity = fact->value;
  }
  return entity;
}

bool identities_apart(const Identities *self, Str a, Str b)
{
  const Fact *fact = NULL;
  while ((fact = next_fact(self, a, FACT_APART, fact)))
    if (str_eq(fact->value, b)) return true;
  return false;
}

bool identities_alone(const Identities *self, Str entity)
{
  return next_fact(self, entity, FACT_APART, NULL) != NULL;
}

Str identities_name(const Identities *self, Str entity)
{
  const Fact *fact = next_fact(self, entity, FACT_NAME, NULL);
  return fact ? fact->value : (Str){0};
}

void identities_aliases(const Identities *self, Str entity, Arena *arena, IdentityNames *out)
{
  const Fact *fact = NULL;
  while ((fact = next_fact(self, entity, FACT_ALIAS, fact))) vec_push_in(arena, out, fact->value);
}

bool identities_knows(const Identities *self, Str entity)
{
  uint64_t at;
  return map_get(&self->chains, entity, &at);
}
