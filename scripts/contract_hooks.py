"""How scripts/contract changes the requests that schemathesis generates.

JSON Schema cannot express some rules. Requests are changed so that they do not depend on them:

- A datetime in the future is answered with 422. Such values are moved into the past; values that the schema rejects stay
  unchanged.
- The notation of numbers: an amount such as 1e-05 is refused, and so are nine decimals. Such numbers are sent as strings.
- The ledger defines which currencies it takes: well-formed codes are replaced by those in `/buy_orders/stats`.
- A key may be in the body, in `Idempotency-Key`, or in both if they are equal: the header field is made equal.
- A list that is older than `max_age` is answered with 503: well-formed ages are replaced by one that no list has.
- `from` must be before `to`: if both are valid and not in order, they are swapped, or `from` is moved into the past.

Generated coins and blocks hardly ever exist: some are replaced by ones that the api has.

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
    if isinstance(case.query, dict) and isinstance(case.query.get("max_age"), str):
        if re.fullmatch(r"0{0,3}[1-9][0-9]{0,5}[smhd]", case.query["max_age"], re.ASCII):
            case.query["max_age"] = "999999d"
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
    # A text that a header field cannot hold is not a valid key in the body either.
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
    """Replaces a well-formed code that the ledger does not take; other texts stay unchanged."""
    if re.fullmatch(r"[A-Z]{3}", text, re.ASCII) and text not in currencies():
        return currencies()[sum(text.encode()) % len(currencies())]
    return text


def put_in_order(query):
    minutes = [minute(query["from"]), minute(query.get("to", "now"))]
    if None in minutes:
        return
    # The api's clock may be one minute earlier or later.
    if abs(minutes[0] - minutes[1]) < 2:
        query.update({"from": "1900-01-01"} if minutes[1] > 0 else {"to": "now"})
    elif minutes[0] > minutes[1] and "to" in query:
        query["from"], query["to"] = query["to"], query["from"]
    elif minutes[0] > minutes[1]:
        query["from"] = "1900-01-01"


def minute(text):
    """The minute since 1970 that a text states in any accepted form; None for other texts."""
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
    # The calendar repeats every 400 years, which have 146,097 days; Python's calendar starts with year 1.
    try:
        days = datetime.date(2000 + year % 400, month, day).toordinal() - datetime.date(1970, 1, 1).toordinal()
    except ValueError:
        return None
    days += (year // 400 - 5) * 146_097
    return days * 1440 + hour * 60 + minutes - zone


def past(text):
    if re.fullmatch(r"[0-9]{4}-.*", text, re.ASCII | re.DOTALL) and int(text[:4]) >= time.gmtime().tm_year:
        # A leap year is replaced by a leap year.
        return f"{2000 + int(text[:4]) % 20}{text[4:]}"
    if re.fullmatch(r"[0-9]{10}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000:010}"
    if re.fullmatch(r"[0-9]{13}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000_000:013}"
    return text
