"""Long runs, by `make soak` alone: a thousand kills (fault matrix B11), and broadcast after broadcast with faults of
all kinds in the middle (B50). SOAK_MINUTES says how long the second one lasts; SOAK_SEED repeats one."""
import os
import random
import signal
import time

from harness.broadcast import Broadcasts
from harness.server import Server
from harness.trial import kill, processes_of, read_file
from sink import Sink

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
SEED = int(os.environ.get("SOAK_SEED", time.time()))
SENDERS, CONNECTIONS, KEPT = 4, 4, 50


def test_b11_thousand_kills(trial):
    dice, kills, doubles = random.Random(SEED), 0, 0
    print("seed", SEED)
    trial.start(lambda step, recipient, count: dice.uniform(0, 0.1) if step == "dot" else None, SENDERS, CONNECTIONS,
                chunk_members=100)
    while kills < 1000:
        trial.residents(5000)
        trial.sink.mails.clear()
        trial.approve()
        first = kills
        while len(trial.sink.mails) < 4500 and kills < 1000:
            trial.sink.wait_mails(len(trial.sink.mails) + dice.randrange(1, 20))
            trial.kill(trial.pid("send", dice.randrange(SENDERS)))
            kills += 1
        verdict = trial.end((kills - first) * CONNECTIONS, timeout_s=600)
        assert verdict.sent == 5000
        doubles += verdict.doubles
    print(f"{kills} kills, {doubles} doubles")


class Faults:
    """One fault at a time; `allowed` is how many doubles the faults of this broadcast may have caused."""

    def __init__(self, trial, dice):
        self.trial, self.dice = trial, dice
        self.server = Server(trial.cluster).keep_commits()
        self.allowed = 0
        self.weather = None  # what the relay does beside taking mails

    def happen(self):
        fault = self.dice.choice((self.kill_sender, self.kill_all, self.restart, self.freeze, self.database_restart,
                                  self.database_kill, self.snow, self.fog, self.calm))
        fault()

    def kill_sender(self):
        self.allowed += CONNECTIONS
        self.trial.kill(self.trial.pid("send", self.dice.randrange(SENDERS)))

    def kill_all(self):
        self.allowed += SENDERS * CONNECTIONS
        self.trial.kill(*processes_of(self.trial.worker.pid).values())

    def restart(self):
        self.trial.system.stop_one("worker")
        self.trial.worker = self.trial.system.start_workers()

    def freeze(self):
        pid = self.trial.pid("send", self.dice.randrange(SENDERS))
        kill(pid, signal.SIGSTOP)
        self.trial.town.wait("SELECT 1 WHERE clock_timestamp() > %s::timestamptz + interval '7 s'",
                             *self.trial.town.sql("SELECT clock_timestamp()")[0])
        kill(pid, signal.SIGCONT)

    def database_restart(self):
        self.server.stop()
        self.server.start()
        self.renew()

    def database_kill(self):
        self.server.kill()
        self.server.start()
        self.renew()

    def renew(self):
        addresses, self.trial.town = self.trial.town.addresses, Broadcasts(self.trial.cluster)
        self.trial.town.addresses = addresses

    def snow(self):
        self.weather = "451 4.7.1 later"

    def fog(self):
        self.weather = Sink.DROP

    def calm(self):
        self.weather = None

    def script(self, step, _recipient, count):
        """One mail in fifty meets the weather, its first time only."""
        if step == "dot" and self.weather and count == 1 and self.dice.random() < 0.02:
            self.allowed += self.weather is Sink.DROP
            return self.weather
        return None


def sizes(pid):
    """Resident memory in KiB and open files of a process."""
    status = dict(line.split(":", 1) for line in read_file(f"/proc/{pid}/status").decode().splitlines() if ":" in line)
    return int(status["VmRSS"].split()[0]), len(os.listdir(f"/proc/{pid}/fd"))


def test_b50_broadcast_after_broadcast(trial):
    dice, until = random.Random(SEED), time.monotonic() + MINUTES * 60
    print("seed", SEED)
    faults = Faults(trial, dice)
    trial.start(lambda *at: faults.script(*at), SENDERS, CONNECTIONS, lease_s=6, flush_outcomes=KEPT, retry_delays_s="1,2,5",
                statement_timeout_ms=2000)
    rounds, first = 0, None
    while time.monotonic() < until:
        trial.residents(20000)
        trial.sink.mails.clear()
        faults.allowed = 0
        trial.approve()
        for share in range(1, 10):
            trial.sink.wait_mails(2000 * share, timeout_s=300)
            faults.happen()
        faults.calm()
        assert trial.end(faults.allowed, timeout_s=900).sent == 20000
        master = sizes(trial.worker.pid)
        first = first or master
        assert master[0] <= first[0] * 1.05 + 200 and master[1] <= first[1]
        rounds += 1
    print(f"{rounds} broadcasts")
    assert rounds
