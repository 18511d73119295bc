"""A primary that Sentinels replace, under orders and minutes."""

import threading
import time

from checks import minutes, orders
from harness import books, web
from harness.hosts import Host, bridge
from harness.jobs import MEASURES
from harness.load import OrderLoad, place
from harness.redis import Redis
from harness.sentinels import NAME, SENTINEL_PORT, Replicas, names
from harness.wait import until
from harness.world import DURABLE, KINDS, STREAMS
from registry import fault
from families.chaos import told_answers

SPEED = 10


@fault("failover", "Sentinels make another server the primary; every replica is waited for", lasts=60, needs_namespaces=True,
       kind=MEASURES)
def failover(world, table):
    """SENTINEL FAILOVER, kill -9, SIGSTOP and a cut: with WAIT for all replicas nothing is lost."""
    rounds(world, table, 2, [switch, kill, stop, cut], world.pick(1, 10))


@fault("failover-one", "Sentinels replace a killed primary; one of two replicas is waited for", lasts=25,
       needs_namespaces=True, kind=MEASURES)
def failover_one(world, table):
    rounds(world, table, 1, [kill], world.pick(1, 10))


@fault("failover-lost", "Sentinels replace a primary whose replicas lack orders", lasts=30, needs_namespaces=True)
def failover_lost(world, table):
    row = table.row(
        "A failover that loses acknowledged orders, followed by all workers",
        "No replica is waited for; the primary is cut off from its replicas, not from the workers, acknowledges fifty "
        "orders and is killed; three servers with a Sentinel each; one api starts again afterwards")
    group, home, workers, apis, load = begin(world, 0)
    old = group.named()
    for server in group.servers:
        if server is not old:
            old.host.drop(server.host.address)
    # The replicas have all that was sent before; what comes now is lost.
    before = load.count
    until("orders are acknowledged meanwhile", lambda: load.count >= before + 50, 20)
    load.end()
    naming = Naming(group, old)
    old.process.kill()
    naming.end()
    ledger = books.ledger(group)
    lost = orders.lost_or_doubled(load.acknowledged, ledger)
    row.expect("acknowledged orders are lost", len(lost) >= 20, f"{len(lost)} of {load.count}")
    row.none("nothing else is wrong with them", [text for text in lost if not text.endswith("is lost")], "they are not there")
    promise = "they are only known to be on 0 of 2 replicas"
    row.expect("every api has said at its start that a failover may lose orders",
               all(promise in api.text for api in apis), promise)
    told = {}
    for name, api in [("one api", apis[0]), ("the other", apis[1])]:
        told[name] = until(f"{name} refuses", lambda: refused_as_lost(api, home), 20)
    apis[0].kill()
    again = world.api(port=apis[0].port, within=home.name)
    told["started again"] = until("the api that has started again refuses", lambda: refused_as_lost(again, home), 40)
    row.expect("every api says so and takes no orders", len(told) == 3, "; ".join(f"{name}: {text[:80]}…" for name, text in told.items()))
    code, text = world.run("orders", "verify", "--config", world.config / "ledger.json", seconds=60)
    counted = next((line for line in text.splitlines() if "was acknowledged when" in line), "")
    row.expect("`orders verify` says what was sold by then", code == 1 and counted, counted[:160] or text[-160:])
    row.expect("no worker ends", all(process.is_running for process in [*workers.values(), apis[1], again]), "none")


def refused_as_lost(api, home):
    """The detail of an order's refusal as `ledger-lost`; "" for every other answer."""
    kind, answer = place(api.port, "USD", "0.12", "never-placed", host=home.address)
    detail = answer.json.get("detail", "") if answer else ""
    return detail if kind == "ledger-lost" and "was acknowledged when" in detail else ""


def begin(world, replicas, make=lambda world, hosts: Replicas(world, hosts, *DURABLE)):
    """Three hosts with what `make` puts there, one worker of each kind and a second api, and clients that place orders."""
    bridge()
    hosts = [Host(f"redis{number}", 10 + number) for number in range(3)]
    home = Host("workers", 20)
    world.own_configs(lambda name, config: "orders" in config and config["orders"].update(
        durability={"replicas": replicas, "timeout": "1s"}))
    group = make(world, hosts)
    world.fast(SPEED)
    world.sandbox(within=home.name)
    world.environment["HOST"] = "0.0.0.0"
    workers = world.workers(*[kind for kind in KINDS if kind != "api"], within=home.name)
    world.open_ledger()
    apis = [world.api(within=home.name) for _ in range(2)]
    until("lists are served", lambda: web.status(apis[0].port, host=home.address) == 200, 90)
    load = OrderLoad([api.port for api in apis], clients=6, pause=0.02, host=home.address)
    until("orders are taken", lambda: load.count > 20, 60)
    return group, home, workers, apis, load


