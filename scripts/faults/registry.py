"""The registered faults, by name: each is a function of a world and a table."""

from harness.jobs import WAITS

FAULTS = {}


class Fault:
    def __init__(self, name, title, run, lasts, needs_namespaces, kind, only_long):
        self.name, self.title, self.run = name, title, run
        self.lasts, self.needs_namespaces, self.kind, self.only_long = lasts, needs_namespaces, kind, only_long

    def patience(self, is_long):
        """The time limit in seconds."""
        return (self.lasts * 3 + 150) * (60 if is_long else 1)


def fault(name, title, lasts, needs_namespaces=False, kind=WAITS, only_long=False):
    """`lasts` is roughly how many seconds the short form takes; no other fault runs beside one of the kind MEASURES.

    One that is `only_long` is left out of the short form, unless it is named or a report is made.
    """
    def register(run):
        FAULTS[name] = Fault(name, title, run, lasts, needs_namespaces, kind, only_long)
        return run
    return register
