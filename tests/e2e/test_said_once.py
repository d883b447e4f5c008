"""What is said once (core/*/*.txt) against whatever spells it again: the tables' constraints, the law, the interface's page."""
import re

import pytest

from harness.vocabulary import ACTS, RESULTS, ROLES, SETS, STATES, TOP


def constraint(people, table, name):
    """The words in a constraint's definition, each once, in their order there."""
    text = people.sql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
                      (f"kairan.{table}", name))[0][0]
    words = re.findall(r"[a-z_]+", " ".join(re.findall(r"'([^']*)'", text)))
    return sorted(set(words))


@pytest.mark.parametrize("table, name, words", [
    ("post", "post_role_check", ROLES), ("form", "form_role_check", ROLES), ("access_rule", "access_rule_roles", ROLES),
    ("alert", "alert_state_check", STATES)])
def test_constraints(people, table, name, words):
    assert constraint(people, table, name) == sorted(words)


def test_results_in_the_order_of_their_type(people):
    assert people.sql("SELECT enum_range(NULL::kairan.result)::text[]")[0][0] == RESULTS


def test_who_may(people):
    """Roles of each act as the database has them; none where no post is asked for."""
    for act in ACTS.values():
        roles = people.sql("SELECT kairan.act_roles(%s)", (act.code,))[0][0]
        assert set(roles or ()) == act.who & set(ROLES), act.code
    assert people.sql("SELECT kairan.act_roles('no.such')")[0][0] == []  # nobody's, not everybody's


def test_sets_of_roles(people):
    """As the database has them; and no file of the law spells one of them again."""
    for name, roles in SETS.items():
        assert set(people.sql(f"SELECT kairan.roles_{name}()")[0][0]) == roles, name
    for path in sorted(TOP.glob("core/*/*.law.sql")):
        for listed in re.findall(r"role_? (?:NOT )?IN \(([^)]*)\)", path.read_text(encoding="utf-8")):
            assert set(re.findall(r"'(\w+)'", listed)) not in SETS.values(), (path, listed)


def test_the_law_names_no_other_act():
    kinds = "|".join(sorted({code.split(".")[0] for code in ACTS}))
    for path in sorted(TOP.glob("core/*/*.law.sql")):
        named = set(re.findall(rf"'((?:{kinds})\.[a-z-]+)'", path.read_text(encoding="utf-8")))
        assert named <= set(ACTS), path


def test_the_interfaces_page():
    page = (TOP / "docs" / "api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"on record as `([^`]+)`", page)) <= set(ACTS)
    counts = re.search(r"`counts: {([a-z, ]+)}`, `done`", page)[1].split(", ")
    assert set(counts) == set(RESULTS) - {"temporary"} | {"waiting"}
    assert set(re.search(r"`alert.state` \(([a-z, ]+)\)", page)[1].split(", ")) == set(STATES)
