"""The files of the composition, as docker-compose reads them."""

import subprocess

from harness.machine import ROOT, SEARCH
from compose_check.written.services import variables


class Files:
    """compose.yaml and what it names: `plain`, `probed` with every variable given, and as a `sandbox`."""

    def __init__(self, folder, image):
        self.folder, self.image, self.found = folder, image, []
        self.example = list(variables(ROOT / ".env.example"))
        self.sandbox_file = ROOT / "compose" / "sandbox.env"

    def expect(self, condition, problem):
        if not condition:
            self.found.append(problem)
        return condition

    def read(self):
        self.plain, self.probed = self.resolved({}), self.resolved(self.values_given())
        self.sandbox = self.resolved_file(self.sandbox_file)
        services = self.plain["services"].values()
        for profile in {name for service in services for name in service.get("profiles", [])}:
            self.resolved({}, "--profile", profile)

    def resolved(self, values, *options):
        file = self.folder / "variables.env"
        file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        return self.resolved_file(file, *options)

    def resolved_file(self, file, *options):
        """Reads it with each installed Compose, without this shell's variables; returns the result of version 1.29."""
        import yaml

        tools = [["docker-compose"]]
        if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
            tools.append(["docker", "compose"])
        documents = []
        for tool in tools:
            command = [*tool, "--env-file", str(file), *options, "config"]
            done = subprocess.run(
                command, cwd=ROOT, env={"PATH": SEARCH, "HOME": str(self.folder)}, capture_output=True, text=True)
            if done.returncode != 0:
                raise ProcessFailure(f"{' '.join(command)}: {done.stderr.strip()}")
            documents.append(yaml.safe_load(done.stdout))
        return documents[0]

    def values_given(self):
        values = {name: f"given-{name}" for name in self.example}
        values |= {name: f"http://given-{name.lower()}:1" for name in self.example if name.endswith("_URL")}
        return values | {"HOST": "127.0.0.9", "PORT": "16667", "CONFIG_DIR": "given-CONFIG_DIR"}


class ProcessFailure(Exception):
    pass
