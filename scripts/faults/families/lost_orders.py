"""A ledger's Redis that loses acknowledged orders, and lost keys."""

import re

from harness import books
from harness.load import OrderLoad, place
from harness.redis import newest_rows
from harness.wait import until
from harness.world import DURABLE, RedisServer
from registry import fault


def begin(world, *apis):
    """Starts a Redis with rates and a ledger, a project worker, and apis; `apis` are the options of each."""
    world.start_redis(*DURABLE)
    world.sandbox()
    world.worker("btc_rate")
    world.open_ledger()
    world.worker("ledger")
    return [world.api(**options) for options in apis]


def refusal(port, key="never-placed"):
    """Tries to place an order; returns the problem's code and its detail."""
    kind, answer = place(port, "USD", "0.12", key)
    return kind, answer.json.get("detail", "") if answer else ""


@fault("lost-orders", "A failover that loses acknowledged orders", lasts=40)
def lost_orders(world, table):
    row = table.row(
        "A failover that loses acknowledged orders, and every process started again on what remains",
        "A replica that is cut off, orders, `kill -9` of the primary, the replica promoted; all workers started anew there, "
        "one api without what the others remember; then `orders raise`",
    )
    (api,) = begin(world, {})
    primary = world.redis
    replica = RedisServer(world, ["--replicaof", "127.0.0.1", primary.port], folder=world.folder / "replica")
    until("an order is taken", lambda: place(api.port, "USD", "0.12", "first")[0] == "200", 60)
    until("the replica has it", lambda: len(books.ledger(replica)) == 2, 30)
    replica.call("REPLICAOF", "127.0.0.1", 1)
    load = OrderLoad([api.port], clients=4, pause=0.01)
    until("orders are acknowledged", lambda: load.count >= 50, 60)
    load.end()
    until("all are folded", lambda: books.is_folded(primary), 30)
    sold = int(books.ledger(primary)[-1][1]["total"])
    primary.kill()
    for process in [process for process in world.processes if process.name == "cointape" and process.is_running]:
        if process.output.name.split("-", 1)[1].startswith("sandbox"):
            continue
        if "run" in " ".join(map(str, process.popen.args)):
            process.kill()
    replica.call("REPLICAOF", "NO", "ONE")
    world.redis = replica
    world.environment["REDIS_URL"] = replica.url
    world.worker("btc_rate")
    world.worker("ledger")
    restarted = world.api()
    stranger = world.api(WITNESS_DIR=str(world.folder / "elsewhere"))
    until("there is a rate", lambda: newest_rows(replica, "btc_rate"), 90)
    kinds = {}
    for name, port in [("the api that acknowledged them", restarted.port), ("another api", stranger.port)]:
        until(f"{name} has read the rates", lambda: refusal(port)[0] != "rate-stale", 30)
        # The script's refusal names the entry; each api reads a moment later how much was sold by then.
        kinds[name] = until(f"{name} refuses", lambda: (told := refusal(port))[0] == "ledger-lost" and told, 20)
        until(f"{name} says how much was sold", lambda: "was acknowledged when" in refusal(port)[1], 20)
    row.expect(
        "every api refuses new orders, and says what is missing",
        all(re.search(r"The entry \d+-\d was acknowledged", words) for _, words in kinds.values()),
        "; ".join(f"{name}: {kind}, {words[:90]}…" for name, (kind, words) in kinds.items()),
    )
    code, text = world.run("orders", "verify", "--config", world.config / "ledger.json", seconds=60)
    text = text.replace(f"{world.folder}/", "")
    row.expect(
        "`orders verify` says so too", code == 1 and "was acknowledged when" in text,
        next((line[:120] for line in text.splitlines() if "acknowledged" in line), text[-120:]),
    )
    btc = f"{sold / 100_000_000:.8f}"
    low, _ = world.run("orders", "raise", "--sold", f"{(sold - 1) / 100_000_000:.8f}", "--config", world.config / "ledger.json")
    after_low = refusal(restarted.port)[0]
    row.expect("a satoshi less than was sold is not enough", low == 0 and after_low == "ledger-lost", after_low)
    code, text = world.run("orders", "raise", "--sold", btc, "--config", world.config / "ledger.json")
    row.expect("`orders raise` counts it", code == 0, text.strip().splitlines()[-1][:120])
    for name, port in [("the api that acknowledged them", restarted.port), ("another api", stranger.port)]:
        until(f"{name} takes orders again", lambda: refusal(port, f"again-{port}")[0] == "200", 20)
    row.expect("orders are taken again", True, "by both")
    until("all are folded", lambda: books.is_folded(replica), 30)
    row.expect("the ledger is whole", world.verify() == "ok", world.verify())


