"""The newest list, compared with nginx serving the same bytes as a file, and with a FastAPI service."""

from harness import web
from measure import Used, interleaved, median, ratio, resident, wrk
from page import table
from registry import row

QUERY = "/?limit=200&format=CSV"
# As a browser sends them.
HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Accept": "text/csv,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5", "Cache-Control": "no-cache", "Cookie": "theme=dark"}


class Side:
    """A server under load, and the resources that it used."""

    def __init__(self, title, url, pid, script=None):
        self.title, self.url, self.pid, self.script = title, url, pid, script

    def load(self, connections, seconds):
        with Used(self.pid) as used:
            load = wrk(self.url, connections, seconds, self.script, HEADERS)
        load.cpu, load.memory = used.seconds / load.requests * 100_000, resident(self.pid)
        return load


@row("newest", "The newest list")
def newest(bench):
    bench.start_redis()
    rows = bench.publish(bench.minute_now())
    api = bench.api_with_list(bench.minute_now())
    url = f"http://127.0.0.1:{api.port}{QUERY}"
    body = web.ask(api.port, QUERY).body
    file, worker = bench.nginx("list.csv", body)
    rival, rival_pid = bench.rival(rows)
    sides = [
        Side("nginx, a file", file, worker), Side("`GET /?limit=200&format=CSV`", url, api.pid),
        Side("the same, no request like another", url, api.pid, "fresh_header.lua"),
        Side("FastAPI, uvicorn, redis-py", rival + QUERY, rival_pid)]
    check(web.ask(api.port, QUERY).body, body)
    check(web.ask(int(rival.rsplit(":", 1)[1]), QUERY).body, body)
    parts = [f"{len(body):,} bytes, the first 200 of {len(rows):,} rows, with the headers of a browser; one worker each."]
    for connections in (64, 1):
        results = interleaved(bench.rounds, {
            side.title: lambda side=side: side.load(connections, bench.seconds) for side in sides})
        nginx = results[sides[0].title]
        lines = [
            (title, f"{median(loads, rate):,.0f}", f"{ratio(loads, nginx, rate):.3g}",
             f"{median(loads, lambda load: load.middle):.3g} ms", f"{median(loads, lambda load: load.late):.3g} ms",
             f"{median(loads, lambda load: load.cpu):.3g} s", f"{median(loads, lambda load: load.memory):.0f} MB")
            for title, loads in results.items()]
        header = (
            "1 connection" if connections == 1 else f"{connections} connections", "requests/s", "of nginx", "p50", "p99",
            "CPU of 100,000", "memory")
        parts.append(table(header, *lines))
    return "\n\n".join(parts)


def rate(load):
    return load.rate


def check(body, expected):
    if body != expected:
        raise SystemExit("the servers do not serve the same bytes")
