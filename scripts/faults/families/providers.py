"""Providers that fail in every way that the sandbox supports."""

import time

from checks import minutes
from harness import times, web
from harness.stack import Stack
from harness.wait import took
from harness.world import STREAMS
from registry import fault

SPEED = 15
FAULTS = ["hang", "drip", "html-200", "http-500", "rate-limited", "cut-gzip", "error-200"]
CODES = {"upstream", "stopped", "bad-payload", "no-entry"}
RATE = 0.3
CANARY = "canary-5f0e7c21"


@fault("providers", "Providers hang, drip, answer HTML, 500, 429, cut gzip, or an error as 200", lasts=180)
def providers(world, table):
    count = world.pick(30, 240)
    row = table.row(
        "Providers fail",
        f"{RATE:.0%} of all calls fail, in any way that the sandbox knows, for {count} minutes; then one of {', '.join(FAULTS)} "
        f"each time, for a minute each; {SPEED} times as fast as life",
    )
    world.start_redis()
    world.fast(SPEED)
    world.environment["LOG_LEVEL"] = "debug"
    sandbox = world.sandbox("--key", CANARY, assets=300)
    stack = Stack(world, with_orders=False)
    looks = Looks(world, stack)
    world.faults(sandbox, f"any={RATE}")
    looks.go_on(count)
    for name in FAULTS:
        world.faults(sandbox, f"{name}=1")
        looks.go_on(1 if world.is_long else 0)
    world.faults(sandbox)
    since = world.minute_now()
    looks.go_on(2)
    # A pause that a provider has requested may last longer.
    well = took(lambda: has_rows(world.redis.entries("toplist")[-1], since), 60)
    entries = {stream: world.redis.entries(stream) for stream in STREAMS}
    for stream in STREAMS:
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries[stream]]),
                 minutes.told(entries[stream]))
    gaps = [fields for stream in STREAMS for _, fields in entries[stream] if "gap" in fields]
    row.none("gaps have a cause and its words", [gap for gap in gaps if gap["gap"] not in CODES or not gap["detail"]],
             "; ".join(sorted({gap["detail"] for gap in gaps})[:2]))
    row.none("a list is made of the rows of its minute or of the one before, and wherever there are such",
             unlike_feeds(entries), f"{len(entries['toplist']) - minutes.gap_count(entries['toplist'])} lists")
    row.none("each minute is settled before the next one's half is over", looks.late, "all")
    row.none("the api serves the newest list all the while, and past minutes, but for gaps", looks.wrong,
             f"{looks.count} of {looks.count}")
    row.expect("when they are well, rows come again", well is not None, "never" if well is None else "yes")
    row.expect("no worker ends", not stack.ended, "none")
    stack.stop()
    row.none("told to stop, each exits 0", stack.failed, "all")
    # Every call sends a key to its provider.
    showing = [name for name, process in stack.processes.items() if "canary" in process.text]
    showing += [stream for stream in STREAMS if "canary" in str(entries[stream])]
    row.none("no line of a log at level debug and no entry shows a key", showing, "none")


class Looks:
    """Records repeatedly what a client sees, and whether each stream keeps up."""

    def __init__(self, world, stack):
        self.world, self.stack, self.late, self.wrong, self.count = world, stack, [], [], 0

    def go_on(self, count):
        last = self.world.minute_now() + count * 60_000
        while self.world.minute_now() <= last:
            self.is_settled()
            self.expect(200, "/")
            # A minute that is already published, and whose list cannot have expired.
            id, fields = self.world.random.choice(self.world.redis.client.entries_back("toplist", 40))
            self.expect(404 if "gap" in fields else 200, f"/?limit=10&datetime={times.minute(minutes.start(id))}")
            time.sleep(0.2)

    def is_settled(self):
        """A minute is settled by its 58th second."""
        now = self.world.tape_now()
        if now % 60_000 > 30_000:
            self.late.extend(f"{stream} at {now}" for stream in STREAMS
                             if self.world.redis.client.newest(stream) < (now // 60_000 - 1) * 60_000)

    def expect(self, status, target):
        found = web.status(self.stack.api.port, target, timeout=20)
        self.count += 1
        if found != status:
            self.wrong.append(f"{target}: {found}, not {status}")


def has_rows(entry, since):
    """Whether the entry is for a minute after `since`, in milliseconds, and not a gap."""
    id, fields = entry
    return int(id.split("-")[0]) > since and "gap" not in fields


def unlike_feeds(entries):
    """Unexpected lists, and missing ones: merge joins rows that are at most a minute old."""
    rows = {stream: {minutes.start(id) for id, fields in entries[stream] if "gap" not in fields} for stream in STREAMS}
    oldest = max(min(rows["price"]), min(rows["rank"])) + 60_000
    found = []
    for id, fields in entries["toplist"]:
        minute = minutes.start(id)
        joinable = all({minute, minute - 60_000} & rows[feed] for feed in ("price", "rank"))
        # The rows of the two sources may have nothing in common.
        is_poor = fields.get("detail") == "the sources have no row in common that is complete"
        if minute > oldest and ("gap" not in fields) != joinable and not (joinable and is_poor):
            found.append(f"{times.minute(minute)}: {fields.get('detail', 'a list')}")
    return found
