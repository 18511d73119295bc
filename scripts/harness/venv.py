"""Python tools from PyPI, in virtual environments below .build.

    python3 -m harness.venv NAME REQUIREMENTS

prints the folder of the environment's programs.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import venv

from harness.machine import ROOT


def programs(name, requirements):
    """The programs of .build/NAME, which is made again when the requirements change; blocks while pip installs."""
    folder, wanted = ROOT / ".build" / name, pathlib.Path(requirements).read_text()
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        stamp.write_text(wanted)
    return folder / "bin"


def run_in(name, requirements):
    """Runs this very program again, with the Python of .build/NAME; does nothing in that Python."""
    python = programs(name, requirements) / "python"
    if pathlib.Path(sys.prefix).resolve() != python.parents[1].resolve():
        os.execv(python, [python, *sys.argv])


if __name__ == "__main__":
    print(programs(*sys.argv[1:]))
