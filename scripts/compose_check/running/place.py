"""A replacement for an engine: processes and loopback addresses instead of containers and their names."""

import shutil
import signal
import subprocess
import sys
import time

from compose_check.output import Failure, expect, skipped
from compose_check.running.name_server import NameServer
from compose_check.written.services import arguments, cointapes, gateway_command, seconds, volumes
from harness import isolation
from harness.machine import ROOT, SEARCH
from harness.process import Process
from harness.redis import Redis
from harness.wait import NotInTime, until
from harness.web import free_port

REDIS, SANDBOX, APIS = "127.0.0.1", "127.0.0.4", ["127.0.0.2", "127.0.0.3"]
# Long enough for a rank list of 34 pages from a sandbox on two busy cores, and at worst for the next minute's list.
PATIENCE = 180


class Place:
    """Ends everything that was started here when it is left."""

    def __init__(self, files, image, program, folder):
        isolation.adopts_orphans()
        self.image, self.program, self.folder = image, program, folder
        self.document, self.containers, self.runs = files.sandbox, [], 0
        self.workers = [name for name, service in cointapes(self.document) if "profiles" not in service]
        self.work = folder / "work"
        self.work.mkdir()
        (self.work / "config").symlink_to(image.source("config"))
        self.redis_port, self.sandbox_port = free_port(addresses=[REDIS]), free_port(addresses=[SANDBOX])
        self.api_port = free_port(addresses=APIS)
        self.gateway_ports = {port: free_port() for port in ("6667", "8777", "8778")}
        self.redis = Redis(self.redis_port, REDIS)
        self.names = NameServer({"api": APIS})
        self.tini = shutil.which("tini", path=SEARCH)
        if not self.tini:
            skipped("tini in front of the workers, because it is not here: apt-get install tini")
        self.volumes = {path: name for service in self.document["services"]
                        for path, name in volumes(self.document, service).items() if service != "redis"}
        for name in ("redis", "nginx-run", "logs", *(f"volumes/{name}" for name in set(self.volumes.values()))):
            (folder / name).mkdir(parents=True)
        conf = (ROOT / "compose" / "gateway.conf").read_text()
        for here, there in [("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{self.names.port} "),
                            ("http://$api:6667;", f"http://$api:{self.api_port};"),
                            *((f"listen {a};", f"listen 127.0.0.1:{b};") for a, b in self.gateway_ports.items())]:
            expect(conf.count(here) == 1, f"compose/gateway.conf: {here} is not there once")
            conf = conf.replace(here, there)
        self.conf = folder / "gateway.conf"
        self.conf.write_text(conf)

    def close(self):
        isolation.end_children()
        self.names.close()

    def start(self, service, index=0):
        container = Container(self, service, f"{service}-{index + 1}", index)
        self.containers.append(container)
        container.start()
        return container

    def once(self, service, words):
        """docker compose run --rm SERVICE WORDS: returns the exit code and the output."""
        self.runs += 1
        container = Container(self, service, f"{service}-run-{self.runs}")
        container.start(words)
        code = container.process.wait(60)
        expect(code is not None, f"{' '.join(words)} has not ended after 60 seconds")
        return code, container.process.text

    def eventually(self, what, condition, seconds=PATIENCE):
        """Returns the condition's value as soon as it is true; fails at once if a container ends meanwhile."""
        last = None

        def holds():
            nonlocal last
            for container in self.containers:
                code = container.process.wait(0)
                expect(code is None, f"{container.name} ended with {code} before this: {what}")
            try:
                last = condition()
            except OSError as error:
                last = error
                return None
            return last

        try:
            return until(what, holds, seconds, every=0.25)
        except NotInTime as error:
            raise Failure(f"{error}; last: {last}") from None

    def command(self, service, words=None):
        """The command that the engine would run: the entrypoint of the service or the image, then the command."""
        written = self.document["services"][service]
        if service == "gateway":
            return gateway_command(self.document, self.folder / "nginx-run", self.conf)
        if service == "redis":
            here = ["--port", str(self.redis_port), "--bind", REDIS, "--dir", str(self.folder / "redis")]
            return arguments(written) + here
        entrypoint = list(written.get("entrypoint", self.image.entrypoint))
        if entrypoint[0] == "tini" and not self.tini:
            entrypoint = entrypoint[entrypoint.index("--") + 1:]
        entrypoint[entrypoint.index("cointape")] = str(self.program)
        return entrypoint + (words or arguments(written))

    def environment(self, service):
        """Only the variables of the image and of the service."""
        written = self.document["services"][service]
        found = {"PATH": SEARCH, "TINI_SUBREAPER": "1"}
        if "build" in written:
            found |= self.image.environment
        return found | {name: str(value) for name, value in written.get("environment", {}).items()}

    def translated(self, text, address):
        """Replaces names, addresses and ports of containers by those of this machine."""
        if text == "0.0.0.0":
            return address
        for port, there in [("6667", self.api_port), ("6670", self.sandbox_port)]:
            if text == port:
                return str(there)
        for mount, name in self.volumes.items():
            text = text.replace(mount, str(self.folder / "volumes" / name))
        for here, there in [("redis:6379", f"{REDIS}:{self.redis_port}"),
                            ("sandbox:6670", f"{SANDBOX}:{self.sandbox_port}"),
                            ("127.0.0.1:6667", f"{address}:{self.api_port}"),
                            ("redis-cli ", f"redis-cli -p {self.redis_port} "),
                            (self.image.folder, str(self.work))]:
            text = text.replace(here, there)
        return text

    def show(self):
        for container in self.containers:
            for line in container.process.lines[-8:]:
                print(f"{container.name}: {line}", file=sys.stderr)


class Container:
    """A service's process, with everything that it starts; it can be restarted."""

    def __init__(self, place, service, name, index=0):
        self.place, self.service, self.name, self.process = place, service, name, None
        self.address = {"api": APIS[index], "sandbox": SANDBOX}.get(service, REDIS)
        written = place.document["services"][service]
        self.grace = seconds(written.get("stop_grace_period", "10s"))
        self.stop_signal = signal.Signals[written.get("stop_signal", "SIGTERM")]

    def start(self, words=None):
        command = [self.translated(word) for word in self.place.command(self.service, words)]
        output = self.place.folder / "logs" / f"{self.name}.log"
        self.process = Process(command, self.environment(), output, self.place.work)

    def translated(self, text):
        return self.place.translated(text, self.address)

    def environment(self):
        return {name: self.translated(value) for name, value in self.place.environment(self.service).items()}

    def is_healthy(self):
        test = self.place.document["services"][self.service]["healthcheck"]["test"]
        words = ["sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
        words = [self.translated(word) for word in words]
        return subprocess.run(words, env=self.environment(), capture_output=True).returncode == 0


def stop(containers):
    """Stops them like the engine: signals the first process, and expects exit code 0 within the grace period."""
    begun = time.monotonic()
    for container in containers:
        container.process.signal(container.stop_signal)
    for container in containers:
        code = container.process.wait(max(0, begun + container.grace - time.monotonic()))
        expect(code is not None, f"{container.name} has not ended after {container.grace:.0f} seconds")
        expect(code == 0, f"{container.name} ended with {code}")
