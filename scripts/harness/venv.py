"""Python tools from PyPI, in virtual environments below .build.

    python3 -m harness.venv [NAME …]

creates those that are missing, by default all that tests need, and prints the folders of their programs.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import venv

from harness.machine import ROOT

REQUIREMENTS = {
    "bench": ROOT / "scripts/bench/rival/requirements.txt",
    "check-compose": ROOT / "scripts/compose_check/requirements.txt",
    "contract": ROOT / "scripts/contract-requirements.txt",
    "history": ROOT / "scripts/bench/rival/history-requirements.txt",
}
# Large, and only needed for benchmarks.
LARGE = {"history"}


def programs(name):
    """The programs of .build/NAME, which is recreated if its requirements change; blocks while pip installs."""
    folder, wanted = ROOT / ".build" / name, REQUIREMENTS[name].read_text()
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS[name]]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        stamp.write_text(wanted)
    return folder / "bin"


def run_in(name):
    """Runs this program again with the Python of .build/NAME; does nothing if it is already running there."""
    python = programs(name) / "python"
    if pathlib.Path(sys.prefix).resolve() != python.parents[1].resolve():
        os.execv(python, [python, *sys.argv])


if __name__ == "__main__":
    for name in sys.argv[1:] or REQUIREMENTS.keys() - LARGE:
        print(programs(name))
