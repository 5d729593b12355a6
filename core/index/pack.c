#include "index/pack.h"

void pack_number(StrBuf *out, uint64_t n)
{
  for (; n >= 0x80; n >>= 7) strbuf_byte(out, (char)(n | 0x80));
  strbuf_byte(out, (char)n);
}

bool unpack_long(Str *from, uint64_t *n)
{
  uint64_t value = 0;
  const char *at = from->ptr, *end = from->ptr + from->len;
  for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
    unsigned char byte = (unsigned char)*at++;
    value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte >= 0x80) continue;
    *n = value;
    *from = (Str){at, (size_t)(end - at)};
    return true;
  }
  *n = 0;
  *from = (Str){end, 0};
  return false;
}

// Small to either side of nought: 0, -1, 1, -2 are 0, 1, 2, 3.
void pack_signed(StrBuf *out, int64_t n)
{
  pack_number(out, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

bool unpack_signed(Str *from, int64_t *n)
{
  uint64_t folded;
  if (!unpack_number(from, &folded)) return false;
  *n = (int64_t)(folded >> 1 ^ (0 - (folded & 1)));
  return true;
}

// --- days

static int digits(Str s, size_t at, size_t count)
{
  int n = 0;
  for (size_t i = at; i < at + count; i++) {
    if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') return -1;
    n = n * 10 + (s.ptr[i] - '0');
  }
  return n;
}

static int day_number(Str iso, int otherwise)
{
  int year = digits(iso, 0, 4), month = digits(iso, 5, 2), day = digits(iso, 8, 2);
  if (year < 0) return 0;
  if (month < 1 || month > 12) return year * 10000 + otherwise * 101;
  return year * 10000 + month * 100 + (day < 1 || day > 31 ? otherwise : day);
}

int day_of(Str iso)
{
  return day_number(iso, 0);
}
int day_until(Str iso)
{
  return day_number(iso, 99);
}

enum { DAYS_OF_MONTH = 32, DAYS_OF_YEAR = 13 * DAYS_OF_MONTH };

int day_index(int day)
{
  int year = day / 10000, month = day / 100 % 100, number = day % 100;
  if (month > 12) month = 12;
  if (number > 31) number = 31;
  return year * DAYS_OF_YEAR + month * DAYS_OF_MONTH + number;
}

int day_of_index(int index)
{
  int rest = index % DAYS_OF_YEAR;
  return index / DAYS_OF_YEAR * 10000 + rest / DAYS_OF_MONTH * 100 + rest % DAYS_OF_MONTH;
}

// --- places

void pack_spot(StrBuf *out, Spot *last, Spot spot)
{
  pack_number(out, spot.start - last->start);
  pack_number(out, spot.end - spot.start);
  *last = spot;
}

bool unpack_spot(Spots *spots, Spot *spot)
{
  uint64_t start, len;
  if (!unpack_number(&spots->left, &start) || !unpack_number(&spots->left, &len)) return false;
  spots->last.start += start;
  spots->last.end = spots->last.start + len;
  *spot = spots->last;
  return true;
}

// --- entities

void pack_entity(StrBuf *out, const PackedEntity *entity)
{
  pack_number(out, (uint64_t)entity->id);
  pack_number(out, entity->mentions * ENTITY_TYPES + entity->type);
  pack_number(out, entity->quotes);
}

bool unpack_entity(Str *from, PackedEntity *entity)
{
  uint64_t id, mentions, quotes;
  if (!unpack_number(from, &id) || !unpack_number(from, &mentions) || !unpack_number(from, &quotes))
    return false;
  *entity = (PackedEntity){.id = (int64_t)id,
                           .type = (EntityType)(mentions % ENTITY_TYPES),
                           .mentions = (size_t)(mentions / ENTITY_TYPES),
                           .quotes = (size_t)quotes};
  return true;
}

// --- mentions

static void pack_bytes(StrBuf *out, Str bytes)
{
  pack_number(out, bytes.len);
  strbuf_add(out, bytes);
}

static bool unpack_bytes(Str *from, Str *bytes)
{
  uint64_t len;
  if (!unpack_number(from, &len) || len > from->len) return false;
  *bytes = str_slice(*from, 0, (size_t)len);
  *from = str_slice(*from, (size_t)len, from->len);
  return true;
}

// Beside the type: whether something is said.
void pack_mentions(StrBuf *out, const Mentions *mentions)
{
  pack_number(out, mentions->count << 4 | (mentions->reported ? 8u : 0) | (mentions->said ? 4u : 0) |
                       mentions->type);
  if (mentions->said) pack_number(out, mentions->said);
  pack_bytes(out, mentions->spots);
  strbuf_add(out, mentions->near);
}

bool unpack_mentions(Str from, Mentions *mentions)
{
  uint64_t head, said = 0;
  Str spots;
  if (!unpack_number(&from, &head) || (head & 3) >= ENTITY_TYPES) return false;
  if ((head & 4) && !unpack_number(&from, &said)) return false;
  if (!unpack_bytes(&from, &spots)) return false;
  *mentions = (Mentions){(EntityType)(head & 3), (size_t)(head >> 4), (size_t)said, head & 8, spots, from};
  return true;
}

// --- days beside an entity

void pack_near(StrBuf *out, int *last, const Near *near)
{
  pack_signed(out, near->begin - *last);
  pack_number(out, (uint64_t)(near->until - near->begin));
  pack_number(out, near->nth * DATE_TYPES + near->type);
  *last = near->begin;
}

bool unpack_near(Nears *nears, Near *near)
{
  int64_t begin;
  uint64_t length, nth;
  if (!unpack_signed(&nears->left, &begin) || !unpack_number(&nears->left, &length) ||
      !unpack_number(&nears->left, &nth))
    return false;
  nears->last = (int)((unsigned)nears->last + (unsigned)begin);
  *near = (Near){.begin = nears->last,
                 .until = (int)((unsigned)nears->last + (unsigned)length),
                 .type = (DateType)(nth % DATE_TYPES),
                 .nth = (size_t)(nth / DATE_TYPES)};
  return true;
}

// --- dates

// Beside the type: until is begin; the value says no more than begin; from OPEN on: DateOpen.
enum { ONE_DAY = 1 << 2, PLAIN = 1 << 3, OPEN = 1 << 4 };

void pack_date(StrBuf *out, size_t *last, const PackedDate *date)
{
  bool one_day = date->until == date->begin, plain = !date->value.len;
  pack_number(out, date->start - *last);
  pack_number(out, date->end - date->start);
  strbuf_byte(
      out, (char)((int)date->type | (one_day ? ONE_DAY : 0) | (plain ? PLAIN : 0) | (int)date->open * OPEN));
  pack_number(out, (uint64_t)date->begin);
  if (!one_day) pack_number(out, (uint64_t)date->until);
  if (!plain) pack_number(out, date->value.len);
  strbuf_add(out, date->value);
  *last = date->start;
}

bool unpack_date(PackedDates *dates, PackedDate *date)
{
  uint64_t start, len, flags, begin, until, value_len = 0;
  Str *left = &dates->left;
  if (!unpack_number(left, &start) || !unpack_number(left, &len) || !unpack_number(left, &flags) ||
      !unpack_number(left, &begin))
    return false;
  until = begin;
  if (!(flags & ONE_DAY) && !unpack_number(left, &until)) return false;
  if (!(flags & PLAIN) && !unpack_number(left, &value_len)) return false;
  if (value_len > left->len || flags / OPEN > OPEN_UNTIL) return false;
  dates->last += start;
  *date = (PackedDate){.start = dates->last,
                       .end = dates->last + len,
                       .type = (DateType)(flags % DATE_TYPES),
                       .value = str_slice(*left, 0, value_len),
                       .begin = (int)begin,
                       .until = (int)until,
                       .open = (DateOpen)(flags / OPEN)};
  *left = str_slice(*left, value_len, left->len);
  return true;
}

void pack_told(StrBuf *out, int span, const Told *told)
{
  pack_number(out, told->nth * DATE_TYPES + told->type);
  if (span) pack_number(out, (uint64_t)told->length);
}

bool unpack_told(Str *from, int span, Told *told)
{
  uint64_t nth, length = 0;
  if (!unpack_number(from, &nth) || (span && !unpack_number(from, &length))) return false;
  *told =
      (Told){.type = (DateType)(nth % DATE_TYPES), .nth = (size_t)(nth / DATE_TYPES), .length = (int)length};
  return true;
}

// --- quotations

// A name is told once, then by its number: 0 is none, 1 a new one, 2 the first of those told.
enum { NAME_NONE, NAME_NEW, NAME_FIRST, NAMES_LOOKED_AT = 64 };

static void pack_name(StrBuf *out, Quotes *quotes, Str name)
{
  size_t len = quotes->names.len;
  for (size_t i = len; name.len && i-- > 0 && len - i <= NAMES_LOOKED_AT;) {
    if (!str_eq(quotes->names.items[i], name)) continue;
    pack_number(out, NAME_FIRST + i);
    return;
  }
  pack_number(out, name.len ? NAME_NEW : NAME_NONE);
  if (!name.len) return;
  pack_bytes(out, name);
  vec_push_in(quotes->arena, &quotes->names, name);
}

static bool unpack_name(Quotes *quotes, Str *name)
{
  uint64_t which;
  *name = (Str){0};
  if (!unpack_number(&quotes->left, &which)) return false;
  if (which == NAME_NEW) {
    if (!unpack_bytes(&quotes->left, name)) return false;
    vec_push_in(quotes->arena, &quotes->names, *name);
  } else if (which >= NAME_FIRST) {
    if (which - NAME_FIRST >= quotes->names.len) return false;
    *name = quotes->names.items[which - NAME_FIRST];
  }
  return true;
}

void pack_quote(StrBuf *out, Quotes *quotes, const PackedQuote *quote)
{
  pack_number(out, quote->start - quotes->last);
  pack_number(out, quote->end - quote->start);
  pack_number(out, (uint64_t)quote->group * QUOTE_TYPES + quote->type);
  pack_number(out, quote->speaker + 1); // none is 0
  pack_name(out, quotes, quote->speaker_name);
  pack_name(out, quotes, quote->source);
  if (quote->type != QUOTE_INDIRECT) strbuf_add(out, quote->text);
  quotes->last = quote->start;
}

bool unpack_quote(Quotes *quotes, PackedQuote *quote)
{
  uint64_t start, len, group, speaker;
  Str *left = &quotes->left;
  if (!unpack_number(left, &start) || !unpack_number(left, &len) || !unpack_number(left, &group) ||
      !unpack_number(left, &speaker) || !unpack_name(quotes, &quote->speaker_name) ||
      !unpack_name(quotes, &quote->source))
    return false;
  quote->type = (QuoteType)(group % QUOTE_TYPES);
  size_t text_len = quote->type == QUOTE_INDIRECT ? 0 : (size_t)len;
  if (text_len > left->len) return false;
  quotes->last += (size_t)start;
  quote->start = quotes->last;
  quote->end = quotes->last + (size_t)len;
  quote->group = (uint32_t)(group / QUOTE_TYPES);
  quote->speaker = (size_t)speaker - 1;
  quote->text = str_slice(*left, 0, text_len);
  *left = str_slice(*left, text_len, left->len);
  return true;
}
