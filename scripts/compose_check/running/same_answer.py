"""Does the gateway pass answers on as they are?"""

from compose_check.running import web
from compose_check.running.addresses import APIS
from compose_check.running.expectations import expect


def expect_same_answer(place, port):
    """What may differ is of the connection, or counts seconds."""
    apart = {"date", "server", "connection", "keep-alive", "age", "x-accel-expires"}
    for target in ["/?limit=3", "/?limit=3&format=CSV", "/healthz", "/buy_orders", "/?limt=3"]:
        # Between the two a newer list may come.
        for attempt in range(3):
            direct = web.ask(place.api_port, "GET", target, address=APIS[0])
            through = web.ask(port, "GET", target)
            if direct[0] == through[0] and direct[2] == through[2]:
                break
        expect(direct[0] == through[0] and direct[2] == through[2], f"the gateway's {target} is {through}")
        for name in direct[1].keys() - apart:
            there = through[1].get(name)
            expect(direct[1][name] == there, f"the gateway's {target} has {name}: {there}")
        for name in {"age", "x-accel-expires"} & direct[1].keys():
            expect(name in through[1], f"the gateway's {target} has lost {name}")
