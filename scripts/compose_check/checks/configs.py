"""Is every config there?"""

from compose_check.written.services import cointapes, config_paths


def check(files):
    for name, service in cointapes(files.plain):
        for path in config_paths(service):
            file = files.image.source(path)
            files.expect(file and file.is_file(), f"{name}: {path} is not in its image")
