// The commands. Each finds its place, changes what is decided there as one step, and answers with a sentence.
// "Everywhere in this article" is the same act at every place with the same words; "everywhere in the folder"
// is one rule of the folder's list.
#define _GNU_SOURCE // memmem
#include "server/people_p.h"

#include "base/utf8.h"
#include "human/registry.h"
#include "parse/htmltext.h"
#include "server/features.h"
#include "server/poscodec.h"

#include <stdio.h>

enum { ROWS_MAX = 1000, AROUND = 60 };

typedef struct Spot { // a place that an action is about
  size_t start, end;
  const Span *span;       // of the document's findings; NULL: nothing is marked there
  const MarginNote *note; // NULL: nobody decided about it. Borrowed until the margin changes
} Spot;
typedef VEC_OF(Spot) Spots;

typedef struct Act {
  Lsp *lsp;
  Desk *desk;
  Document *doc;
  const cJSON *args;
  Step step;
  Arena arena;
  Error *err;
  StrBuf prose; // the article's text
  size_t count; // places
  Str message;  // in arena
} Act;

// --- words

static bool is_word(uint32_t cp)
{
  return utf8_class(cp) >= CHAR_DIGIT;
}

// The word around byte `at`; hyphens and apostrophes inside it belong to it.
static void word_around(Str text, size_t at, size_t *start, size_t *end)
{
  const char *begin = text.ptr, *stop = begin + text.len;
  uint32_t cp, beyond;
  *start = *end = at;
  while (*start > 0) {
    size_t len = utf8_decode_back(begin, begin + *start, &cp);
    bool joins = (cp == '-' || cp == '\'' || cp == 0x2019) && *start > len && *start < text.len;
    if (joins) {
      utf8_decode_back(begin, begin + *start - len, &beyond);
      utf8_decode(begin + *start, stop, &cp);
      joins = is_word(beyond) && is_word(cp);
    } else if (!is_word(cp)) {
      break;
    }
    if (!joins && !is_word(cp)) break;
    *start -= len;
  }
  while (*end < text.len) {
    size_t len = utf8_decode(begin + *end, stop, &cp);
    bool joins = (cp == '-' || cp == '\'' || cp == 0x2019) && *end + len<text.len && * end> * start;
    if (joins) utf8_decode(begin + *end + len, stop, &beyond);
    if (!is_word(cp) && !(joins && is_word(beyond))) break;
    *end += len;
  }
}

static void trim(Str text, size_t *start, size_t *end)
{
  while (*start < *end && strchr(" \t\r\n", text.ptr[*start])) ++*start;
  while (*end > *start && strchr(" \t\r\n", text.ptr[*end - 1])) --*end;
}

static Str words_of(const Act *act, const Spot *spot)
{
  return str_slice(strbuf_str(&act->prose), spot->start, spot->end);
}

// --- places

static const Annotations *found_of(const Act *act)
{
  return act->doc->found->found;
}

static bool same_class(SpanKind a, SpanKind b)
{
  return a == b || (a <= SPAN_DATE && b <= SPAN_DATE);
}

static const MarginNote *note_of_span(const Act *act, const Span *span)
{
  if (!span || !span->human) return NULL;
  const HumanFacts *human = &found_of(act)->human[span->human - 1];
  return human->record.len ? margin_find(act->doc->margin, human->record) : NULL;
}

// A decision about exactly [start, end) that a mark of `kind` would compete with.
static const MarginNote *note_at(const Act *act, size_t start, size_t end, SpanKind kind)
{
  size_t count;
  const MarginNote *notes = margin_notes(act->doc->margin, &count);
  for (size_t i = 0; i < count; i++)
    if (!notes[i].loose && !notes[i].decision->gone && notes[i].start == start && notes[i].end == end &&
        same_class(notes[i].decision->kind, kind))
      return &notes[i];
  return NULL;
}

