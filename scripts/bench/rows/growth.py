"""How cost grows with the rows requested, with the rows of a list, and with the number of clients."""

import re
import subprocess

from harness import build
from measure import Used, interleaved, median, resident, wrk
from page import table
from registry import row


@row("growth", "How cost grows")
def growth(bench):
    bench.start_redis()
    # Newer ones must follow.
    minute = bench.minute_now() - 10 * 60_000
    bench.publish(minute)
    api = bench.api_with_list(minute)
    return "\n\n".join([by_limit(bench, api), by_clients(bench, api), by_rows(bench, minute)])


def by_limit(bench, api):
    """The cost depends on the bytes of a response; per GB it must fall with size, not rise."""
    limits = (1, 10, 100, 1_000, 10_000)
    results = interleaved(bench.rounds, {limit: lambda limit=limit: load(bench, api, 64, limit) for limit in limits})
    lines = [(f"{limit:,}", f"{found[0].bytes:,}", f"{median(found, rate):,.0f}", cpu(found),
              f"{median(found, lambda one: one.cpu / 100_000 / one.bytes * 1e9):.3g} s")
             for limit, found in results.items()]
    return table(("rows asked for, of 10,000 as CSV", "bytes", "requests/s", "CPU of 100,000", "CPU of a GB"), *lines)


def by_clients(bench, api):
    clients = (1, 10, 100, bench.size(1_000, 200))
    results = interleaved(bench.rounds, {
        count: lambda count=count: load(bench, api, count, 200) for count in clients})
    lines = [(f"{count:,}", f"{median(found, rate):,.0f}", f"{median(found, lambda one: one.middle):.3g} ms",
              f"{median(found, lambda one: one.late):.3g} ms", cpu(found), f"{found[-1].memory:.0f} MB")
             for count, found in results.items()]
    return table(("clients of the first 200 rows", "requests/s", "p50", "p99", "CPU of 100,000", "memory"), *lines)


def by_rows(bench, minute):
    """The cost of making a list is linear in its rows; that of a request does not depend on them."""
    program, lines = build.release("cointape-bench"), []
    for count in (1_000, 10_000, bench.size(100_000, 20_000)):
        joined = spent(program, "join", "--prices", count, "--ranks", count, "--rounds", bench.size(21, 1))
        rendered = spent(program, "render", "--stored", count, "--rounds", bench.size(21, 1))
        minute += 60_000
        bench.publish(minute, rows=count)
        api = bench.api_with_list(minute)
        found = [load(bench, api, 64, 200) for _ in range(bench.rounds)]
        lines.append((f"{count:,}", f"{joined['parse rows']:.3g} ms", f"{joined['join']:.3g} ms",
                      f"{rendered['CSV'] + rendered['JSON']:.3g} ms",
                      f"{(joined['parse rows'] + joined['join'] + rendered['CSV'] + rendered['JSON']) / count * 1000:.2f} µs",
                      f"{median(found, rate):,.0f}", cpu(found)))
    return table(("rows of a list", "parse", "join", "render both", "a row", "first 200, requests/s", "CPU of 100,000"), *lines)


def load(bench, api, connections, limit):
    url = f"http://127.0.0.1:{api.port}/?limit={limit}&format=CSV"
    with Used(api.pid) as used:
        found = wrk(url, connections, bench.seconds)
    found.cpu, found.memory = used.seconds / found.requests * 100_000, resident(api.pid)
    found.bytes = size(url)
    return found


def size(url):
    text = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{size_download}", url], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    return int(text)


def spent(program, *command):
    """Milliseconds by name."""
    text = subprocess.run([program, *map(str, command)], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: float(value) for name, value in re.findall(r"^(.+): ([\d.]+) ms CPU$", text, re.MULTILINE)}


def rate(found):
    return found.rate


def cpu(found):
    return f"{median(found, lambda one: one.cpu):.3g} s"
