// line: one line of text read ahead, and what kind of block a line of its shape opens.
//
// Reading ahead is bounded: a line longer than READ_MAX characters is only known to be long, and then it is a paragraph
// unless its first characters say otherwise: where the lexer can tell that it is, no more of it is read than what is asked
// of long lines. What follows from words is in words.tsv; the rest is shape: length, capitals,
// digits, the mark at the end.
#pragma once

#include "chars.h"
#include "lexer.h"

#include <string.h>

#define READ_MAX 200 // characters that a line is read ahead
#define WORD_MAX 32  // bytes of a word that may be in words.tsv

typedef enum Kind {
  KIND_NONE, // before the first block
  KIND_METADATA,
  KIND_HEADLINE,
  KIND_SUBHEAD,
  KIND_DATELINE,
  KIND_BYLINE,
  KIND_CAPTION,
  KIND_PARAGRAPH,
  KIND_SPEECH,
  KIND_SIGNATURE,
  KIND_LIST_ITEM,
} Kind;

typedef enum Role { ROLE_NONE, ROLE_LABEL, ROLE_BY, ROLE_DATE } Role;

typedef struct Word {
  char text[WORD_MAX];
  uint8_t role;
} Word;

static const Word WORDS[] = {
#include "words.inc"
};

// What was seen of a line. Lengths are in characters and stop counting past READ_MAX.
typedef struct Line {
  unsigned len;        // up to its last character that is not white space
  unsigned first_word; // up to the first white space
  unsigned words, capitals, long_lower; // words of letters; those with a capital; those without, of four letters or more
  unsigned years, numbers, long_numbers; // runs of digits: 1900 to 2099; of one or two; others
  unsigned last_word;  // length of the last word of letters
  int32_t lead;        // the first character
  unsigned same;       // characters like it at the start, one after another
  Class first, second, third; // classes of the first three; C_SPACE past the end
  Class last;          // of the last character before closing brackets and quotation marks
  Class end;           // of the very last character
  bool full_end;       // it ends in a point, colon or quotation mark, closing brackets apart
  int32_t last_char;
  bool cut;            // it goes on past READ_MAX
  bool shouts;         // the first word is in capitals, three letters or more
  bool colon, comma;
  Role role;           // of the first word
  unsigned label;      // length of the label: "Foto:", "By"; 0: there is none
  bool credit_inside, credit_behind; // "(Foto: …" or "… Foto: …", with the colon near enough to the end
  unsigned colon_space; // colons with white space behind
} Line;

static Role role_of(const char *word)
{
  size_t low = 0, high = sizeof WORDS / sizeof *WORDS;
  while (low < high) {
    size_t mid = (low + high) / 2;
    int order = strcmp(word, WORDS[mid].text);
    if (order == 0) return (Role)WORDS[mid].role;
    if (order < 0) high = mid;
    else low = mid + 1;
  }
  return ROLE_NONE;
}

// The word or number being read.
typedef struct Run {
  char text[WORD_MAX]; // lower case, UTF-8
  const char *letters; // behind the text, not yet copied: few words are looked up
  unsigned more;       // how many of them
  unsigned bytes, chars, uppers;
  uint32_t value; // of digits
  Class first, before; // of its first character and of the one before it that is not white space
} Run;

// The letters behind the text become part of it.
static void run_take_letters(Run *run)
{
  unsigned count = run->more;
  run->more = 0;
  if (run->bytes + count + 3 >= WORD_MAX) {
    run->bytes = WORD_MAX - 1; // too long to be in the table
    return;
  }
  memcpy(run->text + run->bytes, run->letters, count);
  run->bytes += count;
}

static void run_add(Run *run, int32_t c, Class k)
{
  uint32_t low = (uint32_t)to_lower(c);
  if (run->more) run_take_letters(run);
  run->chars++;
  run->uppers += k == C_UPPER;
  if (k == C_DIGIT && run->value < 100000) run->value = run->value * 10 + (low - '0');
  if (run->bytes + 4 >= WORD_MAX) {
    run->bytes = WORD_MAX - 1; // too long to be in the table
    return;
  }
  char *out = run->text + run->bytes;
  if (low < 0x80) {
    *out = (char)low;
    run->bytes++;
  } else if (low < 0x800) {
    out[0] = (char)(0xC0 | low >> 6);
    out[1] = (char)(0x80 | (low & 0x3F));
    run->bytes += 2;
  } else {
    run->bytes = WORD_MAX - 1;
  }
}

// More letters of a word, from a to z, which stay where they are until the line is read.
static void run_add_letters(Run *run, const char *letters, unsigned count)
{
  if (run->more) run_take_letters(run);
  run->chars += count;
  run->letters = letters;
  run->more = count;
}

static bool ends_full(Class last) { return last == C_STOP || last == C_COLON || last == C_QUOTE; }

