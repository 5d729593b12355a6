// queue: a bounded queue of pointers between threads. A full queue makes the sender wait, so that memory
// stays bounded whatever the folder's size; it is bounded by bytes, as a number says nothing where one item
// is an article of a line and the next a book. Items with one key are taken in order, by one receiver at a
// time; all others by whoever has nothing to do. Any thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Queue Queue;

enum { QUEUE_RECEIVERS = 16 };

// For items of `bytes` together. NULL never.
Queue *queue_new(size_t bytes);
void queue_free(Queue *self); // empty by now: what is left in it is not freed
// Append `item` (not NULL), of this size and key (0: none); it is the receiver's from now on. Waits while the
// queue is full. False where it was closed: the item stays the caller's.
bool queue_push(Queue *self, void *item, size_t bytes, uint64_t key);
// The oldest item that is not to wait for another receiver's; what `receiver` (from 0) took before is done
// with. Waits for one; NULL once the queue is closed and empty.
void *queue_pop(Queue *self, int receiver);
// Whether there is something in it, just now.
bool queue_filled(Queue *self);
// Let nobody push any more and wake everybody who waits.
void queue_close(Queue *self);
