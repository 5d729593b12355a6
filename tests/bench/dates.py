#!/usr/bin/env python3
"""dates.py [--misses] NEWSMARK FOLDER...: how many dates of test suites newsmark finds with the value they want.

Each folder holds the suites of one language as JSON Lines (duckling.jsonl, recognizers.jsonl, chrono.jsonl), a case a
line: {"id", "lang", "dct", "text", "timexes": [{"start", "end", "value" or "values", or "begin" and "until" or "intervals",
"duration", "tag"}]}. Extents differ between suites, so any overlap will do; holidays are left out, as each suite has those of other
countries. An interval is right where one end or its length is. With --misses, every case that is not right is printed.
"""
import json
import os
import re
import subprocess
import sys

SUITES = ("duckling", "recognizers", "chrono")
LENGTH = re.compile(r"P(?:([\d.]+)Y)?(?:([\d.]+)Q)?(?:([\d.]+)M)?(?:([\d.]+)W)?(?:([\d.]+)D)?"
                    r"(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?")


def length(value):
    """A duration as months and seconds: P1W is P7D, PT1.5H is PT90M."""
    match = LENGTH.fullmatch(value)
    if not match or not any(match.groups()):
        return None
    years, quarters, months, weeks, days, hours, minutes, seconds = (float(n or 0) for n in match.groups())
    return years * 12 + quarters * 3 + months, (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds


def plain(value):
    """The value without what a suite may leave out: seconds, and what is unknown at its end."""
    value = re.sub(r"(T\d\d:\d\d):\d\d", r"\1", value.upper())
    return value if value.startswith("P") else re.sub(r"(-XX)+$", "", value)


def wanted(timex):
    values = list(timex.get("values") or []) + (timex.get("value") or "").split("|")
    return {plain(value) for value in values if value}


def is_right(timex, found):
    values = wanted(timex)
    if values:
        mine = plain(found["value"])
        return mine in values or (length(mine) is not None and length(mine) in {length(value) for value in values})
    if timex.get("duration") and plain(timex["duration"]) == plain(found["value"]):
        return True
    ends = timex.get("intervals") or [[timex.get("begin"), timex.get("until")]]
    mine = found["begin"] or found["value"], found["until"]
    return any(a and b and min(len(a), len(b)) >= 4 and a[:len(b)] == b[:len(a)]
               for pair in ends for a, b in [(pair[0], mine[0]) if pair[0] else (pair[1], mine[1])])


def overlap(timex, found):
    return min(timex["end"], found["end"]) - max(timex["start"], found["start"])


def answers(newsmark, cases):
    lines = "\n".join(json.dumps({key: case[key] for key in ("id", "lang", "dct", "text") if case.get(key)})
                      for case in cases)
    out = subprocess.run([newsmark, "annotate", "--stream"], input=lines + "\n", stdout=subprocess.PIPE, text=True,
                         encoding="utf-8", check=True).stdout
    return [[a for a in json.loads(line)["annotations"] if a["kind"] == "date"] for line in out.splitlines()]


def count(newsmark, path, misses):
    with open(path, encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    right = total = 0
    for case, dates in zip(cases, answers(newsmark, cases)):
        left = list(dates)
        for timex in case["timexes"]:
            if timex.get("tag") == "holiday":
                continue
            if not (wanted(timex) or timex.get("begin") or timex.get("until") or timex.get("intervals")):
                continue
            total += 1
            best = max(left, key=lambda found: overlap(timex, found), default=None)
            if best and overlap(timex, best) > 0:
                left.remove(best)
                if is_right(timex, best):
                    right += 1
                    continue
            if misses:
                print(case["id"], case.get("dct"), case["text"], timex, dates, sep="\n    ")
    return right, total


def main():
    words = [word for word in sys.argv[1:] if word != "--misses"]
    if len(words) < 2:
        sys.exit(__doc__)
    for folder in words[1:]:
        row, all_right, all_total = [], 0, 0
        for suite in SUITES:
            path = os.path.join(folder, suite + ".jsonl")
            if os.path.exists(path):
                right, total = count(words[0], path, "--misses" in sys.argv)
                row.append(f"{suite} {right}/{total}")
                all_right, all_total = all_right + right, all_total + total
        if all_total:
            print(f"{os.path.basename(folder.rstrip('/'))}  {100 * all_right / all_total:.1f} %  {', '.join(row)}")


if __name__ == "__main__":
    main()
