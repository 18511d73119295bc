"""Our Redis client alone, compared with a pipelining redis-benchmark."""

import re
import subprocess

from harness import build
from ledger import benchmark
from measure import interleaved, median, ratio
from page import table
from registry import row

SCRIPT = "redis.call('INCRBY', KEYS[1], 1) redis.call('HSET', KEYS[2], 'a', ARGV[1]) " \
    "return redis.call('XADD', KEYS[3], 'MAXLEN', '~', 1000, '*', 'a', ARGV[1])"
KEYS = ["{bench}:a", "{bench}:b", "{bench}:c"]


@row("client", "The Redis client")
def client(bench):
    redis = bench.start_redis()
    redis.call("SET", "bench:value", "x" * 6_000)
    digest = redis.call("SCRIPT", "LOAD", SCRIPT)
    program, calls, lines = build.release("cointape-bench"), bench.size(200_000, 5_000), []
    commands = {
        "EVALSHA": (["EVALSHA", digest, "3", *KEYS, "1"], []),
        "GET of 6,000 bytes": (["GET", "bench:value"], ["--size", "6000"])}
    for name, (command, options) in commands.items():
        rivals = {f"`redis-benchmark -P 16 -c {count}`": lambda count=count: benchmark(
            redis.port, calls, count, *command, options=["-P", "16"]) for count in (4, 16)}
        ours = {f"{tasks} tasks": lambda tasks=tasks: ours_with(bench, program, redis, [
            *options, "--on-loop", "--tasks", tasks, "--calls", calls if tasks > 1 else calls // 10], command)
            for tasks in (1, 16, 64, 256)}
        ours["64 tasks elsewhere"] = lambda: ours_with(
            bench, program, redis, [*options, "--tasks", 64, "--calls", calls], command)
        rates = interleaved(bench.rounds, rivals | ours)
        against = rates[list(rivals)[1]]
        lines += [(f"{name}, {side}", f"{median(found):,.0f}", f"{ratio(found, against):.2f}")
                  for side, found in rates.items()]
    return "\n\n".join([
        "One connection of ours, on whose event loop tasks wait for their replies; each sends its next command then. The "
        "rival sends 16 commands at a time on each of its connections, and throws the replies away.",
        table(("", "commands/s", "of `-P 16 -c 16`"), *lines)])


def ours_with(bench, program, redis, options, command):
    text = subprocess.run(
        [program, "redis", "--url", redis.url, *(str(option) for option in options), "--", *command], stdout=subprocess.PIPE, text=True, check=True, env=bench.environment).stdout
    return float(re.search(r"([\d.]+) commands/s", text).group(1))
