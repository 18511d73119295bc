"""Does compose/sandbox.env point everything at the sandbox?"""

from compose_check.written.services import arguments, variables


def check(files):
    values = variables(files.sandbox_file)
    words = arguments(files.plain["services"]["sandbox"])
    at = f"http://sandbox:{words[words.index('--port') + 1]}"
    files.expect(files.plain["services"]["sandbox"]["profiles"] == [values.get("COMPOSE_PROFILES")],
                 "compose/sandbox.env does not start the profile of the service sandbox")
    files.expect(values.get("COMPOSE_PROJECT_NAME"),
                 "compose/sandbox.env: real and sandbox data would share a volume")
    for name in files.example:
        if name.endswith("_URL") and "REDIS" not in name:
            files.expect(values.get(name) == at, f"compose/sandbox.env: {name} is not {at}")
        # Keys of providers, which the sandbox imitates; the keys of a bucket are the user's own.
        elif name.endswith("_API_KEY"):
            files.expect(values.get(name), f"compose/sandbox.env: there is no {name}")
    files.expect("--host" in words, "sandbox: without --host it listens on its container's loopback alone")
