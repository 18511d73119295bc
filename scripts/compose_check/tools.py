"""The Python that YAML and JSON schemas are read with."""

import os
import pathlib
import shutil
import subprocess
import sys
import venv

from compose_check.machine import ROOT


def in_tools(entry):
    """Goes on with this entry in a Python that has what requirements.txt names."""
    tools = ROOT / ".build" / "check-compose"
    wanted, stamp = pathlib.Path(__file__).with_name("requirements.txt"), tools / "requirements.txt"
    if pathlib.Path(sys.prefix).resolve() == tools.resolve():
        return
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        shutil.rmtree(tools, ignore_errors=True)
        venv.create(tools, with_pip=True)
        subprocess.run(
            [tools / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
        shutil.copy(wanted, stamp)
    python = str(tools / "bin" / "python")
    os.execv(python, [python, entry, *sys.argv[1:]])
