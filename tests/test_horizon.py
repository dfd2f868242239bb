"""The plan of the next days: what an edit and a clock do to it, and how far it was entered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desks import HALF_A_MINUTE, a_desk, kinds, plays, tick_until
from stations import NOTHING_IN_FORCE, Maker, at

from broadcaster.models import Outcome
from broadcaster.playout.horizon import Absence, Horizon, PlanChange
from broadcaster.playout.rows import cued_row, planned_row, play_of, released_row, withdrawn_row
from broadcaster.reasons import from_row, in_words
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.schedule.plan import expand
from broadcaster.station.content import read_content

# ---- edits and clocks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edited_at", "last"),
    [
        ("2027-05-03 05:29:58.999", "withdrawn"),
        ("2027-05-03 05:29:59", "played"),
        ("2027-05-03 05:30", "played"),
    ],
)
def test_what_begins_within_a_second_can_no_longer_be_taken_out(
    maker: Maker, ledger: Ledger, edited_at: str, last: str
) -> None:
    """It waits for its clip, so nothing of it is cued."""
    maker.settings('[airing]\ngrace = "10s"').campaign(maker.slot("05:30 06:30"))
    station = maker.open()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:29:56")

    maker.clock.now = at(edited_at)
    maker.campaign(maker.slot("06:30"))
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:30:20")

    assert kinds(ledger, "thu/sang@2027-05-03T05:30+07:00") == ["planned", last]


def test_what_an_edit_changes_is_taken_out_and_entered_anew(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("17:00", "bai-1"))
    station = maker.render()
    desk = a_desk(station, ledger)

    maker.campaign(maker.slot("17:00", "bai-2"))
    desk.adopt(read_content(station, desk.content), in_words("edited"))

    rows = list(ledger.rows(occurrence="thu/sang@2027-05-03T17:00+07:00"))
    assert [row.kind for row in rows] == [Kind.PLANNED, Kind.WITHDRAWN, Kind.PLANNED]
    assert (rows[0].body["scripts"], rows[2].body["scripts"]) == (["bai-1"], ["bai-2"])


def test_a_withdrawal_says_its_reason_and_none_where_nobody_gave_one(maker: Maker, ledger: Ledger) -> None:
    """The first edit is seen by the desk; the second is made while none runs, and found at the next start."""
    maker.campaign(maker.slot("17:00"))
    station = maker.render()
    desk = a_desk(station, ledger)
    maker.campaign(maker.slot("18:00"))
    desk.adopt(read_content(station, desk.content), in_words("the files were edited: schedules/thu"))
    maker.campaign(maker.slot("19:00"))
    a_desk(station, ledger)

    rows = ledger.rows([Kind.WITHDRAWN])
    assert [(row.occurrence, str(from_row(row.body))) for row in rows] == [
        ("thu/sang@2027-05-03T17:00+07:00", "the files were edited: schedules/thu"),
        ("thu/sang@2027-05-04T17:00+07:00", "the files were edited: schedules/thu"),
        ("thu/sang@2027-05-03T18:00+07:00", ""),
        ("thu/sang@2027-05-04T18:00+07:00", ""),
    ]


def test_a_day_later_the_plan_of_one_more_day_is_entered(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("17:00"))
    desk = a_desk(maker.open(), ledger)
    planned = [f"thu/sang@2027-05-{day:02}T17:00+07:00" for day in (3, 4, 5)]
    assert [row.occurrence for row in ledger.rows([Kind.PLANNED])] == planned[:2]

    maker.clock.now = at("2027-05-04 05:00")
    desk.sync()

    assert [row.occurrence for row in ledger.rows([Kind.PLANNED])] == planned == list(desk.horizon.upcoming)


def test_what_an_edit_changed_stays_so_when_the_plan_is_entered_again(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("17:00"))
    station = maker.render()
    desk = a_desk(station, ledger)
    maker.campaign(maker.slot("18:00"))
    desk.adopt(read_content(station, desk.content), in_words("edited"))
    rows = ledger.head().seq

    desk.sync()

    assert ledger.head().seq == rows
    assert [occurrence.start.hour for occurrence in desk.horizon.upcoming.values()] == [18, 18]


@pytest.mark.parametrize("back_to", ["2027-04-28 05:00", "2027-05-01 05:30"])
def test_a_clock_set_back_for_days_and_right_again_leaves_the_plan_as_it_was(
    maker: Maker, ledger: Ledger, back_to: str
) -> None:
    """From there the plan is far off, or begins in the very instant in which the horizon ends."""
    maker.campaign(maker.slot("05:30"), dates='from = "05-03"\nto = "05-31"')
    desk = a_desk(maker.open(), ledger)
    planned = [f"thu/sang@2027-05-{day:02}T05:30+07:00" for day in (3, 4)]

    maker.clock.now = at(back_to)
    desk.sync()
    maker.clock.now = at("2027-05-03 05:00")
    desk.sync()

    assert [(row.kind, row.occurrence) for row in ledger.rows()] == [(Kind.PLANNED, id_) for id_ in planned]
    assert list(desk.horizon.upcoming) == planned


def test_what_waits_as_the_clock_is_set_back_is_cued_at_its_new_time(maker: Maker, ledger: Ledger) -> None:
    """It was due and had no clip; then it is not due for ten minutes, and has one."""
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:05")

    maker.clock.now = at("2027-05-03 05:20")
    desk.clock_moved()
    maker.render()
    desk.clips.look_again()
    tick_until(desk, maker.clock, "2027-05-03 05:29:54")
    assert kinds(ledger, "thu/sang@2027-05-03T05:30+07:00") == ["planned"]
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


def test_an_edit_of_something_else_changes_nothing_of_what_is_shown(maker: Maker, ledger: Ledger) -> None:
    """`a` is on the air, `b` waits behind it, and `c` comes later."""
    maker.script("dai", HALF_A_MINUTE)
    slots = (("05:30", "dai", "a"), ("05:30:05", "bai-1", "b"), ("06:30", "bai-2", "c"))
    text = "".join(maker.slot(clock, script, id_=id_) for clock, script, id_ in slots)
    station = maker.campaign(text).render()
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:10")
    before = desk.status()

    maker.campaign(f"# a comment\n{text}")
    desk.adopt(read_content(station, desk.content), in_words("edited"))

    assert [occurrence.slot for occurrence in before.waiting] == ["a", "b"]
    assert desk.status() == before


# ---- what is entered late, and what is in hand --------------------------------------------------------------------


def test_what_an_edit_enters_after_its_time_is_told_and_nothing_else(maker: Maker) -> None:
    campaign = maker.campaign(maker.slot("05:00 05:10 05:20 05:30")).open().campaigns()[0]["thu"]
    zone = maker.open().settings.timezone
    plan = {o.id: o for o in expand([campaign], at("2027-05-03 05:00"), at("2027-05-03 06:00"), zone)}
    before, late, present, _coming = plan.values()
    now = present.start
    entries = (
        withdrawn_row(before, in_words("edited"), now),
        *(planned_row(each, now) for each in plan.values() if each is not before),
    )

    assert list(PlanChange(entries, plan, now).entered_late(now)) == [late]
    assert list(PlanChange(entries, {present.id: present}, now).entered_late(now)) == []  # it has its outcome


def test_what_the_desk_has_in_hand_goes_on_though_the_history_has_lost_it(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30 17:00"))
    horizon = a_desk(maker.open(), ledger).horizon
    in_hand, *_others = horizon.upcoming
    with Ledger.open(maker.root / "new.db") as empty:
        anew = Horizon(empty)
        anew.upcoming = dict(horizon.upcoming)

        assert list(anew.look_back(maker.clock.now, in_hand={in_hand}).upcoming) == [in_hand]
        assert dict(anew.look_back(maker.clock.now).upcoming) == {}


# ---- how far it was entered ---------------------------------------------------------------------------------------


def says(kind: Kind, until: str | None) -> Entry:
    body: dict[str, object] = {"planned_until": until and at(until).isoformat()}
    return Entry(kind, "daemon", at("2027-05-03 05:00"), None, body)


def hole(since: str | None) -> Entry:
    """Return the row of a hole that ends half an hour after five, and begins then, or nobody knows when."""
    body = {"since": since and at(since).isoformat(), "lost": 3, "last": {"at": at("2027-05-03 05:30").isoformat()}}
    return Entry(Kind.LEDGER_DAMAGED, "daemon", at("2027-05-03 06:00"), None, body)


@pytest.mark.parametrize(
    ("rows", "until"),
    [
        ([], None),
        ([says(Kind.ALIVE, "2027-05-04 05:00"), says(Kind.DAEMON_STOPPED, None)], "2027-05-04 05:00"),
        ([says(Kind.ALIVE, "2027-05-04 05:00"), says(Kind.DAEMON_STOPPED, "2027-05-05 05:00")], "2027-05-05 05:00"),
        ([says(Kind.ALIVE, "2027-05-04 05:00"), hole("2027-05-03 05:10")], "2027-05-03 05:10"),
        ([says(Kind.ALIVE, "2027-05-04 05:00"), hole(None)], "2027-05-04 05:00"),
        ([hole("2027-05-03 05:10")], None),
    ],
)
def test_the_plan_was_entered_up_to_what_a_row_says_and_not_over_a_hole(
    ledger: Ledger, rows: list[Entry], until: str | None
) -> None:
    ledger.append(rows)

    assert Horizon(ledger).look_back(at("2027-05-03 07:00")).end == (at(until) if until else None)


@pytest.mark.parametrize(
    ("rows", "until"),
    [
        ([], None),
        ([says(Kind.ALIVE, "2027-05-03 06:00")], "2027-05-03 06:30"),  # nobody lived through the half hour after that
        ([says(Kind.ALIVE, "2027-05-04 05:00")], "2027-05-04 05:00"),
        ([says(Kind.ALIVE, "2027-05-04 05:00"), hole("2027-05-03 05:10")], "2027-05-03 05:10"),
    ],
)
def test_a_time_that_the_clock_was_set_over_before_the_start_counts_as_entered(
    ledger: Ledger, rows: list[Entry], until: str | None
) -> None:
    ledger.append(rows)

    found = Horizon(ledger).look_back(at("2027-05-03 07:00"), Absence(skipped_to=at("2027-05-03 06:30")))

    assert found.end == (at(until) if until else None)


def test_where_nobody_knows_when_a_hole_began_it_was_a_day_before_it_ended(ledger: Ledger) -> None:
    ledger.append([hole(None)])

    (lost,) = Horizon(ledger).lost_history(timedelta(seconds=5))

    assert (lost.start, lost.end) == (at("2027-05-02 05:30"), at("2027-05-03 05:30:05"))


def test_no_plan_is_entered_for_a_time_that_the_clock_was_set_over(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)  # entered up to five o'clock of the 5th

    desk.horizon.skip_to(at("2027-05-04 12:00"))
    assert desk.horizon.end == at("2027-05-05 05:00")
    maker.clock.now = at("2027-05-10 12:00")
    desk.horizon.skip_to(maker.clock.now)
    desk.sync()

    planned = [row.occurrence for row in ledger.rows([Kind.PLANNED])]
    assert planned == [f"thu/sang@2027-05-{day:02}T05:30+07:00" for day in (3, 4, 11, 12)]


def test_a_horizon_of_which_nothing_was_entered_skips_nothing(ledger: Ledger) -> None:
    horizon = Horizon(ledger)
    horizon.skip_to(at("2027-05-10 12:00"))
    assert horizon.end is None


def test_what_was_let_go_and_is_planned_no_more_is_not_taken_up(maker: Maker, ledger: Ledger) -> None:
    """Only what somebody else wrote into the history can be so: it is no reason not to start."""
    campaign = maker.campaign(maker.slot("05:30")).open().campaigns()[0]["thu"]
    zone = maker.open().settings.timezone
    (occurrence,) = expand([campaign], at("2027-05-03 05:00"), at("2027-05-03 06:00"), zone)
    play, now = play_of(occurrence, NOTHING_IN_FORCE, Outcome.MISSED), at("2027-05-03 04:00")
    ledger.append([cued_row(play, now), released_row(play, in_words("stopped"), now)])

    found = Horizon(ledger).look_back(maker.clock.now)

    assert (found.released, dict(found.upcoming)) == (frozenset(), {})
