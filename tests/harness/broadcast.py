"""Broadcasts by plain SQL: a department, a drafter, an approver, residents; approve, wait, judge."""
import select
import time
from collections import Counter

PROOF = b"proof"
BODY = "大雨警報が発表されました。\n早めに避難してください。"


class Broadcasts:
    """A small town in a cluster of the test module's own."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.addresses = {}
        self.owner, self.staff, self.admin = (self._connect(cluster, role) for role in (
            "kairan_owner", "kairan_staff", cluster.superuser))
        self._sql(self.owner, "LISTEN kairan_alert")
        if not self.sql("SELECT 1 FROM department"):
            self._make_town()
        self._drafter, self.approver = (self._sql(
            self.staff, "SELECT token FROM sign_in(%s, %s, '', '127.0.0.1', 'test', 100, 30, 12)",
            login, PROOF)[0][0] for login in ("drafter", "head"))

    @staticmethod
    def _connect(cluster, role):
        link = cluster.connect(role)
        Broadcasts._sql(link, "SET search_path = kairan")
        return link

    @staticmethod
    def _sql(link, text, *params):
        with link.cursor() as cursor:
            cursor.execute(text, params)
            return cursor.fetchall() if cursor.description else []

    def sql(self, text, *params):
        """As the owner of the schema."""
        return self._sql(self.owner, text, *params)

    def _make_town(self):
        self.sql("INSERT INTO department (code, name) VALUES ('bousai', '防災課')")
        self.sql("INSERT INTO category (department, name) VALUES (1, '防災')")
        self.sql("INSERT INTO area (name) VALUES ('北部')")
        self.sql("INSERT INTO import (reason, file_name) VALUES ('test', 'test')")
        for login, role in (("drafter", "drafter"), ("head", "approver")):
            self.sql("SELECT staff_add(%s, %s, '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', sha256(%s), "
                     "%s, 'bousai')", login, login, PROOF, role)

    def residents(self, count):
        """The town has exactly these residents afterwards; their addresses. No worker may be there meanwhile, for they
        lock these tables in an order of their own."""
        self.wait("SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename IN ('kairan_house', 'kairan_intake') "
                  "OR usename = 'kairan_sender' AND state <> 'idle')", timeout_s=10)  # who only listens holds no lock
        self.sql("TRUNCATE contact, subscriber, chunk, outcome, delivery, broadcast, letter, worker, relay_state, lane_state "
                 "RESTART IDENTITY CASCADE")
        self.sql("INSERT INTO subscriber (lang, categories, areas, own, import) "
                 "SELECT 'ja', '{1}', '{1}', false, 1 FROM generate_series(1, %s)", count)
        self.sql("INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) SELECT id, 'mail', "
                 "'r' || id || '@resident.example', sha256(id::text::bytea), now() FROM subscriber")
        self.addresses = dict(self.sql("SELECT id, address FROM contact ORDER BY id"))  # leavers' too
        return list(self.addresses.values())

    def submit(self, urgent=False, english=None, hours=1):
        """A new alert, submitted; its id."""
        texts = {"ja": BODY, **({"en": english} if english else {})}
        (alert, version), = self._sql(
            self.staff, "SELECT alert, version FROM alert_save(%s, NULL, 0, %s, %s, %s, '{1}', "
            "'{}', false, %s, %s, now() + make_interval(hours => %s), NULL)", self._drafter, list(texts),
            ["大雨警報", "Heavy rain"][:len(texts)], list(texts.values()), urgent, "川の水位" if urgent else "", hours)
        self._sql(self.staff, "SELECT alert_submit(%s, %s, %s, NULL)", self._drafter, alert, version)
        return alert

    def approve(self, **how):
        """A new alert, approved; its id."""
        alert = self.submit(**how)
        self._approve(alert)
        return alert

    def correct(self, original, act, body, right=None):
        """A correction or cancellation of an alert, approved; its id. right: for those not reached."""
        (alert, version), = self._sql(
            self.staff, "SELECT alert, version FROM alert_correct(%s, %s, NULL, 0, %s, '{ja}', '{大雨警報}', ARRAY[%s], "
            "%s, %s, false, '', now() + interval '1 hour', NULL)", self._drafter, original, act, body,
            ["大雨警報"] if right else None, [right] if right else None)
        self._sql(self.staff, "SELECT alert_submit(%s, %s, %s, NULL)", self._drafter, alert, version)
        self._approve(alert)
        return alert

    def _approve(self, alert):
        self._sql(self.staff, "SELECT alert_approve(%s, id, fingerprint, NULL) FROM alert_read(%s, %s)", self.approver,
                  self.approver, alert)

    def stop(self, alert):
        self._sql(self.staff, "SELECT alert_stop(%s, %s, NULL)", self.approver, alert)

    def wait(self, query, *params, timeout_s=60):
        """The query's first row as soon as it has one; looks again at each notice and ten times a second."""
        deadline = time.monotonic() + timeout_s
        while not (rows := self.sql(query, *params)):
            assert time.monotonic() < deadline, f"nothing came of: {query} {params}"
            select.select([self.owner], [], [], 0.1)
            self.owner.poll()
            self.owner.notifies.clear()
        return rows[0]

    def wait_end(self, alert, timeout_s=60):
        """The broadcast's totals as a dict, when every delivery has its end."""
        names = ("total", "accepted", "refused", "expired", "cancelled", "unknown", "retried")
        row = self.wait(f"SELECT {', '.join(names)} FROM broadcast WHERE alert = %s AND ended_at IS NOT NULL", alert,
                        timeout_s=timeout_s)
        return dict(zip(names, row))

    def outcomes(self, alert):
        """(address, result, final, again, code, reply) of every attempt, in order."""
        return self.sql("SELECT c.address, o.result::text, o.final, o.again, o.code, o.reply FROM outcome o "
                        "JOIN contact c ON c.id = o.contact WHERE o.alert = %s ORDER BY o.contact, o.at", alert)


def judge(sink, wanted):
    """Lost, phantoms, doubles, as the sink saw it; every double must bear the same Message-ID and
    nothing that may not be on the wire may have been."""
    seen = Counter(mail.recipient for mail in sink.mails)
    identities = {(mail.recipient, mail.message_id) for mail in sink.mails}
    assert len(identities) == len(seen), "a double with another Message-ID"
    assert not sink.problems
    return set(wanted) - set(seen), set(seen) - set(wanted), sum(seen.values()) - len(seen)
