"""A private network, process table and mounts for a fault; everything that it leaves behind disappears with them."""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys

FLAGS = ["--net", "--pid", "--mount", "--uts", "--fork", "--kill-child", "--mount-proc"]


def command():
    """The prefix for a command; [] if namespaces are not available."""
    for user in ([], ["--map-root-user"]):
        prefix = ["unshare", *user, *FLAGS]
        try:
            trial = subprocess.run(
                [*prefix, "sh", "-c", "ip link set lo up && mount -t tmpfs tmpfs /run && nft list ruleset"],
                capture_output=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return []
        if trial.returncode == 0:
            return prefix
    return []


def settle_in():
    """Called inside: sets up loopback, and a private /run, in which `ip netns` keeps its names."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)


def dies_with_parent():
    """Called in a child before exec; does nothing on other systems than Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def adopts_orphans():
    """Makes this process the parent of its children's orphans, so that it can end them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def end_children():
    """Kills all descendants of this process."""
    for _ in range(100):
        found = children(os.getpid())
        if not found:
            return
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def descendants(pid):
    """All descendants of a process."""
    found, waiting = [], children(pid)
    while waiting:
        found.append(waiting.pop())
        waiting += children(found[-1])
    return found


def children(pid):
    """The children of all threads of a process."""
    found = []
    for file in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in file.read_text().split()]
        except OSError:
            continue
    return found
