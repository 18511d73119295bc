"""Waiting for what has to come true, with a deadline."""

import time


class NotInTime(Exception):
    pass


def until(what, condition, seconds=60, every=0.05):
    """What the condition returned when it was true; how long that took is `took`'s to say."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise NotInTime(f"not within {seconds:g} s: {what}")
        time.sleep(every)


def took(condition, seconds, every=0.05):
    """Seconds until the condition was true; None when it was not in time."""
    begin = time.monotonic()
    try:
        until("", condition, seconds, every)
    except NotInTime:
        return None
    return time.monotonic() - begin
