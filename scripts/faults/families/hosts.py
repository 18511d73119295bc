"""Workers on three hosts, one of which is disconnected and comes back."""

import time

from checks import minutes, orders
from harness import books, web
from harness.hosts import Host, bridge
from harness.load import OrderLoad, place
from harness.wait import took, until
from harness.world import DURABLE, KINDS, STREAMS
from registry import fault

SPEED, BACK, PORT = 10, 10, 6667


@fault("hosts", "One of three hosts is cut off and comes back", lasts=35, needs_namespaces=True)
def hosts(world, table):
    bridge()
    home = Host("redis", 2)
    others = [Host(f"host{number}", 10 + number) for number in (1, 2, 3)]
    world.start_redis(*DURABLE, host=home.address, within=home.name)
    world.fast(SPEED)
    world.environment["HOST"] = "0.0.0.0"
    machines = [Machine(world, host) for host in others]
    world.open_ledger()
    redis = world.redis
    until("a list everywhere", lambda: all(machine.list() for machine in machines), 90)
    seconds = world.pick(12, 60)
    dropped = (
        f"`nft` drops all packets between one host and Redis for {seconds} s, without RST; orders come in on the "
        "two others")
    cut(table.row("A host is cut off: packets are dropped", dropped), world, machines, machines[0], seconds,
        lambda host: host.drop(home.address), Host.drop_no_more)
    unplugged = f"The link of another host is down for {seconds} s"
    cut(table.row("A host is cut off: the link is down", unplugged), world, machines, machines[1], seconds,
        Host.unplug, Host.plug, is_seen=False)
    row = table.row(
        "Three hosts",
        "Fetch, merge and project workers and an api on each of three hosts (network namespaces), one "
        f"Redis on a fourth; {SPEED} times as fast as life; through both cuts",
    )
    for stream in STREAMS:
        entries = redis.entries(stream)
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries]),
                 minutes.told(entries))
    answers = {api_answer(machine, redis) for machine in machines}
    row.expect("all three apis answer alike", len(answers) == 1, f"{len(answers)} answers of one minute")
    row.expect("no worker ends", all(machine.is_running for machine in machines), "none")
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)


class Machine:
    """A host with one worker of each kind; its sandbox is on its own loopback."""

    def __init__(self, world, host):
        self.world, self.host = world, host
        self.sandbox = world.sandbox(within=host.name)
        self.workers = [world.worker(kind, within=host.name, host=host.name, PORT=str(PORT)) for kind in KINDS]

    def list(self):
        """The response with the newest list; None if there is none."""
        try:
            answer = web.ask(PORT, host=self.host.address, timeout=3)
        except OSError:
            return None
        return answer if answer.status == 200 else None

    def age(self):
        answer = self.list()
        return answer.age if answer else None

    def order(self, key):
        return place(PORT, "USD", "0.15", key, host=self.host.address)[0]

    @property
    def is_running(self):
        return all(worker.is_running for worker in self.workers)

    def beats_since(self, since):
        """Whether all of its workers have renewed their heartbeats since then."""
        redis, now = self.world.redis, time.time() * 1000
        found = 0
        for key in redis.call("KEYS", f"worker:*:{self.host.name}:*"):
            found += now + redis.call("PTTL", key) >= since + 15_000
        return found >= len(KINDS)


def cut(row, world, machines, machine, seconds, begin, end, is_seen=True):
    redis = world.redis
    rest = [other for other in machines if other is not machine]
    first = redis.client.newest("toplist")
    load = OrderLoads(rest)
    begin(machine.host)
    if is_seen:
        ages, refused, until_when = [], [], time.monotonic() + seconds
        while time.monotonic() < until_when:
            ages.append(machine.age())
            refused.append(machine.order(f"cut-{row.fault[-7:-1]}-{len(refused)}".replace(" ", "")))
            time.sleep(0.3)
        row.expect("its api serves its last list, with its true Age", None not in ages and ages == sorted(ages),
                   f"Age {ages[0]} to {ages[-1]}")
        row.expect(
            "and answers orders with 503",
            set(refused) <= {"outcome-unknown", "orders-unavailable", "rate-stale"},
            ", ".join(sorted(set(refused))),
        )
    else:
        time.sleep(seconds)
    wanted = int(seconds * SPEED / 60) - 1
    passed = (redis.client.newest("toplist") - first) // 60_000
    row.expect("minutes go on from the other hosts", passed >= wanted, f"{passed} minutes meanwhile")
    ended = time.time() * 1000
    end(machine.host)
    took(lambda: machine.beats_since(ended), 30)
    row.within(
        f"its workers beat again within {BACK} s",
        BACK + 1,
        time.time() - ended / 1000 if machine.beats_since(ended) else None,
    )
    fresh = took(lambda: (machine.age() or 99) <= 120 / SPEED, 20)
    row.within("its api serves new lists", BACK, fresh)
    row.within(
        "and takes orders", BACK, took(lambda: machine.order(f"back-{row.fault[-6:]}".replace(" ", "")) == "200", 20)
    )
    load.end()
    until("all is folded", lambda: books.is_folded(redis), 30)
    ledger = books.ledger(redis)
    row.none("each acknowledged order is there, once", load.wrong + orders.lost_or_doubled(load.acknowledged, ledger)
             + orders.sums(ledger), f"{len(load.acknowledged)} acknowledged")


class OrderLoads:
    """Clients that place orders, one on each host."""

    def __init__(self, machines):
        self.loads = [OrderLoad([PORT], clients=1, pause=0.1, host=machine.host.address) for machine in machines]

    def end(self):
        for load in self.loads:
            load.end()

    @property
    def acknowledged(self):
        return {identity: id for load in self.loads for identity, id in load.acknowledged.items()}

    @property
    def wrong(self):
        return [text for load in self.loads for text in load.wrong]


def api_answer(machine, redis):
    """The list of a minute that was settled long ago."""
    minute = minutes.start([id for id, fields in redis.entries("toplist") if "gap" not in fields][0])
    return web.ask(PORT, f"/?limit=20&datetime={minute}", host=machine.host.address).body
