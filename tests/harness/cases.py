"""Alerts as drafters type them, and what must come of each: tests/data/alerts.json."""
import json
import os

from harness.town import DATA


def load_cases():
    with open(os.path.join(DATA, "alerts.json"), encoding="utf-8") as file:
        return json.load(file)


def typed(case, key):
    """KEY, KEY_repeat [c, n] or KEY_lines [a, n, b, m], as it is typed."""
    parts = case.get(f"{key}_repeat") or case.get(f"{key}_lines")
    if not parts:
        return case.get(key, "")
    return "\n".join(parts[i] * parts[i + 1] for i in range(0, len(parts), 2))
