"""Anything that a person or another program may write into Redis, under all of our keys, while every route is requested."""

import random

from harness import times, web
from harness.redis import RedisError
from harness.stack import Stack
from harness.world import STREAMS
from registry import fault

MOST = 18446744073709551615
KEYS = STREAMS + [
    "{orders}:ledger", "{orders}:seen", "{orders}:missing", "{orders}:confirmed", "{read}:stats", "{read}:all",
    "{read}:GBP", "{read}:USD",
]
FIELDS = [
    "source", "minute", "fetched_at", "count", "sha256", "as_of", "mark", "rows", "gap", "detail", "key", "columns",
    "matched", "samples", "opened", "kind", "total", "tail", "currency", "amount", "rate", "rate_minute", "satoshi",
    "created_at", "raised", "last", "last_tail", "last_created_at", "GBP:count", "USD:units", "GBP:satoshi",
    "cap", "currencies", "added", "rates",
]
TEXTS = [
    "", "x", "0", "-1", "1e999", "nan", str(MOST), str(MOST + 1), "9223372036854775807", "-9223372036854775808",
    "9" * 38, "9" * 400, "\udcff\udcfe", "a\r\nb", "\0", "é" * 300, "[" * 300, "{}", "null", "[{}]", '[{"id":1}]',
    '[{"id":99999999999999999999,"symbol":"X","price":1e400}]', '[{"id":1,"symbol":"\udcff","price":1}]',
    '{"kind":"sandbox","opened":"1-0","entry":"2-0","tail":"00000000001","total":"%s"}' % MOST,
    '[{"name":"Rank","type":"integer"}]', '[{"name":"Rank","type":"integer"},{"name":"Rank","type":"string"}]',
    "sandbox", "price", "toplist", "real", "USD", "USD,CHF", "2026-11-21T09:01Z", "2026-11-21T09:01:00.000Z", "0123456789a",
    "-0001-01-01T00:00:00Z", "9999-12-31T23:59:60.999Z", "5-0", f"{MOST}-{MOST}", f"9223372036854775807-{MOST}",
]
LISTS = [
    "", "Rank,Symbol,Price USD,CMC ID\r\n", "Rank,Symbol,Price USD,CMC ID\r\n1,\udcff,1,1\r\n", '"', "a,b\r\n1\r\n" * 50,
    "Rank,Symbol,Price USD,CMC ID\r\n1,BTC,1e9999,1\r\n", "Rank,Symbol,Price USD,CMC ID\r\n" + "1,B,1,1\r\n" * 300,
]


@fault("hostile", "Hostile entries of every stream and key, and every route asked", lasts=60)
def hostile(world, table):
    writes = world.pick(3_000, 100_000)
    row = table.row(
        "Hostile entries and keys, of every kind that is ours",
        f"{writes:,} writes of `redis-cli` into every stream and key: ids up to the highest, numbers beyond all bounds, text "
        "that is no UTF-8, wrong types; each route, `status` and `orders verify` asked in between; seed 7",
    )
    world.start_redis()
    world.sandbox()
    stack = Stack(world)
    redis, draw = world.redis.another(), random.Random(7)
    untrue, lost, done, looked, flushed = [], [], 0, 0, 0
    while done < writes and not lost:
        count, minute = episode(redis, draw, world)
        done += count
        for _ in range(2):
            ask(draw, stack, world, untrue, minute)
        lost += [name for name in stack.ended if name not in lost]
        if done - looked > 500:
            looked = done
            for command in (("status",), ("orders", "verify", "--config", world.config / "ledger.json")):
                code, text = world.run(*command, seconds=120)
                if code not in (0, 1):
                    lost.append(f"{' '.join(map(str, command[:2]))}: exit {code}: {text[-200:]}")
        if done - flushed > 2_000:
            # The next episode starts with data that every process understands.
            flushed = done
            redis.call("FLUSHALL")
    lost += [name for name in stack.ended if name not in lost]
    row.none("no process ends", lost, f"{done:,} writes; all six workers live")
    row.none("what the api says is well formed, and UTF-8 where it says so", untrue, "all of it")
    stack.anew()
    row.expect("after a flush all works again", stack.order() == "200", "lists, rates, orders")


def episode(redis, draw, world):
    """Some writes at once; returns how many, and a minute that they concern."""
    key = draw.choice(KEYS)
    minute = world.minute_now() + 60_000 * draw.choice([-9999999, -20, -3, -2, -1, 0, 1, 2, 9999999])
    if draw.randrange(2):
        # Only an empty stream accepts any id.
        redis.call("DEL", key)
    count = 0
    for step in range(draw.randrange(1, 6)):
        try:
            write(redis, draw, key, max(0, minute + 60_000 * step))
            count += 1
        except RedisError:
            pass
    return count, minute


