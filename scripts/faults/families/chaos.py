"""Three replicas of everything, and a kill -9 every few seconds."""

import time

from checks import minutes, orders
from harness import books, web
from harness.load import Call, OrderLoad
from harness.wait import until
from harness.world import KINDS, STREAMS
from looks import PrefixLooks
from registry import fault

SPEED, REPLICAS = 15, 3
PROVIDERS = {"price": "coinmarketcap", "rank": "cryptocompare", "btc_rate": "coinbase"}


@fault("chaos", "Three replicas of every worker, one of them killed every few seconds", lasts=55)
def chaos(world, table):
    seconds = world.pick(50, 1800)
    row = table.row(
        "Any worker is killed, again and again",
        f"Three replicas each of {', '.join(KINDS)}, orders coming in, {seconds} s at {SPEED} times the speed of life "
        f"({seconds * SPEED // 60} minutes of the tape); every few seconds `kill -9` of one of them, drawn at "
        f"random, and at "
        "once another under a new name",
    )
    world.start_redis()
    world.fast(SPEED, hours_back=3 + seconds * SPEED / 3600)
    sandbox = world.sandbox(assets=300)
    shop = Shop(world)
    world.open_ledger()
    redis = world.redis
    until("a list and a rate", lambda: redis.client.newest("toplist") and redis.client.newest("btc_rate"), 90)
    load, looks, calls = OrderLoad(shop.ports, clients=4, pause=0.4), PrefixLooks(redis.another()), {}
    end, served = time.monotonic() + seconds, []
    while time.monotonic() < end:
        time.sleep(world.random.uniform(1, 4) if world.is_long else world.random.uniform(0.7, 2))
        shop.kill_one(world.random)
        looks.look()
        # The sandbox drops old counts.
        calls |= world.requests(sandbox)
        served.append(200 in [web.status(port) for port in shop.ports()])
    load.end()
    until("all orders are folded", lambda: books.is_folded(redis), 30)
    looks.look()
    shop.end()
    calls |= world.requests(sandbox)
    told(row, world, shop, load, looks, calls, served)
    twins(table, redis)


def told(row, world, shop, load, looks, calls, served):
    redis, kills = world.redis, shop.kills
    row.expect("enough of them are killed", sum(kills.values()) > 10, f"{sum(kills.values())} killed")
    for stream in STREAMS:
        entries = redis.entries(stream)
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries]),
                 minutes.told(entries))
    for stream, provider in PROVIDERS.items():
        pages = shop.pages(stream)
        called = sum(count for (name, _), count in calls.items() if name == provider)
        # Trimmed minutes were also fetched, so count every minute since the first.
        count = len({minute for name, minute in calls if name == provider})
        row.expect(f"{stream}: calls at most minutes + kills", called <= (count + kills[stream]) * pages,
                   f"{called} calls for {count} minutes of {pages} pages and {kills[stream]} kills")
    ledger = books.ledger(redis)
    row.none("the read model is an exact prefix of the ledger at every look", looks.problems,
             f"{looks.count} looks, {looks.rows} orders")
    row.none("each acknowledged order is in the ledger, once", orders.lost_or_doubled(load.acknowledged, ledger),
             f"{load.count} acknowledged")
    row.none("running totals are right", orders.sums(ledger), f"{ledger[-1][1]['total']} satoshi")
    row.none("every client is told the truth in the end", load.wrong, told_answers(load))
    row.expect("some api serves a list all the while", all(served), f"{sum(served)} of {len(served)} looks")
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)


def told_answers(load):
    return ", ".join(f"{count} {kind}" for kind, count in load.answers.most_common())


