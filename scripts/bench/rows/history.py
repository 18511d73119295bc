"""The archive: the size of a day of lists, and how long it takes to write and read, compared with other formats."""

import json
import subprocess

from harness import build, times, venv, web
from harness.machine import ROOT
from harness.wait import until
from measure import interleaved, median, ratio, wrk
from page import table
from registry import row

RIVAL = ROOT / "scripts/bench/rival/history.py"


@row("history", "The archive")
def history(bench):
    rows, minutes = bench.size(3_000, 100), bench.size(1_440, 120)
    lists, blocks, others = (bench.folder / name for name in ("lists", "blocks", "others"))
    ours("lists", lists, "--rows", rows, "--minutes", minutes)
    sealed = ours("seal", lists, blocks)
    made = rival(bench, "make", lists, others)
    reads = interleaved(bench.rounds, {
        "ours": lambda: ours("read", blocks / "day.tape", "--rounds", bench.size(60, 3)),
        "others": lambda: rival(bench, "read", others, bench.size(25, 1))})

    def of_ours(name):
        return median(reads["ours"], lambda found: found[name])

    def of(engine, name):
        return median(reads["others"], lambda found: found[engine][name])

    sizes = [(name, f"{size:,}", f"{size / sealed['rows']:.2f}", f"{sealed['day'] / size:.3f}") for name, size in (
        ("ours, with symbols, gaps and digests", sealed["day"]), ("Parquet, the smallest found", made["parquet"]),
        ("DuckDB's own file", made["duckdb"]), ("ClickHouse, MergeTree", made["clickhouse"]))]
    spans = [(name, f"{of_ours(mine) / 1000:.2f} ms", f"{of(engine, theirs) / 1000:.2f} ms",
              f"1/{of(engine, theirs) / of_ours(mine):.0f}") for name, mine, engine, theirs in (
        ("the first 200 of a minute; DuckDB on Parquet by minute", "first", "duckdb", "first"),
        ("a coin's day, minute by minute; DuckDB's own file by coin", "coin", "duckdb", "coin"),
        ("the same as text; DuckDB's numbers", "texts", "duckdb", "coin"),
        ("a coin's day, minute by minute; ClickHouse by coin", "coin", "clickhouse", "coin"))]
    cold = reads["ours"][0]["cold"]
    return "\n\n".join([
        f"A day of {minutes:,} lists of the sandbox, {sealed['rows']:,} rows: id, rank, price, in ours the symbol too. "
        f"{made['versions']}, on one thread.",
        table(("", "bytes", "a row", "ours of it"), *sizes),
        "Warm, medians; theirs are numbers. Of a minute ours is text, as clients get it, and no two are of an hour.",
        table(("", "ours", "theirs", "ours of it"), *spans),
        table(
            ("", ""),
            ("an hour into a block, CPU", f"{sealed['encode']:.0f} ms"),
            ("the same block decoded and compared, CPU", f"{sealed['verify']:.0f} ms"),
            ("a coin's minute decoded: its rank and its price", f"{of_ours('coin') / minutes * 1000:.0f} ns"),
            ("the same, with its text", f"{of_ours('texts') / minutes * 1000:.0f} ns"),
            ("all lists of the day as CSV, one after the other",
             f"{sealed['csv'] / of_ours('all'):.0f} MB/s"),
            ("read for the first 200 of a minute, of a block that nobody has opened", cold["first"]),
            ("read for a coin's day, likewise", cold["coin"])),
        through_api(bench)])


def through_api(bench):
    """Requests for minutes that only a block has, compared with those for minutes in Redis."""
    redis, now = bench.start_redis(), bench.minute_now()
    hour = now - now % 3_600_000 - 3_600_000
    first = hour - 3_600_000
    for minute in range(first, now + 1, 60_000):
        bench.publish(minute, bench.size(10_000, 100))
    bench.workers("archive")
    until("both hours are blocks", lambda: redis.call("XLEN", "archive") == 2, 120)
    among = {name: [times.minute(start + number * 60_000) for number in range(60)]
             for name, start in (("Redis", hour), ("block", first))}
    for minute in among["block"]:
        redis.call("DEL", f"toplist:{minute}")
    redis.call("XTRIM", "toplist", "MINID", f"{hour}-0")
    api = bench.api_with_list(now, keep_nothing)
    for name, minutes in among.items():
        answer = web.ask(api.port, f"/?limit=200&format=CSV&datetime={minutes[7]}")
        assert answer.status == 200, f"{name}: {answer.status}"
    url = f"http://127.0.0.1:{api.port}"
    rates = interleaved(bench.rounds, {
        name: lambda minutes=minutes: wrk(url, 16, bench.seconds, "past.lua", arguments=minutes).rate
        for name, minutes in among.items()})
    return "\n\n".join([
        "Through an api that keeps no list: the first 200 of 10,000 rows as CSV, one of 60 minutes, 16 connections.",
        table(("", "requests/s", "ratio"),
              *((f"out of {'a block' if name == 'block' else name}", f"{median(found):,.0f}",
                 f"{ratio(found, rates['Redis']):.2f}") for name, found in rates.items()))])


def keep_nothing(settings):
    settings.setdefault("list", {})["cached"] = 0


def ours(*arguments):
    text = subprocess.run(
        [build.release("cointape-bench"), "blocks", *map(str, arguments)], stdout=subprocess.PIPE, text=True,
        check=True).stdout
    return json.loads(text or "null")


def rival(bench, *arguments):
    """Quick runs do not wait for its packages: all of its figures are 1."""
    if bench.is_quick:
        spans = {"first": 1, "coin": 1}
        return {"parquet": 1, "duckdb": 1, "clickhouse": 1, "versions": "No rival"} if arguments[0] == "make" else {
            "duckdb": spans, "clickhouse": spans}
    text = subprocess.run(
        [venv.programs("history") / "python", RIVAL, *map(str, arguments)], stdout=subprocess.PIPE, text=True,
        check=True).stdout
    return json.loads(text.splitlines()[-1])
