"""Lists in the form that merge stores, with random symbols and prices."""

import hashlib
import json
import random

from harness.times import minute as text_of

COLUMNS = [
    {"name": "Rank", "type": "integer"}, {"name": "Symbol", "type": "string"}, {"name": "Price USD", "type": "decimal"},
    {"name": "CMC ID", "type": "integer"}]


def publish(redis, minute, rows=10_000):
    """Stores a list with this many rows in Redis like merge does; returns the rows."""
    draw = random.Random(minute + rows)
    listed = [(rank, symbol(draw), price(draw), rank * 3 + 1) for rank in range(1, rows + 1)]
    lines = ["Rank,Symbol,Price USD,CMC ID"] + [",".join(str(cell) for cell in row) for row in listed]
    stored = "".join(line + "\r\n" for line in lines)
    redis.call("SET", f"toplist:{text_of(minute)}", stored)
    redis.call("XADD", "toplist", f"{minute}-0", "columns", json.dumps(COLUMNS), "source", "sandbox", "count", rows,
               "sha256", hashlib.sha256(stored.encode()).hexdigest())
    return listed


def symbol(draw):
    return "".join(draw.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(draw.randint(3, 6)))


def price(draw):
    """A random price with as many digits as the provider's."""
    return repr(round(10 ** draw.uniform(-3, 5), 12))