static const Span *span_by_id(const Act *act, Str id)
{
  const SpanVec *spans = &found_of(act)->spans;
  for (size_t i = 0; i < spans->len; i++) {
    char own[16];
    snprintf(own, sizeof own, "%04x", spans->items[i].id);
    if (str_is(id, own)) return &spans->items[i];
  }
  return NULL;
}

static int wanted_kind(const cJSON *args)
{
  Str name = json_get_str(args, "kind");
  for (int kind = 0; name.ptr && kind < SPAN_KINDS; kind++)
    if (str_is(name, span_kind_name((SpanKind)kind))) return kind;
  return -1;
}

static const Span *span_of_range(const Act *act, size_t start, size_t end, int kind)
{
  const SpanVec *spans = &found_of(act)->spans;
  for (size_t i = findings_first_from(act->doc->found, start);
       i < spans->len && spans->items[i].start == start; i++)
    if (spans->items[i].end == end && (kind < 0 || (int)spans->items[i].kind == kind))
      return &spans->items[i];
  return NULL;
}

static const Span *span_around(const Act *act, size_t at, int kind)
{
  SpansAt here = features_at(act->doc->found, at);
  return kind < 0 ? features_innermost(&here) : here.kinds[kind];
}

static void spot_of_span(const Act *act, const Span *span, Spot *spot)
{
  *spot = (Spot){span->start, span->end, span, note_of_span(act, span)};
}

// A range, or the mark or word at a position.
static bool find_range(Act *act, Spot *spot)
{
  Encoding enc = docs_encoding(lsp_docs(act->lsp));
  const Snapshot *text = act->doc->found->text;
  int kind = wanted_kind(act->args);
  Position pos;
  const cJSON *range = json_get(act->args, "range"), *position = json_get(act->args, "position");
  if (!range && !position)
    return error_set(act->err, ERR_USAGE, "no place: id, record, range or position is missing");
  if (range && !poscodec_range(range, text, enc, &spot->start, &spot->end))
    return error_set(act->err, ERR_USAGE, "range is none");
  if (!range && !poscodec_position(position, &pos)) return error_set(act->err, ERR_USAGE, "position is none");
  if (!range) spot->start = spot->end = position_to_byte(text, pos, enc);
  if (spot->start == spot->end) {
    const Span *span = span_around(act, spot->start, kind);
    if (span)
      spot_of_span(act, span, spot);
    else
      word_around(strbuf_str(&act->prose), spot->start, &spot->start, &spot->end);
  } else {
    trim(strbuf_str(&act->prose), &spot->start, &spot->end);
    const Span *span = span_of_range(act, spot->start, spot->end, kind);
    if (span) spot_of_span(act, span, spot);
  }
  if (spot->start == spot->end) return error_set(act->err, ERR_USAGE, "there is no word here");
  return true;
}

static bool find_spot(Act *act, Spot *spot)
{
  Str id = json_get_str(act->args, "id"), record = json_get_str(act->args, "record");
  *spot = (Spot){0};
  if (id.ptr) {
    const Span *span = span_by_id(act, id);
    if (!span) return error_set(act->err, ERR_NOT_FOUND, "no annotation " STR_FMT " here", STR_ARG(id));
    spot_of_span(act, span, spot);
  } else if (record.ptr) {
    const MarginNote *note = margin_find(act->doc->margin, record);
    if (!note || note->loose || note->decision->gone)
      return error_set(act->err, ERR_NOT_FOUND, "no record " STR_FMT " with a place here", STR_ARG(record));
    *spot = (Spot){note->start, note->end,
                   span_of_range(act, note->start, note->end, (int)note->decision->kind), note};
  } else if (!find_range(act, spot)) {
    return false;
  }
  if (!spot->note)
    spot->note = note_at(act, spot->start, spot->end,
                         spot->span ? spot->span->kind
                                    : (SpanKind)(wanted_kind(act->args) < 0 ? 0 : wanted_kind(act->args)));
  return true;
}

// --- scopes

