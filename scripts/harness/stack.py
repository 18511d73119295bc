"""One worker of each kind, and what each has logged since the last mark."""

import signal

from harness import books, web
from harness.load import place
from harness.redis import newest_rows
from harness.wait import until
from harness.world import KINDS, STREAMS


class Stack:
    """Seven processes that behave as on seven machines."""

    def __init__(self, world, with_orders=True, **options):
        self.world, self.with_orders, self.options, self.orders = world, with_orders, options, 0
        self.begin()

    def begin(self):
        self.api = self.world.api(**self.options)
        self.processes = {kind: self.world.worker(kind, **self.options) for kind in KINDS if kind != "api"}
        self.processes["api"] = self.api
        self.marks = dict.fromkeys(KINDS, 0)
        if self.with_orders and not self.world.redis.call("EXISTS", books.LEDGER):
            self.world.open_ledger()
        self.until_good()

    def until_good(self):
        redis = self.world.redis
        until("every stream has rows", lambda: all(newest_rows(redis, stream) for stream in STREAMS), 90)
        until("the api serves", lambda: web.status(self.api.port) == 200, 30)
        if self.with_orders:
            self.api.until("the api takes orders", lambda: self.order() == "200", 30)
            until("orders are folded", lambda: books.is_folded(redis), 30)

    def order(self, timeout=10):
        """Places a small order; returns the result."""
        self.orders += 1
        return place(self.api.port, "USD", "0.11", f"stack-{self.orders}", timeout=timeout)[0]

    def end(self):
        for process in self.processes.values():
            process.kill()

    def stop(self):
        """Stops all workers, and waits until they have ended."""
        for process in self.processes.values():
            process.signal(signal.SIGTERM)
        for process in self.processes.values():
            process.wait(30)

    def anew(self):
        """Resets everything to the initial state."""
        self.end()
        self.world.redis.call("FLUSHALL")
        self.world.forget()
        self.begin()

    @property
    def failed(self):
        """The workers that have not ended, or not with exit code 0."""
        return [f"{name}: {process.popen.poll()}" for name, process in self.processes.items() if process.popen.poll() != 0]

    @property
    def ended(self):
        """The workers that have ended by themselves."""
        return [name for name, process in self.processes.items() if not process.is_running]

    def mark(self):
        self.marks = {name: len(process.lines) for name, process in self.processes.items()}

    def said(self, name, *parts):
        """The lines since the mark that contain all of the parts."""
        lines = self.processes[name].lines[self.marks[name]:]
        return [line for line in lines if all(part in line for part in parts)]

    def complaints(self, name):
        """Warnings and errors, except those about single minutes."""
        found = self.said(name, " warning ") + self.said(name, " error ")
        return [line for line in found if " minute.gap " not in line and " source.closed " not in line]
