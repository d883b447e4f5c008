"""Counts the results that tests/run.sh gathered: JUnit files of cmocka and pytest beside each
program's exit status. Prints the slowest, what was skipped and what failed, then "N passed, N failed" and,
where some were, ", N skipped"."""
import pathlib
import sys
import xml.etree.ElementTree as tree
from collections import namedtuple

Case = namedtuple("Case", "name failure skipped seconds", defaults=(None, None, 0.0))
SLOWEST = 20


def read_case(name, element):
    """failure, skipped: why; None when it was not."""
    why = {child.tag: (child.text or child.get("message") or child.tag).strip() for child in element}
    skipped = element.find("skipped")
    return Case(name, why.get("failure", why.get("error")), None if skipped is None else skipped.get("message", ""),
                float(element.get("time") or 0))


def read_cases(path):
    """Every case in a JUnit file."""
    try:
        root = tree.parse(path).getroot()
    except tree.ParseError as error:
        return [Case(path.stem, f"its results are cut short: {error}")]
    return [read_case(f"{path.stem.split('-')[0]} {case.get('classname') or suite.get('name')}: {case.get('name')}", case)
            for suite in root.iter("testsuite") for case in suite.findall("testcase")]


def program_cases(status_file):
    """All cases of one program, and one more when it failed without saying which."""
    name = status_file.stem
    folder = status_file.parent
    status = int(status_file.read_text())
    cases = [case for path in sorted(folder.glob(f"{name}-*.xml")) + sorted(folder.glob(f"{name}.xml"))
             for case in read_cases(path)]
    if (status != 0 and not any(case.failure for case in cases)) or not cases:
        output = folder / f"{name}.out"
        tail = output.read_text(errors="replace")[-2000:] if output.exists() else ""
        cases.append(Case(name, f"ended with status {status} after {len(cases)} cases\n{tail}"))
    return cases


def main(folder):
    cases = [case for path in sorted(pathlib.Path(folder).glob("*.status"))
             for case in program_cases(path)]
    for case in sorted(cases, key=lambda case: case.seconds, reverse=True)[:SLOWEST]:
        print(f"{case.seconds:6.1f} s  {case.name}")
    for case in cases:
        if case.skipped is not None:
            print(f"skipped {case.name}: {case.skipped}")
    for case in cases:
        if case.failure:
            print(f"FAILED {case.name}\n    " + case.failure.replace("\n", "\n    "))
    failed = sum(case.failure is not None for case in cases)
    skipped = sum(case.skipped is not None for case in cases)
    passed = len(cases) - failed - skipped
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
