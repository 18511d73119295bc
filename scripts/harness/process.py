"""Starts and signals processes under test, and reads their output."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys

from harness import isolation
from harness.wait import NotInTime, until


class Process:
    """A process whose standard output and standard error are appended to one file."""

    def __init__(self, command, environment, output, folder, is_isolated=False):
        self.name, self.output = pathlib.Path(command[0]).name, output
        with open(output, "ab") as file:
            self.popen = subprocess.Popen(
                [str(part) for part in command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=file,
                stderr=file, preexec_fn=None if is_isolated else isolation.dies_with_parent)

    @property
    def pid(self):
        return self.popen.pid

    @property
    def text(self):
        return self.output.read_text(errors="replace")

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def is_running(self):
        return self.popen.poll() is None

    def signal(self, number):
        if self.is_running:
            self.popen.send_signal(number)

    def signal_tree(self, number):
        """Also signals its descendants, because a supervisor such as tini starts the actual program."""
        for pid in [*isolation.descendants(self.pid), self.pid] if self.is_running else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.popen.wait()

    def kill_tree(self):
        self.signal_tree(signal.SIGKILL)
        self.popen.wait()

    def stop(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def wait(self, seconds):
        """The exit code, negative for a signal; None if it has not ended in time."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def until(self, what, condition, seconds=90):
        """Waits until the condition holds; raises with the last output if the process ends first, or time is up."""
        def holds():
            found = condition()
            if not found and not self.is_running:
                raise NotInTime(f"{self.name} ended with {self.popen.returncode} before this: {what}")
            return found

        try:
            return until(what, holds, seconds)
        except NotInTime as error:
            raise NotInTime(f"{error}; its last words: {self.text[-500:]}") from None

    def count(self, *parts):
        """The number of lines that contain all of these parts."""
        return sum(all(part in line for part in parts) for line in self.lines)


def is_alive(pid):
    """Whether a process is alive; a zombie is not."""
    try:
        return "State:\tZ" not in pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def processes(name):
    """The ids of this program's live processes that we have started, or that became our orphans."""
    found = []
    for pid in isolation.descendants(os.getpid()):
        try:
            program = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode().split(" ")[0]
        except OSError:
            continue
        if os.path.basename(program) == name and is_alive(pid):
            found.append(pid)
    return found


def memory(pid):
    """Resident bytes."""
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid):
    """User and system time so far; Linux only."""
    if sys.platform != "linux":
        return 0.0
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def listening(pid):
    """The TCP ports on which a process listens."""
    sockets = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            sockets.add(os.readlink(entry).removeprefix("socket:[").removesuffix("]"))
        except OSError:
            continue
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in pathlib.Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return sorted({int(row[1].rsplit(":", 1)[1], 16) for row in rows if row[3] == "0A" and row[9] in sockets})
