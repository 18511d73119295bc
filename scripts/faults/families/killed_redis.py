"""Redis is killed repeatedly, and `cointape up` with it."""

import signal
import time

from checks import minutes, orders
from harness import books, web
from harness.load import OrderLoad, place
from harness.process import is_alive, processes
from harness.redis import Redis
from harness.stack import Stack
from harness.wait import took, until
from harness.world import DURABLE, STREAMS
from registry import fault
from families.chaos import told_answers

SPEED = 15


@fault("killed-redis", "Redis is killed under orders and minutes", lasts=27)
def killed_redis(world, table):
    rounds = world.pick(5, 20)
    row = table.row(
        "Redis is killed under orders and minutes",
        f"{rounds} rounds of `kill -9` of redis-server (`appendfsync always`) and a start on the same files, every "
        f"third in the middle of a rewrite; six clients order through two apis, minutes {SPEED} times as fast as life",
    )
    world.start_redis(*DURABLE)
    world.fast(SPEED)
    world.sandbox()
    stack = Stack(world)
    second = world.api()
    load = OrderLoad([stack.api.port, second.port], clients=6, pause=0.02)
    for number in range(rounds):
        before = load.count
        until("orders are taken again", lambda: load.count > before + 10, 30)
        time.sleep(world.random.uniform(1, 5))
        if number % 3 == 2:
            world.redis.call("BGREWRITEAOF")
            time.sleep(world.random.uniform(0, 0.05))
        world.redis.kill()
        time.sleep(world.random.uniform(0, 1))
        world.redis.start()
    before = load.count
    until("orders are taken at the end", lambda: load.count > before + 10, 30)
    load.end()
    newest = world.minute_now()
    until("minutes come again", lambda: world.redis.client.newest("toplist") > newest, 40)
    until("all is folded", lambda: books.is_folded(world.redis), 30)
    ledger = books.ledger(world.redis)
    row.none(
        "nothing that was acknowledged is lost, nothing is there twice",
        orders.lost_or_doubled(load.acknowledged, ledger),
        f"{load.count} acknowledged in {rounds} rounds",
    )
    known = set(load.acknowledged.values())
    untold = [
        id
        for id, fields in ledger[1:]
        if load.prefix in fields["key"] and orders.order_id(id, fields["tail"]) not in known
    ]
    row.none("nothing is there that nobody was told of", untold, "nothing")
    row.none("running totals are right", orders.sums(ledger), f"{ledger[-1][1]['total']} satoshi")
    row.none(
        "the read model is the ledger's",
        orders.prefix(books.read_model(world.redis), ledger),
        f"{len(ledger) - 1} orders",
    )
    row.none("every client is told the truth in the end", load.wrong, told_answers(load))
    for stream in STREAMS:
        entries = world.redis.entries(stream)
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries]),
                 minutes.told(entries))
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)
    row.expect("no worker ends", not stack.ended, "none")


@fault("killed-up", "`cointape up` is killed", lasts=60)
def killed_up(world, table):
    rounds = world.pick(5, 20)
    row = table.row("`cointape up` is killed", f"{rounds} rounds of `cointape up`, an order, `kill -9` of it")
    port = web.free_port(2)
    acknowledged, orphans, lasting, starts = {}, [], [], []
    for number in range(rounds):
        begin = time.monotonic()
        up = world.cointape("up", "--data", world.folder / "data", "--port", port)
        up.until("up is up", lambda: "cointape is up" in up.text or not up.is_running, 240)
        starts.append(time.monotonic() - begin)
        if not up.is_running:
            row.expect("the next up starts", False, up.text[-300:])
            return
        servers = processes("redis-server")
        if len(servers) != 1:
            orphans.append(f"{len(servers)} servers in round {number}")
        identity = f"USD 0.21 up-{number}"
        until("an order is taken", lambda: place(port, *identity.split(" "))[0] == "200", 30)
        acknowledged[identity] = place(port, *identity.split(" "))[1].json["buy_order"]["id"]
        time.sleep(world.random.uniform(0, 0.5))
        if number % 2:
            up.kill()
            gone = took(lambda: not any(is_alive(server) for server in servers), 15, every=0.01)
            lasting.append(gone)
            if gone is None:
                orphans.append(f"round {number}: redis-server {servers} stays")
        else:
            # Start the next one at once; it has to wait for the files.
            up.kill()
    up = world.cointape("up", "--data", world.folder / "data", "--port", port)
    until("up is up", lambda: "cointape is up" in up.text, 240)
    row.none("no redis-server is left behind, and never two on the same files", orphans,
             f"none; gone after {max(lasting):.1f} s at most")
    world.environment["REDIS_URL"] = f"redis://127.0.0.1:{port + 1}"
    redis = Redis(port + 1)
    row.none("the next up goes on with the data: each acknowledged order is there, once",
             orders.lost_or_doubled(acknowledged, redis.entries(books.LEDGER)), f"{len(acknowledged)} orders")
    row.expect(
        "and is up again within 30 s",
        max(starts[1:]) < 30,
        f"{max(starts[1:]):.1f} s at most, the first {starts[0]:.1f} s",
    )
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)
    del world.environment["REDIS_URL"]
    refused = world.cointape("up", "--data", world.folder / "data", "--port", web.free_port(2))
    code = refused.wait(30)
    row.expect(
        "another up on the same folder is refused",
        code not in (0, None) and len(processes("redis-server")) == 1,
        f"exit code {code}: …{refused.lines[-1].split(str(world.folder))[-1]}",
    )
    up.signal(signal.SIGTERM)
    code = up.wait(30)
    row.expect("SIGTERM at last: exit code 0, nothing left behind", code == 0 and not processes("redis-server"),
               f"exit code {code}, {len(processes('redis-server'))} servers")
