"""HTTP requests of the api's clients."""

import contextlib
import http.client
import json
import socket


class Answer:
    """`headers` is http.client's: names ignore case, and a missing one gives None."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def problem(self):
        """The last part of a problem's type, such as outcome-unknown."""
        found = self.json
        return str(found.get("type", "")).rsplit("/", 1)[-1] if isinstance(found, dict) else ""

    @property
    def age(self):
        return int(self.headers.get("Age", -1))


def ask(port, target="/", method="GET", body=None, headers={}, host="127.0.0.1", timeout=10):
    """Sends one request on a new connection; raises OSError if there is no response."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request(method, target, body, {"Content-Type": "application/json"} | headers if body else headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    except http.client.HTTPException as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def status(port, target="/", **more):
    """The status; 0 if there is no response."""
    try:
        return ask(port, target, **more).status
    except OSError:
        return 0


def free_port(count=1, addresses=("127.0.0.1",)):
    """The first of `count` consecutive ports that are free at all of these addresses."""
    while True:
        with contextlib.ExitStack() as probes:
            first = probes.enter_context(socket.socket())
            first.bind((addresses[0], 0))
            port = first.getsockname()[1]
            others = [(address, port + step) for address in addresses for step in range(count)][1:]
            try:
                for other in others:
                    probes.enter_context(socket.socket()).bind(other)
            except (OSError, OverflowError):
                continue
            return port
