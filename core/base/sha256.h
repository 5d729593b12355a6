// sha256: the hash of FIPS 180-4, for content that somebody else may have chosen. Pure; any thread.
#pragma once

#include "base/str.h"

#define SHA256_HEX 65 // 64 digits and the end

void sha256_hex(Str data, char out[SHA256_HEX]);
