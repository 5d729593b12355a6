// The article's own date. In this order: the one given (by the caller or the file's metadata); front matter
// ("date: 2023-04-17"); a date line at the head; the file's name; a place and a date that open a paragraph.
// What says "updated" is passed over. A grain is taken as it stands: "2024-04" stays a month.
#include "annotate/dates/dates_p.h"
#include "base/table.h"
#include "base/utf8.h"

enum {
  HEAD_BLOCKS = 12,
  LABEL_WITHIN = 24, // bytes
  SHORT_LINE = 120,
  PLACE_MOST = 40,
  AGENCY_MOST = 32,
  WORDS_AROUND = 3,
  SMALL_WORD = 3, // bytes
};

static Dct unknown(void)
{
  return (Dct){{"", 0}, NULL};
}

// The first full date in `text` that is written in digits with its year in front: "2023-04-17", "2023 04 17",
// "2023/04/17", "20230417"; month and year too where `coarse`.
static Str digits_date(Str text, bool coarse, Arena *arena)
{
  for (size_t i = 0; i + 6 <= text.len; i++) {
    if (i && text.ptr[i - 1] >= '0' && text.ptr[i - 1] <= '9') continue;
    char d[9] = {0};
    size_t n = 0, j = i;
    for (; j < text.len && n < 8; j++) {
      char c = text.ptr[j];
      if (c >= '0' && c <= '9')
        d[n++] = c;
      else if (!((c == '-' || c == ' ' || c == '/' || c == '_' || c == '.') && (n == 4 || n == 6)))
        break;
    }
    bool more = j < text.len && text.ptr[j] >= '0' && text.ptr[j] <= '9';
    int y = (int)strtol((char[]){d[0], d[1], d[2], d[3], 0}, NULL, 10);
    int m = n >= 6 ? (d[4] - '0') * 10 + d[5] - '0' : 0, day = n == 8 ? (d[6] - '0') * 10 + d[7] - '0' : 0;
    if (more || y < 1800 || y > 2200) continue;
    if (n == 8 && calendar_valid(y, m, day)) return arena_printf(arena, "%04d-%02d-%02d", y, m, day);
    if (n == 6 && coarse && m >= 1 && m <= 12) return arena_printf(arena, "%04d-%02d", y, m);
  }
  return (Str){"", 0};
}

// Whether a word of `role` stands in `line`, in any case.
static bool line_says(Str line, const char *role)
{
  if (!line.len) return false;
  const Table *labels = table_find("date_labels", "");
  Arena scratch = {0};
  Str low = utf8_lower_in(&scratch, line);
  bool found = false;
  size_t row = table_seek(labels, str_of(role)); // the first of these
  for (; row < labels->rows && !found && str_is(table_cell(labels, row, 0), role); row++) {
    Str word = table_cell(labels, row, 1);
    for (size_t i = 0; i + word.len <= low.len && !found; i++)
      found = low.ptr[i] == word.ptr[0] && str_starts(str_slice(low, i, low.len), word);
  }
  arena_release(&scratch);
  return found;
}

static Str front_matter_date(Str text, Arena *arena)
{
  while (text.len) {
    Str line = str_trim(str_cut(&text, '\n')), rest = line;
    if (!memchr(line.ptr ? line.ptr : "", ':', line.len)) continue;
    Str key = str_cut(&rest, ':');
    if (!line_says(key, "publication") || line_says(key, "update")) continue;
    Str value = str_trim(rest);
    if (value.len && (value.ptr[0] == '"' || value.ptr[0] == '\'')) value = str_slice(value, 1, value.len);
    Timex t = value.len >= 16 ? timex_parse(str_slice(value, 0, 16)) : (Timex){0};
    if (t.grain == GRAIN_MINUTE) return timex_value(&t, arena);
    Str found = digits_date(value, true, arena);
    if (found.len) return found;
  }
  return (Str){"", 0};
}

