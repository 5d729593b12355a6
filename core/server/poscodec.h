// poscodec: positions and ranges of the protocol's JSON, read and written. One thread a walk.
#pragma once

#include "base/json.h"
#include "text/position.h"

// {"line":…,"character":…}. False where it is none; numbers out of bounds are brought to the nearest.
bool poscodec_position(const cJSON *json, Position *pos);
// {"start":…,"end":…} as bytes of `text`. False where it is none or ends before it starts.
bool poscodec_range(const cJSON *json, const Snapshot *text, Encoding enc, size_t *start, size_t *end);
void poscodec_write_range(StrBuf *out, PositionWalk *walk, size_t start, size_t end);
// The first of the client's general.positionEncodings that we know; UTF-16 where it names none.
Encoding poscodec_choose(const cJSON *capabilities);
const char *poscodec_name(Encoding enc); // "utf-16"
void poscodec_write_number(StrBuf *out, uint64_t number);
