// Steps: what one action of a reader's changed, in the article and in its folder, kept so that it can be
// taken back and done again, also after the editor has read the file anew.
#include "server/desk_p.h"

#include "base/alloc.h"

#include <stdlib.h>

enum { PASTS_MAX = 32 };

void step_release(Step *step)
{
  for (size_t i = 0; i < step->items.len; i++) {
    StepItem *item = &step->items.items[i];
    decision_unref(item->before);
    decision_unref(item->after);
    free(item->line_id);
    free(item->line_before);
    free(item->line_after);
  }
  vec_release(&step->items);
}

void steps_release(Steps *self)
{
  for (size_t i = 0; i < self->len; i++) step_release(&self->items[i]);
  vec_release(self);
}

void desk_put(Desk *desk, Step *step, const Decision *draft, size_t start, size_t end)
{
  Arena arena = {0};
  Decision full = *draft;
  Margin *margin = desk->doc->margin;
  if (!full.id.len) full.id = decision_fresh_id(&arena);
  const MarginNote *old = margin_find(margin, full.id);
  const Decision *before = old ? decision_ref(old->decision) : NULL;
  full.time = decision_time(&arena, before ? before->time : (Str){0});
  full.refs = 0;
  const Decision *made = decision_new(&full);
  margin_put(margin, made, start, end);
  desk_mark_dirty(desk, made->id);
  vec_push(&step->items, (StepItem){.before = before, .after = made});
  arena_release(&arena);
}

void desk_take_back(Desk *desk, Step *step, const MarginNote *note)
{
  Decision gone = decision_value(note->decision);
  gone.gone = true;
  if (note->loose) {
    Arena arena = {0};
    gone.time = decision_time(&arena, gone.time);
    const Decision *made = decision_new(&gone);
    vec_push(&step->items, (StepItem){.before = decision_ref(note->decision), .after = made});
    margin_put_loose(desk->doc->margin, made, note->why);
    desk_mark_dirty(desk, made->id);
    arena_release(&arena);
  } else {
    desk_put(desk, step, &gone, note->start, note->end);
  }
}

void desk_put_line(Desk *desk, Step *step, Str id, const char *text)
{
  const char *before = root_line(desk->root, id);
  StrBuf gone = {0};
  if (!text) {
    Arena arena = {0};
    strbuf_byte(&gone, '{');
    json_write_member(&gone, "id", id);
    json_write_member(&gone, "gone", decision_time(&arena, (Str){0}));
    strbuf_byte(&gone, '}');
    arena_release(&arena);
    text = gone.ptr;
  }
  vec_push(&step->items, (StepItem){.line_id = str_dup(id),
                                    .line_before = before ? xstrdup(before) : NULL,
                                    .line_after = xstrdup(text)});
  vec_push(&desk->folder, (RegistryLine){str_dup(id), xstrdup(text)});
  root_put_line(desk->root, id, str_of(text));
  root_renew(desk->root);
  strbuf_release(&gone);
}

static void show_step(Desk *desk, const Step *step)
{
  bool folder = false;
  for (size_t i = 0; i < step->items.len; i++) folder |= step->items.items[i].line_id != NULL;
  if (folder)
    root_show(desk->desks, desk->root);
  else
    docs_relay(lsp_docs(desk->desks->lsp), desk->doc);
}

void desk_commit(Desk *desk, Step *step)
{
  desk->syncs++;
  desk->due = step->items.len && docs_is_current(desk->doc); // shown first; on_found() goes on
  if (step->items.len) {
    vec_push(&desk->undo, *step);
    show_step(desk, step);
    steps_release(&desk->redo);
    *step = (Step){0};
  }
  if (!desk->due) desk_sync(desk);
}

// Make the article and the folder what they were before (or after) the item.
static void apply_item(Desk *desk, const StepItem *item, bool redo, Step *done)
{
  if (item->line_id) {
    const char *line = redo ? item->line_after : item->line_before;
    char *fresh = NULL;
    if (line) { // with a time of now, so that it holds
      cJSON *root = json_parse(str_of(line), NULL);
      Arena arena = {0};
      const char *member = json_get(root, "gone") ? "gone" : "time";
      cJSON_DeleteItemFromObject(root, member);
      cJSON_AddStringToObject(root, member, decision_time(&arena, (Str){0}).ptr);
      char *printed = cJSON_PrintUnformatted(root);
      fresh = xstrdup(printed);
      cJSON_free(printed);
      cJSON_Delete(root);
      arena_release(&arena);
    }
    desk_put_line(desk, done, str_of(item->line_id), fresh);
    free(fresh);
    return;
  }
  const MarginNote *now = margin_find(desk->doc->margin, item->after->id);
  if (!now) return; // somebody else took it away
  const Decision *want = redo ? item->after : item->before;
  if (!want) {
    desk_take_back(desk, done, now);
  } else if (!now->loose) {
    Decision draft = *want;
    draft.time = now->decision->time;
    desk_put(desk, done, &draft, now->start, now->end);
  }
}

bool desk_undo(Desk *desk, bool redo, Step *done)
{
  Step step;
  if (redo ? !desk->redo.len : !desk->undo.len) return false;
  step = redo ? desk->redo.items[--desk->redo.len] : desk->undo.items[--desk->undo.len];
  for (size_t i = step.items.len; i-- > 0;)
    apply_item(desk, &step.items.items[redo ? step.items.len - 1 - i : i], redo, done);
  if (redo)
    vec_push(&desk->undo, step);
  else
    vec_push(&desk->redo, step);
  show_step(desk, done);
  return true;
}

// --- of articles that were closed

void past_release(Past *self)
{
  free(self->marks);
  steps_release(&self->undo);
  steps_release(&self->redo);
}

// An editor that reads a file again closes and opens it: what was done may still be taken back.
void desk_keep_past(Desk *desk)
{
  Desks *self = desk->desks;
  if (!desk->undo.len && !desk->redo.len) return;
  if (self->pasts.len == PASTS_MAX) {
    past_release(&self->pasts.items[0]);
    memmove(self->pasts.items, self->pasts.items + 1, --self->pasts.len * sizeof(Past));
  }
  vec_push(&self->pasts, (Past){xstrdup(desk->paths.marks), desk->undo, desk->redo});
  desk->undo = desk->redo = (Steps){0};
}

void desk_take_past(Desk *desk)
{
  Desks *self = desk->desks;
  size_t i = self->pasts.len;
  while (i > 0 && strcmp(self->pasts.items[i - 1].marks, desk->paths.marks) != 0) i--;
  if (!i) return;
  Past *past = &self->pasts.items[i - 1];
  desk->undo = past->undo;
  desk->redo = past->redo;
  free(past->marks);
  memmove(past, past + 1, (self->pasts.len-- - i) * sizeof *past);
}