static bool is_updated(const Notes *notes, const DateDraft *draft)
{
  size_t from = draft->start;
  while (from > 0 && draft->start - from < 40 && notes->text.ptr[from - 1] != '\n' &&
         notes->text.ptr[from - 1] != ',')
    from--;
  return line_says(str_slice(notes->text, from, draft->start), "update");
}

static Timex draft_date(const DateDraft *draft)
{
  const DateFrame *f = draft->frame;
  Timex t = {0};
  bool brief = frame_has(f, FIELD_YY) && frame_has(f, FIELD_DAY); // "17.04.23"
  if ((!frame_has(f, FIELD_YEAR) && !brief) || draft->type > DATE_TIME) return t;
  t = (Timex){.grain = GRAIN_YEAR};
  t.year = frame_has(f, FIELD_YEAR) ? f->field[FIELD_YEAR] : date_full_year(f->field[FIELD_YY], 0);
  if (frame_has(f, FIELD_MONTH)) t.grain = GRAIN_MONTH, t.month = f->field[FIELD_MONTH];
  if (frame_has(f, FIELD_DAY)) t.grain = GRAIN_DAY, t.day = f->field[FIELD_DAY];
  if (t.grain == GRAIN_DAY && !calendar_valid(t.year, t.month, t.day)) return (Timex){0};
  if (t.grain == GRAIN_DAY && frame_has(f, FIELD_HOUR) && !frame_has(f, FIELD_MINOFF)) {
    t.grain = GRAIN_MINUTE, t.hour = f->field[FIELD_HOUR], t.minute = frame_get(f, FIELD_MINUTE, 0);
    if (frame_has(f, FIELD_AMPM)) t.hour = t.hour % 12 + f->field[FIELD_AMPM];
  }
  return t;
}

// Whether the block begins with nothing but a label and this date: "date 2024-04 The minister …".
static bool is_labelled(const Notes *notes, const DateDraft *draft)
{
  Str label = str_trim(str_slice(notes->text, 0, draft->start));
  if (label.len && label.ptr[label.len - 1] == ':') label = str_trim(str_slice(label, 0, label.len - 1));
  return label.len && !memchr(label.ptr, ' ', label.len) && line_says(label, "publication");
}

// "By Ann Lee, published on 3 January 2024 at 18:12": a short line that has the label right in front of the
// date.
static bool is_published(const Notes *notes, const DateDraft *draft)
{
  size_t from = draft->start > LABEL_WITHIN ? draft->start - LABEL_WITHIN : 0;
  return notes->text.len < SHORT_LINE && line_says(str_slice(notes->text, from, draft->start), "publication");
}

static bool has_dash(Str text, size_t from)
{
  static const char *const dashes[] = {"-", "–", "—", ".-"};
  Str rest = str_trim(str_slice(text, from, text.len));
  for (size_t i = 0; i < ARRAY_LEN(dashes); i++)
    if (str_starts(rest, str_of(dashes[i]))) return true;
  return false;
}

// Whether nothing but a place and a comma stands in front of the date: "LISBOA, ".
static bool is_behind_place(const Notes *notes, const DateDraft *draft)
{
  Str place = str_trim(str_slice(notes->text, 0, draft->start));
  if (place.len < 3 || place.len > PLACE_MOST || place.ptr[place.len - 1] != ',') return false;
  while (place.len) {
    Str word = str_cut(&place, ' ');
    uint32_t first = 0;
    if (word.len) utf8_decode(word.ptr, word.ptr + word.len, &first);
    if (word.len && !utf8_is_upper(first)) return false;
  }
  return true;
}

