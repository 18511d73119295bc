"""Orders placed through one api, compared with redis-benchmark with the same script, arguments and fsync policy."""

from ledger import Ledger
from measure import interleaved, median, ratio
from page import table
from registry import row

CONNECTIONS = 64


@row("orders", "Orders")
def orders(bench):
    ledger, spent = Ledger(bench), []

    def placed():
        rate, seconds = ledger.placed(ledger.api, CONNECTIONS)
        spent.append(seconds)
        return rate

    calls = bench.size(100_000, 2_000)
    bare, api = "`redis-benchmark`, the same script", "`PUT /buy_order` through one api worker"
    rates = interleaved(bench.rounds, {api: placed, bare: lambda: ledger.by_benchmark(calls, CONNECTIONS)})
    return "\n\n".join([
        f"{CONNECTIONS} connections, `appendfsync always`.",
        table(
            ("", "orders/s", "ratio", "CPU of 100,000"), (bare, f"{median(rates[bare]):,.0f}", 1, ""),
            (api, f"{median(rates[api]):,.0f}", f"{ratio(rates[api], rates[bare]):.2f}", f"{median(spent):.1f} s"))])
