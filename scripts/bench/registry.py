"""The benchmarks there are: each a function of a bench that returns its part of the page, under a name."""

ROWS = {}


class Row:
    def __init__(self, name, title, measure):
        self.name, self.title, self.measure = name, title, measure


def row(name, title):
    def register(measure):
        ROWS[name] = Row(name, title, measure)
        return measure
    return register
