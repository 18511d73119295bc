"""What is asked of an api, or of the gateway in front of it."""

import http.client
import json
import re


def ask(port, method, target, body=None, address="127.0.0.1", timeout=20):
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request(method, target, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read().decode()
    finally:
        connection.close()


def toplist(port, address="127.0.0.1", timeout=20):
    status, _, body = ask(port, "GET", "/?limit=3", address=address, timeout=timeout)
    return status == 200 and json.loads(body)


def order(port, key, timeout=20):
    key = re.sub("[^A-Za-z0-9._:-]", ".", key)
    body = json.dumps({"currency": "USD", "amount": "12.5", "idempotence_key": key})
    return ask(port, "PUT", "/buy_order", body, timeout=timeout)
