"""A Redis client of a few lines: commands in, Python values out."""

import socket


IDS = """
local ids = {}
for i, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do ids[i] = entry[1] end
return ids
"""


class RedisError(Exception):
    """An error reply."""


class Redis:
    """One connection, opened on demand; after an OSError it is closed, and opened again when needed."""

    def __init__(self, port, host="127.0.0.1", timeout=10, password=None):
        self.address, self.timeout, self.password = (host, port), timeout, password
        self.file = self.socket = None

    def call(self, *arguments):
        try:
            if not self.file:
                self._connect()
            return self._exchange(arguments)
        except OSError:
            self.close()
            raise

    def close(self):
        for part in (self.file, self.socket):
            if part:
                part.close()
        self.file = self.socket = None

    def entries(self, stream, low="-", high="+"):
        """[(id, {field: value})]"""
        return [(id, pairs(flat)) for id, flat in self.call("XRANGE", stream, low, high)]

    def entries_back(self, stream, count):
        """The newest entries, newest first: [(id, {field: value})]"""
        return [(id, pairs(flat)) for id, flat in self.call("XREVRANGE", stream, "+", "-", "COUNT", count)]

    def ids(self, stream):
        """The ids, without transferring the fields."""
        return self.call("EVAL", IDS, 1, stream)

    def newest(self, stream):
        """The newest entry's milliseconds; 0 if there is none."""
        found = self.call(
            "EVAL",
            "local e = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1] return e and e[1] or '0-0'",
            1,
            stream,
        )
        return int(found.split("-")[0])

    def answers(self):
        try:
            return self.call("PING") == "PONG"
        except (OSError, RedisError):
            return False

    def _connect(self):
        self.socket = socket.create_connection(self.address, self.timeout)
        self.file = self.socket.makefile("rb")
        if self.password:
            self._exchange(("AUTH", self.password))

    def _exchange(self, arguments):
        parts = [str(argument).encode("utf-8", "surrogateescape") for argument in arguments]
        lines = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self.socket.sendall(b"*%d\r\n%s" % (len(parts), lines))
        return self._reply()

    def _reply(self):
        reply = self._read()
        if isinstance(reply, RedisError):
            raise reply
        return reply

    def _read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return RedisError(rest.decode())
        if int(rest) < 0:
            return None
        if kind == b"$":
            data = self.file.read(int(rest) + 2)
            if len(data) < int(rest) + 2:
                raise ConnectionError("Redis closed the connection")
            return data[:-2].decode("utf-8", "surrogateescape")
        return [self._read() for _ in range(int(rest))]


def pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))


def newest_rows(redis, stream):
    """The milliseconds of the newest entry that is not a gap, also for lists; 0 if there is none."""
    for id, flat in redis.call("XREVRANGE", stream, "+", "-", "COUNT", 5):
        if "gap" not in pairs(flat):
            return int(id.split("-")[0])
    return 0
