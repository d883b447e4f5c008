"""Wrong settings stop the start of each program, with the setting's name and what would be right. (Every rule of the
table of settings is tried in tests/unit/t_conf.c; here it is that the programs ask it, and look at what it names.)"""
import os
import socket
import subprocess

import pytest

from harness.process import BUILD
from harness.system import System

PROGRAMS = {"kairan-server": [], "kairan-worker": [], "kairan": ["status"]}
# setting, value, a word of what would be right
VALUES = [
    ("keep_years", "0", "1 to 30"), ("keep_years", "31", "1 to 30"),
    ("profile", "test", "production, demo"), ("profile", "", "production, demo"), ("log_level", "verbose", "error, warn"),
    ("town_name", "", "1 to 40"), ("town_name", "あ" * 41, "1 to 40"), ("domain", "kairan", "host name"), ("domain", "a b.example", "host name"),
    ("domain", "city.kairan.example\r\nX: 1", ""), ("terms_version", "1 2", "1 to 32"), ("database", "", "libpq"),
    ("statement_timeout_ms", "0", "100 to 60000"), ("statement_timeout_ms", "99", "100 to 60000"), ("statement_timeout_ms", "60001", "100 to 60000"),
    ("staff_listen", "localhost:8080", "127.0.0.1:8080"), ("staff_listen", "127.0.0.1:99999", "127.0.0.1:8080"),
    ("public_listen", "0", "127.0.0.1:8080"), ("staff_url", "city.example", "https://"), ("staff_url", "https://a.example/", "https://"),
    ("public_url", "javascript:alert(1)", "https://"), ("public_url", "https://a.example/<b>", "https://"), ("server_processes", "0", "1 to 64"),
    ("server_processes", "1e3", "1 to 64"), ("connection_limit", "15", "16 to 65536"), ("request_deadline_s", "-1", "1 to 300"),
    ("body_limit_b", "4095", "4096 to 1048576"), ("upload_limit_b", "99999999999999999999", "65536 to 268435456"),
    ("trusted_proxy", "proxy.example", "IP address"), ("web_dir", "", "at least one"), ("session_idle_min", "31", "1 to 30"),
    ("session_hours", "13", "1 to 12"), ("password_queue", "0x10", "1 to 1024"), ("sign_in_tries_per_hour", "101", "1 to 100"),
    ("password_days", "0", "1 to 90"), ("password_days", "91", "1 to 90"),
    ("signup_mails_per_address_day", "11", "1 to 10"), ("signup_tries_per_network_hour", "0", "1 to 1000"), ("confirm_hours", "169", "1 to 168"),
    ("letters_per_hour", "many", "1 to 1000000"), ("senders", "65", "0 to 64"), ("relays", "relay", "host and port"),
    ("relays", "relay.example:25:25", "host and port"), ("relay_tls", "yes", "none, required, verify"), ("relay_connections", "501", "1 to 500"),
    ("relay_timeout_s", "0", "1 to 300"), ("relay_dot_timeout_s", "3601", "1 to 3600"), ("chunk_members", "5001", "1 to 5000"),
    ("dkim_signer", "us", "kairan, relay"), ("express_recipients", "0", "1 to 100"), ("express_recipients", "101", "1 to 100"),
    ("flush_outcomes", "0", "1 to 5000"), ("lease_s", "4", "5 to 60"), ("retry_delays_s", "30,x", "1 to 20"), ("bounce_local", "b@c", "1 to 23"),
    ("intake_listen", "0.0.0.0:2424", "loopback"), ("intake_listen", "intake.sock", "path of a socket"), ("intake_size_b", "1", "65536 to 16777216"),
    ("valid_hours", "169", "1 to 168"), ("valid_hours_urgent", "73", "1 to 72"), ("quiet_from", "9pm", "00:00 to 23:59"),
    ("quiet_to", "24:00", "00:00 to 23:59"), ("no_such_setting", "1", ""),
]
TOGETHER = {
    "http in production": ({"profile": "production"}, "staff_url"),
    "plain SMTP in production": ({"profile": "production", "staff_url": "https://a.example", "public_url": "https://b.example"}, "relay_tls"),
    "plain SMTP to elsewhere": ({"relays": "relay.example:25"}, "relay_tls"),
    "password without TLS": ({"relay_auth_file": "/etc/hostname"}, "relay_auth_file"),
    "a pace for no lane": ({"lanes": "red=a.example", "lane_pace": "blue=5"}, "lane_pace"),
    "idle for longer than it lasts": ({"session_idle_min": 61, "session_hours": 1}, "session_idle_min"),
}


