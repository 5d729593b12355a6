// The commands. Each finds its place, changes what is decided there as one step, and answers with a sentence.
// "Everywhere in this article" is the same act at every place with the same words; "everywhere in the folder"
// is one rule of the folder's list.
#include "server/acts_p.h"

#include "server/features.h"
#include "server/poscodec.h"
#include "server/preview.h"

// --- deciding

Decision act_draft(const Spot *spot, Verdict verdict, SpanKind kind, Str type)
{
  Decision draft = {.verdict = verdict, .kind = kind, .type = type};
  if (spot->note) {
    draft = *spot->note->decision;
    draft.verdict = verdict;
    draft.gone = false;
    if (draft.kind != kind || !str_eq(draft.type, type)) draft.value = (Str){0};
    draft.kind = kind;
    draft.type = type;
  }
  return draft;
}

// Other people's marks that this one takes the place of.
static void clear_way(Act *act, size_t start, size_t end, SpanKind kind, Str keep)
{
  for (bool again = true; again;) {
    size_t count;
    const MarginNote *notes = margin_notes(act->doc->margin, &count);
    again = false;
    for (size_t i = margin_near(act->doc->margin, start); i < count && !notes[i].loose && !again; i++) {
      const MarginNote *note = &notes[i];
      if (note->start >= end) break;
      bool overlaps = note->end > start;
      bool competes = kind <= SPAN_DATE
                          ? note->decision->kind <= SPAN_DATE
                          : note->decision->kind == kind && note->start == start && note->end == end;
      if (!overlaps || !competes || note->decision->gone || str_eq(note->decision->id, keep)) continue;
      desk_take_back(act->desk, &act->step, note);
      again = true;
    }
  }
}

void act_put(Act *act, const Spot *spot, Decision draft)
{
  if (draft.kind != SPAN_TAG) clear_way(act, spot->start, spot->end, draft.kind, draft.id);
  desk_put(act->desk, &act->step, &draft, spot->start, spot->end);
  act->count++;
}

static void tag_one(Act *act, const Spot *spot, SpanKind kind, Str type)
{
  Spot own = *spot;
  own.note = act_note_at(act, spot->start, spot->end, kind);
  if (kind == SPAN_TAG && own.note && !str_eq(own.note->decision->type, type))
    own.note = NULL; // tags live side by side
  Decision draft = act_draft(&own, VERDICT_MADE, kind, type);
  Str name = json_get_str(act->args, "name"), entity = json_get_str(act->args, "entity"),
      value = json_get_str(act->args, "value");
  if (name.len) draft.name = name;
  if (entity.len) draft.entity = entity;
  if (value.len) draft.value = value;
  act_put(act, spot, draft);
}

typedef struct RuleSaid { // what a rule of the folder says of some words
  Str type;               // empty: nothing at all, where rejected
  bool rejected;
  Str name, entity; // empty: by the words
} RuleSaid;

// The folder's rule about these words, in the place of the one there is.
static void write_rule(Act *act, Str words, const RuleSaid *said)
{
  const Rule *old = registry_rule(act->desk->root->registry, words);
  StrBuf line = {0};
  bool reuse = old && old->id.len && root_line(act->desk->root, old->id) &&
               strstr(root_line(act->desk->root, old->id), "\"kind\":\"rule\"");
  Str id = reuse ? arena_dup(&act->arena, old->id) : decision_fresh_id(&act->arena);
  strbuf_byte(&line, '{');
  json_write_member(&line, "id", id);
  json_write_member(&line, "kind", STR("rule"));
  json_write_member(&line, "words", words);
  if (said->type.len) json_write_member(&line, "type", said->type);
  if (said->rejected) json_write_member(&line, "verdict", STR("rejected"));
  if (said->name.len) json_write_member(&line, "name", said->name);
  if (said->entity.len) json_write_member(&line, "entity", said->entity);
  json_write_member(&line, "time", decision_time(&act->arena, (Str){0}));
  strbuf_byte(&line, '}');
  desk_put_line(act->desk, &act->step, id, line.ptr);
  strbuf_release(&line);
}

