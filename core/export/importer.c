// Names of types are taken as other tools write them. Quotations keep speaker and source; cues are found
// again.
#define _GNU_SOURCE // memmem
#include "export/importer.h"

#include "base/map.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <strings.h>

void codepoints_init(CodePoints *self, const Snapshot *text, Arena *arena)
{
  self->text = snapshot_read(text, 0, snapshot_len(text), arena);
  self->starts = arena_alloc(arena, size_mul(self->text.len + 1, sizeof *self->starts));
  self->count = 0;
  const char *p = self->text.ptr, *stop = p + self->text.len;
  while (p < stop) {
    uint32_t cp;
    self->starts[self->count++] = (size_t)(p - self->text.ptr);
    p += utf8_decode(p, stop, &cp);
  }
  self->starts[self->count] = self->text.len;
}

bool codepoints_range(const CodePoints *self, double start, double end, size_t *from, size_t *to)
{
  if (!(start >= 0 && start < end && end <= (double)self->count)) return false;
  *from = self->starts[(size_t)start];
  *to = self->starts[(size_t)end];
  return true;
}

Str import_type(Str type)
{
  static const char *const known[][2] = {{"person", "PER"},
                                         {"organization", "ORG"},
                                         {"organisation", "ORG"},
                                         {"location", "LOC"},
                                         {"place", "LOC"},
                                         {"gpe", "LOC"},
                                         {"date", "DATE"},
                                         {"time", "TIME"},
                                         {"quote", "direct"},
                                         {"quotation", "direct"},
                                         {"quote-direct", "direct"},
                                         {"quote-mixed", "mixed"},
                                         {"quote-indirect", "indirect"}};
  for (size_t i = 0; i < ARRAY_LEN(known); i++)
    if (type.len == strlen(known[i][0]) && !strncasecmp(type.ptr, known[i][0], type.len))
      return str_of(known[i][1]);
  return type;
}

// --- brat

typedef struct Bound { // a text-bound annotation
  Str id, type;
  size_t start, end;
  bool role;     // Speaker, Source, Cue
  size_t import; // of `out`, where it is none
} Bound;

typedef struct Brat {
  CodePoints points;
  Arena *arena;
  ImportVec *out;
  ImportReport *report;
  VEC_OF(Bound) bounds;
  Map by_id; // of bounds
} Brat;

static bool same_words(Str article, Str words)
{
  size_t i = 0, k = 0; // fragments are joined by one space where a line ended
  while (i < article.len && k < words.len) {
    bool end = article.ptr[i] == '\n' || article.ptr[i] == '\r';
    if (end) {
      while (i < article.len && (article.ptr[i] == '\n' || article.ptr[i] == '\r')) i++;
      if (words.ptr[k] != ' ') return false;
      k++;
      continue;
    }
    if (article.ptr[i++] != words.ptr[k++]) return false;
  }
  return i == article.len && k == words.len;
}

static void read_bound(Brat *self, Str id, Str head, Str words)
{
  Str type = str_cut(&head, ' ');
  double first = -1, last = -1;
  while (head.len) { // "12 20;21 30": from the first to the last
    Str fragment = str_cut(&head, ';');
    char text[64];
    char *rest;
    if (fragment.len >= sizeof text) return;
    memcpy(text, fragment.ptr, fragment.len);
    text[fragment.len] = '\0';
    double start = strtod(text, &rest), end = strtod(rest, NULL);
    if (first < 0) first = start;
    last = end;
  }
  Bound bound = {.id = id, .type = import_type(type), .import = SIZE_MAX};
  bool placed = codepoints_range(&self->points, first, last, &bound.start, &bound.end) &&
                same_words(str_slice(self->points.text, bound.start, bound.end), words);
  if (!placed) {
    self->report->misplaced++;
    return;
  }
  bound.role = str_is(type, "Speaker") || str_is(type, "Source") || str_is(type, "Cue");
  if (!bound.role) {
    uint8_t number;
    Import import = {.start = bound.start, .end = bound.end};
    import.draft = (Decision){.verdict = VERDICT_MADE, .type = bound.type};
    import.draft.kind = decision_kind(bound.type, &number);
    bound.import = self->out->len;
    vec_push(self->out, import);
  }
  map_put(&self->by_id, id, self->bounds.len);
  vec_push(&self->bounds, bound);
}

