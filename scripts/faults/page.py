"""Writes docs/reference/faults.md, and the same results to the terminal."""

import textwrap

HEAD = """# Faults

Each section is a fault that the run caused in real processes: workers, redis-server, and a sandbox in place of the providers. The
run itself writes this page:

```sh
{command}
```

{summary}
{form}
"""
SHORT = "This is the short form; `--long` runs each for as long as the list of faults asks for."
LONG = "This is the long form."


def page(rows, is_long):
    command = "scripts/faults/run" + (" --long" if is_long else "") + " --report docs/reference/faults.md"
    head = HEAD.format(command=command, summary=summary(rows), form=LONG if is_long else SHORT)
    return head + "".join(section(row) for row in rows)


def summary(rows):
    good, skipped = sum(row.is_good for row in rows), sum(row.skipped is not None for row in rows)
    text = f"{good} of {len(rows)} rows are as expected"
    bad = len(rows) - good - skipped
    return text + (f", {bad} are not" if bad else "") + (f", {skipped} are skipped" if skipped else "") + "."


def section(row):
    lines = ["", f"## {row.fault}", ""]
    if row.done:
        lines += [*wrapped(clean(row.done).rstrip(".") + "."), ""]
    if row.skipped is not None:
        return "\n".join([*lines, f"*Skipped: {clean(row.skipped)}*", ""])
    lines += ["| expected | seen |", "|---|---|"]
    for expected, is_so, seen in row.points:
        lines.append(cells(clean(expected), clean(seen) if is_so else f"**not so:** {clean(seen)}"))
    return "\n".join([*lines, ""])


def wrapped(text):
    return textwrap.wrap(text.replace("\n", " "), 124, break_long_words=False, break_on_hyphens=False)


def cells(*texts):
    return "| " + " | ".join(text.replace("\n", " ").replace("|", "\\|") for text in texts) + " |"


def clean(text):
    """Escapes tags, except in code, where Markdown has none."""
    parts = text.split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def told(name, row, seconds):
    """The result as text for the terminal; without the seconds where it is told again."""
    mark = "skipped" if row.skipped is not None else "ok     " if row.is_good else "FAILED "
    lasted = "" if seconds is None else f" ({seconds:.0f} s)"
    lines = [f"{mark} {name}{lasted}: {row.fault}"]
    if row.skipped is not None:
        lines.append(f"        {row.skipped}")
    for expected, is_so, seen in row.points:
        lines.append(f"    {'  ' if is_so else '!!'}  {expected}: {seen}")
    return "\n".join(lines)
