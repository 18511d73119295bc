"""More workers of each kind, on more hosts, with one Redis and with a cluster."""

import re
import subprocess
import time

from checks import minutes, orders
from harness import books, isolation, web
from harness.cluster import Cluster
from harness.hosts import Host, bridge
from harness.jobs import MEASURES
from harness.machine import ROOT
from harness.process import cpu_seconds
from harness.wait import until
from harness.world import DURABLE, KINDS, STREAMS
from registry import fault

SPEED, PORT, CONNECTIONS = 10, 6667, 16
ORDER = ROOT / "scripts/bench/load/put_order.lua"


@fault("scale-redis", "One, two and four of each worker with one Redis", lasts=120, needs_namespaces=True, kind=MEASURES,
       only_long=True)
def scale_redis(world, table):
    bridge()
    home = Host("redis", 2)
    world.start_redis(*DURABLE, host=home.address, within=home.name)
    scale(world, table, "one Redis on a fourth host")


@fault("scale-cluster", "One, two and four of each worker with a cluster", lasts=120, needs_namespaces=True, kind=MEASURES,
       only_long=True)
def scale_cluster(world, table):
    bridge()
    Cluster(world, *DURABLE, hosts=[Host(f"redis{number}", 2 + number) for number in range(3)])
    scale(world, table, "a cluster of three primaries and replicas on three more hosts")


def scale(world, table, where):
    hosts = [Host(f"host{number}", 10 + number) for number in range(3)]
    world.fast(SPEED)
    sandbox = world.sandbox("--host", hosts[0].address, within=hosts[0].name)
    world.environment["HOST"] = "0.0.0.0"
    workers, apis = [], []
    for count in (1, 2, 4):
        while len(apis) < count:
            number = len(apis)
            host, port = hosts[number % 3], PORT + number
            workers += [world.worker(kind, within=host.name, host=host.name, PORT=str(port)) for kind in KINDS]
            apis.append((host.address, port))
        if count == 1:
            world.open_ledger()
        until("every api has a list", lambda: all(web.status(port, host=address) == 200 for address, port in apis), 90)
        row = table.row(
            f"{count} of each worker, {where}",
            f"One worker of each kind after another on three hosts (network namespaces), all on this machine's cores; {SPEED} times as "
            f"fast as life; {CONNECTIONS} connections to each api, which place orders or read lists as fast as they can")
        calm(world, row, sandbox, workers, world.pick(12, 30))
        busy(world, row, workers, apis, world.pick(4, 10))
    row.expect("no worker ends", all(worker.is_running for worker in workers), "none")
    row.expect("`cointape orders verify`", (verdict := world.verify()) == "ok", verdict)


def calm(world, row, sandbox, workers, seconds):
    """What the minutes cost without clients."""
    before, calls, spent = len(world.redis.entries("toplist")), calls_to(world, sandbox), used(workers)
    time.sleep(seconds)
    settled = len(world.redis.entries("toplist")) - before
    calls, spent = calls_to(world, sandbox) - calls, used(workers) - spent
    # A minute's calls may be on both sides of the measure.
    row.expect("the providers are called as often as by one", calls <= (settled + 1) * CALLS,
               f"{calls / max(1, settled):.1f} calls a minute; all workers take {spent / max(1, settled):.2f} s of the processor")
    for stream in STREAMS:
        entries = world.redis.entries(stream)
        row.none(f"{stream}: every minute settled exactly once", minutes.problems([id for id, _ in entries]), minutes.told(entries))


# One of each feed: the sandbox's lists have one page.
CALLS = 3


def busy(world, row, workers, apis, seconds):
    before = len(books.ledger(world.redis))
    spent = used(workers)
    rate, count = load(apis, "/buy_order", seconds, ORDER)
    spent = used(workers) - spent
    until("all is folded", lambda: books.is_folded(world.redis), 120)
    ledger = books.ledger(world.redis)
    row.expect("every acknowledged order is in the ledger", len(ledger) - before >= count,
               f"{rate:,.0f} orders a second; all workers take {spent / count * 100_000:.1f} s of the processor for 100,000")
    row.none("running totals are right, and below the cap", orders.sums(ledger), f"{ledger[-1][1]['total']} satoshi")
    spent = used(workers)
    rate, count = load(apis, "/?limit=200&format=CSV", seconds)
    spent = used(workers) - spent
    row.expect("every list is served", count > 0,
               f"{rate:,.0f} lists a second; all workers take {spent / count * 100_000:.1f} s of the processor for 100,000")


def load(apis, target, seconds, script=None):
    """Loads all apis at once with wrk; returns requests a second and their number. Every answer must be a success."""
    processes = [subprocess.Popen(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", *(["-s", str(script)] if script else []),
         f"http://{address}:{port}{target}", *(["--", f"{address}-{port}"] if script else [])], stdout=subprocess.PIPE, text=True) for address, port in apis]
    texts = [process.communicate()[0] for process in processes]
    for text in texts:
        if "Non-2xx" in text or "Socket errors" in text:
            raise OSError(f"some answers were not good: {text}")
    return (sum(float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)) for text in texts),
            sum(int(re.search(r"(\d+) requests in", text).group(1)) for text in texts))


def used(workers):
    return sum(cpu_seconds(pid) for worker in workers for pid in [worker.pid, *isolation.descendants(worker.pid)])


def calls_to(world, sandbox):
    return sum(world.requests(sandbox).values())
