"""The contents of the images."""

import json
import pathlib
import re
import shlex

from harness.machine import ROOT


class Image:
    """The Dockerfile."""

    def __init__(self, file):
        lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
        text = re.sub(r"\\\n", " ", "\n".join(lines))
        words = [line.partition(" ") for line in text.split("\n") if line]
        self.instructions = [(word.upper(), rest.strip()) for word, _, rest in words]
        starts = [index for index, (word, _) in enumerate(self.instructions) if word == "FROM"]
        self.stages = [self.instructions[start:end] for start, end in zip(starts, starts[1:] + [None])]
        self.folder = self.last("WORKDIR")
        self.entrypoint = json.loads(self.last("ENTRYPOINT"))
        self.environment = dict(pair.split("=", 1) for pair in shlex.split(self.last("ENV")))

    def last(self, word):
        return [rest for name, rest in self.stages[-1] if name == word][-1]

    def copies(self, stage):
        """The words of each COPY, with the default values of its arguments."""
        given = dict(rest.split("=", 1) for word, rest in stage if word == "ARG")
        return [[re.sub(r"\$(\w+)", lambda name: given[name[1]], part) for part in shlex.split(rest)]
                for word, rest in stage if word == "COPY"]

    def source(self, path):
        """The repository's file for this path in the image's working folder."""
        for source, target in (words for words in self.copies(self.stages[-1]) if len(words) == 2):
            inside, target = pathlib.PurePosixPath(path), pathlib.PurePosixPath(target)
            if target in [inside, *inside.parents]:
                return ROOT / source / inside.relative_to(target)
        return None

    def packages(self, stage):
        text = " && ".join(rest for word, rest in stage if word == "RUN")
        found = re.findall(r"apt-get install ((?:(?!&&).)*)", text)
        return {word for word in " ".join(found).split() if not word.startswith("-")}
