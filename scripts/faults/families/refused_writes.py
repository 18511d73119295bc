"""Redis answers but refuses writes: no memory, no disk, a replica; or it has lost its data."""

import subprocess
import time

from checks import orders
from harness import books, web
from harness.load import place
from harness.redis import newest_rows
from harness.stack import Stack
from harness.wait import took
from harness.world import DURABLE, KINDS, STREAMS
from registry import fault

SPEED = 10
BACK = 10


@fault("refused-writes", "Redis refuses to write: no memory, a replica, no scripts; or everything is flushed", lasts=58)
def refused_writes(world, table):
    world.start_redis()
    world.fast(SPEED)
    world.sandbox()
    stack = Stack(world)
    redis, seconds = world.redis, world.pick(12, 60)
    row = table.row("Redis is out of memory", f"`CONFIG SET maxmemory 1mb`; {seconds} s later without a limit")
    refused(row, world, stack, seconds, lambda: redis.call("CONFIG", "SET", "maxmemory", "1mb"),
            lambda: redis.call("CONFIG", "SET", "maxmemory", "0"))
    row = table.row("Redis has become a replica, which takes no writes",
                    f"`REPLICAOF` a port where nobody is; {seconds} s later `REPLICAOF NO ONE`")
    refused(row, world, stack, seconds, lambda: redis.call("REPLICAOF", "127.0.0.1", "1"),
            lambda: redis.call("REPLICAOF", "NO", "ONE"))
    scripts_flushed(world, table, stack)
    flushed(world, table, stack)


def refused(row, world, stack, seconds, begin, end):
    redis = world.redis
    stack.mark()
    begin()
    lists, answers, until_when = [], [], time.monotonic() + seconds
    while time.monotonic() < until_when:
        lists.append(web.status(stack.api.port))
        answers.append(stack.order())
        time.sleep(0.3)
    row.expect("lists are 200", set(lists) == {200}, f"{len(lists)} lists")
    row.expect("orders are 503 orders-unavailable", set(answers) <= {"orders-unavailable", "rate-stale"},
               ", ".join(sorted(set(answers))))
    end()
    comes_back(row, world, stack)
    kinds = ["price", "rank", "btc_rate"]
    row.expect(
        "the workers say it, and not again and again",
        all(1 <= len(stack.complaints(name)) <= 3 for name in kinds),
        ", ".join(f"{name} {len(stack.complaints(name))}" for name in kinds) + " warnings",
    )
    most = max(len(stack.complaints(name)) for name in KINDS)
    row.expect("no worker ends, none warns more than 3 times", not stack.ended and most <= 3,
               f"ended: {stack.ended}" if stack.ended else f"{most} at most")


def comes_back(row, world, stack):
    redis, begin = world.redis, world.minute_now()
    row.within(f"orders are taken within {BACK} s", BACK, took(lambda: stack.order() == "200", 20))
    row.within("and folded", BACK, took(lambda: books.is_folded(redis), 20))
    # Another one can only come after the rest of this minute.
    row.within(f"every stream has rows of a new minute within {BACK} s", BACK,
               took(lambda: all(newest_rows(redis, stream) > begin for stream in STREAMS), 30))


def scripts_flushed(world, table, stack):
    row = table.row("Redis has forgotten the scripts", "`SCRIPT FLUSH`, ten times")
    stack.mark()
    wrong = []
    for _ in range(10):
        world.redis.call("SCRIPT", "FLUSH")
        answer = stack.order()
        if answer != "200":
            wrong.append(answer)
    row.none("orders are taken all the same", wrong, "10 of 10")
    comes_back(row, world, stack)
    row.expect("nobody says anything", not any(stack.complaints(name) for name in KINDS),
               f"{sum(len(stack.complaints(name)) for name in KINDS)} warnings")


