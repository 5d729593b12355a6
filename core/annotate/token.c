// Splitting is one walk over the code points. A word goes on over letters, digits and combining marks, and
// over a mark between two of them where joins() says so; every look-ahead there is bounded, which keeps the
// walk linear. Sentences are a second walk, over tokens, which also glues the points that belong to words.
#include "annotate/token.h"

#include "base/table.h"
#include "base/utf8.h"

#include <stdatomic.h>

#define APOSTROPHE 0x2019u
#define BYTES_A_TOKEN 5u // of text, at first: five or six with the space between

typedef struct Scan {
  const char *base, *at, *end;
  Arena *arena;
} Scan;

typedef struct TokenTable { // a table of each language, sought once; LANG_UNKNOWN: of none
  const char *name;
  _Atomic(const Table *) of[LANG_COUNT]; // NULL: not yet sought, or there is none
} TokenTable;

static const Table *table_of(TokenTable *self, Lang lang)
{
  const Table *table = atomic_load_explicit(&self->of[lang], memory_order_relaxed);
  if (table) return table;
  table = table_find(self->name, lang == LANG_UNKNOWN ? "" : lang_code(lang));
  atomic_store_explicit(&self->of[lang], table, memory_order_relaxed);
  return table;
}

typedef struct Word {        // the word being read
  const char *start, *piece; // piece: behind the last point
  uint32_t flags;
  uint32_t uppers;
  bool letters; // other than digits seen
  bool ascii;
  bool soft;         // it has what shows nothing: utf8_is_soft()
  bool short_pieces; // all pieces up to now are one letter: "U.S"
} Word;

static bool is_word(CharClass c)
{
  return c >= CHAR_DIGIT && c <= CHAR_MARK;
}
static bool is_letter(CharClass c)
{
  return c >= CHAR_LOWER && c <= CHAR_LETTER;
}
static bool is_apostrophe(uint32_t cp)
{
  return cp == '\'' || cp == APOSTROPHE || cp == 0x2BC;
}
static bool is_hyphen(uint32_t cp)
{
  return cp == '-' || cp == 0x2010 || cp == 0x2011;
}
static bool is_dash(uint32_t cp)
{
  return cp == '-' || (cp >= 0x2010 && cp <= 0x2015);
}

static CharClass class_at(const Scan *scan, const char *p, uint32_t *cp, size_t *len)
{
  *cp = 0;
  *len = 0;
  if (p >= scan->end) return CHAR_SPACE;
  *len = utf8_decode(p, scan->end, cp);
  return utf8_class(*cp);
}

static size_t digits_at(const Scan *scan, const char *p, size_t most)
{
  size_t n = 0;
  while (n < most && p + n < scan->end && p[n] >= '0' && p[n] <= '9') n++;
  return n;
}

// Over what shows nothing, as behind a mark that stands for a longer reference ("l&rsquo;uomo").
static const char *behind_soft(const Scan *scan, const char *p)
{
  return scan->base +
         utf8_skip_soft((Str){scan->base, (size_t)(scan->end - scan->base)}, (size_t)(p - scan->base));
}

// A hyphen at `p` inside "2023-04" or "2023-04-17".
static bool iso_hyphen(const Scan *scan, const Word *word, const char *p)
{
  size_t before = (size_t)(p - word->start);
  bool shape = before == 4 || (before == 7 && word->start[4] == '-');
  return shape && digits_at(scan, p + 1, 3) == 2;
}

// The lower-case ending behind a colon: "EU:s", "NATO:ssa".
static bool colon_ending(const Scan *scan, const char *p)
{
  for (size_t n = 0; n < 6; n++) {
    uint32_t cp;
    size_t len;
    CharClass c = class_at(scan, p, &cp, &len);
    if (!is_word(c)) return n > 0;
    if (c != CHAR_LOWER) return false;
    p += len;
  }
  return false;
}

static bool possessive(const Scan *scan, const char *p, size_t mark_len)
{
  const char *s = behind_soft(scan, p + mark_len);
  if (s >= scan->end || (*s != 's' && *s != 'S')) return false;
  uint32_t cp;
  size_t len;
  return !is_word(class_at(scan, s + 1, &cp, &len));
}

