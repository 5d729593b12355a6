#define _GNU_SOURCE // realpath
#include "human/kept.h"

#include "config/paths.h"

#include <sys/stat.h>

// --- where

static bool is_marked(const char *folder)
{
  struct stat info;
  char *settings = path_join(folder, ".newsmark.toml"), *kept = path_join(folder, ".newsmark");
  bool marked = (stat(settings, &info) == 0 && S_ISREG(info.st_mode)) ||
                (stat(kept, &info) == 0 && S_ISDIR(info.st_mode));
  free(settings);
  free(kept);
  return marked;
}

// The article's real path: its folder may be reached by a link, its own name stays. The caller frees.
static char *real_path(const char *path)
{
  char *folder = path_dir(path), *real = realpath(folder, NULL);
  const char *slash = strrchr(path, '/');
  char *whole = path_join(real ? real : folder, slash ? slash + 1 : path);
  free(folder);
  free(real);
  return whole;
}

void kept_paths_in(KeptPaths *self, const char *root, const char *article)
{
  StrBuf marks = {0};
  strbuf_addf(&marks, "%s/.newsmark/annotations/%s.jsonl", root, article);
  *self = (KeptPaths){.root = xstrdup(root),
                      .article = xstrdup(article),
                      .marks = strbuf_detach(&marks),
                      .entities = path_join(root, ".newsmark/entities.jsonl")};
}

bool kept_paths(KeptPaths *self, const char *path, const char *otherwise)
{
  char *real = real_path(path), *root = path_dir(real);
  while (!is_marked(root) && strcmp(root, "/") != 0 && strcmp(root, ".") != 0) {
    char *above = path_dir(root);
    free(root);
    root = above;
  }
  if (!is_marked(root)) {
    free(root);
    root = otherwise ? realpath(otherwise, NULL) : NULL;
  }
  bool below = root && path_within(real, root);
  if (below) {
    const char *inside = real + strlen(root);
    kept_paths_in(self, root, *inside == '/' ? inside + 1 : inside);
  }
  free(real);
  free(root);
  return below;
}

void kept_paths_release(KeptPaths *self)
{
  free(self->root);
  free(self->article);
  free(self->marks);
  free(self->entities);
  *self = (KeptPaths){0};
}

// --- what

typedef VEC_OF(const Decision *) DecisionVec;

static void place_all(Kept *self, const DecisionVec *decisions, const Snapshot *text)
{
  Plain plain;
  plain_init(&plain, text);
  const Anchor **anchors = xcalloc(decisions->len + 1, sizeof *anchors);
  AnchorPlace *places = xcalloc(decisions->len + 1, sizeof *places);
  for (size_t i = 0; i < decisions->len; i++) anchors[i] = &decisions->items[i]->anchor;
  anchor_find(&plain, anchors, decisions->len, places);
  for (size_t i = 0; i < decisions->len; i++) {
    if (places[i].state == ANCHOR_FOUND)
      vec_push(&self->places, (Placed){plain_to_byte(&plain, places[i].start),
                                       plain_to_byte(&plain, places[i].end), decisions->items[i], 0});
    else
      vec_push(&self->orphans, (KeptOrphan){decisions->items[i], places[i].state});
  }
  free((void *)anchors);
  free(places);
  plain_release(&plain);
}

void kept_place(Kept *self, const LedgerTexts *lines, const Snapshot *text)
{
  DecisionVec decisions = {0};
  for (size_t i = 0; i < lines->len; i++) {
    const Decision *decision = decision_read(lines->items[i], NULL);
    if (!decision) continue;
    if (str_eq(decision->id, DECISION_ARTICLE)) {
      self->state = arena_dup(&self->arena, decision->gone ? (Str){0} : decision->state);
      decision_unref(decision);
    } else if (decision->gone) {
      vec_push(&self->tombstones, decision);
    } else {
      vec_push(&decisions, decision);
    }
  }
  if (decisions.len) place_all(self, &decisions, text);
  vec_release(&decisions);
}

void kept_release(Kept *self)
{
  for (size_t i = 0; i < self->places.len; i++) decision_unref(self->places.items[i].decision);
  for (size_t i = 0; i < self->orphans.len; i++) decision_unref(self->orphans.items[i].decision);
  for (size_t i = 0; i < self->tombstones.len; i++) decision_unref(self->tombstones.items[i]);
  vec_release(&self->places);
  vec_release(&self->orphans);
  vec_release(&self->tombstones);
  arena_release(&self->arena);
  *self = (Kept){0};
}

const Registry *kept_registry(const char *entities_path)
{
  Ledger *ledger = ledger_new(entities_path, NULL);
  LedgerTexts news = {0};
  ledger_read(ledger, &news, NULL);
  const Registry *registry = registry_new(ledger_lines(ledger));
  vec_release(&news);
  ledger_free(ledger);
  return registry;
}

const HumanLayer *kept_layer(const char *marks_path, const Registry *registry, const Snapshot *text)
{
  Kept kept = {0};
  Ledger *ledger = path_exists(marks_path) ? ledger_new(marks_path, NULL) : NULL;
  LedgerTexts news = {0};
  if (ledger && ledger_read(ledger, &news, NULL)) kept_place(&kept, &news, text);
  const HumanLayer *layer =
      kept.places.len || !registry_empty(registry) ? layer_new(&kept.places, NULL, registry) : NULL;
  vec_release(&news);
  ledger_free(ledger);
  kept_release(&kept);
  return layer;
}
