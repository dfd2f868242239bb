"""Campaign files for tests, and what messages about them say is allowed."""

from __future__ import annotations

from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "schedules" / "thang-5.toml"
FILE = Path("mau.toml")

HEAD = 'title = "Mẫu"\nfrom = "05-01"\nto = "05-31"\n'  # lines 1 to 3
SLOT = '[[slot]]\nid = "sang"\nat = ["05:30"]\nscripts = ["chu-de"]\n'  # lines 4 to 7 behind HEAD
GOOD = HEAD + SLOT

TIMES = 'allowed: times of day, such as ["05:30", "17:00"]'
ID = 'allowed: a-z, 0-9 and "-", 1 to 64 characters, such as "sang"'


def slot_with(line: str) -> str:
    """Return a campaign with one slot and `line` as its line 8."""
    return GOOD + line + "\n"
