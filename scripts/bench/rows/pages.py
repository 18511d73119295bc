"""The cost of a page of orders at the beginning, in the middle and at the end of histories of different lengths."""

import http.client
import json
import statistics

from ledger import Ledger
from measure import timed
from page import table
from registry import row

PAGE = "/buy_orders?page_size=10"


@row("pages", "Pages of orders")
def pages(bench):
    ledger, lines = Ledger(bench), []

    def read(connection, target):
        connection.request("GET", target)
        rows = json.loads(connection.getresponse().read())["rows"]
        if len(rows) != 10:
            raise SystemExit(f"{target} has {len(rows)} rows")

    for size in bench.size([1_000, 10_000, 100_000, 200_000, 1_000_000], [1_000, 2_000]):
        ledger.fill(size)
        targets = [PAGE] + [f"{PAGE}&last_reference={ledger.page_at(place)}" for place in (ledger.count // 2, 10)]
        times = [[] for _ in targets]
        # A new one for each size, because filling takes longer than an api waits for the next request.
        connection = http.client.HTTPConnection("127.0.0.1", ledger.api.port, timeout=30)
        # In turn, so that all run under the same conditions.
        for _ in range(bench.size(2_000, 50)):
            for target, found in zip(targets, times):
                found += timed(lambda: read(connection, target), 1)
        first, middle, last = (statistics.median(found) for found in times)
        lines.append((
            f"{ledger.count:,}", f"{first:.2f} ms", f"{middle:.2f} ms", f"{last:.2f} ms", f"{middle / first:.2f}",
            f"{last / first:.2f}"))
    return "\n\n".join([
        "Pages of ten orders on one connection, from a client in Python.",
        table(("orders", "first page", "middle", "last", "middle / first", "last / first"), *lines)])
