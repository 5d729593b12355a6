// Ledgers: merging by id, sorting, what others wrote, tombstones, conflict marks, links and pipes in a
// stranger's folder, and two processes at once.
#include "human/ledger.h"

#include "base/alloc.h"
#include "config/paths.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char g_dir[64];

static int make_dir(void **state)
{
  (void)state;
  snprintf(g_dir, sizeof g_dir, "/tmp/newsmark-ledger-XXXXXX");
  return mkdtemp(g_dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", g_dir);
  return system(command);
}

static char *in_dir(const char *name)
{
  return path_join(g_dir, name);
}

static Str content(const char *path, Arena *arena)
{
  StrBuf bytes = {0};
  assert_true(file_read(path, 1 << 26, &bytes, NULL));
  Str text = arena_dup(arena, strbuf_str(&bytes));
  strbuf_release(&bytes);
  return text;
}

static void put(Ledger *ledger, const char *line)
{
  LedgerTexts news = {0};
  Str text = str_of(line);
  Error err = {0};
  if (!ledger_put(ledger, &text, 1, &news, &err)) fail_msg("%s", err.text);
  vec_release(&news);
}

static void test_lines_are_sorted_and_replaced(void **state)
{
  (void)state;
  Arena arena = {0};
  char *path = in_dir("a/b/x.txt.jsonl");
  Ledger *ledger = ledger_new(path, g_dir);
  put(ledger, "{\"id\":\"b\",\"start\":20,\"time\":\"1\"}");
  put(ledger, "{\"id\":\"a\",\"start\":7,\"time\":\"1\"}");
  put(ledger, "{\"id\":\"article\",\"time\":\"1\"}");
  assert_str(content(path, &arena),
             "{\"id\":\"article\",\"time\":\"1\"}\n{\"id\":\"a\",\"start\":7,\"time\":\"1\"}\n"
             "{\"id\":\"b\",\"start\":20,\"time\":\"1\"}\n");
  put(ledger, "{\"id\":\"b\",\"start\":3,\"time\":\"2\"}");
  put(ledger, "{\"id\":\"a\",\"start\":7,\"gone\":\"2\"}");
  put(ledger, "{\"id\":\"a\",\"start\":7,\"time\":\"1.5\"}"); // older than the tombstone
  assert_str(content(path, &arena),
             "{\"id\":\"article\",\"time\":\"1\"}\n{\"id\":\"b\",\"start\":3,\"time\":\"2\"}\n"
             "{\"id\":\"a\",\"start\":7,\"gone\":\"2\"}\n");
  ledger_free(ledger);
  free(path);
  arena_release(&arena);
}

static void test_nothing_new_writes_nothing(void **state)
{
  (void)state;
  char *path = in_dir("same.jsonl");
  Ledger *ledger = ledger_new(path, g_dir);
  put(ledger, "{\"id\":\"a\",\"start\":7,\"time\":\"1\"}");
  struct stat before, after;
  assert_int_equal(stat(path, &before), 0);
  put(ledger, "{\"id\":\"a\",\"start\":7,\"time\":\"1\"}");
  assert_int_equal(stat(path, &after), 0);
  assert_int_equal(before.st_ino, after.st_ino);
  ledger_free(ledger);
  free(path);
}

static void test_others_lines_are_news(void **state)
{
  (void)state;
  char *path = in_dir("two.jsonl");
  Ledger *one = ledger_new(path, g_dir), *two = ledger_new(path, g_dir);
  LedgerTexts news = {0};
  put(one, "{\"id\":\"a\",\"start\":1,\"time\":\"1\"}");
  put(two, "{\"id\":\"b\",\"start\":2,\"time\":\"1\"}");
  assert_int_equal(ledger_lines(two)->len, 2);
  assert_true(ledger_read(one, &news, NULL));
  assert_int_equal(news.len, 1);
  assert_str(news.items[0], "{\"id\":\"b\",\"start\":2,\"time\":\"1\"}");
  news.len = 0;
  assert_int_equal(unlink(path), 0); // as git may
  assert_true(ledger_read(one, &news, NULL));
  assert_int_equal(news.len, 2);
  assert_str(news.items[0], "{\"id\":\"a\",\"gone\":\"1\"}");
  vec_release(&news);
  ledger_free(one);
  ledger_free(two);
  free(path);
}

static void test_odd_lines_and_conflicts(void **state)
{
  (void)state;
  Arena arena = {0};
  char *path = in_dir("odd.jsonl");
  FILE *file = fopen(path, "w");
  fputs(
      "<<<<<<< "
      "ours\n{\"id\":\"a\",\"start\":1,\"time\":\"1\"}\n=======\n{\"id\":\"a\",\"start\":1,\"time\":\"3\"}\n"
      ">>>>>>> theirs\nnot json\r\n\n{\"no\":\"id\"}\n",
      file);
  fclose(file);
  Ledger *ledger = ledger_new(path, g_dir);
  put(ledger, "{\"id\":\"b\",\"start\":0,\"time\":\"1\"}");
  assert_str(content(path, &arena),
             "{\"id\":\"b\",\"start\":0,\"time\":\"1\"}\n{\"id\":\"a\",\"start\":1,\"time\":\"3\"}\n"
             "not json\n{\"no\":\"id\"}\n");
  ledger_free(ledger);
  free(path);
  arena_release(&arena);
}

static void test_merge(void **state)
{
  (void)state;
  StrBuf out = {0};
  const Str texts[] = {
      STR("{\"id\":\"a\",\"start\":1,\"time\":\"2\"}\n{\"id\":\"b\",\"start\":5,\"time\":\"1\"}\n"),
      STR("{\"id\":\"a\",\"start\":1,\"time\":\"1\"}\n{\"id\":\"b\",\"start\":5,\"gone\":\"2\"}\n"
          "{\"id\":\"c\",\"start\":2,\"time\":\"1\"}\n")};
  ledger_merge(texts, 2, &out);
  assert_str(strbuf_str(&out),
             "{\"id\":\"a\",\"start\":1,\"time\":\"2\"}\n{\"id\":\"c\",\"start\":2,\"time\":\"1\"}\n"
             "{\"id\":\"b\",\"start\":5,\"gone\":\"2\"}\n");
  strbuf_release(&out);
}

// Of two records made in one millisecond everybody takes the same, whoever merges whose.
static void test_merge_of_the_same_moment(void **state)
{
  (void)state;
  const Str texts[] = {STR("{\"id\":\"a\",\"start\":1,\"time\":\"2\",\"name\":\"Ann\"}\n"),
                       STR("{\"id\":\"a\",\"start\":1,\"time\":\"2\",\"name\":\"Bob\"}\n")},
            turned[] = {texts[1], texts[0]};
  StrBuf one = {0}, other = {0};
  ledger_merge(texts, 2, &one);
  ledger_merge(turned, 2, &other);
  assert_true(str_eq(strbuf_str(&one), strbuf_str(&other)));
  assert_str(strbuf_str(&one), texts[1].ptr);
  strbuf_release(&one);
  strbuf_release(&other);
}

// Put `count` records, one after another, and end.
static void write_many(const char *path, char who, int count)
{
  Ledger *ledger = ledger_new(path, g_dir);
  for (int i = 0; i < count; i++) {
    char line[64];
    snprintf(line, sizeof line, "{\"id\":\"%c%d\",\"start\":%d,\"time\":\"1\"}", who, i, i);
    LedgerTexts news = {0};
    Str text = str_of(line);
    if (!ledger_put(ledger, &text, 1, &news, NULL)) _exit(1);
    vec_release(&news);
  }
  ledger_free(ledger);
}

static pid_t start_writer(const char *path, char who, int count)
{
  pid_t pid = fork();
  if (pid) return pid;
  write_many(path, who, count);
  _exit(0);
}

static void test_two_processes_lose_nothing(void **state)
{
  (void)state;
  char *path = in_dir("crowd.jsonl");
  pid_t pids[] = {start_writer(path, 'x', 1000), start_writer(path, 'y', 1000)};
  for (int i = 0; i < 2; i++) {
    int status;
    assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
    assert_int_equal(status, 0);
  }
  Ledger *ledger = ledger_new(path, g_dir);
  LedgerTexts news = {0};
  assert_true(ledger_read(ledger, &news, NULL));
  assert_int_equal(ledger_lines(ledger)->len, 2000);
  vec_release(&news);
  ledger_free(ledger);
  free(path);
}

// A writer is killed at some moment, again and again: every record that it had put before is in the file, the
// file is whole, and the next writer goes on.
static void test_kill_at_any_moment(void **state)
{
  (void)state;
  char *path = in_dir("killed.jsonl"), *said = in_dir("said");
  for (int round = 0; round < 300; round++) {
    int fd = open(said, O_RDWR | O_CREAT | O_TRUNC, 0600);
    pid_t pid = fork();
    if (!pid) {
      Ledger *ledger = ledger_new(path, g_dir);
      for (int i = 0;; i++) {
        char line[64];
        snprintf(line, sizeof line, "{\"id\":\"r%d-%d\",\"start\":%d,\"time\":\"1\"}", round, i, i);
        LedgerTexts news = {0};
        Str text = str_of(line);
        if (!ledger_put(ledger, &text, 1, &news, NULL)) _exit(1);
        if (pwrite(fd, &i, sizeof i, 0) != sizeof i) _exit(1);
      }
    }
    nanosleep(&(struct timespec){.tv_nsec = 500000 + round * 37000 % 9000000}, NULL);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    int last = -1;
    if (pread(fd, &last, sizeof last, 0) != sizeof last) last = -1;
    close(fd);
    Ledger *ledger = ledger_new(path, g_dir);
    LedgerTexts news = {0};
    assert_true(ledger_read(ledger, &news, NULL));
    int mine = 0;
    char prefix[16];
    snprintf(prefix, sizeof prefix, "r%d-", round);
    for (size_t i = 0; i < ledger_lines(ledger)->len; i++) {
      assert_true(ledger_lines(ledger)->items[i].id.len > 0); // no torn line
      mine += str_starts(ledger_lines(ledger)->items[i].id, str_of(prefix));
    }
    assert_in_range(mine, last + 1, last + 2); // at most the one under way more
    vec_release(&news);
    ledger_free(ledger);
    if (round % 20 == 19) unlink(path); // keep it short
  }
  free(path);
  free(said);
}

static bool refuses_to_put(const char *path, const char *root)
{
  Ledger *ledger = ledger_new(path, root);
  LedgerTexts news = {0};
  Str text = STR("{\"id\":\"a\",\"time\":\"1\"}");
  Error err = {0};
  bool refused = !ledger_put(ledger, &text, 1, &news, &err) && err.code == ERR_IO;
  vec_release(&news);
  ledger_free(ledger);
  return refused;
}

// A folder from a stranger: its links lead to files of ours, there or not, and to folders of ours.
static void test_links_that_lead_out_are_not_followed_by_writes(void **state)
{
  (void)state;
  Arena arena = {0};
  char *root = in_dir("stranger"), *ours = in_dir("ours"), *profile = in_dir("ours/profile");
  char *marks = in_dir("stranger/marks.jsonl"), *fresh = in_dir("stranger/fresh.jsonl"),
       *unborn = in_dir("ours/unborn"), *sub = in_dir("stranger/sub"),
       *below = in_dir("stranger/sub/x/y.jsonl"), *made = in_dir("ours/x");
  assert_int_equal(mkdir(root, 0700), 0);
  assert_int_equal(mkdir(ours, 0700), 0);
  FILE *file = fopen(profile, "w");
  fputs("z=1\na=2\n", file);
  fclose(file);
  assert_int_equal(symlink(profile, marks), 0);
  assert_int_equal(symlink(unborn, fresh), 0);
  assert_int_equal(symlink(ours, sub), 0);
  assert_true(refuses_to_put(marks, root));
  assert_true(refuses_to_put(fresh, root));
  assert_true(refuses_to_put(below, root));
  assert_true(str_is(content(profile, &arena), "z=1\na=2\n"));
  assert_false(path_exists(unborn));
  assert_false(path_exists(made));
  assert_false(refuses_to_put(below, ours)); // the same place, asked for by its own folder
  assert_true(refuses_to_put(marks, NULL));
  arena_release(&arena);
  char *all[] = {root, ours, profile, marks, fresh, unborn, sub, below, made};
  for (size_t i = 0; i < ARRAY_LEN(all); i++) free(all[i]);
}

static void test_link_within_the_folder_stays_one(void **state)
{
  (void)state;
  Arena arena = {0};
  char *path = in_dir("shared.jsonl"), *link = in_dir("link.jsonl");
  struct stat info;
  assert_int_equal(symlink("shared.jsonl", link), 0);
  assert_true(refuses_to_put(link, g_dir)); // it leads nowhere yet
  FILE *file = fopen(path, "w");
  fclose(file);
  assert_false(refuses_to_put(link, g_dir));
  assert_int_equal(lstat(link, &info), 0);
  assert_true(S_ISLNK(info.st_mode));
  assert_true(str_starts(content(path, &arena), STR("{\"id\":\"a\"")));
  arena_release(&arena);
  free(path);
  free(link);
}

static void test_pipe_in_place_of_the_file(void **state)
{
  (void)state;
  char *path = in_dir("pipe.jsonl");
  assert_int_equal(mkfifo(path, 0600), 0);
  Ledger *ledger = ledger_new(path, g_dir);
  LedgerTexts news = {0};
  Error err = {0};
  assert_false(ledger_read(ledger, &news, &err)); // and does not wait for somebody to write
  assert_int_equal(err.code, ERR_IO);
  assert_true(refuses_to_put(path, g_dir));
  vec_release(&news);
  ledger_free(ledger);
  free(path);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines_are_sorted_and_replaced),
                                     cmocka_unit_test(test_nothing_new_writes_nothing),
                                     cmocka_unit_test(test_others_lines_are_news),
                                     cmocka_unit_test(test_odd_lines_and_conflicts),
                                     cmocka_unit_test(test_merge),
                                     cmocka_unit_test(test_merge_of_the_same_moment),
                                     cmocka_unit_test(test_links_that_lead_out_are_not_followed_by_writes),
                                     cmocka_unit_test(test_link_within_the_folder_stays_one),
                                     cmocka_unit_test(test_pipe_in_place_of_the_file),
                                     cmocka_unit_test(test_two_processes_lose_nothing),
                                     cmocka_unit_test(test_kill_at_any_moment)};
  return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
