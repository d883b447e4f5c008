"""What is said once: the tables beside the code (core/*/*.txt) that tools/vocabgen.awk makes into C, read by the same rules."""
import pathlib
import re
from collections import namedtuple

TOP = pathlib.Path(__file__).resolve().parents[2]
Act = namedtuple("Act", "code weight who said")


def read(path):
    """The lines of a table, each a list of its columns."""
    lines = (TOP / path).read_text(encoding="utf-8").splitlines()
    return [re.split("  +", line) for line in lines if line and not line.startswith("#")]


def read_roles():
    """Names of roles in order, and sets: name -> roles."""
    lines = read("core/office/role.txt")
    return (tuple(code for kind, code, _ in lines if kind == "role"),
            {code: set(members.split()) for kind, code, members in lines if kind == "set"})


def read_acts():
    """code -> Act; who: the roles, or {"signed-in"}, {"anybody"}, {"-"}."""
    return {code: Act(code, weight, set().union(*(SETS.get(name, {name}) for name in who.split())), said)
            for _, code, weight, who, said in read("core/office/who_may.txt")}


ROLES, SETS = read_roles()
ACTS = read_acts()
STATES = [code for _, code, _ in read("core/alert/state.txt")]
WORDS = {}  # kind -> its codes, of the tables that hold several
for _kind, _code, _ in read("core/office/state.txt") + read("core/log/inspection.txt"):
    WORDS.setdefault(_kind, []).append(_code)
LIMITS = {code: int(number) for _, code, number, _ in read("core/settings/limit.txt")}
RESULTS = [code for _, code, _ in read("core/sending/result.txt")]
