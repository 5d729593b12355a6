// A ring under one mutex; a condition for "no longer empty" and one for "no longer full".
#include "index/queue.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

struct Queue {
  uv_mutex_t lock; // guards everything below
  uv_cond_t filled, drained;
  void **items; // [cap], a ring
  size_t cap, first, len;
  bool closed;
};

Queue *queue_new(size_t cap)
{
  assert(cap > 0);
  Queue *self = xcalloc(1, sizeof *self);
  self->items = xcalloc(cap, sizeof *self->items);
  self->cap = cap;
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

bool queue_push(Queue *self, void *item)
{
  uv_mutex_lock(&self->lock);
  while (self->len == self->cap && !self->closed) uv_cond_wait(&self->drained, &self->lock);
  bool open = !self->closed;
  if (open) {
    self->items[(self->first + self->len++) % self->cap] = item;
    uv_cond_signal(&self->filled);
  }
  uv_mutex_unlock(&self->lock);
  return open;
}

static void *take_first(Queue *self)
{
  if (!self->len) return NULL;
  void *item = self->items[self->first];
  self->first = (self->first + 1) % self->cap;
  self->len--;
  uv_cond_signal(&self->drained);
  return item;
}

void *queue_pop(Queue *self)
{
  uv_mutex_lock(&self->lock);
  while (!self->len && !self->closed) uv_cond_wait(&self->filled, &self->lock);
  void *item = take_first(self);
  uv_mutex_unlock(&self->lock);
  return item;
}

void *queue_try_pop(Queue *self)
{
  uv_mutex_lock(&self->lock);
  void *item = take_first(self);
  uv_mutex_unlock(&self->lock);
  return item;
}

void queue_close(Queue *self)
{
  uv_mutex_lock(&self->lock);
  self->closed = true;
  uv_cond_broadcast(&self->filled);
  uv_cond_broadcast(&self->drained);
  uv_mutex_unlock(&self->lock);
}
