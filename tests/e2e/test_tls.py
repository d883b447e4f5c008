"""A13, B36: mails go over TLS or not at all. Whatever is wrong with the relay's TLS, no mail leaves, the relay is paused
with the reason, and all of them leave once it is mended."""
import ssl

import pytest

from harness.broadcast import Broadcasts, judge
from harness.certificates import Authority
from sink import Raw, Sink

OFFER = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "STARTTLS")
PEOPLE = 12


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def contexts(authority, tmp_path_factory):
    """What a relay may show: name -> ssl context."""
    other = Authority(tmp_path_factory.mktemp("other"), "other")
    old = authority.issue("old", "localhost")
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    return {"good": authority.issue("good", "localhost"),
            "expired": authority.issue("expired", "localhost", "20200101000000Z", "20200201000000Z"),
            "not yet valid": authority.issue("early", "localhost", "20500101000000Z", "20500201000000Z"),
            "wrong host": authority.issue("wrong", "other.example"), "self-signed": authority.self_signed("localhost"),
            "unknown authority": other.issue("unknown", "localhost"), "old protocol": old}


@pytest.fixture
def town(cluster):
    return Broadcasts(cluster)


@pytest.fixture
def sending(make_system, authority):
    """sending(sink, …settings): workers that verify the relay at localhost."""
    def start(sink, **settings):
        system = make_system(relays=f"localhost:{sink.port}", senders=1, **{"relay_tls": "verify", "relay_ca_file": authority.file,
                                                                           **settings})
        return system.start_workers()
    return start


@pytest.fixture
def relay():
    """relay(…): a sink; closed afterwards."""
    sinks = []

    def start(**how):
        sinks.append(Sink(**how))
        return sinks[-1]
    yield start
    for sink in sinks:
        sink.close()


# what the relay does wrong at STARTTLS -> a word of the reason
WRONG_WORDS = {
    "stripped": (None, "SSL|TLS"),
    "refused": ("454 4.7.0 TLS not available due to temporary reason", "SSL|TLS|454"),
    "garbage": (["220 go ahead", 0.1, Raw(b"\x00garbage, and no handshake\r\n" * 20)], "SSL|TLS"),
    "injected": ([Raw(b"220 go ahead\r\n250-sink.example\r\n250 8BITMIME\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go ahead\r\n")],
                 "Weird server reply"),
    "cut": ([Sink.DROP], "SSL|TLS|server"),
}


def wait_trouble(town, words):
    """The reason that the console shows."""
    return town.wait("SELECT reason FROM relay_state WHERE NOT up AND reason ~ %s", words)[0]


def nothing_left(sink, told):
    return not sink.mails and not told.commands["MAIL"] and not told.commands["AUTH"]


@pytest.mark.parametrize("mode", ["required", "verify"])
@pytest.mark.parametrize("wrong", WRONG_WORDS)
def test_b36_no_tls_no_mail(town, sending, relay, contexts, wrong, mode):
    act, words = WRONG_WORDS[wrong]
    broken = []
    sink = relay(script=lambda step, _recipient, _count: act if step == "starttls" and not broken else None,
                 extensions=OFFER if act else OFFER[:-1], tls=contexts["good"])
    wanted = town.residents(PEOPLE)
    sending(sink, relay_tls=mode)
    alert = town.approve()
    assert wait_trouble(town, words)
    assert nothing_left(sink, sink)
    broken.append("mended")
    sink.extensions = OFFER
    assert town.wait_end(alert)["accepted"] == PEOPLE
    assert judge(sink, wanted) == (set(), set(), 0)


@pytest.mark.parametrize("wrong, words", [("expired", "expired"), ("not yet valid", "not yet valid"), ("wrong host", "localhost"),
                                          ("self-signed", "self.signed"), ("unknown authority", "issuer"),
                                          ("old protocol", "SSL|TLS|protocol")])
def test_b36_no_good_certificate_no_mail(town, sending, relay, contexts, wrong, words):
    sink = relay(extensions=OFFER, tls=contexts[wrong])
    wanted = town.residents(PEOPLE)
    sending(sink)
    alert = town.approve()
    assert wait_trouble(town, words)
    assert nothing_left(sink, sink)
    sink.tls = contexts["good"]
    assert town.wait_end(alert)["accepted"] == PEOPLE
    assert judge(sink, wanted) == (set(), set(), 0)


def test_required_asks_for_tls_and_takes_any_certificate(town, sending, relay, contexts):
    """And nothing was said in clear beyond EHLO and STARTTLS."""
    sink = relay(extensions=OFFER, tls=contexts["self-signed"])
    wanted = town.residents(PEOPLE)
    sending(sink, relay_tls="required", relay_ca_file="")
    assert town.wait_end(town.approve())["accepted"] == PEOPLE
    assert judge(sink, wanted) == (set(), set(), 0)
    assert {verb for verb, count in sink.in_clear.items() if count} == {"EHLO", "STARTTLS"} and set(sink.commands) > {"MAIL", "RCPT", "DATA"}


def test_an_authority_that_the_system_does_not_know_is_not_believed(town, sending, relay, contexts):
    sink = relay(extensions=OFFER, tls=contexts["good"])
    town.residents(PEOPLE)
    sending(sink, relay_ca_file="")
    town.approve()
    assert wait_trouble(town, "issuer")
    assert nothing_left(sink, sink)


# ---- AUTH ----

@pytest.fixture
def secret(tmp_path):
    """secret(sink): a file with the sink's name and password."""
    def write(sink):
        path = tmp_path / "relay"
        path.write_text(f"localhost:{sink.port} kairan correct-horse\n")
        path.chmod(0o600)
        return path
    return write


def test_the_password_is_sent_over_tls_only(town, sending, relay, contexts, secret):
    """From the protected file, once a connection; a relay that takes STARTTLS back hears nothing of it."""
    stripped = []
    sink = relay(extensions=(*OFFER, "AUTH PLAIN"), tls=contexts["good"],
                 script=lambda step, _recipient, _count: "502 5.5.1 none" if step == "starttls" and not stripped else None)
    wanted = town.residents(PEOPLE)
    sending(sink, relay_auth_file=secret(sink))
    alert = town.approve()
    assert wait_trouble(town, "SSL|TLS|502")
    assert not sink.credentials
    stripped.append("no more")
    assert town.wait_end(alert)["accepted"] == PEOPLE
    assert set(sink.credentials) == {("kairan", "correct-horse", True)}
    assert judge(sink, wanted) == (set(), set(), 0)


def test_a_wrong_password_pauses_the_relay(town, sending, relay, contexts, secret):
    """No mail, the reason on the console, and nobody's delivery pays for it."""
    right = []
    sink = relay(extensions=(*OFFER, "AUTH PLAIN"), tls=contexts["good"],
                 script=lambda step, _recipient, _count: "535 5.7.8 bad credentials" if step == "auth" and not right else None)
    wanted = town.residents(PEOPLE)
    sending(sink, relay_auth_file=secret(sink))
    alert = town.approve()
    assert "535 5.7.8 bad credentials" in wait_trouble(town, "535|[Ll]ogin")
    assert not sink.mails and not sink.commands["MAIL"]
    right.append("it is")
    totals = town.wait_end(alert)
    assert (totals["accepted"], totals["refused"], totals["retried"]) == (PEOPLE, 0, 0)
    assert judge(sink, wanted) == (set(), set(), 0)
