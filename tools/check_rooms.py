#!/usr/bin/python3
"""Holds the includes of the C files against the table of rooms in ARCHITECTURE.md; part of `make lint`.

    tools/check_rooms.py            prints one line per fault, exit status 1 when there is one

Each folder with C files is a row of the table, which names the rooms that it sees. An include of another room, a
right that nobody uses, a circle between rooms and a circle between files are faults. A `.c` and its `.h` are one file
here, and so is `x_impl.h`, which the parts of x share."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("base", "core", "web", "server", "worker", "cli")
ROW = re.compile(r"^\| `([a-z/]+)/` \|[^|]*\| ([^|]*) \|$", re.M)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def read_table():
    """room -> the rooms it may see, as ARCHITECTURE.md has it."""
    text = (TOP / "ARCHITECTURE.md").read_text(encoding="utf-8")
    part = text[text.index("<!-- rooms -->"):text.index("<!-- /rooms -->")]
    return {room: set(re.findall(r"[a-z/]+", sees)) for room, sees in ROW.findall(part)}


def files():
    for folder in FOLDERS:
        for path in sorted((TOP / folder).rglob("*.[ch]*")):
            if path.suffix in (".c", ".h", ".cc"):
                yield path.relative_to(TOP)


def find(path, name):
    """The file of ours that an include names, as the compiler finds it."""
    for folder in (path.parent, path.parts[0], "core", "base", "web"):
        if (TOP / folder / name).exists():
            return pathlib.Path(folder) / name
    return None  # generated


def unit(path):
    return str(path.with_suffix("")).removesuffix("_impl")


def read_includes():
    """(file, the file of ours it includes)"""
    for path in files():
        for name in INCLUDE.findall((TOP / path).read_text(encoding="utf-8")):
            found = find(path, name)
            if found:
                yield path, found


def circle(edges):
    """One circle of the graph {a: {b, …}} as a list, or None."""
    done, way = set(), []

    def walk(node):
        if node in way:
            return way[way.index(node):] + [node]
        if node in done:
            return None
        way.append(node)
        for to in sorted(edges.get(node, ())):
            found = walk(to)
            if found:
                return found
        done.add(way.pop())
        return None

    return next(filter(None, map(walk, sorted(edges))), None)


def main():
    table, faults, used, units = read_table(), [], {}, {}
    for path, found in read_includes():
        room, seen = str(path.parent), str(found.parent)
        if unit(path) != unit(found):
            units.setdefault(unit(path), set()).add(unit(found))
        if room == seen:
            continue
        used.setdefault(room, set()).add(seen)
        if seen not in table.get(room, ()):
            faults.append(f"{path}: {room}/ does not see {seen}/ (table of rooms in ARCHITECTURE.md)")
    for room in sorted({str(path.parent) for path in files()} | set(table)):
        for seen in sorted(table.get(room, set()) - used.get(room, set())):
            faults.append(f"ARCHITECTURE.md: {room}/ need not see {seen}/")
        if room not in table:
            faults.append(f"ARCHITECTURE.md: the table of rooms lacks {room}/")
    for what, edges in (("rooms", table), ("files", units)):
        found = circle(edges)
        if found:
            faults.append(f"a circle of {what}: {' -> '.join(found)}")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