// Every place of these words in the article, as whole words.
static void spots_of_words(Act *act, Str words, Spots *spots)
{
  Str text = strbuf_str(&act->prose);
  for (size_t at = 0; at + words.len <= text.len;) {
    const char *found = memmem(text.ptr + at, text.len - at, words.ptr, words.len);
    if (!found) break;
    at = (size_t)(found - text.ptr);
    if (whole_words(text, at, at + words.len)) {
      Spot spot = {at, at + words.len, span_of_range(act, at, at + words.len, -1), NULL};
      vec_push(spots, spot);
    }
    at += words.len;
  }
}

static bool in_article(const Act *act)
{
  return str_is(json_get_str(act->args, "scope"), "article");
}

static bool in_folder(const Act *act)
{
  return str_is(json_get_str(act->args, "scope"), "folder");
}

// --- deciding

static Decision draft_of(const Spot *spot, Verdict verdict, SpanKind kind, Str type)
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
    for (size_t i = 0; i < count && !again; i++) {
      const MarginNote *note = &notes[i];
      bool overlaps = !note->loose && note->start < end && note->end > start;
      bool competes = kind <= SPAN_DATE
                          ? note->decision->kind <= SPAN_DATE
                          : note->decision->kind == kind && note->start == start && note->end == end;
      if (!overlaps || !competes || note->decision->gone || str_eq(note->decision->id, keep)) continue;
      desk_take_back(act->desk, &act->step, note);
      again = true;
    }
  }
}

static void put(Act *act, const Spot *spot, Decision draft)
{
  if (draft.kind != SPAN_TAG) clear_way(act, spot->start, spot->end, draft.kind, draft.id);
  desk_put(act->desk, &act->step, &draft, spot->start, spot->end);
  act->count++;
}

static void tag_one(Act *act, const Spot *spot, SpanKind kind, Str type)
{
  Spot own = *spot;
  own.note = note_at(act, spot->start, spot->end, kind);
  if (kind == SPAN_TAG && own.note && !str_eq(own.note->decision->type, type))
    own.note = NULL; // tags live side by side
  Decision draft = draft_of(&own, VERDICT_MADE, kind, type);
  Str name = json_get_str(act->args, "name"), entity = json_get_str(act->args, "entity"),
      value = json_get_str(act->args, "value");
  if (name.len) draft.name = name;
  if (entity.len) draft.entity = entity;
  if (value.len) draft.value = value;
  put(act, spot, draft);
}

static void write_rule(Act *act, Str words, Str type, bool rejected)
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
  if (type.len) json_write_member(&line, "type", type);
  if (rejected) json_write_member(&line, "verdict", STR("rejected"));
  Str name = json_get_str(act->args, "name"), entity = json_get_str(act->args, "entity");
  if (name.len) json_write_member(&line, "name", name);
  if (entity.len) json_write_member(&line, "entity", entity);
  json_write_member(&line, "time", decision_time(&act->arena, (Str){0}));
  strbuf_byte(&line, '}');
  desk_put_line(act->desk, &act->step, id, line.ptr);
  strbuf_release(&line);
}

static void say(Act *act, const char *done, Str words, Str what)
{
  Str shown = words.len > 60 ? STR("a quotation") : words;
  const char *where = in_folder(act)    ? " everywhere in the folder"
                      : in_article(act) ? " in this article"
                                        : "";
  act->message =
      act->count == 1 || in_folder(act)
          ? arena_printf(&act->arena, "%s " STR_FMT STR_FMT "%s", done, STR_ARG(shown), STR_ARG(what), where)
          : arena_printf(&act->arena, "%s %zu × " STR_FMT STR_FMT "%s", done, act->count, STR_ARG(shown),
                         STR_ARG(what), where);
}

// The places of an act: the one, or all with its words.
static void act_spots(Act *act, const Spot *spot, Spots *spots)
{
  if (in_article(act) || in_folder(act))
    spots_of_words(act, words_of(act, spot), spots);
  else
    vec_push(spots, *spot);
}

