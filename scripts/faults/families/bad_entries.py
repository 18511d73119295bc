"""Entries and keys that were written by hand."""

from checks import minutes
from harness import books, times, web
from harness.redis import RedisError, newest_rows
from harness.stack import Stack
from harness.wait import took, until
from registry import fault

SPEED = 15
DAY = 86_400_000
ROWS = {
    "no JSON": "these are no rows",
    "half of a list": '[{"id":1,"symbol":"BTC","price":1},{"id":',
    "an object": '{"id":1,"symbol":"BTC","price":1}',
    "numbers": "[1,2,3]",
    "members of the wrong types": '[{"id":{},"symbol":[],"price":"a lot"}]',
    "no rows in it": "[]",
}


def begin(world):
    world.start_redis()
    world.fast(SPEED)
    world.sandbox()
    return Stack(world)


def quiet(row, stack, what, most=3):
    """Expects that no worker has ended, and none repeats its messages."""
    loud = {name: len(stack.complaints(name)) for name in stack.processes if len(stack.complaints(name)) > most}
    row.expect(f"{what}: no worker ends, none warns more than {most} times", not stack.ended and not loud,
               f"ended: {', '.join(stack.ended)}" if stack.ended else str(loud) if loud else "none")


@fault("bad-rows", "Rows that cannot be read, under a minute that is due", lasts=50)
def bad_rows(world, table):
    row = table.row(
        "Rows that cannot be read",
        "`redis-cli XADD` of the next minute to `price`, then to `rank`, before its worker comes to it, with "
        "rows that are "
        + ", ".join(ROWS),
    )
    stack = begin(world)
    redis, spoilt = world.redis, {}
    for stream in ["price", "rank"]:
        for name, rows in ROWS.items():
            minute = next_minute(world, stack, stream)
            redis.call("XADD", stream, f"{minute}-0", "source", stream, "minute", times.minute(minute), "rows", rows)
            until("the minute is joined", lambda: redis.client.newest("toplist") >= minute, 30)
            spoilt[f"{stream}: {name}"] = minute
    entries = {id: fields for id, fields in redis.entries("toplist")}
    told = {name: entries[f"{minute}-0"] for name, minute in spoilt.items()}
    unsaid = [name for name, fields in told.items() if not fields.get("gap") or not fields.get("detail")]
    # If an entry has no rows, the list may use those of the minute before, which is within the margin.
    row.none(
        "each such minute is a gap with its reason",
        [f"{name}: {'rows' if 'key' in told[name] else told[name]}" for name in unsaid],
        "; ".join(
            sorted({f"{fields['gap']}: {fields['detail'][:60]}" for fields in told.values() if "gap" in fields})[:3]
        ),
    )
    after = max(spoilt.values())
    within = took(lambda: newest_rows(redis, "toplist") > after, 10)
    row.expect("the next minute has rows", within is not None, "yes" if within is not None else "no")
    row.none(
        "no minute is missing", minutes.problems(redis.client.ids("toplist")), minutes.told(redis.entries("toplist"))
    )
    quiet(row, stack, "meanwhile", most=30)


@fault("bad-source", "An entry of another source", lasts=13)
def bad_source(world, table):
    row = table.row(
        "An entry of another source", "`redis-cli XADD price <next minute>-0 source other …`; mended by `XDEL`"
    )
    stack = begin(world)
    redis = world.redis
    minute = next_minute(world, stack, "price")
    stack.mark()
    redis.call(
        "XADD", "price", f"{minute}-0", "source", "other", "minute", times.minute(minute), "rows", ROWS["no rows in it"]
    )
    refused = took(lambda: stack.said("price", "entry.refused"), 20)
    row.expect("the worker says that it is refused, and waits", refused is not None, "; ".join(
        line.split(" price ")[-1][:100] for line in stack.said("price", "entry.refused")[:1]) or "nothing")
    gap = minute + 60_000
    until("the next minute is joined", lambda: redis.client.newest("toplist") >= gap, 20)
    fields = dict(redis.entries("toplist"))[f"{gap}-0"]
    row.expect("minutes become gaps with their reason", "gap" in fields, f"{fields.get('gap')}: {fields.get('detail')}")
    quiet(row, stack, "meanwhile", most=8)
    for id, fields in redis.entries("price"):
        if fields["source"] == "other":
            redis.call("XDEL", "price", id)
    recovers(row, world, stack, "toplist")


@fault("future", "An entry that is dated a day in the future", lasts=65)
def future(world, table):
    stack = begin(world)
    redis = world.redis
    for stream in ["price", "btc_rate", "toplist"]:
        row = table.row(
            f"An entry of `{stream}` that is dated a day in the future",
            f"`redis-cli XADD {stream}` of tomorrow by another program; a minute later mended by `XDEL` and "
            f"`XSETID` of the "
            "newest good entry",
        )
        good = redis.call("XREVRANGE", stream, "+", "-", "COUNT", 1)[0]
        stack.mark()
        tomorrow = f"{world.minute_now() + DAY}-0"
        redis.call("XADD", stream, tomorrow, *good[1])
        before = world.minute_now()
        until("two minutes later", lambda: world.minute_now() > before + 60_000, 30)
        quiet(row, stack, "meanwhile", most=5)
        answer = web.ask(stack.api.port)
        row.expect("the api serves the last good list", answer.status == 200, f"{answer.status}, Age {answer.age}")
        redis.call("XDEL", stream, tomorrow)
        last = redis.call("XREVRANGE", stream, "+", "-", "COUNT", 1)
        redis.call("XSETID", stream, last[0][0])
        is_good = recovers(row, world, stack, "toplist" if stream == "price" else stream)
        if stream == "toplist":
            is_good &= serves_again(row, world, stack)
        else:
            is_good &= orders_again(row, world, stack)
        if not is_good:
            stack.anew()


