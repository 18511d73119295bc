"""Clients that are slow, too many, too large, or malformed."""

import resource
import socket
import statistics
import threading
import time

from harness import web
from harness.process import memory
from harness.redis import newest_rows
from harness.wait import took, until
from registry import fault

GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
IDLE = 6


@fault("clients", "Clients that are slow, many, too large, or crooked", lasts=25)
def clients(world, table):
    world.start_redis()
    world.own_configs(lambda name, config: config.update(http={"idle_timeout": f"{IDLE}s"}) if name == "api" else None)
    world.sandbox()
    world.workers("price", "rank", "toplist")
    until("a list", lambda: world.redis.client.newest("toplist") and newest_rows(world.redis, "toplist"), 90)
    api = world.api()
    until("the api serves", lambda: web.status(api.port) == 200, 30)
    slow(world, table, api)
    idle(world, table, api)
    sizes(table, api)
    crooked(table, api)


class Good:
    """Measures the response times of a good client meanwhile."""

    def __init__(self, port):
        self.port, self.times, self.bad, self.over = port, [], [], threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.over.is_set():
            begin = time.monotonic()
            status = web.status(self.port, "/?limit=200")
            self.times.append(time.monotonic() - begin)
            if status != 200:
                self.bad.append(status)
            time.sleep(0.02)

    def told(self, row):
        self.over.set()
        self.thread.join()
        self.times.sort()
        row.expect(
            "a good client is served meanwhile",
            not self.bad and self.times[int(len(self.times) * 0.99)] < 1,
            f"{len(self.times)} answers, half of them within {statistics.median(self.times) * 1000:.0f} ms, 99 of 100 "
            f"within {self.times[int(len(self.times) * 0.99)] * 1000:.0f} ms",
        )


def slow(world, table, api):
    count = world.pick(200, 1000)
    row = table.row(
        "Clients that drip their headers", f"{count} connections that send a byte of a header twice a second"
    )
    raise_limit()
    good, drips = Good(api.port), [connect(api.port) for _ in range(count)]
    begin, ended = time.monotonic(), {}
    for drip in drips:
        drip.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
    while len(ended) < count and time.monotonic() - begin < 25:
        for drip in drips:
            if drip in ended:
                continue
            try:
                drip.sendall(b"a")
                drip.settimeout(0.001)
                answer = drip.recv(4096)
                ended[drip] = answer
            except TimeoutError:
                continue
            except OSError:
                ended[drip] = b""
        time.sleep(0.5)
    seconds = time.monotonic() - begin
    statuses = [int(answer.split(b" ")[1]) for answer in ended.values() if answer.startswith(b"HTTP/1.1")]
    row.expect(
        "each is sent away with 408 after `http.head_timeout`, 10 s",
        len(ended) == count and set(statuses) <= {408} and statuses,
        f"{len(ended)} of {count} after {seconds:.0f} s, {statuses.count(408)} read the 408",
    )
    good.told(row)
    for drip in drips:
        drip.close()


def idle(world, table, api):
    count = world.pick(1500, 9000)
    row = table.row(
        "Connections that say nothing",
        f"{count:,} connections, half of them after a request; `http.idle_timeout` {IDLE} s",
    )
    raise_limit()
    before, good, held = memory(api.pid), Good(api.port), []
    for number in range(count):
        held.append(connect(api.port))
        if number % 2:
            held[-1].sendall(GET + b"\r\n")
    grown = memory(api.pid) - before
    gone = took(lambda: all(is_closed(connection) for connection in held), IDLE + 20, every=0.5)
    row.expect(
        "they are closed after that time",
        gone is not None,
        f"all, {gone:.0f} s after the last" if gone is not None else "not",
    )
    row.expect("each costs less than 100 kB", grown / count < 100_000, f"{grown / count / 1000:.0f} kB")
    good.told(row)
    for connection in held:
        connection.close()


