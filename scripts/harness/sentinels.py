"""A primary with replicas, and a Sentinel beside each server."""

import time

from harness.redis import Redis, RedisError, pairs
from harness.wait import until

NAME, PORT, SENTINEL_PORT = "tape", 6379, 26379
DOWN_AFTER = 1000
CONFIG = """port {sentinel}
bind {address} 127.0.0.1
protected-mode no
dir {folder}
sentinel monitor {name} {primary} {port} 2
sentinel down-after-milliseconds {name} {down}
sentinel failover-timeout {name} 3000
"""


class Replicas:
    """A server and a Sentinel on each host; the first is the primary. Calls go to the primary of the moment."""

    def __init__(self, world, hosts, *arguments):
        self.world, self.hosts = world, hosts
        self.servers = [Server(world, host, hosts[0], arguments) for host in hosts]
        until("every replica is connected", lambda: f"connected_slaves:{len(hosts) - 1}" in self.servers[0].info, 30)
        for server in self.servers:
            server.start_sentinel(hosts[0])
        until("the Sentinels know all", lambda: all(server.knows(len(hosts) - 1) for server in self.servers), 30)
        self.url = f"redis+sentinel://{','.join(host.address for host in hosts)}/{NAME}"
        world.redis, world.environment["REDIS_URL"] = self, self.url
        self.known = self.servers[0]

    def named(self):
        """The server that the Sentinels name, by the newest of their answers; None if none answers."""
        answers = [answer for server in self.servers if (answer := server.names())]
        if not answers:
            return None
        address = max(answers)[1]
        return next(server for server in self.servers if server.host.address == address)

    @property
    def client(self):
        return self.known.client

    def call(self, *arguments):
        return self.retried(lambda: self.client.call(*arguments))

    def entries(self, stream):
        return self.retried(lambda: self.client.entries(stream))

    def retried(self, body):
        for _ in range(100):
            try:
                return body()
            except (OSError, RedisError) as error:
                if isinstance(error, RedisError) and not str(error).startswith(("READONLY", "LOADING", "MASTERDOWN")):
                    raise
                time.sleep(0.1)
                self.known = self.named() or self.known
        raise OSError("there is no primary")

    def until_whole(self):
        """Until the primary has all others as replicas, and every Sentinel has seen that.

        One that takes a replica for an old primary would make a replica of it once more, also when it has just been promoted.
        """
        def is_whole():
            self.known = primary = self.named()
            return (primary and f"connected_slaves:{len(self.hosts) - 1}" in primary.info
                    and {answer[1] for server in self.servers if (answer := server.names())} == {primary.host.address}
                    and all(server.sees_replicas(len(self.hosts) - 1, primary) for server in self.servers))
        until("the primary has its replicas, and the Sentinels agree", is_whole, 60)


class Server:
    def __init__(self, world, host, primary, arguments):
        self.world, self.host, self.arguments = world, host, arguments
        self.folder = world.folder / host.name
        (self.folder / "sentinel").mkdir(parents=True)
        self.client = Redis(PORT, host.address, timeout=1)
        self.sentinel = Redis(SENTINEL_PORT, host.address, timeout=0.5)
        self.start(*([] if host is primary else ["--replicaof", primary.address, PORT]))

    def start(self, *arguments):
        self.process = self.world.start(
            "redis-server", "--port", PORT, "--bind", self.host.address, "127.0.0.1", "--dir", self.folder, "--save", "",
            "--protected-mode", "no", "--repl-diskless-sync-delay", 0, *self.arguments, *arguments, within=self.host.name)
        self.process.until("Redis answers", self.client.answers, 30)

    def start_sentinel(self, primary):
        path = self.folder / "sentinel" / "sentinel.conf"
        path.write_text(CONFIG.format(
            sentinel=SENTINEL_PORT, address=self.host.address, folder=path.parent, name=NAME, primary=primary.address,
            port=PORT, down=DOWN_AFTER))
        process = self.world.start("redis-server", path, "--sentinel", within=self.host.name)
        process.until("the Sentinel answers", self.sentinel.answers, 30)

    @property
    def info(self):
        try:
            return self.client.call("INFO", "replication")
        except (OSError, RedisError):
            return ""

    def names(self):
        """(epoch, address) of the primary; None if this Sentinel does not answer."""
        return names(self.sentinel)

    def knows(self, others):
        facts = state(self.sentinel)
        return facts.get("num-slaves") == str(others) and facts.get("num-other-sentinels") == str(others)

    def sees_replicas(self, count, primary):
        try:
            seen = [pairs(flat) for flat in self.sentinel.call("SENTINEL", "REPLICAS", NAME)]
        except (OSError, RedisError):
            return False
        return self.knows(count) and len(seen) == count and all(
            facts["flags"] == facts["role-reported"] == "slave" and facts.get("master-link-status") == "ok"
            and facts["master-host"] == primary.host.address for facts in seen)


def names(sentinel):
    """(epoch, address) of the primary as a Sentinel names it; None if it does not answer."""
    try:
        address = sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)
    except (OSError, RedisError):
        return None
    facts = state(sentinel)
    return (int(facts["config-epoch"]), address[0]) if facts and address else None


def state(sentinel):
    """What a Sentinel knows of the primary; {} if it does not answer."""
    try:
        return pairs(sentinel.call("SENTINEL", "MASTER", NAME))
    except (OSError, RedisError):
        return {}
