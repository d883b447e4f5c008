"""Pages: how quick they are, alone and while a broadcast runs, and whether their time tells who is known."""
import concurrent.futures
import hashlib
import re
import statistics
import subprocess
import threading
import time

import requests

from figures import POOL, RECIPIENTS, RUNS, row
from programs import cpu_seconds, free_port, wait_port


ALERTS, OUTCOMES = 1_000, 1_000_000  # of the town that is looked at


class Pace:
    """What wrk says of a page asked with 4 connections for some seconds: requests a second, in all, latencies in ms."""

    def __init__(self, url, headers=(), seconds=8):
        out = subprocess.run(["wrk", "-t1", "-c4", f"-d{seconds}s", "--latency", *curl_headers(headers), url],
                             check=True, capture_output=True, text=True).stdout
        bad = re.search(r"(Non-2xx|Socket errors)[^\n]*", out)
        assert not bad, f"{url}: {bad.group(0)}"
        unit = {"us": 0.001, "ms": 1, "s": 1000}
        percent = {k: float(v) * unit[u] for k, v, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", out)}
        self.median_ms, self.most_ms = percent["50"], percent["99"]
        self.a_second = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
        self.requests = int(re.search(r"(\d+) requests in", out).group(1))


def curl_headers(headers):
    return sum((["-H", h] for h in headers), [])


def bare_pace(programs, url, headers):
    """The size of a page, and the pace of a bare one as large."""
    size = len(subprocess.run(["curl", "-sf", *curl_headers(headers), url], check=True, capture_output=True).stdout)
    port = free_port()
    with programs.run([f"{programs.build}/tests/bench/bare_page", str(port), str(size)]):
        wait_port(port)
        return size, Pace(f"http://127.0.0.1:{port}/", seconds=4)


def spent_s(programs, town, face):
    """CPU seconds so far, the kernel's too, of the face's processes, and of the database's processes that serve them."""
    backends = {str(pid) for pid, in town.sql(town.owner, "SELECT pid FROM pg_stat_activity WHERE usename = %s", f"kairan_{face}")}
    own = cpu_seconds((f"{programs.build}/kairan-server", f"--role {face}"))
    served = cpu_seconds((f"postgres: kairan_{face}",))
    return sum(own.values()), sum(seconds for pid, seconds in served.items() if pid in backends)


def page_rows(programs, town, name, url, headers, face, bar):
    """Two rows: the page beside a bare one, and where the CPU time of a request goes."""
    size, bare = bare_pace(programs, url, headers)
    before = spent_s(programs, town, face)
    pace = Pace(url, headers)
    own_us, database_us = ((now - then) / pace.requests * 1e6 for now, then in zip(spent_s(programs, town, face), before))
    row(f"{name}, {size} B", f"{pace.a_second:,.0f}/s, median {pace.median_ms:.1f} ms",
        f"{bare.a_second:,.0f}/s, median {bare.median_ms:.2f} ms (bare page)", f"{pace.a_second / bare.a_second:.2f}", bar)
    row(f"{name}: CPU a request", f"own work {own_us:.0f} µs, database {database_us:.0f} µs", bar="own work ≤ 300 µs")


def measure_pages(programs, town):
    """Pages of a town with a past, beside a bare page of the same size."""
    alert = town.past(ALERTS, OUTCOMES)
    signed_in = (f"Cookie: kairan={town.approver}",)
    quick = "≥ 800/s, median ≤ 4 ms"
    with programs.server() as faces:
        page_rows(programs, town, "subscribe form", f"{faces.public}/", (), "public", "ratio ≥ 0.5")
        page_rows(programs, town, "progress page", f"{faces.staff}/alerts/{alert}", signed_in, "staff", quick)
        page_rows(programs, town, "list of alerts", f"{faces.staff}/alerts", signed_in, "staff", quick)
        page_rows(programs, town, "report", f"{faces.staff}/alerts/{alert}/report", signed_in, "staff", quick)


def measure_busy(programs, town):
    """The subscribe form and the progress page while a broadcast runs."""
    town.residents(RECIPIENTS)
    port = free_port()
    with programs.smtp_sink(port), programs.server() as faces, programs.workers(relay=port, **POOL):
        alert = town.broadcast().alert
        for name, url, headers in (("subscribe form", f"{faces.public}/", ()),
                                   ("progress page", f"{faces.staff}/alerts/{alert}", (f"Cookie: kairan={town.approver}",))):
            with town.broadcasting():
                pace = Pace(url, headers)
            row(f"{name} while a broadcast runs", f"{pace.a_second:,.0f}/s, median {pace.median_ms:.1f} ms, 99 % {pace.most_ms:.0f} ms",
                bar="median < 20 ms")


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


def measure_oracle(programs, town):
    """Whether time tells who is known: pairs of a known and an unknown name or address, in turn."""
    pairs = 100 * RUNS
    town.residents(pairs)
    town.sql(town.owner, "UPDATE contact SET hash = address_hash(address)")
    known = [address for address, in town.sql(town.owner, "SELECT address FROM contact ORDER BY id")]
    with programs.server(KAIRAN_TRUSTED_PROXY="127.0.0.1", KAIRAN_SIGN_IN_TRIES_PER_HOUR="100") as faces:
        def sign_in(asker, name):
            town.sql(town.owner, "DELETE FROM try_delay")  # failures in a row would have to wait
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


CROWD, PASSWORD, SALT = 20, "a long password of this bench", b"0123456789abcdef"


def crowd(town):
    """Names of as many drafters, all with PASSWORD; all at the cost that the town asks of new ones."""
    names = [f"crowd{i}" for i in range(CROWD)]
    proof = hashlib.scrypt(PASSWORD.encode(), salt=SALT, n=1 << 17, r=8, p=1, dklen=32, maxmem=1 << 28)
    for name in names:
        if not town.sql(town.owner, "SELECT 1 FROM person WHERE login = %s", name):
            town.sql(town.owner, "SELECT staff_add(%s, %s, '', %s, 'scrypt:17:8:1', %s, 'drafter', 'bousai')",
                     name, name, SALT, hashlib.sha256(proof).digest())
    return names


def percentile(times, percent):
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def measure_crowd(programs, town):
    """Twenty sign-ins at once, again and again; what other people's pages take meanwhile."""
    town.residents(RECIPIENTS)
    with programs.server(KAIRAN_TRUSTED_PROXY="127.0.0.1", KAIRAN_SIGN_IN_TRIES_PER_HOUR="100") as faces:
        pages = {"list of alerts": (f"{faces.staff}/alerts", {"kairan": town.approver}), "subscribe form": (f"{faces.public}/", {})}
        names = crowd(town)

        def look(page, cookies, ended):
            """How long each look took, till they have ended: people look now and then, so that helpers get their share."""
            http = requests.Session()
            http.trust_env = False
            times = []
            while not ended.wait(0.02):
                start = time.perf_counter()
                answer = http.get(page, cookies=cookies, timeout=30, allow_redirects=False)
                times.append((time.perf_counter() - start) * 1000)
                assert answer.status_code == 200, answer.text
            return times

        with concurrent.futures.ThreadPoolExecutor(CROWD + len(pages)) as threads:
            taken, looks = [], {name: [] for name in pages}
            for _ in range(RUNS):
                askers = [(Asker(f"{faces.staff}/sign-in", f"{faces.staff}/sign-in"), name) for name in names]
                ended = threading.Event()
                lookers = {name: threads.submit(look, *page, ended) for name, page in pages.items()}
                signing = [threads.submit(asker.ask, {"login": name, "password": PASSWORD}, 200) for asker, name in askers]
                try:
                    taken += [each.result() for each in signing]
                finally:
                    ended.set()
                for name, looker in lookers.items():
                    looks[name] += looker.result()
        row(f"{CROWD} sign-ins at once, {RUNS} times", f"median {statistics.median(taken) / 1000:.1f} s, last {max(taken) / 1000:.1f} s")
        for name, times in looks.items():
            row(f"{name} meanwhile, {len(times):,} looks", f"median {statistics.median(times):.0f} ms, 95 % {percentile(times, 95):.0f} ms, "
                f"99 % {percentile(times, 99):.0f} ms", bar="95 % ≤ 100 ms")
