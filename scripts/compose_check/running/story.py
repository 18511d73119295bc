"""What happens to the services, and what has to come of it."""

import concurrent.futures
import json
import signal

from compose_check.output import ok
from compose_check.running import web
from compose_check.running.container import stop
from compose_check.running.expectations import eventually, expect
from compose_check.running.same_answer import expect_same_answer


def story(place):
    redis = place.start("redis")
    eventually(place, "redis' healthcheck", lambda: place.is_healthy(redis), 30)
    for name, wanted in [("appendonly", "yes"), ("appendfsync", "always"), ("no-appendfsync-on-rewrite", "no"),
                         ("save", ""), ("maxmemory-policy", "noeviction")]:
        answer = place.cli("CONFIG", "GET", name).split("\n")
        expect(answer[1:] == [wanted] or (wanted == "" and answer[1:] in ([], [""])), f"redis: {name} is {answer[1:]}")
    ok("redis keeps what it has acknowledged, and is healthy")

    place.start("sandbox")
    workers = [place.start(name, index) for name in place.workers for index in (0, 1)]
    apis = [worker for worker in workers if worker.service == "api"]
    for api in apis:
        eventually(place, f"the healthcheck of {api.name}", lambda: place.is_healthy(api), 30)
    gateway = place.start("gateway")
    ports = sorted(place.gateway_ports.values())
    lists = eventually(place, "a list through the gateway", lambda: web.toplist(ports[0]))
    for port in ports:
        expect(web.toplist(port), f"no list at the gateway's port {port}")
    expect(lists[0]["Rank"] == 1 and len(lists) == 3, f"the list is {lists}")
    ok("two of every worker run, and the gateway serves a list on each port")

    expect_same_answer(place, ports[0])
    status, headers, body = web.ask(ports[1], "PUT", "/buy_order", "x" * 100_000)
    expect(status == 413 and headers["content-type"] == "application/problem+json", f"100 kB are answered by {status}")
    ok("the gateway changes nothing of what an api says")

    expect(place.once("project", ["orders", "verify"]).returncode == 1, "there is a ledger before one is opened")
    status, _, body = web.order(ports[1], "early")
    expect(status == 503 and "ledger-not-open" in body, f"without a ledger an order is answered by {status} {body}")
    eventually(place, "orders open", lambda: place.once("project", ["orders", "open"]).returncode == 0)
    ok("a person opens the ledger, by the command of the service project")

    first = eventually(place, "an order", lambda: (a := web.order(ports[1], "first"))[0] == 200 and a)
    expect("idempotent-replayed" not in first[1], "the first order is a replay")
    replay = web.order(ports[2], "first")
    expect(replay[0] == 200 and replay[1].get("idempotent-replayed") == "true" and replay[2] == first[2],
           f"asked again, the order is {replay}")
    orders = json.loads(web.ask(ports[0], "GET", "/buy_orders")[2])["rows"]
    expect([order["id"] for order in orders] == [json.loads(first[2])["buy_order"]["id"]], f"the orders are {orders}")
    ok("an order, its replay and GET /buy_orders")

    for dead, other in [apis, apis[::-1]]:
        dead.kill()
        for port in ports * 10:
            expect(web.toplist(port), f"without {dead.name} a read fails")
        expect(web.order(ports[1], f"without {dead.name}")[0] == 200, f"without {dead.name} an order fails")
        dead.start()
        eventually(place, f"the healthcheck of {dead.name}", lambda: place.is_healthy(dead), 30)
        eventually(place, f"{dead.name} has the list again", lambda: web.toplist(place.api_port, dead.address), 30)
    ok("either api is killed, and reads and orders go on through the other")

    # Whatever was sent to the one that stands still is sent to the other, and no order is placed twice.
    apis[0].signal(signal.SIGSTOP)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: web.order(ports[1], f"stopped-{n}", timeout=40), range(12)))
        reads = list(pool.map(lambda n: web.toplist(ports[0], timeout=40), range(4)))
    apis[0].signal(signal.SIGCONT)
    expect(all(status == 200 for status, _, _ in answers), f"orders beside a stopped api: {[a[0] for a in answers]}")
    expect(all(reads), "reads beside a stopped api fail")
    ids = {json.loads(body)["buy_order"]["id"] for _, _, body in answers}
    again = {json.loads(web.order(ports[2], f"stopped-{n}")[2])["buy_order"]["id"] for n in range(12)}
    expect(ids == again and len(ids) == 12, "an order beside a stopped api was placed twice")
    verified = place.once("project", ["orders", "verify"])
    expect(verified.returncode == 0, f"orders verify: {verified.stdout}{verified.stderr}")
    ok("an api stands still: orders and reads go to the other, each order is placed once, and the ledger is well")

    for api in apis:
        api.kill()
    status, headers, body = web.ask(ports[0], "GET", "/")
    expect(status == 503 and headers["content-type"] == "application/problem+json" and "retry-after" in headers,
           f"without any api the gateway answers {status} {headers} {body}")
    for api in apis:
        api.start()
    eventually(place, "a list after all apis were away", lambda: web.toplist(ports[0]), 60)
    ok("without any api the gateway says so, and finds them when they are back")

    expect(not [line for api in apis for line in api.lines() if " ledger.durability" in line and " warning " in line],
           "an api warns of the ledger's durability")
    stop(workers)
    stop([gateway])
    stop([container for container in place.containers if container.service == "sandbox"])
    stop([redis])
    ok("told to stop, all end in time and with 0")
