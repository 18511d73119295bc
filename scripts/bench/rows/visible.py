"""The time from the last byte of the last page to the response that shows the list."""

import http.client
import http.server
import statistics
import threading
import time
import urllib.request

from harness import web
from harness.wait import until
from page import table
from registry import row


# Bytes per second of a provider that is connected with 100 Mbit/s.
PACE = 12_500_000
PIECE = 64_000


class Relay(http.server.BaseHTTPRequestHandler):
    """Relays pages from a provider to fetchers: receives each page completely before sending it, and records when it is sent."""

    protocol_version = "HTTP/1.1"
    upstream, last, pace, largest = None, [0.0], [None], [0]

    def do_GET(self):
        request = urllib.request.Request(self.upstream + self.path, headers={
            name: value for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")})
        with urllib.request.urlopen(request) as answer:
            body, kind = answer.read(), answer.headers["Content-Type"]
        self.largest[0] = max(self.largest[0], len(body))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.send(body)
        self.last[0] = time.time()

    def send(self, body):
        pace, began = self.pace[0], time.time()
        if not pace:
            self.wfile.write(body)
            return
        for start in range(0, len(body), PIECE):
            piece = body[start:start + PIECE]
            # Send each piece when its last byte would arrive, so that nothing is left to wait for after the last one.
            time.sleep(max(0, began + (start + len(piece)) / pace - time.time()))
            self.wfile.write(piece)

    def log_message(self, *_):
        pass


@row("visible", "From a provider's last byte to the answer")
def visible(bench):
    bench.start_redis()
    speed = bench.size(6, 20)
    bench.fast(speed)
    bench.sandbox(assets=bench.size(10_000, 100))
    servers = [relayed(bench, name) for name in ("COINMARKETCAP_URL", "CRYPTOCOMPARE_URL")]
    for kind in ("price", "rank", "toplist"):
        bench.worker(kind)
    api = bench.api()
    until("a list", lambda: web.status(api.port) == 200, 120)
    rows = web.ask(api.port, "/?limit=1000000").json
    times = {}
    for name, pace in (("at 100 Mbit/s", PACE), ("at once", None)):
        Relay.pace[0] = pace
        # The present minute may have begun at the other pace.
        next_minute(api.port)
        times[name] = [next_minute(api.port) for _ in range(bench.size(15, 1))]
    for server in servers:
        server.shutdown()
    return "\n\n".join([
        f"{len(rows):,} rows of {speed} times as fast a tape, of pages of up to {Relay.largest[0] / 1e6:.1f} MB. Relays note when they have handed over "
        "a page's last byte to a fetcher, and a client asks the api every millisecond; all of it shares the machine.",
        table(("a page comes", "median", "best", "worst"),
              *((name, *(f"{value:.0f} ms" for value in (statistics.median(found), min(found), max(found))))
                for name, found in times.items()))])


def next_minute(port):
    """Milliseconds from the last page to the next minute's list."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    known = head(connection)
    while True:
        shown = head(connection)
        if shown != known:
            return (time.time() - Relay.last[0]) * 1000
        time.sleep(0.001)


def relayed(bench, name):
    """From now on, fetchers call a relay instead of the provider."""
    handler = type("Relay", (Relay,), {"upstream": bench.environment[name]})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bench.environment[name] = f"http://127.0.0.1:{server.server_port}"
    return server


def head(connection):
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    answer.read()
    return answer.headers["Last-Modified"]
