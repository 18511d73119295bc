"""In the place of a container."""

import contextlib
import os
import pathlib
import signal
import subprocess
import time

from compose_check.running.addresses import APIS, SANDBOX
from compose_check.running.expectations import Failure, expect
from compose_check.written.services import seconds


class Container:
    """A process of a service, with all that it starts."""

    def __init__(self, place, service, index):
        self.place, self.service, self.name = place, service, f"{service}-{index + 1}"
        self.address = {"api": APIS[index], "sandbox": SANDBOX}.get(service, "127.0.0.1")
        written = place.document["services"][service]
        self.grace = seconds(written.get("stop_grace_period", "10s"))
        self.stop_signal = signal.Signals[written.get("stop_signal", "SIGTERM")]
        self.log = place.folder / "logs" / f"{self.name}.log"
        self.process = None

    def translated(self, text):
        return self.place.translated(text, self.address)

    def environment(self):
        return {name: self.translated(value) for name, value in self.place.environment(self.service).items()}

    def start(self):
        command = [self.translated(word) for word in self.place.command(self.service)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=self.place.work, env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)

    def lines(self):
        return self.log.read_text(errors="replace").splitlines() if self.log.exists() else []

    def family(self):
        """The process and its descendants: all of the session that it leads."""
        found = []
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[3]) == self.process.pid:
                    found.append(int(stat.parent.name))
        return found

    def signal(self, number, tree=True):
        for pid in self.family() if tree else [self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        if self.process:
            self.signal(signal.SIGKILL)
            self.process.wait()


def stop(containers):
    begun = time.monotonic()
    for container in containers:
        container.signal(container.stop_signal, tree=False)
    for container in containers:
        try:
            code = container.process.wait(max(0, begun + container.grace - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Failure(f"{container.name} has not ended after {container.grace:.0f} seconds") from None
        expect(code == 0, f"{container.name} ended with {code}")