static const Bound *find_bound(const Brat *self, Str id)
{
  uint64_t at;
  return id.len && map_get(&self->by_id, id, &at) ? &self->bounds.items[at] : NULL;
}

static Decision *draft_of(const Brat *self, Str id)
{
  const Bound *bound = find_bound(self, id);
  return bound && bound->import != SIZE_MAX ? &self->out->items[bound->import].draft : NULL;
}

static Str argument(Str head, const char *name)
{
  while (head.len) {
    Str word = str_cut(&head, ' ');
    Str key = str_cut(&word, ':');
    if (str_is(key, name)) return word;
  }
  return (Str){0};
}

static void read_relation(Brat *self, Str head)
{
  Str role = str_cut(&head, ' ');
  Decision *quote = draft_of(self, argument(head, "Arg1"));
  const Bound *of = find_bound(self, argument(head, "Arg1")), *who = find_bound(self, argument(head, "Arg2"));
  bool speaker = str_is(role, "Speaker");
  if (!quote || !who || (!speaker && !str_is(role, "Source"))) {
    self->report->lost += !str_is(role, "Cue");
    return;
  }
  DecidedParty *party = speaker ? &quote->speaker : &quote->source;
  party->said = PARTY_NAMED;
  party->words = str_slice(self->points.text, who->start, who->end);
  if (who->import != SIZE_MAX) { // an annotation of its own
    party->name = self->out->items[who->import].draft.name;
    party->entity = self->out->items[who->import].draft.entity;
  }
  if (!party->name.len) party->name = party->words;
  party->offset = (long)who->start - (long)of->start;
}

static void read_reference(Brat *self, Str head, Str name)
{
  str_cut(&head, ' ');
  Decision *draft = draft_of(self, str_cut(&head, ' '));
  if (!draft) return;
  draft->entity = head;
  draft->name = name;
}

// A role's name, for the quotation whose speaker or source it is.
static void name_role(Brat *self, const Bound *role, Str name)
{
  for (size_t i = 0; i < self->out->len; i++) {
    Import *import = &self->out->items[i];
    DecidedParty *parties[] = {&import->draft.speaker, &import->draft.source};
    for (size_t k = 0; k < ARRAY_LEN(parties); k++)
      if (parties[k]->said == PARTY_NAMED && parties[k]->words.ptr == self->points.text.ptr + role->start)
        parties[k]->name = name;
  }
}

static void read_note(Brat *self, Str head, Str text)
{
  str_cut(&head, ' ');
  const Bound *bound = find_bound(self, head);
  Decision *draft = draft_of(self, head);
  Str key = text, value = {0};
  const char *equals = memchr(text.ptr, '=', text.len);
  if (equals)
    key = str_slice(text, 0, (size_t)(equals - text.ptr)), value = str_slice(text, key.len + 1, text.len);
  if (!bound) {
    self->report->lost++;
  } else if (bound->role && str_is(key, "name")) {
    name_role(self, bound, value);
  } else if (draft && str_is(key, "value")) {
    draft->value = value;
  } else if (draft && (str_is(key, "Speaker") || str_is(key, "Source"))) {
    DecidedParty *party = str_is(key, "Speaker") ? &draft->speaker : &draft->source;
    *party = (DecidedParty){.said = PARTY_NAMED, .name = value};
  } else if (draft && !equals) {
    draft->note = text;
  } else if (draft && str_is(key, "note")) {
    draft->note = value;
  } else {
    self->report->lost += !str_is(key, "mod");
  }
}

static void read_verdict(Brat *self, Str head)
{
  str_cut(&head, ' ');
  Decision *draft = draft_of(self, str_cut(&head, ' '));
  if (draft && str_is(head, "accepted")) draft->verdict = VERDICT_ACCEPTED;
}

