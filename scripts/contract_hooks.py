"""What scripts/contract does to the requests that schemathesis makes up.

JSON Schema has no words for some rules. Requests are changed so that they do not depend on them:

- A datetime in the future is answered by 422. Such values are moved into the past; values that the schema refuses are
  left alone.
- How a number is written: an amount like 1e-05 is refused, and so are nine decimals. Such numbers are sent as strings.
- Which currencies a ledger takes, the ledger says: well-formed codes are made those of `/buy_orders/stats`.
- A key may stand in the body or in `Idempotency-Key`, but not another in each: the header field is made to agree.
- `from` must be before `to`: where both can be read and are not in order, they change places, or `from` moves into the past.

Coins and blocks that a schema makes up are hardly ever there: some become ones that the api has.

The rules themselves are tested in Tests/ServingTests.
"""

import datetime
import functools
import json
import os
import re
import time
import urllib.parse
import urllib.request

import schemathesis


@schemathesis.hook
def map_query(context, query):
    if isinstance(query, dict) and isinstance(query.get("datetime"), str):
        query["datetime"] = past(query["datetime"])
    return query


@schemathesis.hook
def before_call(context, case, kwargs):
    if isinstance(case.query, dict) and "from" in case.query:
        put_in_order(case.query)
    for name, pattern, known in (("coin", r"(0|[1-9][0-9]{0,18})", coins), ("block", r"[0-9T-]{10,13}\.tape", blocks)):
        value = (case.path_parameters or {}).get(name)
        if re.fullmatch(pattern, str(value), re.ASCII) and known() and sum(str(value).encode()) % 3:
            case.path_parameters[name] = known()[sum(str(value).encode()) % len(known())]
    if isinstance(case.query, dict) and isinstance(case.query.get("currency"), str):
        case.query["currency"] = taken(case.query["currency"])
    if not isinstance(case.body, dict):
        return
    if isinstance(case.body.get("currency"), str):
        case.body["currency"] = taken(case.body["currency"])
    amount = case.body.get("amount")
    if isinstance(amount, float) and 0 < amount < 1_000_000_000:
        case.body["amount"] = f"{max(amount, 0.00000001):.8f}"
    field = (case.headers or {}).get("Idempotency-Key")
    if field is None:
        return
    key = case.body.get("idempotence_key")
    if key is None:
        case.headers.pop("Idempotency-Key")
    # What a field cannot hold is no key in the body either.
    elif isinstance(key, str) and re.fullmatch("[ -~]*", key) and re.fullmatch(
            r'"?[A-Za-z0-9._:-]{1,255}"?', field, re.ASCII):
        case.headers["Idempotency-Key"] = f'"{key}"'


def get(target):
    with urllib.request.urlopen(os.environ["CONTRACT_URL"] + target) as answer:
        return json.load(answer)


@functools.cache
def currencies():
    return sorted(get("/buy_orders/stats")["by_currency"])


@functools.cache
def coins():
    """The ids of the first coins of the newest list."""
    symbols = [row["Symbol"] for row in get("/?limit=5")]
    return [str(coin["CMC ID"]) for symbol in symbols for coin in get("/coins?symbol=" + urllib.parse.quote(symbol))]


@functools.cache
def blocks():
    return [block["block"] for block in get("/history")["blocks"]]


def taken(text):
    """Another code than those that the schema lets through is left alone."""
    if re.fullmatch(r"[A-Z]{3}", text, re.ASCII) and text not in currencies():
        return currencies()[sum(text.encode()) % len(currencies())]
    return text


def put_in_order(query):
    minutes = [minute(query["from"]), minute(query.get("to", "now"))]
    if None in minutes:
        return
    # The api's clock may be in the minute before or behind.
    if abs(minutes[0] - minutes[1]) < 2:
        query.update({"from": "1900-01-01"} if minutes[1] > 0 else {"to": "now"})
    elif minutes[0] > minutes[1] and "to" in query:
        query["from"], query["to"] = query["to"], query["from"]
    elif minutes[0] > minutes[1]:
        query["from"] = "1900-01-01"


def minute(text):
    """The minute since 1970 that a text names in one of the forms of a time; None for another text."""
    if not isinstance(text, str):
        return None
    if text.lower() == "now":
        return int(time.time()) // 60
    if re.fullmatch(r"[0-9]{10}|[0-9]{13}", text, re.ASCII):
        return int(text) // (60 if len(text) == 10 else 60_000)
    if ago := re.fullmatch(r"-([0-9]{1,9})([smhd])", text, re.ASCII):
        return int(time.time() - int(ago[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[ago[2]]) // 60
    parts = re.fullmatch(
        r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
        r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:[Zz]|([+\- ])([0-9]{2}):([0-9]{2}))?)?",
        text, re.ASCII)
    if not parts:
        return None
    year, month, day, hour, minutes = (int(part or 0) for part in parts.groups()[:5])
    zone = (int(parts[7] or 0) * 60 + int(parts[8] or 0)) * (-1 if parts[6] == "-" else 1)
    # The calendar repeats itself after 400 years, of 146,097 days; Python's begins with the year 1.
    try:
        days = datetime.date(2000 + year % 400, month, day).toordinal() - datetime.date(1970, 1, 1).toordinal()
    except ValueError:
        return None
    days += (year // 400 - 5) * 146_097
    return days * 1440 + hour * 60 + minutes - zone


def past(text):
    if re.fullmatch(r"[0-9]{4}-.*", text, re.ASCII | re.DOTALL) and int(text[:4]) >= time.gmtime().tm_year:
        # Leap years stay leap years.
        return f"{2000 + int(text[:4]) % 20}{text[4:]}"
    if re.fullmatch(r"[0-9]{10}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000:010}"
    if re.fullmatch(r"[0-9]{13}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000_000:013}"
    return text
