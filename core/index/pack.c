#include "index/pack.h"

void pack_number(StrBuf *out, uint64_t n)
{
  for (; n >= 0x80; n >>= 7) strbuf_byte(out, (char)(n | 0x80));
  strbuf_byte(out, (char)n);
}

bool unpack_number(Str *from, uint64_t *n)
{
  *n = 0;
  for (unsigned shift = 0; from->len && shift < 64; shift += 7) {
    unsigned char byte = (unsigned char)*from->ptr++;
    from->len--;
    *n |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
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
}

bool unpack_entity(Str *from, PackedEntity *entity)
{
  uint64_t id, mentions;
  if (!unpack_number(from, &id) || !unpack_number(from, &mentions)) return false;
  *entity = (PackedEntity){.id = (int64_t)id,
                           .type = (EntityType)(mentions % ENTITY_TYPES),
                           .mentions = (size_t)(mentions / ENTITY_TYPES)};
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
