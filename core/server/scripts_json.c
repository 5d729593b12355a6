// What is said about scripts. A traceback's lines become the diagnostic's related places, so that an editor
// can jump to them.
#define _POSIX_C_SOURCE 200809L
#include "base/log.h"
#include "server/scripts_p.h"
#include "server/uri.h"

#include <stdlib.h>
#include <time.h>

static void write_line(StrBuf *out, size_t line) // from 1; 0: the first
{
  size_t row = line ? line - 1 : 0;
  strbuf_addf(out, "{\"start\":{\"line\":%zu,\"character\":0},\"end\":{\"line\":%zu,\"character\":0}}", row,
              row + 1);
}

// The line in "\tships.lua:12: in function <…>", and what follows it; 0: it is not in the script `name`.
static size_t place_in(Str *line, Str name)
{
  Str rest = str_trim(*line);
  if (!str_starts(rest, name) || rest.len <= name.len || rest.ptr[name.len] != ':') return 0;
  rest = str_slice(rest, name.len + 1, rest.len);
  Str digits = str_cut(&rest, ':');
  size_t number = 0;
  for (size_t i = 0; i < digits.len && i < 7; i++) {
    if (digits.ptr[i] < '0' || digits.ptr[i] > '9') return 0;
    number = number * 10 + (size_t)(digits.ptr[i] - '0');
  }
  *line = str_trim(rest);
  return number;
}

static Str file_name(Str path)
{
  size_t at = path.len;
  while (at && path.ptr[at - 1] != '/') at--;
  return str_slice(path, at, path.len);
}

static void write_trace(StrBuf *out, Str uri, const ScriptIssue *issue)
{
  size_t count = 0;
  for (Str rest = issue->trace; rest.len;) {
    Str line = str_cut(&rest, '\n');
    size_t number = place_in(&line, file_name(issue->path));
    if (!number) continue;
    strbuf_add(out, count++ ? STR(",") : STR(",\"relatedInformation\":["));
    strbuf_add(out, STR("{\"location\":{"));
    json_write_member(out, "uri", uri);
    json_write_key(out, "range");
    write_line(out, number);
    strbuf_add(out, STR("}"));
    json_write_member(out, "message", line);
    strbuf_byte(out, '}');
  }
  if (count) strbuf_byte(out, ']');
}

void scripts_write_diagnostics(StrBuf *out, Str path, const ScriptIssueVec *issues)
{
  StrBuf uri = {0};
  size_t count = 0;
  uri_write(&uri, path);
  strbuf_byte(out, '{');
  json_write_member(out, "uri", strbuf_str(&uri));
  json_write_key(out, "diagnostics");
  strbuf_byte(out, '[');
  for (size_t i = 0; i < issues->len; i++) {
    const ScriptIssue *issue = &issues->items[i];
    if (!str_eq(issue->path, path)) continue;
    strbuf_add(out, count++ ? STR(",{\"range\":") : STR("{\"range\":"));
    write_line(out, issue->line);
    strbuf_addf(out, ",\"severity\":%d,\"source\":\"newsmark\",\"code\":\"%s\"", issue->waits ? 3 : 1,
                issue->waits ? "trust" : "script");
    json_write_member(out, "message", issue->text);
    write_trace(out, strbuf_str(&uri), issue);
    strbuf_byte(out, '}');
  }
  strbuf_add(out, STR("]}"));
  strbuf_release(&uri);
}

// --- newsmark/scripts

static void write_budget(StrBuf *out, const Budget *budget)
{
  json_write_key(out, "budget");
  strbuf_byte(out, '{');
  json_write_uint(out, "liveMs", budget->live_ms);
  json_write_uint(out, "documentMs", budget->document_ms);
  json_write_uint(out, "memoryMb", budget->memory_mb);
  json_write_uint(out, "spans", budget->spans);
  strbuf_byte(out, '}');
}

