"""What kept the desk from airing: which of several troubles explains a window."""

from __future__ import annotations

from datetime import timedelta

from stations import at

from broadcaster.playout.troubles import Troubles
from broadcaster.reasons import ReasonKind, reason

START = at("2027-05-03 05:30")
END = START + timedelta(minutes=2)


def test_what_goes_on_is_known_only_until_nobody_looks_any_more() -> None:
    troubles = Troubles()
    troubles.goes_on(reason(ReasonKind.NO_DEVICE, text="unplugged"), START)
    troubles.nobody_looked(reason(ReasonKind.HALTED), START + timedelta(seconds=15), END + timedelta(minutes=3))
    assert troubles.now("x") is None
    found = troubles.why("x", START, END, END)
    assert found is not None
    assert found.kind is ReasonKind.HALTED


def test_a_trouble_that_is_seen_again_begins_anew() -> None:
    troubles = Troubles()
    unplugged = reason(ReasonKind.NO_DEVICE, text="unplugged")
    troubles.goes_on(unplugged, START)
    troubles.nobody_looked(reason(ReasonKind.ASLEEP), START + timedelta(seconds=10), START + timedelta(seconds=70))
    assert troubles.goes_on(unplugged, START + timedelta(seconds=71))
    found = troubles.now("x")
    assert found is not None
    assert found.start == START + timedelta(seconds=71)
