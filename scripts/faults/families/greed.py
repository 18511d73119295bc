"""Clients that ask for more than their share: the cost of each request, and how others are served meanwhile."""

import contextlib
import http.client
import json
import pathlib
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid

from families.clients import connect, raise_limit
from greed import costly
from harness import isolation, lists, web
from harness.jobs import MEASURES
from harness.process import memory
from harness.wait import until
from harness.world import RedisServer
from registry import fault

HONEST = pathlib.Path(__file__).resolve().parents[2] / "greed/honest.py"
LATEST = 50
MICROSECONDS_A_KB = 20
# Limits of CPU time apply to a machine on which Redis takes PING microseconds (median) to answer a PING between requests to
# an api. If it takes longer, for example on a shared processor, the limits are raised in proportion.
PING = 20
# The cost of any refusal, however short; and with a new connection, if the refusal ends it.
BASE, NEW = 250, 500
# In bytes: by how much an api may grow, which is `http.max_unfinished` and 40 kB for each of 3,000 connections, 16 kB of
# which for the last read; and how much of that it may keep.
PEAK, KEPT = 152_000_000, 60_000_000
ROWS = 10_000
WHOLE = costly.get("/?limit=100000")


@fault("greed", "Clients that ask for more than their share", lasts=60, kind=MEASURES)
def greed(world, table):
    raise_limit()
    redis, now = world.start_redis(), world.minute_now()
    fill(redis, now)
    world.sandbox()
    world.workers("btc_rate", "ledger")
    world.open_ledger()
    api = world.api()
    until("the api serves", lambda: web.status(api.port) == 200, 30)
    until("the api takes orders", lambda: order(api.port) == 200, 30)
    for _ in range(150):
        order(api.port)
    cost(world, table, api, redis, now)
    beside(world, table, api)


def fill(redis, now):
    """Stores a whole list, and 3,000 minutes before it; every other one is missing, and many of the older ones are gaps."""
    lists.publish(redis, now - 3_200 * 60_000, rows=10)
    fields = redis.client.entries_back("toplist", 1)[0][1]
    flat = [part for pair in fields.items() for part in pair]
    for ago in range(3_000, 2, -2):
        gap = ago > 1_500 and ago % 200 != 0
        redis.call("XADD", "toplist", f"{now - ago * 60_000}-0", *(["gap", "upstream", "detail", "none"] if gap else flat))
    lists.publish(redis, now, ROWS)


def order(port):
    body = json.dumps({"currency": "USD", "amount": "0.11", "idempotence_key": str(uuid.uuid4())})
    return web.status(port, "/buy_order", method="PUT", body=body)


# The cost of a request


def cost(world, table, api, redis, now):
    kept, machine = Kept(api.port), Machine(RedisServer(world, (), world.folder / "unused"))
    for kind, requests in costly.KINDS.items():
        row = table.row(
            f"Requests that are costly to read: {kind}",
            f"{', '.join(requests)}; one behind the other, CPU of the api",
        )
        costs = {name: Cost(request, machine) for name, request in requests.items()}
        for number in range(ROUNDS + MORE):
            for each in costs.values():
                # On a busy machine any of them may once be too expensive.
                if number < ROUNDS or each.is_dear:
                    each.measure(api, kept)
        # For debugging: --keep keeps the output.
        for name, each in sorted(costs.items(), key=lambda pair: -pair[1].least):
            print(f"{kind}: {name}: {each}")
        worst = max(costs, key=lambda name: costs[name].least)
        row.none(
            f"each costs {BASE} µs at most ({NEW} µs where it ends its connection), and {MICROSECONDS_A_KB} µs a KB",
            [f"{name}: {each}" for name, each in costs.items() if each.is_dear],
            f"{worst} costs most: {costs[worst]}")
    row = table.row(
        "Requests whose answers take work",
        "60 of each kind, one behind the other, several times; CPU of the api and of Redis, the least of these times")
    for kind in costly.answers(None, now):
        turns, most = [], MOST.get(kind, ANSWER)
        for turn in range(TURNS + 5):
            if turn >= TURNS and min(turns).cost < most:
                break
            turns.append(Turn(costly.answers(kind, now, turn), api, redis, kept, machine))
        least = min(turns)
        row.expect(f"{kind}: {most:,} µs at most", least.cost < most, f"{least}")


