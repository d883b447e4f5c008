"""The outside judge of a broadcast under faults (P3, P4): what the sink saw is held against whom the test
wanted to reach, and against what the database says. No program of ours is asked but `kairan verify-log`."""
from collections import Counter, defaultdict, namedtuple

# doubles: mails beyond the first of each recipient; retold: recipients with a double; sent: accepted, or in
# doubt twice (unknown)
Verdict = namedtuple("Verdict", "doubles retold sent accepted refused expired cancelled unknown")

ENDS = ("accepted", "refused", "expired", "cancelled", "unknown")


def count_sink(sinks, wanted):
    """Mails a recipient, of all sinks; one that was refused at its dot is none, one without a reply is. What
    may never be seen fails here."""
    mails = [mail for sink in sinks for mail in list(sink.mails) if mail.reply in ("", "2")]
    seen = Counter(recipient for mail in mails for recipient in mail.recipients)
    identities = defaultdict(set)
    towns = set(wanted)
    for mail in mails:
        for recipient in mail.recipients:
            identities[recipient].add(mail.message_id)
        check_mail(mail, towns)
    phantoms = set(seen) - towns
    assert not phantoms, f"PHANTOM {sorted(phantoms)[:5]}"
    renamed = {who: names for who, names in identities.items() if len(names) > 1}
    assert not renamed, f"a double with another Message-ID: {list(renamed.items())[:3]}"
    for sink in sinks:
        assert not sink.problems, f"bytes that must not be on the wire: {sink.problems[:3]}"
    return seen


def check_mail(mail, towns):
    """One recipient unless the mail is addressed to nobody by name, and no other resident's address in it."""
    text = mail.data.decode("utf-8", "replace")
    named = {address for address in towns & set(mail.recipients) if address in text}
    if len(mail.recipients) > 1:
        assert not named and "undisclosed-recipients:" in text, f"MULTI-RCPT {mail.recipients[:3]}"
    words = text.replace("<", " ").replace(">", " ").replace(",", " ").replace(";", " ").split()
    foreign = {word for word in words if word.endswith("@resident.example")} - set(mail.recipients)
    assert not foreign, f"FOREIGN {foreign}"


def read_ends(town, alert):
    """address -> its one end, from the rows themselves."""
    rows = town.sql("SELECT contact, result::text, again FROM outcome WHERE alert = %s AND final", alert)
    ends = {town.addresses[contact]: (result, again) for contact, result, again in rows}
    assert len(ends) == len(rows), "two ends of one delivery"
    return ends


def check_accounts(town, alert, wanted, ends):
    """The rows, the totals and the state agree; nothing is left in anybody's hands."""
    names = ", ".join(("total", *ENDS))
    totals = dict(zip(("total", *ENDS), town.sql(f"SELECT {names} FROM broadcast WHERE alert = %s", alert)[0]))
    counted = Counter(result for result, _ in ends.values())
    assert {name: counted[name] for name in ENDS} == {name: totals[name] for name in ENDS}
    assert totals["total"] == len(wanted) == len(ends)
    town.wait("SELECT 1 WHERE NOT EXISTS (SELECT FROM chunk WHERE alert = %s AND state <> 'closed')", alert, timeout_s=5)
    assert town.sql("SELECT state IN ('done', 'stopped', 'cancelled') FROM alert WHERE id = %s", alert) == [(True,)]


def judge(town, alert, wanted, *sinks, doubles=0, lost_ok=("refused", "expired", "cancelled")):
    """The verdict on a broadcast that has ended. LOST, PHANTOM and more doubles than given fail, so do a
    double that the database does not flag and any difference between sink and database. An end in
    `lost_ok` needs no mail in the sink; "accepted" and "unknown" do."""
    seen = count_sink(sinks, wanted)
    ends = read_ends(town, alert)
    check_accounts(town, alert, wanted, ends)
    lost = {who for who in wanted if who not in seen and ends[who][0] not in lost_ok}
    assert not lost, f"LOST {len(lost)}: {sorted(lost)[:5]}"
    silent = {who for who in seen if ends[who][0] in ("expired", "cancelled")}
    assert not silent, f"mailed, and counted as not: {sorted(silent)[:5]}"
    retold = {who for who, count in seen.items() if count > 1}
    beyond = sum(seen.values()) - len(seen)
    assert beyond <= doubles, f"DUP {beyond} > {doubles}: {sorted(retold)[:5]}"
    flagged = {town.addresses[contact] for contact, in town.sql(
        "SELECT DISTINCT contact FROM outcome WHERE alert = %s AND again", alert)}
    assert retold <= flagged, f"doubles without a flag: {sorted(retold - flagged)[:5]}"
    verified = town.cluster.kairan("verify-log", check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    count = Counter(result for result, _ in ends.values())
    return Verdict(beyond, retold, count["accepted"] + count["unknown"], *(count[name] for name in ENDS))