static void write_error(StrBuf *out, const ScriptIssue *issue)
{
  json_write_key(out, "error");
  if (!issue->text.len) {
    strbuf_add(out, STR("null"));
    return;
  }
  strbuf_byte(out, '{');
  json_write_uint(out, "line", issue->line);
  json_write_member(out, "text", issue->text);
  json_write_member(out, "trace", issue->trace);
  strbuf_byte(out, '}');
}

static void write_state(StrBuf *out, const ScriptState *state)
{
  StrBuf uri = {0};
  uri_write(&uri, state->path);
  strbuf_byte(out, '{');
  json_write_member(out, "id", state->tagger);
  json_write_member(out, "uri", strbuf_str(&uri));
  json_write_member(out, "origin", str_of(script_origin_name(state->origin)));
  json_write_member(out, "state", str_of(script_condition_name(state->condition)));
  json_write_uint(out, "articles", (size_t)state->articles);
  json_write_uint(out, "failures", (size_t)state->failures);
  json_write_uint(out, "spans", (size_t)state->spans);
  json_write_uint(out, "p50Us", state->p50_us);
  json_write_uint(out, "p99Us", state->p99_us);
  write_budget(out, &state->budget);
  write_error(out, &state->issue);
  strbuf_byte(out, '}');
  strbuf_release(&uri);
}

static void write_tag(StrBuf *out, const ScriptTag *tag)
{
  const struct {
    const char *key;
    Str value;
  } members[] = {{"id", tag->type.id},        {"label", tag->type.label}, {"parent", tag->type.parent},
                 {"script", tag->script},     {"style", tag->type.style}, {"light", tag->type.light},
                 {"dark", tag->type.dark},    {"cvd", tag->type.cvd},     {"key", tag->type.key},
                 {"symbol", tag->type.symbol}};
  strbuf_byte(out, '{');
  for (size_t i = 0; i < ARRAY_LEN(members); i++)
    if (members[i].value.len) json_write_member(out, members[i].key, members[i].value);
  strbuf_addf(out, ",\"sensitive\":%s,\"fields\":[", tag->type.sensitive ? "true" : "false");
  for (size_t i = 0; i < tag->type.fields.len; i++) {
    if (i) strbuf_byte(out, ',');
    json_write_str(out, tag->type.fields.items[i]);
  }
  strbuf_add(out, STR("]}"));
}

void scripts_write_states(StrBuf *out, Host *host)
{
  Arena arena = {0};
  ScriptStateVec states = {0};
  ScriptTagVec tags = {0};
  if (host) {
    host_states(host, &arena, &states);
    host_tags(host, &arena, &tags);
  }
  strbuf_add(out, STR("{\"scripts\":["));
  for (size_t i = 0; i < states.len; i++) {
    if (i) strbuf_byte(out, ',');
    write_state(out, &states.items[i]);
  }
  strbuf_add(out, STR("],\"tags\":["));
  for (size_t i = 0; i < tags.len; i++) {
    if (i) strbuf_byte(out, ',');
    write_tag(out, &tags.items[i]);
  }
  strbuf_add(out, STR("]}"));
  arena_release(&arena);
}

// --- newsmark/log

void scripts_write_log(StrBuf *out, uint64_t since)
{
  LogEntry entry;
  StrBuf lines = {0};
  while (log_after(since, &entry)) {
    char when[32];
    struct tm utc;
    time_t seconds = (time_t)entry.unix_time;
    gmtime_r(&seconds, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    strbuf_add(&lines, lines.len ? STR(",{") : STR("{"));
    json_write_uint(&lines, "n", (size_t)entry.number);
    json_write_member(&lines, "time", str_of(when));
    json_write_member(&lines, "level", str_of(log_level_name(entry.level)));
    json_write_member(&lines, "text", str_of(entry.text));
    strbuf_byte(&lines, '}');
    since = entry.number;
  }
  strbuf_byte(out, '{');
  json_write_uint(out, "last", (size_t)since);
  json_write_key(out, "lines");
  strbuf_byte(out, '[');
  strbuf_add(out, strbuf_str(&lines));
  strbuf_add(out, STR("]}"));
  strbuf_release(&lines);
}
