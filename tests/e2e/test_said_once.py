"""What is said once (core/*/*.txt) against whatever spells it again: the tables' constraints, the law, the interface's page."""
import re

import pytest

from harness.vocabulary import ACTS, LIMITS, RESULTS, ROLES, SETS, STATES, TOP, WORDS


def constraint(people, table, name):
    """The words in a constraint's definition, each once, in their order there."""
    text = people.sql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
                      (f"kairan.{table}", name))[0][0]
    words = re.findall(r"[a-z_]+", " ".join(re.findall(r"'([^']*)'", text)))
    return sorted(set(words))


@pytest.mark.parametrize("table, name, words", [
    ("post", "post_role_check", ROLES), ("form", "form_role_check", ROLES), ("access_rule", "access_rule_roles", ROLES),
    ("alert", "alert_state_check", STATES), ("form", "form_state_check", WORDS["form_state"]),
    ("inspection", "inspection_kind_check", WORDS["inspection_kind"]), ("inspection", "inspection_result_check", WORDS["inspection_result"]),
    ("inspection_finding", "inspection_finding_kind_check", WORDS["finding"])])
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


def test_states_of_people_and_posts(people):
    """What the law gives as a state, each by a name of the table."""
    for function, kind in (("person_state", "person_state"), ("posts_json", "post_state"), ("delegation_list", "post_state")):
        source = people.sql("SELECT prosrc FROM pg_proc WHERE proname = %s AND pronamespace = 'kairan'::regnamespace", (function,))[0][0]
        given = re.findall(r"(?:THEN|ELSE) '(\w+)'", source)
        assert given and set(given) <= set(WORDS[kind]), function


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


# Where facts of a log row are made: at the call, in a row, by a function of its own.
FACTS = re.compile(r"\bfacts (?:=>|:=|jsonb :=)\s+jsonb_build_object\(|FUNCTION \w+_facts\([^)]*\) RETURNS jsonb.*?jsonb_build_object\(", re.S)
GIVEN = re.compile(r"(?:\bfacts =>|\w\.facts :=)\s+(?!jsonb_build_object\(|\w+_facts\()(.*)")


def arguments(text, at):
    """The arguments of a call, from behind its bracket to the one that closes it."""
    found, depth, quoted = [""], 0, False
    for letter in text[at:]:
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter in "([") - (letter in ")]")
        if depth < 0:
            break
        if letter == "," and depth == 0 and not quoted:
            found.append("")
        else:
            found[-1] += letter
    return [argument.strip() for argument in found]


def test_the_log_has_words_for_every_fact():
    """What the law writes are the rows of the table that makes sentences of it, all of them and no other."""
    words = (TOP / "server" / "log" / "log_words.c").read_text(encoding="utf-8")
    rows = re.findall(r'\{"(\w+)", ', re.search(r"} facts\[\] = \{(.*?)\n\};", words, re.S)[1])
    written, elsewhere = set(), []
    for path in sorted([*TOP.glob("core/*/*.sql"), *TOP.glob("migrations/*.sql"), *TOP.glob("cli/*.[ch]"), *TOP.glob("cli/*.sql")]):
        text = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8"))
        for made in FACTS.finditer(text):
            written |= set(arguments(text, made.end())[::2])
        elsewhere += GIVEN.findall(text)
    assert written == {f"'{name}'" for name in rows}
    assert elsewhere == ["nullif(jsonb_strip_nulls(facts), '{}');"]  # oplog_append hands them on
    assert len(rows) == len(set(rows))


