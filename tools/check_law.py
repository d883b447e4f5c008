#!/usr/bin/python3
"""Where SQL stands. The law (functions, views, triggers, grants) once, in core/*/*.law.sql, each function with a
comment over it, and with a search_path of its own where it acts as the owner. Numbered migrations hold none of it but
the functions that a constraint or an index of theirs uses, with their grants, and call nothing of the law."""

import glob
import os
import re
import statistics
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BASELINE = 10  # the first release's migrations; they alone may grant the schema's use
FUNCTION_LINES_MOST = 80
FILE_LINES_MOST = 450
PIECE = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|(\$\w*\$).*?\1|;", re.S)
CREATED = re.compile(r"CREATE (?:OR REPLACE )?(?:CONSTRAINT )?(FUNCTION|PROCEDURE|VIEW|TRIGGER) (\w+)")


class Statement:
    """One statement with its place and the comment lines directly over it."""

    def __init__(self, path, text, start, end):
        self.place = f"{os.path.relpath(path, TOP)}:{text.count(chr(10), 0, start) + 1}"
        self.text = text[start:end]
        self.commented = re.search(r"^--[^\n]*\n\Z", text[:start], re.M) is not None
        created = CREATED.match(self.text)
        self.kind, self.name = created.groups() if created else (self.text.split(None, 1)[0].upper(), "")


def statements(path):
    """The statements of a file, comments between them left out."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    at, found = 0, []
    while at < len(text):
        blank = re.compile(r"(?:\s+|--[^\n]*)*").match(text, at)
        start = at = blank.end()
        while at < len(text):
            piece = PIECE.search(text, at)
            at = piece.end() if piece else len(text)
            if not piece or piece.group() == ";":
                break
        if start < at:
            found.append(Statement(path, text, start, at))
    return found


def bare(sql):
    """SQL without comments and quoted texts (bodies of functions stay)."""
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", " ", sql)


def calls(sql, names):
    """Which of the names a statement calls."""
    return [n for n in re.findall(r"\b(\w+)\s*\(", bare(sql)) if n in names]


def check_law(said):
    """The law's files; returns their functions by name."""
    seen, functions = {}, {}
    for path in sorted(glob.glob(f"{TOP}/core/*/*.law.sql")):
        with open(path, encoding="utf-8") as file:
            lines = sum(1 for _ in file)
        if lines > FILE_LINES_MOST:
            said.append(f"{os.path.relpath(path, TOP)}: {lines} lines, more than {FILE_LINES_MOST}")
        for s in statements(path):
            if s.kind not in ("FUNCTION", "VIEW", "TRIGGER", "GRANT", "REVOKE"):
                said.append(f"{s.place}: {s.kind} is for numbered migrations")
            if "OR REPLACE" in s.text.split("(", 1)[0]:
                said.append(f"{s.place}: say CREATE; whoever loads the law replaces")
            if s.kind not in ("FUNCTION", "VIEW"):
                continue
            key = re.sub(r"\s+", " ", s.text[:s.text.index(")") + 1])
            if key in seen:
                said.append(f"{s.place}: stands in {seen[key]}, too")
            seen[key] = s.place
            functions[key] = s
            if not s.commented:
                said.append(f"{s.place}: {s.name} has no comment over it")
            if "SECURITY DEFINER" in s.text.split("$$")[0] and "SET search_path = kairan, pg_temp" not in s.text.split("$$")[0]:
                said.append(f"{s.place}: {s.name} acts as the owner under its caller's search_path; set it")
    return list(functions.values())


def check_migration(path, law, said):
    """One numbered migration."""
    all_ = statements(path)
    own = {s.name: s for s in all_ if s.kind == "FUNCTION"}
    users = [s.text for s in all_ if s.kind in ("CREATE", "ALTER")]
    used = {n for text in users for n in calls(text, own)}
    for _ in own:  # what those that are used call themselves
        used |= {n for u in list(used) for n in calls(own[u].text, own)}
    baseline = int(os.path.basename(path)[:4]) <= BASELINE
    for s in all_:
        if s.kind in ("VIEW", "TRIGGER", "PROCEDURE"):
            said.append(f"{s.place}: {s.kind} {s.name} is law: core/ROOM/SUBJECT.law.sql")
        elif s.kind == "FUNCTION" and s.name not in used and not baseline:
            said.append(f"{s.place}: no constraint or index here uses {s.name}: it is law")
        elif s.kind in ("GRANT", "REVOKE") and not calls(s.text, own) and not (baseline and " SCHEMA " in s.text):
            said.append(f"{s.place}: grants stand under what is granted, in core/ROOM/SUBJECT.law.sql")
        if s.kind not in ("DROP", "GRANT", "REVOKE"):
            for name in calls(s.text, law):
                said.append(f"{s.place}: calls {name}, which is law and is loaded after it")


def main():
    said = []
    functions = check_law(said)
    migrations = sorted(glob.glob(f"{TOP}/migrations/*.sql"))
    relations = {n for m in migrations for s in statements(m) for n in re.findall(r"CREATE (?:TABLE|TYPE) (\w+)", s.text)}
    names = {s.name for s in functions if s.kind == "FUNCTION"} - relations
    for path in migrations:
        check_migration(path, names, said)
    lengths = sorted(s.text.count("\n") + 1 for s in functions)
    for s in functions:
        if s.text.count("\n") + 1 > FUNCTION_LINES_MOST:
            said.append(f"{s.place}: {s.name} has more than {FUNCTION_LINES_MOST} lines")
    if "-v" in sys.argv:
        print(f"{len(lengths)} functions, lines: median {statistics.median(lengths):g}, most {lengths[-1]}")
    print("\n".join(said), end="\n" if said else "")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