class Turn:
    """The CPU time of responses of one kind in microseconds, divided by how slow the machine was meanwhile."""

    def __init__(self, requests, api, redis, kept, machine):
        ours, theirs = Spent([api.pid]), Spent([redis.process.pid])
        # The load of the machine varies within a turn, so its slowness is measured throughout.
        pings = []
        for number, request in enumerate(requests):
            if number % 5 == 0:
                pings.append(machine.batch())
            kept.ask(request)
        self.slowness = max(1, statistics.median(pings) / PING)
        self.cost = ours.so_far() / len(requests) * 1e6 / self.slowness
        self.redis = theirs.so_far() / len(requests) * 1e6 / self.slowness

    def __lt__(self, other):
        return self.cost < other.cost

    def __str__(self):
        slow = "" if self.slowness == 1 else f", divided by {self.slowness:.1f}, as the machine was slower"
        return f"{self.cost:,.0f} µs, and {self.redis:,.0f} µs of Redis{slow}"


# The api's limits in microseconds: for one or two requests to Redis, and for compression or reading a hundred orders.
ANSWER = 500
MOST = dict.fromkeys(["404, before all lists", "404, among lists", "404, a gap"], 400) | {
    "gzip, each limit once": 2_500, "gzip, each small limit once": 1_000, "pages of 100 orders": 1_500,
    "pages of 100 orders of a currency": 1_500, "pages of 10 orders": 750,
}
ROUNDS, MORE, TURNS = 3, 20, 3


class Cost:
    """The CPU time of a request in microseconds: the minimum of several rounds."""

    def __init__(self, request, machine):
        self.request, self.machine, self.least, self.ends = request, machine, float("inf"), False

    def measure(self, api, kept, count=8):
        spent, pings = Spent([api.pid]), []
        for _ in range(count):
            pings.append(self.machine.batch())
            kept.ask(self.request)
        # As in a turn.
        slowness = max(1, statistics.median(pings) / PING)
        self.least, self.ends = min(self.least, spent.so_far() / count * 1e6 / slowness), kept.connection is None

    @property
    def is_dear(self):
        most = (NEW if self.ends else BASE) + len(self.request) / 1000 * MICROSECONDS_A_KB
        return self.least > most

    def __str__(self):
        return f"{self.least:,.0f} µs for {len(self.request) / 1000:.1f} KB"


class Machine:
    """Measures how slow the machine is by the cost of a PING on an otherwise unused Redis."""

    def __init__(self, redis):
        self.pid = redis.process.pid
        self.connection = connect(redis.port)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def batch(self, count=10):
        """The CPU time of a PING in microseconds, as the mean of several in sequence."""
        spent = Spent([self.pid])
        for _ in range(count):
            self.connection.sendall(b"PING\r\n")
            self.connection.recv(64)
        return spent.so_far() / count * 1e6


