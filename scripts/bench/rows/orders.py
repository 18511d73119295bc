"""Orders placed through one api, compared with redis-benchmark with the same script, arguments and fsync policy."""

from ledger import Ledger
from measure import Used, interleaved, median, ratio, wrk
from page import table
from registry import row

CONNECTIONS = 64


@row("orders", "Orders")
def orders(bench):
    ledger, spent = Ledger(bench), []

    def placed():
        before = ledger.count
        with Used(ledger.api.pid) as used:
            load = wrk(f"http://127.0.0.1:{ledger.api.port}", CONNECTIONS, bench.size(5, 1), "put_order.lua")
        if ledger.count - before < load.requests:
            raise SystemExit(f"{load.requests} orders were acknowledged, {ledger.count - before} are in the ledger")
        spent.append(used.seconds / load.requests * 100_000)
        return load.rate

    calls = bench.size(100_000, 2_000)
    bare, api = "`redis-benchmark`, the same script", "`PUT /buy_order` through one api worker"
    rates = interleaved(bench.rounds, {api: placed, bare: lambda: ledger.by_benchmark(calls, CONNECTIONS)})
    return "\n\n".join([
        f"{CONNECTIONS} connections, `appendfsync always`.",
        table(
            ("", "orders/s", "ratio", "CPU of 100,000"), (bare, f"{median(rates[bare]):,.0f}", 1, ""),
            (api, f"{median(rates[api]):,.0f}", f"{ratio(rates[api], rates[bare]):.2f}", f"{median(spent):.1f} s"))])
