"""A Redis cluster: primaries, and a replica of each."""

import time

from harness.redis import Redis, RedisError
from harness.wait import until
from harness.web import free_port

SLOTS = 16384
NODE_TIMEOUT = 1000
# Seconds for which votes count: four times the timeout.
VOTES = 4.5


def slot(key):
    """The slot of a key (CRC-16/XMODEM of its hash tag, or of all of it)."""
    head, brace, rest = key.partition("{")
    tag = rest.split("}")[0] if brace and rest.find("}") > 0 else key
    crc = 0
    for byte in tag.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc % SLOTS


class Cluster:
    """Calls go to the node that has the key, whichever that is at the moment."""

    def __init__(self, world, *arguments, hosts=None, primaries=3, replicas=True):
        """With as many hosts as primaries, a primary and its replica are on different ones."""
        self.primaries = primaries
        self.nodes = [Node(world, number, arguments, hosts and hosts[(number + number // primaries) % primaries])
                      for number in range(primaries * (2 if replicas else 1))]
        # A node takes an epoch only as long as it knows no other.
        for node in self.nodes:
            node.call("CLUSTER", "SET-CONFIG-EPOCH", node.number + 1)
        for node in self.nodes[1:]:
            node.call("CLUSTER", "MEET", self.nodes[0].address, self.nodes[0].port, self.nodes[0].bus)
        for number in range(primaries):
            self.nodes[number].call(
                "CLUSTER", "ADDSLOTSRANGE", SLOTS * number // primaries, SLOTS * (number + 1) // primaries - 1)
        until("the nodes know each other", lambda: all(len(node.known()) == len(self.nodes) for node in self.nodes), 30)
        for replica, primary in zip(self.nodes[primaries:], self.nodes):
            replica.call("CLUSTER", "REPLICATE", primary.id)
        self.until_whole()
        self.url = f"redis+cluster://{','.join(f'{node.address}:{node.port}' for node in self.nodes[:primaries])}"
        world.redis, world.environment["REDIS_URL"] = self, self.url

    def until_whole(self):
        """Until each primary has its replica, and every node takes commands and has heard of all changes.

        A primary does not answer CLUSTER FAILOVER of a node that it does not know as its replica yet.
        """
        def is_whole():
            primaries = [node for node in self.nodes if "role:master" in node.info]
            replicas = f"connected_slaves:{len(self.nodes) // self.primaries - 1}"
            return len(primaries) == self.primaries and all(replicas in node.info for node in primaries) and all(
                "cluster_state:ok" in (node.try_call("CLUSTER", "INFO") or "") for node in self.nodes) and len(
                    {str(sorted(node.try_call("CLUSTER", "SLOTS") or [])) for node in self.nodes}) == 1
        until("every primary has its replica, and the nodes agree", is_whole, 60)

    def primary(self, key):
        """The node that has the key."""
        for node in self.nodes:
            for first, last, *places in node.try_call("CLUSTER", "SLOTS") or []:
                if first <= slot(key) <= last:
                    return next(node for node in self.nodes if node.is_at(*places[0][:2]))
        raise OSError("no node answers")

    def replica(self, primary):
        """The replica of a primary that is the first in its list."""
        return next(node for node in self.nodes if f"master_port:{primary.port}" in node.info
                    and f"master_host:{primary.address}" in node.info)

    def call(self, *arguments):
        key = arguments[3] if arguments[0] in ("EVAL", "EVALSHA") else arguments[1]
        return self.retried(lambda: self.primary(key).client.call(*arguments))

    def entries(self, stream):
        return self.retried(lambda: self.primary(stream).client.entries(stream))

    def retried(self, body):
        for _ in range(100):
            try:
                return body()
            except (OSError, RedisError) as error:
                if isinstance(error, RedisError) and not str(error).startswith(
                        ("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "LOADING", "READONLY")):
                    raise
                time.sleep(0.1)
        raise OSError("the cluster does not answer")

    def switch(self, replica):
        """CLUSTER FAILOVER.

        A replica that asks again for votes too soon counts those of the time before (7.0.15): it becomes a primary that no other
        node takes for one.
        """
        until("the votes of the time before have expired", lambda: time.monotonic() > replica.elected + VOTES, 30)
        replica.call("CLUSTER", "FAILOVER")
        until("the replica is a primary", lambda: "role:master" in replica.info, 10)
        replica.elected = time.monotonic()

    def move(self, number, target):
        """Moves a slot with its keys to another primary, key by key, as redis-cli --cluster reshard does."""
        source = next(node for node in self.nodes if node.has(number))
        target.call("CLUSTER", "SETSLOT", number, "IMPORTING", source.id)
        source.call("CLUSTER", "SETSLOT", number, "MIGRATING", target.id)
        while keys := source.call("CLUSTER", "GETKEYSINSLOT", number, 1):
            source.call("MIGRATE", target.address, target.port, keys[0], 0, 5000)
            time.sleep(0.01)
        for node in (target, source):
            node.call("CLUSTER", "SETSLOT", number, "NODE", target.id)


class Node:
    def __init__(self, world, number, arguments, host):
        self.world, self.number, self.arguments, self.host = world, number, arguments, host
        self.address = host.address if host else "127.0.0.1"
        self.port, self.bus = (7000 + number, 17000 + number) if host else (free_port(), free_port())
        # When it last became a primary by CLUSTER FAILOVER.
        self.elected = float("-inf")
        self.folder = world.folder / f"node{number}-{self.port}"
        self.folder.mkdir(parents=True)
        self.client = Redis(self.port, self.address, timeout=2)
        self.start()
        self.id = self.client.call("CLUSTER", "MYID")

    def start(self):
        self.process = self.world.start(
            "redis-server", "--port", self.port, "--bind", self.address, "--dir", self.folder, "--save", "",
            "--protected-mode", "no", "--cluster-enabled", "yes", "--cluster-port", self.bus,
            "--cluster-node-timeout", NODE_TIMEOUT,
            "--repl-diskless-sync-delay", 0, *self.arguments, within=self.host and self.host.name)
        self.process.until("Redis answers", self.client.answers, 30)

    def call(self, *arguments):
        return self.client.call(*arguments)

    def try_call(self, *arguments):
        try:
            return self.client.call(*arguments)
        except (OSError, RedisError):
            return None

    @property
    def info(self):
        return self.try_call("INFO", "replication") or ""

    def known(self):
        return [line for line in self.call("CLUSTER", "NODES").splitlines() if "handshake" not in line]

    def is_at(self, address, port):
        """A node that has met no other does not know its own address."""
        return port == self.port and address in (self.address, "")

    def has(self, number):
        ranges = self.try_call("CLUSTER", "SLOTS") or []
        return any(first <= number <= last and self.is_at(*places[0][:2]) for first, last, *places in ranges)

    def kill(self):
        self.process.kill()
        self.client.close()

    def waiting(self):
        """The names of clients that wait on it for entries."""
        lines = (self.try_call("CLIENT", "LIST") or "").splitlines()
        return {field[5:] for line in lines if " flags=b " in line for field in line.split() if field.startswith("name=")}

