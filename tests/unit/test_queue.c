// The queue between threads: what has one key is taken in order by one receiver at a time, everything else by
// whoever is free, and a full queue holds up its sender and nobody else.
#include "test.h"

#include "index/queue.h"

#include <stdatomic.h>
#include <uv.h>

static void items_come_in_order_whatever_their_size(void **state)
{
  (void)state;
  int items[100];
  Queue *queue = queue_new(100);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 100; i++) assert_true(queue_push(queue, &items[i], 1, 0));
    for (int i = 0; i < 100; i++) assert_ptr_equal(queue_pop(queue, 0), &items[i]);
  }
  assert_false(queue_filled(queue));
  assert_true(queue_push(queue, &items[0], 1000, 0)); // alone, as it is larger than the queue
  assert_true(queue_filled(queue));
  assert_ptr_equal(queue_pop(queue, 0), &items[0]);
  queue_close(queue);
  assert_false(queue_push(queue, &items[0], 1, 0));
  assert_null(queue_pop(queue, 0));
  queue_free(queue);
}

static void a_key_that_is_busy_is_passed_over(void **state)
{
  (void)state;
  int a1, a2, a3, b1, c1;
  Queue *queue = queue_new(100);
  queue_push(queue, &a1, 1, 'a');
  queue_push(queue, &a2, 1, 'a');
  queue_push(queue, &a3, 1, 'a');
  queue_push(queue, &b1, 1, 'b');
  queue_push(queue, &c1, 1, 'c');
  assert_ptr_equal(queue_pop(queue, 0), &a1);
  assert_ptr_equal(queue_pop(queue, 1), &b1); // a2 waits for receiver 0
  assert_ptr_equal(queue_pop(queue, 0), &a2); // who is done with a1
  assert_ptr_equal(queue_pop(queue, 1), &c1);
  assert_ptr_equal(queue_pop(queue, 0), &a3);
  queue_close(queue);
  queue_free(queue);
}

// --- threads: senders of numbers, receivers that check what they get ---

enum { KEYS = 7, ITEMS = 20000, RECEIVERS = 4 };

typedef struct Item {
  uint64_t key;
  int number; // among those of its key, from 1
} Item;

typedef struct Scene {
  Queue *queue;
  _Atomic(int) last[KEYS + 1]; // [key]: the number received last
  _Atomic(int) at_work[KEYS + 1];
  _Atomic(int) received, faults;
  Item items[ITEMS];
} Scene;

typedef struct Receiver {
  Scene *scene;
  int number;
  uv_thread_t thread;
} Receiver;

static void receive(void *arg)
{
  Receiver *self = arg;
  Scene *scene = self->scene;
  for (Item *item; (item = queue_pop(scene->queue, self->number));) {
    if (atomic_fetch_add(&scene->at_work[item->key], 1) != 0) atomic_fetch_add(&scene->faults, 1);
    if (atomic_exchange(&scene->last[item->key], item->number) != item->number - 1)
      atomic_fetch_add(&scene->faults, 1);
    atomic_fetch_add(&scene->received, 1);
    atomic_fetch_sub(&scene->at_work[item->key], 1);
  }
}

static void receivers_share_the_work_and_keep_the_order(void **state)
{
  (void)state;
  static Scene scene;
  int next[KEYS + 1] = {0};
  scene.queue = queue_new(50);
  for (int i = 0; i < ITEMS; i++) {
    uint64_t key = 1 + (uint64_t)(i * 31 % 97) % KEYS;
    scene.items[i] = (Item){key, ++next[key]};
  }
  Receiver receivers[RECEIVERS];
  for (int i = 0; i < RECEIVERS; i++) {
    receivers[i] = (Receiver){.scene = &scene, .number = i};
    assert_int_equal(uv_thread_create(&receivers[i].thread, receive, &receivers[i]), 0);
  }
  for (int i = 0; i < ITEMS; i++)
    assert_true(queue_push(scene.queue, &scene.items[i], 1 + (size_t)(i % 5), scene.items[i].key));
  queue_close(scene.queue);
  for (int i = 0; i < RECEIVERS; i++) uv_thread_join(&receivers[i].thread);
  queue_free(scene.queue);
  assert_int_equal(scene.faults, 0);
  assert_int_equal(scene.received, ITEMS);
}

static void send_two(void *arg)
{
  Queue *queue = arg;
  static int items[2];
  queue_push(queue, &items[0], 60, 0);
  queue_push(queue, &items[1], 60, 0); // waits until the first one is taken, or for the end
}

static void a_sender_who_waits_is_let_go(void **state)
{
  (void)state;
  uv_thread_t sender;
  Queue *queue = queue_new(100);
  assert_int_equal(uv_thread_create(&sender, send_two, queue), 0);
  assert_non_null(queue_pop(queue, 0));
  assert_non_null(queue_pop(queue, 0));
  uv_thread_join(&sender);
  assert_int_equal(uv_thread_create(&sender, send_two, queue), 0);
  queue_close(queue);
  uv_thread_join(&sender);
  while (queue_pop(queue, 0)) {
  }
  queue_free(queue);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(items_come_in_order_whatever_their_size),
      cmocka_unit_test(a_key_that_is_busy_is_passed_over),
      cmocka_unit_test(receivers_share_the_work_and_keep_the_order),
      cmocka_unit_test(a_sender_who_waits_is_let_go),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
