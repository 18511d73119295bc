"""What scripts/contract does to the requests that schemathesis makes up.

JSON Schema has no words for some rules. Requests are changed so that they do not depend on them:

- A datetime in the future is answered by 422. Such values are moved into the past; values that the schema refuses are
  left alone.
- How a number is written: an amount like 1e-05 is refused, and so are nine decimals. Such numbers are sent as strings.
- Which currencies a ledger takes, the ledger says: well-formed codes are made those of `/buy_orders/stats`.
- A key may stand in the body or in `Idempotency-Key`, but not another in each: the header field is made to agree.

The rules themselves are tested in Tests/ServingTests.
"""

import functools
import json
import os
import re
import time
import urllib.request

import schemathesis


@schemathesis.hook
def map_query(context, query):
    if isinstance(query, dict) and isinstance(query.get("datetime"), str):
        query["datetime"] = past(query["datetime"])
    return query


@schemathesis.hook
def before_call(context, case, kwargs):
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


@functools.cache
def currencies():
    with urllib.request.urlopen(f"{os.environ['CONTRACT_URL']}/buy_orders/stats") as answer:
        return sorted(json.load(answer)["by_currency"])


def taken(text):
    """Another code than those that the schema lets through is left alone."""
    if re.fullmatch(r"[A-Z]{3}", text, re.ASCII) and text not in currencies():
        return currencies()[sum(text.encode()) % len(currencies())]
    return text


def past(text):
    if re.fullmatch(r"[0-9]{4}-.*", text, re.ASCII | re.DOTALL) and int(text[:4]) >= time.gmtime().tm_year:
        # Leap years stay leap years.
        return f"{2000 + int(text[:4]) % 20}{text[4:]}"
    if re.fullmatch(r"[0-9]{10}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000:010}"
    if re.fullmatch(r"[0-9]{13}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000_000:013}"
    return text
