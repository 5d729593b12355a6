// The commands. Each finds its place, changes what is decided there as one step, and answers with a sentence.
// "Everywhere in this article" is the same act at every place with the same words; "everywhere in the folder"
// is one rule of the folder's list.
#include "server/acts_p.h"

#include "server/features.h"
#include "server/poscodec.h"
#include "server/preview.h"

// --- speaker and source

static bool read_party(Act *act, DecidedParty *party, size_t *at, size_t *end)
{
  const Snapshot *text = act->doc->found->text;
  const cJSON *mention = json_get(act->args, "mention");
  *at = *end = 0;
  if (json_get_bool(act->args, "none", false)) {
    party->said = PARTY_NOBODY;
    return true;
  }
  party->said = PARTY_NAMED;
  party->name = json_get_str(act->args, "name");
  party->entity = json_get_str(act->args, "entity");
  if (mention && !cJSON_IsNull(mention)) {
    if (!poscodec_range(mention, text, docs_encoding(lsp_docs(act->lsp)), at, end) || *at == *end)
      return error_set(act->err, ERR_USAGE, "mention is no range");
    const Span *span = act_span_of_range(act, *at, *end, SPAN_ENTITY);
    party->words = str_slice(strbuf_str(&act->prose), *at, *end);
    if (!party->name.len) party->name = span ? span->entity->name : party->words;
    if (!party->entity.len && span) party->entity = span->entity->entity;
  }
  if (!party->name.len) return error_set(act->err, ERR_USAGE, "who? name, mention or none is missing");
  const SpanVec *spans = &act_found(act)->spans; // a name that the article knows has an id
  for (size_t i = 0; !party->entity.len && i < spans->len; i++)
    if (spans->items[i].kind == SPAN_ENTITY && str_eq(spans->items[i].entity->name, party->name))
      party->entity = spans->items[i].entity->entity;
  return true;
}

static bool set_party(Act *act, bool source)
{
  SpansAt here;
  Spot spot;
  DecidedParty party = {0};
  size_t at, end;
  if (!act_find_spot(act, &spot)) return false;
  here = features_at(act->doc->found, spot.start);
  const Span *quote = spot.span && spot.span->kind == SPAN_QUOTE ? spot.span : here.kinds[SPAN_QUOTE];
  if (!quote) return error_set(act->err, ERR_NOT_FOUND, "there is no quotation here; tag it as direct first");
  if (!read_party(act, &party, &at, &end)) return false;
  const SpanVec *spans = &act_found(act)->spans;
  for (size_t i = 0; i < spans->len; i++) { // all parts of a split quotation
    const Span *part = &spans->items[i];
    if (part->kind != SPAN_QUOTE || part->quote->group != quote->quote->group) continue;
    Spot own;
    act_spot_of_span(act, part, &own);
    if (!own.note) own.note = act_note_at(act, part->start, part->end, SPAN_QUOTE);
    Decision draft = act_draft(&own, VERDICT_MADE, SPAN_QUOTE, span_type_name(part));
    party.offset = (long)at - (long)part->start;
    if (source)
      draft.source = party;
    else
      draft.speaker = party;
    act_put(act, &own, draft);
  }
  act->message =
      party.said == PARTY_NOBODY
          ? arena_printf(&act->arena, "Nobody is its %s", source ? "source" : "speaker")
          : arena_printf(&act->arena, "%s: " STR_FMT, source ? "Source" : "Speaker", STR_ARG(party.name));
  return true;
}

static bool do_speaker(Act *act)
{
  return set_party(act, false);
}

static bool do_source(Act *act)
{
  return set_party(act, true);
}

static bool do_note(Act *act)
{
  Spot spot;
  Str text = json_get_str(act->args, "text");
  if (!text.ptr) return error_set(act->err, ERR_USAGE, "text is missing");
  if (!act_find_spot(act, &spot)) return false;
  Decision draft = {.verdict = VERDICT_NOTED};
  if (spot.note) {
    draft = *spot.note->decision;
  } else if (spot.span) {
    draft.kind = spot.span->kind;
    draft.type = span_type_name(spot.span);
  } else {
    draft = (Decision){.verdict = VERDICT_MADE, .kind = SPAN_TAG, .type = STR("note")};
  }
  draft.note = text;
  bool empty = !text.len && (draft.verdict == VERDICT_NOTED || str_is(draft.type, "note"));
  if (empty && spot.note)
    desk_take_back(act->desk, &act->step, spot.note);
  else if (!empty)
    desk_put(act->desk, &act->step, &draft, spot.start, spot.end);
  act->count = 1;
  act->message = text.len ? STR("Noted") : STR("Note taken away");
  return true;
}

static bool do_state(Act *act)
{
  const char *state = desk_state_named(json_get_str(act->args, "state"));
  if (!state) return error_set(act->err, ERR_USAGE, DESK_NO_STATE);
  desk_set_state(act->desk, state);
  act->count = 1;
  act->message = arena_printf(&act->arena, "This article: %s", strcmp(state, "work") ? state : "in work");
  return true;
}

// --- orphans

static const MarginNote *orphan_of(Act *act)
{
  Str record = json_get_str(act->args, "record");
  const MarginNote *note = record.len ? margin_find(act->doc->margin, record) : NULL;
  if (note && note->loose && !note->decision->gone) return note;
  error_set(act->err, ERR_NOT_FOUND, "no orphan " STR_FMT " here", STR_ARG(record));
  return NULL;
}

