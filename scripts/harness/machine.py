"""Facts about this repository and this machine."""

import contextlib
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEARCH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # Debian installs nginx in a folder that is only in root's PATH.


def release():
    """The name of this Debian or Ubuntu release; None on other systems."""
    with contextlib.suppress(OSError):
        return (re.findall(r"^VERSION_CODENAME=(\S+)", pathlib.Path("/etc/os-release").read_text(), re.M) or [None])[0]
