"""All checks of compose.yaml and the files that it names."""

from compose_check.checks import configs, environment, fluent, gateway, habits, ports, sandbox, schema
from compose_check.output import ok
from compose_check.written.files import ProcessFailure

CHECKS = {
    "compose.yaml is as the Compose specification's schema wants it": schema.check,
    "every config that a service runs is in its image": configs.check,
    "every variable of .env.example reaches the services that need it": environment.check,
    "every worker can be scaled, and nothing is published but on 127.0.0.1": ports.check,
    "services restart, log with an end, stop slowly enough and wait for what can be waited for": habits.check,
    "compose/sandbox.env is all that the sandbox needs": sandbox.check,
    "nginx takes compose/gateway.conf": gateway.check,
    "compose/fluent-bit.yaml reads lines as docs/reference/logging.md shows them": fluent.check,
}


def problems(files):
    try:
        files.read()
    except ProcessFailure as failure:
        return [str(failure)]
    for name, check in CHECKS.items():
        before = len(files.found)
        check(files)
        if len(files.found) == before:
            ok(name)
    return files.found
