// scripts_p: what is said about scripts, as JSON. Any thread.
#pragma once

#include "base/json.h"
#include "script/host.h"

// The parameters of publishDiagnostics for the script at `path`: all of `issues` that are its own.
void scripts_write_diagnostics(StrBuf *out, Str path, const ScriptIssueVec *issues);
void scripts_write_states(StrBuf *out, Host *host);  // the object of newsmark/scripts; NULL: without any
void scripts_write_log(StrBuf *out, uint64_t since); // the answer to newsmark/log