static void say(Act *act, const char *done, Str words, Str what)
{
  Str shown = words.len > 60 ? STR("a quotation") : words;
  const char *where = act_in_folder(act)    ? " everywhere in the folder"
                      : act_in_article(act) ? " in this article"
                                            : "";
  act->message =
      act->count == 1 || act_in_folder(act)
          ? arena_printf(&act->arena, "%s " STR_FMT STR_FMT "%s", done, STR_ARG(shown), STR_ARG(what), where)
          : arena_printf(&act->arena, "%s %zu × " STR_FMT STR_FMT "%s", done, act->count, STR_ARG(shown),
                         STR_ARG(what), where);
}

static bool do_tag(Act *act)
{
  Spot spot;
  uint8_t number;
  Str type = json_get_str(act->args, "type");
  if (!type.len) return error_set(act->err, ERR_USAGE, "type is missing");
  if (!act_find_spot(act, &spot)) return false;
  SpanKind kind = decision_kind(type, &number);
  if (kind == SPAN_QUOTE && act_in_folder(act))
    return error_set(act->err, ERR_USAGE, "a quotation stands in one article");
  Spots spots = {0};
  act_spots(act, &spot, &spots);
  if (act_in_folder(act)) {
    act->count = spots.len;
    write_rule(act, act_words(act, &spot),
               &(RuleSaid){type, false, json_get_str(act->args, "name"), json_get_str(act->args, "entity")});
  } else {
    for (size_t i = 0; i < spots.len; i++) tag_one(act, &spots.items[i], kind, type);
  }
  say(act, "Tagged", act_words(act, &spot), arena_printf(&act->arena, " as " STR_FMT, STR_ARG(type)));
  vec_release(&spots);
  return true;
}

// What the machine says at a place, under what people decided.
static const Span *machine_at(const Act *act, const Spot *spot, SpanKind kind)
{
  const SpanVec *spans = &act->doc->found->under->spans;
  const Span *best = NULL;
  for (size_t i = 0; i < spans->len && spans->items[i].start < spot->end; i++) {
    const Span *span = &spans->items[i];
    if (span->end <= spot->start || !act_same_class(span->kind, kind)) continue;
    if (span->start == spot->start && span->end == spot->end) return span;
    if (kind <= SPAN_DATE) best = span;
  }
  return best;
}

static void reject_one(Act *act, const Spot *spot, bool any_type)
{
  SpanKind kind = spot->span ? spot->span->kind : spot->note ? spot->note->decision->kind : SPAN_ENTITY;
  bool decided = spot->note && !spot->note->decision->gone;
  const Span *machine = machine_at(act, spot, kind);
  bool same = machine && (any_type || !decided ||
                          (spot->span && machine->kind == spot->span->kind &&
                           str_eq(span_type_name(machine), span_type_name(spot->span))));
  if (decided) {
    act->count++;
    if (!machine || !same || machine->start != spot->start || machine->end != spot->end)
      desk_take_back(act->desk, &act->step, spot->note);
  }
  if (!machine || !same) return;
  Spot there = {machine->start, machine->end, machine,
                act_note_at(act, machine->start, machine->end, machine->kind)};
  Str type = any_type ? (Str){0} : span_type_name(machine);
  if (machine->kind == SPAN_TAG) type = span_type_name(machine);
  Decision draft = {.verdict = VERDICT_REJECTED, .kind = machine->kind, .type = type};
  if (there.note) {
    draft.id = there.note->decision->id;
    draft.note = there.note->decision->note;
  }
  if (decided) act->count--;
  act_put(act, &there, draft);
}

static bool take_away(Act *act, bool any_type, const char *done)
{
  Spot spot;
  if (!act_find_spot(act, &spot)) return false;
  if (!spot.span && !spot.note && !act_in_folder(act))
    return error_set(act->err, ERR_NOT_FOUND, "nothing is marked here");
  Spots spots = {0};
  act_spots(act, &spot, &spots);
  if (act_in_folder(act)) {
    act->count = spots.len;
    Str type = any_type || !spot.span ? (Str){0} : span_type_name(spot.span);
    write_rule(act, act_words(act, &spot), &(RuleSaid){.type = type, .rejected = true});
  }
  for (size_t i = 0; i < spots.len && !act_in_folder(act); i++) {
    Spot one = spots.items[i];
    if (!one.note) one.note = one.span ? act_note_of_span(act, one.span) : NULL;
    if (one.span && spot.span && !any_type && !str_eq(span_type_name(one.span), span_type_name(spot.span)))
      continue;
    if (one.span || one.note) reject_one(act, &one, any_type);
  }
  say(act, done, act_words(act, &spot), (Str){0});
  vec_release(&spots);
  return true;
}

