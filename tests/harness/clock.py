"""A wall clock of one's own for programs of ours and for PostgreSQL, by libfaketime; the monotonic clock stays true."""
import datetime
import os
import tempfile

import pytest

from harness.process import BUILD

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


class Clock:
    """Says what time it is for whoever runs in its environment; it may be set while they run."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kairan-clock-")
        os.chmod(self.folder.name, 0o755)  # whoever the database runs as reads it
        self.path = os.path.join(self.folder.name, "clock")
        self.set("+0")

    def close(self):
        self.folder.cleanup()

    @property
    def environment(self):
        if "asan" in BUILD:
            pytest.skip("AddressSanitizer wants to be loaded first")
        return {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": self.path, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def set(self, offset):
        """As faketime takes it: +30m, -1h; "+0" is the truth."""
        with open(f"{self.path}.new", "w", encoding="ascii") as file:
            file.write(f"{offset}\n")
        os.replace(f"{self.path}.new", self.path)

    def set_to(self, moment):
        """To a moment of Japan's time, ISO 8601 without a zone; it goes on from there."""
        there = datetime.datetime.fromisoformat(f"{moment}+09:00")
        self.set(f"{(there - datetime.datetime.now(datetime.timezone.utc)).total_seconds():+.0f}")
