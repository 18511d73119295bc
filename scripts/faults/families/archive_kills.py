"""An archive worker is killed at each step of writing and removing its files, and at random moments."""

import collections
import hashlib
import json
import pathlib
import shutil
import subprocess
import time

from harness import times
from harness.wait import until
from registry import fault

SOURCE = pathlib.Path(__file__).with_name("kill_at.c")
# At this speed a lease, which the next worker has to wait for, lasts a third of a second.
SPEED, MINUTE, HOUR, DAY = 30, 60_000, 3_600_000, 86_400_000
DAYS, COINS = 3, 12
STEPS = [
    (of, at)
    for of, steps in [
        ("hour", ["writing", "syncing", "linking", "linked", "unpublished", "removing", "removed"]),
        ("day", ["writing", "syncing", "linking", "linked", "unpublished"]),
    ]
    for at in steps
]


@fault("killed-archive", "An archive worker is killed", lasts=40)
def killed_archive(world, table):
    rounds = world.pick(24, 200)
    row = table.row(
        "An archive worker is killed",
        f"{rounds} rounds of an archive worker that ends by `kill -9`: at each step of making, folding and removing a block (a "
        f"preloaded library), and every third at a random moment; {DAYS} days of lists of {COINS} coins, anew when all of "
        "them are kept; the lists, and a worker that nobody kills, say what each block has to be",
    )
    if not shutil.which("cc"):
        return row.skip("there is no C compiler")
    library = world.folder / "kill_at.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, SOURCE], check=True)
    world.start_redis()
    world.fast(SPEED)
    tape = Tape(world)
    expected = tape.expected()
    killed, wrong, ended = dict.fromkeys(STEPS, 0), [], []
    steps, at_random, begun = collections.deque(STEPS), 0, 1
    for number in range(rounds):
        if tape.is_done():
            wrong += tape.problems(expected, is_whole=True)
            tape.forget()
            begun += 1
        if number % 3 == 2:
            process = tape.worker("killed")
            time.sleep(world.random.uniform(0, 1.5))
            process.kill()
            at_random += 1
        else:
            of, at = steps[0]
            which = world.random.randint(1, 3) if of == "hour" else 1
            process = tape.worker("killed", LD_PRELOAD=library, KILL_AT=at, KILL_OF=of, KILL_NUMBER=which)
            until("it is killed, or has nothing left to do", lambda: not process.is_running or tape.is_done(), 60)
            # Otherwise everything was done before this step was reached, and the next round tries again.
            if process.popen.poll() == -9:
                killed[of, at] += 1
                steps.rotate(-1)
            if process.popen.poll() not in (-9, None):
                ended.append(f"{at} of a {of}: {process.popen.poll()}: {process.text[-200:]}")
            process.kill()
        wrong += [f"round {number}: {problem}" for problem in tape.problems(expected)]
    process = tape.worker("killed")
    until("all is kept in the end", tape.is_done, 90)
    process.kill()
    row.none("each file that is there is byte for byte the block of its lists, and each entry has its block", wrong,
             f"{len(expected)} blocks, after {rounds} rounds")
    row.none("in the end every hour and every day has its one entry, and no list is lost",
             tape.problems(expected, is_whole=True),
             f"{DAYS * 24} hours and {DAYS} days, {begun} times")
    row.none("no worker ends by itself", ended, "none")
    missed = [f"{at} of a {of}" for of, at in STEPS if not killed[of, at]]
    row.none("it was killed at every step", missed,
             f"{sum(killed.values())} times at {len(STEPS)} steps, {at_random} times at random")


class Tape:
    """Lists of some past days, and workers that archive them."""

    def __init__(self, world):
        self.world, self.redis = world, world.redis
        self.config = world.folder / "archive.json"
        self.first = int(world.tape_now()) // DAY * DAY - (DAYS + 3) * DAY
        self.minutes = range(self.first, self.first + DAYS * DAY, MINUTE)
        for minute in self.minutes:
            self.put(minute)

    def put(self, minute):
        age = minute // MINUTE
        rows = "".join(f"{n + 1},C{n},{age % 9973 + n}.{age % 89 + 10},{n * 3 + 1}\r\n" for n in range(COINS))
        csv, name = "Rank,Symbol,Price USD,CMC ID\r\n" + rows, times.minute(minute)
        columns = json.dumps([
            {"name": "Rank", "type": "integer"}, {"name": "Symbol", "type": "string"},
            {"name": "Price USD", "type": "decimal"}, {"name": "CMC ID", "type": "integer"}])
        self.redis.call("SET", f"toplist:{name}", csv)
        self.redis.call(
            "XADD", "toplist", f"{minute}-0", "source", "toplist", "minute", name, "count", COINS, "sha256",
            hashlib.sha256(csv.encode()).hexdigest(), "columns", columns)

    def folder(self, name):
        return self.world.folder / name

    def worker(self, name, **variables):
        """Starts a worker whose stream and folder have its name."""
        config = {
            "worker": "archive", "name": name, "redis": {"url": "${REDIS_URL}"}, "list": {"stream": "toplist"},
            "stores": [f"file://{self.folder(name)}"], "publish": {"stream": name}}
        path = self.world.folder / f"{name}.json"
        path.write_text(json.dumps(config))
        return self.world.cointape("run", path, **{key: str(value) for key, value in variables.items()})

    def entries(self, name):
        """{file: fields}, of hours and days."""
        found = self.redis.entries(name) + self.redis.entries(f"{name}:days")
        return {fields.get("place", f"a gap at {id}"): fields for id, fields in found}

    def files(self, name):
        folder = self.folder(name)
        return {str(path.relative_to(folder)): path for path in folder.rglob("*.tape") if not path.name.startswith(".")}

    def is_done(self, name="killed"):
        """Whether all hours are part of days, and removed."""
        return len(self.redis.client.ids(f"{name}:days")) == DAYS and len(self.files(name)) == DAYS

    def expected(self):
        """{file: sha256}, from a worker that is not killed."""
        process = self.worker("whole")
        until("all is kept", lambda: self.is_done("whole"), 60)
        process.kill()
        entries = self.entries("whole")
        for fields in entries.values():
            if fields["minutes"] not in ("60", "1440"):
                raise RuntimeError(f"{fields} lacks lists")
        return {file: fields["sha256"] for file, fields in entries.items()}

    def problems(self, expected, is_whole=False):
        files, entries = self.files("killed"), self.entries("killed")
        found = [
            f"{file} is not the block of its lists"
            for file, path in files.items()
            if hashlib.sha256(path.read_bytes()).hexdigest() != expected.get(file)
        ]
        for file, fields in entries.items():
            if fields.get("sha256") != expected.get(file):
                found.append(f"the entry of {file} is another: {fields}")
            elif file not in files and day(file) not in files:
                found.append(f"the entry of {file} has no block")
        if is_whole and set(entries) != set(expected):
            found.append(f"without an entry: {sorted(set(expected) - set(entries))[:3]}")
        if is_whole and {day(file) for file in expected} != set(files):
            found.append(f"these files are left: {sorted(files)[:5]}")
        return found

    def forget(self):
        self.redis.call("DEL", "killed", "killed:days")
        shutil.rmtree(self.folder("killed"))


def day(file):
    """The file of an hour's day: for 2026/11/28/13.tape it is 2026/11/2026-11-28.tape."""
    parts = file.split("/")
    return file if len(parts) == 3 else f"{parts[0]}/{parts[1]}/{'-'.join(parts[:3])}.tape"
