"""What is published, and where?"""

import re

from harness.machine import ROOT
from compose_check.written.services import published


def check(files):
    for name, service in files.plain["services"].items():
        files.expect("container_name" not in service, f"{name}: with a container_name it cannot be scaled")
        if name != "gateway":
            files.expect(not published(service), f"{name}: is published: {', '.join(published(service))}")
    inside = []
    for port in published(files.plain["services"]["gateway"]):
        host, _, target = port.removesuffix("/tcp").rpartition(":")
        files.expect(host.startswith("127.0.0.1:"), f"gateway: {port} is open to the network by default")
        files.expect(host.endswith(f":{target}"), f"gateway: {port} is not the same port on both sides by default")
        inside.append(target)
    files.expect(inside == ["6667", "8777", "8778"], f"gateway: it publishes {', '.join(inside)}")
    conf = (ROOT / "compose" / "gateway.conf").read_text()
    files.expect(re.findall(r"listen (\d+);", conf) == inside, "compose/gateway.conf: listens on other ports")
    files.expect("set $api api;" in conf and "http://$api:6667;" in conf,
                 "compose/gateway.conf: does not pass requests to api:6667")
    files.expect("resolver 127.0.0.11 " in conf, "compose/gateway.conf: does not ask the engine's name server")
