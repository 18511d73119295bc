"""Apis die between placing an order and responding."""

import time

from checks import orders
from harness import books
from harness.load import OrderLoad
from harness.wait import until
from harness.world import DURABLE
from registry import fault
from families.chaos import told_answers


@fault("lost-replies", "An api is killed between an order and its answer", lasts=8)
def lost_replies(world, table):
    rounds = world.pick(15, 200)
    row = table.row(
        "An api is killed in the middle of orders",
        f"{rounds} rounds of `kill -9` of one of three apis and a start on the same port; twelve clients ask again "
        "with the same key, of any of them",
    )
    world.start_redis(*DURABLE)
    world.sandbox()
    world.workers("btc_rate", "ledger")
    world.open_ledger()
    apis = [world.api() for _ in range(3)]
    load = OrderLoad([api.port for api in apis], clients=12, pause=0)
    until("orders are taken", lambda: load.count > 100, 30)
    for number in range(rounds):
        time.sleep(world.random.uniform(0.1, 0.4))
        api = apis.pop(0)
        api.kill()
        apis.append(world.api(port=api.port))
    load.end()
    until("all is folded", lambda: books.is_folded(world.redis), 60)
    ledger = books.ledger(world.redis)
    row.none(
        "the same key is the same order, and in the ledger once",
        load.wrong + orders.lost_or_doubled(load.acknowledged, ledger),
        f"{load.count} acknowledged",
    )
    row.expect("some answers were lost", load.answers["no answer"] > rounds, told_answers(load))
    known = set(load.acknowledged.values())
    untold = [id for id, fields in ledger[1:] if orders.order_id(id, fields["tail"]) not in known]
    row.none("nothing is there that nobody was told of", untold, f"{len(ledger) - 1} orders")
    row.none("running totals are right", orders.sums(ledger), f"{ledger[-1][1]['total']} satoshi")
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)
