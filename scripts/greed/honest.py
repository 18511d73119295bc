#!/usr/bin/env python3
"""Honest clients: one asks for lists over a connection that it keeps, one over a new one each time, one places orders.

    python3 honest.py PORT

They run until standard input ends, in a separate process, so that the attacks on the api do not slow them down. Then the
results are printed as JSON: {client: {"answers": 100, "p50": 0.4, "p99": 1.9, "most": 3, "bad": []}}, in milliseconds.
"""

import json
import socket
import sys
import threading
import time
import uuid

PATIENCE = 10
GET = b"GET /?limit=100 HTTP/1.1\r\nHost: a\r\n\r\n"


class Client(threading.Thread):
    def __init__(self, port, over, pause):
        super().__init__(daemon=True)
        self.port, self.over, self.pause, self.times, self.bad = port, over, pause, [], []
        self.connection = None

    def run(self):
        while not self.over.is_set():
            begin = time.monotonic()
            try:
                status = self.ask()
            except OSError as error:
                status = str(error) or type(error).__name__
                self.leave()
            self.times.append(time.monotonic() - begin)
            if status != 200:
                self.bad.append(status)
            time.sleep(self.pause)

    def exchange(self, request):
        if not self.connection:
            self.connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.more()
        head, body = received.split(b"\r\n\r\n", 1)
        lines = [line.lower() for line in head.split(b"\r\n")]
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
        missing = length - len(body)
        while missing > 0:
            missing -= len(self.more())
        return int(head.split(b" ")[1])

    def more(self):
        data = self.connection.recv(65_536)
        if not data:
            raise ConnectionError("the connection ended")
        return data

    def leave(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def told(self):
        times = sorted(self.times) or [0]
        at = lambda share: round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 2)
        return {"answers": len(self.times), "p50": at(0.5), "p99": at(0.99), "most": at(1), "bad": self.bad[:5], "failed": len(self.bad)}


class Kept(Client):
    def ask(self):
        return self.exchange(GET)


class New(Client):
    def ask(self):
        try:
            return self.exchange(GET)
        finally:
            self.leave()


class Orders(Client):
    def ask(self):
        body = json.dumps({"currency": "USD", "amount": "0.11", "idempotence_key": str(uuid.uuid4())}).encode()
        return self.exchange(b"PUT /buy_order HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def main():
    port, over = int(sys.argv[1]), threading.Event()
    clients = {"kept": Kept(port, over, 0.005), "new": New(port, over, 0.01), "orders": Orders(port, over, 0.01)}
    for client in clients.values():
        client.start()
    sys.stdin.read()
    over.set()
    for client in clients.values():
        client.join(2 * PATIENCE)
    print(json.dumps({name: client.told() for name, client in clients.items()}))


if __name__ == "__main__":
    main()