// The lines of one kind: what they refer to comes before them, in whatever order the file has it.
static void read_lines(Brat *self, Str ann, const char *kinds)
{
  while (ann.len) {
    Str line = str_cut(&ann, '\n');
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    if (!line.len || !strchr(kinds, line.ptr[0])) continue;
    Str rest = line, id = str_cut(&rest, '\t'), head = str_cut(&rest, '\t');
    if (*line.ptr == 'T')
      read_bound(self, id, head, rest);
    else if (*line.ptr == 'R')
      read_relation(self, head);
    else if (*line.ptr == 'N')
      read_reference(self, head, rest);
    else if (*line.ptr == '#')
      read_note(self, head, rest);
    else if (*line.ptr == 'A' && str_starts(head, STR("Verdict ")))
      read_verdict(self, head);
    else
      self->report->lost++;
  }
}

void import_brat(Str ann, const Snapshot *text, Arena *arena, ImportVec *out, ImportReport *report)
{
  Brat self = {.arena = arena, .out = out, .report = report};
  codepoints_init(&self.points, text, arena);
  ann = arena_dup(arena, ann);
  read_lines(&self, ann, "T");
  read_lines(&self, ann, "N");
  read_lines(&self, ann, "R");
  read_lines(&self, ann, "#AEM*");
  vec_release(&self.bounds);
  map_release(&self.by_id);
}

// --- JSON

static Str dup(Arena *arena, Str s)
{
  return s.len ? arena_dup(arena, s) : (Str){0};
}

static void read_party(const CodePoints *points, const cJSON *one, const char *key, size_t quote_start,
                       Arena *arena, DecidedParty *party)
{
  const cJSON *object = json_get(one, key);
  size_t start, end;
  if (!cJSON_IsObject(object)) return;
  party->said = PARTY_NAMED;
  party->name = dup(arena, json_get_str(object, "name"));
  party->entity = dup(arena, json_get_str(object, "entity"));
  if (codepoints_range(points, json_get_number(object, "start", -1), json_get_number(object, "end", -1),
                       &start, &end)) {
    party->words = str_slice(points->text, start, end);
    party->offset = (long)start - (long)quote_start;
    if (!party->name.len) party->name = party->words;
  }
  if (!party->name.len) party->said = PARTY_UNSAID;
}

void import_json(const cJSON *article, const Snapshot *text, Arena *arena, ImportVec *out,
                 ImportReport *report)
{
  CodePoints points;
  const cJSON *one;
  codepoints_init(&points, text, arena);
  cJSON_ArrayForEach(one, json_get(article, "annotations"))
  {
    Import import = {.draft = {.verdict = VERDICT_MADE}};
    uint8_t number;
    Str words = json_get_str(one, "text");
    bool placed = codepoints_range(&points, json_get_number(one, "start", -1),
                                   json_get_number(one, "end", -1), &import.start, &import.end);
    if (!placed || (words.len && !str_eq(words, str_slice(points.text, import.start, import.end)))) {
      report->misplaced++;
      continue;
    }
    Decision *draft = &import.draft;
    if (str_is(json_get_str(one, "verdict"), "accepted")) draft->verdict = VERDICT_ACCEPTED;
    draft->type = dup(arena, import_type(json_get_str(one, "type")));
    draft->kind = decision_kind(draft->type, &number);
    draft->name = dup(arena, json_get_str(one, "name"));
    draft->entity = dup(arena, json_get_str(one, "entity"));
    draft->value = dup(arena, json_get_str(one, "value"));
    draft->note = dup(arena, json_get_str(one, "note"));
    read_party(&points, one, "speaker", import.start, arena, &draft->speaker);
    read_party(&points, one, "source", import.start, arena, &draft->source);
    if (!draft->type.len) {
      report->lost++;
      continue;
    }
    vec_push(out, import);
  }
}

// --- Web Annotation

static const cJSON *selector_of(const cJSON *selector, const char *type)
{
  const cJSON *one;
  if (cJSON_IsArray(selector)) {
    cJSON_ArrayForEach(one, selector) if (selector_of(one, type)) return selector_of(one, type);
    return NULL;
  }
  if (!selector || str_is(json_get_str(selector, "type"), type)) return selector;
  return selector_of(json_get(selector, "refinedBy"), type);
}

