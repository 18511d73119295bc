"""A cluster whose primaries and slots change places, under orders and minutes."""

import threading
import time

from harness import books, web
from harness.cluster import SLOTS, Cluster, slot
from harness.jobs import MEASURES
from harness.redis import Redis
from harness.times import minute
from harness.wait import until
from harness.world import DURABLE
from registry import fault
from families.failover import SPEED, begin, expect_orders, expect_the_rest

# These always wait for entries; a merge worker waits for a moment.
FOLLOWERS = {"cointape-api", "cointape-ledger"}
# What is moved or fails in turn: the ledger, the read model, and streams on which workers wait.
KEYS = ["{orders}:ledger", "{read}:stats", "toplist", "price", "btc_rate"]


@fault("cluster", "Primaries and slots of a cluster change places; the replica is waited for", lasts=70, needs_namespaces=True,
       kind=MEASURES)
def cluster(world, table):
    """CLUSTER FAILOVER, slots that move key by key, and kill -9 of a primary."""
    group, home, workers, apis, load = begin(
        world, 1, lambda world, hosts: Cluster(world, *DURABLE, hosts=hosts))
    switched, killed, moved = [], [], 0
    for number in range(world.pick(2, 20)):
        for key in KEYS:
            group.until_whole()
            old = group.primary(key)
            new = group.replica(old)
            switched.append(back(group, old, new, load, lambda: group.switch(new)))
        for key in KEYS:
            group.until_whole()
            source = group.primary(key)
            targets = [node for node in group.nodes if "role:master" in node.info and node is not source]
            # Slots without keys move with it, as in a cluster that grows.
            for other in [slot(key), *[(slot(key) + 1 + step) % SLOTS for step in range(10)]]:
                group.move(other, targets[number % 2])
                moved += 1
            progress(load, 20)
    for key in world.pick(KEYS[:2], KEYS):
        group.until_whole()
        old = group.primary(key)
        new = group.replica(old)
        killed.append(back(group, old, new, load, old.kill, old.start))
    load.end()
    group.until_whole()
    until("all is folded", lambda: books.is_folded(group), 60)

    ledger = books.ledger(group)
    row = table.row(
        f"{len(switched)} times CLUSTER FAILOVER, {moved} slots that move, {len(killed)} times `kill -9` of a primary",
        f"Three primaries and three replicas on three hosts, workers on a fourth; what moves or fails has {', '.join(KEYS)} in "
        f"turn; `orders.durability.replicas` 1 of 1; six clients place orders and ask again with the same key; {SPEED} times "
        "as fast as life")
    expect_orders(row, load, ledger, apis)
    for what, times in [("CLUSTER FAILOVER", switched), ("`kill -9`, from when the new primary has a replica", killed)]:
        orders_back, readers_back = zip(*times)
        row.expect(f"back within 2 s of {what}", max(*orders_back, *readers_back) <= 2,
                   f"orders acknowledged again after {max(orders_back):.2f} s at most, those who wait for entries wait on the "
                   f"new primary after {max(readers_back):.2f} s")
    # One that has nothing in memory yet.
    fresh = world.api(within=home.name)
    unread = [id for id, fields in group.entries("toplist") if "gap" not in fields and web.status(
        fresh.port, f"/?limit=3&datetime={minute(int(id[:-2]))}", host=home.address) != 200]
    row.none("an api that has just started serves every minute", unread, "all are there")
    expect_the_rest(row, world, group, [*workers.values(), *apis, fresh])


def back(group, old, new, load, way, mend=None):
    """How many seconds after `new` is a primary orders are acknowledged, and those who waited on `old` for entries wait on it.

    Orders wait for a replica: with `mend`, which starts that again, the time counts from when it is there.
    """
    waiting = old.waiting() & FOLLOWERS
    turned, over = [], threading.Event()

    def look():
        client = Redis(new.port, new.address)
        while not turned and not over.wait(0.002):
            if "role:master" in client.call("INFO", "replication"):
                turned.append(time.monotonic())
    watching = threading.Thread(target=look, daemon=True)
    watching.start()
    way()
    try:
        until("the replica is a primary", lambda: turned, 30, every=0.005)
    finally:
        over.set()
        watching.join()
    begun = turned[0]
    if mend:
        mend()
        until("the new primary has a replica", lambda: "connected_slaves:1" in new.info, 30, every=0.02)
        begun = time.monotonic()
    before = load.count
    arrived = {}

    def is_back():
        for name in new.waiting() & waiting:
            arrived.setdefault(name, time.monotonic())
        # What was on its way when the replica became a primary does not count.
        if load.count > before + 6:
            arrived.setdefault("orders", time.monotonic())
        return len(arrived) == len(waiting) + 1
    until(f"orders are acknowledged, and {', '.join(waiting) or 'nobody'} waits on the new primary", is_back, 30, every=0.02)
    readers = [at for name, at in arrived.items() if name != "orders"]
    return max(0, arrived["orders"] - begun), max([0, *[at - begun for at in readers]])


def progress(load, count):
    """Returns when so many more orders have been acknowledged."""
    before = load.count
    until("orders are acknowledged", lambda: load.count > before + count, 60)
