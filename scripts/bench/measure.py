"""Load, and the resources that a process uses meanwhile."""

import os
import re
import statistics
import subprocess
import sys
import time

from harness.machine import ROOT
from harness.process import cpu_seconds, memory

LOAD = ROOT / "scripts/bench/load"


class Load:
    """The results of wrk: requests per second, and the median and the 99th percentile in milliseconds."""

    def __init__(self, text):
        self.requests = int(re.search(r"(\d+) requests in", text).group(1))
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        self.middle, self.late = (milliseconds(re.search(rf"^ +{part}%\s+(\S+) *$", text, re.MULTILINE).group(1)) for part in (50, 99))


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def wrk(url, connections, seconds, script=None, headers={}, threads=1, arguments=()):
    """Loads the URL; every response must be a success."""
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    if script:
        command += ["-s", str(LOAD / script)]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command += [url, "--", *arguments] if arguments else [url]
    text = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"some answers of {url} were not good:\n{text}")
    return Load(text)


class Used:
    """CPU seconds of a process while the block runs."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        self.before = cpu_seconds(self.pid)
        return self

    def __exit__(self, *_):
        self.seconds = cpu_seconds(self.pid) - self.before


def resident(pid):
    """MB in memory; Linux only."""
    return memory(pid) / 1e6 if sys.platform == "linux" else 0.0


def interleaved(rounds, sides):
    """Runs each side once per round, in turn; returns {side: [result]}."""
    results = {name: [] for name in sides}
    for _ in range(rounds):
        for name, measure in sides.items():
            results[name].append(measure())
    return results


def median(results, value=lambda result: result):
    return statistics.median(value(result) for result in results)


def ratio(results, others, value=lambda result: result):
    """The median of the rounds' ratios."""
    return statistics.median(value(mine) / value(other) for mine, other in zip(results, others))


def timed(action, count):
    """Runs the action `count` times; returns the milliseconds of each run."""
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        action()
        times.append((time.perf_counter() - begin) * 1000)
    return times
