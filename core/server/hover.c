// A hover has a paragraph for each thing at the place, the innermost first. It is put together as lines of
// plain text with two marks of our own for what Markdown would set strong; the words of an article never turn
// into Markdown.
#include "annotate/dates/timex.h"
#include "base/utf8.h"
#include "server/features.h"
#include "server/poscodec.h"

#define FORMS_MOST 5u

typedef struct Hover {
  StrBuf text;
  bool markdown;
  const Findings *found;
  Str folder; // what the folder knows of the entity
  Host *host;
  Arena arena;
} Hover;

static void add(Hover *self, const char *text)
{
  strbuf_add(&self->text, str_of(text));
}

// Words of the article or its facts: on one line, and no Markdown.
static void add_words(Hover *self, Str words)
{
  for (size_t i = 0; i < words.len; i++) {
    char c = words.ptr[i];
    if (self->markdown && c && strchr("\\`*_[]<>", c)) strbuf_byte(&self->text, '\\');
    strbuf_byte(&self->text, c == '\n' || c == '\r' ? ' ' : c);
  }
}

static void add_title(Hover *self, Str title, const char *what)
{
  add(self, self->markdown ? "**" : "");
  add_words(self, title);
  add(self, self->markdown ? "** · " : " · ");
  add(self, what);
}

static void new_line(Hover *self)
{
  add(self, self->markdown ? "  \n" : "\n");
}

static void add_maker(Hover *self, const Span *span)
{
  new_line(self);
  Str by = span_by_name(span, &self->arena);
  add(self, "by ");
  add_words(self, by);
  strbuf_addf(&self->text, ", %.0f %%", (double)span->confidence * 100);
}

static Str text_of(Hover *self, size_t start, size_t end)
{
  return snapshot_read(self->found->text, start, end, &self->arena);
}

typedef struct Forms {
  Str items[FORMS_MOST];
  size_t len, mentions, quotes;
} Forms;

// The ways the entity is written, most recent last, and how often it is mentioned and quoted.
static Forms collect(Hover *self, const Span *entity)
{
  Forms forms = {0};
  for (size_t i = 0; i < self->found->found->spans.len; i++) {
    const Span *other = &self->found->found->spans.items[i];
    if (other->kind == SPAN_QUOTE && entity->entity->entity.len &&
        str_eq(other->quote->speaker.entity, entity->entity->entity))
      forms.quotes++;
    if (!features_same(entity, other)) continue;
    forms.mentions++;
    if (forms.len == FORMS_MOST) continue;
    Str form = text_of(self, other->start, other->end);
    bool known = str_eq(form, entity->entity->name);
    for (size_t f = 0; f < forms.len; f++) known |= str_eq(form, forms.items[f]);
    if (!known) forms.items[forms.len++] = form;
  }
  return forms;
}

static void add_count(Hover *self, size_t count, const char *one, const char *many)
{
  strbuf_addf(&self->text, "%zu %s", count, count == 1 ? one : many);
}

static void add_entity(Hover *self, const Span *span)
{
  static const char *const names[ENTITY_TYPES] = {"person", "organisation", "place"};
  Forms forms = collect(self, span);
  Str name = span->entity->name.len ? span->entity->name : text_of(self, span->start, span->end);
  add_title(self, name, names[span->type]);
  if (forms.len) {
    new_line(self);
    add(self, "also: ");
    for (size_t i = 0; i < forms.len; i++) {
      if (i) add(self, ", ");
      add_words(self, forms.items[i]);
    }
  }
  new_line(self);
  add_count(self, forms.mentions, "mention", "mentions");
  if (forms.quotes) {
    add(self, ", ");
    add_count(self, forms.quotes, "quotation", "quotations");
  }
  add(self, " in this article");
  if (self->folder.len) {
    new_line(self);
    add_words(self, self->folder);
  }
  if (span->entity->entity.len && !str_starts(span->entity->entity, STR("name:"))) {
    new_line(self);
    add_words(self, span->entity->entity);
  }
  add_maker(self, span);
}

// "Thursday", "2023-03-01 to 2023-03-10", "from 2015-01-01 on": where the date lies.
static void add_bounds(Hover *self, const DateFacts *date)
{
  int32_t day;
  Timex t = timex_parse(date->value);
  bool one = str_eq(date->begin, date->until) || !date->begin.len || !date->until.len;
  if (timex_day(&t, &day)) {
    new_line(self);
    add(self, timex_weekday_name(calendar_weekday(day)));
  }
  if (one && !(date->begin.len && !date->until.len) && !(date->until.len && !date->begin.len)) return;
  new_line(self);
  if (!date->until.len) add(self, "from ");
  if (!date->begin.len) add(self, "up to ");
  add_words(self, date->begin.len ? date->begin : date->until);
  if (!date->until.len) add(self, " on");
  if (!one) {
    add(self, " to ");
    add_words(self, date->until);
  }
}

static const char *mod_words(Str mod)
{
  static const char *const words[][2] = {{"START", "the first part of it"}, {"MID", "the middle of it"},
                                         {"END", "the last part of it"},    {"APPROX", "about"},
                                         {"MORE_THAN", "more than"},        {"LESS_THAN", "less than"}};
  for (size_t i = 0; i < ARRAY_LEN(words); i++) {
    if (str_is(mod, words[i][0])) return words[i][1];
  }
  return "";
}

