"""In the place of an engine."""

import shutil
import subprocess
import sys

from compose_check.machine import ROOT, SEARCH
from compose_check.output import skipped
from compose_check.running.addresses import APIS, REDIS, SANDBOX, free_port
from compose_check.running.container import Container
from compose_check.running.expectations import expect
from compose_check.running.name_server import NameServer
from compose_check.written.services import arguments, cointapes, gateway_command


class Place:
    """A machine's processes and loopback addresses in the place of containers and their names."""

    def __init__(self, files, image, program, folder):
        self.image, self.program, self.folder = image, program, folder
        self.document, self.containers = files.sandbox, []
        self.workers = [name for name, service in cointapes(self.document) if "profiles" not in service]
        self.work = folder / "work"
        self.work.mkdir()
        (self.work / "config").symlink_to(image.source("config"))
        self.redis_port, self.sandbox_port = free_port([REDIS]), free_port([SANDBOX])
        self.api_port = free_port(APIS)
        self.gateway_ports = {port: free_port(["127.0.0.1"]) for port in ("6667", "8777", "8778")}
        self.names = NameServer({"api": APIS})
        self.tini = shutil.which("tini", path=SEARCH)
        if not self.tini:
            skipped("tini in front of the workers, because it is not here: apt-get install tini")
        for name in ("redis", "nginx-run", "logs"):
            (folder / name).mkdir()
        conf = (ROOT / "compose" / "gateway.conf").read_text()
        for here, there in [("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{self.names.port} "),
                            ("http://$api:6667;", f"http://$api:{self.api_port};"),
                            *((f"listen {a};", f"listen 127.0.0.1:{b};") for a, b in self.gateway_ports.items())]:
            expect(conf.count(here) == 1, f"compose/gateway.conf: {here} is not there once")
            conf = conf.replace(here, there)
        self.conf = folder / "gateway.conf"
        self.conf.write_text(conf)

    def start(self, service, index=0):
        container = Container(self, service, index)
        self.containers.append(container)
        container.start()
        return container

    def command(self, service, words=None):
        """What the engine would run: the entrypoint of the service or the image, then the command."""
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
        """Nothing but the image's and the service's own."""
        written = self.document["services"][service]
        found = {"PATH": SEARCH, "TINI_SUBREAPER": "1"}
        if "build" in written:
            found |= self.image.environment
        return found | {name: str(value) for name, value in written.get("environment", {}).items()}

    def translated(self, text, address):
        """Names, addresses and ports of containers as those of this machine."""
        if text == "0.0.0.0":
            return address
        for port, there in [("6667", self.api_port), ("6670", self.sandbox_port)]:
            if text == port:
                return str(there)
        for here, there in [("redis:6379", f"{REDIS}:{self.redis_port}"),
                            ("sandbox:6670", f"{SANDBOX}:{self.sandbox_port}"),
                            ("127.0.0.1:6667", f"{address}:{self.api_port}"),
                            ("redis-cli ", f"redis-cli -p {self.redis_port} "),
                            (self.image.folder, str(self.work))]:
            text = text.replace(here, there)
        return text

    def once(self, service, words):
        """docker compose run --rm SERVICE WORDS"""
        here = Container(self, service, 0)
        return subprocess.run(
            [here.translated(word) for word in self.command(service, words)], cwd=self.work,
            env=here.environment(), capture_output=True, text=True, timeout=60)

    def is_healthy(self, container):
        test = self.document["services"][container.service]["healthcheck"]["test"]
        words = ["sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
        words = [container.translated(word) for word in words]
        return subprocess.run(words, env=container.environment(), capture_output=True).returncode == 0

    def cli(self, *words):
        command = ["redis-cli", "-h", REDIS, "-p", str(self.redis_port), "--raw", *words]
        return subprocess.run(command, capture_output=True, text=True).stdout.rstrip("\n")

    def show(self):
        for container in self.containers:
            for line in container.lines()[-8:]:
                print(f"{container.name}: {line}", file=sys.stderr)

    def clear(self):
        for container in self.containers:
            container.kill()
        self.names.close()
