"""Certificates for relays: an authority of the test's own, good ones and every kind of bad one."""
import os
import ssl
import subprocess


class Authority:
    """Makes certificates in a folder; .file is what trusts them."""

    def __init__(self, folder, name="ca"):
        self.folder, self.name = str(folder), name
        self.file = self._path(f"{name}.crt")
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self._path(f"{name}.key"), "-out", self.file,
                      "-days", "2", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE")

    def _path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def _openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60)

    def issue(self, name, host, start=None, end=None):
        """An ssl context for a server with a certificate for a host name, valid today unless told (YYYYMMDD000000Z)."""
        key, request, crt, config = (self._path(f"{name}.{end}") for end in ("key", "csr", "crt", "cnf"))
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={host}")
        with open(self._path(f"{name}.txt"), "w", encoding="utf-8"):
            pass
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"[ca]\ndefault_ca = it\n[it]\ndatabase = {self._path(name + '.txt')}\nnew_certs_dir = {self.folder}\n"
                       f"rand_serial = yes\ndefault_md = sha256\npolicy = any\nx509_extensions = more\n[any]\n"
                       f"commonName = supplied\n[more]\nsubjectAltName = DNS:{host}\n")
        when = ["-startdate", start, "-enddate", end] if start else ["-days", "1"]
        self._openssl("ca", "-batch", "-notext", "-config", config, "-keyfile", self._path(f"{self.name}.key"), "-cert",
                      self.file, "-in", request, "-out", crt, *when)
        return server(crt, key)

    def self_signed(self, host):
        key, crt = self._path("self.key"), self._path("self.crt")
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt, "-days", "2", "-subj",
                      f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}")
        return server(crt, key)


def server(crt, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    return context
