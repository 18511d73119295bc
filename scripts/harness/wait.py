"""Waits for conditions, with a deadline."""

import time


class NotInTime(Exception):
    pass


def until(what, condition, seconds=60, every=0.05):
    """Returns the condition's value as soon as it is true; see `took` for how long that takes."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise NotInTime(f"not within {seconds:g} s: {what}")
        time.sleep(every)


def took(condition, seconds, every=0.05):
    """Seconds until the condition is true; None if time is up."""
    begin = time.monotonic()
    try:
        until("", condition, seconds, every)
    except NotInTime:
        return None
    return time.monotonic() - begin
