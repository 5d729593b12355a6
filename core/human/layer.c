#include "human/layer.h"

#include "base/alloc.h"
#include "base/refs.h"

#include <stdlib.h>

// Sort what is not in order yet, as it mostly is.
void layer_sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *))
{
  const char *at = items;
  for (size_t i = 1; i < count; i++)
    if (order(at + (i - 1) * size, at + i * size) > 0) {
      qsort(items, count, size, order);
      return;
    }
}

static int place_order(const void *left, const void *right)
{
  const Placed *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  if (a->end != b->end) return a->end > b->end ? -1 : 1;
  return str_cmp(a->decision->id, b->decision->id);
}

Shelf *shelf_new(void)
{
  Shelf *self = xcalloc(1, sizeof *self);
  self->refs = 1;
  return self;
}

void shelf_unref(const Shelf *self)
{
  if (!self || !refs_drop(&self->refs)) return;
  Shelf *counted = (Shelf *)(uintptr_t)self;
  for (size_t i = 0; i < counted->items.len; i++) decision_unref(counted->items.items[i].decision);
  vec_release(&counted->items);
  free(counted);
}

void shelf_add(Shelf *self, const Decision *decision)
{
  vec_push(&self->items,
           (Shelved){decision, decision->verdict, decision->kind, decision->fits ? decision->number : -1});
}

static const Shelf *shelf_of(PlacedVec *places)
{
  Shelf *shelf = shelf_new();
  for (size_t i = 0; i < places->len; i++) {
    places->items[i].shelved = i;
    shelf_add(shelf, places->items[i].decision);
  }
  return shelf;
}

const HumanLayer *layer_new(PlacedVec *places, const Shelf *shelf, const Registry *registry)
{
  HumanLayer *self = xcalloc(1, sizeof *self);
  if (shelf) refs_add(&shelf->refs);
  if (!shelf) shelf = shelf_of(places);
  *self = (HumanLayer){.places = *places, .shelf = shelf, .registry = registry_ref(registry), .refs = 1};
  *places = (PlacedVec){0};
  layer_sort(self->places.items, self->places.len, sizeof(Placed), place_order);
  return self;
}

const HumanLayer *layer_ref(const HumanLayer *self)
{
  if (self) refs_add(&self->refs);
  return self;
}

void layer_unref(const HumanLayer *self)
{
  if (!self || !refs_drop(&self->refs)) return;
  HumanLayer *counted = (HumanLayer *)(uintptr_t)self;
  vec_release(&counted->places);
  shelf_unref(counted->shelf);
  registry_unref(counted->registry);
  free(counted);
}

bool layer_empty(const HumanLayer *self)
{
  return !self || (!self->places.len && registry_empty(self->registry));
}
