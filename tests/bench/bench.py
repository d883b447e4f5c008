"""Benchmarks of Kairan beside their peers. Prints one row a measure: ours, the peer's, the ratio.

Run through tests/bench/run.sh (make bench); names of measures as arguments choose some. Peers:
smtp-source of Postfix for sending, a bare libmicrohttpd page for pages.
"""
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import requests

from parts import Programs, Town, cpu_seconds, free_port, wait_port

RUNS = int(os.environ.get("RUNS", 5))
RECIPIENTS = int(os.environ.get("RECIPIENTS", 100_000))
CONTACTS = int(os.environ.get("CONTACTS", 1_000_000))
SESSIONS = 20  # in all, of ours and of smtp-source
SENDERS = os.cpu_count()


def row(measure, ours, peer="", ratio="", bar=""):
    print(f"| {measure} | {ours} | {peer} | {ratio} | {bar} |", flush=True)


def rate(n, seconds):
    return n / seconds


def paired(measure, ours, peer, bar):
    """Medians of alternating runs: messages a second of both, and of the ratios run by run."""
    a, b = zip(*((ours(), peer()) for _ in range(RUNS)))
    ratio = statistics.median(x / y for x, y in zip(a, b))
    row(measure, f"{statistics.median(a):,.0f}/s", f"{statistics.median(b):,.0f}/s (smtp-source)", f"{ratio:.2f}", bar)