static bool do_tag(Act *act)
{
  Spot spot;
  uint8_t number;
  Str type = json_get_str(act->args, "type");
  if (!type.len) return error_set(act->err, ERR_USAGE, "type is missing");
  if (!find_spot(act, &spot)) return false;
  SpanKind kind = decision_kind(type, &number);
  if (kind == SPAN_QUOTE && in_folder(act))
    return error_set(act->err, ERR_USAGE, "a quotation stands in one article");
  Spots spots = {0};
  act_spots(act, &spot, &spots);
  if (in_folder(act)) {
    act->count = spots.len;
    write_rule(act, words_of(act, &spot), type, false);
  } else {
    for (size_t i = 0; i < spots.len; i++) tag_one(act, &spots.items[i], kind, type);
  }
  say(act, "Tagged", words_of(act, &spot), arena_printf(&act->arena, " as " STR_FMT, STR_ARG(type)));
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
    if (span->end <= spot->start || !same_class(span->kind, kind)) continue;
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
                note_at(act, machine->start, machine->end, machine->kind)};
  Str type = any_type ? (Str){0} : span_type_name(machine);
  if (machine->kind == SPAN_TAG) type = span_type_name(machine);
  Decision draft = {.verdict = VERDICT_REJECTED, .kind = machine->kind, .type = type};
  if (there.note) {
    draft.id = there.note->decision->id;
    draft.note = there.note->decision->note;
  }
  if (decided) act->count--;
  put(act, &there, draft);
}

static bool take_away(Act *act, bool any_type, const char *done)
{
  Spot spot;
  if (!find_spot(act, &spot)) return false;
  if (!spot.span && !spot.note && !in_folder(act))
    return error_set(act->err, ERR_NOT_FOUND, "nothing is marked here");
  Spots spots = {0};
  act_spots(act, &spot, &spots);
  if (in_folder(act)) {
    act->count = spots.len;
    write_rule(act, words_of(act, &spot), any_type || !spot.span ? (Str){0} : span_type_name(spot.span),
               true);
  }
  for (size_t i = 0; i < spots.len && !in_folder(act); i++) {
    Spot one = spots.items[i];
    if (!one.note) one.note = one.span ? note_of_span(act, one.span) : NULL;
    if (one.span && spot.span && !any_type && !str_eq(span_type_name(one.span), span_type_name(spot.span)))
      continue;
    if (one.span || one.note) reject_one(act, &one, any_type);
  }
  say(act, done, words_of(act, &spot), (Str){0});
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
  Decision draft = draft_of(spot, VERDICT_ACCEPTED, span->kind, span_type_name(span));
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
  put(act, spot, draft);
}

static bool do_accept(Act *act)
{
  Spot spot;
  if (!find_spot(act, &spot)) return false;
  if (!spot.span) return error_set(act->err, ERR_NOT_FOUND, "nothing is marked here");
  Str type = span_type_name(spot.span);
  Spots spots = {0};
  if (in_folder(act))
    return error_set(act->err, ERR_USAGE, "accept works here and in the article; tag works in the folder");
  act_spots(act, &spot, &spots);
  for (size_t i = 0; i < spots.len; i++) {
    Spot one = spots.items[i];
    if (!one.note) one.note = note_of_span(act, one.span);
    if (one.span && str_eq(span_type_name(one.span), type)) accept_one(act, &one);
  }
  say(act, "Accepted", words_of(act, &spot), (Str){0});
  vec_release(&spots);
  return true;
}

static bool do_accept_all(Act *act)
{
  const SpanVec *spans = &found_of(act)->spans;
  for (size_t i = 0; i < spans->len; i++) {
    Spot spot;
    spot_of_span(act, &spans->items[i], &spot);
    if (!spot.note && !spans->items[i].human) accept_one(act, &spot);
  }
  act->message = arena_printf(&act->arena, "Accepted %zu annotations", act->count);
  return true;
}

