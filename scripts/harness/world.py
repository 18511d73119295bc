"""The environment of a fault: a Redis, a sandbox that imitates the providers, workers, and their common clock."""

import json
import os
import pathlib
import random
import shutil
import signal
import time

from harness import isolation, web
from harness.machine import ROOT
from harness.process import Process
from harness.redis import Redis, newest_rows
from harness.wait import until

FEEDS = ["price", "rank", "btc_rate"]
STREAMS = FEEDS + ["toplist"]
# One worker of each kind, and one for each feed, by the names of their configs.
KINDS = FEEDS + ["toplist", "ledger", "archive", "api"]
# A developer's keys and settings must not affect a fault.
OURS = ("_URL", "_KEY", "COINTAPE_CLOCK", "PORT", "HOST", "CONFIG_DIR", "LOG_LEVEL", "LOG_DIR", "WITNESS_DIR", "ARCHIVE_DIR", "REDIS_TLS_CA",
        "SENTINEL_PASSWORD", "ORDERS_REPLICAS")
DURABLE = ["--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no"]


class World:
    """Ends everything that was started here when it is left."""

    def __init__(self, program, configs, folder, is_long, is_isolated):
        self.program, self.config, self.folder = program, pathlib.Path(configs), pathlib.Path(folder)
        self.is_long, self.is_isolated = is_long, is_isolated
        self.environment = {name: value for name, value in os.environ.items() if not name.endswith(OURS)}
        self.environment |= {"LOG_DIR": str(self.folder / "log"), "CONFIG_DIR": str(configs)}
        self.environment["WITNESS_DIR"] = str(self.folder / "witness")
        self.environment["ARCHIVE_DIR"] = str(self.folder / "archive")
        self.processes, self.redis, self.clock = [], None, None
        self.random, self.names = random.Random(7), 0

    def pick(self, short, long):
        return long if self.is_long else short

    def close(self):
        for process in self.processes:
            process.go_on()
            process.signal(signal.SIGKILL)
        for process in self.processes:
            process.wait(10)
        isolation.end_children()

    # Processes.

    def start(self, *command, host=None, within=None, **variables):
        """`host` sets another host name, and `within` names a network namespace."""
        command = [str(part) for part in command]
        if host and self.is_isolated:
            command = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', host, *command]
        if within:
            command = ["ip", "netns", "exec", within, *command]
        self.names += 1
        output = self.folder / f"{self.names:03}-{pathlib.Path(command[-1]).stem}.txt"
        process = Process(command, self.environment | variables, output, ROOT, self.is_isolated)
        self.processes.append(process)
        return process

    def cointape(self, *arguments, **options):
        return self.start(self.program, *arguments, **options)

    def run(self, *arguments, seconds=60, **variables):
        """Runs cointape to its end; returns the exit code and the output."""
        process = self.cointape(*arguments, **variables)
        return process.wait(seconds), process.text

    def worker(self, name, **options):
        return self.cointape("run", self.config / f"{name}.json", **options)

    def workers(self, *names, **options):
        return {name: self.worker(name, **options) for name in names}

    def api(self, port=None, config=None, **options):
        """Starts an api, and waits until it answers; the process has its `port`."""
        port = port or web.free_port()
        process = self.cointape("run", config or self.config / "api.json", **options, PORT=str(port))
        process.port = port
        process.until("the api listens", lambda: "api.listening" in process.text)
        return process

    def sandbox(self, *arguments, assets=50, within=None):
        """Starts the three providers; workers that are started from now on call them."""
        process = self.cointape("sandbox", "--port", "0", "--assets", assets, *arguments, within=within)
        process.until("the sandbox listens", lambda: process.count("export CRYPTOCOMPARE_URL=") == 1)
        for line in process.lines:
            if line.startswith("export "):
                name, value = line.removeprefix("export ").split("=", 1)
                self.environment[name] = value
        process.host, port = self.environment["COINBASE_URL"].removeprefix("http://").rsplit(":", 1)
        process.port = int(port)
        return process

    def start_redis(self, *arguments, **options):
        """Starts a Redis; workers that are started from now on use it."""
        self.redis = RedisServer(self, arguments, **options)
        self.environment["REDIS_URL"] = self.redis.url
        return self.redis

    def open_ledger(self):
        """Opens a ledger for the kind of the present rates."""
        until("a rate", lambda: newest_rows(self.redis, "btc_rate"), 90)
        code, text = self.run("orders", "open", "--config", self.config / "ledger.json")
        if code != 0:
            raise RuntimeError(f"orders open: {text}")

    def forget(self):
        """Deletes the apis' witnesses of a ledger: for a Redis that is flushed or replaced on purpose."""
        shutil.rmtree(self.environment["WITNESS_DIR"], ignore_errors=True)

    def verify(self):
        """The last line of `orders verify`: ok, or what is wrong."""
        return (
            self.run("orders", "verify", "--config", self.config / "ledger.json", seconds=120)[1]
            .strip()
            .splitlines()[-1]
        )

    # Configs and the clock.

    def own_configs(self, change=lambda name, config: None):
        """Changes a copy of the configs, which workers that are started from now on read."""
        given, self.config = self.config, self.folder / "config"
        shutil.copytree(given, self.config)
        for path in self.config.glob("*.json"):
            config = json.loads(path.read_text())
            change(path.stem, config)
            path.write_text(json.dumps(config, indent=2))

    def fast(self, speed, hours_back=3):
        """From now on the tape's clock runs `speed` times as fast, starting with a minute of the past."""
        origin = int(time.time() * 1000)
        start = (origin - int(hours_back * 3_600_000)) // 60_000 * 60_000
        self.clock = (start, origin, speed)
        self.environment["COINTAPE_CLOCK"] = f"{start}@{origin}x{speed}"

    @property
    def speed(self):
        return self.clock[2] if self.clock else 1

    def tape_now(self):
        """Milliseconds of the tape's clock."""
        now = time.time() * 1000
        if not self.clock:
            return now
        start, origin, speed = self.clock
        return start + (now - origin) * speed

    def minute_now(self):
        return int(self.tape_now()) // 60_000 * 60_000

    # Counts of the sandbox.

    def faults(self, sandbox, *rules):
        answer = web.ask(sandbox.port, "/sandbox/faults?" + "&".join(rules), method="PUT", host=sandbox.host)
        if answer.status != 200:
            raise RuntimeError(answer.body.decode())

    def requests(self, sandbox):
        """{(provider, minute): calls}"""
        rows = web.ask(sandbox.port, "/sandbox/requests", host=sandbox.host).json
        return {(row["provider"], row["minute"]): row["requests"] for row in rows}


class RedisServer:
    """A redis-server that can be killed, stopped and restarted with its port and its files."""

    def __init__(self, world, arguments, folder=None, host="127.0.0.1", within=None):
        self.world, self.arguments, self.within, self.host = world, arguments, within, host
        self.port, self.folder = web.free_port(), pathlib.Path(folder or world.folder / "redis")
        self.folder.mkdir(exist_ok=True)
        self.url = f"redis://{host}:{self.port}"
        self.client = Redis(self.port, host)
        self.start()

    def start(self):
        self.process = self.world.start(
            "redis-server", "--port", self.port, "--bind", self.host, "--dir", self.folder, "--save", "",
            "--protected-mode", "no", *self.arguments, within=self.within)
        self.process.until("Redis answers", self.client.answers, 60)

    def kill(self):
        self.process.kill()
        self.client.close()

    def call(self, *arguments):
        return self.client.call(*arguments)

    def entries(self, stream):
        return self.client.entries(stream)

    def another(self, timeout=10):
        """A separate connection, for another thread."""
        return Redis(self.port, self.host, timeout)
