"""Checks that a ledger has each acknowledged order once, and adds up; pure functions of the observations."""

from harness import books
from harness.books import order_id

FIELDS = ["currency", "amount", "rate", "rate_minute", "satoshi", "tail", "created_at"]


def lost_or_doubled(acknowledged, ledger):
    """`acknowledged` is {identity: id}, `ledger` all entries: each order must exist with its id, and none twice."""
    found, seen = [], {}
    for entry, fields in ledger:
        if "satoshi" not in fields:
            continue
        identity = f"{fields['currency']} {fields['amount']} {fields['key']}"
        if identity in seen:
            found.append(f"{identity} is in the ledger twice")
        seen[identity] = order_id(entry, fields["tail"])
    for identity, id in acknowledged.items():
        if seen.get(identity) != id:
            found.append(f"{identity} was acknowledged as {id} and is {seen.get(identity, 'lost')}")
    return found


def explained(calls, ledger):
    """Every answer must be true of the ledger that is left, and every order in it must be owed to a call.

    `calls` are `harness.load.Call`s. An order that was acknowledged before another one was asked for must stand before it.
    """
    found, tried, refused, first, acknowledged = [], set(), set(), {}, {}
    for call in calls:
        first[call.identity] = min(first.get(call.identity, call.began), call.began)
        if call.kind == "200":
            acknowledged[call.identity] = min(acknowledged.get(call.identity, call.ended), call.ended)
        if call.kind in ("200", "outcome-unknown", "no answer"):
            tried.add(call.identity)
        elif call.kind not in ("orders-unavailable", "rate-stale"):
            refused.add(call.identity)
    newest = 0
    for entry, fields in ledger:
        if "satoshi" not in fields:
            continue
        identity = f"{fields['currency']} {fields['amount']} {fields['key']}"
        if identity not in first:
            continue
        if identity in refused:
            found.append(f"{identity} was refused for good, and is {entry}")
        elif identity not in tried:
            found.append(f"{identity} was answered as not placed, and is {entry}")
        if acknowledged.get(identity, newest) < newest:
            found.append(f"{identity} stands behind an order that was asked for later, as {entry}")
        newest = max(newest, first[identity])
    return found + lost_or_doubled({call.identity: call.id for call in calls if call.kind == "200"}, ledger)


def sums(ledger):
    """Each running total must be the previous one plus the order's satoshi, and the last must not exceed the cap."""
    found, total = [], 0
    for entry, fields in ledger:
        total += int(fields.get("satoshi", fields["total"] if "opened" in fields else 0))
        if int(fields["total"]) != total:
            found.append(f"{entry} has the total {fields['total']}, not {total}")
            total = int(fields["total"])
    if total > books.cap(ledger):
        found.append(f"{total} satoshi are sold, of {books.cap(ledger)}")
    ids = [tuple(int(part) for part in entry.split("-")) for entry, _ in ledger]
    if ids != sorted(set(ids)):
        found.append("the ids do not rise")
    return found


def prefix(model, ledger):
    """A read model, {"stats": …, "all": entries, "USD": …}, must be the ledger's exact prefix up to its `last`."""
    stats, ids = model["stats"], [entry for entry, _ in ledger]
    if "last" not in stats:
        return ["rows without a last"] if model["all"] else []
    if stats["last"] not in ids:
        return [f"last is {stats['last']}, which the ledger does not have"]
    folded = [entry for entry in ledger[:ids.index(stats["last"]) + 1] if "satoshi" in entry[1]]
    wanted = [(id, {name: fields[name] for name in FIELDS}) for id, fields in folded]
    found, currencies = [], books.currencies(ledger[:ids.index(stats["last"]) + 1])
    for stream in ["all"] + currencies:
        expected = [row for row in wanted if stream in ("all", row[1]["currency"])]
        if model[stream] != expected:
            place = next((n for n, rows in enumerate(zip(model[stream], expected)) if rows[0] != rows[1]),
                         min(len(model[stream]), len(expected)))
            found.append(
                f"{stream} has {len(model[stream])} rows and not the ledger's {len(expected)}, from row {place} on")
    for currency in currencies:
        rows = [fields for _, fields in wanted if fields["currency"] == currency]
        sums = {"count": len(rows), "units": sum(units(row["amount"]) for row in rows),
                "satoshi": sum(int(row["satoshi"]) for row in rows)}
        for name, value in sums.items():
            if stats.get(f"{currency}:{name}") != str(value):
                found.append(f"{currency}:{name} is {stats.get(f'{currency}:{name}')}, not {value}")
    total = ledger[ids.index(stats["last"])][1]["total"]
    if stats.get("total") != total:
        found.append(f"total is {stats.get('total')}, not {total}")
    return found


def units(amount):
    """The amount in hundred-millionths."""
    whole, _, decimals = amount.partition(".")
    return int(whole) * 10 ** 8 + int(decimals.ljust(8, "0"))
