"""Commands that run to their ends, some at a time."""

import contextlib
import os
import pathlib
import subprocess
import time

from harness import isolation
from harness.machine import ROOT


# What a job does to the others beside it.
# It mostly waits, and lives by the clock: nothing beside it may take the processor.
WAITS = "waits"
# It takes the processor, and may have to wait for it.
WORKS = "works"
# It takes what the others leave of the processor.
YIELDS = "yields"
# It measures: nothing at all runs beside it.
MEASURES = "measures"


class Job:
    """A command, and the file that takes what it prints.

    `lasts` is about how many seconds it takes, `patience` after how many it is given up; `after` are the jobs without whose
    good end it does not begin.
    """

    def __init__(self, name, command, output, kind, lasts=0, patience=None, after=(), environment=None):
        self.name, self.command, self.output = name, [str(part) for part in command], pathlib.Path(output)
        self.kind, self.lasts, self.patience, self.after = kind, lasts, patience, set(after)
        self.environment, self.process, self.seconds = environment, None, 0

    def gets_on_with(self, other):
        kinds = {self.kind, other.kind}
        return MEASURES not in kinds and (len(kinds) == 1 or YIELDS in kinds)

    def begin(self):
        self.begun = time.monotonic()
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=self._prepare)

    def _prepare(self):
        isolation.dies_with_parent()
        if self.kind == YIELDS:
            os.nice(19)
            # Where each session has an equal share of the processor, that share counts, and not the process's own.
            with contextlib.suppress(OSError):
                pathlib.Path("/proc/self/autogroup").write_text("19")
            if hasattr(os, "SCHED_IDLE"):
                os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

    @property
    def has_ended(self):
        self.seconds = time.monotonic() - self.begun
        return self.process.poll() is not None or (self.patience is not None and self.seconds > self.patience)

    def end(self):
        self.process.kill()
        self.process.wait()

    @property
    def is_good(self):
        return self.process is not None and self.process.returncode == 0

    @property
    def text(self):
        return self.output.read_text(errors="replace") if self.output.exists() else ""


def run(jobs, at_a_time, begins=lambda job: None):
    """Yields each job when it has ended, was given up, or cannot begin; whatever they leave behind ends with the last.

    Of those that do not yield so many run at a time. The longest begin first, and those that measure at the end.
    """
    waiting, running = sorted(jobs, key=lambda job: (job.kind == MEASURES, -job.lasts)), []
    ended, good = set(), set()
    isolation.adopts_orphans()
    try:
        while waiting or running:
            for job in [job for job in waiting if job.after & ended - good]:
                waiting.remove(job)
                ended.add(job.name)
                yield job
            for job in [job for job in waiting if job.after <= good]:
                is_room = job.kind == YIELDS or sum(other.kind != YIELDS for other in running) < at_a_time
                is_turn = job.kind != MEASURES or job is waiting[0]
                if is_room and is_turn and all(job.gets_on_with(other) for other in running):
                    waiting.remove(job)
                    running.append(job)
                    job.begin()
                    begins(job)
            time.sleep(0.1)
            for job in [job for job in running if job.has_ended]:
                job.end()
                running.remove(job)
                ended.add(job.name)
                if job.is_good:
                    good.add(job.name)
                yield job
    finally:
        for job in running:
            job.end()
        isolation.end_children()
