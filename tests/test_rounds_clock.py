"""The daemon's rounds while the clock is set: what nobody lived through is never missed, and what can air airs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from mornings import Morning
from stations import at

from broadcaster.models import Outcome
from broadcaster.office.now import look_around
from broadcaster.office.wording_conditions import condition_text
from broadcaster.playout.duties import Duties
from broadcaster.reasons import ReasonKind
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.verify import verify
from broadcaster.station.conditions import ConditionKind

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def started(morning: Morning) -> list[tuple[Outcome, str]]:
    return [(play.outcome, str(play.started)[:16]) for play in morning.plays()]


@pytest.mark.parametrize(("jump", "seconds"), [(3 * DAY, 20), (366 * DAY, 60), (3652 * DAY, 25), (7 * HOUR, 15)])
def test_a_jump_that_is_taken_back_costs_nothing(morning: Morning, jump: timedelta, seconds: int) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        morning.clock.now += jump
        morning.live(rounds, str(morning.clock.now + timedelta(seconds=seconds))[:19])
        morning.clock.now -= jump
        morning.live(rounds, "2027-05-03 05:31")

    assert started(morning) == [(Outcome.AIRED, "2027-05-03 05:30")]
    assert [round(body["seconds"]) for _kind, body in morning.rows(Kind.CLOCK_STEP)] == [  # type: ignore[call-overload]
        jump.total_seconds(),
        -jump.total_seconds(),
    ]
    assert len(morning.rows(Kind.PLANNED)) == 2
    with closing(Ledger.open(morning.path, read_only=True)) as ledger:
        assert all(row.at < at("2027-05-03 05:32") for row in ledger.rows())


DUTIES = ("facts", "files", "plan", "frozen plan", "airing", "checkpoint", "alive", "heartbeat")


@pytest.mark.parametrize("jump", [3652 * DAY, 366 * DAY, 7 * HOUR], ids=str)
@pytest.mark.parametrize("duty", DUTIES)
def test_a_clock_that_is_set_in_the_middle_of_a_round_is_not_gone_by_before_it_was_looked_at(
    morning: Morning, monkeypatch: pytest.MonkeyPatch, duty: str, jump: timedelta
) -> None:
    """A round is not short where a duty waits for a locked history."""
    real, left = Duties.do, [duty]

    def do(duties: Duties, name: str, action: Callable[[], None], *, every: float = 0.0) -> bool:
        if left == [name]:
            left.clear()
            morning.clock.now += jump
            duties.due_in(name, 0.0)
        return real(duties, name, action, every=every)

    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        monkeypatch.setattr(Duties, "do", do)
        morning.live_without_a_desk(0.5)
        rounds.round()
        assert not left
        for _half_a_second in range(30):
            morning.live_without_a_desk(0.5)
            rounds.round()
        morning.clock.now -= jump
        morning.live(rounds, "2027-05-03 05:31")

    assert started(morning) == [(Outcome.AIRED, "2027-05-03 05:30")]
    with closing(Ledger.open(morning.path, read_only=True)) as ledger:
        assert all(at("2027-05-03 05:24") < row.at < at("2027-05-03 05:32") for row in ledger.rows())


def test_an_item_whose_hour_comes_while_the_clock_is_wrong_airs_late(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:50")
        morning.clock.now += 3 * DAY
        morning.live(rounds, "2027-05-06 05:30:10")
        morning.clock.now -= 3 * DAY
        morning.live(rounds, "2027-05-03 05:31")

    (play,) = morning.plays()
    assert play.outcome is Outcome.AIRED
    assert play.lateness_s == pytest.approx(10.5, abs=1)
    assert play.reason.startswith("the clock was not to be trusted from 03/05/2027 05:29:50")


def test_a_computer_that_starts_seven_hours_ahead_and_is_set_right_misses_nothing(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
    morning.clock.now = at("2027-05-04 12:25")  # it is 05:25 on the next day
    morning.elapsed = morning.elapsed._replace(real=morning.elapsed.real + 20 * 3600)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-04 12:25:15")
        morning.clock.now -= 7 * HOUR
        morning.live(rounds, "2027-05-04 05:31")

    assert started(morning) == [(Outcome.AIRED, "2027-05-03 05:30"), (Outcome.AIRED, "2027-05-04 05:30")]
    (told,) = [each for each in look_around(morning.maker.open()).conditions if each.kind is ConditionKind.CLOCK_SET]
    assert condition_text(told).endswith("set far, times: 1; most by 7:00:00 back.")
    morning.live_without_a_desk(25 * 3600)
    kinds = {each.kind for each in look_around(morning.maker.open()).conditions}
    assert ConditionKind.CLOCK_SET not in kinds


def test_after_that_also_a_second_start_airs(morning: Morning) -> None:
    """The rows of the first minutes say 12:25: they are no reason not to believe 05:26."""
    morning.clock.now = at("2027-05-03 12:25")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 12:25:15")
    morning.clock.now = at("2027-05-03 05:26")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")

    assert started(morning) == [(Outcome.AIRED, "2027-05-03 05:30")]


def test_ten_years_ahead_at_a_start_writes_nothing(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
    before = len(morning.rows())
    morning.clock.now += 3652 * DAY
    with morning.on_duty() as rounds:
        morning.live(rounds, str(morning.clock.now + timedelta(seconds=25))[:19])
        assert rounds.held
        assert len(morning.rows()) == before
        morning.clock.now -= 3652 * DAY
        morning.live(rounds, "2027-05-03 05:31")

    assert started(morning) == [(Outcome.AIRED, "2027-05-03 05:30")]
    assert verify(morning.path).ok


def test_a_clock_set_back_by_days_on_a_running_desk_holds_it_and_says_so(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
        morning.clock.now -= 10 * DAY
        morning.live(rounds, "2027-04-23 05:33")
        assert rounds.held

    assert [body["doubt"] for _kind, body in morning.rows(Kind.CLOCK_UNTRUSTED)] == ["behind"]
    assert len(morning.plays()) == 1


def test_a_computer_off_for_days_enters_them_when_its_clock_has_settled(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
    morning.clock.now = at("2027-05-08 12:00")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-08 12:04:58")
        assert len(morning.plays()) == 1
        morning.live(rounds, "2027-05-08 12:05:02")

    missed = morning.plays()[1:]
    assert [play.planned_start.day for play in missed] == [4, 5, 6, 7, 8]
    assert {play.outcome for play in missed} == {Outcome.MISSED}
    assert {play.reason for play in missed} == {"the program was off from 03/05/2027 05:31:00 to 08/05/2027 12:00:00"}


def test_days_off_are_entered_also_when_the_state_folder_is_gone(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
    for path in (morning.maker.root / "state").glob("*.json"):
        path.unlink()
    morning.clock.now = at("2027-05-08 12:00")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-08 12:06")

    assert [play.planned_start.day for play in morning.plays()] == [3, 4, 5, 6, 7, 8]


def test_several_short_runs_after_days_off_still_know_when_nobody_ran(morning: Morning) -> None:
    """Each run is too short for its clock to settle; the reason must name the days of the absence, not the last gap."""
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
    for hour in ("08:00", "09:00", "10:00"):
        morning.clock.now = at(f"2027-05-06 {hour}")
        with morning.on_duty() as rounds:
            morning.live(rounds, f"2027-05-06 {hour}:30")
    morning.clock.now = at("2027-05-06 11:00")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-06 11:06")

    assert [(play.planned_start.day, play.reason) for play in morning.plays()[1:]] == [
        (day, "the program was off from 03/05/2027 05:31:00 to 06/05/2027 08:00:00") for day in (4, 5, 6)
    ]


def test_an_hour_without_a_row_gets_one_that_says_how_far_the_plan_is_entered(morning: Morning) -> None:
    with closing(Ledger.open(morning.path)) as ledger:
        ledger.append([Entry(Kind.ALIVE, "daemon", at("2027-05-03 05:00"), None, {})])
    morning.clock.now = at("2027-05-03 06:00")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 08:10", idle=4)

    alive = [body.get("planned_until") for _kind, body in morning.rows(Kind.ALIVE)]
    assert [str(until)[:13] for until in alive] == ["None", "2027-05-05T07", "2027-05-05T08"]


def reasons(morning: Morning) -> list[str]:
    return [str(play.why.kind) for play in morning.plays()]


@pytest.mark.parametrize("started_again", [False, True])
def test_what_was_seen_by_a_clock_ahead_explains_nothing_hours_later(morning: Morning, started_again: bool) -> None:
    """It started at 05:27, by its clock 12:27: "off from 05:26 to 12:27" is not why 05:40:02 had to wait."""
    morning.maker.campaign(morning.maker.slot("05:40", "dai") + morning.maker.slot("05:40:02", id_="hai"))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
    morning.live_without_a_desk(60)
    morning.clock.now += 7 * HOUR
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 12:27:15")
        morning.clock.now -= 7 * HOUR
        morning.live(rounds, "2027-05-03 05:28" if started_again else "2027-05-03 05:41")
    if started_again:
        with morning.on_duty() as rounds:
            morning.live(rounds, "2027-05-03 05:41")

    assert reasons(morning) == ["text", "busy"]


def test_ten_years_ahead_for_a_minute_explains_nothing_later(morning: Morning) -> None:
    morning.maker.campaign(morning.maker.slot("05:40", "dai") + morning.maker.slot("05:40:02", id_="hai"))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
    morning.live_without_a_desk(60)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:28")
        morning.clock.now += 3652 * DAY
        morning.live(rounds, str(at("2027-05-03 05:28:50") + 3652 * DAY)[:19])
        morning.clock.now -= 3652 * DAY
        morning.live(rounds, "2027-05-03 05:30")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:41")

    assert reasons(morning) == ["text", "busy"]


@pytest.mark.parametrize("jump", [timedelta(minutes=12), -timedelta(minutes=10)])
def test_a_clock_that_was_wrong_for_minutes_is_why_an_item_is_late(morning: Morning, jump: timedelta) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:50")
        morning.clock.now += jump
        morning.live(rounds, str(at("2027-05-03 05:33:50") + jump)[:19])
        morning.clock.now -= jump
        morning.live(rounds, "2027-05-03 05:34:30")

    (play,) = morning.plays()
    assert play.outcome is Outcome.AIRED
    since, until = play.why.facts["from"], play.why.facts["to"]
    assert until == "2027-05-03T05:33:50.500+07:00"
    if jump > timedelta():
        assert (str(play.why.kind), since[:19]) == ("clock_untrusted", "2027-05-03T05:29:50")
    else:  # the clock went over the hour when it was set right
        assert (str(play.why.kind), since[:16]) == ("clock_set", "2027-05-03T05:23")


def test_a_clock_set_back_for_a_minute_is_not_said_to_have_been_set_forward_over_years(morning: Morning) -> None:
    morning.clock.now = at("2027-05-03 05:20")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:50")
        morning.clock.now -= 500 * DAY
        morning.live(rounds, str(at("2027-05-03 05:31") - 500 * DAY)[:19])
        morning.clock.now += 500 * DAY
        morning.live(rounds, "2027-05-03 05:31:30")

    (play,) = morning.plays()
    assert (play.why.kind, play.why.facts["from"][:18]) == ("clock_untrusted", "2027-05-03T05:29:5")


def test_a_halt_in_the_night_is_no_reason_after_the_clock_was_set_forward(morning: Morning) -> None:
    """By the clock as it is since, the program stood still over 05:30, which is the hour that nobody lived through."""
    morning.clock.now = at("2027-05-03 04:20")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 04:26", idle=4)
        morning.live_without_a_desk(30 * 60)
        morning.live(rounds, "2027-05-03 05:02", idle=4)
        morning.clock.now += HOUR
        morning.live(rounds, "2027-05-03 06:20", idle=4)

    assert reasons(morning) == ["clock_set"]


def test_a_sleep_explains_what_was_missed_also_where_the_desk_stops_before_that_is_entered(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        morning.sleep(3 * 3600)
        morning.live(rounds, "2027-05-03 08:26:01")
    morning.live_without_a_desk(30)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 08:40", idle=30)
    (play,) = morning.plays()
    assert (play.outcome, play.why.kind) == (Outcome.MISSED, ReasonKind.ASLEEP)
    assert play.why.facts["from"][:16] == "2027-05-03T05:26"


def test_a_clock_that_is_set_right_after_an_item_began_is_not_why_it_waited(morning: Morning) -> None:
    """Ten seconds ahead are believed at once: the second item waits for the first, and begins before that is seen."""
    maker = morning.maker.script("lau", "[nghỉ 10s]\n\n[nghỉ 10s]\n\nXin hết.")
    maker.campaign(maker.slot("05:30", "lau") + maker.slot("05:30:05", "dai", id_="hai"))
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:30:05.200")
        morning.clock.now += timedelta(seconds=10)
        while (on_air := rounds.status().on_air) is None or on_air.slot != "hai":
            morning.live(rounds, str(morning.clock.now + timedelta(seconds=0.1)))
        morning.live(rounds, str(morning.clock.now + timedelta(seconds=0.4)))
        morning.clock.now -= timedelta(seconds=10)
        morning.live(rounds, "2027-05-03 05:31")

    assert reasons(morning) == ["text", "busy"]


def test_what_began_before_the_clock_was_set_back_keeps_its_time(morning: Morning) -> None:
    """The clock shows that time twice; when it is set right, only what was seen by it meanwhile moves with it."""
    with morning.on_duty() as rounds:
        morning.maker.lose_clip("bai-1")
        rounds.desk.clips.look_again()
        morning.live(rounds, "2027-05-03 05:30:15")
        morning.clock.now -= timedelta(seconds=30)
        morning.live(rounds, "2027-05-03 05:29:57")
        morning.clock.now += timedelta(seconds=30)
        morning.live(rounds, "2027-05-03 05:30:40")
        morning.maker.render()
        morning.rendering.ended = True
        morning.live(rounds, "2027-05-03 05:31:30")

    (play,) = morning.plays()
    assert (play.why.kind, play.why.facts["from"][11:19]) == ("no_clip", "05:29:55")


def test_a_clock_that_was_two_days_ahead_explains_nothing_of_those_days_once_it_is_set_right(morning: Morning) -> None:
    """What it passed over is missed, for that was believed; what is planned for those days since then is not."""
    morning.clock.now = at("2027-05-03 05:20")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26", idle=4)
        morning.clock.now += 2 * DAY
        morning.live(rounds, "2027-05-05 05:32")
        morning.clock.now -= 2 * DAY
        morning.maker.campaign(morning.maker.slot("05:34", "dai") + morning.maker.slot("05:34:02", id_="hai"))
        morning.live(rounds, "2027-05-03 05:35")

    assert reasons(morning)[-2:] == ["text", "busy"]
    assert "clock_set" in reasons(morning)