static bool do_reattach(Act *act)
{
  Spot spot = {0};
  const MarginNote *note = orphan_of(act);
  if (!note || !act_find_range(act, &spot)) return false;
  Decision draft = decision_value(note->decision);
  act_put(act, &spot, draft);
  act->message = STR("Put in its new place");
  return true;
}

static bool do_drop(Act *act)
{
  const MarginNote *note = orphan_of(act);
  if (!note) return false;
  desk_take_back(act->desk, &act->step, note);
  act->count = 1;
  act->message = STR("Deleted");
  return true;
}

// --- undo

static bool step_back(Act *act, bool redo)
{
  if (!desk_undo(act->desk, redo, &act->step))
    return error_set(act->err, ERR_STATE, redo ? "nothing to do again" : "nothing to take back");
  act->count = act->step.items.len;
  act->message = redo ? STR("Done again") : STR("Taken back");
  return true;
}

static bool do_undo(Act *act)
{
  return step_back(act, false);
}

static bool do_redo(Act *act)
{
  return step_back(act, true);
}

// --- the table

typedef struct Command {
  const char *name;
  bool (*run)(Act *act);
  bool scoped; // has "everywhere", and a preview
  bool history;
} Command;

static const Command g_commands[] = {
    {"newsmark.tag", act_tag, true, false},
    {"newsmark.untag", act_untag, true, false},
    {"newsmark.accept", act_accept, true, false},
    {"newsmark.acceptAll", act_accept_all, false, false},
    {"newsmark.reject", act_reject, true, false},
    {"newsmark.forget", act_forget, false, false},
    {"newsmark.setSpeaker", do_speaker, false, false},
    {"newsmark.setSource", do_source, false, false},
    {"newsmark.note", do_note, false, false},
    {"newsmark.renameEntity", act_rename_entity, false, false},
    {"newsmark.addAlias", act_add_alias, false, false},
    {"newsmark.joinEntities", act_join_entities, false, false},
    {"newsmark.splitEntity", act_split_entity, true, false},
    {"newsmark.undo", do_undo, false, true},
    {"newsmark.redo", do_redo, false, true},
    {"newsmark.setState", do_state, false, false},
    {"newsmark.reattach", do_reattach, false, false},
    {"newsmark.drop", do_drop, false, false},
};

static const Command *find_command(Str name)
{
  for (size_t i = 0; i < ARRAY_LEN(g_commands); i++)
    if (str_is(name, g_commands[i].name)) return &g_commands[i];
  return NULL;
}

bool acts_knows(Str name)
{
  return find_command(name) != NULL;
}

void acts_write_names(StrBuf *out)
{
  strbuf_byte(out, '[');
  for (size_t i = 0; i < ARRAY_LEN(g_commands); i++)
    strbuf_addf(out, "%s\"%s\"", i ? "," : "", g_commands[i].name);
  strbuf_byte(out, ']');
}

static void write_result(const Act *act, StrBuf *out, bool rename)
{
  strbuf_byte(out, '{');
  json_write_uint(out, "count", act->count);
  json_write_uint(out, "articles", act->count ? 1 : 0);
  json_write_member(out, "message", act->message);
  json_write_uint(out, "undo", act->desk->undo.len);
  json_write_uint(out, "redo", act->desk->redo.len);
  if (rename) strbuf_add(out, STR(",\"changes\":{}")); // textDocument/rename wants an edit
  strbuf_byte(out, '}');
}

static RpcCode code_of(const Error *err)
{
  return err->code == ERR_USAGE ? RPC_INVALID_PARAMS : RPC_REQUEST_FAILED;
}

static bool begin_act(Act *act)
{
  if (!act->desk)
    return error_set(act->err, ERR_STATE, "marks are kept beside an article: save it to a file first");
  if (!act->desk->loaded) return error_set(act->err, ERR_STATE, "what is kept is still being read");
  const Snapshot *prose = act->doc->found->found->prose;
  size_t len = snapshot_len(prose);
  strbuf_grow(&act->prose, len + 1);
  for (Str chunk; act->prose.len < len; strbuf_add(&act->prose, chunk))
    chunk = snapshot_chunk(prose, act->prose.len);
  return true;
}

static void preview(Act *act, const char *id)
{
  Spot spot;
  if (!act_find_spot(act, &spot)) {
    lsp_fail(act->lsp, id, code_of(act->err), "%s", act->err->text);
    return;
  }
  preview_answer(act->desk, id, act_words(act, &spot),
                 act_in_folder(act)    ? PREVIEW_FOLDER
                 : act_in_article(act) ? PREVIEW_ARTICLE
                                       : PREVIEW_HERE,
                 spot.start);
}

void acts_command(Lsp *lsp, Document *doc, const char *id, const cJSON *params)
{
  const Command *command = find_command(json_get_str(params, "command"));
  Error err = {0};
  Act act = {.lsp = lsp,
             .desk = doc->desk,
             .doc = doc,
             .args = cJSON_GetArrayItem(json_get(params, "arguments"), 0),
             .err = &err,
             .message = STR("")};
  StrBuf result = {0};
  bool ok = begin_act(&act);
  if (ok && command->scoped && json_get_bool(act.args, "preview", false)) {
    preview(&act, id);
  } else if (!ok || !command->run(&act)) {
    lsp_fail(lsp, id, code_of(&err), "%s", err.text);
  } else {
    if (command->history) step_release(&act.step); // undo and redo keep their own lists
    desk_commit(act.desk, &act.step);
    write_result(&act, &result, command->run == act_rename_entity);
    desk_promise(act.desk, id, &result);
  }
  step_release(&act.step);
  strbuf_release(&result);
  strbuf_release(&act.prose);
  arena_release(&act.arena);
}
