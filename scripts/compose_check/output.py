"""What is told, and what is expected."""

import sys


class Failure(Exception):
    """Something that is not as it has to be; nothing that follows would tell more."""


def expect(condition, problem):
    if not condition:
        raise Failure(problem)


def fail(problems):
    for problem in problems:
        print(f"check-compose: {problem}", file=sys.stderr)
    sys.exit(1)


def ok(text):
    print(f"ok: {text}", flush=True)


def skipped(text):
    print(f"not checked: {text}", flush=True)
