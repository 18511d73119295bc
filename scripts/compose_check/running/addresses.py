"""Where processes listen in the place of containers."""

import contextlib
import socket

from compose_check.running.expectations import Failure

REDIS, SANDBOX, APIS = "127.0.0.1", "127.0.0.4", ["127.0.0.2", "127.0.0.3"]


def free_port(addresses):
    """A port that is free at each of these addresses."""
    for _ in range(100):
        with contextlib.ExitStack() as stack:
            try:
                port = 0
                for address in addresses:
                    probe = stack.enter_context(socket.socket())
                    probe.bind((address, port))
                    port = probe.getsockname()[1]
                return port
            except OSError:
                continue
    raise Failure("no port is free")
