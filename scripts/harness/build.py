"""Builds the program in the same way as scripts/run."""

import pathlib
import subprocess
import sys

from harness.machine import ROOT


def release(product="cointape"):
    command = ["swift", "build", "-c", "release", "--product", product]
    if sys.platform == "linux":
        command.append("--static-swift-stdlib")
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    path = subprocess.run(command + ["--show-bin-path"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(path.stdout.strip()) / product
