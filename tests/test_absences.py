"""How the time without a desk explains what it missed: since when, until when, and by which clock."""

from __future__ import annotations

import pytest
from desks import Slow, a_desk, plays, tick_until
from stations import Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.horizon import Absence, Horizon
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import ReasonKind
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.station.content import read_content

OFF_SINCE_FIVE = {"off_since": "2027-05-03T05:00:00+07:00"}


def test_what_was_due_as_the_computer_went_off_was_missed_because_of_that(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:00 17:00"))
    station = maker.render()
    a_desk(station, ledger)  # at five o'clock, and never heard of again

    maker.clock.now = at("2027-05-03 05:11")
    a_desk(station, ledger).tick()

    (play,) = plays(ledger)
    assert (play.outcome, play.planned_start) == (Outcome.MISSED, at("2027-05-03 05:00"))
    assert "off from 03/05/2027 05:00:00 to 03/05/2027 05:11:00" in play.reason


def test_an_absence_that_is_known_better_than_by_the_rows_is_told_as_it_was(maker: Maker, ledger: Ledger) -> None:
    """The last row is of five o'clock; the desk was last alive at ten past, and the computer on again at quarter to."""
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    a_desk(station, ledger)

    maker.clock.now = at("2027-05-03 05:46")
    desk = Desk(station, ledger, read_content(station), lambda _name: SilentOutput(maker.clock), lambda _ids: None)
    desk.begin(Absence(at("2027-05-03 05:10"), at("2027-05-03 05:45")))
    desk.tick()

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (
        Outcome.MISSED,
        "the program was off from 03/05/2027 05:10:00 to 03/05/2027 05:45:00",
    )


@pytest.mark.parametrize(("back_at", "explains"), [("2027-05-03 05:30", True), ("2027-05-03 05:29:50", False)])
def test_an_absence_explains_what_it_made_late_and_nothing_after_it(
    maker: Maker, ledger: Ledger, back_at: str, explains: bool
) -> None:
    """The device begins two seconds late; once the computer had come back right then, once in good time."""
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    a_desk(station, ledger)

    maker.clock.now = at(back_at)
    desk = a_desk(station, ledger, lambda _name: Slow(maker.clock, 2))
    desk.tick()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 2)
    assert ("off from 03/05/2027 05:00:00 to" in play.reason) is explains


@pytest.mark.parametrize(
    ("last", "since"),
    [
        (None, None),
        ("2027-05-03 05:59:59.999", "2027-05-03 05:59:59.999"),
        ("2027-05-03 06:00", None),
        ("2027-05-03 07:00", None),
    ],
)
def test_the_last_sign_of_life_counts_where_it_is_past(ledger: Ledger, last: str | None, since: str | None) -> None:
    if last:
        ledger.append([Entry(Kind.DAEMON_STOPPED, "daemon", at(last), None, {"reason": ""})])

    assert Horizon(ledger).look_back(at("2027-05-03 06:00")).off_since == (at(since) if since else None)


def test_no_span_is_told_where_the_last_sign_of_life_is_still_to_come(maker: Maker, ledger: Ledger) -> None:
    """The clock was set back while the computer was off."""
    maker.campaign(maker.slot("05:10"))
    station = maker.render()
    a_desk(station, ledger)
    ledger.append([Entry(Kind.DAEMON_STOPPED, "daemon", at("2027-05-03 07:00"), None, {"reason": ""})])

    maker.clock.now = at("2027-05-03 06:00")
    a_desk(station, ledger).tick()

    (play,) = plays(ledger)
    assert (play.outcome, play.why.kind, dict(play.why.facts)) == (Outcome.MISSED, ReasonKind.STARTED, {})


@pytest.mark.parametrize(
    ("seconds", "set_at", "end"),
    [
        (None, "", "2027-05-03 06:00"),
        (600, "2027-05-03 06:10:30", "2027-05-03 06:10"),
        (600, "2027-05-03 06:10", "2027-05-03 06:10"),
        (600, "2027-05-03 06:09:59", "2027-05-03 06:00"),  # by the clock that is right it had not started yet
        (600, "2027-05-03 06:14:59", "2027-05-03 06:10"),
        (600, "2027-05-03 06:15", "2027-05-03 06:00"),  # five minutes after the start that clock was believed
    ],
)
def test_an_earlier_absence_is_told_by_the_clock_that_was_set_right_soon_after(
    ledger: Ledger, seconds: int | None, set_at: str, end: str
) -> None:
    ledger.append([Entry(Kind.DAEMON_STARTED, "daemon", at("2027-05-03 06:00"), None, OFF_SINCE_FIVE)])
    if seconds is not None:
        ledger.append([Entry(Kind.CLOCK_STEP, "daemon", at(set_at), None, {"seconds": seconds})])

    earlier, _now = Horizon(ledger).look_back(at("2027-05-03 08:00")).absences

    assert (earlier.start, earlier.end) == (at("2027-05-03 05:00"), at(end))


def test_a_clock_that_was_set_twice_soon_after_a_start_is_set_right_by_both(ledger: Ledger) -> None:
    """The row of an hour without another lies between, and changes nothing."""
    ledger.append([Entry(Kind.DAEMON_STARTED, "daemon", at("2027-05-03 06:00"), None, OFF_SINCE_FIVE)])
    for kind, when, body in (
        (Kind.ALIVE, "2027-05-03 06:00:30", {"planned_until": None}),
        (Kind.CLOCK_STEP, "2027-05-03 06:11", {"seconds": 600}),
        (Kind.CLOCK_STEP, "2027-05-03 06:22", {"seconds": 600}),
    ):
        ledger.append([Entry(kind, "daemon", at(when), None, body)])

    earlier, _now = Horizon(ledger).look_back(at("2027-05-03 08:00")).absences

    assert earlier.end == at("2027-05-03 06:20")


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ({}, "2027-05-03 05:40"),  # as earlier versions wrote it: at once
        ({"asleep_until": "2027-05-03T05:35:00+07:00"}, "2027-05-03 05:35"),  # the row had to wait for the history
    ],
)
def test_a_sleep_that_was_entered_is_an_absence(ledger: Ledger, until: dict[str, str], end: str) -> None:
    asleep = {"planned_until": None, "asleep_since": at("2027-05-03 05:10").isoformat(), **until}
    for when, body in (("2027-05-03 05:00", {"planned_until": None}), ("2027-05-03 05:40", asleep)):
        ledger.append([Entry(Kind.ALIVE, "daemon", at(when), None, body)])

    slept, _now = Horizon(ledger).look_back(at("2027-05-03 06:00")).absences

    assert (slept.why.kind, slept.start, slept.end) == (ReasonKind.ASLEEP, at("2027-05-03 05:10"), at(end))


@pytest.mark.parametrize(("kind", "since"), [("alive", "2027-05-03 05:30"), ("approval", "2027-05-03 05:00")])
def test_a_desk_ran_up_to_a_lost_row_if_that_was_a_desks(ledger: Ledger, kind: str, since: str) -> None:
    ledger.append([Entry(Kind.DAEMON_STOPPED, "daemon", at("2027-05-03 05:00"), None, {"reason": ""})])
    lost = {"since": at("2027-05-03 05:00").isoformat(), "lost": 1}
    last = {"last": {"at": at("2027-05-03 05:30").isoformat(), "kind": kind}}
    ledger.append([Entry(Kind.LEDGER_DAMAGED, "daemon", at("2027-05-03 05:45"), None, lost | last)])

    assert Horizon(ledger).look_back(at("2027-05-03 06:00")).off_since == at(since)