def write(redis, draw, key, minute):
    """One write."""
    text = lambda: draw.choice(TEXTS)
    kind = draw.randrange(10)
    if kind < 5:
        id = draw.choice([f"{minute}-0"] * 3 + [f"{minute}-{MOST}"] * 3 + [f"5-{MOST}", f"{MOST}-0", f"{MOST // 2}-{MOST}", "*"])
        if key == "toplist" and draw.randrange(2):
            redis.call("SET", f"toplist:{stamp_of(minute)}", draw.choice(LISTS))
        redis.call("XADD", key, id, *content(draw, key, minute))
    elif kind == 5:
        redis.call("HSET", draw.choice(["{read}:stats", "{orders}:seen", key]), draw.choice(FIELDS), text())
    elif kind == 6:
        redis.call("SET", key, text())
    elif kind == 7:
        redis.call("SET", f"toplist:{stamp_of(minute)}", draw.choice(LISTS))
    elif kind == 8:
        name = draw.choice(["lease", "tries", "pause"])
        tail = "" if name == "pause" else f":{stamp_of(minute)}"
        redis.call(draw.choice(["SET", "RPUSH"]), f"{name}:{draw.choice(STREAMS)}{tail}", text())
    else:
        redis.call("EXPIRE" if draw.randrange(2) else "XTRIM", key, *([100] if draw.randrange(2) else ["MAXLEN", 1]))


def content(draw, key, minute):
    """The fields of an entry: those of a valid one with one or two corrupted, or random ones."""
    good = {
        "toplist": {
            "source": "toplist", "minute": stamp_of(minute), "count": "300", "sha256": "0" * 64,
            "key": f"toplist:{stamp_of(minute)}",
            "columns": '[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},'
                       '{"name":"Price USD","type":"decimal"},{"name":"CMC ID","type":"integer"}]',
        },
        "{orders}:ledger": {
            "currency": "USD", "amount": "1", "rate": "100", "rate_minute": stamp_of(minute), "satoshi": "1",
            "tail": "00000000001", "created_at": "2026-11-21T09:01:00.000Z", "total": "1", "key": "k",
        },
    }.get(key, {"source": "sandbox", "minute": stamp_of(minute), "count": "1", "sha256": "0" * 64,
                "rows": '[{"id":1,"symbol":"BTC","price":1,"GBP":"1","USD":"1"}]'})
    if draw.randrange(3) == 0:
        good = {"source": good.get("source", key), "minute": "x", "gap": draw.choice(["x", "upstream"]), "detail": "y"}
    elif draw.randrange(6) == 0:
        good = {"opened": "2026-11-21T09:00:00.000Z", "kind": "sandbox", "total": "0", "tail": "00000000001"}
    for _ in range(draw.randrange(3)):
        good[draw.choice(list(good) + FIELDS)] = draw.choice(TEXTS)
    return [part for pair in good.items() for part in pair]


def stamp_of(milliseconds):
    return times.minute(max(0, milliseconds))


def ask(draw, stack, world, untrue, about):
    """Requests a random route, and adds what is wrong with the response to `untrue`."""
    minute = stamp_of(about + 60_000 * draw.randrange(-2, 4))
    target = draw.choice([f"/?datetime={minute}"] * 4 + [
        "/", "/?limit=3&format=CSV", f"/?datetime={minute}", f"/?datetime={minute}&format=CSV&limit=10000", "/?datetime=-2m",
        "/?datetime=1970-01-01", "/healthz", "/readyz", "/readyz?verbose", "/metrics", "/buy_orders",
        "/buy_orders?page_size=100&currency=USD", "/buy_orders/stats", "/buy_orders/01a20bcb-292e-7000-8000-008598c6b40a",
        "/buy_orders?last_reference=ffffffff-ffff-7fff-bfff-ffffffffffff", "PUT",
    ])
    try:
        if target == "PUT":
            stack.order()
            return
        answer = web.ask(stack.api.port, target, timeout=20)
    except OSError as error:
        if stack.api.is_running:
            untrue.append(f"{target}: {error}")
        return
    try:
        text = answer.body.decode("utf-8")
    except UnicodeDecodeError:
        untrue.append(f"{target}: {answer.status}, and not UTF-8")
        return
    kind = answer.headers.get("Content-Type", "")
    if "json" in kind and text.strip() and answer.json == {} and text.strip() != "{}":
        untrue.append(f"{target}: {answer.status}, and no JSON: {text[:80]}")
    if answer.status >= 500 and answer.status != 503:
        untrue.append(f"{target}: {answer.status}: {text[:80]}")
