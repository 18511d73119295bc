"""The compositions with other Redis, started as written, and their primaries killed."""

import subprocess

from checks import orders
from harness import books
from harness.containers import Containers, composition, until_listed
from harness.hosts import bridge
from harness.load import OrderLoad
from harness.redis import Redis
from harness.wait import until
from registry import fault

# The gateway needs nginx as its image has it, and is run by scripts/check-compose; fluent collects lines.
NOT_HERE = ["gateway", "fluent"]
WORKERS = ["price", "rank", "btc_rate", "merge", "archive", "project", "api"]


@fault("compose-tls", "compose/tls.yaml as written", lasts=20, needs_namespaces=True)
def compose_tls(world, table):
    folder = world.folder / "tls"
    folder.mkdir()
    for command in [
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=cointape -keyout ca.key -out ca.pem",
            "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=redis -keyout redis.key -out redis.csr",
            "openssl x509 -req -in redis.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -out redis.pem -extfile names.txt"]:
        (folder / "names.txt").write_text("subjectAltName=DNS:redis\n")
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    place, load = begin(world, "compose/tls.yaml", ["redis"])
    row = table.row("compose/tls.yaml", "Redis with a certificate of an authority of one's own, and one of each worker")
    plain = Redis(6379, place.hosts["redis"].address, timeout=2)
    row.expect("plain text is refused", not plain.answers(), "no answer")
    end(world, place, load, row)


@fault("compose-sentinel", "compose/sentinel.yaml as written, and the primary killed", lasts=45, needs_namespaces=True)
def compose_sentinel(world, table):
    replicas, sentinels = ["replica-1", "replica-2"], ["sentinel-1", "sentinel-2", "sentinel-3"]
    place, load = begin(world, "compose/sentinel.yaml", ["redis"], [*replicas, *sentinels])
    servers = {name: Redis(6379, place.hosts[name].address, timeout=2) for name in ["redis", *replicas]}
    watching = Redis(26379, place.hosts["sentinel-1"].address, timeout=2)
    until("the Sentinels know the replicas", lambda: "status=ok,address=redis:6379,slaves=2,sentinels=3" in watching.call("INFO"), 30)
    row = table.row("compose/sentinel.yaml", "A primary, two replicas, three Sentinels and one of each worker; the primary is killed, and comes back")
    place.processes["redis"].kill()
    servers["redis"].close()
    until("orders are acknowledged no more", lambda: servers["redis"].answers() is False, 10)
    new = until("a replica is the primary", lambda: next(
        (name for name in replicas if "role:master" in info(servers[name])), None), 60)
    place.start("redis")
    until("the old primary is a replica", lambda: "role:slave" in info(servers["redis"]), 60)
    progress(load)
    row.expect("the old primary is a replica of the new one", f"master_host:{new}" in info(servers["redis"]), new)
    end(world, place, load, row, redis=servers[new])


@fault("compose-cluster", "compose/cluster.yaml as written, and a primary killed", lasts=45, needs_namespaces=True)
def compose_cluster(world, table):
    nodes = ["redis", *(f"redis-{number}" for number in range(2, 7))]
    place, load = begin(world, "compose/cluster.yaml", nodes, ["make-cluster"])
    servers = {name: Redis(6379, place.hosts[name].address, timeout=2) for name in nodes}
    row = table.row("compose/cluster.yaml", "Six nodes and one of each worker; the node that has the ledger is killed, and comes back")
    row.expect("make-cluster ends, and does no harm when it runs again", place.ends("make-cluster") == 0 and again(place) == 0, "0")
    old = next(name for name, server in servers.items() if holds(server))
    place.processes[old].kill()
    servers[old].close()
    new = until("its replica is the primary", lambda: next(
        (name for name, server in servers.items() if name != old and holds(server)), None), 60)
    place.start(old)
    progress(load)
    end(world, place, load, row, redis=servers[new])


def again(place):
    place.start("make-cluster")
    return place.ends("make-cluster")


def begin(world, file, redis, more=()):
    """Starts it as the engine would; returns the place, and clients that place orders."""
    bridge()
    place = Containers(world, composition(file), leave_out=NOT_HERE)
    for volume in ("archive", "witness"):
        (world.folder / "var/lib/cointape" / volume).mkdir(parents=True)
    place.start(*redis)
    place.start(*more)
    place.start("sandbox", *WORKERS)
    address = until_listed(place)
    until("orders open", lambda: place.run("project", "orders", "open")[0] == 0, 60)
    load = OrderLoad([6667], clients=4, pause=0.02, host=address)
    progress(load)
    return place, load


def end(world, place, load, row, redis=None):
    progress(load)
    load.end()
    code, text = place.run("project", "orders", "verify")
    row.expect("`compose run project orders verify`", code == 0, text.strip().splitlines()[-1])
    row.none("every answer is explained", load.wrong, f"{load.count} acknowledged")
    if redis:
        row.none("each acknowledged order is in the ledger, once", orders.lost_or_doubled(load.acknowledged, books.ledger(redis)),
                 f"{load.count} acknowledged")
    row.expect("no worker ends", all(place.processes[name].is_running for name in WORKERS), "none")


def progress(load):
    before = load.count
    until("orders are acknowledged", lambda: load.count > before + 20, 90)


def info(server):
    try:
        return server.call("INFO", "replication")
    except OSError:
        return ""


def holds(server):
    """Whether it is the primary that has the ledger."""
    try:
        return "role:master" in server.call("INFO", "replication") and 105 in [
            slot for line in server.call("CLUSTER", "SLOTS") for slot in range(line[0], line[1] + 1)
            if line[2][2] == server.call("CLUSTER", "MYID")]
    except OSError:
        return False