@pytest.fixture
def settings(tmp_path):
    """settings(**more) writes a file that is right but for `more`; its path."""
    class NoCluster:
        conninfo = f"host='{tmp_path}' dbname=kairan"

    def write(**more):
        system = System(NoCluster, tmp_path, **{"relays": "127.0.0.1:1", **more})
        system.write_config()
        return system.config
    return write


def run(program, config, *words, env=None):
    """Ends by itself when the start is refused: status, and what it said."""
    ended = subprocess.run([os.path.join(BUILD, program), "--config", config, *(words or PROGRAMS[program])], text=True,
                           capture_output=True, timeout=10, env={**os.environ, **(env or {})})
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("name, value, legal", VALUES, ids=[f"{name}={value[:12]!r}" for name, value, _ in VALUES])
def test_value(settings, name, value, legal):
    """Said once, in one line, by each program."""
    config = settings(**{name: value})
    for program in PROGRAMS:
        status, said = run(program, config)
        assert status in (1, 2) and len(said.splitlines()) == 1, (program, said)
        assert legal in said and (name in said or "name = value" in said), (program, said)


@pytest.mark.parametrize("name", TOGETHER)
def test_values_that_do_not_go_together(settings, name):
    more, wrong = TOGETHER[name]
    config = settings(**more)
    for program in PROGRAMS:
        status, said = run(program, config)
        assert status in (1, 2) and wrong in said, (program, said)


def test_environment_is_checked_too(settings):
    """It is stronger than the file, and its name is said."""
    for program in PROGRAMS:
        status, said = run(program, settings(), env={"KAIRAN_LEASE_S": "4"})
        assert status in (1, 2) and "KAIRAN_LEASE_S" in said and "5 to 60" in said, said


def test_unknown_variable_is_refused(settings):
    """KAIRAN_LEESE_S would else be a setting that somebody believes in."""
    for program in PROGRAMS:
        status, said = run(program, settings(), env={"KAIRAN_LEESE_S": "60"})
        assert status in (1, 2) and "KAIRAN_LEESE_S" in said and "no setting" in said, said


@pytest.mark.parametrize("database", ["dbname=kairan password=hunter2", "postgresql://kairan:hunter2@db.example/kairan"])
def test_a_password_is_not_kept_where_all_may_read(settings, database):
    config = settings(database=database)
    for mode, refused in ((0o644, True), (0o640, False)):
        os.chmod(config, mode)
        for program in PROGRAMS:
            status, said = run(program, config, "--check-config")
            assert (status != 0) == refused and "hunter2" not in said, (program, said)
            assert not refused or ("database" in said and "0640" in said), said


@pytest.mark.parametrize("kind", ["missing", "folder", "NUL", "no UTF-8", "no line", "twice", "secret kept"])
def test_file(settings, tmp_path, kind):
    """A file that is none; a secret in it is never said."""
    config = settings()
    bad = {"NUL": b"lease_s = 6\x00", "no UTF-8": b"town_name = \xff", "no line": b"lease_s", "twice": b"lease_s = 6\nlease_s = 7",
           "secret kept": b"database = password=hunter2\x01"}
    if kind in bad:
        with open(config, "wb") as file:
            file.write(bad[kind])
    path = {"missing": str(tmp_path / "none"), "folder": str(tmp_path)}.get(kind, config)
    for program in PROGRAMS:
        status, said = run(program, path)
        assert status in (1, 2) and said.strip() and "hunter2" not in said, (program, said)
        assert path in said or kind == "secret kept", said


