// Teams go by their town or country: a score stands behind them ("Malmö–Timrå 3–1", "slog Randers 3-0",
// "Luton 2 Burnley 1"), or one in a sentence that tells of a game ("Europe take a 10-6 lead in the cup", of
// towns any that can be no other pair of numbers: "Leeds beat Preston 2-1 with a late goal"), their captain
// or goalkeeper ("Sveriges målvakt"), or before a town an article that towns do not have ("il Napoli").
#include "annotate/names/namebounds_p.h"

enum { SCORE_MOST = 3 };            // bytes of a number in it and a mark
enum { OF_MOST = 6, OF_WORDS = 2 }; // bytes of "of" and "the", and how many of them

static bool is_score_number(const Bounds *self, size_t at)
{
  return at < self->len && (self->tokens[at].flags & TOKEN_NUMBER) &&
         self->tokens[at].end - self->tokens[at].start < SCORE_MOST;
}

static const char DASHES[] = "-\0–\0—\0";

// The token behind a score ("3–1", "2:0"); `at` where there is none.
static size_t score_end(const Bounds *self, size_t at)
{
  if (is_score_number(self, at) && is_mark(self, at + 1, "-\0–\0:\0") && is_score_number(self, at + 2))
    return at + 3;
  if (at >= self->len || !(self->tokens[at].flags & TOKEN_NUMBER)) return at;
  Str number = self->tokens[at].lower;
  const char *colon = memchr(number.ptr, ':', number.len);
  size_t before = colon ? (size_t)(colon - number.ptr) : 0;
  return before && before < SCORE_MOST && number.len - before <= SCORE_MOST ? at + 1 : at;
}

// "Brann [4]-0".
static void drop_score(const Bounds *self, Name *name)
{
  size_t at = name->last - 1;
  if (at > name->first && score_end(self, at) > name->last - 1 && (self->tokens[at].flags & TOKEN_NUMBER))
    set_tokens(self, name, name->first, at);
}

// Whether what stands behind a score leaves it one: "Köln–Bonn 20–30 Minuten" has none.
static bool ends_result(const Bounds *self, size_t at)
{
  return at >= self->len || (self->tokens[at].flags & (TOKEN_PUNCT | TOKEN_LINE_START));
}

// The id of the place that goes by exactly the name; 0: none.
static uint32_t place_of(const Bounds *self, const Name *name)
{
  GazetteerEntity place;
  size_t end = namefacts_match(self->known->gazetteer, self->notes, self->facts, name->first, name->last,
                               GAZETTEER_LOC, &place);
  return end == name->last ? place.id : 0;
}

static Str word_before(const Bounds *self, const Name *name)
{
  if (!name->first) return (Str){0};
  const Token *word = &self->tokens[name->first - 1];
  return namelists_before_town(&self->known->lists, self->notes->lang, word);
}

static void make_team(Name *name)
{
  if (name->type != ENTITY_PER) set_type(name, ENTITY_ORG);
}

// "Luton 2 Burnley 1".
static bool is_english_result(const Bounds *self, const Name *home, const Name *away)
{
  size_t ours = home->last, theirs = away->last;
  return away->first == ours + 1 && is_score_number(self, ours) && is_score_number(self, theirs) &&
         self->tokens[ours].lower.len == 1 && self->tokens[theirs].lower.len == 1 &&
         ends_result(self, theirs + 1);
}

// "Malmö–Linköping 3–1"; on a line of its own something may follow.
static bool is_result(const Bounds *self, const Name *home, const Name *away)
{
  if (home->last + 1 != away->first || !is_mark(self, home->last, DASHES)) return false;
  size_t end = score_end(self, away->last);
  bool line = self->tokens[home->first].flags & TOKEN_LINE_START;
  return end > away->last && (line || ends_result(self, end));
}

static bool has_given(const Bounds *self, const Name *name)
{
  return name->last > name->first + 1 && is_given(self, name->first, KNOWN);
}

