// Facts hang in chains, one an entity, the latest first; a map leads from the entity to its chain.
#include "annotate/identities.h"

#include "base/json.h"
#include "base/map.h"

enum { HOPS_MAX = 16 }; // a chain of `same`, or a circle of them

typedef enum FactKind { FACT_SAME, FACT_APART, FACT_NAME, FACT_ALIAS, FACT_KINDS } FactKind;
static const char *const g_members[FACT_KINDS] = {"same", "apart", "name", "alias"};

typedef struct Fact {
  FactKind kind;
  Str value, path;
  size_t next; // of the same entity, from 1; 0: the last
} Fact;

struct Identities {
  VEC_OF(Fact) facts;
  Map chains; // entity → first fact, from 1; 0: named as a value alone
  Arena arena;
};

static void add_fact(Identities *self, Str entity, FactKind kind, Str value, Str path)
{
  bool is_new;
  uint64_t *chain = map_slot(&self->chains, arena_dup(&self->arena, entity), &is_new);
  vec_push(&self->facts, (Fact){.kind = kind,
                                .value = arena_dup(&self->arena, value),
                                .path = arena_dup(&self->arena, path),
                                .next = (size_t)*chain});
  *chain = self->facts.len;
}

static bool read_line(Identities *self, Str line)
{
  cJSON *root = json_parse(line, NULL);
  Str entity = json_get_str(root, "entity"), path = json_get_str(root, "path");
  bool said = false;
  for (int kind = 0; kind < FACT_KINDS; kind++) {
    Str value = json_get_str(root, g_members[kind]);
    if (!entity.len || !value.len) continue;
    said = true;
    add_fact(self, entity, (FactKind)kind, value, path);
    if (kind == FACT_APART) add_fact(self, value, FACT_APART, entity, (Str){0});
    bool is_new;
    if (kind == FACT_SAME) map_slot(&self->chains, arena_dup(&self->arena, value), &is_new);
  }
  cJSON_Delete(root);
  return said;
}

Identities *identities_new(Str jsonl, Error *err)
{
  Identities *self = xcalloc(1, sizeof *self);
  if (err) err->code = ERR_NONE;
  bool wrong = false;
  for (size_t number = 1; jsonl.len; number++) {
    Str line = str_trim(str_cut(&jsonl, '\n'));
    if (!line.len || read_line(self, line) || wrong) continue;
    wrong = true;
    error_set(err, ERR_FORMAT, "line %zu: no fact about an entity", number);
  }
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

static const Fact *first_fact(const Identities *self, Str entity)
{
  uint64_t at = 0;
  map_get(&self->chains, entity, &at);
  return at ? &self->facts.items[at - 1] : NULL;
}

static const Fact *next_fact(const Identities *self, const Fact *fact)
{
  return fact->next ? &self->facts.items[fact->next - 1] : NULL;
}

static bool holds_at(const Fact *fact, Str path)
{
  if (!fact->path.len || str_eq(fact->path, path)) return true;
  return str_ends(fact->path, STR("/")) && str_starts(path, fact->path);
}

// What is said of one article goes before what is said of all.
static Str one_hop(const Identities *self, Str entity, Str path)
{
  const Fact *everywhere = NULL;
  for (const Fact *fact = first_fact(self, entity); fact; fact = next_fact(self, fact)) {
    if (fact->kind != FACT_SAME || !holds_at(fact, path)) continue;
    if (fact->path.len) return fact->value;
    if (!everywhere) everywhere = fact;
  }
  return everywhere ? everywhere->value : entity;
}

Str identities_same(const Identities *self, Str entity, Str path)
{
  for (int hop = 0; hop < HOPS_MAX; hop++) {
    Str next = one_hop(self, entity, path);
    if (str_eq(next, entity)) break;
    entity = next;
  }
  return entity;
}

bool identities_apart(const Identities *self, Str a, Str b)
{
  for (const Fact *fact = first_fact(self, a); fact; fact = next_fact(self, fact))
    if (fact->kind == FACT_APART && str_eq(fact->value, b)) return true;
  return false;
}

Str identities_name(const Identities *self, Str entity)
{
  for (const Fact *fact = first_fact(self, entity); fact; fact = next_fact(self, fact))
    if (fact->kind == FACT_NAME) return fact->value;
  return (Str){0};
}

void identities_aliases(const Identities *self, Str entity, Arena *arena, IdentityNames *out)
{
  for (const Fact *fact = first_fact(self, entity); fact; fact = next_fact(self, fact))
    if (fact->kind == FACT_ALIAS) vec_push_in(arena, out, fact->value);
}

bool identities_knows(const Identities *self, Str entity)
{
  uint64_t at;
  return map_get(&self->chains, entity, &at);
}
