"""Checks of the read model while orders arrive."""

from checks import orders
from harness import books


class PrefixLooks:
    """Checks the read model repeatedly; it must always be a prefix of the ledger."""

    def __init__(self, redis):
        self.redis, self.count, self.problems, self.rows = redis, 0, [], 0

    def look(self):
        # Folded orders must be in the ledger by now.
        model = books.read_model(self.redis)
        self.problems += orders.prefix(model, books.ledger(self.redis))
        if len(model["all"]) < self.rows:
            self.problems.append(f"{len(model['all'])} rows, after {self.rows}")
        self.rows, self.count = len(model["all"]), self.count + 1