def flushed(world, table, stack):
    row = table.row("Everything is flushed", "`FLUSHALL` between orders; nobody opens a ledger")
    redis = world.redis
    stack.mark()
    redis.call("FLUSHALL")
    answers, end = [], time.monotonic() + 15
    begin = world.minute_now()
    while time.monotonic() < end:
        answers.append(stack.order())
        time.sleep(0.2)
    row.expect("not one order is taken", set(answers) <= {"ledger-lost", "rate-stale", "ledger-not-open"},
               f"{len(answers)} asked for: " + ", ".join(sorted(set(answers))))
    row.expect("there is no ledger", redis.call("EXISTS", books.LEDGER) == 0, "none")
    row.expect("the list is served", web.status(stack.api.port) == 200, "200")
    again = took(lambda: all(newest_rows(redis, stream) > begin for stream in STREAMS), 30)
    row.expect("minutes come again by themselves", again is not None, "yes" if again is not None else "no")
    # An api that starts now knows of no earlier orders, and there are no records of any; still it must take no order.
    other = world.api()
    kinds = set()

    def says_why():
        kind, _ = place(other.port, "USD", "0.11", "after-the-flush")
        kinds.add(kind)
        return kind in {"ledger-not-open", "ledger-lost"}

    # Until it has read a rate and the records of older orders, it only says that it has not.
    told = took(says_why, 10)
    early = {"rate-stale", "orders-unavailable"}
    row.expect("an api that starts now takes none either",
               told is not None and kinds <= {"ledger-not-open", "ledger-lost"} | early, ", ".join(sorted(kinds)))
    row.expect("no worker ends", not stack.ended, "none")


@fault("disk-full", "The disk of Redis' files is full", lasts=20, needs_namespaces=True)
def disk_full(world, table):
    world.fast(SPEED)
    for fsync in ["always", "everysec"]:
        folder = world.folder / fsync
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
        world.start_redis(*DURABLE, "--appendfsync", fsync, "--auto-aof-rewrite-percentage", "0", folder=folder)
        world.sandbox()
        stack = Stack(world)
        ends = fsync == "always"
        row = table.row(f"The disk is full (`appendfsync {fsync}`)",
                        "Redis' files on 4 MB of tmpfs, filled by another file between orders; then that is deleted"
                        + (", and Redis started" if ends else ""))
        full(row, world, stack, folder / "other", ends)
        stack.end()
        world.forget()


def full(row, world, stack, fill, ends):
    redis, acknowledged, answers = world.redis, {}, []
    stack.mark()
    fill_up(fill)
    end = time.monotonic() + (60 if ends else 8)
    while redis.process.is_running and time.monotonic() < end:
        identity = f"USD 0.12 full-{len(answers)}"
        kind, answer = place(stack.api.port, *identity.split(" "))
        answers.append(kind)
        if kind == "200":
            acknowledged[identity] = answer.json["buy_order"]["id"]
        time.sleep(0.01)
    if ends:
        row.expect("Redis ends rather than acknowledge what is not written", not redis.process.is_running,
                   "it has ended" if not redis.process.is_running else "it runs")
    refused = {stack.order(timeout=5) for _ in range(5)}
    row.expect("orders are 503, lists 200",
               refused <= {"orders-unavailable", "outcome-unknown"} and web.status(stack.api.port) == 200,
               ", ".join(sorted(refused)))
    fill.unlink()
    redis.client.close()
    if ends:
        redis.start()
    comes_back(row, world, stack)
    ledger = books.ledger(redis)
    row.none(
        "each acknowledged order is in the ledger, once",
        orders.lost_or_doubled(acknowledged, ledger) + orders.sums(ledger),
        f"{len(acknowledged)} acknowledged while it filled up",
    )
    row.expect("no worker ends", not stack.ended, "none")
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)


def fill_up(path):
    """Fills the disk to the last byte."""
    with open(path, "wb", buffering=0) as file:
        for size in [65_536, 4096, 256, 16, 1]:
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
