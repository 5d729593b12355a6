#include "base/digest.h"
#include "base/digestmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>

#include <cmocka.h>

enum { COUNT = 5000 };

static uint64_t key_of(uint64_t n)
{
  return digest_pair(n, 1) | 1;
}

static void gives_what_was_put(void **state)
{
  (void)state;
  DigestMap map = {0};
  assert_int_equal(digestmap_get(&map, key_of(1)), 0);
  for (uint64_t n = 0; n < COUNT; n++) {
    uint64_t *value = digestmap_slot(&map, key_of(n));
    assert_int_equal(*value, 0);
    *value = n + 1;
  }
  assert_int_equal(map.len, COUNT);
  for (uint64_t n = 0; n < 2 * COUNT; n++)
    assert_int_equal(digestmap_get(&map, key_of(n)), n < COUNT ? n + 1 : 0);
  *digestmap_slot(&map, key_of(7)) += 10; // there already
  assert_int_equal(digestmap_get(&map, key_of(7)), 18);
  assert_int_equal(map.len, COUNT);
  digestmap_release(&map);
}

// Digests whose high bits are the same share a place, and are told apart.
static void keys_that_share_a_place(void **state)
{
  (void)state;
  DigestMap map = {0};
  for (uint64_t n = 1; n <= 100; n++) *digestmap_slot(&map, (uint64_t)0xABCD << 48 | n) = n;
  *digestmap_slot(&map, UINT64_MAX) = 1; // goes round to the first place
  *digestmap_slot(&map, UINT64_MAX - 1) = 2;
  for (uint64_t n = 1; n <= 100; n++) assert_int_equal(digestmap_get(&map, (uint64_t)0xABCD << 48 | n), n);
  assert_int_equal(digestmap_get(&map, UINT64_MAX), 1);
  assert_int_equal(digestmap_get(&map, UINT64_MAX - 1), 2);
  assert_int_equal(digestmap_get(&map, UINT64_MAX - 2), 0);
  digestmap_release(&map);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(gives_what_was_put),
                                     cmocka_unit_test(keys_that_share_a_place)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
