"""Single parts of the work, each measured separately."""

import json
import re
import subprocess
import urllib.request

from harness import build
from harness.machine import ROOT
from page import table
from registry import row


@row("parts", "The parts")
def parts(bench):
    bench.start_redis()
    bench.sandbox(assets=bench.size(10_000, 100))
    request = urllib.request.Request(
        bench.environment["COINMARKETCAP_URL"] + "/v1/cryptocurrency/listings/latest?convert=USD&limit=5000",
        headers={"X-CMC_PRO_API_KEY": bench.environment["COINMARKETCAP_API_KEY"]})
    page = bench.folder / "page.json"
    with urllib.request.urlopen(request) as answer:
        page.write_bytes(answer.read())
    config = json.loads((ROOT / "config/price.json").read_text())
    text = subprocess.run(
        [build.release("cointape-bench"), "parts", "--rounds", str(bench.size(7, 1)), "--page", page, "--filter",
         config["filter"]], stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = re.findall(r"^(.+): ([\d.]+ \w+)$", text, re.MULTILINE)
    return "\n\n".join(["On one thread, medians; a page of the sandbox as the provider's are.", table(("", "takes"), *lines)])
