"""Counts the results that tests/run.sh gathered: JUnit files of cmocka and pytest beside each
program's exit status. Prints what failed, then "N passed, N failed"."""
import pathlib
import sys
import xml.etree.ElementTree as tree


def case_failure(case):
    """Why a case failed; None when it passed, "" when it was skipped."""
    for child in case:
        if child.tag in ("failure", "error"):
            return (child.text or child.get("message") or "failed").strip()
        if child.tag == "skipped":
            return ""
    return None


def read_cases(path):
    """(name, failure) of every case in a JUnit file."""
    try:
        root = tree.parse(path).getroot()
    except tree.ParseError as error:
        return [(path.stem, f"its results are cut short: {error}")]
    return [(f"{path.stem.split('-')[0]} {case.get('classname') or suite.get('name')}: {case.get('name')}",
             case_failure(case))
            for suite in root.iter("testsuite") for case in suite.findall("testcase")]


def program_cases(status_file):
    """All cases of one program, and one more when it failed without saying which."""
    name = status_file.stem
    folder = status_file.parent
    status = int(status_file.read_text())
    cases = [case for path in sorted(folder.glob(f"{name}-*.xml")) + sorted(folder.glob(f"{name}.xml"))
             for case in read_cases(path)]
    said = any(failure for _, failure in cases)
    if (status != 0 and not said) or not cases:
        output = folder / f"{name}.out"
        tail = output.read_text(errors="replace")[-2000:] if output.exists() else ""
        cases.append((name, f"ended with status {status} after {len(cases)} cases\n{tail}"))
    return cases


def main(folder):
    cases = [case for path in sorted(pathlib.Path(folder).glob("*.status"))
             for case in program_cases(path)]
    failed = [(name, why) for name, why in cases if why]
    skipped = [name for name, why in cases if why == ""]
    for name, why in failed:
        print(f"FAILED {name}\n    " + why.replace("\n", "\n    "))
    for name in skipped:
        print(f"skipped {name}")
    passed = len(cases) - len(failed) - len(skipped)
    print(f"{passed} passed, {len(failed)} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
