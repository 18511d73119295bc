"""What has to be so, or to become so."""

import http.client
import time

# A rank list of 34 pages, from a sandbox on two busy cores; and at worst only the next minute's.
PATIENCE = 180


class Failure(Exception):
    pass


def expect(condition, problem):
    if not condition:
        raise Failure(problem)


def eventually(place, what, function, patience=PATIENCE):
    """The first answer that is not false; what it answers or throws last is told, and who has ended meanwhile."""
    end, last = time.monotonic() + patience, None
    while time.monotonic() < end:
        for container in place.containers:
            code = container.process.poll()
            expect(code is None, f"{container.name} ended with {code} before {what}")
        try:
            last = function()
            if last:
                return last
        except (OSError, http.client.HTTPException) as error:
            last = error
        time.sleep(0.25)
    raise Failure(f"{what} did not happen within {patience} seconds; last: {last}")