def test_check_config(settings):
    for program in PROGRAMS:
        assert run(program, settings(), "--check-config")[0] == 0
        status, said = run(program, settings(lease_s=4), "--check-config")
        assert status in (1, 2) and "lease_s" in said and "5 to 60" in said


# ---- what settings point at ----

def test_folder_of_pages(settings, tmp_path):
    """None, an empty one: told at the start, and before it."""
    for program in ("kairan-server", "kairan-worker"):
        for folder in ("/nonexistent", str(tmp_path)):
            for only_check in ((), ("--check-config",)):
                status, said = run(program, settings(web_dir=folder), *only_check)
                assert status == 1 and "web_dir" in said and len(said.splitlines()) == 1, (program, said)


def test_address_in_use(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for name in ("staff_listen", "public_listen"):
            status, said = run("kairan-server", settings(**{name: address}))
            assert status == 1 and name in said and address in said, said


def test_folder_of_journals(settings, tmp_path):
    file = tmp_path / "file"
    file.touch()
    for folder in ("/nonexistent/journal", str(file)):
        config = settings()
        with open(config, encoding="utf-8") as old:
            lines = [line for line in old if not line.startswith("journal_dir")]
        with open(config, "w", encoding="utf-8") as new:
            new.writelines([*lines, f"journal_dir = {folder}\n"])
        status, said = run("kairan-worker", config)
        assert status == 1 and "journal_dir" in said and folder in said, said


@pytest.mark.parametrize("kind", ["missing", "folder", "everybody's", "writable", "not lines", "pipe", "no relay"])
def test_password_file(settings, tmp_path, kind):
    """A secret that others may read is none; the program does not wait for a pipe either."""
    path = tmp_path / "password"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path, 0o600)
    elif kind != "missing":
        path.write_text({"not lines": "hunter2\n", "no relay": "127.0.0.1:7 kairan hunter2\n"}.get(
            kind, "127.0.0.1:1 kairan hunter2\n"))
        path.chmod({"everybody's": 0o604, "writable": 0o602}.get(kind, 0o600))
    config = settings(relay_tls="required", relay_auth_file=path)
    status, said = run("kairan-worker", config)
    assert status == 1 and "relay_auth_file" in said and "hunter2" not in said, said
    if kind in ("everybody's", "writable"):
        assert "0600" in said


@pytest.mark.parametrize("kind", ["missing", "folder", "no certificate"])
def test_authorities_file(settings, tmp_path, kind):
    path = tmp_path / "ca.pem"
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_text("-----BEGIN CERTIFICATE-----\n")
    status, said = run("kairan-worker", settings(relay_tls="verify", relay_ca_file=path))
    assert status == 1 and "relay_ca_file" in said and str(path) in said and len(said.splitlines()) == 1, said


def test_secret_file_is_taken(make_system, cluster, tmp_path):
    """Readable for its group at most: the sender starts."""
    path = tmp_path / "password"
    path.write_text("# the cloud's\n\n127.0.0.1:1 kairan hunter2 with blanks\n")
    path.chmod(0o640)
    system = make_system(relays="127.0.0.1:1", relay_tls="required", relay_auth_file=path, senders=1)
    system.start_workers()


def test_production_is_not_run_as_root(settings):
    if os.geteuid() != 0:
        pytest.skip("we are not root")
    for program in ("kairan-server", "kairan-worker"):
        status, said = run(program, settings(profile="production", staff_url="https://a.example", public_url="https://b.example",
                                             relay_tls="required"))
        assert status == 1 and "root" in said
