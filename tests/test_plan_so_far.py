"""The plan knows what is over and what is on the air: past airings show their outcome and keep nothing waiting."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest
from histories import silent, whole
from stations import ZONE, Maker, at

from broadcaster.files import replace_file
from broadcaster.models import Outcome
from broadcaster.office.changes import effect_of
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.now import look_around
from broadcaster.office.window import Window
from broadcaster.office.wording_forecast import prospect_text, too_late_text
from broadcaster.playout.heartbeat import heartbeat_path
from broadcaster.playout.rows import played_row
from broadcaster.playout.station_lock import only_one
from broadcaster.records.ledger import Ledger

if TYPE_CHECKING:
    from commands import RunCommand

    from broadcaster.office.forecast import Prospect
    from broadcaster.station.folder import Station

FIRST, SECOND = "thu/dau@2027-05-03T05:30+07:00", "thu/sau@2027-05-03T05:35+07:00"
DAY = date(2027, 5, 3)


@pytest.fixture
def station(maker: Maker) -> Station:
    """Return a station that plans ten minutes at 05:30 and something short at 05:35; it is 05:00."""
    maker.script("tieu-pham", "[nghỉ 1m]\n\n" * 10 + "Hết.").script("thong-diep-1")
    maker.campaign(maker.slot("05:30", "tieu-pham", id_="dau") + maker.slot("05:35", "thong-diep-1", id_="sau"))
    return maker.render()


def prospects(station: Station) -> dict[str, Prospect]:
    return {each.occurrence.id: each for each in look_ahead(station, Window(DAY, DAY, ZONE)).prospects}


def beat(station: Station, **more: object) -> None:
    """Write what a running desk writes."""
    known = {"at": station.now().isoformat(), "pid": 1, "on_air": None}
    replace_file(heartbeat_path(station), json.dumps(known | more).encode())


def test_what_is_over_keeps_nothing_waiting(maker: Maker, station: Station, ledger: Ledger) -> None:
    before = prospects(station)
    assert before[SECOND].state is ProspectState.WAITS
    missed = silent(before[FIRST].occurrence, Outcome.MISSED, "the computer was off")
    ledger.append([played_row(missed, at("2027-05-03 05:34"))])
    maker.clock.now = at("2027-05-03 05:34")
    after = prospects(station)
    assert (after[FIRST].state, after[FIRST].will_sound) == (ProspectState.OVER, False)
    assert prospect_text(after[FIRST]) == "missed (the computer was off)"
    assert (after[SECOND].state, after[SECOND].wait) == (ProspectState.READY, timedelta())
    found = look_around(station).next
    assert found is not None
    assert (found.occurrence.id, found.state) == (SECOND, ProspectState.READY)


def test_what_has_not_begun_by_its_time_keeps_nothing_waiting(maker: Maker, station: Station) -> None:
    maker.clock.now = at("2027-05-03 05:34")
    found = prospects(station)
    assert (found[FIRST].state, found[FIRST].will_sound) == (ProspectState.NO_OUTCOME, False)
    assert prospect_text(found[FIRST]) == "its time has passed; no outcome yet"
    assert found[SECOND].state is ProspectState.READY


def test_what_aired_shows_when_and_for_how_long(maker: Maker, station: Station, ledger: Ledger) -> None:
    play = whole(prospects(station)[FIRST].occurrence, late_s=60, heard_s=500.0)
    ledger.append([played_row(play, at("2027-05-03 05:40"))])
    maker.clock.now = at("2027-05-03 06:00")
    found = prospects(station)[FIRST]
    assert (found.begins, found.length) == (at("2027-05-03 05:31"), timedelta(seconds=500))
    assert (prospect_text(found), found.will_sound) == ("aired", True)


def test_what_is_on_the_air_keeps_the_next_waiting_until_it_really_ends(maker: Maker, station: Station) -> None:
    maker.clock.now = at("2027-05-03 05:34")
    with only_one(station):
        beat(
            station,
            on_air=FIRST,
            started="2027-05-03T05:33:00+07:00",
            ends="2027-05-03T05:43:10+07:00",
            waiting=[],
        )
        found = prospects(station)
        present = look_around(station)
    assert (found[FIRST].state, found[FIRST].begins) == (ProspectState.ON_AIR, at("2027-05-03 05:33"))
    assert prospect_text(found[FIRST]) == "on the air"
    assert (found[SECOND].state, found[SECOND].begins) == (ProspectState.WAITS, at("2027-05-03 05:43:10"))
    assert present.next is not None
    assert present.next.occurrence.id == SECOND


def test_what_waits_its_turn_beyond_its_time_still_waits(maker: Maker, station: Station) -> None:
    maker.clock.now = at("2027-05-03 05:36")
    with only_one(station):
        beat(station, on_air=FIRST, started="2027-05-03T05:30:00+07:00", ends="2027-05-03T05:40:00+07:00")
        assert prospects(station)[SECOND].state is ProspectState.NO_OUTCOME
        beat(
            station,
            on_air=FIRST,
            started="2027-05-03T05:30:00+07:00",
            ends="2027-05-03T05:40:00+07:00",
            waiting=[{"id": SECOND}],
        )
        found = prospects(station)[SECOND]
    assert (found.state, found.begins) == (ProspectState.WAITS, at("2027-05-03 05:40"))


# ---- what is put into today too late ---------------------------------------------------------------------------------


def test_what_is_put_into_an_hour_that_has_passed_says_when_it_first_airs(maker: Maker, station: Station) -> None:
    maker.clock.now = at("2027-05-03 12:00")
    campaign = station.campaigns()[0]["thu"]
    noon, day = campaign.slots[1], {"at": (time(11), time(6), time(13))}
    later = replace(campaign, slots=(*campaign.slots, replace(noon, id="them", **day)))
    (found,) = effect_of(station, [later]).too_late
    assert (found.start, found.first) == (at("2027-05-03 11:00"), at("2027-05-03 13:00"))
    assert too_late_text(found).startswith("thu/them: 11:00 has passed today; it first airs on ")
    once = replace(campaign, slots=(*campaign.slots, replace(noon, id="them", at=(time(11),), start=DAY, end=DAY)))
    (found,) = effect_of(station, [once]).too_late
    assert too_late_text(found) == "thu/them: 11:00 has passed today; it will not air"
    assert effect_of(station, [replace(campaign, title="Khác")]).too_late == ()


@pytest.mark.parametrize(("now", "at_once"), [("12:00:50", True), ("12:01", False)])
def test_what_is_put_into_the_present_minute_is_said_to_air_at_once(
    maker: Maker, station: Station, now: str, at_once: bool
) -> None:
    """As the desk does: see test_what_is_entered_for_the_present_minute_airs."""
    maker.clock.now = at(f"2027-05-03 {now}")
    campaign = station.campaigns()[0]["thu"]
    noon = replace(campaign.slots[1], id="them", at=(time(12),), start=DAY, end=DAY)
    (found,) = effect_of(station, [replace(campaign, slots=(*campaign.slots, noon))]).too_late
    assert ("AT ONCE" in too_late_text(found)) == at_once


def test_a_slot_added_too_late_for_today_says_so(broadcaster: RunCommand, station: Station) -> None:
    new = ("--title", "Cả năm", "--from", "1/1", "--to", "31/12")
    assert broadcaster("schedule", "new", "nam", *new, "--yes", station=station.root).code == 0
    slot = ("--campaign", "nam", "--at", "0h", "--script", "thong-diep-1", "--anyway")
    shown = broadcaster("schedule", "add", *slot, "--dry-run", station=station.root)
    assert "Note: nam/00h00: 00:00 has passed today; it first airs on " in shown.err


# ---- past days -------------------------------------------------------------------------------------------------------


def test_the_plan_of_past_days_shows_how_each_ended(broadcaster: RunCommand, maker: Maker, station: Station) -> None:
    past = Window(date(2025, 5, 3), date(2025, 5, 4), ZONE)
    first, second, *_rest = (each.occurrence for each in look_ahead(station, past).prospects)
    with Ledger.open(station.ledger_path) as ledger:
        ledger.append([played_row(whole(first), at("2025-05-03 05:45"))])
        ledger.append([played_row(silent(second, Outcome.MISSED, "máy tắt"), at("2025-05-03 05:46"))])
    found = broadcaster("plan", "--from", "3/5/2025", "--to", "4/5/2025", "--json", station=maker.root).json
    assert [(each["state"], each["outcome"], each["text"]) for each in found] == [
        ("over", "aired", "aired"),
        ("over", "missed", "missed (máy tắt)"),
        ("no outcome", None, "its time has passed; no outcome yet"),
        ("no outcome", None, "its time has passed; no outcome yet"),
    ]
    drawn = broadcaster("plan", "--month", "5/2025", station=maker.root).out
    assert "– did not air, or has no outcome yet" in drawn
    assert "ready" not in broadcaster("plan", "--month", "5/2025", "--list", station=maker.root).out
