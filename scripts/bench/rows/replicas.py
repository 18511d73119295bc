"""More than one server: a cluster, and a primary with a replica that orders wait for."""

import json
import re
import subprocess

from harness import build
from harness.cluster import Cluster
from harness.wait import until
from harness.web import free_port
from harness.world import DURABLE
from ledger import Ledger
from measure import interleaved, median, ratio
from page import table
from registry import row

KEYS = 2_000
CONNECTIONS = 64


@row("cluster", "A cluster")
def cluster(bench):
    program, calls = build.release("cointape-bench"), bench.size(200_000, 5_000)
    one = bench.start_redis()
    alone, three = (Cluster(bench, primaries=count, replicas=False) for count in (1, 3))
    # As many minutes as KEYS, as an api reads the beginnings of their lists.
    command = ["GETRANGE", "toplist:minute-__key__", "0", "5999"]
    for key in range(KEYS):
        for server in (one, alone, three):
            server.call("SET", f"toplist:minute-{key}", "x" * 6_000)

    def read(server):
        text = subprocess.run(
            [program, "redis", "--url", server.url, "--on-loop", "--size", "6000", "--keys", str(KEYS), "--calls", str(calls),
             "--", *command], stdout=subprocess.PIPE, text=True, check=True, env=bench.environment).stdout
        return [float(re.search(rf"^([\d.]+) {what}", text, re.MULTILINE).group(1)) for what in ("commands/s", "s of CPU")]

    names = {"one server": one, "a cluster of one primary": alone, "a cluster of three primaries": three}
    found = interleaved(bench.rounds, {name: lambda server=server: read(server) for name, server in names.items()})
    reads = [calls_of(node, "getrange") for node in three.nodes]
    rows = [(name, f"{median(rates, first):,.0f}", f"{median(rates, second):.2f} s",
             f"{ratio(rates, found['one server'], second):.2f}") for name, rates in found.items()]
    return "\n\n".join([
        f"The first 6,000 bytes of {KEYS:,} lists in turn, 64 tasks on one event loop; no replicas.",
        table(("", "commands/s", "the client's CPU of 100,000", "ratio of CPU"), *rows),
        "Of the reads the primaries have " + ", ".join(f"{count / sum(reads):.2f}" for count in sorted(reads, reverse=True))
        + ". All servers share the cores with the load, so three are no faster here."])


def calls_of(node, command):
    """How often a server has run a command."""
    lines = node.call("INFO", "commandstats").splitlines()
    return next((int(re.search(r"calls=(\d+)", line).group(1)) for line in lines if line.startswith(f"cmdstat_{command}:")), 0)


@row("wait", "Orders that wait for a replica")
def wait(bench):
    ledger = Ledger(bench)
    folder = bench.folder / "replica"
    folder.mkdir()
    bench.start("redis-server", "--port", free_port(), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--replicaof", f"127.0.0.1 {ledger.redis.port}", "--repl-diskless-sync-delay", "0", *DURABLE)
    until("the replica is connected", lambda: "state=online" in ledger.redis.call("INFO", "replication"), 30)
    settings = json.loads((bench.config / "api.json").read_text())
    settings["orders"]["durability"] = {"replicas": 1, "timeout": "1s"}
    config = bench.folder / "api-wait.json"
    config.write_text(json.dumps(settings))
    waiting = bench.api(config=config)
    until("it takes orders", lambda: ledger.takes_orders(waiting), 30)
    names = {"`replicas` 0": ledger.api, "`replicas` 1": waiting}
    found = interleaved(bench.rounds, {name: lambda api=api: ledger.placed(api, CONNECTIONS) for name, api in names.items()})
    rows = [(name, f"{median(rates, first):,.0f}", f"{ratio(rates, found['`replicas` 0'], first):.2f}",
             f"{median(rates, second):.1f} s") for name, rates in found.items()]
    return "\n\n".join([
        f"{CONNECTIONS} connections, one api, `appendfsync always` on the primary and on its replica, which shares the cores. "
        "Orders that arrive during one WAIT share the next one.",
        table(("", "orders/s", "ratio", "CPU of 100,000"), *rows)])


def first(pair):
    return pair[0]


def second(pair):
    return pair[1]