static void add_date(Hover *self, const Span *span)
{
  static const char *const names[DATE_TYPES] = {"date", "time", "duration", "repeated"};
  const DateFacts *date = span->date;
  add_title(self, date->value.len ? date->value : STR("unknown"), names[span->type]);
  add_bounds(self, date);
  if (date->mod.len) {
    new_line(self);
    add(self, mod_words(date->mod));
  }
  if (date->freq.len > 1) { // "2X"
    new_line(self);
    add_words(self, str_slice(date->freq, 0, date->freq.len - 1));
    add(self, date->freq.len == 2 && date->freq.ptr[0] == '1' ? " time in each" : " times in each");
  }
  new_line(self);
  add(self, "from ");
  add_words(self, date->anchor.len ? date->anchor : STR("the words alone"));
  add_maker(self, span);
}

static void add_mention(Hover *self, const char *label, const Mention *mention)
{
  Str name = mention->name.len ? mention->name : text_of(self, mention->start, mention->end);
  if (!name.len) return;
  new_line(self);
  add(self, label);
  add_words(self, name);
}

// Which of the speaker's quotations this is; the parts of one count once.
static void add_place(Hover *self, const Span *span)
{
  const SpanVec *spans = &self->found->found->spans;
  size_t count = 0, at = 0;
  uint32_t group = 0;
  for (size_t i = 0; i < spans->len; i++) {
    const QuoteFacts *other = spans->items[i].quote;
    if (spans->items[i].kind != SPAN_QUOTE || !str_eq(other->speaker.name, span->quote->speaker.name))
      continue;
    count += other->group != group;
    group = other->group;
    if (group == span->quote->group) at = count;
  }
  if (count > 1) strbuf_addf(&self->text, ", %zu of %zu", at, count);
}

static void add_quote(Hover *self, const Span *span)
{
  static const char *const names[QUOTE_TYPES] = {"direct quotation", "mixed quotation", "indirect speech"};
  const QuoteFacts *quote = span->quote;
  bool known = quote->speaker.name.len || quote->speaker.start < quote->speaker.end;
  Str name =
      quote->speaker.name.len ? quote->speaker.name : text_of(self, quote->speaker.start, quote->speaker.end);
  add_title(self, known ? name : STR("Speaker unknown"), names[span->type]);
  if (quote->speaker.name.len) add_place(self, span);
  Str words = text_of(self, quote->speaker.start, quote->speaker.end);
  if (words.len && !str_eq(words, name)) {
    new_line(self);
    add(self, "in the text: ");
    add_words(self, words);
  }
  add_mention(self, "source: ", &quote->source);
  if (quote->why.len) {
    new_line(self);
    add_words(self, quote->why);
  }
  add_maker(self, span);
}

static void add_tag(Hover *self, const Span *span)
{
  ScriptTag declared;
  bool known = self->host && host_tag(self->host, span->tag->tag, &self->arena, &declared);
  add_title(self, text_of(self, span->start, span->end), "");
  add_words(self, known ? declared.type.label : span->tag->tag);
  if (span->tag->value.len) {
    new_line(self);
    add(self, "value: ");
    add_words(self, span->tag->value);
  }
  cJSON *fields = span->tag->fields.len ? json_parse(span->tag->fields, NULL) : NULL;
  for (const cJSON *field = fields ? fields->child : NULL; field; field = field->next) {
    new_line(self);
    add_words(self, str_of(field->string));
    add(self, ": ");
    add_words(self, str_of(field->valuestring));
  }
  cJSON_Delete(fields);
  add_maker(self, span);
}

void features_hover(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at)
{
  static void (*const adders[SPAN_KINDS])(Hover *, const Span *) = {
      [SPAN_ENTITY] = add_entity, [SPAN_DATE] = add_date, [SPAN_QUOTE] = add_quote, [SPAN_TAG] = add_tag};
  static const SpanKind order[] = {SPAN_ENTITY, SPAN_DATE, SPAN_TAG, SPAN_QUOTE};
  Hover hover = {
      .markdown = options->markdown, .found = doc->found, .folder = options->folder, .host = options->host};
  SpansAt here = features_at(doc->found, at);
  const Span *inner = features_innermost(&here);
  for (size_t i = 0; i < SPAN_KINDS; i++) {
    if (!here.kinds[order[i]]) continue;
    if (hover.text.len) add(&hover, "\n\n");
    adders[order[i]](&hover, here.kinds[order[i]]);
  }
  if (!inner) {
    strbuf_add(out, STR("null"));
  } else {
    PositionWalk walk = position_walk(doc->found->text, options->enc);
    strbuf_addf(out,
                "{\"contents\":{\"kind\":\"%s\",\"value\":", options->markdown ? "markdown" : "plaintext");
    json_write_str(out, strbuf_str(&hover.text));
    strbuf_add(out, STR("},\"range\":"));
    poscodec_write_range(out, &walk, inner->start, inner->end);
    strbuf_byte(out, '}');
  }
  strbuf_release(&hover.text);
  arena_release(&hover.arena);
}
