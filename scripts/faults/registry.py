"""The faults there are: each a function of a world and a table, under a name."""

FAULTS = {}


class Fault:
    def __init__(self, name, title, run, lasts, needs_namespaces, is_alone):
        self.name, self.title, self.run = name, title, run
        self.lasts, self.needs_namespaces, self.is_alone = lasts, needs_namespaces, is_alone

    def patience(self, is_long):
        """Seconds after which it is given up."""
        return (self.lasts * 3 + 150) * (60 if is_long else 1)


def fault(name, title, lasts, needs_namespaces=False, is_alone=False):
    """`lasts` is about how many seconds the short form takes; `is_alone` is for one that measures: no other runs beside."""
    def register(run):
        FAULTS[name] = Fault(name, title, run, lasts, needs_namespaces, is_alone)
        return run
    return register
