"""Benchmarks of Kairan beside their peers. Prints one row a measure: ours, the peer's, the ratio.

Run through tests/bench/run.sh (make bench); names of measures as arguments choose some. Peers:
smtp-source of Postfix for sending, a bare libmicrohttpd page for pages, or ourselves without what is measured.
"""
import os
import sys
import time

from cost import measure_cpu
from endurance import measure_bloat, measure_fanout, measure_sixth, measure_snapshot
from fairness import measure_first, measure_sick, measure_stop
from oplog import measure_append, measure_log, measure_verify
from pages import measure_busy, measure_crowd, measure_oracle, measure_pages
from programs import Programs
from sending import measure_dkim, measure_dot, measure_express, measure_growth, measure_postfix, measure_send
from town import Town
from upgrade import measure_migrate

MEASURES = {"send": measure_send, "dot": measure_dot, "postfix": measure_postfix, "dkim": measure_dkim,
            "express": measure_express, "growth": measure_growth, "first": measure_first, "sick": measure_sick, "stop": measure_stop,
            "snapshot": measure_snapshot, "sixth": measure_sixth, "fanout": measure_fanout, "cpu": measure_cpu,
            "append": measure_append, "log": measure_log, "verify": measure_verify,
            "migrate": measure_migrate, "pages": measure_pages, "busy": measure_busy, "oracle": measure_oracle, "crowd": measure_crowd}
SOAKS = {"bloat": measure_bloat}  # by name only: they outlast the hour


def main():
    chosen = sys.argv[1:] or os.environ.get("MEASURE", "").split() or list(MEASURES)
    print("| measure | ours | peer | ratio | bar |\n| --- | --- | --- | --- | --- |", flush=True)
    for name in chosen:
        start = time.monotonic()
        with Programs() as programs:
            town = Town()
            {**MEASURES, **SOAKS}[name](programs, town)
            town.close()
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


main()
