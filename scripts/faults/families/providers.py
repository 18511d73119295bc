"""Providers that fail in many ways at once."""

import time

from checks import minutes
from harness import web
from harness.stack import Stack
from harness.world import FEEDS, STREAMS
from registry import fault

SPEED = 10
FAULTS = ["hang", "drip", "html-200", "http-500", "rate-limited", "cut-gzip", "error-200"]
CODES = {"upstream", "stopped", "bad-payload", "no-entry"}
RATE = 0.06


@fault("providers", "Providers hang, drip, answer HTML, 500, 429, cut gzip, or an error as 200", lasts=45)
def providers(world, table):
    count = world.pick(5, 120)
    row = table.row(
        "Providers fail",
        f"{len(FAULTS) * RATE:.0%} of all calls meet one of {', '.join(FAULTS)}; {count} minutes, {SPEED} times as "
        "fast as life; then one of them each time, for a minute each",
    )
    world.start_redis()
    world.fast(SPEED)
    sandbox = world.sandbox()
    stack = Stack(world, with_orders=False)
    redis, late, statuses = world.redis, [], []
    def go_on(minutes_long):
        last = world.minute_now() + minutes_long * 60_000
        while world.minute_now() <= last:
            # A minute is settled at its 58th second at the latest.
            now = world.tape_now()
            if now % 60_000 > 30_000:
                late.extend(f"{stream} at {now}" for stream in STREAMS
                            if redis.client.newest(stream) < (now // 60_000 - 1) * 60_000)
            statuses.append(web.status(stack.api.port))
            time.sleep(0.2)
    world.faults(sandbox, *(f"{name}={RATE}" for name in FAULTS))
    go_on(count)
    for name in FAULTS:
        world.faults(sandbox, f"{name}=1")
        go_on(1 if world.is_long else 0)
    world.faults(sandbox)
    go_on(2)
    for stream in STREAMS:
        entries = redis.entries(stream)
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries]),
                 minutes.told(entries))
        unsaid = [
            fields for _, fields in entries if "gap" in fields and (fields["gap"] not in CODES or not fields["detail"])
        ]
        if unsaid:
            row.none(f"{stream}: gaps have their cause", unsaid, "")
    row.none("each minute is settled before the next one's half is over", late, "all")
    gaps = [fields["detail"] for stream in FEEDS for _, fields in redis.entries(stream) if "gap" in fields]
    row.expect(
        "gaps tell their cause in the provider's words", bool(gaps) and all(gaps), "; ".join(sorted(set(gaps))[:2])
    )
    row.expect("the api serves all the while", set(statuses) == {200}, f"{statuses.count(200)} of {len(statuses)}")
    row.expect("when they are well, rows come again", "gap" not in redis.entries("toplist")[-1][1], "yes")
    row.expect("no worker ends", not stack.ended, "none")
