#include "config/articles.h"

#include "base/alloc.h"
#include "base/str.h"
#include "config/paths.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 32 };

static bool is_article(const char *name)
{
  static const char *const ends[] = {".txt", ".text", ".md", ".markdown", ".html", ".htm"};
  for (size_t i = 0; i < ARRAY_LEN(ends); i++)
    if (str_ends(str_of(name), str_of(ends[i]))) return true;
  return false;
}

// `below`: the folder's path from `root`; empty: `root` itself.
static void add_below(const char *root, const char *below, int depth, ArticlePaths *out)
{
  char *folder = *below ? path_join(root, below) : xstrdup(root);
  struct dirent **entries = NULL;
  int count = depth < DEPTH_MAX ? scandir(folder, &entries, NULL, alphasort) : 0;
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    char *path = *below ? path_join(below, name) : xstrdup(name), *whole = path_join(folder, name);
    struct stat info;
    bool there = *name != '.' && lstat(whole, &info) == 0;
    if (there && S_ISDIR(info.st_mode)) add_below(root, path, depth + 1, out);
    if (there && S_ISREG(info.st_mode) && is_article(name))
      vec_push(out, path);
    else
      free(path);
    free(whole);
    free(entries[i]);
  }
  free(entries);
  free(folder);
}

void articles_below(const char *folder, ArticlePaths *out)
{
  add_below(folder, "", 0, out);
}

void articles_release(ArticlePaths *paths)
{
  for (size_t i = 0; i < paths->len; i++) free(paths->items[i]);
  vec_release(paths);
}