// "l", "dell", "qu" before an apostrophe; a lone capital before a capital is part of a surname, "L'" apart.
static bool elision(const Word *word, const char *p, CharClass next)
{
  size_t len = (size_t)(p - word->start);
  if (!word->ascii || len > 8) return false;
  char low[8];
  for (size_t i = 0; i < len; i++) low[i] = (char)(word->start[i] | 0x20);
  if (len == 1 && low[0] != 'l' && (word->flags & TOKEN_CAPITAL) && next == CHAR_UPPER) return false;
  static TokenTable elisions = {.name = "elisions"};
  return table_seek(table_of(&elisions, LANG_UNKNOWN), (Str){low, len}) != SIZE_MAX;
}

static bool joins_point(const Word *word, const char *p, CharClass prev, CharClass next)
{
  if (prev == CHAR_DIGIT && next == CHAR_DIGIT) return !word->letters;
  if (!is_letter(prev)) return prev == CHAR_DIGIT && next == CHAR_LOWER && word->letters; // "tv4.se"
  if (next == CHAR_LOWER) return true;
  return next == CHAR_UPPER && word->short_pieces && p - word->piece <= 4;
}

// Whether the mark `cp` at `p` (its next character at `after`) is inside the word; *stop_after: the word ends
// behind it.
static bool joins(const Scan *scan, const Word *word, const char *p, uint32_t cp, const char *after,
                  CharClass prev, bool *stop_after)
{
  after = behind_soft(scan, after);
  uint32_t next_cp;
  size_t next_len;
  CharClass next = class_at(scan, after, &next_cp, &next_len);
  if (is_apostrophe(cp)) {
    if (!is_letter(prev) || possessive(scan, p, (size_t)(after - p))) return false;
    bool opening = next_cp == 0x201C || next_cp == 0xAB || next_cp == '"';
    if (!is_letter(next) && !opening) return false;
    *stop_after = elision(word, p, next);
    return *stop_after || is_letter(next);
  }
  if (!is_word(next) || next == CHAR_MARK) return false;
  bool digits = prev == CHAR_DIGIT && next == CHAR_DIGIT;
  if (is_hyphen(cp)) return !digits || word->letters || (cp == '-' && iso_hyphen(scan, word, p));
  switch (cp) {
  case '.':
    return joins_point(word, p, prev, next);
  case ',':
  case '/':
    return digits && !word->letters;
  case ':':
    return digits || (is_letter(prev) && colon_ending(scan, after));
  case '&':
    return is_letter(prev) && is_letter(next);
  case '@':
  case '_':
    return true;
  default:
    return false;
  }
}

static void word_char(Word *word, CharClass c)
{
  if (c == CHAR_LOWER)
    word->flags |= TOKEN_HAS_LOWER;
  else if (c == CHAR_UPPER)
    word->uppers++;
  else if (c == CHAR_DIGIT)
    word->flags |= TOKEN_HAS_DIGIT;
  if (c != CHAR_DIGIT) word->letters = true;
}

// Read the word that begins at scan->at with a character of class `c`.
static Word word_read(Scan *scan, CharClass c)
{
  Word word = {.start = scan->at, .piece = scan->at, .ascii = true, .short_pieces = true};
  word.flags = c == CHAR_DIGIT ? TOKEN_NUMBER : c == CHAR_UPPER ? TOKEN_WORD | TOKEN_CAPITAL : TOKEN_WORD;
  CharClass prev = c;
  size_t piece_chars = 0;
  while (scan->at < scan->end) {
    size_t small = utf8_small_ahead(scan->at, scan->end); // most of most words
    if (small) {
      word.flags |= TOKEN_HAS_LOWER;
      word.letters = true;
      prev = CHAR_LOWER;
      piece_chars += small;
      scan->at += small;
      continue;
    }
    uint32_t cp;
    size_t len = utf8_decode(scan->at, scan->end, &cp);
    c = utf8_class(cp);
    if (is_word(c)) {
      word_char(&word, c);
      word.soft |= utf8_is_soft(cp);
      piece_chars++;
      if (c != CHAR_MARK) prev = c;
    } else {
      if (c != CHAR_PUNCT && cp != '&') break;
      if (piece_chars > 1) word.short_pieces = false;
      bool stop_after = false;
      if (!joins(scan, &word, scan->at, cp, scan->at + len, prev, &stop_after)) break;
      word.flags |= is_hyphen(cp) ? TOKEN_HAS_HYPHEN : TOKEN_HAS_MARK;
      piece_chars = 0;
      if (cp == '.')
        word.piece = scan->at + len;
      else
        word.short_pieces = false;
      if (stop_after) {
        scan->at += len;
        word.ascii = word.ascii && cp < 0x80;
        break;
      }
    }
    word.ascii = word.ascii && cp < 0x80;
    scan->at += len;
  }
  bool dotted = word.piece > word.start && word.short_pieces && piece_chars == 1 && word.letters;
  if (dotted && scan->at < scan->end && *scan->at == '.') { // "U.S."
    scan->at++;
    word.flags |= TOKEN_ABBREV;
  }
  if (word.uppers > 1 && !(word.flags & TOKEN_HAS_LOWER)) word.flags |= TOKEN_ALL_CAPS;
  return word;
}

