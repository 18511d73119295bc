"""docs/reference/benchmarks.md: each benchmark writes its own part, between marks, and leaves the others unchanged."""

import os
import re
import subprocess
import sys
import time

END = "<!-- end -->"


def table(header, *lines):
    """A Markdown table in which numbers are right-aligned."""
    rows = [[str(cell) for cell in line] for line in [header, *lines]]
    marks = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [rows[0], marks, *rows[1:]])


def part(row, text):
    return "\n".join([
        mark(row.name), f"{time.strftime('%Y-%m-%d')}, {machine()}:", "", "```text", f"$ scripts/bench/run {row.name}", "```",
        "", text, END])


def write(path, parts):
    page = path.read_text()
    for name, text in parts.items():
        place = re.compile(re.escape(mark(name)) + ".*?" + re.escape(END), re.DOTALL)
        if not place.search(page):
            raise SystemExit(f"{path} has no mark {mark(name)}")
        page = place.sub(lambda _: text, page)
    path.write_text(page)


def mark(name):
    return f"<!-- scripts/bench/run {name} -->"


def machine():
    model = "unknown"
    if sys.platform == "linux":
        lines = open("/proc/cpuinfo")
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout.split()[2]
    return f"{os.cpu_count()} cores of {model}, Redis {redis.removeprefix('v=')}, load and servers on the same machine"
