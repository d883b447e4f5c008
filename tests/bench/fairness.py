"""Who waits for whom: the first message, healthy domains beside sick ones, a stop."""
import statistics
import time

from figures import CONTACTS, POOL, RECIPIENTS, RUNS, alternate, row
from programs import free_port


def times(measure, seconds, bar):
    row(measure, f"{statistics.median(seconds) * 1000:.0f} ms", f"largest {max(seconds) * 1000:.0f} ms", "", bar)


def measure_first(programs, town):
    """Each alert is stopped after its first message: what comes later is another measure's business."""
    def first(urgent):
        alert = town.approve(urgent)
        seconds = town.first(alert)
        town.stop(alert)
        return alert, seconds

    def idle(urgent):
        alert, seconds = first(urgent)
        town.end(alert)
        return seconds

    town.residents(CONTACTS)
    port = free_port()
    with programs.smtp_sink(port), programs.workers(relay=port, hasty=True, **POOL):
        idle(False)
        times(f"approve → first message accepted, {CONTACTS:,} contacts, idle", [idle(False) for _ in range(RUNS)], "< 300 ms")
        routine = town.approve()
        town.first(routine)
        urgent = [first(True)[1] for _ in range(RUNS)]
        ended = town.sql(town.owner, "SELECT 1 FROM broadcast WHERE alert = %s AND ended_at IS NOT NULL", routine)
        town.stop(routine)
        assert not ended, "the routine broadcast was too short"
        times(f"the same, urgent over a running routine broadcast to {CONTACTS:,}", urgent, "< 1 s")


class Sick:
    """A tenth of the residents in a domain that never answers, a tenth in one that answers 421; the
    healthy have a category of their own, so that the same town is measured without the sick ones."""
    HOLE, BUSY = "@hole.example", "@busy.example"

    def __init__(self, programs, town, **settings):
        self.programs, self.town, self.settings = programs, town, settings
        self.healthy = sum(1 for i in range(10) if i > 1) * (RECIPIENTS // 10)
        town.residents(RECIPIENTS // 10 * 10, "CASE id % 10 WHEN 0 THEN 'hole.example' WHEN 1 THEN 'busy.example' "
                       "ELSE 'mail' || id % 50 || '.example' END", "CASE WHEN id % 10 < 2 THEN '{2}' ELSE '{1}' END::smallint[]")

    def run(self, categories):
        """Seconds from approval to the last healthy one taken. The pool is new each time: it knows no domain's past."""
        self.town.forget()
        port = free_port()
        with self.programs.sick_sink(port, hole=self.HOLE, busy=self.BUSY) as counts, \
                self.programs.workers(relay=port, hasty=True, **POOL, **self.settings) as pool:
            pool.wait_ready(self.town)
            start = time.monotonic_ns()
            alert = self.town.approve(categories=categories)
            while counts().taken < self.healthy:
                assert time.monotonic_ns() - start < 300e9, counts()
                time.sleep(0.01)
            seconds = (counts().last_taken_ns - start) / 1e9
            self.town.stop_rest(alert)
        return seconds


def measure_sick(programs, town):
    sick = Sick(programs, town)
    with_them, alone = alternate(lambda: sick.run([1, 2]), lambda: sick.run([1]))
    a, b = statistics.median(with_them), statistics.median(alone)
    row(f"{sick.healthy:,} healthy beside {RECIPIENTS // 10:,} black-holed and {RECIPIENTS // 10:,} answering 421: "
        "the healthy are done", f"{a:.2f} s", f"{b:.2f} s (the healthy alone)", f"{a / b:.2f}", "≤ 1.1")


def measure_stop(programs, town):
    """Between the press, before the database hears of it, and the last go-ahead that any DATA got."""
    town.residents(RECIPIENTS)
    port = free_port()
    late, unsent = [], []
    with programs.sick_sink(port) as counts, programs.workers(relay=port, **POOL):
        for _ in range(RUNS):
            before = counts().taken
            alert = town.approve()
            while counts().taken < before + RECIPIENTS // 5:
                time.sleep(0.005)
            press = time.monotonic_ns()
            town.stop(alert)
            ends = town.end(alert)
            assert ends["cancelled"] > 0 and ends["accepted"] == counts().taken - before, (ends, counts())
            late.append(max(counts().last_data_ns - press, 0) / 1e9)
            unsent.append(ends["cancelled"])
    times(f"stop → last new DATA, {RECIPIENTS:,} recipients, {statistics.median(unsent):,.0f} not sent", late, "≤ 1 s")