static Str word_lower(const Scan *scan, const Word *word)
{
  Str s = {word->start, (size_t)(scan->at - word->start)};
  if (word->soft) s = utf8_without_soft(scan->arena, s);
  if (!word->uppers) return s;
  if (!word->ascii) return utf8_lower_in(scan->arena, s);
  char *low = arena_alloc(scan->arena, s.len);
  for (size_t i = 0; i < s.len; i++) {
    char ch = s.ptr[i];
    low[i] = ch >= 'A' && ch <= 'Z' ? (char)(ch | 0x20) : ch;
  }
  return (Str){low, s.len};
}

// One mark, a run of the same dots or dashes, or the "'s" behind the word that ends here.
static uint32_t mark_read(Scan *scan, uint32_t cp, size_t len, bool behind_word)
{
  if (behind_word && is_apostrophe(cp) && possessive(scan, scan->at, len)) {
    scan->at = behind_soft(scan, scan->at + len) + 1;
    return TOKEN_WORD | TOKEN_HAS_MARK;
  }
  const char *first = scan->at;
  do scan->at += len;
  while ((cp == '.' || is_dash(cp)) && (size_t)(scan->end - scan->at) >= len &&
         !memcmp(first, scan->at, len));
  return TOKEN_PUNCT;
}

void tokens_split(Str text, Arena *arena, TokenVec *tokens)
{
  Scan scan = {text.ptr, text.ptr, text.ptr + text.len, arena};
  uint32_t before = TOKEN_LINE_START;
  bool behind_word = false;
  if (!tokens->cap) {
    tokens->cap = text.len / BYTES_A_TOKEN + 8;
    tokens->items = arena_alloc(arena, size_mul(tokens->cap, sizeof *tokens->items));
  }
  while (scan.at < scan.end) {
    uint32_t cp;
    size_t len = utf8_decode(scan.at, scan.end, &cp);
    CharClass c = utf8_class(cp);
    if (c == CHAR_SPACE) {
      before |= TOKEN_SPACE_BEFORE;
      if (cp == '\n' || cp == '\r' || cp == 0x2028 || cp == 0x2029) before |= TOKEN_LINE_START;
      behind_word = false;
      scan.at += len;
      continue;
    }
    if (c == CHAR_MARK && utf8_is_soft(cp)) {
      scan.at += len;
      continue;
    }
    const char *start = scan.at;
    Token token = {.start = (uint32_t)(start - scan.base)};
    if (is_word(c)) {
      Word word = word_read(&scan, c);
      token.flags = word.flags | before;
      token.lower = word_lower(&scan, &word);
      behind_word = true;
    } else {
      token.flags = mark_read(&scan, cp, len, behind_word) | before;
      token.lower = (Str){start, (size_t)(scan.at - start)};
      if (token.flags & TOKEN_WORD) token.lower = utf8_without_soft(arena, token.lower);
      behind_word = false;
    }
    before = 0;
    token.end = (uint32_t)(scan.at - scan.base);
    bool in_text = token.lower.ptr == start; // nothing had to be written anew
    token.whole_hash = in_text ? str_hash_within(token.lower, scan.end) : str_hash(token.lower);
    token.hash = (uint32_t)token.whole_hash;
    vec_push_in(arena, tokens, token);
  }
}

// --- sentences

typedef struct Sentences {
  Str text;
  Lang lang;
  Arena *arena;
  const Token *in;
  size_t len; // of in
} Sentences;

static Str token_text(Str text, const Token *token)
{
  return str_slice(text, token->start, token->end);
}
// The character that a mark is; 0 where the token is more than one, or no mark.
static uint32_t mark_of(Str text, const Token *token)
{
  uint32_t cp;
  if (!(token->flags & TOKEN_PUNCT)) return 0;
  return utf8_decode(text.ptr + token->start, text.ptr + token->end, &cp) == token->end - token->start ? cp
                                                                                                       : 0;
}

