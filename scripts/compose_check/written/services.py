"""Interprets a service in compose.yaml, and the files that it names."""

import json
import re
import shlex


def cointapes(document):
    """The services that are built from the Dockerfile."""
    return [(name, service) for name, service in document["services"].items() if "build" in service]


def config_paths(service):
    words = arguments(service)
    return words[1:] if words[:1] == ["run"] else []


def arguments(service):
    command = service.get("command", [])
    return shlex.split(command) if isinstance(command, str) else [str(word) for word in command]


def published(service):
    return [str(port) for port in service.get("ports", [])]


def volumes(document, service):
    """{path in the container: name} of the volumes that outlive it."""
    mounts = [str(mount).split(":") for mount in document["services"][service].get("volumes", [])]
    return {mount[1]: mount[0] for mount in mounts if mount[0] in document.get("volumes", {})}


def seconds(duration):
    return sum(float(count) * {"h": 3600, "m": 60, "s": 1}[unit]
               for count, unit in re.findall(r"([\d.]+)(h|m|s)", duration))


def gateway_command(document, prefix, conf):
    words = list(document["services"]["gateway"]["entrypoint"])
    words[words.index("-p") + 1], words[words.index("-c") + 1] = str(prefix), str(conf)
    return words


def variables(file):
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read_text(), re.MULTILINE))


def placeholders(file):
    """The variables of a config and of the configs that it names, because an api with `on_demand` does the workers' work."""
    text = file.read_text()
    found = set(re.findall(r"(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)", text))
    on_demand = json.loads(text).get("on_demand", {})
    for name in [*on_demand.get("fetch", []), *filter(None, [on_demand.get("merge")])]:
        found |= placeholders(file.parent / name)
    return found