// Where a quote selector's words stand: once, with prefix and suffix; else nowhere.
static bool find_quote(Str text, const cJSON *quote, size_t *start, size_t *end)
{
  StrBuf whole = {0};
  Str exact = json_get_str(quote, "exact"), prefix = json_get_str(quote, "prefix");
  if (!exact.len) return false;
  if (prefix.len) strbuf_add(&whole, prefix);
  strbuf_add(&whole, exact);
  if (json_get_str(quote, "suffix").len) strbuf_add(&whole, json_get_str(quote, "suffix"));
  const char *hit = memmem(text.ptr, text.len, whole.ptr, whole.len);
  bool once = hit && !memmem(hit + 1, (size_t)(text.ptr + text.len - hit) - 1, whole.ptr, whole.len);
  if (once) {
    *start = (size_t)(hit - text.ptr) + prefix.len;
    *end = *start + exact.len;
  }
  strbuf_release(&whole);
  return once;
}

static bool place_target(const CodePoints *points, const cJSON *target, size_t *start, size_t *end)
{
  if (cJSON_IsArray(target)) target = cJSON_GetArrayItem(target, 0);
  const cJSON *selector = json_get(target, "selector");
  const cJSON *position = selector_of(selector, "TextPositionSelector"),
              *quote = selector_of(selector, "TextQuoteSelector");
  Str exact = json_get_str(quote, "exact");
  if (position &&
      codepoints_range(points, json_get_number(position, "start", -1), json_get_number(position, "end", -1),
                       start, end) &&
      (!exact.len || str_eq(exact, str_slice(points->text, *start, *end))))
    return true;
  return quote && find_quote(points->text, quote, start, end);
}

static bool labelled(Str value, const char *label, Str *rest)
{
  size_t len = strlen(label);
  if (!str_starts(value, str_of(label)) || value.len < len + 2 || value.ptr[len] != ':') return false;
  *rest = str_trim(str_slice(value, len + 1, value.len));
  return true;
}

static void read_body(const cJSON *body, Arena *arena, Decision *draft, ImportReport *report)
{
  Str value = cJSON_IsString(body) ? str_of(body->valuestring) : json_get_str(body, "value"), rest;
  Str purpose = json_get_str(body, "purpose");
  uint8_t number;
  value = dup(arena, value);
  if (str_is(purpose, "identifying")) {
    draft->entity = value;
  } else if (str_is(purpose, "commenting")) {
    draft->note = value;
  } else if (str_is(purpose, "describing") && labelled(value, "name", &rest)) {
    draft->name = rest;
  } else if (str_is(purpose, "describing") && labelled(value, "value", &rest)) {
    draft->value = rest;
  } else if (str_is(purpose, "describing") && labelled(value, "speaker", &rest)) {
    draft->speaker = (DecidedParty){.said = PARTY_NAMED, .name = rest};
  } else if (str_is(purpose, "describing") && labelled(value, "source", &rest)) {
    draft->source = (DecidedParty){.said = PARTY_NAMED, .name = rest};
  } else if (value.len && !draft->type.len && !str_is(purpose, "describing")) {
    draft->type = import_type(value);
    draft->kind = decision_kind(draft->type, &number);
  } else {
    report->lost += !labelled(value, "mod", &rest);
  }
}

void import_webannotation(const cJSON *page, const Snapshot *text, Arena *arena, ImportVec *out,
                          ImportReport *report)
{
  CodePoints points;
  const cJSON *one, *body, *items = json_get(page, "items");
  codepoints_init(&points, text, arena);
  if (!items) items = page; // a plain array of annotations
  cJSON_ArrayForEach(one, items)
  {
    Import import = {.draft = {.verdict = VERDICT_MADE}};
    const cJSON *bodies = json_get(one, "body");
    if (!place_target(&points, json_get(one, "target"), &import.start, &import.end)) {
      report->misplaced++;
      continue;
    }
    if (cJSON_IsArray(bodies)) {
      cJSON_ArrayForEach(body, bodies) read_body(body, arena, &import.draft, report);
    } else if (bodies) {
      read_body(bodies, arena, &import.draft, report);
    }
    if (!import.draft.type.len && import.draft.note.len)
      import.draft.type = STR("note"), import.draft.kind = SPAN_TAG;
    if (!import.draft.type.len)
      report->lost++;
    else
      vec_push(out, import);
  }
}