def sizes(table, api):
    row = table.row(
        "Requests that are too large",
        "A target, a head, a number of fields and a body, each one below its limit, at it, one beyond",
    )
    cases = {}
    for length, status in [(7999, 404), (8000, 404), (8001, 414)]:
        cases[f"a target of {length:,} B"] = (
            b"GET /" + b"a" * (length - 1) + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            status,
        )
    for length, status in [(15_999, 200), (16_000, 200), (16_001, 431)]:
        head = GET + b"Connection: close\r\nA: "
        cases[f"a head of {length:,} B"] = (head + b"a" * (length - len(head) - 4) + b"\r\n\r\n", status)
    for count, status in [(99, 200), (100, 200), (101, 431)]:
        cases[f"{count} fields"] = (GET + b"Connection: close\r\n" + b"A: 1\r\n" * (count - 2) + b"\r\n", status)
    for length, status in [(63_999, 422), (64_000, 422), (64_001, 413)]:
        head = (f"PUT /buy_order HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
                f"Content-Length: {length}\r\n\r\n").encode()
        cases[f"a body of {length:,} B"] = (head + b"a" * length, status)
    wrong = []
    for name, (text, status) in cases.items():
        answers, is_over = talk(api.port, text)
        if answers != [status] or not is_over:
            wrong.append(f"{name}: {answers}, not {status}")
    row.none(
        "below and at the limit as ever, beyond it 414, 431, 413; the connection ends",
        wrong,
        f"{len(cases)} of {len(cases)}",
    )


CROOKED = {
    "Content-Length and Transfer-Encoding": GET + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": GET + b"Content-Length: 0\r\nContent-Length: 36\r\n\r\n",
    "a list of lengths": GET + b"Content-Length: 5, 5\r\n\r\n",
    "+5 for a length": GET + b"Content-Length: +5\r\n\r\n",
    "xchunked": GET + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a tab before chunked's colon": GET + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "two codings in two fields": GET + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a chunk of no size": GET + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a chunk of a huge size": GET + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    "bare LF": b"GET /healthz HTTP/1.1\nHost: a\n\n",
    "bare CR": b"GET /healthz HTTP/1.1\r\nHost: a\rX: 1\r\n\r\n",
    "a folded field": GET + b"A: 1\r\n folded\r\n\r\n",
    "NUL in a field": GET + b"A: \0\r\n\r\n",
    "NUL in the method": b"GE\0T /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "no Host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two Hosts": GET + b"Host: b\r\n\r\n",
    "a space before the colon": GET + b"A : 1\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "rubbish": bytes(range(256)),
}


def crooked(table, api):
    row = table.row(
        "Requests that could be read as two",
        "Each of " + ", ".join(CROOKED) + ", followed by two good requests; and the " "same behind a good one",
    )
    wrong = []
    for name, text in CROOKED.items():
        for before in (b"", GET + b"\r\n"):
            answers, is_over = talk(api.port, before + text + (GET + b"\r\n") * 2)
            good = [200] if before else []
            if answers[:-1] != good or answers[-1:] not in ([400], [501]) or not is_over:
                wrong.append(f"{name}{' behind a good one' if before else ''}: {answers}{'' if is_over else ', open'}")
    row.none(
        "one 4xx (501 for a coding that is not known), the end of the connection, and no answer to what follows",
        wrong,
        f"{2 * len(CROOKED)} of {2 * len(CROOKED)}",
    )
    row.expect("the api serves", web.status(api.port) == 200, "200")


def raise_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000) if hard != resource.RLIM_INFINITY else 20_000, hard))


def connect(port):
    return socket.create_connection(("127.0.0.1", port), 10)


def is_closed(connection):
    try:
        connection.settimeout(0.001)
        while data := connection.recv(65_536):
            pass
        return True
    except TimeoutError:
        return False
    except OSError:
        return True


def talk(port, text):
    """Returns the statuses of all responses, and whether the connection ended."""
    with connect(port) as connection:
        received = b""
        try:
            connection.sendall(text)
        except OSError:
            pass
        connection.settimeout(5)
        try:
            while data := connection.recv(65_536):
                received += data
            is_over = True
        except TimeoutError:
            is_over = False
        except ConnectionError:
            is_over = True
    return [int(part.split(b" ")[0]) for part in received.split(b"HTTP/1.1 ")[1:]], is_over
