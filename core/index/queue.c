// A ring under one mutex, which grows to the number of items that the bytes allow; a condition for "there is
// something to take" and one for "there is room". A sender who found no room is woken when half of it is
// free, so that threads do not wake each other for every item.
#include "index/queue.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

typedef struct Item {
  void *item;
  size_t bytes;
  uint64_t key;
} Item;

struct Queue {
  uv_mutex_t lock; // guards everything below
  uv_cond_t filled, drained;
  Item *items; // [cap], a ring
  size_t cap, first, len;
  size_t bytes, bytes_max;
  uint64_t busy[QUEUE_RECEIVERS]; // the key of what each is at work on; 0: none
  int senders_waiting, receivers_waiting;
  bool closed;
};

Queue *queue_new(size_t bytes)
{
  Queue *self = xcalloc(1, sizeof *self);
  self->bytes_max = bytes;
  if (uv_mutex_init(&self->lock) || uv_cond_init(&self->filled) || uv_cond_init(&self->drained)) abort();
  return self;
}

void queue_free(Queue *self)
{
  if (!self) return;
  uv_mutex_destroy(&self->lock);
  uv_cond_destroy(&self->filled);
  uv_cond_destroy(&self->drained);
  free(self->items);
  free(self);
}

static Item *at(const Queue *self, size_t i)
{
  return &self->items[(self->first + i) & (self->cap - 1)];
}

static void grow(Queue *self)
{
  size_t cap = self->cap ? 2 * self->cap : 64;
  Item *items = xcalloc(cap, sizeof *items);
  for (size_t i = 0; i < self->len; i++) items[i] = *at(self, i);
  free(self->items);
  self->items = items;
  self->cap = cap;
  self->first = 0;
}

static bool has_room(const Queue *self, size_t bytes)
{
  return !self->len || self->bytes + bytes <= self->bytes_max; // one that is too large goes alone
}

bool queue_push(Queue *self, void *item, size_t bytes, uint64_t key)
{
  uv_mutex_lock(&self->lock);
  while (!has_room(self, bytes) && !self->closed) {
    self->senders_waiting++;
    uv_cond_wait(&self->drained, &self->lock);
    self->senders_waiting--;
  }
  bool open = !self->closed;
  if (open) {
    if (self->len == self->cap) grow(self);
    *at(self, self->len++) = (Item){item, bytes, key};
    self->bytes += bytes;
    if (self->receivers_waiting) uv_cond_signal(&self->filled);
  }
  uv_mutex_unlock(&self->lock);
  return open;
}

static bool is_busy(const Queue *self, uint64_t key)
{
  for (int i = 0; key && i < QUEUE_RECEIVERS; i++)
    if (self->busy[i] == key) return true;
  return false;
}

// The first item that may be taken, out of the ring: those before it, few, move up. NULL: none.
static void *take(Queue *self, int receiver)
{
  size_t i = 0;
  while (i < self->len && is_busy(self, at(self, i)->key)) i++;
  if (i == self->len) return NULL;
  Item taken = *at(self, i);
  for (; i > 0; i--) *at(self, i) = *at(self, i - 1);
  self->first = (self->first + 1) & (self->cap - 1);
  self->len--;
  self->bytes -= taken.bytes;
  self->busy[receiver] = taken.key;
  if (self->senders_waiting && self->bytes <= self->bytes_max / 2) uv_cond_broadcast(&self->drained);
  return taken.item;
}

void *queue_pop(Queue *self, int receiver)
{
  assert(receiver >= 0 && receiver < QUEUE_RECEIVERS);
  uv_mutex_lock(&self->lock);
  self->busy[receiver] = 0;
  void *item;
  while (!(item = take(self, receiver)) && !(self->closed && !self->len)) {
    self->receivers_waiting++;
    uv_cond_wait(&self->filled, &self->lock);
    self->receivers_waiting--;
  }
  // Somebody may have waited for the key that is free now, or for the end.
  if (self->receivers_waiting && (self->len || self->closed)) uv_cond_broadcast(&self->filled);
  uv_mutex_unlock(&self->lock);
  return item;
}

bool queue_filled(Queue *self)
{
  uv_mutex_lock(&self->lock);
  bool filled = self->len;
  uv_mutex_unlock(&self->lock);
  return filled;
}

void queue_close(Queue *self)
{
  uv_mutex_lock(&self->lock);
  self->closed = true;
  uv_cond_broadcast(&self->filled);
  uv_cond_broadcast(&self->drained);
  uv_mutex_unlock(&self->lock);
}
