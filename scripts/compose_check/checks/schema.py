"""Is compose.yaml a Compose file?"""

import json
import pathlib
import shlex
import shutil
import subprocess

from harness.machine import ROOT, SEARCH


def check(files):
    import jsonschema
    import yaml

    interpreter = pathlib.Path(shutil.which("docker-compose", path=SEARCH)).read_text().split("\n", 1)[0]
    code = "import compose.config, os; print(os.path.dirname(compose.config.__file__))"
    done = subprocess.run([*shlex.split(interpreter[2:]), "-c", code], capture_output=True, text=True)
    file = pathlib.Path(done.stdout.strip()) / "compose_spec.json"
    if not files.expect(done.returncode == 0 and file.exists(), "docker-compose has no schema: is it 1.29?"):
        return
    validator = jsonschema.Draft7Validator(json.loads(file.read_text()))
    written = yaml.safe_load((ROOT / "compose.yaml").read_text())
    for name, document in [("compose.yaml", written), ("docker-compose config", files.plain)]:
        for error in validator.iter_errors(document):
            where = ".".join(str(part) for part in error.absolute_path) or "the top"
            files.expect(False, f"{name}: {where}: {error.message}")
    files.expect("version" not in written, "compose.yaml: version is not of the specification any more")
