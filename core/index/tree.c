// Sorted arrays: a scan comes in order too, so that most look-ups end at the last item or where the one
// before was found.
#include "index/tree.h"

TreeDir *tree_new(void)
{
  TreeDir *root = xcalloc(1, sizeof *root);
  root->name = xstrdup("");
  root->watch = -1;
  return root;
}

void tree_free(TreeDir *root)
{
  if (!root) return;
  for (size_t i = 0; i < root->files.len; i++) free(root->files.items[i].name);
  for (size_t i = 0; i < root->dirs.len; i++) tree_free(root->dirs.items[i]);
  vec_release(&root->files);
  vec_release(&root->dirs);
  free(root->name);
  free(root);
}

// Where `name` is or belongs among `len` names; `name_at` reads one.
static size_t place_of(const TreeDir *dir, Str (*name_at)(const TreeDir *, size_t), size_t len, Str name,
                       bool *found)
{
  size_t low = 0, high = len;
  if (len && str_cmp(name_at(dir, len - 1), name) < 0) low = len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (str_cmp(name_at(dir, middle), name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *found = low < len && str_eq(name_at(dir, low), name);
  return low;
}

static Str file_name(const TreeDir *dir, size_t index)
{
  return str_of(dir->files.items[index].name);
}
static Str child_name(const TreeDir *dir, size_t index)
{
  return str_of(dir->dirs.items[index]->name);
}

TreeFile *tree_file(TreeDir *dir, Str name, bool *is_new)
{
  bool found;
  size_t at = place_of(dir, file_name, dir->files.len, name, &found);
  *is_new = !found;
  if (!found) {
    vec_push(&dir->files, (TreeFile){0});
    TreeFile *items = dir->files.items;
    memmove(items + at + 1, items + at, (dir->files.len - 1 - at) * sizeof *items);
    items[at] = (TreeFile){.name = str_dup(name), .stamp.mtime_ns = STAMP_RACY};
  }
  return &dir->files.items[at];
}

TreeDir *tree_child(TreeDir *dir, Str name, bool *is_new)
{
  bool found;
  size_t at = place_of(dir, child_name, dir->dirs.len, name, &found);
  *is_new = !found;
  if (!found) {
    TreeDir *child = xcalloc(1, sizeof *child);
    child->parent = dir;
    child->name = str_dup(name);
    child->watch = -1;
    vec_push(&dir->dirs, child);
    TreeDir **items = dir->dirs.items;
    memmove(items + at + 1, items + at, (dir->dirs.len - 1 - at) * sizeof *items);
    items[at] = child;
  }
  return dir->dirs.items[at];
}

TreeDir *tree_dir(TreeDir *root, Str path)
{
  while (path.len) {
    bool is_new;
    Str name = str_cut(&path, '/');
    if (name.len) root = tree_child(root, name, &is_new);
  }
  return root;
}

void tree_drop_file(TreeDir *dir, size_t index)
{
  free(dir->files.items[index].name);
  TreeFile *items = dir->files.items;
  memmove(items + index, items + index + 1, (--dir->files.len - index) * sizeof *items);
}

void tree_drop_child(TreeDir *dir, size_t index)
{
  tree_free(dir->dirs.items[index]);
  TreeDir **items = dir->dirs.items;
  memmove(items + index, items + index + 1, (--dir->dirs.len - index) * sizeof *items);
}

void tree_path(const TreeDir *dir, StrBuf *out)
{
  if (!dir->parent) return;
  tree_path(dir->parent, out);
  strbuf_add(out, str_of(dir->name));
  strbuf_byte(out, '/');
}
