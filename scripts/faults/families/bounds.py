"""Long times with a fast clock: nothing grows that should not."""

import time

from checks import minutes
from harness import times
from harness.redis import newest_rows
from harness.wait import until
from harness.world import FEEDS, STREAMS
from registry import fault

SPEEDS = [400, 200, 100, 50]
# How many minutes the streams of feeds keep, and those of lists.
FEED, LISTS = 15, 30
KINDS = FEEDS + ["toplist"]


def short_lived(name, config):
    if config["worker"] == "fetch":
        config["publish"]["retain"] = f"{FEED}m"
    if config["worker"] == "merge":
        config["history"]["retain"] = f"{LISTS}m"


@fault("bounds", "Days of minutes with restarts under new names, and somebody at redis-cli", lasts=85)
def bounds(world, table):
    world.start_redis("--hz", "50")
    world.own_configs(short_lived)
    sleeper, workers = fast_as_it_can(world)
    seconds = world.pick(55, 7 * 86_400 // world.speed)
    # In the last part there is no meddling, to see the final state.
    meddling = min(seconds * 0.7, seconds - (LISTS + 3) * 60 / world.speed)
    row = table.row(
        "Many hours in fast motion",
        f"{seconds * world.speed / 3600:.0f} hours at {world.speed} times the speed of life, half of what the "
        f"machine can do; "
        f"feeds kept for {FEED} minutes, lists for {LISTS}; every second a worker is killed and started under a "
        f"new host's name; "
        "meanwhile `XTRIM`, `XDEL` and `XADD` by hand, and one fetch worker stopped (SIGSTOP) for a third of the time",
    )
    redis = world.redis
    samples, restarts, begun, first = [], 0, time.monotonic(), redis.client.newest("toplist")
    hands, stopped_at, went_on_at = Hands(world), None, None
    while (elapsed := time.monotonic() - begun) < seconds:
        time.sleep(1)
        restarts += 1
        kind = KINDS[restarts % len(KINDS)]
        workers[kind].kill()
        workers[kind] = begin(world, kind, restarts)
        if stopped_at is None and elapsed > seconds / 3:
            stopped_at = world.tape_now()
            sleeper.stop()
        if went_on_at is None and elapsed > seconds * 2 / 3:
            went_on_at = world.tape_now()
            sleeper.go_on()
        if elapsed < meddling:
            hands.meddle()
        samples.append((elapsed, used(redis), redis.call("DBSIZE")))
    told(row, world, workers, samples, restarts, first, hands)
    row.expect("a worker that comes back after hours does no harm", went_on_at and sleeper.is_running,
               f"it was away for {(went_on_at - stopped_at) / 3_600_000:.1f} hours of the tape")


def fast_as_it_can(world):
    """Starts the workers at half the greatest speed at which nearly every minute has a list."""
    is_found = False
    for speed in SPEEDS:
        world.redis.call("FLUSHALL")
        world.fast(speed, hours_back=9 * 24)
        sandbox = world.sandbox()
        sleeper, workers = world.worker("price"), {kind: begin(world, kind, 0) for kind in KINDS}
        until("lists come", lambda: world.redis.client.newest("toplist"), 60)
        time.sleep(2)
        before = world.redis.client.newest("toplist")
        time.sleep(3)
        entries = [fields for id, fields in world.redis.entries("toplist") if minutes.start(id) > before]
        is_able = sum("gap" not in fields for fields in entries) > 0.8 * 3 * speed / 60
        if is_found or speed == SPEEDS[-1]:
            return sleeper, workers
        # Half of the possible speed, because the machine may be busier later.
        is_found = is_able
        for process in [sandbox, sleeper, *workers.values()]:
            process.kill()


def begin(world, kind, number):
    return world.worker(kind, host=f"host-{number}")


def used(redis):
    line = next(line for line in redis.call("INFO", "memory").splitlines() if line.startswith("used_memory:"))
    return int(line.split(":")[1])


class Hands:
    """A user who experiments with redis-cli."""

    def __init__(self, world):
        self.world, self.count, self.added = world, 0, 0

    def meddle(self):
        redis, draw = self.world.redis, self.world.random
        self.count += 1
        stream = draw.choice(STREAMS)
        ids = redis.client.ids(stream)
        if not ids:
            return
        what = self.count % 4
        if what == 0:
            redis.call("XTRIM", stream, "MAXLEN", 1)
        if what == 1:
            redis.call("XDEL", stream, draw.choice(ids))
        if what >= 2:
            newest = redis.call("XREVRANGE", stream, "+", "-", "COUNT", 1)[0]
            minute = newest[0].split("-")[0]
            for number in range(200):
                try:
                    redis.call("XADD", stream, f"{minute}-{number + 1}", *newest[1])
                    self.added += 1
                except Exception:
                    break


def told(row, world, workers, samples, restarts, first, hands):
    redis = world.redis
    third = len(samples) // 3
    # The last part is without meddling.
    full = max(sample[1] for sample in samples[third:2 * third])
    quiet = [sample[1] for sample in samples[-third // 2:]]
    row.expect(
        "memory is flat once the retain windows are full",
        max(quiet) <= full * 1.1,
        f"{min(quiet) / 1e6:.1f} to {max(quiet) / 1e6:.1f} MB at the end, {full / 1e6:.1f} MB at most in the middle",
    )
    keys = [sample[2] for sample in samples[third:]]
    most = LISTS + 4 * 10 + 4 + 15 * 2 + len(KINDS) + 40
    row.expect(f"fewer than {most} keys", max(keys) < most, f"{max(keys)} at most, {restarts} restarts")
    # A minute that merge closed is trimmed with the feed's next minute.
    now = world.minute_now()
    for stream in STREAMS:
        until(f"{stream} is published", lambda: newest_rows(redis, stream) > now, 60)
    wanted = {stream: LISTS if stream == "toplist" else FEED for stream in STREAMS}
    lengths = {stream: redis.call("XLEN", stream) for stream in STREAMS}
    row.expect("no stream is longer than `retain` says, whatever was added by hand",
               all(lengths[stream] <= wanted[stream] + 1 for stream in STREAMS),
               ", ".join(f"{stream} {length}" for stream, length in lengths.items()) + f"; {hands.added} added by hand")
    for stream in STREAMS:
        entries = redis.entries(stream)
        # A feed that is killed repeatedly may be late, and then fetches the present minute next.
        kept = "every minute that is kept is there once" if stream == "toplist" else "no minute is there twice"
        row.none(f"{stream}: {kept}", minutes.problems([id for id, _ in entries], may_lack=stream != "toplist"),
                 minutes.told(entries))
    passed = (redis.client.newest("toplist") - first) / 3_600_000
    row.expect("the tape went on", world.tape_now() - redis.client.newest("toplist") < 10 * 60_000,
               f"{passed:.1f} hours, the newest list {times.minute(redis.client.newest('toplist'))[11:16]}")
    # Heartbeats last 15 s, whatever the clock's speed.
    until(
        "the keys of workers that are gone expire", lambda: len(redis.call("KEYS", "worker:*")) <= len(workers) + 1, 25
    )
    row.expect("keys of workers that are gone expire", True, f"{len(redis.call('KEYS', 'worker:*'))} are left")
    lists = len(redis.call("KEYS", "toplist:*"))
    row.expect("lists expire", lists <= LISTS + 10, f"{lists} are left")
