"""Machines whose clocks are wrong, from the start or suddenly."""

import pathlib
import shutil
import struct
import subprocess
import time

from checks import minutes
from harness import books, times, web
from harness.load import place
from harness.wait import until
from harness.world import FEEDS, STREAMS
from registry import fault

SPEED, HOUR = 10, 3600
SOURCE = pathlib.Path(__file__).with_name("clock_shift.c")


@fault("clocks", "Workers whose wall clock is wrong by an hour", lasts=50)
def clocks(world, table):
    count = world.pick(4, 60)
    row = table.row(
        "Wall clocks that are wrong by an hour",
        "Of each worker one whose clock is an hour ahead and one an hour behind (a preloaded library), Redis' "
        "being right; later "
        f"both jump by two hours to the other side; {2 * count} minutes, {SPEED} times as fast as life",
    )
    if not shutil.which("cc"):
        return row.skip("there is no C compiler")
    shifts = {name: Shift(world, name, hours) for name, hours in [("ahead", 1), ("behind", -1)]}
    world.start_redis()
    world.fast(SPEED)
    sandbox = world.sandbox()
    workers, apis = [], []
    for name, shift in shifts.items():
        workers += [world.worker(kind, **shift.variables) for kind in FEEDS + ["toplist", "ledger"]]
        apis.append(world.api(**shift.variables))
    world.open_ledger()
    looks = Looks(world, apis)
    looks.go_on(count)
    for shift in shifts.values():
        shift.hours = -shift.hours
    looks.go_on(count)
    told(row, world, sandbox, looks)
    ended = [process.name for process in workers + apis if not process.is_running]
    row.expect("no worker ends", not ended, "none")
    row.expect("their clocks really were wrong", all(map(wrong_clock, apis)), "an hour, says the log")


class Shift:
    """The error of a clock, which can be changed while its processes run."""

    def __init__(self, world, name, hours):
        self.file, library = world.folder / f"shift-{name}", world.folder / "clock_shift.so"
        self.hours = hours
        if not library.exists():
            subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        self.variables = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(self.file)}

    @property
    def hours(self):
        return self._hours

    @hours.setter
    def hours(self, hours):
        self._hours = hours
        with open(self.file, "r+b" if self.file.exists() else "w+b") as file:
            file.write(struct.pack("q", hours * HOUR))


class Looks:
    """Checks repeatedly whether anything is ahead of time, and which age the apis report for their lists."""

    def __init__(self, world, apis):
        self.world, self.apis = world, apis
        self.ahead, self.ages, self.orders, self.refused = [], [], [], []

    def go_on(self, count):
        redis, world = self.world.redis, self.world
        until("a list", lambda: redis.client.newest("toplist"), 60)
        last = redis.client.newest("toplist") + count * 60_000
        end = time.monotonic() + 60 + 3 * count * 60 / SPEED
        while redis.client.newest("toplist") < last and time.monotonic() < end:
            for stream in STREAMS:
                newest = redis.client.newest(stream)
                if newest > world.tape_now():
                    self.ahead.append(f"{stream} {times.minute(newest)}")
            for api in self.apis:
                self.ask(api)
            time.sleep(0.25)

    def ask(self, api):
        answer = web.ask(api.port)
        if answer.status == 200:
            modified = (
                time.mktime(time.strptime(answer.headers["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
            )
            self.ages.append(answer.age - (self.world.tape_now() / 1000 - modified) / SPEED)
        kind, answer = place(api.port, "GBP", "0.14", f"clock-{len(self.orders)}")
        self.orders.append(kind)
        if kind == "200":
            at = times.instant(answer.json["buy_order"]["created_at"])
            self.ages.append((self.world.tape_now() - at) / 1000 / SPEED)


def told(row, world, sandbox, looks):
    redis = world.redis
    for stream in STREAMS:
        entries = redis.entries(stream)
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries]),
                 minutes.told(entries))
    row.none("nothing is published ahead of time", looks.ahead, "nothing")
    wrong, fetched = [], set()
    for stream, provider in [("price", "coinmarketcap"), ("rank", "cryptocompare"), ("btc_rate", "coinbase")]:
        for id, fields in redis.entries(stream):
            if "fetched_at" in fields:
                late = times.instant(fields["fetched_at"]) - minutes.start(id)
                fetched.add((provider, times.minute(minutes.start(id))))
                # A second of the tape is a tenth of a real second, by which the clock may be corrected meanwhile.
                if not -1000 <= late < 60_000:
                    wrong.append(f"{stream} {id} was fetched at {fields['fetched_at']}")
    row.none("each minute was fetched within itself", wrong, f"{len(fetched)} of {len(fetched)}")
    called = set(world.requests(sandbox))
    # By the provider's clock, a call at the start of a minute may be in the minute before.
    called |= {(provider, times.minute(times.instant(minute) + 60_000)) for provider, minute in called}
    row.none("and the provider was asked then", sorted(fetched - called), f"{len(fetched & called)} of {len(fetched)}")
    off = max(looks.ages, key=abs)
    row.expect(
        "the Age of lists and the time of orders are right within 2 s", abs(off) < 2, f"{abs(off):.1f} s off at most"
    )
    taken = looks.orders.count("200")
    # The first orders may come before the first rate.
    row.expect("orders are taken", taken > 0.8 * len(looks.orders), f"{taken} of {len(looks.orders)}")
    until("all is folded", lambda: books.is_folded(redis), 30)
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)


def wrong_clock(process):
    """Whether its log shows another hour."""
    said = next(line for line in process.lines if line[:2] == "20")
    return abs(times.instant(said.split(" ")[0]) / 1000 - process.output.stat().st_mtime) > HOUR / 2
