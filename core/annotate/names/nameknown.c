// One word in fifty is looked up: those whose facts say that they begin some name of the tables. Of a name
// that more tables than one have, the nearest decides: that of the language, that it shares, that of all.
#include "annotate/names/nameknown.h"

#include "annotate/names/namebounds_p.h"
#include "annotate/names/nominative.h"
#include "base/utf8.h"

enum { TOKENS_MOST = 5, NAME_BYTES = 64, SHORT = 3 }; // SHORT: bytes of what may be initials

typedef struct Spelling { // of one name, both ways
  Str exact, lower;       // lower: empty where letters in small ones are none ("Eni" in Swedish)
} Spelling;

static OrgKnown seek(const NameLists *lists, Lang lang, Spelling name, bool head)
{
  uint32_t exact = (uint32_t)str_hash(name.exact), lower = (uint32_t)str_hash(name.lower);
  if (!namelists_may_be_org(lists, exact) && !namelists_may_be_org(lists, lower)) return ORG_UNKNOWN;
  for (size_t i = 0; i < NAME_ORGS; i++) {
    const Table *table = lists->orgs_of[lang][i];
    bool own = i + 1 < NAME_ORGS;
    size_t row = table_seek_hash(table, own ? name.exact : name.lower, own ? exact : lower);
    if (row == SIZE_MAX) continue;
    Str when = table_cell(table, row, 1);
    return !when.len || (!head && str_is(when, "inside")) ? ORG_SURE : ORG_DOUBT;
  }
  return ORG_UNKNOWN;
}

static Str cut(Str text, size_t bytes)
{
  return str_slice(text, 0, text.len < bytes ? 0 : text.len - bytes);
}

// "Politiken ska": at a sentence's head a word that is mostly written small.
static bool is_common(const Token *token, const NameFact *fact)
{
  return (token->flags & TOKEN_FIRST) && fact->casing >= CASING_EVEN && !(token->flags & TOKEN_HAS_HYPHEN);
}

// "Ylelle", "Helsingin Sanomissa": what is known is the nominative.
static OrgKnown seek_declined(const NameLists *lists, Lang lang, Spelling name, bool head)
{
  const Table *endings = lists->endings_of[lang];
  OrgKnown known = ORG_UNKNOWN;
  for (size_t row = 0; row < endings->rows && !known; row++) {
    char exact[NOMINATIVE_BYTES], lower[NOMINATIVE_BYTES];
    Spelling base = {{exact, nominative_of(endings, row, name.exact, exact)},
                     {lower, nominative_of(endings, row, name.lower, lower)}};
    if (base.exact.len) known = seek(lists, lang, base, head);
  }
  return known;
}

// "Peabs", "GP:s": what is known is the owner.
static OrgKnown seek_owner(const NameLists *lists, Lang lang, Spelling name, bool head)
{
  if (lists->endings_of[lang]) return seek_declined(lists, lang, name, head);
  if (!namefacts_genitive(lang) || !str_ends(name.exact, STR("s"))) return ORG_UNKNOWN;
  size_t ending = str_ends(name.exact, STR(":s")) ? 2 : 1;
  return seek(lists, lang, (Spelling){cut(name.exact, ending), cut(name.lower, ending)}, head);
}

// Whether letters that may stand for a company are in capitals, where it is custom ("VW", not "Vw"; Italians
// write "Eni").
static bool is_spelt(Lang lang, const Token *token)
{
  bool custom = lang == LANG_EN || namefacts_genitive(lang);
  return !custom || token->lower.len > SHORT || (token->flags & TOKEN_ALL_CAPS);
}

typedef struct SpellingRoom {
  char exact[2 * NAME_BYTES], lower[NAME_BYTES]; // what shows nothing takes room as well
} SpellingRoom;

// `text` without what shows nothing, as "B&uuml;low" is filled up with; in `room` if it has such.
static Str visible(Str text, char *room)
{
  size_t len = 0;
  if (!str_has(text, '\xC2') && !str_has(text, '\xE2')) return text; // all of it begins with these
  for (size_t at = utf8_skip_soft(text, 0); at < text.len; at = utf8_skip_soft(text, at + 1))
    room[len++] = text.ptr[at];
  return len == text.len ? text : (Str){room, len};
}

// How the tokens [first, last) are written. false: too long for any name.
static bool spell(const Notes *notes, size_t first, size_t last, SpellingRoom *room, Spelling *out)
{
  char *lower = room->lower;
  const Token *tokens = notes->tokens.items;
  size_t len = 0;
  for (size_t i = first; i < last; i++) {
    Str word = tokens[i].lower;
    bool space = i > first && (tokens[i].flags & TOKEN_SPACE_BEFORE);
    if (len + space + word.len > NAME_BYTES) return false;
    if (space) lower[len++] = ' ';
    memcpy(lower + len, word.ptr, word.len);
    len += word.len;
  }
  if (last == first + 1 && !is_spelt(notes->lang, &tokens[first])) len = 0;
  Str exact = str_slice(notes->text, tokens[first].start, tokens[last - 1].end);
  if (exact.len > 2 * NAME_BYTES) return false;
  *out = (Spelling){visible(exact, room->exact), {lower, len}};
  return true;
}

OrgKnown nameknown_find(const NameLists *lists, const Notes *notes, const NameFact *facts, size_t at,
                        size_t *end)
{
  if (!facts[at].begins_org) return ORG_UNKNOWN;
  const Token *tokens = notes->tokens.items;
  bool head = tokens[at].flags & TOKEN_FIRST;
  OrgKnown found = ORG_UNKNOWN;
  size_t most = facts[at].begins_org < TOKENS_MOST ? facts[at].begins_org : TOKENS_MOST;
  for (size_t last = at + 1; last <= notes->tokens.len && last <= at + most; last++) {
    SpellingRoom room;
    Spelling name;
    if (last > at + 1 && (tokens[last - 1].flags & TOKEN_FIRST)) break;
    if (!spell(notes, at, last, &room, &name)) break;
    OrgKnown whole = seek(lists, notes->lang, name, head);
    if (!whole) whole = seek_owner(lists, notes->lang, name, head);
    if (whole && last == at + 1 && is_common(&tokens[at], &facts[at])) whole = ORG_DOUBT;
    if (whole) found = whole, *end = last;
  }
  return found;
}

bool nameknown_is(const NameLists *lists, const Notes *notes, size_t first, size_t last)
{
  SpellingRoom room;
  Spelling name;
  return spell(notes, first, last, &room, &name) && seek(lists, notes->lang, name, false) == ORG_SURE;
}

bool nameknown_owns(const NameLists *lists, const Notes *notes, size_t first, size_t last)
{
  SpellingRoom room;
  Spelling name;
  return spell(notes, first, last, &room, &name) && seek_owner(lists, notes->lang, name, false) == ORG_SURE;
}

bool nameknown_spelt(const NameLists *lists, Lang lang, Str name)
{
  return seek(lists, lang, (Spelling){name, {0}}, false) == ORG_SURE;
}