static bool is_terminator(Str text, const Token *token)
{
  switch (mark_of(text, token)) {
  case '.':
  case '!':
  case '?':
  case 0x2026: // …
    return true;
  case 0:
    return (token->flags & TOKEN_PUNCT) && str_starts(token_text(text, token), STR(".."));
  default:
    return false;
  }
}

// A mark that closes what came before it: brackets, and quotation marks that stand against the word before.
static bool is_closer(Str text, const Token *token)
{
  if (token->flags & TOKEN_SPACE_BEFORE) return false;
  switch (mark_of(text, token)) {
  case ')':
  case ']':
  case '"':
  case '\'':
  case 0x201C: // “
  case 0x201D: // ”
  case 0x2018: // ‘
  case 0x2019: // ’
  case 0xAB:   // «
  case 0xBB:   // »
  case 0x2039: // ‹
  case 0x203A: // ›
    return true;
  default:
    return false;
  }
}

static bool blank_line_before(const Sentences *job, const Token *token)
{
  if (!(token->flags & TOKEN_LINE_START)) return false;
  size_t ends = 0;
  for (size_t at = token->start; at > 0; at--) {
    char c = job->text.ptr[at - 1];
    if (c == '\n')
      ends++;
    else if (c != ' ' && c != '\t' && c != '\r')
      break;
    if (ends == 2) return true;
  }
  return false;
}

static bool is_starter(const Sentences *job, const Token *token)
{
  static TokenTable starters = {.name = "starters"};
  return table_seek_hash(table_of(&starters, job->lang), token->lower, token->hash) != SIZE_MAX;
}

// Whether a sentence can begin with token `i`, after a sentence that seems to have ended before it. Marks are
// skipped.
static bool can_begin(const Sentences *job, size_t i)
{
  for (size_t n = 0; i < job->len && n < 4; i++, n++) {
    const Token *token = &job->in[i];
    if (token->flags & TOKEN_NUMBER) return true;
    if (token->flags & TOKEN_WORD) return !(token->flags & TOKEN_HAS_LOWER) || (token->flags & TOKEN_CAPITAL);
  }
  return true;
}

static const Token *next_word(const Sentences *job, size_t i)
{
  for (size_t n = 0; i < job->len && n < 3; i++, n++) {
    if (job->in[i].flags & (TOKEN_WORD | TOKEN_NUMBER)) return &job->in[i];
  }
  return NULL;
}

static bool is_initial(const Token *token)
{
  return (token->flags & TOKEN_CAPITAL) && !(token->flags & TOKEN_HAS_LOWER) &&
         (token->lower.len == 1 || (token->lower.len == 2 && (unsigned char)token->lower.ptr[0] >= 0xC2));
}

// "J. K. Rowling", "George W. Bush": a name goes on behind the point.
static bool initial_goes_on(const Sentences *job, size_t i)
{
  if (i + 2 >= job->len) return false;
  const Token *next = &job->in[i + 2];
  return (next->flags & TOKEN_CAPITAL) && (is_initial(next) || !is_starter(job, next));
}

// The point at i + 1 belongs to the word at i; then *ends tells whether a sentence may end there all the
// same.
static bool point_joins(const Sentences *job, size_t i, bool *ends)
{
  const Token *word = &job->in[i], *point = &job->in[i + 1];
  if (!(word->flags & TOKEN_WORD) || (point->flags & TOKEN_SPACE_BEFORE) || mark_of(job->text, point) != '.')
    return false;
  *ends = false;
  if (is_initial(word) && initial_goes_on(job, i)) return true;
  static TokenTable by_lang = {.name = "abbreviations"};
  const Table *abbreviations = table_of(&by_lang, job->lang);
  size_t row = table_seek_hash(abbreviations, word->lower, word->hash);
  if (row == SIZE_MAX) return false;
  Str kind = table_cell(abbreviations, row, 1);
  *ends = str_is(kind, "end");
  bool last = i + 2 >= job->len; // "sa." is a word too: there the point is the sentence's
  if (str_is(kind, "number")) return !last && (job->in[i + 2].flags & TOKEN_NUMBER);
  return !last || *ends || memchr(word->lower.ptr, '.', word->lower.len);
}

