"""Output of the checks, and expectations."""

import sys


class Failure(Exception):
    """A failed expectation, after which further checks make no sense."""


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
