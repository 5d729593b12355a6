// A decision and its strings are one block of memory: articles have thousands of them.
#define _GNU_SOURCE // getrandom, strptime, timegm
#include "human/decision.h"

#include "base/alloc.h"
#include "base/refs.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const size_t g_strings[] = {
    offsetof(Decision, id),
    offsetof(Decision, time),
    offsetof(Decision, type),
    offsetof(Decision, anchor.words),
    offsetof(Decision, anchor.before),
    offsetof(Decision, anchor.after),
    offsetof(Decision, name),
    offsetof(Decision, entity),
    offsetof(Decision, value),
    offsetof(Decision, note),
    offsetof(Decision, speaker.name),
    offsetof(Decision, speaker.entity),
    offsetof(Decision, speaker.words),
    offsetof(Decision, source.name),
    offsetof(Decision, source.entity),
    offsetof(Decision, source.words),
    offsetof(Decision, state),
    offsetof(Decision, more),
};

static Str *string_at(Decision *self, size_t offset)
{
  return (Str *)(void *)((char *)self + offset);
}

static void describe(Decision *self)
{
  self->fits = decision_kind(self->type, &self->number) == self->kind;
  self->human = (HumanFacts){self->verdict, self->id, self->note};
  self->tag = (TagFacts){.tag = self->type, .value = self->value};
}

Decision decision_value(const Decision *self)
{
  Decision copy = {0};
  size_t said = offsetof(Decision, verdict);
  memcpy((char *)&copy + said, (const char *)self + said, sizeof copy - said);
  return copy;
}

const Decision *decision_new(const Decision *from)
{
  Decision copy = decision_value(from);
  size_t bytes = 0;
  for (size_t i = 0; i < ARRAY_LEN(g_strings); i++) bytes += string_at(&copy, g_strings[i])->len;
  Decision *self = xmalloc(sizeof *self + bytes);
  char *to = (char *)(self + 1);
  *self = copy;
  self->refs = 1;
  for (size_t i = 0; i < ARRAY_LEN(g_strings); i++) {
    Str *string = string_at(self, g_strings[i]);
    if (string->len) memcpy(to, string->ptr, string->len);
    string->ptr = to;
    to += string->len;
  }
  describe(self);
  return self;
}

const Decision *decision_ref(const Decision *self)
{
  refs_add(&self->refs);
  return self;
}

void decision_unref(const Decision *self)
{
  if (self && refs_drop(&self->refs)) free((void *)(uintptr_t)self);
}

// --- names

SpanKind decision_kind(Str type, uint8_t *number)
{
  static const uint8_t types[SPAN_TAG] = {ENTITY_TYPES, DATE_TYPES, QUOTE_TYPES};
  for (int kind = 0; kind < SPAN_TAG; kind++)
    for (*number = 0; *number < types[kind]; ++*number) {
      Span span = {.kind = (SpanKind)kind, .type = *number};
      if (str_eq(span_type_name(&span), type)) return (SpanKind)kind;
    }
  *number = 0;
  return SPAN_TAG;
}

static bool read_kind(Str name, SpanKind *kind)
{
  for (int i = 0; i < SPAN_KINDS; i++)
    if (str_is(name, span_kind_name((SpanKind)i))) return *kind = (SpanKind)i, true;
  return false;
}

static Verdict read_verdict(Str name)
{
  for (int i = VERDICT_MADE; i < VERDICTS; i++)
    if (str_is(name, verdict_name((Verdict)i))) return (Verdict)i;
  return VERDICT_NONE;
}

// --- reading

static const char *const g_members[] = {"id",     "kind",  "type", "verdict", "start",   "end",    "text",
                                        "before", "after", "name", "enough",  "article", "entity", "value",
                                        "note",   "time",  "gone", "speaker", "source",  "state"};

static bool is_known(const char *member)
{
  for (size_t i = 0; i < ARRAY_LEN(g_members); i++)
    if (!strcmp(member, g_members[i])) return true;
  return false;
}

