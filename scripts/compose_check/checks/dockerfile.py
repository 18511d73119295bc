"""Can the images be built, and as whom do they run?"""

import glob
import re

from compose_check.checks import packages
from harness.machine import ROOT
from compose_check.output import ok
from compose_check.written.ignored import Ignored


def problems(image, program):
    found = []
    ignored = Ignored(ROOT / ".dockerignore")
    names = set()
    for stage in image.stages:
        for words in image.copies(stage):
            if words[0].startswith("--from="):
                if words[0].removeprefix("--from=") not in names:
                    found.append(f"Dockerfile: COPY {words[0]}: there is no such stage before it")
                continue
            for source in words[:-1]:
                paths = glob.glob(source, root_dir=ROOT)
                if not paths and not glob.has_magic(source):
                    found.append(f"Dockerfile: there is no {source} to copy")
                found += [f".dockerignore: {path} is left out, and to be copied" for path in paths if ignored(path)]
        names |= set(re.findall(r" AS (\S+)", stage[0][1]))
    for path in [".env", ".git", ".build", "data"]:
        if not ignored(path):
            found.append(f".dockerignore: {path} goes to the engine")
    suites = {re.search(r"bookworm|bullseye|trixie|noble|jammy", stage[0][1]) for stage in image.stages}
    suites = {match[0] if match else None for match in suites}
    if len(suites) != 1 or None in suites:
        found.append("Dockerfile: the stages are not of the same Debian, so their libraries differ")
    if not re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", image.last("USER")):
        found.append("Dockerfile: USER is not the number of somebody other than root")
    if any(word == "HEALTHCHECK" for word, _ in image.instructions):
        found.append("Dockerfile: a HEALTHCHECK would be one of all workers")
    for word, rest in image.instructions:
        if word in ("ENV", "ARG") and re.search("KEY|TOKEN|SECRET|PASSWORD", rest):
            found.append(f"Dockerfile: {word} {rest}: a secret in an image is none")
    written = (ROOT / "scripts" / "install").read_text()
    headers = set(re.findall(r"\blib\S+-dev\b|\bzlib1g-dev\b", re.search(r"packages=\((.*)\)", written)[1]))
    if image.packages(image.stages[0]) != headers:
        found.append(f"Dockerfile: the build stage does not install just {' '.join(sorted(headers))}")
    if not found:
        ok("the Dockerfile's sources, stages and user")
    found += packages.apt_problems(image, suites)
    return found + (packages.library_problems(image, program, suites) if program else [])
