"""The files that are not sent to the engine."""

import fnmatch
import pathlib


class Ignored:
    """.dockerignore: the last pattern that matches a path, or one of its folders, decides."""

    def __init__(self, file):
        self.patterns = [line.strip() for line in file.read_text().splitlines() if line.strip() and line[0] != "#"]

    def __call__(self, path):
        path, answer = pathlib.PurePosixPath(path), False
        for pattern in self.patterns:
            bare = pattern.removeprefix("!").strip("/")
            if any(fnmatch.fnmatch(str(part), bare) for part in [path, *path.parents][:-1]):
                answer = not pattern.startswith("!")
        return answer