// Two persons play each other, and two teams do: beside a team, no "Sirius" is a person.
static void read_result(const Bounds *self, Name *home, Name *away)
{
  if (home->type == ENTITY_PER && (away->type == ENTITY_PER || has_given(self, home))) return;
  if (away->type == ENTITY_PER && has_given(self, away)) return;
  if (!is_result(self, home, away) && !is_english_result(self, home, away)) return;
  set_type(home, ENTITY_ORG);
  set_type(away, ENTITY_ORG);
}

// "slog Randers 3-0".
static void read_score(const Bounds *self, Name *name)
{
  size_t end = score_end(self, name->last);
  if (end == name->last || !ends_result(self, end) || name->type != ENTITY_LOC) return;
  if (gazetteer_is_town(place_of(self, name)) && !word_before(self, name).len) make_team(name);
}

// "il Napoli": the towns have no article, but for those whose name begins with one ("del Cairo").
static void read_article(const Bounds *self, Name *name)
{
  const Table *before = self->known->lists.before_town[self->notes->lang];
  if (name->type == ENTITY_PER || !str_is(word_before(self, name), "team")) return;
  uint32_t town = place_of(self, name);
  GazetteerEntity with;
  if (!gazetteer_is_town(town)) return;
  for (size_t row = 0; row < before->rows; row++) {
    uint64_t key = gazetteer_key_add(0, gazetteer_word_hash(table_cell(before, row, 0)));
    for (size_t at = name->first; at < name->last; at++) key = gazetteer_key_add(key, self->facts[at].hash);
    if (gazetteer_entity(self->known->gazetteer, key, &with) && with.id == town) return;
  }
  set_type(name, ENTITY_ORG);
}

// "[1.] FC Köln".
static void add_number(const Bounds *self, Name *name)
{
  size_t at = name->first;
  if (name->type != ENTITY_ORG || self->notes->lang != LANG_DE || at < self->floor + 2) return;
  if (!(self->tokens[at].flags & TOKEN_ALL_CAPS) || !is_mark(self, at - 1, ".\0") || !touches(self, at - 1))
    return;
  if (str_is(self->tokens[at - 2].lower, "1")) set_tokens(self, name, at - 2, name->last);
}

// --- games

// Whether the table of games says `what` of a word, or of its end: "-final" of "bronsfinal".
static bool is_game_word(const Table *games, Str lower, const char *what)
{
  size_t known = table_seek(games, lower);
  if (known != SIZE_MAX && strstr(table_cell(games, known, 1).ptr, what)) return true;
  for (size_t row = 0; games && row < games->rows; row++) { // ends of words stand first
    Str word = table_cell(games, row, 0);
    if (word.ptr[0] != '-') return false;
    if (str_ends(lower, str_slice(word, 1, word.len)) && strstr(table_cell(games, row, 1).ptr, what))
      return true;
  }
  return false;
}

// The token behind the name and its "'s".
static size_t behind(const Bounds *self, const Name *name)
{
  size_t at = name->last;
  return at < self->len && token_is_possessive(&self->tokens[at]) ? at + 1 : at;
}

// "Sveriges målvakt", "England's captain".
static bool has_role(const Bounds *self, const Table *games, const Name *name)
{
  size_t at = behind(self, name);
  return at < self->len && is_game_word(games, self->tokens[at].lower, "role");
}

// "il capitano dell'Italia", "das Team der USA", "förbundskapten för Sverige".
static bool is_headed(const Bounds *self, const Table *games, const Name *name)
{
  size_t at = name->first;
  for (size_t between = 0; between <= OF_WORDS; between++) {
    if (at-- <= self->floor) return false;
    if (between && is_game_word(games, self->tokens[at].lower, "head")) return true;
    if (is_capital(self, at) || self->tokens[at].lower.len > OF_MOST) return false;
  }
  return false;
}

