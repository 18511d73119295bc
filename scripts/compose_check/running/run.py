"""The story from its begin to its end, however that comes."""

import signal
import sys

from compose_check.output import fail
from compose_check.running.expectations import Failure
from compose_check.running.place import Place
from compose_check.running.story import story

LIMIT = 480  # The seconds that all of it takes at most.


def run(files, image, program, folder):
    def out_of_time(*_):
        raise Failure(f"it was not done after {LIMIT} seconds")

    signal.signal(signal.SIGALRM, out_of_time)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.alarm(LIMIT)
    place = Place(files, image, program, folder)
    try:
        story(place)
    except Failure as failure:
        place.show()
        fail([str(failure)])
    finally:
        place.clear()
