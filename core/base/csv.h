// csv: cells of comma-separated values (RFC 4180), safe to open in a spreadsheet. Pure; any thread.
#pragma once

#include "base/str.h"

// Append one cell, quoted where it has to be. A cell that begins with =, +, -, @ or a tab, which a
// spreadsheet would run as a formula (a sign alone is none), gets an apostrophe in front of it (OWASP, "CSV
// Injection"): an article is text that somebody else chose. Who wants the bytes as they are takes JSON.
void csv_add_cell(StrBuf *out, Str cell);