def smtp_source(port, size, count):
    """Seconds that smtp-source needs for count messages."""
    start = time.monotonic()
    subprocess.run(
        ["smtp-source", "-d", "-s", str(SESSIONS), "-l", str(size), "-m", str(count), "-f", "bench@town.example",
         "-t", "sink@resident.example", f"inet:127.0.0.1:{port}"], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def message_size(programs, town):
    """Bytes of one of our messages, and the -l that makes smtp-source's as long."""
    def dumped(send):
        folder = tempfile.mkdtemp()
        port = free_port()
        with programs.run(["smtp-sink", "-u", "nobody", "-D", f"{folder}/mail", f"127.0.0.1:{port}", "10"]
                          if os.geteuid() == 0 else
                          ["smtp-sink", "-D", f"{folder}/mail", f"127.0.0.1:{port}", "10"], chown=folder):
            wait_port(port)
            send(port)
            text = open(f"{folder}/mail", "rb").read()
        shutil.rmtree(folder)
        return len(re.sub(rb"^(X-.*\n)+", b"", text))

    def ours(port):
        with programs.workers(relay=port, connections=1, senders=1):
            town.broadcast()

    town.residents(1)
    size = dumped(ours)
    overhead = dumped(lambda port: smtp_source(port, 1, 1))
    return size, max(size - overhead, 1)


def sending(programs, town, measure, sink, port, bar):
    """Ours beside smtp-source, through one running sink, message for message as long."""
    size, payload = message_size(programs, town)
    town.residents(RECIPIENTS)
    with sink, programs.workers(relay=port, connections=SESSIONS // SENDERS, senders=SENDERS) as pool:
        paired(f"{measure}, {RECIPIENTS:,} × {size} B, {SESSIONS} sessions",
               lambda: rate(RECIPIENTS, town.broadcast().last_after_approval),
               lambda: rate(RECIPIENTS, smtp_source(port, payload, RECIPIENTS)), bar)
        row("largest sender process in it", f"{pool.peak_mib('send'):.0f} MiB", bar="< 64 MB")


def measure_send(programs, town):
    port = free_port()
    sending(programs, town, "individual mail into smtp-sink", programs.smtp_sink(port), port, "≥ 0.5")


@contextlib.contextmanager
def slow_inbox(programs, port):
    """smtp-sink delays by whole seconds only, so the demo inbox does it: 5 ms at each final dot."""
    web = free_port()
    with programs.run([f"{programs.build}/kairan-inbox", "--smtp", f"127.0.0.1:{port}", "--web", f"127.0.0.1:{web}",
                       "--keep", "10"]):
        wait_port(port)
        wait_port(web)
        rule = {"domain": "*", "act": "delay", "at": "dot", "delay_ms": 5}
        requests.post(f"http://127.0.0.1:{web}/rules", json=rule, timeout=10).raise_for_status()
        yield


def measure_dot(programs, town):
    port = free_port()
    sending(programs, town, "the same, each final dot delayed by 5 ms", slow_inbox(programs, port), port, "≥ 0.5")


def measure_first(programs, town):
    town.residents(20_000)
    port = free_port()
    with programs.smtp_sink(port):
        with programs.workers(relay=port, connections=SESSIONS // SENDERS, senders=SENDERS):
            town.broadcast()
            times = [town.broadcast().first_after_approval * 1000 for _ in range(RUNS)]
    row("approve → first message accepted, 20,000 subscribers", f"{statistics.median(times):.0f} ms",
        f"largest {max(times):.0f} ms", "", "< 300 ms")


def measure_fanout(programs, town):
    town.residents(CONTACTS)
    with programs.worker_role("fanout"):
        times = [town.fan_out() for _ in range(min(RUNS, 3))]
    row(f"fan-out of {CONTACTS:,} contacts", f"{statistics.median(times):.1f} s", "", "", "< 10 s")


def wrk(url, headers=()):
    """Requests a second, median and 99 % latency in ms, of 8 seconds with 4 connections."""
    out = subprocess.run(["wrk", "-t1", "-c4", "-d8s", "--latency", *sum((["-H", h] for h in headers), []), url],
                         check=True, capture_output=True, text=True).stdout
    unit = {"us": 0.001, "ms": 1, "s": 1000}
    percent = {k: float(v) * unit[u] for k, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", out)}
    bad = re.search(r"Non-2xx[^\n]*", out)
    assert not bad, f"{url}: {bad.group(0)}"
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), percent["50"], percent["99"]


def measure_pages(programs, town):
    """The subscribe form and the progress page, alone and while a broadcast runs, beside a bare page."""
    town.residents(RECIPIENTS)
    port = free_port()
    with programs.smtp_sink(port), programs.server() as faces, \
            programs.workers(relay=port, connections=SESSIONS // SENDERS, senders=SENDERS):
        alert = town.broadcast().alert
        pages = [("subscribe form", f"{faces.public}/", ()),
                 ("progress page", f"{faces.staff}/alerts/{alert}", (f"Cookie: kairan={town.approver}",))]
        for name, url, headers in pages:
            size = len(subprocess.run(["curl", "-sf", *sum((["-H", h] for h in headers), []), url], check=True,
                                      capture_output=True).stdout)
            bare_port = free_port()
            with programs.run([f"{programs.build}/tests/bench/bare_page", str(bare_port), str(size)]):
                wait_port(bare_port)
                bare = wrk(f"http://127.0.0.1:{bare_port}/")
            alone = wrk(url, headers)
            row(f"{name}, {size} B, alone", f"{alone[0]:,.0f}/s, median {alone[1]:.1f} ms",
                f"{bare[0]:,.0f}/s, median {bare[1]:.2f} ms (bare page)", f"{alone[0] / bare[0]:.2f}", "")
            with town.broadcasting():
                busy = wrk(url, headers)
            row(f"{name} while a broadcast runs", f"{busy[0]:,.0f}/s, median {busy[1]:.1f} ms, 99 % {busy[2]:.0f} ms",
                "", "", "median < 20 ms")


class Asker:
    """A browser at one form, each post from a network of its own; its time to an answer."""

    def __init__(self, page, path):
        self.page, self.path, self.networks = page, path, 0
        self.http = requests.Session()
        self.http.trust_env = False
        self.tree = self.http.get(page, headers={"Accept": "application/json"}, timeout=30).json()

    def ask(self, fields, status):
        self.networks += 1
        network = f"10.{self.networks >> 8}.{self.networks & 255}.{1 if status == 200 else 2}"
        start = time.perf_counter()
        answer = self.http.post(self.path, data={**fields, "csrf": self.tree["frame"]["csrf"]}, timeout=60,
                                headers={"X-Forwarded-For": network})
        assert answer.status_code == status, answer.text
        return (time.perf_counter() - start) * 1000


def measure_cpu(programs, town):
    """Where the time of one message goes: CPU of every process that has part in a broadcast."""
    parts = {"PostgreSQL (claims, outcomes, fan-out)": ("postgres: kairan_sender",), "senders": ("kairan-worker", "--role send"),
             "fan-out": ("kairan-worker", "--role fanout"), "smtp-sink": ("smtp-sink",)}
    town.residents(RECIPIENTS)
    port = free_port()
    with programs.smtp_sink(port), programs.workers(relay=port, connections=SESSIONS // SENDERS, senders=SENDERS):
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


def measure_oracle(programs, town):
    """Whether time tells who is known: pairs of a known and an unknown name or address, in turn."""
    pairs = 100 * RUNS
    town.residents(pairs)
    town.sql(town.owner, "UPDATE contact SET hash = address_hash(address)")
    known = [address for address, in town.sql(town.owner, "SELECT address FROM contact ORDER BY id")]
    with programs.server(KAIRAN_TRUSTED_PROXY="127.0.0.1", KAIRAN_SIGN_IN_TRIES_PER_HOUR="100") as faces:
        def sign_in(asker, name):
            return asker.ask({"login": name, "password": "a wrong password"}, 422)

        def by_address(asker, address):
            return asker.ask({"address": address, "category": "1", "area": "1", "agreed": "yes", "terms_version": "1"}, 200)

        for name, page, path, count, ask, strangers, known_ones in (
                ("sign-in", f"{faces.staff}/sign-in", f"{faces.staff}/sign-in", min(pairs, 95), sign_in, "nobody{}", ["drafter"] * 95),
                ("subscribe", faces.public + "/", faces.public + "/subscribe", pairs, by_address, "nobody{}@resident.example", known),
                ("leave", faces.public + "/leave", faces.public + "/leave", pairs, by_address, "no{}@resident.example", known)):
            asker = Asker(page, path)
            times = []
            for i in range(count):  # who comes first changes, for a machine's load does too
                both = [known_ones[i], strangers.format(i)]
                got = [ask(asker, who) for who in (both if i % 2 else reversed(both))]
                times.append(got if i % 2 else got[::-1])
            a, b = map(statistics.median, zip(*times))
            apart = statistics.median(x - y for x, y in times)
            row(f"{name}: known beside unknown, {count} pairs", f"{a:.1f} ms", f"{b:.1f} ms (unknown)", f"{apart:+.1f} ms", "≤ 10 ms")


MEASURES = {"send": measure_send, "dot": measure_dot, "first": measure_first, "fanout": measure_fanout,
            "pages": measure_pages, "cpu": measure_cpu, "oracle": measure_oracle}

if __name__ == "__main__":
    chosen = sys.argv[1:] or os.environ.get("MEASURE", "").split() or list(MEASURES)
    print("| measure | ours | peer | ratio | bar |\n| --- | --- | --- | --- | --- |", flush=True)
    for name in chosen:
        with Programs() as programs:
            town = Town()
            MEASURES[name](programs, town)
            town.close()
