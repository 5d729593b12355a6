// Finding the places that an act is about: a mark by its id, a record, a range, the word at a position, and
// every place with the same words.
#define _GNU_SOURCE // memmem
#include "server/acts_p.h"

#include "base/utf8.h"
#include "human/registry.h"
#include "server/features.h"
#include "server/poscodec.h"

#include <stdio.h>
#include <stdlib.h>

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

Str act_words(const Act *act, const Spot *spot)
{
  return str_slice(strbuf_str(&act->prose), spot->start, spot->end);
}

// --- places

const Annotations *act_found(const Act *act)
{
  return act->doc->found->found;
}

bool act_same_class(SpanKind a, SpanKind b)
{
  return a == b || (a <= SPAN_DATE && b <= SPAN_DATE);
}

const MarginNote *act_note_of_span(const Act *act, const Span *span)
{
  if (!span || !span->human) return NULL;
  const HumanFacts *human = act_found(act)->human[span->human - 1];
  return human->record.len ? margin_find(act->doc->margin, human->record) : NULL;
}

// A decision about exactly [start, end) that a mark of `kind` would compete with.
const MarginNote *act_note_at(const Act *act, size_t start, size_t end, SpanKind kind)
{
  size_t count;
  const MarginNote *notes = margin_notes(act->doc->margin, &count);
  for (size_t i = margin_near(act->doc->margin, start);
       i < count && !notes[i].loose && notes[i].start <= start; i++)
    if (!notes[i].decision->gone && notes[i].start == start && notes[i].end == end &&
        act_same_class(notes[i].decision->kind, kind))
      return &notes[i];
  return NULL;
}

static const Span *span_by_id(const Act *act, Str id)
{
  const SpanVec *spans = &act_found(act)->spans;
  char text[16], *end;
  snprintf(text, sizeof text, STR_FMT, STR_ARG(id));
  unsigned long number = strtoul(text, &end, 16);
  if (id.len >= sizeof text || end == text || *end) return NULL;
  for (size_t i = 0; i < spans->len; i++)
    if (spans->items[i].id == number) return &spans->items[i];
  return NULL;
}

static int wanted_kind(const cJSON *args)
{
  Str name = json_get_str(args, "kind");
  for (int kind = 0; name.ptr && kind < SPAN_KINDS; kind++)
    if (str_is(name, span_kind_name((SpanKind)kind))) return kind;
  return -1;
}

const Span *act_span_of_range(const Act *act, size_t start, size_t end, int kind)
{
  const SpanVec *spans = &act_found(act)->spans;
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

void act_spot_of_span(const Act *act, const Span *span, Spot *spot)
{
  *spot = (Spot){span->start, span->end, span, act_note_of_span(act, span)};
}

// A range, or the mark or word at a position.
bool act_find_range(Act *act, Spot *spot)
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
      act_spot_of_span(act, span, spot);
    else
      word_around(strbuf_str(&act->prose), spot->start, &spot->start, &spot->end);
  } else {
    trim(strbuf_str(&act->prose), &spot->start, &spot->end);
    const Span *span = act_span_of_range(act, spot->start, spot->end, kind);
    if (span) act_spot_of_span(act, span, spot);
  }
  if (spot->start == spot->end) return error_set(act->err, ERR_USAGE, "there is no word here");
  return true;
}

bool act_find_spot(Act *act, Spot *spot)
{
  Str id = json_get_str(act->args, "id"), record = json_get_str(act->args, "record");
  *spot = (Spot){0};
  if (id.ptr) {
    const Span *span = span_by_id(act, id);
    if (!span) return error_set(act->err, ERR_NOT_FOUND, "no annotation " STR_FMT " here", STR_ARG(id));
    act_spot_of_span(act, span, spot);
  } else if (record.ptr) {
    const MarginNote *note = margin_find(act->doc->margin, record);
    if (!note || note->loose || note->decision->gone)
      return error_set(act->err, ERR_NOT_FOUND, "no record " STR_FMT " with a place here", STR_ARG(record));
    *spot = (Spot){note->start, note->end,
                   act_span_of_range(act, note->start, note->end, (int)note->decision->kind), note};
  } else if (!act_find_range(act, spot)) {
    return false;
  }
  if (!spot->note)
    spot->note = act_note_at(
        act, spot->start, spot->end,
        spot->span ? spot->span->kind : (SpanKind)(wanted_kind(act->args) < 0 ? 0 : wanted_kind(act->args)));
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
      Spot spot = {at, at + words.len, act_span_of_range(act, at, at + words.len, -1), NULL};
      vec_push(spots, spot);
    }
    at += words.len;
  }
}

bool act_in_article(const Act *act)
{
  return str_is(json_get_str(act->args, "scope"), "article");
}

bool act_in_folder(const Act *act)
{
  return str_is(json_get_str(act->args, "scope"), "folder");
}

// The places of an act: the one, or all with its words.
void act_spots(Act *act, const Spot *spot, Spots *spots)
{
  if (act_in_article(act) || act_in_folder(act))
    spots_of_words(act, act_words(act, spot), spots);
  else
    vec_push(spots, *spot);
}
