"""What every browser test needs, asked for once."""
import pytest

import axe


@pytest.fixture(scope="session", autouse=True)
def judged_by_axe():
    reason = axe.fetch()
    if reason:
        pytest.fail(reason, pytrace=False)
