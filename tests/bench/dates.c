// dates DIR: the dates layer alone, on the articles of DIR ("sv-hamnen.txt": the language stands in front of
// the name). Their lines are cut into tokens and sentences beforehand; only the finding is timed, in
// processor time, again and again, and the best round counts, as other programs may be at work. One core.
#include "annotate/notes.h"
#include "base/clock.h"

#include <dirent.h>
#include <stdio.h>

typedef VEC_OF(Notes) NotesVec;

static Lang lang_in_front(const char *name)
{
  return strlen(name) > 3 && name[2] == '-' ? lang_of((Str){name, 2}) : LANG_UNKNOWN;
}

// The lines of a file; their text and tokens live as long as the program.
static void read_lines(const char *path, Lang lang, NotesVec *out)
{
  static Arena kept;
  char line[16384];
  FILE *file = fopen(path, "rb");
  while (file && fgets(line, sizeof line, file)) {
    Notes notes = {.text = arena_dup(&kept, str_trim(str_of(line))), .kind = BLOCK_PARAGRAPH, .lang = lang};
    if (!notes.text.len) continue;
    tokens_split(notes.text, &kept, &notes.tokens);
    sentences_split(notes.text, lang, &notes.tokens, &kept, &notes.sentences);
    vec_push(out, notes);
  }
  if (file) fclose(file);
}

// Find the dates of every line once. Returns how many there are.
static size_t find_once(const Dates *dates, const NotesVec *lines)
{
  size_t found = 0;
  for (size_t i = 0; i < lines->len; i++) {
    Notes notes = lines->items[i];
    dates_find(dates, &notes);
    found += notes.dates.len;
    arena_release(&notes.arena);
  }
  return found;
}

int main(int argc, char **argv)
{
  NotesVec lines = {0};
  DIR *listing = argc == 2 ? opendir(argv[1]) : NULL;
  if (!listing) return fprintf(stderr, "usage: dates DIR\n"), 2;
  for (struct dirent *entry; (entry = readdir(listing));) {
    char path[4096];
    Lang lang = lang_in_front(entry->d_name);
    snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
    if (lang != LANG_UNKNOWN && str_ends(str_of(entry->d_name), STR(".txt"))) read_lines(path, lang, &lines);
  }
  closedir(listing);
  Dates *dates = dates_new(NULL);
  size_t bytes = 0, found = find_once(dates, &lines); // which reads the tables, too
  uint64_t best = UINT64_MAX;
  for (size_t i = 0; i < lines.len; i++) bytes += lines.items[i].text.len;
  for (int round = 0; round < 40; round++) {
    enum { TIMES = 20 };
    uint64_t began = clock_thread_ns();
    for (int i = 0; i < TIMES; i++) find_once(dates, &lines);
    uint64_t took = (clock_thread_ns() - began) / TIMES;
    if (took < best) best = took;
  }
  printf("\nDates alone: %.1f MB/s (%zu dates in %zu bytes).\n", (double)bytes * 1e3 / (double)best, found,
         bytes);
  dates_free(dates);
  return 0;
}
