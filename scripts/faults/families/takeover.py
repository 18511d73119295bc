"""The worker that fetches a minute dies or hangs in the middle of it."""

import json
import os
import signal

from checks import minutes
from harness import times
from harness.wait import until
from registry import fault

SPEED = 6
TIMES = [("SIGKILL", "coinmarketcap:hang=1"), ("SIGSTOP", "coinmarketcap:drip=1")]


@fault("takeover", "The holder of a minute's lease is killed or stopped in mid-fetch", lasts=40)
def takeover(world, table):
    row = table.row(
        "The holder of a lease is killed, or stopped, in mid-fetch",
        f"Three fetch workers of `price`, a provider that hangs (then `kill -9` of the holder) or drips (then "
        f"SIGSTOP of the "
        f"holder, SIGCONT a minute later); {SPEED} times as fast as life",
    )
    world.start_redis()
    world.fast(SPEED)
    sandbox = world.sandbox()
    redis = world.redis
    fetchers = [world.worker("price") for _ in range(3)]
    until("a minute is settled", lambda: redis.client.newest("price"), 90)
    for name, rule in TIMES:
        lasts, calls, holders = [], [], []
        for _ in range(world.pick(1, 10)):
            begun, called, last, holder = lose_holder(world, sandbox, fetchers, getattr(signal, name), rule)
            lasts.append((last - begun) / 1000)
            calls.append(called)
            holders.append(holder)
            if name == "SIGKILL":
                fetchers.append(world.worker("price"))
        row.expect(
            f"{name}: another replica publishes the minute's rows inside the minute",
            all(0 < last < 60 for last in lasts),
            "at second " + ", ".join(f"{last:.0f}" for last in lasts),
        )
        row.expect(f"{name}: the provider is asked once more at most", all(count <= 2 for count in calls),
                   "calls of the minute: " + ", ".join(map(str, calls)))
    ids = redis.client.ids("price")
    row.none("each minute has one entry", minutes.problems(ids), f"{len(ids)} minutes, each once")


def lose_holder(world, sandbox, fetchers, number, rule):
    """Takes away the lease's holder; returns the minute, its calls, when it was published on the tape, and the holder."""
    redis = world.redis
    world.faults(sandbox, rule)
    # The fault only matters from the next minute on.
    before = world.minute_now()
    asked = calls_so_far(world, sandbox)
    until("the next minute", lambda: world.minute_now() > before, 60)
    minute = world.minute_now()
    key = until("its lease", lambda: (redis.call("KEYS", f"lease:price:{times.minute(minute)}") or [None])[0], 20)
    owner = until("its holder", lambda: redis.call("GET", key), 5, every=0.01)
    until("a call", lambda: calls_so_far(world, sandbox) > asked, 20)
    pid = int(json.loads(redis.call("GET", f"worker:{owner}"))["pid"])
    world.faults(sandbox)
    os.kill(pid, number)
    until("the minute is published", lambda: redis.client.newest("price") >= minute, 30, every=0.02)
    published = world.tape_now()
    fields = dict(redis.entries("price"))[f"{minute}-0"]
    if "rows" not in fields:
        published = 0
    called = calls_so_far(world, sandbox) - asked
    if number == signal.SIGSTOP:
        until("a minute later", lambda: world.minute_now() > minute, 60)
        os.kill(pid, signal.SIGCONT)
        until("two minutes later", lambda: redis.client.newest("price") > minute + 60_000, 60)
    return minute, called, published, owner


def calls_so_far(world, sandbox):
    """By the provider's clock, the first call for a minute may be in the minute before."""
    return sum(world.requests(sandbox).values())
