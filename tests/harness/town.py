"""The demo town: who is there and with which password, and what the residents' file says."""
import csv
import os
import re
import unicodedata

from harness.process import TOP

DATA = os.path.join(TOP, "tests/data")
RESIDENTS = os.path.join(DATA, "residents-20k.csv")
CATEGORIES = ("防災", "火災", "防犯", "水道", "道路", "くらし", "子育て", "健康")
AREAS = ("中央", "東部", "西部", "南部", "北部", "川沿い", "山間")


def read_staff(path):
    """login -> password, from the sheet that `kairan demo` writes."""
    with open(path, encoding="utf-8") as sheet:
        rows = [line.split() for line in sheet][1:]
    return {row[0]: row[1] for row in rows}


def mail_ok(address):
    """The rules of the file: one @, no space or control, a local part of at most 64 bytes."""
    local, at, domain = address.partition("@")
    return bool(at and local and len(local.encode()) <= 64 and "@" not in domain
                and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain, re.I)
                and not any(c.isspace() or unicodedata.category(c) == "Cc" for c in address))


def phone_ok(number):
    """0[6-9]0 and eight digits, the first of them not 0, hyphens allowed; none is fine too."""
    return not number or bool(re.fullmatch(r"0[6-9]0[1-9][0-9]{7}", number.replace("-", "")))


def read_residents(path, categories, areas, encoding="utf-8-sig"):
    """Counts a residents' file as it should be counted, written apart from the program: the good
    rows as {address in lower case: (categories, areas, lang)}, then duplicates and bad rows."""
    good, duplicates, bad = {}, 0, 0
    with open(path, encoding=encoding, newline="") as file:
        for row in list(csv.reader(file))[1:]:
            mail, phone, area, category, lang = (list(row) + [""] * 5)[:5]
            chosen = [c for c in category.split(";") if c]
            where = [a for a in area.split(";") if a]
            if (not mail_ok(mail) or not phone_ok(phone) or not set(chosen) <= set(categories)
                    or not set(where) <= set(areas)):
                bad += 1
            elif mail.lower() in good:
                duplicates += 1
            else:
                good[mail.lower()] = (set(chosen), set(where), lang)
    return good, duplicates, bad


def audience(residents, categories, areas=(), everybody=False):
    """Whom an alert reaches: one of its categories AND (one of its areas, or none given)."""
    return {address for address, (chosen, where, _) in residents.items()
            if everybody or (chosen & set(categories) and (not areas or where & set(areas)))}