class Shop:
    """All replicas, and how many of each were killed."""

    def __init__(self, world):
        self.world, self.started = world, 0
        self.kills = {kind: 0 for kind in KINDS}
        self.processes = {kind: [self.begin(kind) for _ in range(REPLICAS)] for kind in KINDS}
        self.all = [process for group in self.processes.values() for process in group]

    def begin(self, kind, port=None):
        self.started += 1
        port = port or web.free_port()
        process = self.world.worker(kind, host=f"host-{self.started}", PORT=str(port))
        process.port, process.kind = port, kind
        return process

    def ports(self):
        return [process.port for process in self.processes["api"]]

    def kill_one(self, draw):
        kind = draw.choice(KINDS)
        process = draw.choice(self.processes[kind])
        if not process.is_running:
            raise RuntimeError(f"a {kind} worker has ended by itself: {process.text[-500:]}")
        process.kill()
        self.kills[kind] += 1
        self.processes[kind].remove(process)
        self.processes[kind].append(self.begin(kind, process.port))
        self.all.append(self.processes[kind][-1])

    def pages(self, stream):
        """The number of pages of a whole list, according to its workers."""
        found = {line.split("pages=")[1].split()[0] for process in self.all if process.kind == stream
                 for line in process.lines if "minute.fetched" in line}
        return int(max(found, key=int))

    def end(self):
        for group in self.processes.values():
            for process in group:
                process.signal(15)
        for group in self.processes.values():
            for process in group:
                process.wait(30)


def twins(table, redis):
    """The checks must fail on the same data when it is manipulated."""
    row = table.row(
        "The checks are wrong", "The data of the row above, doctored: an entry taken away, or put in twice, or changed"
    )
    ledger, model = books.ledger(redis), books.read_model(redis)
    ids = redis.client.ids("toplist")
    acknowledged = {f"{fields['currency']} {fields['amount']} {fields['key']}": orders.order_id(id, fields["tail"])
                    for id, fields in ledger[1:]}
    middle = len(ledger) // 2
    less, twice = ledger[:middle] + ledger[middle + 1:], ledger[:middle] + ledger[middle - 1:]
    changed = ledger[:middle] + [(ledger[middle][0], ledger[middle][1] | {"total": "1"})] + ledger[middle + 1:]
    calls = [Call(identity, number, number + 0.5, "200", id) for number, (identity, id) in enumerate(acknowledged.items())]
    def told(kind):
        return [calls[0]._replace(kind=kind, id=None), *calls[1:]]
    cases = {
        "a minute is missing": minutes.problems(ids[:2] + ids[3:]),
        "a minute is there twice": minutes.problems(ids[:3] + ids[2:]),
        "minutes in the wrong order": minutes.problems(ids[:2] + ids[2:4][::-1] + ids[4:]),
        "an acknowledged order is lost": orders.lost_or_doubled(acknowledged, less),
        "an order is there twice": orders.lost_or_doubled(acknowledged, twice),
        "an answer's order is lost": orders.explained(calls, less),
        "a refused order is there": orders.explained(told("cap-exceeded"), ledger),
        "an order is there that was answered as not placed": orders.explained(told("orders-unavailable"), ledger),
        "orders stand in another order than they came in": orders.explained(
            [call._replace(began=-call.began, ended=-call.began + 0.5) for call in calls], ledger),
        "a lost order changes the sums": orders.sums(less),
        "a doubled order changes the sums": orders.sums(twice),
        "a wrong total": orders.sums(changed),
        "the read model lacks a row": orders.prefix(without_row(model), ledger),
        "the read model has a row twice": orders.prefix(with_row_twice(model), ledger),
        "the ledger lacks what was folded": orders.prefix(model, less),
        "wrong sums": orders.prefix(model | {"stats": model["stats"] | {"USD:satoshi": "1"}}, ledger),
    }
    missed = [name for name, problems in cases.items() if not problems]
    row.none("each is told", missed, f"{len(cases)} of {len(cases)} are told")
    good = (minutes.problems(ids) + orders.explained(calls, ledger) + orders.sums(ledger)
            + orders.prefix(model, ledger))
    row.none("and nothing of the data as it was", good, "nothing")


def without_row(model):
    return model | {"all": model["all"][:1] + model["all"][2:]}


def with_row_twice(model):
    return model | {"all": model["all"][:2] + model["all"][1:]}