// "3. bis 5. März", "17. mai", "2. Bundesliga"; a year is no ordinal.
static bool is_ordinal(const Sentences *job, size_t i)
{
  const Token *number = &job->in[i];
  if (!(number->flags & TOKEN_NUMBER) || number->end - number->start > 2 || i + 2 >= job->len) return false;
  const Token *next = &job->in[i + 2];
  return job->lang == LANG_DE && (next->flags & TOKEN_CAPITAL) && !is_starter(job, next); // nouns
}

// Whether the sentence ends behind the terminators and closers that begin at `i`; *next: the token behind
// them.
static bool ends_at(const Sentences *job, size_t i, size_t *next)
{
  bool point = mark_of(job->text, &job->in[i]) == '.';
  size_t at = i + 1;
  while (at < job->len && !(job->in[at].flags & TOKEN_SPACE_BEFORE) &&
         (is_terminator(job->text, &job->in[at]) || is_closer(job->text, &job->in[at])))
    at++;
  *next = at;
  if (at == job->len) return true;
  if (point && at == i + 1 && i > 0 && is_ordinal(job, i - 1)) return false;
  if (!(job->in[at].flags & TOKEN_SPACE_BEFORE)) { // "slut.Nästa": a space was forgotten
    bool after_word = i > 0 && (job->in[i - 1].flags & TOKEN_HAS_LOWER);
    return after_word && (job->in[at].flags & TOKEN_CAPITAL);
  }
  return can_begin(job, at);
}

static void sentence_close(const Sentences *job, TokenVec *tokens, size_t first, SentenceVec *sentences)
{
  if (tokens->len == first) return;
  for (size_t i = first; i < tokens->len; i++) {
    if (!(tokens->items[i].flags & (TOKEN_WORD | TOKEN_NUMBER))) continue;
    tokens->items[i].flags |= TOKEN_FIRST;
    break;
  }
  vec_push_in(job->arena, sentences, (Sentence){(uint32_t)first, (uint32_t)tokens->len});
}

static Token token_with_point(const Sentences *job, const Token *word)
{
  Token joined = *word;
  char *lower = arena_alloc(job->arena, word->lower.len + 1);
  memcpy(lower, word->lower.ptr, word->lower.len);
  lower[word->lower.len] = '.';
  joined.lower = (Str){lower, word->lower.len + 1};
  joined.whole_hash = str_hash(joined.lower);
  joined.hash = (uint32_t)joined.whole_hash;
  joined.flags |= TOKEN_ABBREV;
  joined.end++;
  return joined;
}

// Neither the token nor the next is a mark: no point to be joined, no end. Most are.
static bool is_inner(const Sentences *job, size_t i)
{
  uint32_t marks = job->in[i].flags & (TOKEN_PUNCT | TOKEN_ABBREV);
  return !marks && i + 1 < job->len && !(job->in[i + 1].flags & TOKEN_PUNCT);
}

void sentences_split(Str text, Lang lang, TokenVec *tokens, Arena *arena, SentenceVec *sentences)
{
  Sentences job = {.text = text, .lang = lang, .arena = arena, .in = tokens->items, .len = tokens->len};
  size_t first = 0, next = 0;
  tokens->len = 0; // written again from the front, never past what was read
  for (size_t i = 0; i < job.len; i = next) {
    if (blank_line_before(&job, &job.in[i])) {
      sentence_close(&job, tokens, first, sentences);
      first = tokens->len;
    }
    next = i + 1;
    if (is_inner(&job, i)) {
      if (tokens->len != i) tokens->items[tokens->len] = job.in[i];
      tokens->len++;
      continue;
    }
    Token token = job.in[i];
    bool may_end = (token.flags & TOKEN_ABBREV) != 0; // "U.S." by its shape
    bool joined = next < job.len && point_joins(&job, i, &may_end);
    if (joined) {
      token = token_with_point(&job, &token);
      next++;
    }
    bool ends = false;
    size_t behind = next;
    if (joined || (token.flags & TOKEN_ABBREV)) {
      const Token *word = next_word(&job, next);
      ends = next == job.len || (may_end && word && (word->flags & TOKEN_CAPITAL) && is_starter(&job, word));
    } else if (is_terminator(text, &token)) {
      ends = ends_at(&job, i, &behind);
    }
    tokens->items[tokens->len++] = token;
    for (; ends && next < behind; next++) tokens->items[tokens->len++] = job.in[next];
    if (ends) {
      sentence_close(&job, tokens, first, sentences);
      first = tokens->len;
    }
  }
  sentence_close(&job, tokens, first, sentences);
}