static bool do_forget(Act *act)
{
  Spot spot;
  if (!find_spot(act, &spot)) return false;
  if (!spot.note) return error_set(act->err, ERR_NOT_FOUND, "nobody decided anything here");
  Str words = arena_dup(&act->arena, words_of(act, &spot));
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
    const Span *span = span_of_range(act, *at, *end, SPAN_ENTITY);
    party->words = str_slice(strbuf_str(&act->prose), *at, *end);
    if (!party->name.len) party->name = span ? span->entity->name : party->words;
    if (!party->entity.len && span) party->entity = span->entity->entity;
  }
  if (!party->name.len) return error_set(act->err, ERR_USAGE, "who? name, mention or none is missing");
  const SpanVec *spans = &found_of(act)->spans; // a name that the article knows has an id
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
  if (!find_spot(act, &spot)) return false;
  here = features_at(act->doc->found, spot.start);
  const Span *quote = spot.span && spot.span->kind == SPAN_QUOTE ? spot.span : here.kinds[SPAN_QUOTE];
  if (!quote) return error_set(act->err, ERR_NOT_FOUND, "there is no quotation here; tag it as direct first");
  if (!read_party(act, &party, &at, &end)) return false;
  const SpanVec *spans = &found_of(act)->spans;
  for (size_t i = 0; i < spans->len; i++) { // all parts of a split quotation
    const Span *part = &spans->items[i];
    if (part->kind != SPAN_QUOTE || part->quote->group != quote->quote->group) continue;
    Spot own;
    spot_of_span(act, part, &own);
    if (!own.note) own.note = note_at(act, part->start, part->end, SPAN_QUOTE);
    Decision draft = draft_of(&own, VERDICT_MADE, SPAN_QUOTE, span_type_name(part));
    party.offset = (long)at - (long)part->start;
    if (source)
      draft.source = party;
    else
      draft.speaker = party;
    put(act, &own, draft);
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
  if (!find_spot(act, &spot)) return false;
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
  static const char *const states[] = {"unread", "work", "done"};
  Str state = json_get_str(act->args, "state");
  for (size_t i = 0; i < ARRAY_LEN(states); i++) {
    if (!str_is(state, states[i])) continue;
    desk_set_state(act->desk, states[i]);
    act->count = 1;
    act->message = arena_printf(&act->arena, "This article: %s", states[i]);
    return true;
  }
  return error_set(act->err, ERR_USAGE, "state is one of unread, work, done");
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
  if (!note || !find_range(act, &spot)) return false;
  Decision draft = *note->decision;
  put(act, &spot, draft);
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

// --- entities

// The entity that the act is about: its id, type and name here.
static bool find_entity(Act *act, EntityFacts *facts, uint8_t *type)
{
  Spot spot;
  Str id = json_get_str(act->args, "entity");
  const SpanVec *spans = &found_of(act)->spans;
  if (id.len) {
    *facts = (EntityFacts){.entity = id};
    *type = ENTITY_PER;
    for (size_t i = 0; i < spans->len; i++)
      if (spans->items[i].kind == SPAN_ENTITY && str_eq(spans->items[i].entity->entity, id)) {
        *facts = *spans->items[i].entity;
        *type = spans->items[i].type;
        break;
      }
    return true;
  }
  if (!find_spot(act, &spot)) return false;
  if (!spot.span || spot.span->kind != SPAN_ENTITY)
    return error_set(act->err, ERR_NOT_FOUND, "no person, organisation or place here");
  *facts = *spot.span->entity;
  *type = spot.span->type;
  return true;
}

// The folder's line about `entity`, parsed, or a new one; the caller deletes it.
static cJSON *entity_line(Act *act, Str entity, uint8_t type, Str *id)
{
  const PeopleRoot *root = act->desk->root;
  for (size_t i = 0; i < root->lines.len; i++) {
    cJSON *line = json_parse(str_of(root->lines.items[i].text), NULL);
    if (str_is(json_get_str(line, "kind"), "entity") && str_eq(json_get_str(line, "entity"), entity) &&
        !json_get(line, "gone")) {
      *id = str_of(root->lines.items[i].id);
      return line;
    }
    cJSON_Delete(line);
  }
  Span span = {.kind = SPAN_ENTITY, .type = type};
  cJSON *line = cJSON_CreateObject();
  *id = decision_fresh_id(&act->arena);
  cJSON_AddStringToObject(line, "id", id->ptr);
  cJSON_AddStringToObject(line, "kind", "entity");
  cJSON_AddStringToObject(line, "entity", arena_dup(&act->arena, entity).ptr);
  cJSON_AddStringToObject(line, "type", arena_dup(&act->arena, span_type_name(&span)).ptr);
  return line;
}

static void add_to_list(cJSON *line, const char *key, const char *value)
{
  cJSON *list = cJSON_GetObjectItemCaseSensitive(line, key), *item;
  if (!list) list = cJSON_AddArrayToObject(line, key);
  cJSON_ArrayForEach(item, list) if (cJSON_IsString(item) && !strcmp(item->valuestring, value)) return;
  cJSON_AddItemToArray(list, cJSON_CreateString(value));
}

static void put_entity_line(Act *act, cJSON *line, Str id)
{
  cJSON_DeleteItemFromObject(line, "time");
  cJSON_AddStringToObject(line, "time", decision_time(&act->arena, (Str){0}).ptr);
  char *text = cJSON_PrintUnformatted(line);
  desk_put_line(act->desk, &act->step, id, text);
  cJSON_free(text);
  cJSON_Delete(line);
  act->count = 1;
}

static bool do_rename(Act *act)
{
  EntityFacts facts;
  uint8_t type;
  Str name = str_trim(json_get_str(act->args, "name")), id;
  if (!name.len) return error_set(act->err, ERR_USAGE, "name is missing");
  if (!find_entity(act, &facts, &type)) return false;
  cJSON *line = entity_line(act, facts.entity, type, &id);
  cJSON_DeleteItemFromObject(line, "name");
  cJSON_AddStringToObject(line, "name", arena_dup(&act->arena, name).ptr);
  put_entity_line(act, line, id);
  act->message = arena_printf(&act->arena, STR_FMT " is called " STR_FMT, STR_ARG(facts.name), STR_ARG(name));
  return true;
}

static bool do_alias(Act *act)
{
  EntityFacts facts;
  uint8_t type;
  Str alias = str_trim(json_get_str(act->args, "alias")), id;
  if (!alias.len) return error_set(act->err, ERR_USAGE, "alias is missing");
  if (!find_entity(act, &facts, &type)) return false;
  cJSON *line = entity_line(act, facts.entity, type, &id);
  add_to_list(line, "aliases", arena_dup(&act->arena, alias).ptr);
  if (!json_get(line, "name") && facts.name.len)
    cJSON_AddStringToObject(line, "name", arena_dup(&act->arena, facts.name).ptr);
  put_entity_line(act, line, id);
  act->message =
      arena_printf(&act->arena, STR_FMT " is also called " STR_FMT, STR_ARG(facts.name), STR_ARG(alias));
  return true;
}

static bool do_join(Act *act)
{
  EntityFacts facts, into = {0};
  uint8_t type, into_type = ENTITY_PER;
  Str wanted = str_trim(json_get_str(act->args, "into")), id;
  if (!wanted.len) return error_set(act->err, ERR_USAGE, "into is missing");
  if (!find_entity(act, &facts, &type)) return false;
  into_type = type;
  const SpanVec *spans = &found_of(act)->spans;
  for (size_t i = 0; i < spans->len && !into.entity.len; i++) {
    const Span *span = &spans->items[i];
    if (span->kind != SPAN_ENTITY ||
        !(str_eq(span->entity->entity, wanted) || str_eq(span->entity->name, wanted)))
      continue;
    into = *span->entity;
    into_type = span->type;
  }
  bool is_id = memchr(wanted.ptr, ':', wanted.len) != NULL;
  if (!into.entity.len && !is_id)
    return error_set(act->err, ERR_NOT_FOUND, "nobody called " STR_FMT " in this article", STR_ARG(wanted));
  if (!into.entity.len) into = (EntityFacts){.entity = wanted, .name = wanted};
  if (str_eq(into.entity, facts.entity)) return error_set(act->err, ERR_USAGE, "they are one already");
  cJSON *line = entity_line(act, into.entity, into_type, &id);
  add_to_list(line, "same", arena_dup(&act->arena, facts.entity).ptr);
  if (!json_get(line, "name")) cJSON_AddStringToObject(line, "name", arena_dup(&act->arena, into.name).ptr);
  put_entity_line(act, line, id);
  act->message =
      arena_printf(&act->arena, STR_FMT " and " STR_FMT " are one", STR_ARG(facts.name), STR_ARG(into.name));
  return true;
}

static bool do_split(Act *act)
{
  Spot spot;
  Str name = str_trim(json_get_str(act->args, "name"));
  if (!name.len) return error_set(act->err, ERR_USAGE, "name is missing");
  if (!find_spot(act, &spot)) return false;
  if (!spot.span || spot.span->kind != SPAN_ENTITY)
    return error_set(act->err, ERR_NOT_FOUND, "no person, organisation or place here");
  if (in_folder(act)) return error_set(act->err, ERR_USAGE, "scope is here or article");
  Str folded = utf8_fold_in(&act->arena, name), type = span_type_name(spot.span);
  Str entity = arena_printf(&act->arena, "name:" STR_FMT, STR_ARG(folded));
  Spots spots = {0};
  act_spots(act, &spot, &spots);
  for (size_t i = 0; i < spots.len; i++) {
    Spot one = spots.items[i];
    if (!one.span || one.span->kind != SPAN_ENTITY) continue;
    one.note = note_at(act, one.start, one.end, SPAN_ENTITY);
    Decision draft = draft_of(&one, VERDICT_MADE, SPAN_ENTITY, type);
    draft.name = name;
    draft.entity = entity;
    put(act, &one, draft);
  }
  act->message = arena_printf(&act->arena, "%zu × " STR_FMT ": " STR_FMT, act->count,
                              STR_ARG(words_of(act, &spot)), STR_ARG(name));
  vec_release(&spots);
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
    {"newsmark.renameEntity", do_rename, false, false},
    {"newsmark.addAlias", do_alias, false, false},
    {"newsmark.joinEntities", do_join, false, false},
    {"newsmark.splitEntity", do_split, true, false},
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

bool people_is_command(Str name)
{
  return find_command(name) != NULL;
}

void people_write_commands(StrBuf *out)
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
  Snapshot *prose =
      act->doc->html ? htmltext_snapshot(act->doc->found->text) : snapshot_ref(act->doc->found->text);
  size_t len = snapshot_len(prose);
  strbuf_grow(&act->prose, len + 1);
  for (Str chunk; act->prose.len < len; strbuf_add(&act->prose, chunk))
    chunk = snapshot_chunk(prose, act->prose.len);
  snapshot_unref(prose);
  return true;
}

static void preview(Act *act, const char *id)
{
  Spot spot;
  if (!find_spot(act, &spot)) {
    lsp_fail(act->lsp, id, code_of(act->err), "%s", act->err->text);
    return;
  }
  people_preview(act->desk, id, words_of(act, &spot),
                 in_folder(act)    ? PREVIEW_FOLDER
                 : in_article(act) ? PREVIEW_ARTICLE
                                   : PREVIEW_HERE,
                 spot.start);
}

void people_command(Lsp *lsp, Document *doc, const char *id, const cJSON *params)
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
    write_result(&act, &result, command->run == do_rename);
    desk_promise(act.desk, id, &result);
  }
  step_release(&act.step);
  strbuf_release(&result);
  strbuf_release(&act.prose);
  arena_release(&act.arena);
}