class Kept:
    """A connection that is reopened after it has ended."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def ask(self, request):
        if not self.connection:
            self.connection = connect(self.port)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.connection.sendall(request)
        except OSError:
            # It was refused before it was complete.
            pass
        answer = http.client.HTTPResponse(self.connection, method="GET")
        try:
            answer.begin()
            answer.read()
            ends = answer.will_close
        except (OSError, http.client.HTTPException):
            ends = True
        finally:
            answer.close()
        if ends:
            self.connection.close()
            self.connection = None


class Spent:
    """CPU seconds of processes, in nanoseconds if the kernel provides them."""

    def __init__(self, pids):
        self.pids = pids
        self.before = self.now()

    def now(self):
        total = 0
        for pid in self.pids:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def so_far(self):
        return self.now() - self.before


# How others are served meanwhile


def beside(world, table, api):
    attacks = [
        ("nothing", quiet), ("costly requests, one after the other, over four connections", pump_costly),
        ("404s of random minutes, over four connections", pump_missing),
        ("whole lists and pages, compressed, over four connections", pump_answers),
        (f"{UNREAD:,} connections that ask for a whole list, send 80 KB of requests behind it, and read nothing", unread),
        (f"{CLOSED} connections that ask for 100 whole lists at once, read nothing, and are closed", closed),
        (f"{BEGUN:,} bodies of 64 KB that are begun and not ended, then left", begun),
    ]
    for done, attack in attacks:
        row = table.row(
            "Honest clients only" if attack is quiet else "Greedy clients beside honest ones", done)
        # The load of a busy machine varies.
        for number in range(1, TRIES + 1):
            meanwhile = Meanwhile(world, api, attack)
            if meanwhile.is_good:
                break
        meanwhile.tell(row, "" if number == 1 else f", at try {number}")


class Meanwhile:
    """What others observed, and how much memory the api used, during an attack."""

    def __init__(self, world, api, attack):
        self.before, honest, peak = memory(api.pid), Honest(api.port), Peak(api.pid)
        time.sleep(0.3)
        spent = Spent([api.pid])
        attack(world, api)
        self.busy = spent.so_far()
        time.sleep(0.3)
        self.clients, self.most = honest.end(), peak.end()
        # Abandoned requests are released within the api's time limits.
        self.after = lowest(api.pid, self.before + KEPT / 2)

    @property
    def is_good(self):
        return self.is_frugal and all(self.is_served(client) for client in self.clients.values())

    @property
    def is_frugal(self):
        return self.most - self.before < PEAK and self.after - self.before < KEPT

    def is_served(self, client):
        return not client["failed"] and client["p99"] < LATEST

    def tell(self, row, note):
        for name, client in self.clients.items():
            row.expect(
                f"{name}: 99 of 100 answers within {LATEST} ms, and none fails", self.is_served(client),
                f"{client['answers']} answers, p50 {client['p50']} ms, p99 {client['p99']} ms, "
                f"{client['most']} ms at most, {client['failed']} failed"
                + (f": {client['bad']}" if client["failed"] else "") + note)
        row.expect(
            f"the api grows by less than {PEAK / 1e6:.0f} MB, and keeps less than {KEPT / 1e6:.0f} MB of it",
            self.is_frugal,
            f"{self.before / 1e6:.0f} MB before, {self.most / 1e6:.0f} MB at its peak, {self.after / 1e6:.0f} MB after; "
            f"it was busy for {self.busy:.1f} s")


UNREAD, CLOSED, BEGUN, TRIES = 1_000, 200, 3_000, 3


def lowest(pid, enough):
    end, found = time.monotonic() + 4, memory(pid)
    while found > enough and time.monotonic() < end:
        time.sleep(0.1)
        found = min(found, memory(pid))
    return found


def quiet(world, api):
    time.sleep(world.pick(1.5, 10))


def pump(world, api, requests):
    """Four connections that send these requests repeatedly."""
    over = time.monotonic() + world.pick(2.5, 15)

    def ask(first):
        kept, at = Kept(api.port), first
        while time.monotonic() < over:
            kept.ask(requests[at % len(requests)])
            at += 1

    threads = [threading.Thread(target=ask, args=(number * 7,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def pump_costly(world, api):
    pump(world, api, [request for kind in costly.KINDS.values() for request in kind.values()])


def pump_missing(world, api):
    now = world.minute_now()
    pump(world, api, [each for kind in ("404, before all lists", "404, among lists") for each in costly.answers(kind, now)])


def pump_answers(world, api):
    now = world.minute_now()
    kinds = ("gzip, each limit once", "pages of 100 orders", "pages of 100 orders of a currency")
    pump(world, api, [each for three in zip(*(costly.answers(kind, now) for kind in kinds)) for each in three])


def unread(world, api):
    short = costly.get("/healthz")
    behind = short * (80_000 // len(short))
    held = many(api.port, UNREAD, WHOLE + behind)
    time.sleep(world.pick(2, 20))
    close(held)


def closed(world, api):
    held = many(api.port, CLOSED, WHOLE * 100)
    time.sleep(1)
    close(held)
    time.sleep(1)


def begun(world, api):
    head = b"PUT /buy_order HTTP/1.1\r\nHost: a\r\nContent-Length: 64000\r\n\r\n"
    held = many(api.port, BEGUN, head + b"a" * 63_000)
    time.sleep(1)
    close(held)
    time.sleep(1)


def many(port, count, request):
    """Opens this many connections, each of which has sent as much of the request as is accepted at once."""
    held = []
    for number in range(count):
        try:
            connection = socket.create_connection(("127.0.0.1", port), 10)
        except OSError:
            continue
        connection.setblocking(False)
        held.append([connection, request])
        # Without a storm of connections, which would be a different test.
        if number % 20 == 19:
            push(held[-20:])
            time.sleep(0.005)
    for _ in range(5):
        push(held)
    return held


def push(held):
    for pair in held:
        try:
            while pair[1]:
                pair[1] = pair[1][pair[0].send(pair[1]):]
        except OSError:
            pass


def close(held):
    for connection, _ in held:
        connection.close()


class Honest:
    def __init__(self, port):
        self.process = subprocess.Popen(
            [sys.executable, str(HONEST), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=isolation.dies_with_parent)

    def end(self):
        return json.loads(self.process.communicate(timeout=60)[0])


class Peak:
    """The maximum memory of a process until the end."""

    def __init__(self, pid):
        self.pid, self.most, self.over = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.over.wait(0.02):
            self.most = max(self.most, memory(self.pid))

    def end(self):
        self.over.set()
        self.thread.join()
        return self.most
