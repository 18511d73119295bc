"""SIGTERM and SIGINT, in normal operation and during failures."""

import os
import signal
import time

from harness import web
from harness.process import listening, processes
from harness.wait import until
from harness.world import DURABLE, FEEDS, KINDS
from registry import fault

# A busy machine may be a little late.
GRACE, LATE = 15, 5
SIGNALS = {"SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT}


@fault("shutdown", "SIGTERM and SIGINT to each kind of worker", lasts=70)
def shutdown(world, table):
    sandbox = begin(world)
    row = table.row("A worker is told to stop", f"SIGTERM, SIGINT to each of {', '.join(KINDS)}")
    ends(row, world, start(world), "no more than they need", 5)
    row = table.row(
        "A worker is told to stop while its provider hangs", "The sandbox never answers; SIGTERM, SIGINT in mid-fetch"
    )
    hanging(row, world, sandbox)
    row = table.row(
        "A worker is told to stop while Redis stands still",
        f"SIGSTOP of redis-server, then SIGTERM, SIGINT to each of {', '.join(KINDS)}",
    )
    started = start(world)
    world.redis.process.stop()
    time.sleep(0.5)
    ends(row, world, started, "the grace", GRACE + LATE)
    world.redis.process.go_on()
    row = table.row("A worker is told to stop while Redis is away", "`kill -9` of redis-server, then SIGTERM, SIGINT")
    started = start(world)
    world.redis.kill()
    time.sleep(0.5)
    ends(row, world, started, "the grace", GRACE + LATE)
    world.redis.start()
    second_signal(table, world, sandbox)


def begin(world):
    world.start_redis(*DURABLE)
    sandbox = world.sandbox()
    first = world.workers(*FEEDS)
    world.open_ledger()
    for process in first.values():
        process.kill()
    return sandbox


def start(world, kinds=KINDS):
    """Starts two workers of each kind."""
    started = [(kind, name, world.worker(kind, PORT=str(web.free_port()))) for kind in kinds for name in SIGNALS]
    until("each has said in Redis that it lives", lambda: all(beat(world, process) for _, _, process in started), 60)
    return started


def beat(world, process):
    redis = world.redis
    mark = f'"pid":"{process.pid}"'
    return any(mark in (redis.call("GET", key) or "") for key in redis.call("KEYS", "worker:*"))


def ends(row, world, started, what, seconds):
    """Signals all processes, and checks how each ended."""
    began = time.monotonic()
    for _, name, process in started:
        process.signal(SIGNALS[name])
    wrong, slowest = [], ("", 0)
    for kind, name, process in started:
        code = process.wait(max(0.1, began + seconds + 20 - time.monotonic()))
        took = time.monotonic() - began
        if code != 0:
            wrong.append(f"{kind} {name}: " + (f"exit code {code}" if code is not None else f"runs after {took:.0f} s"))
            process.kill()
        slowest = max(slowest, (kind, took), key=lambda pair: pair[1])
    row.none("each exits 0", wrong, f"{len(started)} of {len(started)}")
    row.expect(f"within {seconds} s", slowest[1] <= seconds, f"{slowest[1]:.1f} s at most ({slowest[0]})")


def hanging(row, world, sandbox):
    world.faults(sandbox, "hang=1")
    started = [(kind, name, world.worker(kind)) for kind in FEEDS for name in SIGNALS]
    before = sum(world.requests(sandbox).values())
    # No fetch starts late in a minute.
    until("all are asked", lambda: sum(world.requests(sandbox).values()) >= before + len(FEEDS), 80)
    ends(row, world, started, "the grace", GRACE + LATE)
    world.faults(sandbox)


def second_signal(table, world, sandbox):
    row = table.row(
        "A second signal leaves at once", "Redis stands still, a provider hangs; SIGTERM, half a second later SIGINT"
    )
    world.faults(sandbox, "hang=1")
    before = sum(world.requests(sandbox).values())
    started = [(kind, "SIGTERM", world.worker(kind, PORT=str(web.free_port()))) for kind in KINDS]
    until("all are asked", lambda: sum(world.requests(sandbox).values()) > before + 2, 80)
    world.redis.process.stop()
    time.sleep(0.5)
    for _, _, process in started:
        process.signal(signal.SIGTERM)
    time.sleep(0.5)
    waiting = [(kind, process) for kind, _, process in started if process.is_running]
    began = time.monotonic()
    for _, process in waiting:
        process.signal(signal.SIGINT)
    late = []
    for kind, process in waiting:
        process.wait(max(0.1, began + 2 - time.monotonic()))
        if process.is_running:
            late.append(kind)
    row.expect("some were still at it", waiting, f"{len(waiting)} of {len(started)}")
    row.none("each of these is gone within 2 s", late, "yes")
    world.redis.process.go_on()
    for _, _, process in started:
        process.kill()


@fault("shutdown-up", "SIGTERM and SIGINT to `cointape up`", lasts=100)
def shutdown_up(world, table):
    row = table.row(
        "`cointape up` is told to stop",
        "SIGTERM; SIGINT; SIGTERM while its redis-server stands still (SIGSTOP); SIGINT while all providers hang; "
        "two signals while it stands still",
    )
    port = web.free_port(2)
    cases = {
        "SIGTERM": ([signal.SIGTERM], False, []), "SIGINT": ([signal.SIGINT], False, []),
        "SIGTERM, Redis stands still": ([signal.SIGTERM], True, []),
        "SIGINT, providers hang": ([signal.SIGINT], False, ["hang=1"]),
        "twice, Redis stands still": ([signal.SIGTERM, signal.SIGINT], True, []),
    }
    for name, (signals, is_stopped, faults) in cases.items():
        up = world.cointape("up", "--data", world.folder / "data", "--port", port)
        up.until("up is up", lambda: "cointape is up" in up.text, 240)
        if faults:
            provoke(world, up, faults)
        servers = processes("redis-server")
        if len(servers) != 1:
            row.expect(f"{name}: one redis-server", False, f"{len(servers)}")
        for server in servers if is_stopped else []:
            os.kill(server, signal.SIGSTOP)
        for number, which in enumerate(signals):
            time.sleep(0.5 if number else 0)
            up.signal(which)
        began = time.monotonic()
        limit = GRACE + LATE if len(signals) == 1 else LATE
        code = up.wait(60)
        seconds = time.monotonic() - began
        left = processes("redis-server")
        if len(signals) == 1:
            row.expect(
                f"{name}: exit code 0 within {limit} s",
                code == 0 and seconds <= limit,
                f"exit code {code} after {seconds:.1f} s",
            )
        else:
            row.expect(
                f"{name}: gone within {limit} s",
                code is not None and seconds <= limit,
                f"exit code {code} after {seconds:.1f} s",
            )
        try:
            until("no server is left", lambda: not processes("redis-server"), 15)
            row.expect(f"{name}: no redis-server is left", True, "none")
        except Exception:
            row.expect(f"{name}: no redis-server is left", False, f"{len(processes('redis-server'))} left")
        for server in processes("redis-server"):
            os.kill(server, signal.SIGKILL)
        until("it is gone", lambda: not processes("redis-server"), 15)


def provoke(world, up, faults):
    """Makes the sandbox inside `up` fail: its port is the one that `up` listens on besides the api's."""
    port = next(port for port in listening(up.pid) if web.status(port, "/sandbox/faults") == 200)
    web.ask(port, "/sandbox/faults?" + "&".join(faults), method="PUT")