// "LISBOA, 5 de dezembro de 2023 (Lusa) - …": a paragraph that begins with a place and the date, before an
// agency in brackets or a dash.
static bool is_agency_s(const Notes *notes, const DateDraft *draft)
{
  if (!is_behind_place(notes, draft)) return false;
  Str rest = str_trim(str_slice(notes->text, draft->end, notes->text.len));
  if (!rest.len || rest.ptr[0] != '(') return has_dash(notes->text, draft->end);
  const char *closed = memchr(rest.ptr, ')', rest.len < AGENCY_MOST ? rest.len : AGENCY_MOST);
  return closed && has_dash(rest, (size_t)(closed - rest.ptr) + 1);
}

// "Berlin, 12. November 2024. Nach dem …": a press release begins so; but so does a story of another day.
static bool is_release_s(const Notes *notes, const DateDraft *draft)
{
  bool stop = draft->end < notes->text.len && memchr(".:", notes->text.ptr[draft->end], 2);
  return stop && is_behind_place(notes, draft);
}

// Whether these words around a date are a place, names, a label, and no part of a sentence: "El juicio
// comenzará en".
static bool is_heading(Str text)
{
  size_t words = 0;
  bool label = line_says(text, "publication");
  while (text.len) {
    Str word = str_trim(str_cut(&text, ' '));
    uint32_t first = 0;
    if (word.len) utf8_decode(word.ptr, word.ptr + word.len, &first);
    if (utf8_class(first) == CHAR_LOWER && word.len > SMALL_WORD && !label) return false;
    words += word.len > 1;
  }
  return words <= WORDS_AROUND;
}

// A line counts as a date line where the parser says so, where it is short and a date fills most of it, or
// where it begins with a labelled date or as an agency's.
static bool may_hold_dct(const Notes *notes, const DateDraft *draft)
{
  if (is_labelled(notes, draft) || is_published(notes, draft) || is_agency_s(notes, draft)) return true;
  if (notes->kind == BLOCK_DATELINE || notes->kind == BLOCK_BYLINE) return true;
  return notes->text.len < 80 && notes->kind != BLOCK_SPEECH && !frame_has(draft->frame, FIELD_MOD) &&
         (draft->end - draft->start) * 2 >= notes->text.len &&
         is_heading(str_slice(notes->text, 0, draft->start)) &&
         is_heading(str_slice(notes->text, draft->end, notes->text.len));
}

typedef bool DctTest(const Notes *notes, const DateDraft *draft);

// The first full date near the head that passes the test.
static Str head_date(const struct Passages *article, DctTest *test, Arena *arena)
{
  for (size_t p = 0; p < article->len && p < HEAD_BLOCKS; p++) {
    const Notes *notes = article->items[p].notes;
    for (size_t i = 0; i < notes->dates.len; i++) {
      const DateDraft *draft = &notes->dates.items[i];
      Timex t = draft_date(draft);
      bool fine = t.grain >= GRAIN_MONTH || (t.grain == GRAIN_YEAR && notes->kind == BLOCK_DATELINE);
      if (fine && test(notes, draft) && !is_updated(notes, draft)) return timex_value(&t, arena);
    }
  }
  return (Str){"", 0};
}

Dct dates_dct(const Dates *self, const struct Passages *article, const Dct *given, Str path, Arena *arena)
{
  (void)self;
  if (timex_parse(given->value).grain != GRAIN_NONE)
    return (Dct){arena_dup(arena, given->value), given->from};
  for (size_t p = 0; p < article->len && p < HEAD_BLOCKS; p++) {
    if (article->items[p].notes->kind != BLOCK_METADATA) continue;
    Str found = front_matter_date(article->items[p].notes->text, arena);
    if (found.len) return (Dct){found, "front matter"};
  }
  Str line = head_date(article, may_hold_dct, arena);
  if (line.len) return (Dct){line, "date line"};
  size_t slash = path.len;
  while (slash > 0 && path.ptr[slash - 1] != '/') slash--;
  Str name = digits_date(str_slice(path, slash, path.len), true, arena);
  if (name.len) return (Dct){name, "file name"};
  Str release = head_date(article, is_release_s, arena);
  return release.len ? (Dct){release, "date line"} : unknown();
}
