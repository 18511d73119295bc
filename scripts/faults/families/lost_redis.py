"""Redis is unreachable: each worker keeps running, logs it once, and recovers within ten seconds."""

import subprocess
import time

from checks import orders
from harness import books, web
from harness.load import place
from harness.stack import Stack
from harness.wait import took, until
from harness.world import DURABLE, KINDS
from registry import fault

BACK = 10
# The problems that an order may get while Redis is away.
REFUSED = {"orders-unavailable", "outcome-unknown", "rate-stale"}


@fault("lost-redis", "Redis is refused, restarted, stopped, cut off, or asks for a password", lasts=65)
def lost_redis(world, table):
    world.start_redis(*DURABLE)
    world.sandbox()
    stack = Stack(world)
    seconds = world.pick(8, 30)
    for cause in [Refused(), Restarted(), Stopped(), HalfOpen(), Password()]:
        row = table.row(cause.fault, cause.done.format(seconds=seconds))
        if isinstance(cause, HalfOpen) and not world.is_isolated:
            row.skip("packets can only be dropped in a network of our own: root on Linux is needed")
            continue
        go_through(row, world, stack, cause, 0 if isinstance(cause, Restarted) else seconds)


class Refused:
    fault = "Redis is away: connections are refused"
    is_noticed = True
    done = "`kill -9` of redis-server (`appendfsync always`), {seconds} s later started on the same files"

    def begin(self, world):
        world.redis.kill()

    def end(self, world):
        world.redis.start()


class Restarted(Refused):
    fault = "Redis is restarted"
    done = "`kill -9` of redis-server and at once another on the same files"


class Stopped:
    fault = "Redis stands still"
    is_noticed = False
    done = "SIGSTOP of redis-server, {seconds} s later SIGCONT"

    def begin(self, world):
        world.redis.process.stop()

    def end(self, world):
        world.redis.process.go_on()


class HalfOpen:
    fault = "Half-open connections: packets are dropped, nobody is told"
    is_noticed = False
    done = "`nft` drops every packet from and to Redis' port, in a network of its own, for {seconds} s; no RST, no FIN"

    def begin(self, world):
        drop(world.redis.port)

    def end(self, world):
        subprocess.run(["nft", "delete", "table", "inet", "faults"], check=True)


class Password:
    fault = "Redis asks for a password that the workers do not have"
    is_noticed = True
    done = "`CONFIG SET requirepass`, `CLIENT KILL TYPE normal`; {seconds} s later the password is taken away again"

    def begin(self, world):
        self.admin = world.redis.another()
        self.admin.call("CONFIG", "SET", "requirepass", "secret")
        self.admin.password = "secret"
        try:
            self.admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")
        except OSError:
            pass
        self.admin.close()

    def end(self, world):
        self.admin.call("CONFIG", "SET", "requirepass", "")
        world.redis.client.close()


def drop(port):
    rules = (f"table inet faults {{ chain input {{ type filter hook input priority 0; tcp dport {port} drop; "
             f"tcp sport {port} drop; }}; }}")
    subprocess.run(["nft", rules], check=True)


def go_through(row, world, stack, cause, seconds):
    """Goes from a good state through the fault back to a good state."""
    stack.mark()
    looks = Looks(stack, f"{row.fault[:14].replace(' ', '-')}-{world.random.randrange(10 ** 9)}")
    cause.begin(world)
    if seconds:
        looks.run(seconds)
    ended = time.time() * 1000
    cause.end(world)
    back = took(lambda: stack.order(timeout=3) == "200", 30)
    row.within(f"the api takes orders again within {BACK} s", BACK, back)
    beating = took(lambda: beats(world.redis, ended), 30)
    since = None if beating is None else time.time() - ended / 1000
    row.within(f"every worker beats again within {BACK} s", BACK + 1, since)
    row.within("the project worker folds again", BACK, took(lambda: books.is_folded(world.redis), 20))
    if seconds:
        looks.told(row)
        truth(row, world, stack, looks)
        told_once(row, stack, cause.is_noticed)
    most = max(len(stack.complaints(name)) for name in KINDS)
    row.expect("no worker ends, none warns more than twice", not stack.ended and most <= 2,
               f"ended: {stack.ended}" if stack.ended else f"{most} warnings at most")


def told_once(row, stack, is_noticed):
    """A worker that sends nothing meanwhile may not notice that Redis hangs."""
    def count(event):
        return [len(stack.said(name, event)) for name in KINDS]
    until(
        "whoever said that Redis is lost says that it is back", lambda: count("redis.back") >= count("redis.lost"), 20
    )
    lost, back = count("redis.lost"), count("redis.back")
    most = "once" if is_noticed else "once, if it notices,"
    row.expect(
        f"each worker says {most} that Redis is lost, and as often that it is back",
        lost == back and max(lost) == 1 and (min(lost) == 1 or not is_noticed),
        (
            f"{sum(lost)} of {len(KINDS)} workers, each once"
            if lost == back and max(lost) == 1
            else f"lost {lost}, back {back}"
        ),
    )


