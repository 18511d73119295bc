"""What is told."""

import sys


def fail(problems):
    for problem in problems:
        print(f"check-compose: {problem}", file=sys.stderr)
    sys.exit(1)


def ok(text):
    print(f"ok: {text}", flush=True)


def skipped(text):
    print(f"not checked: {text}", flush=True)
