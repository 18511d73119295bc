"""The registered benchmarks, by name: each is a function that takes a bench, and returns its part of the page."""

ROWS = {}


class Row:
    def __init__(self, name, title, measure):
        self.name, self.title, self.measure = name, title, measure


def row(name, title):
    def register(measure):
        ROWS[name] = Row(name, title, measure)
        return measure
    return register