def beats(redis, since):
    """Whether each worker has renewed its heartbeat since then; the key lives for 15 s."""
    now, found = time.time() * 1000, set()
    for key in redis.call("KEYS", "worker:*"):
        if now + redis.call("PTTL", key) >= since + 15_000:
            found.add(key.split(":")[1])
    return found >= set(KINDS)


class Looks:
    """What clients of the api see while Redis is away."""

    def __init__(self, stack, key):
        self.stack, self.key = stack, key
        self.lists, self.ages, self.alive, self.pages, self.orders, self.slowest = [], [], [], [], [], 0

    def run(self, seconds):
        end = time.monotonic() + seconds
        port = self.stack.api.port
        while time.monotonic() < end:
            begin = time.monotonic()
            answer = web.ask(port)
            self.lists.append(answer.status)
            self.ages.append(answer.age)
            self.alive.append(web.status(port, "/healthz"))
            kind, answer = place(port, "USD", "0.13", f"{self.key}-{len(self.orders)}")
            self.orders.append((kind, f"USD 0.13 {self.key}-{len(self.orders)}"))
            self.pages.append(web.ask(port, "/buy_orders").problem)
            self.slowest = max(self.slowest, time.monotonic() - begin)
            time.sleep(0.3)

    def told(self, row):
        grown = self.ages[-1] - self.ages[0]
        row.expect(
            "lists are 200, their Age grows",
            set(self.lists) == {200} and grown >= 0 and self.ages == sorted(self.ages),
            f"{len(self.lists)} lists, Age {self.ages[0]} to {self.ages[-1]}",
        )
        row.expect("`/healthz` is 200", set(self.alive) == {200}, f"{len(self.alive)} times")
        kinds = sorted({kind for kind, _ in self.orders})
        row.expect("orders are 503, with what is known of them", set(kinds) <= REFUSED, ", ".join(kinds))
        pages = sorted(set(self.pages))
        row.expect("pages of orders are 503", pages == ["orders-unavailable"], ", ".join(pages) or "200")
        row.expect("four answers take less than 10 s", self.slowest < 10, f"{self.slowest:.1f} s at most")


def truth(row, world, stack, looks):
    """Sends the same keys again: then each must be one order, and none two."""
    acknowledged, wrong = {}, []
    for _, identity in looks.orders:
        kind, answer = place(stack.api.port, *identity.split(" "))
        if kind == "200":
            acknowledged[identity] = answer.json["buy_order"]["id"]
        else:
            wrong.append(f"{identity}: {kind}")
    ledger = books.ledger(world.redis)
    wrong += orders.lost_or_doubled(acknowledged, ledger) + orders.sums(ledger)
    row.none(
        "the same keys tell the truth afterwards, and nothing is doubled", wrong, f"{len(acknowledged)} asked again"
    )


@fault("log", "What a worker says of a long outage", lasts=48)
def log(world, table):
    speed = world.pick(15, 1)
    row = table.row("Redis is away for ten minutes", "`kill -9` of redis-server, ten minutes later started again"
                    + (f"; {speed} times as fast as life" if speed > 1 else ""))
    world.start_redis(*DURABLE)
    if speed > 1:
        world.fast(speed)
    world.sandbox()
    stack = Stack(world)
    stack.mark()
    world.redis.kill()
    time.sleep(600 / speed)
    world.redis.start()
    until("every worker has said that Redis is back", lambda: all(stack.said(name, "redis.back") for name in KINDS), 30)
    back = took(lambda: world.redis.client.newest("toplist") >= world.minute_now() - 60_000, 20 + 120 / speed)
    row.expect("minutes come again", back is not None, f"after {back:.1f} s" if back is not None else "never")
    counts = {name: len(stack.said(name)) for name in KINDS}
    row.expect("each worker's log has fewer than 50 lines", max(counts.values()) < 50,
               ", ".join(f"{name} {count}" for name, count in counts.items()))
    story = {name: [line for line in stack.said(name) if "redis." in line] for name in KINDS}
    events = {name: " and ".join(" ".join(line.split(" ")[3:4]) for line in lines) for name, lines in story.items()}
    row.none(
        "each worker says first that Redis is lost, last that it is back, and no more of Redis",
        [f"{name}: {told}" for name, told in events.items() if told != "redis.lost and redis.back"],
        events["price"],
    )
    away = [
        int(line.split("duration_ms=")[1].split()[0])
        for lines in story.values()
        for line in lines
        if "redis.back" in line
    ]
    row.expect(
        "the duration is told", bool(away), f"{min(away) / 1000:.0f} to {max(away) / 1000:.0f} s" if away else "not"
    )
