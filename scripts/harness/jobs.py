"""Runs commands to their ends, several at a time."""

import contextlib
import os
import pathlib
import subprocess
import time

from harness import isolation
from harness.machine import ROOT


# How a job affects the jobs beside it.
# It mostly waits, and depends on the clock: nothing beside it may occupy the processor.
WAITS = "waits"
# It occupies the processor, and can wait for it.
WORKS = "works"
# It only uses processor time that the others leave.
YIELDS = "yields"
# It measures: nothing at all runs beside it.
MEASURES = "measures"


class Job:
    """A command, and the file for its output.

    `lasts` is roughly how many seconds it takes, and `patience` its time limit; it only begins after all jobs in `after` have
    succeeded.
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
            # With autogrouping, the priority of the session counts, and not that of the process.
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
    """Yields each job when it has ended, was given up, or cannot begin; leftover processes are ended after the last job.

    At most `at_a_time` jobs run at once, not counting those that yield. The longest begin first, and those that measure last.
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
