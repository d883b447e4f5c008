"""axe-core as package-lock.json names it; fetched once into node_modules. As a program: fetches it, or says why not."""
import fcntl
import functools
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE / "node_modules" / "axe-core"
FETCH = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000")


def is_there():
    wanted = json.loads((HERE / "package-lock.json").read_text())["packages"]["node_modules/axe-core"]["version"]
    there = PACKAGE / "package.json"
    return there.exists() and json.loads(there.read_text())["version"] == wanted


def fetch():
    """Why it is not there; None when it is. Asks the registry once."""
    with open(HERE / "package-lock.json", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_there():
            return None
        npm = subprocess.run(FETCH, cwd=HERE, capture_output=True, text=True, check=False)
    said = "\n".join(npm.stderr.splitlines()[:4])
    return None if npm.returncode == 0 else (
        "axe-core cannot be fetched, so no browser test runs. Give this machine a way to npm's registry (`npm config get "
        f"registry`), or bring tests/browser/node_modules from one that has it. npm says:\n{said}")


@functools.cache
def source():
    return (PACKAGE / "axe.min.js").read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(fetch())
