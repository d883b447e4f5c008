"""`kairan migrate` beside work: what an urgent alert waits for while a release comes in."""
import os
import re
import shutil
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from fairness import times
from figures import CONTACTS, POOL, RUNS, row
from programs import TOP, free_port


def releases(folder):
    """Two folders for `kairan migrate --dir`: the law as it is, and one in which every function and every trigger is another."""
    now, other = os.path.join(folder, "now"), os.path.join(folder, "other")
    for path in (now, other):
        shutil.copytree(os.path.join(TOP, "migrations"), f"{path}/migrations")
        shutil.copytree(os.path.join(TOP, "core"), f"{path}/law")
    for at, _, names in os.walk(f"{other}/law"):
        for name in (n for n in names if n.endswith(".law.sql")):
            with open(os.path.join(at, name), "r+", encoding="utf-8") as file:
                law = re.sub(r"(CREATE (?:CONSTRAINT )?TRIGGER \w+)", r"\1_too", file.read().replace("AS $$", "AS $$ -- another\n"))
                file.seek(0)
                file.write(law)
    return now, other


def measure_migrate(programs, town):
    """Each alert is stopped after its first message. The release changes to and fro while a routine broadcast runs."""
    def urgent():
        alert = town.approve(True)
        seconds = town.first(alert)
        town.stop(alert)
        return seconds

    def migrate(folder):
        start = time.monotonic()
        with programs.ours("kairan", ["migrate", "--dir", folder], {}) as child:
            assert child.wait(300) == 0
        return time.monotonic() - start

    now, other = releases(programs.make("releases"))
    town.residents(CONTACTS)
    port = free_port()
    took, waited = [], []
    with programs.smtp_sink(port), programs.workers(relay=port, hasty=True, **POOL), ThreadPoolExecutor(1) as beside:
        routine = town.approve()
        town.first(routine)
        alone = [urgent() for _ in range(RUNS)]
        for folder in [other, now] * ((RUNS + 1) // 2):
            going = beside.submit(migrate, folder)
            while not going.done():
                waited.append(urgent())
            took.append(going.result())
        town.stop(routine)
    row(f"kairan migrate, all functions and triggers changed, beside a routine broadcast to {CONTACTS:,}",
        f"{statistics.median(took):.1f} s", f"longest {max(took):.1f} s")
    times("urgent alert meanwhile, approve → first message accepted", waited, "< 2 s")
    times("the same before it", alone, "< 1 s")