def rounds(world, table, replicas, ways, times):
    group, _, workers, apis, load = begin(world, replicas)
    times_back, named = [], []
    for _ in range(times):
        for way in ways:
            group.until_whole()
            old = group.named()
            before = load.count
            naming, begun = Naming(group, old), time.monotonic()
            mend = way(group, old)
            new, at = naming.end()
            named.append(at - begun)
            for kind, moment in arrivals(new).items():
                times_back.append((max(0, moment - at), kind, way.__name__))
            mend()
            group.until_whole()
            until("orders are acknowledged again", lambda: load.count > before + 20, 60)
    load.end()
    until("all is folded", lambda: books.is_folded(group), 60)
    ledger = books.ledger(group)
    row = table.row(
        f"{times * len(ways)} failovers, `orders.durability.replicas` {replicas} of 2",
        f"{times} rounds of {', '.join(way.__doc__ for way in ways)}; three servers with a Sentinel each on three hosts, "
        f"workers on a fourth; six clients place orders and ask again with the same key; {SPEED} times as fast as life")
    expect_orders(row, load, ledger, apis)
    promise = "no failover loses one" if replicas == 2 else "known to be on 1 of 2 replicas"
    row.expect("every api has said at its start what a failover may lose", all(promise in api.text for api in apis), promise)
    every = sorted(times_back)
    middle, most, last = (every[len(every) * part // 100][0] for part in (50, 95, 99))
    row.expect("every worker is on the new primary within 1.5 s of its name, 95 of 100 within 0.5 s",
               last <= 1.5 and most <= 0.5,
               f"{middle:.2f} s in the middle, {most:.2f} s at 95 of 100, {last:.2f} s at most "
               f"({every[-1][1]}, {every[-1][2]}); named after {min(named):.1f} to {max(named):.1f} s")
    expect_the_rest(row, world, group, [*workers.values(), *apis])


def expect_orders(row, load, ledger, apis):
    """No order was lost or doubled, and no api says so."""
    row.none("the ledger explains every answer", load.wrong + orders.explained(load.calls, ledger),
             f"{len(load.calls)} calls, {load.count} acknowledged; {told_answers(load)}")
    row.none("each acknowledged order is in the ledger, once", orders.lost_or_doubled(load.acknowledged, ledger),
             f"{load.count} acknowledged")
    row.none("running totals are right, and below the cap", orders.sums(ledger), f"{ledger[-1][1]['total']} satoshi")
    lost = [api.port for api in apis if "ledger.lost" in api.text]
    row.expect("no api takes that for a loss", not lost and not load.answers["ledger-lost"], "none")


def expect_the_rest(row, world, group, processes):
    for stream in STREAMS:
        entries = group.entries(stream)
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries]),
                 minutes.told(entries))
    row.expect("no worker ends", all(process.is_running for process in processes), "none")
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)


class Naming:
    """Asks every Sentinel by itself, for one that is cut off keeps whoever asks waiting."""

    def __init__(self, group, old):
        self.group, self.old, self.found, self.over = group, old, [], threading.Event()
        for server in group.servers:
            threading.Thread(target=self._ask, args=(server,), daemon=True).start()

    def _ask(self, server):
        sentinel = Redis(SENTINEL_PORT, server.host.address, timeout=0.5)
        while not self.over.wait(0.02):
            answer = names(sentinel)
            if answer and answer[1] != self.old.host.address:
                self.found.append((time.monotonic(), answer[1]))
                return

    def end(self):
        """The new primary, and when the first Sentinel named it."""
        until("a Sentinel names another primary", lambda: self.found, 60, every=0.01)
        # One that asks a Sentinel that is cut off is not waited for.
        self.over.set()
        at, address = min(self.found)
        self.group.known = next(server for server in self.group.servers if server.host.address == address)
        return self.group.known, at


def arrivals(new):
    """{kind: when one of its connections to the new primary was there}"""
    there = {}

    def all_are_there():
        # A Sentinel closes a server's connections when it makes it a primary.
        try:
            fields = new.client.call("CLIENT", "LIST").split()
        except OSError:
            return False
        connected = {field[5:] for field in fields if field.startswith("name=")}
        for kind in KINDS:
            if f"cointape-{kind}" in connected:
                there.setdefault(kind, time.monotonic())
        return len(there) == len(KINDS)
    until("every worker is on the new primary", all_are_there, 30, every=0.02)
    return there


def switch(group, old):
    """`SENTINEL FAILOVER`"""
    next(server for server in group.servers if server is not old).sentinel.call("SENTINEL", "FAILOVER", NAME)
    return lambda: None


def kill(group, old):
    """`kill -9` of the primary"""
    old.process.kill()
    old.client.close()
    return old.start


def stop(group, old):
    """SIGSTOP of the primary"""
    old.process.stop()
    old.client.close()
    return old.process.go_on


def cut(group, old):
    """the primary's host is cut off"""
    old.host.unplug()
    old.client.close()
    old.sentinel.close()
    return old.host.plug