static void read_party(const cJSON *root, const char *key, DecidedParty *party)
{
  const cJSON *object = json_get(root, key);
  if (!object) return;
  party->said = cJSON_IsObject(object) ? PARTY_NAMED : PARTY_NOBODY;
  party->name = json_get_str(object, "name");
  party->entity = json_get_str(object, "entity");
  party->words = json_get_str(object, "text");
  party->offset = (long)json_get_integer(object, "offset", 0);
}

static void read_anchor(const cJSON *root, Anchor *anchor)
{
  int64_t start = json_get_integer(root, "start", 0), end = json_get_integer(root, "end", 0);
  anchor->start = start > 0 ? (size_t)start : 0;
  anchor->end = end > start ? (size_t)end : anchor->start;
  anchor->words = json_get_str(root, "text");
  anchor->before = json_get_str(root, "before");
  anchor->after = json_get_str(root, "after");
  for (int i = 0; i < 3; i++) {
    const cJSON *item = cJSON_GetArrayItem(json_get(root, "enough"), i);
    anchor->enough[i] =
        cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= ANCHOR_CHARS_MAX
            ? (uint32_t)item->valuedouble
            : ANCHOR_CHARS_MAX + 1;
  }
  Str hash = json_get_str(root, "article");
  for (size_t i = 0; i < hash.len && i < 16; i++) {
    const char *digits = "0123456789abcdef", *digit = hash.ptr[i] ? strchr(digits, hash.ptr[i]) : NULL;
    anchor->article = anchor->article << 4 | (digit ? (uint64_t)(digit - digits) : 0);
  }
}

static void read_unknown(const cJSON *root, StrBuf *more)
{
  const cJSON *item;
  cJSON_ArrayForEach(item, root)
  {
    if (is_known(item->string)) continue;
    char *value = cJSON_PrintUnformatted(item);
    if (more->len) strbuf_byte(more, ',');
    json_write_str(more, str_of(item->string));
    strbuf_byte(more, ':');
    strbuf_add(more, str_of(value));
    cJSON_free(value);
  }
}

static const Decision *read_members(const cJSON *root, Error *err)
{
  Decision self = {.id = json_get_str(root, "id"), .verdict = read_verdict(json_get_str(root, "verdict"))};
  Str gone = json_get_str(root, "gone");
  bool article = str_eq(self.id, DECISION_ARTICLE);
  bool known = read_kind(json_get_str(root, "kind"), &self.kind);
  read_anchor(root, &self.anchor);
  if (!self.id.len || (!gone.len && !article && (!known || !self.verdict || !self.anchor.words.len))) {
    error_set(err, ERR_FORMAT, "no record: id, kind, verdict or text is missing");
    return NULL;
  }
  self.gone = gone.len > 0;
  self.time = gone.len ? gone : json_get_str(root, "time");
  self.type = json_get_str(root, "type");
  self.name = json_get_str(root, "name");
  self.entity = json_get_str(root, "entity");
  self.value = json_get_str(root, "value");
  self.note = json_get_str(root, "note");
  self.state = json_get_str(root, "state");
  read_party(root, "speaker", &self.speaker);
  read_party(root, "source", &self.source);
  StrBuf more = {0};
  read_unknown(root, &more);
  self.more = strbuf_str(&more);
  const Decision *made = decision_new(&self);
  strbuf_release(&more);
  return made;
}

const Decision *decision_read(Str line, Error *err)
{
  cJSON *root = json_parse(line, err);
  if (!root) return NULL;
  const Decision *self = read_members(root, err);
  cJSON_Delete(root);
  return self;
}

// --- writing

static void write_some(StrBuf *out, const char *key, Str value)
{
  if (value.len) json_write_member(out, key, value);
}

