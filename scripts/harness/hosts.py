"""Hosts: network namespaces on one bridge, with a Redis on one of them."""

import subprocess

NETWORK = "10.77.0"


class Host:
    def __init__(self, name, number):
        self.name, self.address = name, f"{NETWORK}.{number}"
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", f"to-{name}", "master", "bridge", "up")
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "address", "add", f"{self.address}/24", "dev", "eth0")
        self.inside("ip", "link", "set", "eth0", "up")

    def inside(self, *command):
        return run("ip", "netns", "exec", self.name, *command)

    def drop(self, other):
        """Silently drops packets between this host and another."""
        self.inside(
            "nft",
            f"table inet cut {{ chain input {{ type filter hook input priority 0; ip saddr {other} drop; }}; "
            f"chain output {{ type filter hook output priority 0; ip daddr {other} drop; }}; }}",
        )

    def drop_no_more(self):
        self.inside("nft", "delete", "table", "inet", "cut")

    def unplug(self):
        run("ip", "link", "set", f"to-{self.name}", "down")

    def plug(self):
        run("ip", "link", "set", f"to-{self.name}", "up")


def bridge():
    """Creates the bridge that connects the hosts and this process."""
    run("ip", "link", "add", "bridge", "type", "bridge")
    run("ip", "address", "add", f"{NETWORK}.1/24", "dev", "bridge")
    run("ip", "link", "set", "bridge", "up")


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
