#!/usr/bin/env python3
"""tests/index/run.py BUILD [NAME...]: the real program on real folders: what is indexed, kept up, survived and answered.

Every test has a folder and a cache of its own. NEWSMARK_LONG=1 makes the crash test hundreds of kills. Closing line:
`N passed, N failed`."""
import sys
import time

from place import TESTS, Place, Skip
import test_files  # noqa: F401
import test_survival  # noqa: F401
import test_watching  # noqa: F401
import test_questions  # noqa: F401
import test_server  # noqa: F401


def main():
    wanted = sys.argv[2:]
    passed = failed = skipped = 0
    for one in TESTS:
        if wanted and one.__name__ not in wanted:
            continue
        place = Place()
        begun = time.monotonic()
        try:
            one(place)
            passed += 1
            if wanted:
                print("%s: ok, %.1f s" % (one.__name__, time.monotonic() - begun))
        except Skip as why:
            skipped += 1
            print("%s: skipped: %s" % (one.__name__, why))
        except Exception as why:  # one test's trouble is not the next one's
            failed += 1
            print("FAILED %s: %s: %s" % (one.__name__, type(why).__name__, why))
        finally:
            place.close()
    print("%d passed, %d failed" % (passed, failed) + (", %d skipped" % skipped if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
