"""Several apis on one port."""

import socket
import time

from harness import web
from harness.process import descriptors
from harness.wait import until
from registry import fault


@fault("shared-port", "Several apis share one port", lasts=10)
def shared_port(world, table):
    row = table.row(
        "An api is killed that shares its port",
        "Three apis with `listen[].reuse_port` on one port, a client without a pause; `kill -9` of each in turn and "
        "another in its place",
    )
    world.own_configs(
        lambda name, config: [listen.update(reuse_port=True) for listen in config["listen"]] if name == "api" else None
    )
    code, text = world.run("check", world.config / "api.json")
    if code != 0:
        return row.skip("this cointape has no `reuse_port`: " + text.strip().splitlines()[0].split(": ", 1)[-1])
    world.start_redis()
    world.sandbox()
    world.workers("price", "rank", "toplist")
    port = web.free_port()
    apis = [world.api(port) for _ in range(3)]
    until("all serve", lambda: all(web.status(port) == 200 for _ in range(20)), 90)
    before = [descriptors(api.pid) for api in apis]
    held = [connection(port) for _ in range(90)]
    shares = [descriptors(api.pid) - count for api, count in zip(apis, before)]
    row.expect("each has its share of connections", min(shares) > 0 and sum(shares) > 80, f"{shares} of 90")
    for one in held:
        one.close()
    lost, answers = [], 0
    for api in list(apis):
        api.kill()
        apis.append(world.api(port))
        end = time.monotonic() + world.pick(1, 10)
        while time.monotonic() < end:
            status = web.status(port)
            answers += status == 200
            # An api that has just started has no list yet.
            if status not in (200, 503):
                lost.append(status)
    row.none("whoever asks after a kill is answered", lost, f"{answers} answers")
    running = sum(api.is_running for api in apis)
    row.expect("the others run", running == 3, f"{running} run")


def connection(port):
    found = socket.create_connection(("127.0.0.1", port), 10)
    found.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    found.recv(4096)
    return found