@fault("wrong-type", "Keys of the wrong type, and rubbish in the worker's own keys", lasts=55)
def wrong_type(world, table):
    stack = begin(world)
    redis = world.redis
    for stream in ["price", "toplist", "btc_rate"]:
        row = table.row(
            f"`{stream}` is a string", f"`redis-cli DEL {stream}`, `SET {stream} x`; a minute later `DEL {stream}`"
        )
        stack.mark()
        redis.call("DEL", stream)
        redis.call("SET", stream, "x")
        before = world.minute_now()
        until("two minutes later", lambda: world.minute_now() > before + 60_000, 30)
        quiet(row, stack, "meanwhile")
        status = web.ask(stack.api.port)
        row.expect("the api serves the last list", status.status == 200, f"{status.status}, Age {status.age}")
        redis.call("DEL", stream)
        if not recovers(row, world, stack, stream) or not orders_again(row, world, stack):
            stack.anew()
    row = table.row(
        "Rubbish in a worker's own keys",
        "A list as `lease:price:<next>`, a word as `tries:price:<next but one>` and as " "`pause:price`, all at once",
    )
    stack.mark()
    following = next_minute(world, stack, "price")
    redis.call("RPUSH", f"lease:price:{times.minute(following)}", "x")
    redis.call("SET", f"tries:price:{times.minute(following + 60_000)}", "x")
    redis.call("SET", "pause:price", "rubbish", "PX", 4000)
    until("the minutes go by", lambda: world.minute_now() > following + 60_000, 30)
    quiet(row, stack, "meanwhile", most=6)
    redis.call("DEL", f"lease:price:{times.minute(following)}", f"tries:price:{times.minute(following + 60_000)}")
    if not recovers(row, world, stack, "toplist"):
        stack.anew()
    read_model(world, table, stack)
    ids = redis.client.ids("rank")
    row.none("`rank`, which nobody touched, has every minute", minutes.problems(ids), f"{len(ids)} minutes")


def read_model(world, table, stack):
    redis = world.redis
    row = table.row(
        "Rubbish in the read model",
        "`redis-cli HSET {read}:stats last rubbish`, orders meanwhile; then `cointape orders rebuild`",
    )
    stack.mark()
    redis.call("HSET", "{read}:stats", "last", "rubbish")
    taken = stack.order()
    row.expect("orders are taken", taken == "200", taken)
    said = took(lambda: stack.said("ledger", "read_model.damaged"), 20)
    row.expect(
        "the project worker says so once",
        said is not None and len(stack.said("ledger", "read_model.damaged")) == 1,
        f"{len(stack.said('ledger', 'read_model.damaged'))} lines",
    )
    answer = web.ask(stack.api.port, "/buy_orders")
    row.expect(
        "their pages are 503 read-model-damaged",
        answer.problem == "read-model-damaged",
        f"{answer.status} {answer.problem}",
    )
    code, text = world.run("orders", "rebuild", "--config", world.config / "ledger.json")
    row.expect("it is made anew", code == 0, text.strip().splitlines()[-1])
    folded = took(lambda: stack.order() == "200" and books.is_folded(redis), 15)
    row.within("orders are folded again within 15 s", 15, folded)
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)
    quiet(row, stack, "meanwhile")


def next_minute(world, stack, stream):
    """Waits until the present minute is settled; returns the next one."""
    redis = world.redis
    until("the present minute is settled", lambda: redis.client.newest(stream) == world.minute_now(), 30, every=0.01)
    return world.minute_now() + 60_000


def recovers(row, world, stack, stream):
    """Expects a new minute with rows within three minutes of the tape."""
    begin = world.minute_now()
    def is_there():
        try:
            return newest_rows(world.redis, stream) > begin
        except RedisError:
            return False
    seconds = took(is_there, 180 / SPEED + 5)
    row.expect(f"mended, minutes of `{stream}` come again within three minutes", seconds is not None,
               "never" if seconds is None else f"after {seconds * SPEED / 60:.1f} minutes")
    return seconds is not None and not stack.ended


def serves_again(row, world, stack):
    """Expects that the api serves new lists."""
    begin = world.minute_now()
    def is_new():
        answer = web.ask(stack.api.port)
        return answer.status == 200 and world.tape_now() - answer.age * 1000 * SPEED > begin
    seconds = took(is_new, 180 / SPEED + 5)
    row.expect("and the api serves them", seconds is not None, "never" if seconds is None else f"after {seconds:.0f} s")
    return seconds is not None


def orders_again(row, world, stack):
    seconds = took(lambda: stack.order() == "200", 180 / SPEED + 5)
    row.expect("and orders are taken", seconds is not None,
               f"never: {stack.order()}" if seconds is None else f"after {seconds:.0f} s")
    return seconds is not None
