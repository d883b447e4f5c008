"""A town in the database, steered through plain SQL: residents, alerts, broadcasts."""
import contextlib
import os
import select
import threading
import time
from collections import namedtuple

import psycopg2

PROOF = "bench"
CONFLICT = "KR002"
BODY = "午後4時20分、町内に大雨警報が発表されました。川沿い、がけの近くにお住まいの方は、早めに安全な場所へ移動してください。避難所:中央公民館。"
# of the address' domain, for subscriber `id`; a town's carriers and small domains
DOMAIN = "'mail' || id % 50 || '.example'"

Broadcast = namedtuple("Broadcast", "alert first_after_approval last_after_approval")


class Town:
    """A department, a drafter, an approver and as many residents as asked for."""

    def __init__(self):
        self.owner = self.connect("kairan_owner")
        self.staff = self.connect("kairan_staff")
        self.sql(self.owner, "LISTEN kairan_alert")
        if not self.sql(self.owner, "SELECT 1 FROM department"):
            self.sql(self.owner, "INSERT INTO department (code, name) VALUES ('bousai', '防災課')")
            self.sql(self.owner, "INSERT INTO category (department, name) VALUES (1, '防災'), (1, '防犯')")
            self.sql(self.owner, "INSERT INTO area (name) VALUES ('北部')")
            for login, role in (("drafter", "drafter"), ("head", "approver")):
                self.sql(self.owner, "SELECT staff_add(%s, %s, '', substr(sha256('salt'), 1, 16), 'scrypt:17:8:1', "
                         "sha256(%s), %s, 'bousai')", login, login, PROOF.encode(), role)
        self.drafter, self.approver = (
            self.sql(self.staff, "SELECT token FROM sign_in(%s, %s, '', '127.0.0.1', 'bench', 100, 30, 12)", login,
                     PROOF.encode())[0][0] for login in ("drafter", "head"))

    @staticmethod
    def connect(role):
        conn = psycopg2.connect(os.environ["KAIRAN_DATABASE"], user=role, options="-c search_path=kairan")
        conn.autocommit = True
        return conn

    @staticmethod
    def sql(conn, text, *params):
        with conn.cursor() as cursor:
            cursor.execute(text, params or None)
            return cursor.fetchall() if cursor.description else []

    def close(self):
        self.owner.close()
        self.staff.close()

    def forget(self):
        """Earlier broadcasts and the lanes that were split off, where no worker is running."""
        self.sql(self.owner, "TRUNCATE chunk, outcome, delivery, broadcast CASCADE")
        self.sql(self.owner, "DELETE FROM lane_domain WHERE split_until IS NOT NULL")
        self.sql(self.owner, "DELETE FROM lane WHERE name LIKE '%.%'")

    def residents(self, count, domain=DOMAIN, categories="'{1}'"):
        """The town has exactly count subscribers afterwards; earlier broadcasts are forgotten. domain and
        categories are expressions over a subscriber's id."""
        self.forget()
        self.sql(self.owner, "TRUNCATE contact, subscriber, signup, letter RESTART IDENTITY CASCADE")
        self.sql(self.owner, "INSERT INTO import (reason, file_name) VALUES ('bench', 'bench') ON CONFLICT DO NOTHING")
        self.sql(self.owner, "INSERT INTO subscriber (lang, categories, areas, own, import) "
                 f"SELECT 'ja', {categories}, '{{1}}', false, 1 FROM generate_series(1, {count}) AS id ORDER BY id")
        self.sql(self.owner, "INSERT INTO contact (subscriber, channel, address, hash, confirmed_at) SELECT id, 'mail', "
                 f"'resident' || id || '@' || {domain}, sha256(id::text::bytea), now() FROM subscriber ORDER BY id")
        for table in ("subscriber", "contact"):
            self.sql(self.owner, f"VACUUM ANALYZE {table}")

    def approve(self, urgent=False, categories=(1,)):
        (alert, version), = self.sql(
            self.staff, "SELECT alert, version FROM alert_save(%s, NULL, 0, '{ja}', '{大雨警報発表}', ARRAY[%s], %s::smallint[], '{}', "
            "false, %s, %s, now() + interval '6 hours', NULL)", self.drafter, BODY, list(categories), urgent,
            "measured" if urgent else "")
        self.sql(self.staff, "SELECT alert_submit(%s, %s, %s, NULL)", self.drafter, alert, version)
        self.sql(self.staff, "SELECT alert_approve(%s, id, fingerprint, NULL) FROM alert_read(%s, %s)", self.approver,
                 self.approver, alert)
        return alert

    def past(self, alerts, outcomes, small=500):
        """So many alerts that are done, with so many outcomes in all, a hundredth refused: small recipients each, the rest
        the first one's, whose number comes back. Rows as the engine leaves them, at 20,000 a second."""
        large = outcomes - (alerts - 1) * small
        self.residents(large)
        self.staff.autocommit = False  # the disk is waited for once
        made = [self.approve() for _ in range(alerts)]
        self.staff.commit()
        self.staff.autocommit = True
        self.sql(self.owner, "CREATE TEMP TABLE past AS SELECT p.alert, p.at, CASE p.alert WHEN %s THEN %s ELSE %s END AS size, "
                 "month_of(p.at) AS month FROM approval p WHERE p.alert = ANY (%s)",
                 made[0], large, small, made)
        self.sql(self.owner, "INSERT INTO delivery (month, alert, contact) SELECT month, alert, c FROM past, generate_series(1, size) AS c")
        self.sql(self.owner, "INSERT INTO outcome (month, alert, contact, at, attempt, code, result, final, again, relay, reply, enhanced) "
                 "SELECT month, alert, c, at + make_interval(secs => c / 20000.0), 1, CASE WHEN c % 100 = 0 THEN 550 ELSE 250 END, "
                 "CASE WHEN c % 100 = 0 THEN 'refused' ELSE 'accepted' END::result, true, false, '127.0.0.1:25', "
                 "CASE WHEN c % 100 = 0 THEN 'no such user' ELSE '' END, CASE WHEN c % 100 = 0 THEN '5.1.1' ELSE '2.0.0' END "
                 "FROM past, generate_series(1, size) AS c")
        self.sql(self.owner, "INSERT INTO broadcast_tally (alert, second, n, result, final, lane, relay) SELECT alert, "
                 "date_trunc('second', at), count(*), result, final, lane, relay FROM outcome GROUP BY 1, 2, 4, 5, 6, 7")
        self.sql(self.owner, "INSERT INTO broadcast_part (alert, stripe, accepted, refused, expired, cancelled, unknown, retried, "
                 "first_accepted_at, last_outcome_at) SELECT alert, 0, count(*) FILTER (WHERE result = 'accepted'), "
                 "count(*) FILTER (WHERE result = 'refused'), 0, 0, 0, 0, min(at), max(at) FROM outcome GROUP BY alert")
        self.sql(self.owner, "INSERT INTO broadcast (alert, month, started_at, reached, written, total, accepted, refused, "
                 "first_accepted_at, last_outcome_at, ended_at) SELECT alert, month, at, size, size, size, accepted, refused, "
                 "first_accepted_at, last_outcome_at, last_outcome_at FROM past JOIN broadcast_part USING (alert)")
        for state in ("sending", "done"):
            self.sql(self.owner, "UPDATE alert SET state = %s WHERE id = ANY (%s)", state, made)
        self.sql(self.owner, "DROP TABLE past")
        self.sql(self.owner, "VACUUM ANALYZE")
        return made[0]

    def stop(self, alert):
        self.sql(self.staff, "SELECT alert_stop(%s, %s, NULL)", self.drafter, alert)

    def stop_rest(self, alert):
        """Stops what is left of an alert; nothing may be."""
        try:
            self.stop(alert)
        except psycopg2.DatabaseError as error:
            assert error.pgcode == CONFLICT, error

    def wait(self, query, alert, timeout_s=900, every_s=1):
        """The query's row for the alert as soon as it has one; looks again at each notice."""
        end = time.monotonic() + timeout_s
        while not (rows := self.sql(self.owner, query, alert)):
            assert time.monotonic() < end, f"alert {alert}: {query}"
            select.select([self.owner], [], [], every_s)
            self.owner.poll()
            self.owner.notifies.clear()
        return rows[0]

    def first(self, alert):
        """Seconds from approval to the first message accepted."""
        return float(self.wait("SELECT extract(epoch FROM b.first_accepted_at - p.at) FROM broadcast b JOIN approval p "
                               "USING (alert) WHERE alert = %s AND b.first_accepted_at IS NOT NULL", alert, every_s=0.02)[0])

    def end(self, alert):
        """Waits for the broadcast's end: counts by outcome."""
        names = ("total", "accepted", "refused", "expired", "cancelled", "unknown")
        row = self.wait(f"SELECT {', '.join(names)} FROM broadcast WHERE alert = %s AND ended_at IS NOT NULL", alert)
        return dict(zip(names, row))

    def broadcast(self, urgent=False):
        """One alert from approval to its end, by the database's clock."""
        alert = self.approve(urgent)
        ends = self.end(alert)
        assert ends["accepted"] == ends["total"] > 0, ends
        (first, last), = self.sql(self.owner, "SELECT extract(epoch FROM b.first_accepted_at - p.at), extract(epoch FROM "
                                  "b.last_outcome_at - p.at) FROM broadcast b JOIN approval p USING (alert) WHERE alert = %s", alert)
        return Broadcast(alert, float(first), float(last))

    def pace(self, count, urgent=False):
        """Messages a second of one broadcast to count recipients, from approval to the last accepted."""
        return count / self.broadcast(urgent).last_after_approval

    def fan_out(self):
        """Seconds from approval to the frozen total."""
        start = time.monotonic()
        self.wait("SELECT 1 FROM broadcast WHERE alert = %s AND total IS NOT NULL", self.approve(), every_s=0.05)
        return time.monotonic() - start

    @contextlib.contextmanager
    def broadcasting(self):
        """Broadcasts run one after the other meanwhile."""
        other, going = Town(), True

        def loop():
            while going:
                other.broadcast()

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield
        finally:
            going = False
            thread.join()
            other.close()

    @contextlib.contextmanager
    def old_snapshot(self):
        """Somebody's forgotten transaction: a snapshot of now, held to the end."""
        conn = self.connect("kairan_owner")
        conn.autocommit = False
        self.sql(conn, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        self.sql(conn, "SELECT count(*) FROM chunk")
        try:
            yield
        finally:
            conn.rollback()
            conn.close()

    def sizes(self):
        """Bytes of the tables a broadcast writes and of their indexes, by name."""
        return dict(self.sql(
            self.owner, "SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid "
            "JOIN pg_class t ON t.oid = coalesce(i.indrelid, c.oid) WHERE c.relkind IN ('r', 'i') AND c.relnamespace = "
            "'kairan'::regnamespace AND t.relname ~ '^(delivery|outcome|chunk|broadcast|worker|relay|lane)'"))
