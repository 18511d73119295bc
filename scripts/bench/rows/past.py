"""Lists of the past, from Redis and from memory, compared with redis-benchmark reading as many bytes."""

import contextlib

from harness import times, web
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
    api, forgetful = bench.api_with_list(now), bench.api_with_list(now, keep_nothing)
    first = bench.api_with_list(now, keep_nothing_and_share)
    second = bench.api_with_list(now, keep_nothing_and_share, port=first.port)
    minutes = [times.minute(now - ago * 60_000) for ago in range(6, count)]
    body = web.ask(api.port, f"/?limit=200&format=CSV&datetime={minutes[0]}").body
    redis.call("SET", "bench:value", "x" * len(body))
    spent, late = {}, {}

    def load(name, among, *apis):
        with contextlib.ExitStack() as stack:
            used = [stack.enter_context(Used(api.pid)) for api in apis]
            found = wrk(f"http://127.0.0.1:{apis[0].port}", CONNECTIONS, bench.seconds, "past.lua", arguments=among)
        spent.setdefault(name, []).append(sum(each.seconds for each in used) / found.requests * 100_000)
        late.setdefault(name, []).append(found.late)
        return found.rate

    rival = f"`redis-benchmark` GET of {len(body):,} bytes"
    sides = {
        rival: lambda: benchmark(redis.port, bench.size(300_000, 3_000), CONNECTIONS, "GET", "bench:value"),
        f"one of {kept // 2} minutes, at hand": lambda: load("few", minutes[:kept // 2], api),
        f"one of {len(minutes)} minutes, at hand": lambda: load("all", minutes, api),
        f"one of {len(minutes)} minutes, read and rendered anew": lambda: load("anew", minutes, forgetful),
        "the same, by two apis on one port": lambda: load("two", minutes, first, second)}
    rates = interleaved(bench.rounds, sides)
    costs = [("", ""), *((f"{median(late[name]):.3g} ms", f"{median(spent[name]):.3g} s")
                         for name in ("few", "all", "anew", "two"))]
    lines = [(name, f"{median(found):,.0f}", f"{ratio(found, rates[rival]):.2f}", *cost)
             for (name, found), cost in zip(rates.items(), costs)]
    first_rows = resident(api.pid)
    for minute in minutes[:kept]:
        for form in ("JSON", "CSV"):
            web.ask(api.port, f"/?limit=10000&format={form}&datetime={minute}")
    return "\n\n".join([
        f"The first 200 of 10,000 rows as CSV, {CONNECTIONS} connections. An api keeps {kept} lists in memory, or thousands of "
        "which only first rows are asked for; those of the last two rows are told to keep none (`list.cached: 0`).",
        table(("", "requests/s", "ratio", "p99", "CPU of 100,000"), *lines),
        f"The api then has {first_rows:.0f} MB in memory, and {resident(api.pid):.0f} MB when all rows of {kept} lists have "
        "been asked for in both formats. The goal: 200 MB at most, 120 if it can be."])


def keep_nothing(settings):
    settings.setdefault("list", {})["cached"] = 0


def keep_nothing_and_share(settings):
    keep_nothing(settings)
    settings["listen"][0]["reuse_port"] = True
