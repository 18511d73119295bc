"""The registered faults, by name: each is a function of a world and a table."""

from harness.jobs import WAITS

FAULTS = {}


class Fault:
    def __init__(self, name, title, run, lasts, needs_namespaces, kind):
        self.name, self.title, self.run = name, title, run
        self.lasts, self.needs_namespaces, self.kind = lasts, needs_namespaces, kind

    def patience(self, is_long):
        """The time limit in seconds."""
        return (self.lasts * 3 + 150) * (60 if is_long else 1)


def fault(name, title, lasts, needs_namespaces=False, kind=WAITS):
    """`lasts` is roughly how many seconds the short form takes; no other fault runs beside one of the kind MEASURES."""
    def register(run):
        FAULTS[name] = Fault(name, title, run, lasts, needs_namespaces, kind)
        return run
    return register