// The first score from token `at` on, whatever else its numbers may be; `last` where there is none.
static size_t next_score(const Bounds *self, size_t at, size_t last)
{
  while (at < last && score_end(self, at) == at) at++;
  return at;
}

// "20:45".
static bool is_clock(const Token *token)
{
  Str text = token->lower;
  return text.len == 5 && text.ptr[2] == ':' && text.ptr[0] <= '2' && text.ptr[3] <= '5';
}

// Whether the score at `at` can be nothing else, by what stands around it: a name in front, nothing behind,
// or where it was ("3-2 at Brentford"); not "2-3 hours".
static bool is_certain(const Bounds *self, size_t at)
{
  size_t end = score_end(self, at);
  if (is_clock(&self->tokens[at]) || (at && (self->tokens[at - 1].flags & TOKEN_NUMBER))) return false;
  if (ends_result(self, end)) return true;
  bool small = !is_capital(self, end) && self->tokens[end].lower.len < OF_MOST;
  return small && (is_capital(self, end + 1) || (at && is_capital(self, at - 1)));
}

enum { AROUND = 50 }; // tokens to each side that are looked at: lists of places may be one long sentence
enum { TELLS_SCORE = 1, TELLS_GAME = 2 }; // SCORE: one that is certain; GAME: a score, and a word of games

// What the sentence around the token tells of.
static unsigned telling_of(const Bounds *self, const Table *games, size_t at)
{
  size_t first = at, last = at + 1;
  while (first > 0 && at - first < AROUND && !(self->tokens[first].flags & TOKEN_FIRST)) first--;
  while (last < self->len && last - at < AROUND && !(self->tokens[last].flags & TOKEN_FIRST)) last++;
  size_t score = next_score(self, first, last);
  if (score == last) return 0;
  unsigned telling = 0;
  for (size_t i = first; i < last && !telling; i++)
    if ((self->tokens[i].flags & TOKEN_WORD) && is_game_word(games, self->tokens[i].lower, "play"))
      telling = TELLS_GAME;
  while (score < last && !is_certain(self, score)) score = next_score(self, score_end(self, score), last);
  return score < last ? telling | TELLS_SCORE : telling;
}

// "Bremens Stürmer".
static bool is_genitive(const Bounds *self, size_t at)
{
  const NameFact *fact = &self->facts[at];
  return self->notes->lang == LANG_DE && fact->stem &&
         !(gazetteer_word(self->known->gazetteer, fact->hash) & WORD_PLACE);
}

// "Europe take a 10-6 lead in the cup": where a game is told of, a place plays that nobody is in.
static bool plays(const Bounds *self, const Name *name, bool town)
{
  const Table *games = self->known->lists.games[self->notes->lang];
  if (is_headed(self, games, name)) return true;
  if (word_before(self, name).len || is_mark(self, name->last, "(\0")) return false;
  bool listed = is_mark(self, name->last, ",\0") || (name->first && is_mark(self, name->first - 1, ",\0"));
  if (!listed && has_role(self, games, name)) return true;
  if (is_capital(self, behind(self, name)) || is_genitive(self, name->last - 1))
    return false; // "Italy's Ada Rossi"
  unsigned telling = telling_of(self, games, name->first);
  return (telling & TELLS_GAME && !listed) || (telling & TELLS_SCORE && town);
}

// "Europe take a 10-6 lead in the cup": where a game is told of, a place plays that nobody is in.
static void read_game(const Bounds *self, Name *name)
{
  if (name->type != ENTITY_LOC) return;
  uint32_t place = place_of(self, name);
  bool town = gazetteer_is_town(place);
  if ((town || gazetteer_is_land(place)) && plays(self, name, town)) make_team(name);
}

void nameteams_read(const Bounds *self, Name *name, Name *next)
{
  drop_score(self, name);
  add_number(self, name);
  read_article(self, name);
  read_score(self, name);
  read_game(self, name);
  if (next) read_result(self, name, next);
}
