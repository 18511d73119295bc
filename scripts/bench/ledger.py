"""A durable ledger with one api and one project worker, and a way to fill it at the speed of Redis."""

import json
import re
import subprocess
import time

from harness import books, web
from harness.machine import ROOT
from harness.redis import pairs
from harness.wait import until
from harness.world import DURABLE
from measure import Used, wrk


class Ledger:
    def __init__(self, bench):
        self.bench = bench
        self.redis = bench.start_redis(*DURABLE, "--auto-aof-rewrite-percentage", "0")
        bench.sandbox(assets=100)
        bench.worker("btc_rate")
        bench.open_ledger()
        bench.worker("ledger")
        self.api = bench.api()
        until("the api takes orders", lambda: self.takes_orders(self.api))
        # The same source as in the api, with the functions that it calls in front.
        parts = ["Redis/Scripts/denied.lua", "Orders/Scripts/Shared/ledger.lua", "Orders/Scripts/create_order.lua"]
        source = "".join((ROOT / "Sources" / part).read_text() for part in parts)
        self.digest = self.redis.call("SCRIPT", "LOAD", source)

    def takes_orders(self, api):
        body = json.dumps({"currency": "USD", "amount": "0.01", "idempotence_key": "ready"})
        return web.status(api.port, "/buy_order", method="PUT", body=body) == 200

    def placed(self, api, connections):
        """Loads the api with orders, all of which must be in the ledger: orders a second, and CPU seconds of 100,000."""
        before = self.count
        with Used(api.pid) as used:
            load = wrk(f"http://127.0.0.1:{api.port}", connections, self.bench.size(5, 1), "put_order.lua")
        if self.count - before < load.requests:
            raise SystemExit(f"{load.requests} orders were acknowledged, {self.count - before} are in the ledger")
        return load.rate, used.seconds / load.requests * 100_000

    @property
    def count(self):
        return self.redis.call("XLEN", books.LEDGER) - 1

    def by_benchmark(self, calls, connections, satoshi=12):
        """Orders per second with redis-benchmark: the api's script with an api's arguments."""
        now = time.time_ns() // 1_000_000
        # Like an api, each call names an entry that must exist; the ledger's first entry has its terms.
        known, fields = self.redis.client.entries_back(books.LEDGER, 1)[0]
        opening = pairs(self.redis.call("XRANGE", books.LEDGER, "-", "+", "COUNT", 1)[0][1])
        # redis-benchmark seeds its random numbers by time and process id, and may repeat them in another round.
        arguments = [
            "USD", "0.01", f"{now}-__rand_int__", str(satoshi), "85897.9513", "2026-11-24T04:30Z",
            str(now - 60_000), str(now + 600_000), opening["kind"], "0123456789a", "2026-11-24T04:30:00.000Z", known,
            fields["tail"], "1", opening["cap"], opening["currencies"], ""]
        before = self.count
        rate = benchmark(
            self.redis.port, calls, connections, "EVALSHA", self.digest, "3", books.LEDGER, "{orders}:seen",
            "{orders}:missing", *arguments,
            options=["-r", "1000000000"])
        # Some random keys occur twice.
        if self.count - before < calls * 0.99:
            raise SystemExit(f"{calls} calls placed {self.count - before} orders")
        return rate

    def fill(self, orders):
        """Adds the missing orders, of one satoshi each, and waits until all are folded."""
        missing = orders - self.count
        if missing > 0:
            # These orders are acknowledged to nobody, so there is no need to wait for the disk.
            self.redis.call("CONFIG", "SET", "appendfsync", "everysec")
            self.by_benchmark(int(missing * 1.01) + 10, 64, satoshi=1)
            self.redis.call("CONFIG", "SET", "appendfsync", "always")
        until("orders are folded", lambda: books.is_folded(self.redis), 600)

    def page_at(self, place):
        """The cursor of the page whose first order is this many orders above the oldest: the order above that one."""
        return books.order_id(self.redis.call("XRANGE", books.LEDGER, "-", "+", "COUNT", place + 2)[-1][0])


def benchmark(port, calls, connections, *command, options=()):
    """Requests per second according to redis-benchmark."""
    text = subprocess.run(
        ["redis-benchmark", "-p", str(port), "-c", str(connections), "-n", str(calls), *options, "--csv", *command],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    # The column after the test's name, which may contain anything.
    header, line = re.sub(r"^WARNING.*$\n?", "", text, flags=re.MULTILINE).strip().splitlines()[-2:]
    columns = header.count('","') + 1
    return float(line.strip().strip('"').split('","')[-(columns - 1)])
