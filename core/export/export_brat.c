// brat standoff (.ann): text-bound annotations, relations for speaker, source and cue, entity ids as
// normalisations, values as notes. Offsets are code points of the text file. A span over line ends is written
// in fragments, as brat wants.
#include "export/exporter.h"

typedef struct Numbers { // of brat's ids so far
  unsigned bound, relation, reference, note, attribute;
} Numbers;

// "12 20;21 30" for a span whose lines end at 20.
static void put_fragments(StrBuf *out, const Exported *article, size_t start, Str words)
{
  size_t from = 0;
  bool first = true;
  while (from < words.len) {
    size_t to = from;
    while (to < words.len && words.ptr[to] != '\n' && words.ptr[to] != '\r') to++;
    if (to > from) {
      strbuf_addf(out, "%s%zu %zu", first ? "" : ";", offsets_at(article->offsets, start + from),
                  offsets_at(article->offsets, start + to));
      first = false;
    }
    from = to + 1;
  }
}

static void put_words(StrBuf *out, Str words)
{
  bool blank = false;
  for (size_t i = 0; i < words.len; i++) {
    bool end = words.ptr[i] == '\n' || words.ptr[i] == '\r';
    if (end && blank) continue; // fragments are joined by one space
    strbuf_byte(out, end ? ' ' : words.ptr[i]);
    blank = end;
  }
}

static void put_bound(StrBuf *out, unsigned number, const Exported *article, Str type, size_t start,
                      size_t end)
{
  Str words = exported_text(article, start, end);
  strbuf_addf(out, "T%u\t" STR_FMT " ", number, STR_ARG(type));
  put_fragments(out, article, start, words);
  strbuf_byte(out, '\t');
  put_words(out, words);
  strbuf_byte(out, '\n');
}

static void put_note(StrBuf *out, Numbers *numbers, unsigned of, const char *key, Str value)
{
  if (value.len)
    strbuf_addf(out, "#%u\tAnnotatorNotes T%u\t%s=" STR_FMT "\n", ++numbers->note, of, key, STR_ARG(value));
}

// The annotation that is this mention and has its name; 0: none.
static unsigned number_of(const Exported *article, const Mention *mention)
{
  const SpanVec *spans = &article->found->spans;
  size_t i = spans_from(spans, mention->start);
  for (; i < spans->len && spans->items[i].start == mention->start; i++) {
    const Span *span = &spans->items[i];
    if (span->kind == SPAN_ENTITY && span->end == mention->end && span->entity->entity.len &&
        str_eq(span->entity->name, mention->name))
      return (unsigned)i + 1;
  }
  return 0;
}

static void put_role(StrBuf *out, Numbers *numbers, const Exported *article, unsigned quote, const char *role,
                     const Mention *mention)
{
  if (mention->start == mention->end) {
    put_note(out, numbers, quote, role, mention->name);
    return;
  }
  unsigned bound = number_of(article, mention);
  if (!bound) {
    bound = ++numbers->bound;
    put_bound(out, bound, article, str_of(role), mention->start, mention->end);
    if (strcmp(role, "Cue") != 0) put_note(out, numbers, bound, "name", mention->name);
  }
  strbuf_addf(out, "R%u\t%s Arg1:T%u Arg2:T%u\n", ++numbers->relation, role, quote, bound);
}

// A person's part: an attribute, and the note, whose line ends become spaces.
static void put_human(StrBuf *out, Numbers *numbers, const Exported *article, unsigned bound,
                      const HumanFacts *human)
{
  strbuf_addf(out, "A%u\tVerdict T%u %s\n", ++numbers->attribute, bound, verdict_name(human->verdict));
  if (!human->note.len) return;
  Str note = arena_dup(article->scratch, human->note);
  for (size_t i = 0; i < note.len; i++)
    if (note.ptr[i] == '\n' || note.ptr[i] == '\r' || note.ptr[i] == '\t')
      ((char *)(uintptr_t)note.ptr)[i] = ' ';
  put_note(out, numbers, bound, "note", note);
}

static void put_span(StrBuf *out, Numbers *numbers, const Exported *article, unsigned bound)
{
  const Span *span = &article->found->spans.items[bound - 1];
  Str type = span_type_name(span);
  if (span->kind == SPAN_QUOTE) type = arena_printf(article->scratch, "Quote-" STR_FMT, STR_ARG(type));
  put_bound(out, bound, article, type, span->start, span->end);
  switch (span->kind) {
  case SPAN_ENTITY: {
    Str id = span->entity->entity, source = str_cut(&id, ':');
    if (id.len)
      strbuf_addf(out, "N%u\tReference T%u " STR_FMT ":" STR_FMT "\t" STR_FMT "\n", ++numbers->reference,
                  bound, STR_ARG(source), STR_ARG(id), STR_ARG(span->entity->name));
    break;
  }
  case SPAN_DATE:
    put_note(out, numbers, bound, "value", span->date->value);
    put_note(out, numbers, bound, "mod", span->date->mod);
    break;
  case SPAN_QUOTE:
    put_role(out, numbers, article, bound, "Cue", &span->quote->cue);
    put_role(out, numbers, article, bound, "Speaker", &span->quote->speaker);
    put_role(out, numbers, article, bound, "Source", &span->quote->source);
    break;
  default:
    put_note(out, numbers, bound, "value", span->tag->value);
    break;
  }
  if (span->human) put_human(out, numbers, article, bound, article->found->human[span->human - 1]);
}

static void write_article(StrBuf *out, const Exported *article)
{
  unsigned count = (unsigned)article->found->spans.len;
  Numbers numbers = {.bound = count}; // words that are only a role come behind
  for (unsigned i = 1; i <= count; i++) put_span(out, &numbers, article, i);
}

const Exporter g_export_brat = {.name = "brat",
                                .enc = ENC_UTF32,
                                .about = "standoff .ann of one article; offsets in code points",
                                .article = write_article};
