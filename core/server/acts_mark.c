// Saying what a place is, or is not. A decision takes the place of others that it competes with; over what
// the machine says there a rejection is kept, else the mark is only taken back.
#include "server/acts_p.h"

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

bool act_tag(Act *act)
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

bool act_untag(Act *act)
{
  return take_away(act, true, "Untagged");
}

bool act_reject(Act *act)
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

bool act_accept(Act *act)
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

bool act_accept_all(Act *act)
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

bool act_forget(Act *act)
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