static void count_number(Line *line, const Run *run)
{
  if (run->chars == 4 && run->value >= 1900 && run->value < 2100) line->years++;
  else if (run->chars <= 2) line->numbers++;
  else line->long_numbers++;
}

static Role run_role(Run *run)
{
  if (run->more) run_take_letters(run);
  if (run->bytes >= WORD_MAX - 1) return ROLE_NONE;
  run->text[run->bytes] = '\0';
  return role_of(run->text);
}

static void count_word(Line *line, Run *run)
{
  if (run->first == C_DIGIT) {
    count_number(line, run);
    return;
  }
  if (line->words == 0) {
    line->shouts = run->chars >= 3 && run->uppers == run->chars;
    if (run->before == C_SPACE && run->uppers <= 1) line->role = run_role(run);
    if (line->role == ROLE_BY) line->label = line->len;
  }
  line->words++;
  line->last_word = run->chars;
  if (run->first == C_UPPER) line->capitals++;
  else if (run->chars > 3) line->long_lower++;
}

static void count_colon(Line *line, Run *run)
{
  bool names = run->chars && run->first != C_DIGIT && run_role(run) == ROLE_LABEL; // the word before the colon
  if (!line->colon) {
    line->colon = true;
    if (line->role == ROLE_BY && line->words == 1) line->role = ROLE_LABEL; // "Av: Anna Berg"
    if (line->role == ROLE_LABEL && line->words > 1 && (line->words > 3 || !names)) line->role = ROLE_NONE;
    if (line->role == ROLE_LABEL) line->label = line->len; // "Foto: …", "Text und Bild: …"
  }
  if (names && line->words > 1) {
    line->credit_inside |= run->before == C_OPEN;
    line->credit_behind |= run->before == C_STOP || run->before == C_CLOSE || run->before == C_QUOTE;
  }
}

// At `column`: read on over letters from a to z, of the word that is being read or of a new one; how many they are.
static unsigned read_letters(Line *line, Run *run, bool in_word, Class before, TSLexer *lexer, unsigned column)
{
  const char *letters;
  if (column < 3 || column == line->same || (in_word && run->first == C_DIGIT)) return 0;
  unsigned count = advance_letters(lexer, READ_MAX - column, &letters);
  if (!count) return 0;
  if (!in_word) *run = (Run){.first = C_LOWER, .before = before};
  run_add_letters(run, letters, count);
  line->len = column + count;
  line->end = line->last = C_LOWER;
  line->full_end = false;
  line->last_char = letters[count - 1];
  return count;
}

// Whether all is known that a line longer than READ_MAX is asked for, of which `column` characters are read.
static bool knows_long(const Line *line, unsigned column)
{
  return column >= 3 && line->same < column && line->first_word && line->words;
}

// Read the line at the lexer's place, which is no white space, up to its end or READ_MAX characters.
static void line_read(Line *line, TSLexer *lexer)
{
  Run run = {.before = C_SPACE}; // of the last word, until the next begins
  bool in_word = false, asked = false; // asked: whether it is long
  unsigned column = 0;
  Class before = C_SPACE; // the last character that is not white space
  memset(line, 0, sizeof *line);
  line->lead = lexer->lookahead;
  line->second = line->third = C_SPACE;
  for (;; column++) {
    unsigned letters = read_letters(line, &run, in_word, before, lexer, column);
    if (letters) {
      column += letters;
      in_word = true;
      before = C_LOWER;
    }
    int32_t c = lexer->lookahead;
    Class k = class_of(c);
    if (k == C_EOL || (c == 0 && at_text_end(lexer))) break;
    if (!asked && knows_long(line, column)) {
      asked = true;
      line->cut = runs_long(lexer, READ_MAX + 1 - column);
    }
    if (column == READ_MAX) line->cut = true;
    if (line->cut) break;
    if (column < 3) *(column == 0 ? &line->first : column == 1 ? &line->second : &line->third) = k;
    bool word = is_word(k) && !(in_word && run.first == C_DIGIT && k != C_DIGIT);
    if (in_word && !word) count_word(line, &run);
    if (word) {
      if (!in_word) run = (Run){.first = k, .before = before};
      run_add(&run, c, k);
    }
    in_word = word;
    if (c == line->lead && line->same == column) line->same++;
    advance(lexer, false);
    if (k == C_SPACE) {
      if (!line->first_word) line->first_word = column;
      line->colon_space += line->end == C_COLON && column == line->len;
      continue;
    }
    line->len = column + 1;
    line->comma |= c == ',';
    line->end = before = k;
    if (k == C_COLON) count_colon(line, &run);
    if (k != C_CLOSE) line->full_end = ends_full(k);
    if (k != C_CLOSE && k != C_QUOTE) {
      line->last = k;
      line->last_char = c;
    }
  }
  if (in_word) count_word(line, &run);
  if (!line->first_word) line->first_word = line->len;
  if (line->cut) line->len = READ_MAX + 1;
}

