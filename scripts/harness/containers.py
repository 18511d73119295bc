"""A replacement for a container engine: each service of a composition as a process on a host of its own.

The commands, the environment and the names are the composition's. What an image would have at a path is in a folder of the world.
"""

import json
import pathlib
import re
import shlex
import shutil
import subprocess

from compose_check.written.image import Image
from compose_check.written.services import arguments, seconds
from harness.hosts import NETWORK, Host
from harness.machine import ROOT, SEARCH
from harness.process import Process
from harness.wait import until


def composition(*files):
    """compose.yaml with the files over it, for the sandbox, as docker-compose reads it."""
    options = [word for file in ("compose.yaml", *files) for word in ("-f", file)]
    tool = shutil.which("docker-compose", path=SEARCH)
    done = subprocess.run([tool, *options, "--env-file", "compose/sandbox.env", "config"], cwd=ROOT, env={"PATH": SEARCH, "HOME": "/"},
                          check=True, capture_output=True)
    # Its own interpreter can read YAML.
    interpreter = shlex.split(pathlib.Path(tool).read_text().split("\n", 1)[0][2:])
    code = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"
    return json.loads(subprocess.run([*interpreter, "-c", code], input=done.stdout, check=True, capture_output=True).stdout)


class Containers:
    def __init__(self, world, document, leave_out=()):
        self.world, self.image = world, Image(ROOT / "Dockerfile")
        self.services = {name: service for name, service in document["services"].items() if name not in leave_out}
        network = document.get("networks", {}).get("default", {}).get("ipam", {}).get("config", [{}])[0].get("subnet", "")
        # Addresses that a composition gives are those of the same number here.
        self.prefix = network.rpartition(".")[0] or "no network"
        numbers = iter(range(50, 90))
        self.hosts = {}
        for name, service in self.services.items():
            given = (service.get("networks") or {}).get("default") or {}
            number = int(given["ipv4_address"].rpartition(".")[2]) if given else next(numbers)
            # Names of links have 15 characters at most.
            self.hosts[name] = Host(name, number)
        names = world.folder / "hosts"
        names.write_text("127.0.0.1 localhost\n" + "".join(f"{host.address} {name}\n" for name, host in self.hosts.items()))
        subprocess.run(["mount", "--bind", names, "/etc/hosts"], check=True)
        self.processes = {}

    def start(self, *names):
        """Starts services, and waits until those with a healthcheck are healthy."""
        for name in names:
            service = self.services[name]
            folder = self._folder(name)
            folder.mkdir(parents=True, exist_ok=True)
            self.processes[name] = self._run(name, [*service.get("entrypoint", []), *arguments(service)], folder)
        for name in names:
            if self.services[name].get("healthcheck", {}).get("test", ["NONE"]) != ["NONE"]:
                self.processes[name].until(f"{name} is healthy", lambda name=name: self.is_healthy(name), 60)

    def run(self, name, *words):
        """`compose run --rm NAME WORDS`: the exit code, and what was printed."""
        process = self._run(name, list(words), self._folder(name))
        return process.wait(60), process.text

    def _run(self, name, command, folder):
        service, environment = self.services[name], {"PATH": SEARCH}
        if "build" in service:
            entrypoint = self.image.entrypoint[self.image.entrypoint.index("cointape"):]
            command = [self.world.program, *entrypoint[1:], *command]
            environment |= self.image.environment
            config = folder / "config"
            if not config.exists():
                folder.mkdir(parents=True, exist_ok=True)
                config.symlink_to(self.world.config)
        environment |= service.get("environment", {})
        environment = {key: self._here(str(value), folder) for key, value in environment.items()}
        command = ["ip", "netns", "exec", name, *(self._here(str(word), folder) for word in command)]
        self.world.names += 1
        process = Process(command, environment, self.world.folder / f"{self.world.names:03}-{name}.txt", folder, True)
        self.world.processes.append(process)
        return process

    def is_healthy(self, name):
        test = self.services[name]["healthcheck"]["test"]
        words = ["sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
        return subprocess.run(["ip", "netns", "exec", name, *(self._here(word, self._folder(name)) for word in words)],
                              capture_output=True).returncode == 0

    def _folder(self, name):
        return self.world.folder / "containers" / name

    def _here(self, text, folder):
        """With the addresses and paths of this machine; `$$` is one `$` to an engine."""
        text = text.replace("$$", "$").replace(f"{self.prefix}.", f"{NETWORK}.").replace(self.image.folder, str(folder))
        return re.sub(r"(/var/lib/cointape|/tls)(?=/)", lambda path: f"{self.world.folder}{path[0]}", text)

    def ends(self, name):
        """How a service that ends by itself has ended."""
        return self.processes[name].wait(seconds("60s"))


def until_listed(containers, seconds=120):
    """Until the composition's api serves a list; returns its address."""
    from harness import web

    address = containers.hosts["api"].address
    until("the api serves a list", lambda: web.status(6667, host=address) == 200, seconds)
    return address
