"""Does nginx take its file?"""

import shutil
import subprocess

from harness.machine import ROOT, SEARCH
from compose_check.written.services import gateway_command


def check(files):
    if not files.expect(shutil.which("nginx", path=SEARCH), "nginx is not here: apt-get install nginx"):
        return
    prefix = files.folder / "nginx"
    prefix.mkdir()
    command = gateway_command(files.plain, prefix, ROOT / "compose" / "gateway.conf")
    done = subprocess.run([*command, "-t"], env={"PATH": SEARCH}, capture_output=True, text=True)
    files.expect(done.returncode == 0, f"{' '.join(command)} -t: {done.stderr.strip()}")
