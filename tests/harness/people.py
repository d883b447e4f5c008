"""People in every post, signed in without a password: sessions written by SQL, as sign_in() writes them.
The tests of sign-in itself are elsewhere; here some hundred sessions must not cost 0.4 s each."""
import hashlib
import secrets

from harness.client import Client


class People:
    """Posts in the demo town's departments, and sessions in them."""

    def __init__(self, system):
        self.system = system
        self.link = system.cluster.connect(system.cluster.superuser)

    def sql(self, statement, params=None):
        with self.link.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def department(self, code):
        return self.sql("SELECT id FROM kairan.department WHERE code = %s", (code,))[0][0]

    def add(self, login, *posts):
        """A person with posts, each (role, department code or None); nothing new when known already."""
        rows = self.sql("SELECT id FROM kairan.person WHERE login = %s", (login,))
        if rows:
            return rows[0][0]
        person = self.sql("INSERT INTO kairan.person (login, name, mail) VALUES (%s, %s, %s) RETURNING id",
                                  (login, login, f"{login}@city.kairan.example"))[0][0]
        for role, code in posts:
            self.sql("INSERT INTO kairan.post (person, department, role) VALUES (%s, %s, %s)",
                             (person, code and self.department(code), role))
        return person

    def session(self, login, role=None, code=None, **columns):
        """A signed-in Client; without a role no post is chosen yet. columns: of the session's row."""
        person, = self.sql("SELECT id FROM kairan.person WHERE login = %s", (login,))[0]
        post = role and self.sql(
            "SELECT id FROM kairan.post WHERE person = %s AND role = %s AND department IS NOT DISTINCT FROM %s",
            (person, role, code and self.department(code)))[0][0]
        token = secrets.token_urlsafe(32)
        row = {"idle": "30 minutes", "ends": "now() + interval '1 hour'", "made": "now()", "seen": "now()", **columns}
        self.sql(
            f"INSERT INTO kairan.session (token_hash, person, post, idle, ends, made, seen) "
            f"VALUES (%s, %s, %s, %s, {row['ends']}, {row['made']}, {row['seen']})",
            (hashlib.sha256(token.encode()).digest(), person, post, row["idle"]))
        client = Client(self.system.settings["staff_url"])
        client.http.cookies.set("kairan", token)
        return client

    def signed_in(self, login, role=None, code=None):
        """As session, with the form's token at hand."""
        client = self.session(login, role, code)
        client.get("/post")
        return client
