"""A resident whose record cannot be expanded: passed over on record, while everybody else is served."""
import contextlib

import pytest

from harness.broadcast import Broadcasts, judge
from sink import Sink

POISON = """CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$;
CREATE TRIGGER poison BEFORE INSERT ON chunk FOR EACH ROW WHEN (NEW.members @> '{333}') EXECUTE FUNCTION poison()"""


@pytest.fixture
def town(cluster):
    return Broadcasts(cluster)


def test_one_who_cannot_be_expanded_holds_up_nobody(town, make_system):
    wanted = town.residents(1500)
    town.sql(POISON)
    with contextlib.closing(Sink()) as sink:
        worker = make_system(relays=sink.address, relay_connections=8, senders=1).start_workers()
        totals = town.wait_end(town.approve())
        worker.wait_line(r"a resident is passed over")
        town.sql("DROP FUNCTION poison() CASCADE")
        assert judge(sink, wanted) == ({wanted[332]}, set(), 0)
    assert (totals["accepted"], totals["refused"], totals["total"]) == (1499, 1, 1500)
    assert town.sql("SELECT count(*) FROM oplog WHERE act = 'alert.skip'") == [(1,)]