static bool do_untag(Act *act)
{
  return take_away(act, true, "Untagged");
}

static bool do_reject(Act *act)
{
  return take_away(act, false, "Rejected");
}

static DecidedParty party_of(const Act *act, const Span *quote, const Mention *mention)
{
  DecidedParty party = {.said = mention->name.len ? PARTY_NAMED : PARTY_NOBODY,
                        .name = mention->name,
                        .entity = mention->entity};
  if (mention->start < mention->end) {
    party.words = str_slice(strbuf_str(&act->prose), mention->start, mention->end);
    party.offset = (long)mention->start - (long)quote->start;
  }
  return party;
}

static void accept_one(Act *act, const Spot *spot)
{
  const Span *span = spot->span;
  if (spot->note && spot->note->decision->verdict != VERDICT_NOTED) return; // decided already
  Decision draft = act_draft(spot, VERDICT_ACCEPTED, span->kind, span_type_name(span));
  switch (span->kind) {
  case SPAN_ENTITY:
    draft.name = span->entity->name;
    draft.entity = span->entity->entity;
    break;
  case SPAN_DATE:
    draft.value = span->date->value;
    break;
  case SPAN_QUOTE:
    draft.speaker = party_of(act, span, &span->quote->speaker);
    draft.source = party_of(act, span, &span->quote->source);
    break;
  default:
    draft.value = span->tag->value;
    break;
  }
  act_put(act, spot, draft);
}

// What the machine says of these words here holds everywhere.
static bool accept_in_folder(Act *act, const Spot *spot)
{
  const Span *span = spot->span;
  RuleSaid said = {.type = span_type_name(span)};
  if (span->kind == SPAN_QUOTE) return error_set(act->err, ERR_USAGE, "a quotation stands in one article");
  if (span->kind == SPAN_DATE)
    return error_set(act->err, ERR_USAGE,
                     "these words mean another day elsewhere: accept them here or in the article");
  if (span->kind == SPAN_ENTITY) said.name = span->entity->name, said.entity = span->entity->entity;
  write_rule(act, act_words(act, spot), &said);
  return true;
}

static bool do_accept(Act *act)
{
  Spot spot;
  if (!act_find_spot(act, &spot)) return false;
  if (!spot.span) return error_set(act->err, ERR_NOT_FOUND, "nothing is marked here");
  Str type = span_type_name(spot.span);
  if (act_in_folder(act) && !accept_in_folder(act, &spot)) return false;
  Spots spots = {0};
  act_spots(act, &spot, &spots);
  if (act_in_folder(act)) act->count = spots.len;
  for (size_t i = 0; i < spots.len && !act_in_folder(act); i++) {
    Spot one = spots.items[i];
    if (!one.note) one.note = act_note_of_span(act, one.span);
    if (one.span && str_eq(span_type_name(one.span), type)) accept_one(act, &one);
  }
  say(act, "Accepted", act_words(act, &spot), (Str){0});
  vec_release(&spots);
  return true;
}

static bool do_accept_all(Act *act)
{
  const SpanVec *spans = &act_found(act)->spans;
  for (size_t i = 0; i < spans->len; i++) {
    Spot spot;
    act_spot_of_span(act, &spans->items[i], &spot);
    if (!spot.note && !spans->items[i].human) accept_one(act, &spot);
  }
  act->message = arena_printf(&act->arena, "Accepted %zu annotations", act->count);
  return true;
}

static bool do_forget(Act *act)
{
  Spot spot;
  if (!act_find_spot(act, &spot)) return false;
  if (!spot.note) return error_set(act->err, ERR_NOT_FOUND, "nobody decided anything here");
  Str words = arena_dup(&act->arena, act_words(act, &spot));
  desk_take_back(act->desk, &act->step, spot.note);
  act->count = 1;
  say(act, "Forgot what was decided about", words, (Str){0});
  return true;
}

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
    {"newsmark.tag", do_tag, true, false},
    {"newsmark.untag", do_untag, true, false},
    {"newsmark.accept", do_accept, true, false},
    {"newsmark.acceptAll", do_accept_all, false, false},
    {"newsmark.reject", do_reject, true, false},
    {"newsmark.forget", do_forget, false, false},
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
