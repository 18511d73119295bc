"""Lists of the past, through Redis and out of memory, against redis-benchmark that reads as many bytes."""

from bench import iso
from harness import web
from ledger import benchmark
from measure import Used, interleaved, median, ratio, resident, wrk
from page import table
from registry import row

CONNECTIONS = 64


@row("past", "Lists of the past")
def past(bench):
    redis, now = bench.start_redis(), bench.minute_now()
    count, kept = bench.size(600, 70), 60
    for ago in range(count, -1, -1):
        bench.publish(now - ago * 60_000)
    api = bench.api_with_list(now)
    minutes = [iso(now - ago * 60_000) for ago in range(6, count)]
    body = web.ask(api.port, f"/?limit=200&format=CSV&datetime={minutes[0]}").body
    redis.call("SET", "bench:value", "x" * len(body))
    spent = {}

    def load(name, among):
        with Used(api.pid) as used:
            found = wrk(f"http://127.0.0.1:{api.port}", CONNECTIONS, bench.seconds, "past.lua", arguments=among)
        spent.setdefault(name, []).append(used.seconds / found.requests * 100_000)
        return found.rate

    rival = f"`redis-benchmark` GET of {len(body):,} bytes"
    sides = {
        rival: lambda: benchmark(redis.port, bench.size(300_000, 3_000), CONNECTIONS, "GET", "bench:value"),
        f"one of {kept // 2} minutes": lambda: load("few", minutes[:kept // 2]),
        f"one of {len(minutes)} minutes": lambda: load("all", minutes)}
    rates = interleaved(bench.rounds, sides)
    cpu = ["", *(f"{median(values):.3g} s" for values in (spent["few"], spent["all"]))]
    lines = [(name, f"{median(found):,.0f}", f"{ratio(found, rates[rival]):.2f}", seconds)
             for (name, found), seconds in zip(rates.items(), cpu)]
    memory = resident(api.pid)
    return "\n\n".join([
        f"The first 200 of 10,000 rows as CSV, {CONNECTIONS} connections. The api keeps {kept} lists in memory; all others it "
        "reads from Redis and renders.",
        table(("", "requests/s", "ratio", "CPU of 100,000"), *lines),
        f"The api then has {memory:.0f} MB in memory, {kept} lists of 10,000 rows among them. The goal: 200 MB at most, 120 "
        "if it can be."])
