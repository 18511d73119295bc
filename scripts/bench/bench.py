"""What all benchmarks share: a world of real processes, sizes, and lists to serve."""

import json
import os
import time

from harness import isolation, lists, venv, web
from harness.machine import ROOT, SEARCH
from harness.wait import until
from harness.world import World


class Bench(World):
    """`is_quick` is for tests: small and short, and its figures mean nothing."""

    def __init__(self, program, configs, folder, is_quick):
        super().__init__(program, configs, folder, is_long=False, is_isolated=False)
        self.environment["PATH"] = SEARCH
        self.is_quick = is_quick

    def size(self, whole, quick):
        return quick if self.is_quick else whole

    @property
    def rounds(self):
        return self.size(7, 1)

    @property
    def seconds(self):
        return self.size(3, 1)

    # Lists

    def publish(self, minute, rows=10_000):
        """Stores a list with this many rows in Redis like merge does; returns the rows."""
        return lists.publish(self.redis, minute, rows)

    def api_with_list(self, minute, change=None, port=None, **variables):
        """Starts an api that serves the minute's list; on a free port unless one is given."""
        config = self.config / "api.json"
        if change:
            settings = json.loads(config.read_text())
            change(settings)
            config = self.folder / f"api-{self.names}.json"
            config.write_text(json.dumps(settings))
        process = self.api(port, config, **variables)
        process.until("the api serves", lambda: web.status(process.port) == 200, 60)
        until("the newest list", lambda: web.ask(process.port).headers["Last-Modified"] == http_date(minute), 60)
        return process

    # Rivals

    def nginx(self, name, body):
        """Starts nginx with one worker to serve the bytes as a file, tuned for speed; returns its URL and its worker's pid."""
        root = self.folder / "www"
        root.mkdir(exist_ok=True)
        (root / name).write_bytes(body)
        port = web.free_port()
        config = self.folder / "nginx.conf"
        # Otherwise root's worker would run as a user that cannot read the folder.
        user = "user root;\n" if os.geteuid() == 0 else ""
        config.write_text(
            f"{user}worker_processes 1; daemon off; pid {self.folder}/nginx.pid; error_log stderr;\n"
            "events { worker_connections 4096; }\n"
            "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; default_type text/csv;\n"
            f"open_file_cache max=100; server {{ listen 127.0.0.1:{port} backlog=1024; root {root}; }} }}\n")
        process = self.start("nginx", "-e", "stderr", "-p", self.folder, "-c", config)
        process.until("nginx answers", lambda: web.status(port, f"/{name}") == 200, 30)
        return f"http://127.0.0.1:{port}/{name}", isolation.children(process.pid)[0]

    def rival(self, rows):
        """Starts a comparable FastAPI service with these rows in Redis; returns its URL and its pid."""
        self.redis.call("SET", "bench:rows", json.dumps(
            [{"Rank": rank, "Symbol": name, "Price USD": price} for rank, name, price, _ in rows]))
        port = web.free_port()
        process = self.start(
            venv.programs("bench") / "uvicorn", "--app-dir", ROOT / "scripts/bench/rival", "--port", port,
            "--no-access-log", "app:app")
        process.until("the rival answers", lambda: web.status(port) == 200, 60)
        return f"http://127.0.0.1:{port}", process.pid


def http_date(minute):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(minute // 1000))
