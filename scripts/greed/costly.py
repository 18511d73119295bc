"""Requests that may be expensive to read: unexpectedly long, numerous, deeply nested, or wrong only at the end.

Each is complete and within the api's limits; the api may refuse it, at a cost proportional to its size.
"""

import json
import random

HOST = "Host: a\r\n"
MARKS = "e" + "\u0301" * 31_000


def get(target, *fields, host=HOST):
    return (f"GET {target} HTTP/1.1\r\n{host}" + "".join(f"{field}\r\n" for field in fields) + "\r\n").encode()


def put(body, *fields):
    body = body if isinstance(body, bytes) else body.encode()
    head = "PUT /buy_order HTTP/1.1\r\n" + HOST + "".join(f"{field}\r\n" for field in fields)
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def order(currency="USD", amount="0.11", key="greed"):
    return json.dumps({"currency": currency, "amount": amount, "idempotence_key": key}, ensure_ascii=False)


def chunked(body, size):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + size]), body[at:at + size]) for at in range(0, len(body), size))
    return b"PUT /buy_order HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


def encoded(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


BODIES = {
    "currency": put(order(currency="U" * 63_000)),
    "currency of combining marks": put(order(currency=MARKS)),
    "currency of U+0130": put(order(currency="\u0130" * 31_000)),
    "currency of escapes": put('{"currency":"' + "\\u0130" * 10_000 + '"}'),
    "amount of digits": put(order(amount="1" * 63_000)),
    "amount of combining marks": put(order(amount=MARKS)),
    "amount as a number of digits": put('{"currency":"USD","idempotence_key":"a","amount":' + "1" * 63_000 + "}"),
    "idempotence_key": put(order(key="k" * 63_000)),
    "idempotence_key of combining marks": put(order(key=MARKS)),
    "members": put("{" + ",".join(f'"{n:x}":1' for n in range(7_000)) + "}"),
    "members of one name": put("{" + ",".join(['"currency":1'] * 4_500) + "}"),
    "member of a long name": put('{"' + "n" * 63_000 + '":1}'),
    "member of a name of combining marks": put('{"' + MARKS + '":1}'),
    "nested": put('{"a":' + "[" * 60 + "]" * 60 + ',"b":[' + "[],{}," * 10_000 + "1]}"),
    "too deep": put("[" * 63_000),
    "array": put('{"a":[' + "1," * 30_000 + "1]}"),
    "white space": put(" " * 63_000 + "{}"),
    "not UTF-8 at the end": put(b'{"a":"' + "é".encode() * 31_000 + b'\xff"}'),
    "chunks of one byte": chunked(order(key="c" * 8_000).encode(), 1),
}
TARGETS = {
    "parameter": get("/?" + "n" * 7_900),
    "parameter of combining marks": get("/?e" + encoded("\u0301" * 1_300)),
    "parameter of U+0130": get("/?" + encoded("\u0130" * 1_300)),
    "parameter, wrong at its end": get("/?" + "%41" * 2_600 + "%4"),
    "parameters": get("/?" + "&".join(["limit"] * 1_300)),
    "parameters without a name": get("/?" + "&" * 7_900),
    "equals signs": get("/?limit" + "=" * 7_900),
    "limit": get("/?limit=" + "1" * 7_900),
    "limit of zeros": get("/?limit=" + "0" * 7_900),
    "limit of combining marks": get("/?limit=0" + encoded("\u0301" * 1_300)),
    "format": get("/?format=" + "f" * 7_900),
    "format of U+0130": get("/?format=" + encoded("\u0130" * 1_300)),
    "datetime": get("/?datetime=" + "d" * 7_900),
    "datetime of digits": get("/?datetime=-" + "1" * 7_900),
    "datetime with a fraction": get("/?datetime=2026-11-21T09:01:00." + "1" * 7_900),
    "page_size": get("/buy_orders?page_size=" + "1" * 7_900),
    "last_reference": get("/buy_orders?last_reference=" + "-" * 7_900),
    "currency of a page": get("/buy_orders?currency=" + "U" * 7_900),
    "order": get("/buy_orders/" + "-" * 7_900),
    "path": get("/" + "p" * 7_900),
    "path of slashes": get("/" * 7_900),
    "absolute target": get("http://" + "h" * 7_900 + "/"),
    "order with a query": put(order()).replace(b"/buy_order ", b"/buy_order?" + b"q" * 7_900 + b" "),
}
FIELDS = {
    "Accept of commas": get("/", "Accept: " + "," * 15_800),
    "Accept of types": get("/", "Accept: " + "text/csv;q=0.1," * 1_050),
    "Accept of semicolons": get("/", "Accept: " + ";" * 15_800),
    "Accept-Encoding of commas": get("/", "Accept-Encoding: " + "," * 15_800),
    "Accept-Encoding of codings": get("/", "Accept-Encoding: " + "br;q=0.5, " * 1_550),
    "If-None-Match": get("/", "If-None-Match: " + '"a",' * 3_900),
    "If-None-Match of commas": get("/", "If-None-Match: " + "," * 15_700),
    "If-Modified-Since": get("/", "If-Modified-Since: A" + "a" * 15_700),
    "If-Modified-Since of digits": get("/", "If-Modified-Since: Sun, " + "1" * 15_700),
    "fields": get("/", *["A: 1"] * 98),
    "long fields": get("/", *["A: " + "1" * 150] * 98),
    "Accept-Language": get("/", "Accept-Language: " + "a" * 15_700),
    "Idempotency-Key": put(order(), "Idempotency-Key: " + "k" * 15_700),
    "Idempotency-Keys": put(order(), *[f"Idempotency-Key: {n:0150}" for n in range(90)]),
    "Content-Type": put(order(), "Content-Type: " + "a" * 15_700),
    "Content-Type of combining marks": put(order(), "Content-Type: e" + "\u0301" * 7_800),
    "Content-Type with parameters": put(order(), "Content-Type: application/json" + ";a=b" * 3_900),
    "Host": get("/", host="Host: " + "h" * 15_700 + "\r\n"),
    "Connection": get("/", "Connection: " + "a," * 7_800),
    "Connection of names": get("/", "Connection: " + ",".join(f"{n:x}" for n in range(3_500))),
    "Transfer-Encoding": get("/", "Transfer-Encoding: " + "a," * 7_800 + "chunked"),
    "Content-Length": get("/", "Content-Length: " + "0" * 15_700),
    "Expect": get("/", "Expect: " + "e" * 15_700),
    "method": b"M" * 30 + b" / HTTP/1.1\r\nHost: a\r\n\r\n",
    "empty lines": b"\r\n" * 7_000 + get("/healthz"),
}
KINDS = {"bodies": BODIES, "targets": TARGETS, "fields": FIELDS}


def answers(kind, now, turn=0, count=60):
    """Requests of a kind whose responses are expensive, different in each turn; the kinds' names if `kind` is None."""
    draw = random.Random(11 + turn)
    def past(): return f"/?datetime={(now - draw.randrange(40 * 86_400_000, 4_000 * 86_400_000)) // 1000}"
    def gap(): return f"/?datetime={(now - 60_000 * (2 * draw.randrange(5, 700) + 1)) // 1000}"
    gzip = "Accept-Encoding: gzip"
    targets = {
        "404, before all lists": lambda _: get(past()),
        "404, among lists": lambda _: get(gap()),
        "404, a gap": lambda number: get(f"/?datetime={(now - 60_000 * (1_600 + 2 * number)) // 1000}"),
        "gzip, each limit once": lambda number: get(f"/?limit={2_000 + 97 * number + turn}", gzip),
        "gzip, each small limit once": lambda number: get(f"/?limit={100 + 7 * number + turn}", gzip),
        "pages of 100 orders": lambda _: get("/buy_orders?page_size=100"),
        "pages of 100 orders of a currency": lambda _: get("/buy_orders?page_size=100&currency=USD"),
        "pages of 10 orders": lambda _: get("/buy_orders"),
        "a list": lambda _: get("/?limit=100"),
        "a path that is not": lambda number: get(f"/x{number}"),
    }
    return [targets[kind](number) for number in range(count)] if kind else list(targets)