static void write_party(StrBuf *out, const char *key, const DecidedParty *party)
{
  if (party->said == PARTY_UNSAID) return;
  json_write_key(out, key);
  if (party->said == PARTY_NOBODY) {
    strbuf_add(out, STR("null"));
    return;
  }
  strbuf_byte(out, '{');
  json_write_member(out, "name", party->name);
  write_some(out, "entity", party->entity);
  write_some(out, "text", party->words);
  if (party->words.len) json_write_number(out, "offset", (double)party->offset);
  strbuf_byte(out, '}');
}

static void write_anchor(StrBuf *out, const Anchor *anchor)
{
  json_write_uint(out, "start", anchor->start);
  json_write_uint(out, "end", anchor->end);
  json_write_member(out, "text", anchor->words);
  json_write_member(out, "before", anchor->before);
  json_write_member(out, "after", anchor->after);
  strbuf_addf(out, ",\"enough\":[%u,%u,%u],\"article\":\"%016llx\"", anchor->enough[0], anchor->enough[1],
              anchor->enough[2], (unsigned long long)anchor->article);
}

void decision_write(StrBuf *out, const Decision *self)
{
  bool article = str_eq(self->id, DECISION_ARTICLE);
  strbuf_byte(out, '{');
  json_write_member(out, "id", self->id);
  if (self->gone) {
    if (!article) json_write_uint(out, "start", self->anchor.start);
    json_write_member(out, "gone", self->time);
    strbuf_byte(out, '}');
    return;
  }
  json_write_member(out, "kind", article ? DECISION_ARTICLE : str_of(span_kind_name(self->kind)));
  if (article) {
    json_write_member(out, "state", self->state);
  } else {
    write_some(out, "type", self->type);
    json_write_member(out, "verdict", str_of(verdict_name(self->verdict)));
    write_anchor(out, &self->anchor);
    write_some(out, "name", self->name);
    write_some(out, "entity", self->entity);
    write_some(out, "value", self->value);
    write_party(out, "speaker", &self->speaker);
    write_party(out, "source", &self->source);
    write_some(out, "note", self->note);
  }
  json_write_member(out, "time", self->time);
  if (self->more.len) strbuf_byte(out, ',');
  strbuf_add(out, self->more);
  strbuf_byte(out, '}');
}

// --- ids and times

Str decision_fresh_id(Arena *arena)
{
  static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
  unsigned char random[12];
  if (getrandom(random, sizeof random, 0) !=
      (ssize_t)sizeof random) { // no randomness: the time and the process
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed[2] = {(uint64_t)now.tv_nsec << 20 ^ (uint64_t)now.tv_sec, (uint64_t)getpid()};
    uint64_t hash = str_hash((Str){(const char *)seed, sizeof seed});
    for (size_t i = 0; i < sizeof random; i++) random[i] = (unsigned char)(hash >> 5 * i);
  }
  char id[sizeof random];
  for (size_t i = 0; i < sizeof random; i++) id[i] = digits[random[i] & 31];
  return arena_dup(arena, (Str){id, sizeof id});
}

static Str write_time(Arena *arena, time_t seconds, long ms)
{
  struct tm day;
  char text[32];
  gmtime_r(&seconds, &day);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &day);
  return arena_printf(arena, "%s.%03ldZ", text, ms);
}

// The same shape, a millisecond on: at most the last digits change, and "Z" sorts behind them.
static Str time_behind(Arena *arena, Str after)
{
  struct tm day = {0};
  int ms = 0;
  char text[40];
  snprintf(text, sizeof text, STR_FMT, STR_ARG(after));
  const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &day);
  if (!rest) return arena_printf(arena, STR_FMT "~", STR_ARG(after));
  if (*rest == '.') ms = (int)strtol(rest + 1, NULL, 10);
  time_t seconds = timegm(&day);
  return write_time(arena, seconds + (ms + 1) / 1000, (ms + 1) % 1000);
}

Str decision_time(Arena *arena, Str after)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  Str time = write_time(arena, now.tv_sec, now.tv_nsec / 1000000);
  return str_cmp(time, after) > 0 ? time : time_behind(arena, after);
}
