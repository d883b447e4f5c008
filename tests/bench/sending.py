"""How fast mails leave, beside Postfix's smtp-source: alone, with delays, through Postfix, to a million."""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from figures import CONTACTS, POOL, RECIPIENTS, SENDERS, SESSIONS, alternate, paired, row
from programs import TOP, free_port

sys.path.insert(0, os.path.join(TOP, "tests"))
from harness.relay import Postfix  # noqa: E402  the tests' own: settings, start, queue

A_TRANSACTION = 50  # recipients of smtp-source's, beside express


def smtp_source(port, size, count, recipients=1):
    """Recipients a second that smtp-source reaches."""
    start = time.monotonic()
    subprocess.run(
        ["smtp-source", "-d", "-s", str(SESSIONS), "-l", str(size), "-m", str(count // recipients), "-r", str(recipients),
         "-f", "bench@town.example", "-t", "sink@resident.example", f"inet:127.0.0.1:{port}"], check=True, stderr=subprocess.DEVNULL)
    return count / (time.monotonic() - start)


def message_size(programs, town, urgent=False):
    """Bytes of one of our messages, and the -l that makes smtp-source's as long."""
    def dumped(send):
        folder = tempfile.mkdtemp()
        port = free_port()
        with programs.smtp_sink(port, os.path.join(folder, "mail")):
            send(port)
            with open(f"{folder}/mail", "rb") as file:
                text = file.read()
        shutil.rmtree(folder)
        return len(re.sub(rb"^(X-.*\n)+", b"", text))

    def ours(port):
        with programs.workers(relay=port, connections=1, senders=1):
            town.broadcast(urgent)

    town.residents(1)
    size = dumped(ours)
    overhead = dumped(lambda port: smtp_source(port, 1, 1))
    return size, max(size - overhead, 1)


def sending(programs, town, measure, sink, port, bar, count=RECIPIENTS):
    """Ours beside smtp-source, through one running sink, message for message as long."""
    size, payload = message_size(programs, town)
    town.residents(count)
    with sink, programs.workers(relay=port, **POOL):
        town.broadcast()
        paired(f"{measure}, {count:,} × {size} B, {SESSIONS} sessions", lambda: town.pace(count),
               lambda: smtp_source(port, payload, count), bar)


def measure_send(programs, town):
    port = free_port()
    sending(programs, town, "individual mail into smtp-sink", programs.smtp_sink(port), port, "≥ 0.9")


def measure_dot(programs, town):
    """smtp-sink delays by whole seconds only, so a sink of ours does it. Of the slower one a fifth is enough."""
    for delay_ms, count in ((5, RECIPIENTS), (50, RECIPIENTS // 5)):
        port = free_port()
        sending(programs, town, f"the same, each final dot delayed by {delay_ms} ms", programs.sick_sink(port, delay_ms=delay_ms),
                port, "≥ 0.97", count)


def measure_postfix(programs, town):
    """Hand-over time alone: each run begins when Postfix's queue is empty. A fifth of the recipients,
    for Postfix writes each mail to its disk."""
    count = RECIPIENTS // 5
    size, payload = message_size(programs, town)
    town.residents(count)
    port = free_port()
    with programs.smtp_sink(port):
        postfix = Postfix(port)

        def drained(send):
            while postfix.queued():
                time.sleep(0.5)
            return send()

        try:
            with programs.workers(relay=postfix.port, **POOL):
                paired(f"through a local Postfix to smtp-sink, {count:,} × {size} B, {SESSIONS} sessions, hand-over",
                       lambda: drained(lambda: town.pace(count)),
                       lambda: drained(lambda: smtp_source(postfix.port, payload, count)), "≥ 0.85")
        finally:
            postfix.stop()


def rsa_signs():
    """RSA-2048 signatures a second that openssl makes on all cores."""
    out = subprocess.run(["openssl", "speed", "-seconds", "3", "-multi", str(SENDERS), "rsa2048"], check=True, capture_output=True,
                         text=True).stdout
    return float(re.search(r"^rsa 2048 bits\s+\S+\s+\S+\s+([\d.]+)", out, re.M).group(1))


def measure_dkim(programs, town):
    """Beside what signing alone and sending alone allow together, both measured in turn with it."""
    count = RECIPIENTS // 2
    keys = programs.dkim_keys()
    town.residents(count)
    port = free_port()

    def pace(**settings):
        with programs.workers(relay=port, **POOL, **settings) as pool:
            pool.wait_ready(town)
            return town.pace(count)

    def limit():
        return 1 / (1 / rsa_signs() + 1 / pace())

    with programs.smtp_sink(port):
        paired(f"individual, signed with DKIM RSA-2048, {count:,} recipients", lambda: pace(KAIRAN_DKIM_DIR=keys), limit, "≥ 0.85",
               name="openssl speed and unsigned")


def measure_express(programs, town):
    size, payload = message_size(programs, town, urgent=True)
    town.residents(CONTACTS)
    port = free_port()
    with programs.smtp_sink(port), programs.workers(relay=port, **POOL) as pool:
        ours, peer = alternate(lambda: town.pace(CONTACTS, urgent=True),
                               lambda: smtp_source(port, payload, CONTACTS, A_TRANSACTION), runs=1)
        peak = pool.peak_mib("send")
    row(f"express, {CONTACTS:,} × {size} B, {SESSIONS} sessions", f"{ours[0]:,.0f}/s, {CONTACTS / ours[0]:.1f} s",
        f"{peer[0]:,.0f}/s (smtp-source -r {A_TRANSACTION})", f"{ours[0] / peer[0]:.2f}", "≥ 0.4; < 60 s")
    row("largest sender process in it", f"{peak:.0f} MiB", bar="< 64 MB")


def measure_growth(programs, town):
    """A million beside a hundred thousand: pace, memory of a sender, bytes of the database."""
    port = free_port()
    with programs.smtp_sink(port):
        town.residents(CONTACTS // 10)
        with programs.workers(relay=port, **POOL) as pool:
            town.broadcast()
            small = statistics.median(town.pace(CONTACTS // 10) for _ in range(3))
            small_mib = pool.peak_mib("send")
        town.residents(CONTACTS)
        before = sum(town.sizes().values())
        with programs.workers(relay=port, **POOL) as pool:
            large = town.pace(CONTACTS)
            large_mib = pool.peak_mib("send")
        grown = sum(town.sizes().values()) - before
    row(f"growth: {CONTACTS:,} beside {CONTACTS // 10:,}", f"{large:,.0f}/s", f"{small:,.0f}/s", f"{large / small:.2f}", "≥ 0.9")
    row("largest sender process in it", f"{large_mib:.1f} MiB", f"{small_mib:.1f} MiB", f"{large_mib / small_mib:.2f}", "< 64 MB, flat")
    row("database bytes a recipient, tables and indexes", f"{grown / CONTACTS:.0f} B")
