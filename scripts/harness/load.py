"""Clients that place orders, and repeat each with the same key until the result is known."""

import collections
import json
import random
import threading
import time

from harness import web

# An api that has just started does not know the rate yet.
RETRIED = {"no answer", "outcome-unknown", "orders-unavailable", "rate-stale"}


# One try of a client: what it asked for, when, and what it was told; the id is that of a 200.
Call = collections.namedtuple("Call", "identity began ended kind id")


class OrderLoad:
    """`ports` are those of the apis, or a function that returns them; each try goes to another one.

    Orders are in all currencies that the ledger takes, according to the first api that answers.
    """

    def __init__(self, ports, clients=4, pause=0.1, patience=60, allowed=RETRIED, host="127.0.0.1"):
        self.ports = ports if callable(ports) else lambda: ports
        self.pause, self.patience, self.allowed, self.host = pause, patience, allowed, host
        self.acknowledged, self.answers, self.wrong, self.calls = {}, collections.Counter(), [], []
        self.lock, self.over, self.prefix = threading.Lock(), threading.Event(), f"{random.randrange(16 ** 8):08x}"
        self.threads = [threading.Thread(target=self._client, args=(number,), daemon=True) for number in range(clients)]
        for thread in self.threads:
            thread.start()

    @property
    def count(self):
        return len(self.acknowledged)

    def end(self):
        """The clients finish their present orders, and end."""
        self.over.set()
        for thread in self.threads:
            thread.join(self.patience + 30)

    def _client(self, client):
        draw = random.Random(client)
        number, currencies = 0, []
        while not self.over.is_set():
            number += 1
            currencies = currencies or self._currencies(draw)
            cents = draw.randrange(11, 199)
            order = (draw.choice(currencies or ["USD"]), f"{cents // 100}.{cents // 10 % 10}{1 + cents % 9}",
                     f"{self.prefix}-{client}-{number}")
            answer = self._ask(order, draw)
            # Occasionally repeat a known order, which must give the same result.
            if answer and number % 8 == 0:
                again = self._ask(order, draw)
                if again is not None and again.body != answer.body:
                    self._wrong(f"{order}: {answer.body} and then {again.body}")
            self.over.wait(self.pause)

    def _currencies(self, draw):
        """The currencies; empty while no api answers."""
        try:
            answer = web.ask(draw.choice(self.ports()), "/buy_orders/stats", host=self.host)
        except OSError:
            return []
        return list(answer.json["by_currency"]) if answer.status == 200 else []

    def _ask(self, order, draw):
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            began = time.monotonic()
            kind, answer = place(draw.choice(self.ports()), *order, host=self.host)
            with self.lock:
                self.answers[kind] += 1
                id = answer.json["buy_order"]["id"] if kind == "200" else None
                self.calls.append(Call(" ".join(order), began, time.monotonic(), kind, id))
            if kind == "200":
                placed = answer.json["buy_order"]
                if [placed["currency"], placed["currency_amount"]] != list(order[:2]):
                    self._wrong(f"{order} was answered with {placed}")
                with self.lock:
                    known = self.acknowledged.setdefault(" ".join(order), placed["id"])
                if known != placed["id"]:
                    self._wrong(f"{order} is {known} and {placed['id']}")
                return answer
            if kind not in self.allowed:
                self._wrong(f"{order}: {kind}")
                return None
            time.sleep(0.02)
        self._wrong(f"{order}: never told what became of it")
        return None

    def _wrong(self, text):
        with self.lock:
            self.wrong.append(text)


def place(port, currency, amount, key, host="127.0.0.1", timeout=10):
    """Tries once; returns 200, the problem's type, or `no answer`, and the response."""
    body = json.dumps({"currency": currency, "amount": amount, "idempotence_key": key})
    try:
        answer = web.ask(port, "/buy_order", "PUT", body, host=host, timeout=timeout)
    except OSError:
        return "no answer", None
    return ("200" if answer.status == 200 else answer.problem or str(answer.status)), answer
