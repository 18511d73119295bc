"""A durable ledger with one api and one project worker, and a way to fill it as fast as Redis goes."""

import json
import re
import subprocess
import time

from harness import books, web
from harness.machine import ROOT
from harness.redis import pairs
from harness.wait import until
from harness.world import DURABLE


class Ledger:
    def __init__(self, bench):
        self.bench = bench
        self.redis = bench.start_redis(*DURABLE, "--auto-aof-rewrite-percentage", "0")
        bench.sandbox(assets=100)
        bench.worker("btc_rate")
        bench.open_ledger()
        bench.worker("ledger")
        self.api = bench.api()
        until("the api takes orders", self.takes_orders)
        # As the api has it: with what it calls in front.
        parts = ["Redis/Scripts/denied.lua", "Orders/Scripts/Shared/ledger.lua", "Orders/Scripts/create_order.lua"]
        source = "".join((ROOT / "Sources" / part).read_text() for part in parts)
        self.digest = self.redis.call("SCRIPT", "LOAD", source)

    def takes_orders(self):
        body = json.dumps({"currency": "USD", "amount": "0.01", "idempotence_key": "ready"})
        return web.status(self.api.port, "/buy_order", method="PUT", body=body) == 200

    @property
    def count(self):
        return self.redis.call("XLEN", books.LEDGER) - 1

    def by_benchmark(self, calls, connections, satoshi=12):
        """Orders a second by redis-benchmark: the api's script with an api's arguments."""
        now = time.time_ns() // 1_000_000
        # As an api does, each call names an entry that has to be there; a ledger's first says what it takes.
        known, fields = self.redis.client.entries_back(books.LEDGER, 1)[0]
        opening = pairs(self.redis.call("XRANGE", books.LEDGER, "-", "+", "COUNT", 1)[0][1])
        # redis-benchmark draws by time and process id, and may draw in one round what it drew in another.
        arguments = [
            "USD", "0.01", f"{now}-__rand_int__", str(satoshi), "85897.9513", "2026-11-24T04:30Z",
            str(now - 60_000), str(now + 600_000), opening["kind"], "0123456789a", "2026-11-24T04:30:00.000Z", known,
            fields["tail"], "1", opening["cap"], opening["currencies"]]
        before = self.count
        rate = benchmark(
            self.redis.port, calls, connections, "EVALSHA", self.digest, "3", books.LEDGER, "{orders}:seen",
            "{orders}:missing", *arguments,
            options=["-r", "1000000000"])
        # Of keys that are drawn some are drawn twice.
        if self.count - before < calls * 0.99:
            raise SystemExit(f"{calls} calls placed {self.count - before} orders")
        return rate

    def fill(self, orders):
        """Adds what is missing, each of a satoshi, and waits until all are folded."""
        missing = orders - self.count
        if missing > 0:
            # Nobody is told of these, so the disk need not be waited for.
            self.redis.call("CONFIG", "SET", "appendfsync", "everysec")
            self.by_benchmark(int(missing * 1.01) + 10, 64, satoshi=1)
            self.redis.call("CONFIG", "SET", "appendfsync", "always")
        until("orders are folded", lambda: books.is_folded(self.redis), 600)

    def page_at(self, place):
        """The page whose first order is that many orders above the oldest: its cursor is the order above that."""
        return books.order_id(self.redis.call("XRANGE", books.LEDGER, "-", "+", "COUNT", place + 2)[-1][0])


def benchmark(port, calls, connections, *command, options=()):
    """Requests a second as redis-benchmark sees them."""
    text = subprocess.run(
        ["redis-benchmark", "-p", str(port), "-c", str(connections), "-n", str(calls), *options, "--csv", *command],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    # The column behind the test's name, which may hold anything.
    header, line = re.sub(r"^WARNING.*$\n?", "", text, flags=re.MULTILINE).strip().splitlines()[-2:]
    columns = header.count('","') + 1
    return float(line.strip().strip('"').split('","')[-(columns - 1)])
