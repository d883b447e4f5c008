"""Signed-in staff, and residents, as scripts use the server: JSON in, JSON out."""
import requests


class Refused(AssertionError):
    """An answer of 400 or above; .status and .body."""

    def __init__(self, answer):
        super().__init__(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}")
        self.status = answer.status_code
        self.body = (answer.json() if "json" in answer.headers.get("content-type", "") else
                     answer.text)


class Client:
    """One browser's worth of cookies at one face. Redirects are followed with GET."""

    def __init__(self, url, lang="ja"):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update({"Accept": "application/json", "Accept-Language": lang})
        self.csrf = None

    def raw(self, method, path, **more):
        """The answer itself, whatever its status."""
        return self.http.request(method, self.url + path, timeout=60, **more)

    def _tree(self, answer):
        if answer.status_code >= 400:
            raise Refused(answer)
        tree = answer.json() if answer.content else {}
        self.csrf = tree.get("frame", {}).get("csrf") or self.csrf
        return tree

    def get(self, path, **query):
        return self._tree(self.raw("GET", path, params=query))

    def post(self, path, fields=None, **more):
        """Sends fields as a form with the CSRF token; lists become repeated fields."""
        data = dict(fields or {}, **({"csrf": self.csrf} if self.csrf else {}))
        return self._tree(self.raw("POST", path, data=data, **more))


def sign_in(url, login, password, lang="ja"):
    """A client whose person is signed in; Refused when name or password is wrong."""
    client = Client(url, lang)
    client.get("/sign-in")
    client.post("/sign-in", {"login": login, "password": password})
    client.get("/")
    return client
