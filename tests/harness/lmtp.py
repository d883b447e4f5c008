"""The town's mail server as the intake sees it: LMTP (RFC 2033) over a port or a socket."""
import re
import smtplib
import socket


class Door(smtplib.LMTP):
    """smtplib's LMTP client; `at` is "127.0.0.1:2424" or the path of a socket."""

    def __init__(self, at):
        host, port = (at, 0) if at.startswith("/") else at.rsplit(":", 1)
        super().__init__(host, int(port), local_hostname="relay.kairan.example", timeout=30)

    def bring(self, data, *recipients, sender=""):
        """One mail; the code each recipient was answered with after the final dot."""
        assert self.ehlo_or_helo_if_needed() is None
        for command in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{to}>" for to in recipients)):
            code, words = self.docmd(command)
            assert code == 250, words
        code, words = self.docmd("DATA")
        assert code == 354, words
        data = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r?\n", b"\r\n", data))
        self.send(data + (b"" if data.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return [self.getreply()[0] for _ in recipients]


def talk(at, said):
    """What the door says to bytes sent at once, till it closes."""
    host, port = at.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall(said)
        return b"".join(iter(lambda: link.recv(65536), b""))
