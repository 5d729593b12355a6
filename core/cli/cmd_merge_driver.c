// merge-driver: for git: %O %A %B. Records are merged by id, the later holds; the result replaces %A. There
// is no conflict that it leaves.
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "config/paths.h"
#include "human/ledger.h"

#include <stdio.h>

enum { MOST_BYTES = 256 << 20 };

int cmd_merge_driver(int argc, char **argv)
{
  const Option table[] = {{0}};
  int status, first = options_read("merge-driver BASE OURS THEIRS", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (argc - first < 3) return options_refuse("merge-driver", "it wants three files: base, ours, theirs");
  StrBuf ours = {0}, theirs = {0}, merged = {0};
  Error err = {0};
  bool ok = file_read(argv[first + 1], MOST_BYTES, &ours, &err) &&
            file_read(argv[first + 2], MOST_BYTES, &theirs, &err);
  if (ok) {
    const Str texts[] = {strbuf_str(&ours), strbuf_str(&theirs)};
    ledger_merge(texts, 2, &merged);
    FILE *out = fopen(argv[first + 1], "wb");
    ok = out && fwrite(merged.ptr ? merged.ptr : "", 1, merged.len, out) == merged.len;
    if (out && fclose(out) != 0) ok = false;
    if (!ok) error_set(&err, ERR_IO, "%s cannot be written", argv[first + 1]);
  }
  if (!ok) say("%s", err.text);
  strbuf_release(&ours);
  strbuf_release(&theirs);
  strbuf_release(&merged);
  return ok ? EXIT_DONE : EXIT_PARTLY;
}
