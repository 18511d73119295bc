"""The results of a fault's checks: sections of docs/reference/faults.md."""


class Row:
    """One fault: what was done, and for each expectation what was observed."""

    def __init__(self, fault, done):
        self.fault, self.done, self.points, self.skipped = fault, done, [], None

    def expect(self, expected, is_so, seen):
        """`seen` is the observation in figures, whether it is as expected or not."""
        self.points.append((expected, bool(is_so), str(seen)))

    def none(self, expected, problems, seen):
        """Expects an empty list of problems; `seen` is the text for that case."""
        told = f"{len(problems)}: " + "; ".join(map(str, problems[:3])) if problems else seen
        self.expect(expected, not problems, told)

    def within(self, expected, seconds, took):
        """Expects that something took at most this long; None means that it never happened."""
        self.expect(expected, took is not None and took <= seconds, "never" if took is None else f"{took:.1f} s")

    def skip(self, reason):
        self.skipped = reason

    @property
    def is_good(self):
        return self.skipped is None and all(point[1] for point in self.points) and bool(self.points)

    def packed(self):
        return {"fault": self.fault, "done": self.done, "points": self.points, "skipped": self.skipped}

    @classmethod
    def unpacked(cls, fields):
        row = cls(fields["fault"], fields["done"])
        row.points, row.skipped = [tuple(point) for point in fields["points"]], fields["skipped"]
        return row


class Table(list):
    def row(self, fault, done):
        self.append(Row(fault, done))
        return self[-1]
