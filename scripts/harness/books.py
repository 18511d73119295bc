"""Reads the ledger and the read model from Redis."""

import uuid

from harness.redis import pairs

LEDGER = "{orders}:ledger"
SNAPSHOT = """
local answer = {redis.call('HGETALL', KEYS[1])}
for i = 2, #KEYS do answer[i] = redis.call('XRANGE', KEYS[i], '-', '+') end
return answer
"""


def order_id(entry, tail="0"):
    """The public id of an entry of the ledger: a UUID of version 7."""
    milliseconds, sequence = (int(part) for part in entry.split("-"))
    upper = milliseconds << 16 | 0x7000 | sequence >> 20
    lower = 0b10 << 62 | (sequence & 0xFFFFF) << 42 | int(tail, 16)
    return str(uuid.UUID(int=upper << 64 | lower))


def ledger(redis):
    return redis.entries(LEDGER)


def cap(ledger):
    """The cap in satoshi, according to the opening."""
    return int(ledger[0][1]["cap"])


def currencies(ledger):
    """The currencies that it takes now: the list in the newest entry that has one."""
    return [fields["currencies"] for _, fields in ledger if "currencies" in fields][-1].split(",")


def read_model(redis):
    """The whole read model at one moment."""
    streams = ["all"] + currencies(ledger(redis))
    reply = redis.call("EVAL", SNAPSHOT, 1 + len(streams), "{read}:stats", *(f"{{read}}:{stream}" for stream in streams))
    model = {"stats": pairs(reply[0])}
    for stream, entries in zip(streams, reply[1:]):
        model[stream] = [(id, pairs(flat)) for id, flat in entries]
    return model


def is_folded(redis):
    """Whether the read model has the ledger's newest entry."""
    newest = redis.call("XREVRANGE", LEDGER, "+", "-", "COUNT", 1)
    return bool(newest) and redis.call("HGET", "{read}:stats", "last") == newest[0][0]