@fault("lost-keys", "The table of seen keys is deleted", lasts=20)
def lost_keys(world, table):
    row = table.row(
        "The table of seen keys is deleted between two equal orders", "`redis-cli DEL '{orders}:seen'`; `orders repair`"
    )
    (api,) = begin(world, {})
    redis = world.redis
    until("an order is taken", lambda: place(api.port, "USD", "0.12", "once")[0] == "200", 60)
    first = place(api.port, "USD", "0.12", "once")[1].json["buy_order"]["id"]
    redis.call("DEL", "{orders}:seen")
    kind, words = refusal(api.port, "once")
    row.expect("the same order again is refused, not placed", kind == "keys-lost", f"{kind}: {words[:100]}")
    row.expect("so is any other", refusal(api.port, "other")[0] == "keys-lost", refusal(api.port, "other")[0])
    code, text = world.run("orders", "repair", "--config", world.config / "ledger.json")
    row.expect("`orders repair` puts the keys back", code == 0 and "1 keys were put back" in text, text.strip()[-100:])
    again = place(api.port, "USD", "0.12", "once")
    row.expect(
        "the same order is the same order again", again[0] == "200" and again[1].json["buy_order"]["id"] == first, again[0]
    )
    row.expect("others are taken", refusal(api.port, "other")[0] == "200", refusal(api.port, "other")[0])
    until("all are folded", lambda: books.is_folded(redis), 30)
    row.expect("the ledger is whole", world.verify() == "ok", world.verify())


@fault("unmet-replicas", "Replicas that are waited for, and are not there", lasts=20)
def unmet_replicas(world, table):
    row = table.row(
        "Replicas that are waited for are not there",
        "`orders.durability.replicas` 1 without a replica, then with one; four clients without a pause",
    )

    def durable(name, config):
        if name in ("api", "ledger"):
            config["orders"]["durability"] = {"replicas": 1, "timeout": "500ms"}

    world.own_configs(durable)
    (api,) = begin(world, {})
    redis = world.redis
    until("rates are known", lambda: refusal(api.port, "early")[0] != "rate-stale", 60)
    load = OrderLoad([api.port], clients=16, pause=0, allowed={"outcome-unknown", "rate-stale"}, patience=90)
    until("answers come", lambda: load.answers["outcome-unknown"] > 100, 60)
    row.expect(
        "orders are `outcome-unknown`, and the connection stays",
        api.count("redis.lost") == 0 and load.count == 0,
        f"{load.answers['outcome-unknown']} answers, {load.count} acknowledged, redis.lost {api.count('redis.lost')} times",
    )
    row.expect(
        "nothing is folded that no replica has", not redis.call("EXISTS", "{read}:stats"), "the read model is empty"
    )
    replica = RedisServer(world, ["--replicaof", "127.0.0.1", redis.port], folder=world.folder / "replica")
    until("orders are acknowledged", lambda: load.count >= 16, 60)
    load.end()
    until("all are folded", lambda: books.is_folded(redis), 60)
    row.none("each order is what was told", load.wrong, f"{load.count} acknowledged")
    missing = [key for key, id in load.acknowledged.items() if not replica.call("HEXISTS", "{orders}:seen", key)]
    row.none("the replica has every acknowledged order", missing, f"{load.count} of {load.count}")
    row.expect("the ledger is whole", world.verify() == "ok", world.verify())
