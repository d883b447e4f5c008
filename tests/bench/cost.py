"""Where the time of one message goes."""
import statistics

from figures import POOL, RECIPIENTS, RUNS, row
from programs import cpu_seconds, free_port


def measure_cpu(programs, town):
    """Where the time of one message goes: CPU of every process that has part in a broadcast."""
    parts = {"PostgreSQL (claims, outcomes, fan-out)": ("postgres: kairan_sender",), "senders": ("kairan-worker", "--role send"),
             "fan-out": ("kairan-worker", "--role fanout"), "smtp-sink": ("smtp-sink",)}
    town.residents(RECIPIENTS)
    port = free_port()
    with programs.smtp_sink(port), programs.workers(relay=port, **POOL):
        town.broadcast()
        spent = {name: [] for name in parts}
        for _ in range(RUNS):
            before = {name: cpu_seconds(words) for name, words in parts.items()}
            town.broadcast()
            for name, words in parts.items():
                now = cpu_seconds(words)
                spent[name].append(sum(now[pid] - before[name].get(pid, 0) for pid in now))
    for name, seconds in spent.items():
        row(f"CPU: {name}, {RECIPIENTS:,} recipients", f"{statistics.median(seconds) / RECIPIENTS * 1e6:.1f} µs a message")
