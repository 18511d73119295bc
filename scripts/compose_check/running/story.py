"""The events that the services go through, and the expected results."""

import concurrent.futures
import re
import signal
import sys

from compose_check.output import Failure, expect, fail, ok
from compose_check.running.place import APIS, Place, stop
from harness import load, web

LIMIT = 480  # The time limit for all of it, in seconds.


def run(files, image, program, folder):
    """Runs the story, and always cleans up at the end."""
    def out_of_time(*_):
        raise Failure(f"it was not done after {LIMIT} seconds")

    signal.signal(signal.SIGALRM, out_of_time)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.alarm(LIMIT)
    place = Place(files, image, program, folder)
    try:
        story(place)
    except Failure as failure:
        place.show()
        fail([str(failure)])
    finally:
        place.close()


def story(place):
    redis = place.start("redis")
    place.eventually("redis' healthcheck", redis.is_healthy, 30)
    for name, wanted in [("appendonly", "yes"), ("appendfsync", "always"), ("no-appendfsync-on-rewrite", "no"),
                         ("save", ""), ("maxmemory-policy", "noeviction")]:
        answer = place.redis.call("CONFIG", "GET", name)
        expect(answer == [name, wanted], f"redis: {name} is {answer[1:]}")
    ok("redis keeps what it has acknowledged, and is healthy")

    place.start("sandbox")
    workers = [place.start(name, index) for name in place.workers for index in (0, 1)]
    apis = [worker for worker in workers if worker.service == "api"]
    for api in apis:
        place.eventually(f"the healthcheck of {api.name}", api.is_healthy, 30)
    gateway = place.start("gateway")
    ports = sorted(place.gateway_ports.values())
    lists = place.eventually("a list through the gateway", lambda: toplist(ports[0]))
    for port in ports:
        expect(toplist(port), f"no list at the gateway's port {port}")
    expect(lists[0]["Rank"] == 1 and len(lists) == 3, f"the list is {lists}")
    ok("two of every worker run, and the gateway serves a list on each port")

    expect_same_answer(place, ports[0])
    answer = web.ask(ports[1], "/buy_order", "PUT", "x" * 100_000)
    expect(answer.status == 413 and answer.headers["Content-Type"] == "application/problem+json",
           f"100 kB are answered by {answer.status}")
    ok("the gateway changes nothing of what an api says")

    code, _ = place.once("project", ["orders", "verify"])
    expect(code == 1, "there is a ledger before one is opened")
    kind, answer = order(ports[1], "early")
    expect(kind == "ledger-not-open" and answer.status == 503, f"without a ledger an order is answered by {kind}")
    place.eventually("orders open", lambda: place.once("project", ["orders", "open"])[0] == 0)
    ok("a person opens the ledger, by the command of the service project")

    first = place.eventually("an order", lambda: (placed := order(ports[1], "first"))[0] == "200" and placed[1])
    expect("Idempotent-Replayed" not in first.headers, "the first order is a replay")
    kind, replay = order(ports[2], "first")
    expect(kind == "200" and replay.headers["Idempotent-Replayed"] == "true" and replay.body == first.body,
           f"asked again, the order is {kind}: {replay and replay.text}")
    orders = web.ask(ports[0], "/buy_orders").json["rows"]
    expect([order["id"] for order in orders] == [first.json["buy_order"]["id"]], f"the orders are {orders}")
    ok("an order, its replay and GET /buy_orders")

    for dead, other in [apis, apis[::-1]]:
        dead.process.kill_tree()
        for port in ports * 10:
            expect(toplist(port), f"without {dead.name} a read fails")
        expect(order(ports[1], f"without {dead.name}")[0] == "200", f"without {dead.name} an order fails")
        dead.start()
        place.eventually(f"the healthcheck of {dead.name}", dead.is_healthy, 30)
        place.eventually(f"{dead.name} has the list again", lambda: toplist(place.api_port, dead.address), 30)
    ok("either api is killed, and reads and orders go on through the other")

    # Requests to the stopped one are sent to the other again, and no order is placed twice.
    apis[0].process.signal_tree(signal.SIGSTOP)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: order(ports[1], f"stopped-{n}", timeout=40), range(12)))
        reads = list(pool.map(lambda n: toplist(ports[0], timeout=40), range(4)))
    apis[0].process.signal_tree(signal.SIGCONT)
    kinds = [kind for kind, _ in answers]
    expect(kinds == ["200"] * 12, f"orders beside a stopped api: {kinds}")
    expect(all(reads), "reads beside a stopped api fail")
    ids = {answer.json["buy_order"]["id"] for _, answer in answers}
    again = {order(ports[2], f"stopped-{n}")[1].json["buy_order"]["id"] for n in range(12)}
    expect(ids == again and len(ids) == 12, "an order beside a stopped api was placed twice")
    code, text = place.once("project", ["orders", "verify"])
    expect(code == 0, f"orders verify: {text}")
    ok("an api stands still: orders and reads go to the other, each order is placed once, and the ledger is well")

    for api in apis:
        api.process.kill_tree()
    answer = web.ask(ports[0])
    expect(answer.status == 503 and answer.headers["Content-Type"] == "application/problem+json"
           and "Retry-After" in answer.headers,
           f"without any api the gateway answers {answer.status} {answer.headers} {answer.text}")
    for api in apis:
        api.start()
    place.eventually("a list after all apis were away", lambda: toplist(ports[0]), 60)
    ok("without any api the gateway says so, and finds them when they are back")

    expect(not [api for api in apis if api.process.count(" ledger.durability", " warning ")],
           "an api warns of the ledger's durability")
    stop(workers)
    stop([gateway])
    stop([container for container in place.containers if container.service == "sandbox"])
    stop([redis])
    ok("told to stop, all end in time and with 0")


def expect_same_answer(place, port):
    """Does the gateway pass responses on unchanged? Only fields of the connection, or that count seconds, may differ."""
    apart = {"date", "server", "connection", "keep-alive", "age", "x-accel-expires"}
    for target in ["/?limit=3", "/?limit=3&format=CSV", "/healthz", "/buy_orders", "/?limt=3"]:
        # A newer list may arrive between the two.
        for attempt in range(3):
            direct, through = web.ask(place.api_port, target, host=APIS[0]), web.ask(port, target)
            is_same = (direct.status, direct.body) == (through.status, through.body)
            if is_same:
                break
        expect(is_same, f"the gateway's {target} is {through.status} {through.headers} {through.text}")
        names = {name.lower() for name in direct.headers}
        for name in names - apart:
            there = through.headers[name]
            expect(direct.headers[name] == there, f"the gateway's {target} has {name}: {there}")
        for name in {"age", "x-accel-expires"} & names:
            expect(name in through.headers, f"the gateway's {target} has lost {name}")


def toplist(port, host="127.0.0.1", timeout=20):
    answer = web.ask(port, "/?limit=3", host=host, timeout=timeout)
    return answer.status == 200 and answer.json


def order(port, key, timeout=20):
    """Places an order with this key; returns 200 or the problem's code, and the response."""
    return load.place(port, "USD", "12.5", re.sub("[^A-Za-z0-9._:-]", ".", key), timeout=timeout)
