"""The command line's import: the demo town's file counted apart, repeated, reported, never bringing
back who left."""
import csv
import os

import pytest

from harness.system import System
from harness.town import DATA, RESIDENTS, read_residents

SMALL = os.path.join(DATA, "residents-2k-cp932.csv")
HEAD = "メールアドレス,携帯電話番号,地区,分野,言語\n"


@pytest.fixture(scope="module")
def names(cluster, tmp_path_factory):
    """The demo town's categories and areas; no resident yet."""
    System(cluster, tmp_path_factory.mktemp("town"), relays="127.0.0.1:1").make_town()
    return [[row[0] for row in cluster.sql(f"SELECT name FROM kairan.{table}")]
            for table in ("category", "area")]


def run_import(cluster, path, *words, check=True):
    return cluster.kairan("import", str(path), "--reason", "登録の申込み", *words, check=check)


def stored(cluster):
    """What the database has: address -> (categories, areas, lang)."""
    rows = cluster.sql("""
        SELECT lower(c.address), array(SELECT name FROM kairan.category WHERE id = ANY (s.categories)),
            array(SELECT name FROM kairan.area WHERE id = ANY (s.areas)), s.lang
        FROM kairan.contact c JOIN kairan.subscriber s ON s.id = c.subscriber
        WHERE c.channel = 'mail' AND c.gone_at IS NULL""")
    return {address: (set(chosen), set(where), lang) for address, chosen, where, lang in rows}


def test_dry_run_changes_nothing(cluster, names):
    shown = run_import(cluster, SMALL, "--dry-run").stdout
    assert "2000 rows: 1965 good, 19 duplicates, 16 refused" in shown
    assert cluster.sql("SELECT count(*) FROM kairan.contact") == [(0,)]
    assert cluster.sql("SELECT count(*) FROM kairan.import_row") == [(0,)]
    assert cluster.sql("SELECT state FROM kairan.import") == [("discarded",)]


def test_file_comes_in_whole(cluster, names, tmp_path):
    report = tmp_path / "report.csv"
    good, duplicates, bad = read_residents(RESIDENTS, *names)
    shown = run_import(cluster, RESIDENTS, "--report", str(report)).stdout
    assert f"20000 rows: {len(good)} good, {duplicates} duplicates, {bad} refused" in shown
    assert f"{len(good)} added, 0 changed, 0 kept" in shown
    assert stored(cluster) == good
    assert oct(report.stat().st_mode & 0o777) == "0o600"
    with open(report, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    results = [row["result"] for row in rows]
    assert results.count("refused") == bad and results.count("duplicate") == duplicates
    assert all(row["reason"] and int(row["line"]) > 1 for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_again_changes_nothing(cluster, names):
    before = stored(cluster)
    assert f"0 added, 0 changed, {len(before)} kept" in run_import(cluster, RESIDENTS).stdout
    assert stored(cluster) == before


def test_file_changes_only_whom_a_file_registered(cluster, names, tmp_path):
    """Who left stays away, who chose for himself keeps his choice."""
    file = tmp_path / "three.csv"
    people = ["files@docomo.example", "own@docomo.example", "gone@docomo.example"]
    file.write_text(HEAD + "".join(f"{who},,東部,防災,ja\n" for who in people), encoding="utf-8")
    assert "3 added" in run_import(cluster, file).stdout
    find = "(SELECT subscriber FROM kairan.contact WHERE hash = kairan.address_hash(%s))"
    cluster.sql(f"UPDATE kairan.subscriber SET own = true WHERE id = {find}", (people[1],))
    cluster.sql(f"UPDATE kairan.subscriber SET own = true WHERE id = {find}", (people[2],))
    cluster.sql("UPDATE kairan.contact SET gone_at = now(), address = NULL "
                "WHERE hash = kairan.address_hash(%s)", (people[2],))
    file.write_text(HEAD + "".join(f"{who.upper()},,西部,水道,ja\n" for who in people),
                    encoding="utf-8")
    assert "0 added, 1 changed, 2 kept" in run_import(cluster, file).stdout
    now = stored(cluster)
    assert now[people[0]] == ({"水道"}, {"西部"}, "ja")
    assert now[people[1]] == ({"防災"}, {"東部"}, "ja")
    assert people[2] not in now


@pytest.mark.parametrize("text", ["", "nonsense", "a,b\n1,2\n", HEAD.replace("分野", "野"), "\0\0"])
def test_no_such_file(cluster, names, tmp_path, text):
    before = cluster.sql("SELECT count(*) FROM kairan.import")
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    refused = run_import(cluster, file, check=False)
    assert refused.returncode == 1 and refused.stderr.startswith("kairan: file: ")
    assert cluster.sql("SELECT count(*) FROM kairan.import") == before


@pytest.mark.parametrize("reason", ["", "   ", "あ" * 201])
def test_reason_is_wanted(cluster, names, reason):
    refused = cluster.kairan("import", SMALL, "--reason", reason, check=False)
    assert refused.returncode == 1 and refused.stderr.startswith("kairan: reason: ")


def test_import_is_logged(cluster, names):
    assert cluster.sql("SELECT login, reason FROM kairan.oplog WHERE act = 'import.apply' "
                       "ORDER BY seq LIMIT 1") == [("operator", "登録の申込み")]


def test_demo_is_for_the_demo_profile(cluster, names, tmp_path):
    sheet = tmp_path / "staff.txt"
    refused = cluster.kairan("demo", "--staff-file", str(sheet), check=False, env={"KAIRAN_PROFILE": "production"})
    assert refused.returncode == 1 and refused.stderr.startswith("kairan: profile: ")
    assert not sheet.exists()
