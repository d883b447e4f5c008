"""What the database makes of a long life: fan-out, old snapshots, broadcasts in a row, bloat."""
import statistics

from figures import CONTACTS, POOL, RECIPIENTS, RUNS, paired, row
from programs import free_port


def measure_fanout(programs, town):
    town.residents(CONTACTS)
    with programs.worker_role("fanout"):
        seconds = [town.fan_out() for _ in range(min(RUNS, 3))]
    row(f"fan-out of {CONTACTS:,} contacts", f"{statistics.median(seconds):.1f} s", "", "", "< 10 s")


def measure_snapshot(programs, town):
    def held():
        with town.old_snapshot():
            return town.pace(RECIPIENTS)

    town.residents(RECIPIENTS)
    port = free_port()
    with programs.smtp_sink(port), programs.workers(relay=port, **POOL):
        town.broadcast()
        paired(f"an old snapshot held meanwhile, {RECIPIENTS:,} recipients", held, lambda: town.pace(RECIPIENTS), "≥ 0.9",
               name="without")


def measure_sixth(programs, town):
    """Each series in a town without a past."""
    count = RECIPIENTS * 2
    port = free_port()
    firsts, sixths = [], []
    with programs.smtp_sink(port):
        for _ in range(min(RUNS, 3)):
            town.residents(count)
            with programs.workers(relay=port, **POOL) as pool:
                pool.wait_ready(town)
                seconds = [town.broadcast().last_after_approval for _ in range(6)]
            firsts.append(seconds[0])
            sixths.append(seconds[5])
    ratio = statistics.median(b / a for a, b in zip(firsts, sixths))
    row(f"sixth of six broadcasts of {count:,} in a row", f"{statistics.median(sixths):.1f} s",
        f"{statistics.median(firsts):.1f} s (the first)", f"{ratio:.2f}", "≤ 1.1")


# What is kept by law, a row or a few for each broadcast or recipient: it grows with them.
KEPT = ("delivery", "outcome", "broadcast")


def measure_bloat(programs, town):
    """A soak: table and index sizes over broadcasts in a row. What is kept grows with each by the same
    amount; all else stays as large as it was."""
    rounds, count = int(RUNS * 20), RECIPIENTS // 5
    town.residents(count)
    port = free_port()
    at = {}
    with programs.smtp_sink(port), programs.workers(relay=port, **POOL):
        for i in range(1, rounds + 1):
            town.broadcast()
            if i in (rounds // 4, rounds // 2, rounds):
                at[i] = town.sizes()
    quarter, half, whole = (at[i] for i in sorted(at))

    def largest(names):
        return ", ".join(f"{name} {whole[name] / 1e6:.1f}" for name in sorted(names, key=whole.get, reverse=True)[:5])

    kept = [name for name in whole if name.startswith(KEPT)]
    rest = [name for name in whole if name not in kept]
    for what, names in (("kept rows", kept), ("all else", rest)):
        a, b, c = (sum(sizes.get(name, 0) for name in names) for sizes in (quarter, half, whole))
        row(f"{what} after {rounds} broadcasts of {count:,} ({largest(names)})", f"{c / 1e6:.1f} MB",
            f"{b / 1e6:.1f} MB after {rounds // 2}",
            f"{(c - b) / max(2 * (b - a), 1):.2f} (growth of the second half beside the first)" if names is kept else f"{c / b:.2f}",
            "≤ 1.1")
