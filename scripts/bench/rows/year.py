"""A year of tape: the resources of an api that serves all of it, and its response times."""

import os
import random
import subprocess

from harness import times, web
from harness.wait import until
from measure import median, resident, timed
from page import table
from registry import row
from rows.history import ours

DAY = 86_400_000


@row("year", "A year of tape")
def year(bench):
    days, rows = bench.size(365, 4), bench.size(3_000, 100)
    lists, blocks, archive = (bench.folder / name for name in ("lists", "blocks", "archive"))
    ours("lists", lists, "--rows", rows)
    ours("seal", lists, blocks)
    redis, now = bench.start_redis(), bench.minute_now()
    # Old enough that no hours are left beside the days.
    last = now - now % DAY - 3 * DAY
    ours("repeat", blocks / "day.tape", archive, "--days", days, "--last", last // 60_000)
    os.sync()
    files = sorted(archive.rglob("*.tape"))
    adopting = timed(lambda: adopt(bench), 1)[0]
    bench.publish(now)
    first = last - (days - 1) * DAY
    drawn = random.Random(7)
    begun, found = [], {"first": [], "year": [], "again": [], "history": []}
    for _ in range(bench.rounds):
        forget(files)
        api = bench.api()
        until("the api has its list", lambda: web.status(api.port) == 200, 60)
        begun.append((resident(api.pid), opened(api.pid)))

        def ask(target, name):
            def action():
                answer = web.ask(api.port, target, timeout=60)
                assert answer.status == 200, f"{target}: {answer.status} {answer.text}"
                return answer
            found[name] += timed(action, 1)

        coin = drawn.choice([1, 1027, 1839, 825, 52])
        span = f"from={times.minute(first)}&to={times.minute(last + DAY)}&step=1h&format=CSV"
        ask(f"/coins/{coin}/prices?{span}", "year")
        ask(f"/coins/{coin}/prices?{span}", "again")
        forget(files)
        for _ in range(bench.size(20, 1)):
            minute = first + drawn.randrange(days * 1440) * 60_000
            ask(f"/?limit=200&format=CSV&datetime={times.minute(minute)}", "first")
        ask("/history", "history")
        after = resident(api.pid), opened(api.pid)
        api.stop()
    beside = beside_a_stream(bench, first, last)
    size = sum(path.stat().st_size for path in files)
    return "\n\n".join([
        f"{len(files)} days of {rows:,} coins, each a block with the lists of one and the same day: {size / 1e9:.2f} GB. "
        "Before each round the api is started anew, and the system forgets the files.",
        table(
            ("", "median", "largest"),
            (f"a coin's prices at one hour, {days} days, cold", *spans(found["year"])),
            ("the same again", *spans(found["again"])),
            ("the first 200 of any minute, its file cold", *spans(found["first"])),
            ("`/history`", *spans(found["history"])),
            ("`archive adopt`, which decodes and compares all lists", f"{adopting / 1000:,.0f} s", "")),
        table(
            ("", "at the start", "at the end"),
            ("memory of the api", f"{median([memory for memory, _ in begun]):.0f} MB", f"{after[0]:.0f} MB"),
            ("its open files", f"{median([count for _, count in begun]):.0f}", after[1])),
        beside])


def beside_a_stream(bench, first, last):
    """How long others wait while one client streams all lists of the year; the client uses at most one core."""
    api = bench.api()
    until("the api has its list", lambda: web.status(api.port) == 200, 60)
    url = f"http://127.0.0.1:{api.port}/lists?from={times.minute(first)}&to={times.minute(last)}"
    count = bench.size(2_000, 20)
    alone, busy, speeds, memory = [], [], [], []
    for _ in range(bench.rounds):
        alone += timed(lambda: web.ask(api.port, "/?limit=200&format=CSV"), count)
        stream = subprocess.Popen(
            ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{size_download} %{time_total}",
             "--max-time", str(bench.size(15, 2)), f"{url}&step=1m&limit=1000000&format=CSV"],
            stdout=subprocess.PIPE, text=True)
        busy += timed(lambda: web.ask(api.port, "/?limit=200&format=CSV"), count)
        memory.append(resident(api.pid))
        size, seconds = stream.communicate()[0].split()
        speeds.append(int(size) / float(seconds) / 1e6)
    return "\n\n".join([
        f"One client streams all lists of the year as CSV, {median(speeds):,.0f} MB/s, from an api that has {max(memory):.0f} MB in memory "
        "then; another one asks for the newest list, one request after the other:",
        table(
            ("", "p50", "p99", "largest"),
            *((name, *(f"{value:.2f} ms" for value in (median(found), late(found), max(found))))
              for name, found in (("alone", alone), ("beside the stream", busy))))])


def late(found):
    return sorted(found)[len(found) * 99 // 100]


def adopt(bench):
    """Publishes the entries, which reads each block completely."""
    code, text = bench.run("archive", "adopt", seconds=1_800)
    assert code == 0, f"{code}: {text}"


def forget(files):
    """Drops the files from the page cache."""
    for path in files:
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def opened(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def spans(milliseconds):
    return f"{median(milliseconds):,.1f} ms", f"{max(milliseconds):,.1f} ms"