def test_the_interfaces_page():
    page = (TOP / "docs" / "api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"on record as `([^`]+)`", page)) <= set(ACTS)
    counts = re.search(r"`counts: {([a-z, ]+)}`, `done`", page)[1].split(", ")
    assert set(counts) == set(RESULTS) - {"temporary"} | {"waiting"}
    assert set(re.search(r"`alert.state` \(([a-z, ]+)\)", page)[1].split(", ")) == set(STATES)


# Where a limit (core/settings/limit.txt) is spelled again, since a constraint, a sentence or a page cannot read it: limit, file, the words
# around the number.
SPELLED = [
    ("title_chars", "migrations/0002_prose.sql", r"FUNCTION prose_title_ok[^;]*<= (\d+);"),
    ("title_chars", "web/static/prose.js", r"title: (\d+)"),
    ("title_chars", "web/pages/alert_edit.mustache", r"At most (\d+) characters\. It becomes"),
    ("title_chars", "core/words/prose.c", r"The title is over (\d+) characters"),
    ("body_chars", "migrations/0002_prose.sql", r"FUNCTION prose_body_ok[^;]*<= (\d+);"),
    ("body_chars", "web/static/prose.js", r"body: (\d+)"),
    ("body_chars", "web/pages/alert_edit.mustache", r"At most (\d+) characters, a line"),
    ("body_chars", "core/words/prose.c", r"The text is over (\d+) characters"),
    ("body_chars", "README.md", r"(?:at most|past) (\d+)\scharacters"),
    ("valid_days", "core/alert/*.law.sql", r"than now and within (\d+) days"),
    ("valid_days", "server/alert/on_alert_write.c", r"than now and within (\d+) days"),
    ("name_chars", "migrations/0003_office.sql", r"char_length\((?:name|head|head_name)\) <= (\d+)"),
    ("name_chars", "core/office/*.law.sql", r"name, in at most (\d+) characters"),
    ("reason_chars", "migrations/0003_office.sql",
     r"char_length\((?:exception|end_reason|lift_reason|purpose|reason|note)\) <= (\d+)\)"),
    ("reason_chars", "migrations/0006_alert.sql", r"char_length\(reason\) <= (\d+)"),
    ("reason_chars", "core/[ao]*/*.law.sql", r"(?:reason|purpose|happened|applies), in at most (\d+) characters"),
    ("reason_chars", "core/door/factor.law.sql", r"in at most (\d+) characters"),
    ("reason_chars", "web/pages/factors.mustache", r'name="reason".* maxlength="(\d+)"'),
    ("short_chars", "migrations/0003_office.sql", r"char_length\(reason\) <= (\d+) AND|char_length\(organisation\) <= (\d+)"),
    ("short_chars", "migrations/0004_door.sql", r"char_length\(odd_reason\) <= (\d+)"),
    ("short_chars", "migrations/0005_residents.sql", r"char_length\(reason\) <= (\d+)"),
    ("short_chars", "migrations/0006_alert.sql", r"char_length\(urgent_reason\) <= (\d+)"),
    ("short_chars", "server/alert/on_alert_write.c", r"The reason is over (\d+) characters"),
    ("short_chars", "core/[or]*/*.law.sql", r"(?:organisation|registration), in at most (\d+) characters"),
    ("short_chars", "core/door/hours.law.sql", r"in at most (\d+) characters"),
    ("short_chars", "web/pages/hours*.mustache", r'name="reason".* maxlength="(\d+)"'),
    ("short_chars", "web/pages/hours.mustache", r"At most (\d+) characters"),
    ("short_chars", "web/pages/import_form.mustache", r'Up to (\d+) characters|name="reason".* maxlength="(\d+)"'),
    ("period_days", "migrations/0003_office.sql", r"lower\(during\) \+ interval '(\d+) days'"),
    ("password_days", "migrations/0004_door.sql", r"password_days int NOT NULL DEFAULT (\d+) CHECK \(password_days BETWEEN 1 AND (\d+)\)"),
    ("password_chars", "core/door/password.c", r": N_\(\"The password is too short\. Use at least (\d+) characters"),
    ("factor_chars", "core/door/password.c", r"\? N_\(\"The password is too short\. Use at least (\d+) characters"),
    ("one_time_hours", "web/letters/password-reset.txt", r"for (\d+) hours"),
    ("warn_days", "docs/api.md", r"says that (\d+) days or less"),
    ("idle_min", "migrations/0004_door.sql", r"idle <= interval '(\d+) minutes'"),
    ("idle_strict_min", "migrations/0004_door.sql", r"idle_strict interval NOT NULL DEFAULT interval '(\d+) minutes' "
     r"CHECK \(idle_strict <= interval '(\d+) minutes'"),
    ("idle_min", "docs/api.md", r"(\d+) minutes without a request"),
    ("session_hours", "migrations/0004_door.sql", r"ends <= made \+ interval '(\d+) hours'"),
    ("session_hours", "docs/api.md", r"at the latest after (\d+) hours"),
    ("proof_min", "migrations/0004_door.sql", r"proof_min BETWEEN 1 AND (\d+)"),
    ("apply_hours", "docs/api.md", r"The link holds for (\d+) hours"),
    ("vacancy_days", "docs/api.md", r"no approver now, or within (\d+) days"),
    ("refused_days", "web/pages/account.mustache", r"within (\d+) days"),
]


@pytest.mark.parametrize("limit, path, words", SPELLED)
def test_limits(limit, path, words):
    text = "\n".join(file.read_text(encoding="utf-8") for file in TOP.glob(path))
    found = [number for match in re.finditer(words, text) for number in match.groups() if number]
    assert set(found) == {str(LIMITS[limit])}


def test_long_texts():
    """Written as 1,000 in sentences."""
    text = (TOP / "core" / "office" / "sanction.law.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"at most ([\d,]+) characters\.', '(?:body|answer)'", text)) == {f"{LIMITS['long_chars']:,}"}
    table = (TOP / "migrations" / "0003_office.sql").read_text(encoding="utf-8")
    assert set(re.findall(r"char_length\((?:body|answer)\) <= (\d+)", table)) == {str(LIMITS["long_chars"])}


def test_japanese_says_the_same_limits():
    """Numbers of characters, days, hours and minutes of a sentence, in its translation too."""
    entries = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', (TOP / "web" / "locale" / "ja.po").read_text(encoding="utf-8"), re.M)
    assert len(entries) > 500
    for said, ja in entries:
        for number in re.findall(r"([\d,]+) (?:characters|days|hours|minutes)", said):
            assert re.search(rf"(?<!\d){number}(?!\d)", ja), said


def test_the_database_has_the_limits(people):
    for code, number in LIMITS.items():
        assert people.sql(f"SELECT kairan.limit_{code}()")[0][0] == number, code
