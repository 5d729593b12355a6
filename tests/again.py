"""again: time in the tests of all suites. The machine may be busy, slow, or stand still for seconds, one process of it or all:
so every wait is for a condition, with far more PATIENCE than it takes, and what takes longer than it may is measured again, later
each time, and fails only if it is never in time."""
import os
import time

PATIENCE = float(os.environ.get("NEWSMARK_TEST_PATIENCE", "120"))  # seconds
TRIES = 10


def pauses(tries=TRIES):
    """Before each try but the first, longer each time: five seconds in all."""
    yield
    for turn in range(1, tries):
        time.sleep(0.005 * 2 ** turn)
        yield


def least(measure, limit, tries=TRIES):
    """The least of what measure() gives, which is asked for again until it is below `limit`."""
    least_so_far = None
    for _ in pauses(tries):
        value = measure()
        least_so_far = value if least_so_far is None else min(value, least_so_far)
        if least_so_far < limit:
            break
    return least_so_far


def again(attempt, tries=TRIES):
    """What attempt() gives, once it raises nothing; the last one's trouble is raised."""
    trouble = None
    for _ in pauses(tries):
        try:
            return attempt()
        except Exception as why:  # whatever it was
            trouble = why
    raise trouble


def until(done, what, patience=PATIENCE):
    """Wait until done() holds; its value."""
    end = time.monotonic() + patience
    while True:
        late = time.monotonic() > end  # it is looked at once more after a standstill
        value = done()
        if value:
            return value
        if late:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.01)
