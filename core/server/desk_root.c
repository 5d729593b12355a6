// The folder of open articles: the lines of its registry as they are by now, on disk or about to be, and what
// all its articles see of them.
#include "server/desk_p.h"

#include "base/alloc.h"

#include <stdlib.h>

void registry_line_release(RegistryLine *line)
{
  free(line->id);
  free(line->text);
}

DeskRoot *root_for(Desks *self, const KeptPaths *paths)
{
  for (size_t i = 0; i < self->roots.len; i++)
    if (!strcmp(self->roots.items[i]->path, paths->root)) return self->roots.items[i];
  DeskRoot *root = xcalloc(1, sizeof *root);
  static const LedgerLines none = {0};
  root->path = xstrdup(paths->root);
  root->entities = xstrdup(paths->entities);
  root->ledger = ledger_new(paths->entities, paths->root);
  root->registry = registry_new(&none);
  uv_mutex_init(&root->lock);
  vec_push(&self->roots, root);
  return root;
}

void root_put_line(DeskRoot *root, Str id, Str text)
{
  uint64_t at;
  if (map_get(&root->by_id, id, &at)) {
    free(root->lines.items[at].text);
    root->lines.items[at].text = str_dup(text);
    return;
  }
  RegistryLine line = {str_dup(id), str_dup(text)};
  map_put(&root->by_id, str_of(line.id), root->lines.len);
  vec_push(&root->lines, line);
}

const char *root_line(const DeskRoot *root, Str id)
{
  uint64_t at;
  return map_get(&root->by_id, id, &at) ? root->lines.items[at].text : NULL;
}

void root_renew(DeskRoot *root)
{
  LedgerLines lines = {0};
  for (size_t i = 0; i < root->lines.len; i++)
    vec_push(&lines, (LedgerLine){.text = str_of(root->lines.items[i].text)});
  registry_unref(root->registry);
  root->registry = registry_new(&lines);
  vec_release(&lines);
}

// All open articles of the folder see its registry.
void root_show(Desks *self, const DeskRoot *root)
{
  for (size_t i = 0; i < self->desks.len; i++) {
    Document *doc = self->desks.items[i]->doc;
    if (!doc || self->desks.items[i]->root != root) continue;
    registry_unref(doc->registry);
    doc->registry = registry_ref(root->registry);
    docs_relay(lsp_docs(self->lsp), doc);
  }
}

static Str line_id(Str text, Arena *arena)
{
  cJSON *root = json_parse(text, NULL);
  Str id = arena_dup(arena, json_get_str(root, "id"));
  cJSON_Delete(root);
  return id;
}

static bool is_pending(const Desk *desk, Str id)
{
  for (size_t i = 0; i < desk->folder.len; i++)
    if (str_is(id, desk->folder.items[i].id)) return true;
  return false;
}

void root_take_lines(Desk *desk, const LedgerTexts *texts)
{
  DeskRoot *root = desk->root;
  Arena arena = {0};
  VEC_OF(RegistryLine) old = {.items = root->lines.items, .len = root->lines.len, .cap = root->lines.cap};
  memset(&root->lines, 0, sizeof root->lines);
  map_reset(&root->by_id);
  for (size_t i = 0; i < texts->len; i++)
    root_put_line(root, line_id(texts->items[i], &arena), texts->items[i]);
  for (size_t i = 0; i < old.len; i++) { // what is not on disk yet
    if (is_pending(desk, str_of(old.items[i].id)))
      root_put_line(root, str_of(old.items[i].id), str_of(old.items[i].text));
    registry_line_release(&old.items[i]);
  }
  vec_release(&old);
  arena_release(&arena);
  root_renew(root);
  root_show(desk->desks, root);
}

void root_free(DeskRoot *root)
{
  ledger_free(root->ledger);
  registry_unref(root->registry);
  for (size_t k = 0; k < root->lines.len; k++) registry_line_release(&root->lines.items[k]);
  vec_release(&root->lines);
  map_release(&root->by_id);
  uv_mutex_destroy(&root->lock);
  free(root->path);
  free(root->entities);
  free(root);
}
