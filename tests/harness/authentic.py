"""Whether mails are authentic, by python3-dkim and the records that `kairan dns` prints."""
import re

import dkim

DOMAIN = "city.kairan.example"


def read_zone(text):
    """name -> TXT, from lines of a zone file (RFC 1035 5.1); every string within its 255 bytes."""
    bare = "\n".join(line for line in text.splitlines() if not line.startswith(";"))
    records = {}
    for name, one, several in re.findall(r'^(\S+)\. IN TXT (?:("[^"]*")|\(([^)]*)\))$', bare, re.M):
        strings = re.findall(r'"([^"]*)"', one or several)
        assert strings and all(len(s.encode()) <= 255 for s in strings)
        assert name not in records
        records[name] = "".join(strings)
    assert len(records) == bare.count(" IN ")
    return records


def published(system):
    """The records of a town, as its administrator would publish them."""
    return read_zone(system.cluster.kairan("--config", system.config, "dns").stdout)


def verify(raw, records):
    """Whether the mail has a signature, and the verifier accepts it."""
    def ask(name, timeout=5):
        text = records.get(name.decode().rstrip("."))
        return text and text.encode()
    return b"DKIM-Signature:" in raw and dkim.verify(raw, dnsfunc=ask)


def tags(raw):
    """The tags of the mail's first header, which must be its signature."""
    value = re.match(rb"DKIM-Signature:((?:.*\r\n[ \t])*.*)\r\n", raw).group(1).decode()
    return {k.strip(): re.sub(r"\s", "", v) for k, v in (pair.split("=", 1) for pair in value.split(";"))}
