"""Checks that a stream has each minute once; pure functions of its ids."""

MINUTE = 60_000


def problems(ids, may_lack=False):
    """Every minute from the first to the last must exist exactly once; ids are passed oldest first.

    `may_lack` is for a stream that another writer may have advanced, and from which entries may be missing.
    """
    found = [f"{id} is no minute's id" for id in ids if not id.endswith("-0") or start(id) % MINUTE]
    for before, after in zip(ids, ids[1:]):
        step = start(after) - start(before)
        if step == 0:
            found.append(f"{after} is there twice")
        elif step < 0:
            found.append(f"{after} stands behind {before}")
        elif step > MINUTE and not may_lack:
            found.append(f"{step // MINUTE - 1} minutes are missing behind {before}")
    return found if ids else ["there is no minute at all"]


def start(id):
    return int(id.split("-")[0])


def gaps(entries):
    """{gap: count}"""
    found = {}
    for _, fields in entries:
        if "gap" in fields:
            found[fields["gap"]] = found.get(fields["gap"], 0) + 1
    return found


def gap_count(entries):
    return sum(gaps(entries).values())


def told(entries):
    """Describes the numbers of minutes and gaps."""
    reasons = ", ".join(f"{count} {code}" for code, count in sorted(gaps(entries).items()))
    return f"{len(entries)} minutes" + (f" ({reasons})" if reasons else "")
