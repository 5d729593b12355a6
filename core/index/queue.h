// queue: a bounded queue of pointers between threads. A full queue makes the sender wait, so that memory
// stays bounded whatever the folder's size. Any thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Queue Queue;

Queue *queue_new(size_t cap);
void queue_free(Queue *self); // empty by now: what is left in it is not freed
// Append `item` (not NULL); it is the receiver's from now on. Waits while the queue is full. False where it
// was closed: the item stays the caller's.
bool queue_push(Queue *self, void *item);
// The oldest item. Waits for one; NULL once the queue is closed and empty.
void *queue_pop(Queue *self);
// The oldest item, or NULL where there is none now.
void *queue_try_pop(Queue *self);
// Let nobody push any more and wake everybody who waits.
void queue_close(Queue *self);
