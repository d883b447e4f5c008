"""How the figures are made: sizes, medians of alternating runs, rows of the table."""
import os
import statistics

RUNS = int(os.environ.get("RUNS", 5))
RECIPIENTS = int(os.environ.get("RECIPIENTS", 100_000))
CONTACTS = int(os.environ.get("CONTACTS", 1_000_000))
SESSIONS = 20  # in all, of ours and of smtp-source
SENDERS = os.cpu_count()
POOL = {"connections": SESSIONS // SENDERS, "senders": SENDERS}


def row(measure, ours, peer="", ratio="", bar=""):
    print(f"| {measure} | {ours} | {peer} | {ratio} | {bar} |", flush=True)


def alternate(ours, peer, runs=RUNS):
    """What both gave, run by run in turn; who begins changes, for a machine's load does too."""
    pairs = []
    for i in range(runs):
        both = [ours, peer] if i % 2 == 0 else [peer, ours]
        got = [each() for each in both]
        pairs.append(got if i % 2 == 0 else got[::-1])
    return [a for a, _ in pairs], [b for _, b in pairs]


def paired(measure, ours, peer, bar, name="smtp-source"):
    """A row: medians of both in messages a second, and of the ratios run by run; ours."""
    a, b = alternate(ours, peer)
    ratio = statistics.median(x / y for x, y in zip(a, b))
    row(measure, f"{statistics.median(a):,.0f}/s", f"{statistics.median(b):,.0f}/s ({name})", f"{ratio:.2f}", bar)
    return statistics.median(a)
