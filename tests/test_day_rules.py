"""The rules of a day: judged by the content in force, in the order of its hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desks import HALF_A_MINUTE
from stations import Maker, at

from broadcaster.models import Occurrence
from broadcaster.playout.clip_finder import ClipFinder
from broadcaster.playout.day_rules import DayRules
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import Content, read_content

EARLY = Occurrence("thu", "cu", at("2027-05-03 05:30"), ("dai",))


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    """Make a station whose day may have as much as one bulletin takes, and not two, planned at 06:00."""
    maker = Maker(tmp_path, SimulatedClock(at("2027-05-03 05:00"))).settings("[rules]\nminutes_per_day = 1")
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("06:00", "dai")).render()
    return maker


@pytest.fixture
def history(maker: Maker) -> Iterator[Ledger]:
    with maker.open().ledger(read_only=True) as ledger:
        yield ledger


def test_what_the_files_no_longer_have_is_counted_at_its_own_hour(maker: Maker, history: Ledger) -> None:
    station = maker.open()
    content = read_content(station)
    clips = ClipFinder(station.root, content, lambda _ids: None, None, history)
    clips.follow()
    clips.lengths(["dai"])  # looked up now, known from now on
    rules = DayRules(content, clips)
    assert rules.breach(EARLY) is None  # the first of the day, whatever comes after it
    late = replace(EARLY, start=at("2027-05-03 06:30"))
    assert rules.breach(late) is not None


class EditedMeanwhile(ClipFinder):
    """Has an edit come into force while it is asked for lengths, as the desk does while a day is judged beside it."""

    rules: DayRules | None = None
    edited: Content | None = None

    def lengths(self, scripts: Iterable[str]) -> dict[str, timedelta]:
        if self.rules is not None and self.edited is not None:
            rules, edited = self.rules, self.edited
            self.rules = None
            rules.use(edited)
        return super().lengths(scripts)


def test_a_day_that_was_judged_while_an_edit_came_into_force_is_judged_again(maker: Maker, history: Ledger) -> None:
    station = maker.open()
    before = read_content(station)
    clips = EditedMeanwhile(station.root, before, lambda _ids: None, None, history)
    rules = DayRules(before, clips)
    maker.settings('[rules]\nquiet_days = ["2027-05-03"]')
    clips.rules, clips.edited = rules, read_content(maker.open())
    rules.breach(EARLY)
    assert rules.breach(EARLY) is not None
