// layers MODELS DIR: the layers of dates and of quotations alone, on the articles of DIR ("sv-hamnen.txt":
// the language stands in front of the name). What a layer reads is made beforehand: tokens and sentences, for
// quotations names and dates too. Only the finding is timed, in processor time, again and again, and the best
// round counts, as other programs may be at work. One core.
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
    if (str_starts(notes.text, STR("– "))) notes.kind = BLOCK_SPEECH;
    if (!notes.text.len) continue;
    tokens_split(notes.text, &kept, &notes.tokens);
    sentences_split(notes.text, lang, &notes.tokens, &kept, &notes.sentences);
    vec_push(out, notes);
  }
  if (file) fclose(file);
}

typedef struct Layers {
  Names *names;
  Dates *dates;
  Quotes *quotes;
} Layers;

typedef size_t (*Finding)(const Layers *layers, Notes *notes); // how many it found

static size_t find_dates(const Layers *layers, Notes *notes)
{
  notes->dates = (DateVec){0};
  dates_find(layers->dates, notes);
  return notes->dates.len;
}

static size_t find_quotes(const Layers *layers, Notes *notes)
{
  quotes_find(layers->quotes, notes);
  return notes->quotes.len;
}

// Look once through every line; what is found is forgotten. `work` is lent to the notes in turn, as the
// pipeline does.
static size_t find_once(const Layers *layers, Finding find, const NotesVec *lines, Arena *work)
{
  size_t found = 0;
  for (size_t i = 0; i < lines->len; i++) {
    Notes notes = lines->items[i];
    arena_reset(work);
    notes.arena = *work;
    found += find(layers, &notes);
    *work = notes.arena;
  }
  return found;
}

static void measure(const char *name, const Layers *layers, Finding find, const NotesVec *lines)
{
  Arena work = {0};
  size_t bytes = 0, found = find_once(layers, find, lines, &work); // which reads the tables, too
  uint64_t best = UINT64_MAX;
  for (size_t i = 0; i < lines->len; i++) bytes += lines->items[i].text.len;
  for (int round = 0; round < 40; round++) {
    enum { TIMES = 20 };
    uint64_t began = clock_thread_ns();
    for (int i = 0; i < TIMES; i++) find_once(layers, find, lines, &work);
    uint64_t took = (clock_thread_ns() - began) / TIMES;
    if (took < best) best = took;
  }
  printf("\n%s alone: %.1f MB/s (%zu in %zu bytes).\n", name, (double)bytes * 1e3 / (double)best, found,
         bytes);
  arena_release(&work);
}

static bool read_articles(const char *dir, NotesVec *lines)
{
  DIR *listing = opendir(dir);
  for (struct dirent *entry; listing && (entry = readdir(listing));) {
    char path[4096];
    Lang lang = lang_in_front(entry->d_name);
    snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    if (lang != LANG_UNKNOWN && str_ends(str_of(entry->d_name), STR(".txt"))) read_lines(path, lang, lines);
  }
  return listing && !closedir(listing);
}

int main(int argc, char **argv)
{
  NotesVec lines = {0};
  Error err = {0};
  if (argc != 3 || !read_articles(argv[2], &lines)) return fprintf(stderr, "usage: layers MODELS DIR\n"), 2;
  Layers layers = {names_new(argv[1], &err), dates_new(&err), quotes_new(&err)};
  if (err.code != ERR_NONE) return fprintf(stderr, "%s\n", err.text), 1;
  measure("Dates", &layers, find_dates, &lines);
  for (size_t i = 0; i < lines.len; i++) { // these live as long as the program
    names_find(layers.names, &lines.items[i]);
    dates_find(layers.dates, &lines.items[i]);
  }
  measure("Quotations", &layers, find_quotes, &lines);
  names_free(layers.names);
  dates_free(layers.dates);
  quotes_free(layers.quotes);
  return 0;
}
