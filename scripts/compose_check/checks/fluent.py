"""Does Fluent Bit understand the lines?"""

import json
import re

from harness.machine import ROOT


def check(files):
    import yaml

    written = yaml.safe_load((ROOT / "compose" / "fluent-bit.yaml").read_text())
    parsers = {parser["name"]: parser for parser in written["parsers"]}
    pattern = re.compile(parsers["text"]["regex"].replace("(?<", "(?P<"))
    page = (ROOT / "docs" / "reference" / "logging.md").read_text()
    lines = re.findall(r"^(?:\{\"time\"|\d{4}-\d\d-\d\dT).*$", page, re.MULTILINE)
    files.expect(len(lines) >= 2, "docs/reference/logging.md shows no lines of both formats")
    for line in lines:
        record = json.loads(line) if line.startswith("{") else (pattern.match(line) or re.match("", "")).groupdict()
        files.expect({"time", "level", "worker", "event"} <= record.keys(),
                     f"compose/fluent-bit.yaml cannot read {line}")
    filters = written["pipeline"]["filters"]
    named = {filter["parser"] for filter in filters if filter["name"] == "parser"}
    named |= {source["parser"] for source in written["pipeline"]["inputs"]}
    files.expect(named == parsers.keys(), f"compose/fluent-bit.yaml: parsers {', '.join(named ^ parsers.keys())}")
    tag = files.plain["services"]["api"]["logging"]["options"]["tag"]
    wanted = [filter["regex"].split(" ", 1)[1] for filter in filters if filter["name"] == "grep"]
    files.expect(wanted and re.match(wanted[0], tag), f"compose/fluent-bit.yaml drops lines with the tag {tag}")
