"""Does every service get the variables that its configs read, and no others?"""

from compose_check.written.services import cointapes, config_paths, placeholders, published, volumes

# Containers set these variables themselves; the gateway is published at HOST and PORT.
# Folders that outlive a container: the witnesses of acknowledged orders, and the blocks of lists.
KEPT = {"WITNESS_DIR": "/var/lib/cointape/witness", "ARCHIVE_DIR": "/var/lib/cointape/archive"}
OWN = {"HOST": "0.0.0.0", "PORT": "6667", "METRICS_HOST": "0.0.0.0"} | KEPT
# Not in any config, but needed for some stores: the keys of a bucket.
OF_STORES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
# Variables that no container needs, and why.
NOT_PASSED = {"LOG_DIR": "the shipped configs log to the console alone; containers have nowhere to write files"}


def check(files):
    given = files.values_given()
    readers = {}
    for name, service in cointapes(files.probed):
        environment = files.probed["services"][name].get("environment", {})
        configs = [files.image.source(path) for path in config_paths(service)]
        configs = [config for config in configs if config and config.is_file()]
        needed = set().union(*(placeholders(config) for config in configs))
        if any('"stores"' in config.read_text() for config in configs):
            needed |= OF_STORES
        for variable in needed:
            readers.setdefault(variable, set()).add(name)
            value = OWN.get(variable, given.get(variable))
            files.expect(environment.get(variable) == value, f"{name}: {variable} is not {value}")
        # All readers have the same value.
        for variable, folder in KEPT.items():
            volume = folder.rpartition("/")[2]
            files.expect(variable not in needed or volumes(files.probed, name).get(folder) == volume,
                         f"{name}: {folder} is not the volume {volume}")
        for variable in environment:
            files.expect(variable in needed, f"{name}: no config of its own reads {variable}")
        files.expect(service["build"].get("args", {}).get("CONFIG") == given["CONFIG_DIR"],
                     f"{name}: CONFIG_DIR of .env is not what its image is made of")
    for variable in files.example:
        if variable in NOT_PASSED:
            files.expect(variable not in readers, f"a config reads {variable}, so it has to be passed")
        elif variable != "CONFIG_DIR":
            files.expect(variable in readers, f".env.example: no service's config reads {variable}")
    for variable in readers:
        files.expect(variable in files.example, f".env.example does not list {variable}")
    files.expect(any(port.startswith("127.0.0.9:16667:") for port in published(files.probed["services"]["gateway"])),
                 "gateway: HOST and PORT of .env are not where it is published")
    # Only the worker that sends a key to its provider may have it.
    for variable in given:
        if "KEY" in variable:
            holders = [name for name, service in files.probed["services"].items() if given[variable] in str(service)]
            files.expect(set(holders) == readers.get(variable, set()), f"{variable} reaches {', '.join(holders)}")
    for name, service in cointapes(files.plain):
        url = service.get("environment", {}).get("REDIS_URL", "")
        files.expect("REDIS_URL" not in service.get("environment", {}) or url == "redis://redis:6379",
                     f"{name}: REDIS_URL is not the service redis by default but {url}")
