"""Journals of senders that do not come back: fewer senders than before, with and without their files."""
import os

import pytest

from sink import Hold, Sink

SENDERS, CONNECTIONS = 3, 4


def killed_at_the_dot(trial, **how):
    """A broadcast whose senders are all killed, master first, while each waits for the reply to a dot."""
    trial.residents(2000 if how["urgent"] else 800)
    held, dots = Hold(), []

    def script(step, recipient, count):
        if step == "dot":
            dots.append(recipient)
        return [held, Sink.DROP] if step == "dot" and len(dots) <= SENDERS * CONNECTIONS else None

    sink = trial.start(script, senders=SENDERS, connections=CONNECTIONS, chunk_members=100)
    senders = [trial.pid(slot=slot) for slot in range(SENDERS)]
    trial.approve(**how)
    sink.wait(lambda s: len(held.ports) == SENDERS * CONNECTIONS)
    trial.system.processes.pop("worker").kill()
    trial.kill(*senders)
    sink.script = (lambda step, recipient, count: None)
    held.release()
    return {name: trial.system.settings[name] for name in ("journal_dir", "public_url")}


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("files", ["kept", "lost"])
def test_fewer_senders_than_before(trial, urgent, files):
    """One sender where there were three: the sweep of the host brings home what the others left."""
    same = killed_at_the_dot(trial, urgent=urgent)
    folder = same["journal_dir"]
    assert sorted(name for name in os.listdir(folder) if name.endswith(".journal")) == [
        f"send-{slot}.journal" for slot in range(SENDERS)]
    if files == "lost":
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
    trial.start(senders=1, connections=CONNECTIONS, **same)
    trial.worker.wait_line("sweep 0: replayed the journal")
    assert not trial.said("do not fit the database")
    share = 100 if urgent else 1
    verdict = trial.end(doubles=SENDERS * CONNECTIONS * share)
    assert verdict.accepted == len(trial.wanted) and verdict.doubles > 0
    texts = {}
    for mail in trial.sink.mails:
        texts.setdefault(mail.message_id, set()).add(mail.data)
    assert not urgent or all(len(alike) == 1 for alike in texts.values())
