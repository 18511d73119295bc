"""This repository, and what is known of this machine."""

import contextlib
import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEARCH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # Debian keeps nginx where only root's PATH leads.


def release():
    """Debian's or Ubuntu's name of this release; None elsewhere."""
    with contextlib.suppress(OSError):
        return (re.findall(r"^VERSION_CODENAME=(\S+)", pathlib.Path("/etc/os-release").read_text(), re.M) or [None])[0]