static bool is_bullet(int32_t c)
{
  return c == '*' || c == 0xB7 || c == 0x2022 || c == 0x2023 || c == 0x25AA || c == 0x25CF || c == 0x25E6;
}

// "-Sullivan" or "— Anna Berg" under a quotation: names and nothing else.
static bool is_signature(const Line *line)
{
  if (line->cut || line->len > 60 || line->words > 6 || line->long_lower || line->last == C_STOP || line->comma)
    return false;
  if (line->second == C_UPPER) return true;
  return line->lead == 0x2014 && line->second == C_SPACE && line->third == C_UPPER && line->words >= 2;
}

// The kind of a line that a dash begins; KIND_NONE: none in particular.
static Kind dash_kind(const Line *line)
{
  bool hyphen = line->lead == '-';
  if (is_signature(line)) return KIND_SIGNATURE;
  if (hyphen && line->same == 2 && line->third == C_SPACE && line->words) return KIND_SPEECH;
  if (line->second == C_SPACE && line->len > 1) {
    if (!hyphen || line->cut || line->len > 80 || line->last == C_STOP) return KIND_SPEECH;
    return KIND_LIST_ITEM;
  }
  if (hyphen) return KIND_NONE;
  bool opens = line->second == C_QUOTE || line->second == C_OPEN; // "—¿Quién?"
  return is_word(line->second) || opens ? KIND_SPEECH : KIND_NONE;
}

// "2023 04 17", "3 november 2023", "Publicerad 2023-04-17 kl 09:12", "STOCKHOLM, 3 nov (TT)"
static bool is_dateline(const Line *line)
{
  if (line->cut || line->len > 80 || line->last == C_STOP || line->last == C_COLON) return false;
  unsigned numbers = line->years + line->numbers + line->long_numbers;
  if (line->role == ROLE_DATE) return numbers && line->words <= 8;
  if (line->len > 60 || line->colon_space) return false;
  if (line->years && line->numbers && !line->long_numbers && line->words <= 5) return true;
  bool ends = line->last == C_DIGIT || line->last_word <= 3; // "17.04.23 kl 09:12", not "3.5.1 Einleitung"
  if (line->numbers >= 3 && line->words <= 2 && line->first == C_DIGIT && ends) return true;
  if (!line->shouts) return false;
  return (line->numbers && line->comma) || (line->end == C_DASH && line->words <= 6);
}

// "Foto: Anna Berg", "Text och bild: Anna Berg", "Von Karin Vogt und Jan Maas"
static bool is_byline(const Line *line)
{
  if (line->cut || line->len > 120) return false;
  if (line->role == ROLE_LABEL) return line->label && line->colon_space;
  if (line->role != ROLE_BY || line->len > 80 || line->last == C_STOP || line->colon_space) return false;
  return line->capitals >= 2 && line->words <= 9 && !line->long_lower && !line->years && !line->numbers;
}

static bool is_caption(const Line *line)
{
  if (line->cut) return false;
  return (line->credit_inside && line->end == C_CLOSE) || (line->credit_behind && line->last != C_STOP);
}

// "1) First", "12) Twelfth"
static bool is_numbered(const Line *line)
{
  if (line->first != C_DIGIT || !line->words) return false;
  return line->first_word == 2 ? line->second == C_CLOSE : line->first_word == 3 && line->third == C_CLOSE;
}

// The kind that a line shows by itself, wherever it stands; KIND_NONE: none.
static Kind line_kind(const Line *line)
{
  if (line->first == C_DASH) return dash_kind(line);
  if (is_bullet(line->lead) && line->second == C_SPACE && line->words) return KIND_LIST_ITEM;
  if (is_numbered(line)) return KIND_LIST_ITEM;
  if (is_byline(line)) return KIND_BYLINE;
  if (is_dateline(line)) return KIND_DATELINE;
  return is_caption(line) ? KIND_CAPTION : KIND_NONE;
}

// Length of the token that opens a block of `kind`: the dash, the bullet, the label; 0: the kind has none.
static unsigned line_lead(const Line *line, Kind kind)
{
  switch (kind) {
  case KIND_SPEECH:
  case KIND_SIGNATURE:
    return line->same;
  case KIND_LIST_ITEM:
    return line->first_word;
  case KIND_BYLINE:
    return line->label;
  default:
    return 0;
  }
}

// Could the line, with nothing beside it, be a headline (or, where `sub`, a headline inside the article)?
static bool line_is_title(const Line *line, bool sub)
{
  if (line->cut || line->len > (sub ? 80 : 140) || line->words == 0) return false;
  if (line->first == C_OPEN || line->first == C_DASH || line->first == C_COMMA) return false;
  if (line->last == C_COMMA || line->last == C_COLON || line->last == C_DASH || line->last_char == '.') return false;
  return !sub || line->last != C_STOP;
}
