"""What scripts/contract does to the requests that schemathesis makes up.

JSON Schema has no words for some rules. Requests are changed so that they do not depend on them:

- A datetime in the future is answered by 422. Such values are moved into the past; values that the schema refuses are
  left alone.
- How a number is written: an amount like 1e-05 is refused, and so are nine decimals. Such numbers are sent as strings.
- A key may stand in the body or in `Idempotency-Key`, but not another in each: the header field is made to agree.

The rules themselves are tested in Tests/ServingTests.
"""

import re
import time

import schemathesis


@schemathesis.hook
def map_query(context, query):
    if isinstance(query, dict) and isinstance(query.get("datetime"), str):
        query["datetime"] = past(query["datetime"])
    return query


@schemathesis.hook
def before_call(context, case, kwargs):
    if not isinstance(case.body, dict):
        return
    amount = case.body.get("amount")
    if isinstance(amount, float) and 0 < amount < 1_000_000_000:
        case.body["amount"] = f"{max(amount, 0.00000001):.8f}"
    field = (case.headers or {}).get("Idempotency-Key")
    if field is None:
        return
    key = case.body.get("idempotence_key")
    if key is None:
        case.headers.pop("Idempotency-Key")
    elif isinstance(key, str) and re.fullmatch(r'"?[A-Za-z0-9._:-]{1,255}"?', field, re.ASCII):
        case.headers["Idempotency-Key"] = f'"{key}"'


def past(text):
    if re.fullmatch(r"[0-9]{4}-.*", text, re.ASCII | re.DOTALL) and int(text[:4]) >= time.gmtime().tm_year:
        # Leap years stay leap years.
        return f"{2000 + int(text[:4]) % 20}{text[4:]}"
    if re.fullmatch(r"[0-9]{10}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000:010}"
    if re.fullmatch(r"[0-9]{13}", text, re.ASCII):
        return f"{int(text) % 1_700_000_000_000:013}"
    return text
