"""Selects suites of the Swift tests by their tags.

    python3 -m harness.suites TAG

runs the suites with this tag in the test program that `swift build --build-tests` built last; `none` selects those without
tags. Each target runs in its own process, two at a time, so that tests that block all threads of Swift's pool do not delay
others. `main` accepts another folder of programs, which scripts/coverage needs.

Swift 6.3 cannot select by tags, unlike 6.4 (`swift test --filter tag:load`), so the program itself is asked for the tags of
its suites. It is run without `swift test`, which would prevent other builds from running at the same time. Linux only.
"""

import itertools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from harness import jobs
from harness.machine import ROOT

PROGRAMS = ROOT / ".build" / "debug"


def tags(command):
    """{target.suite: tags}"""
    with tempfile.NamedTemporaryFile() as events:
        subprocess.run([*command, "--list-tests", "--event-stream-version", "0", "--event-stream-output-path", events.name],
                       cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        records = [json.loads(line)["payload"] for line in events if b'"kind":"test"' in line]
    found = {}
    for record in records:
        found.setdefault(record["id"].split("/")[0], set()).update(tag.lstrip(".") for tag in record.get("_tags", []))
    return found


def main(tag, programs=PROGRAMS):
    command = [str(programs / "cointapePackageTests.xctest"), "--testing-library", "swift-testing"]
    suites = sorted(name for name, carried in tags(command).items() if tag in carried or (tag == "none" and not carried))
    if not suites:
        sys.exit(f"no suite has the tag {tag}")
    tests, failed = 0, []
    with tempfile.TemporaryDirectory(prefix="cointape-suites-") as folder:
        waiting = [
            jobs.Job(target, [*command, "--filter", f"^({'|'.join(map(re.escape, names))})(/|$)"], pathlib.Path(folder, target),
                     jobs.WORKS)
            for target, names in itertools.groupby(suites, lambda name: name.split(".")[0])]
        for job in jobs.run(waiting, 2):
            print(f"{job.text}{job.name}: {'passed' if job.is_good else 'failed'} after {job.seconds:.0f} s", flush=True)
            tests += sum(map(int, re.findall(r"Test run with (\d+) test", job.text)))
            if not job.is_good:
                failed.append(job.name)
    print(f"failed: {', '.join(failed)}" if failed else f"{tests} tests of {len(waiting)} targets passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
