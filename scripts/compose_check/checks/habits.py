"""How do services start, log and stop?"""

from compose_check.written.services import cointapes, seconds

GRACE = 15  # The longest time that a worker takes to end, in seconds.


def check(files):
    for name, service in files.plain["services"].items():
        files.expect(service.get("restart") == "unless-stopped", f"{name}: it does not restart")
        logging = service.get("logging", {})
        files.expect(logging.get("driver") == "local" or logging.get("options", {}).get("max-size"),
                     f"{name}: its log has no end")
        files.expect("profiles" in service or not any("profiles" in files.plain["services"][other]
                                                      for other in service.get("depends_on", {})),
                     f"{name}: waits for a service of a profile")
        for other, wait in service.get("depends_on", {}).items():
            files.expect(wait["condition"] == "service_healthy", f"{name}: does not wait until {other} is healthy")
            files.expect("healthcheck" in files.plain["services"][other], f"{other}: has no healthcheck to wait for")
        if ":" in service.get("image", ":"):
            continue
        files.expect("build" in service, f"{name}: its image has no version")
    for name, service in cointapes(files.plain):
        files.expect(seconds(service.get("stop_grace_period", "10s")) > GRACE,
                     f"{name}: is killed before its grace ends")
