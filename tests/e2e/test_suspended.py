"""The list of suspended addresses, for scripts: masked, in pages, lifted one by one and on record."""
import pytest

from harness.client import Refused

COUNT = 60  # more than a page of 50


@pytest.fixture(scope="module")
def admin(people):
    """The administrator of a town in which COUNT addresses are suspended; the newest one's number."""
    people.sql("""
        WITH i AS (INSERT INTO kairan.import (reason, file_name) VALUES ('test', 'test') RETURNING id),
            s AS (INSERT INTO kairan.subscriber (lang, categories, areas, own, import)
                SELECT 'ja', '{1}', '{1}', false, id FROM i, generate_series(1, %s) RETURNING id),
            c AS (INSERT INTO kairan.contact (subscriber, channel, address, hash, confirmed_at, suspended_at)
                SELECT id, 'mail', 'hanako' || id || '@resident.example', sha256(id::text::bytea), now(), now() FROM s
                RETURNING id)
        INSERT INTO kairan.doubt (contact, judge_at, suspended_at, reason)
        SELECT id, 'infinity', now(), CASE WHEN id %% 3 = 0 THEN 'complaint' ELSE 'permanent' END FROM c""", (COUNT,))
    people.sql("INSERT INTO kairan.intake_tally VALUES (current_date, 'forged', 1234567)")
    return people.signed_in("admin", "administrator", None)


def test_pages(admin):
    tree = admin.get("/suspended")
    assert len(tree["rows"]) == 50 and tree["pager"]["has_older"] and not tree["pager"]["has_newer"]
    rest = admin.get(tree["pager"]["older"])
    assert len(rest["rows"]) == COUNT - 50 and not rest["pager"]["has_older"]
    rows = tree["rows"] + rest["rows"]
    assert {row["address"] for row in rows} == {"h***@resident.example"} and len({row["id"] for row in rows}) == COUNT
    numbers = {count["what"]: count["n"] for count in tree["counts"]}
    assert numbers == {"complaint": str(COUNT // 3), "permanent": str(COUNT - COUNT // 3), "warned": "0"}
    assert [(mail["what"], mail["n"]) for mail in tree["mails"]] == [("mail.forged", "1,234,567")]


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30])
def test_no_such_page(admin, before):
    with pytest.raises(Refused) as refused:
        admin.get("/suspended", before=before)
    assert refused.value.status == 422


def test_lifting_one(admin, people):
    contact = admin.get("/suspended")["rows"][0]["id"]
    assert contact not in {row["id"] for row in admin.post(f"/suspended/{contact}/resume")["rows"]}
    assert people.sql("SELECT c.suspended_at, d.reason FROM kairan.contact c JOIN kairan.doubt d ON d.contact = c.id "
                      "WHERE c.id = %s", (contact,)) == [(None, None)]
    log = admin.get("/log", lang="en")["rows"][0]
    assert (log["act"], log["object_text"]) == ("Turning an address on again", f"Address {contact}")
    with pytest.raises(Refused) as refused:
        admin.post(f"/suspended/{contact}/resume")
    assert refused.value.status == 409


def test_an_auditor_only_reads(admin, people):
    people.add("auditor", ("auditor", None))
    auditor = people.signed_in("auditor", "auditor", None)
    tree = auditor.get("/suspended")
    assert tree["rows"] and not tree["can_act"]
    with pytest.raises(Refused) as refused:
        auditor.post(f"/suspended/{tree['rows'][0]['id']}/resume")
    assert refused.value.status == 403
