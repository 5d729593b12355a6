// uri: file URIs to paths and back. Any thread.
#pragma once

#include "base/str.h"

// Heap, the caller frees it; empty where `uri` is not of the form file:///… or file://localhost/….
char *uri_to_path(Str uri);
void uri_write(StrBuf *out, Str path); // file://…, escaped as RFC 3986 wants
