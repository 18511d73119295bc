"""Do the images' packages exist, and do they match the libraries that the program is linked with?"""

import glob
import re
import subprocess

from harness.machine import release
from compose_check.output import ok, skipped

# The runtime image's packages besides libraries, and those that debian:bookworm-slim always has.
TOOLS, ALWAYS = {"ca-certificates", "curl", "tini"}, {"libc6", "libgcc-s1"}


def apt_problems(image, suites):
    if release() not in suites or not glob.glob("/var/lib/apt/lists/*Packages*"):
        skipped("whether the Dockerfile's packages exist, because apt here knows others")
        return []
    names = set().union(*(image.packages(stage) for stage in image.stages))
    missing = [name for name in sorted(names)
               if subprocess.run(["apt-cache", "show", name], capture_output=True).returncode != 0]
    if not missing:
        ok("the Dockerfile's packages exist")
    return [f"Dockerfile: there is no package {name}" for name in missing]


def library_problems(image, program, suites):
    """Exactly the packages of the libraries that the program is linked with must be installed."""
    if release() not in suites:
        skipped("whether the runtime image has the libraries of the program, because this is another system")
        return []
    output = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    paths = dict(re.findall(r"(\S+) => (/\S+)", output))
    linked = subprocess.run(["readelf", "-d", program], capture_output=True, text=True).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(lib.*)\]", linked))
    owners, found = set(), []
    for soname in needed:
        for path in (paths.get(soname, ""), "/usr" + paths.get(soname, "")):
            done = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
            if path and done.returncode == 0:
                owners.add(done.stdout.split(":")[0])
                break
        else:
            found.append(f"{program}: {soname} is of no package")
    installed = image.packages(image.stages[-1]) - TOOLS
    found += [f"Dockerfile: {name} is missing from the runtime image" for name in owners - ALWAYS - installed]
    found += [f"Dockerfile: nothing of {name} is linked" for name in installed - owners]
    if not needed:
        found.append(f"{program}: readelf finds no libraries in it")
    if not found:
        ok(f"the runtime image has the libraries of the program: {' '.join(sorted(needed))}")
    return found
