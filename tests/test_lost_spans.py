"""What had aired and is no longer in the history: `unknown`, never `missed`, and never heard a second time."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from mornings import Morning
from stations import at

from broadcaster.models import Outcome
from broadcaster.reasons import ReasonKind
from broadcaster.records.backup import back_up, restore
from broadcaster.records.daily_backup import make_daily_backup
from broadcaster.records.kinds import Kind
from broadcaster.records.rescue import rescue
from broadcaster.records.verify import verify

PAGE = 4096
LEAF_OF_A_TABLE = 0x0D  # SQLite's sign of a page that holds rows


@pytest.fixture
def morning(tmp_path: Path) -> Morning:
    """Make a station that airs at 05:30, from the morning of 3 May on."""
    return Morning(tmp_path)


def by_day(morning: Morning) -> dict[int, Outcome]:
    return {play.planned_start.day: play.outcome for play in morning.plays()}


def some_days_and_an_old_backup(morning: Morning) -> Path:
    """Air from the 3rd to the 5th; return a backup of the 3rd."""
    copy = morning.maker.root / "copies" / "old.db"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
        back_up(morning.path, copy)
        morning.live(rounds, "2027-05-05 06:00", idle=240)
    assert set(by_day(morning)) == {3, 4, 5}
    return copy


def start_again(morning: Morning, when: str, until: str) -> None:
    morning.live_without_a_desk((at(when) - morning.clock.now).total_seconds())
    with morning.on_duty() as rounds:
        morning.live(rounds, until, idle=60)


def test_every_day_that_was_given_up_is_unknown_and_later_ones_are_missed(morning: Morning) -> None:
    copy = some_days_and_an_old_backup(morning)
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    start_again(morning, "2027-05-07 08:00", "2027-05-07 08:30")
    assert by_day(morning) == {
        3: Outcome.AIRED,
        **dict.fromkeys((4, 5), Outcome.UNKNOWN),
        6: Outcome.MISSED,
        7: Outcome.MISSED,
    }
    (given_up,) = [play for play in morning.plays() if play.planned_start.day == 5]
    assert given_up.why.kind is ReasonKind.HISTORY_GIVEN_UP


def test_what_aired_a_minute_before_its_rows_were_lost_does_not_air_again(morning: Morning) -> None:
    heads = morning.maker.open().heads
    copy = morning.maker.root / "copies" / "old.db"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29")
        back_up(morning.path, copy)
        morning.live(rounds, "2027-05-03 05:31")
        (last,) = list(rounds.desk.ledger.rows())[-1:]
    heads.write(last.known)
    morning.path.write_bytes(copy.read_bytes())
    done = rescue(morning.path, morning.clock.now, heads)
    assert done is not None
    start_again(morning, "2027-05-03 05:33", "2027-05-03 05:36")
    assert morning.outcomes() == [Outcome.UNKNOWN]
    assert [kind for kind, _body in morning.rows(Kind.CUED)] == []


def test_what_was_cued_and_no_more_may_have_aired_too(morning: Morning) -> None:
    """The last row that is known is of the cue, some seconds before the time itself."""
    heads = morning.maker.open().heads
    copy = morning.maker.root / "copies" / "old.db"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29")
        back_up(morning.path, copy)
        morning.live(rounds, "2027-05-03 05:29:57")
        (cued,) = rounds.desk.ledger.rows([Kind.CUED])
    heads.write(cued.known)
    morning.path.write_bytes(copy.read_bytes())
    rescue(morning.path, morning.clock.now, heads)
    start_again(morning, "2027-05-03 05:32", "2027-05-03 05:34")
    assert morning.outcomes() == [Outcome.UNKNOWN]


def test_what_comes_after_the_lost_rows_airs(morning: Morning) -> None:
    copy = some_days_and_an_old_backup(morning)
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    start_again(morning, "2027-05-06 05:28", "2027-05-06 05:32")
    assert by_day(morning)[6] is Outcome.AIRED
    assert morning.clock.now - at("2027-05-06 05:30") < timedelta(minutes=10)


def test_a_desk_was_off_since_its_last_row_though_that_is_lost(morning: Morning) -> None:
    copy = some_days_and_an_old_backup(morning)
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    shutil.rmtree(morning.maker.root / "state")
    stopped = morning.clock.now
    start_again(morning, "2027-05-06 05:50", "2027-05-06 06:10")
    (missed,) = [play for play in morning.plays() if play.planned_start.day == 6]
    assert (missed.why.kind, missed.why.facts["from"]) == (ReasonKind.OFF, stopped.isoformat(timespec="milliseconds"))


def test_a_clock_set_back_meanwhile_explains_nothing_that_may_have_aired(morning: Morning) -> None:
    """The item is heard, the current fails, an older backup is put back, and the clock is hours behind for a minute."""
    copy = morning.maker.root / "copies" / "old.db"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        back_up(morning.path, copy)
        morning.live(rounds, "2027-05-03 05:30:20")
    morning.clock.now -= timedelta(hours=5)
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    morning.live_without_a_desk(5)
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 00:31:30")
        morning.clock.now += timedelta(hours=5)
        morning.live(rounds, "2027-05-03 05:45")
    assert morning.outcomes() == [Outcome.UNKNOWN]


def test_what_aired_before_the_clock_was_set_back_does_not_air_again_though_its_rows_are_lost(
    morning: Morning,
) -> None:
    copy = morning.maker.root / "copies" / "old.db"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:26")
        back_up(morning.path, copy)
        morning.live(rounds, "2027-05-03 05:35")
        morning.clock.now -= timedelta(hours=4)
        morning.live(rounds, "2027-05-03 01:40", idle=60)
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    start_again(morning, "2027-05-03 01:41", "2027-05-03 05:40")
    assert morning.outcomes() == [Outcome.UNKNOWN]


def test_a_backup_of_a_clock_hours_ahead_leaves_nothing_before_its_last_row_missed(morning: Morning) -> None:
    """Started hours ahead, the desk writes rows of a time that was never; only later ones say so, and they are lost."""
    copy = morning.maker.root / "copies" / "old.db"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 23:00", idle=60)
    morning.clock.now += timedelta(hours=7)
    with morning.on_duty() as rounds:
        back_up(morning.path, copy)
        morning.clock.now -= timedelta(hours=7)
        morning.live(rounds, "2027-05-04 05:40", idle=60)
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    start_again(morning, "2027-05-04 05:50", "2027-05-04 06:10")
    assert by_day(morning) == {3: Outcome.AIRED, 4: Outcome.UNKNOWN}


def test_a_clock_that_shows_days_before_the_lost_rows_is_not_believed(morning: Morning) -> None:
    copy = some_days_and_an_old_backup(morning)
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    morning.clock.now = at("2027-05-04 05:29")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-04 05:31")
        assert rounds.held
        morning.clock.now = at("2027-05-06 05:29")
        morning.live(rounds, "2027-05-06 05:40")
    assert by_day(morning) == {3: Outcome.AIRED, 4: Outcome.UNKNOWN, 5: Outcome.UNKNOWN, 6: Outcome.AIRED}


@pytest.mark.parametrize("back", [timedelta(days=2), timedelta(days=366)])
def test_what_aired_before_a_clock_was_set_back_by_days_is_unknown_too(morning: Morning, back: timedelta) -> None:
    """The clock is not believed, the desk is stopped, and its rows are lost before the clock is right again."""
    copy = morning.maker.root / "copies" / "old.db"
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:31")
        back_up(morning.path, copy)
        morning.live(rounds, "2027-05-05 06:00", idle=240)
        morning.clock.now -= back
        morning.live(rounds, f"{at('2027-05-05 06:05') - back:%Y-%m-%d %H:%M}")
    restore(copy, morning.path, "Lan", morning.clock.now, give_up_newer=True, heads=morning.maker.open().heads)
    with morning.on_duty() as rounds:
        morning.live(rounds, f"{at('2027-05-05 06:15') - back:%Y-%m-%d %H:%M}")
        morning.clock.now += back
        morning.live(rounds, "2027-05-05 06:30", idle=60)
    assert by_day(morning) == {3: Outcome.AIRED, 4: Outcome.UNKNOWN, 5: Outcome.UNKNOWN}


# ---- lost under the running desk --------------------------------------------------------------------------------


def tear_rows_of(path: Path, day: str) -> None:
    """Write noise over the pages that hold rows about plays of this day."""
    data = bytearray(path.read_bytes())
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        if page[0] == LEAF_OF_A_TABLE and f"@{day}".encode() in page:
            data[start + 8 : start + PAGE] = bytes(PAGE - 8)
    path.write_bytes(data)


def test_rows_lost_under_the_running_desk_have_their_outcomes_without_a_new_start(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 06:00", idle=60)
        make_daily_backup(morning.path, morning.maker.root / "backups", morning.clock.now.date(), keep=3)
        morning.live(rounds, "2027-05-05 06:00", idle=240)
        rounds.desk.ledger.fold_log()
        tear_rows_of(morning.path, "2027-05-04")
        morning.live(rounds, "2027-05-05 07:00", idle=60)
        assert by_day(morning)[4] is Outcome.UNKNOWN
        assert verify(morning.path).ok
        morning.live(rounds, "2027-05-06 06:00", idle=60)
    assert (by_day(morning)[3], by_day(morning)[6]) == (Outcome.AIRED, Outcome.AIRED)
    assert len(morning.rows(Kind.LEDGER_DAMAGED)) == len(morning.rows(Kind.DAEMON_STARTED)) == 1


def test_what_is_on_the_air_while_its_rows_are_lost_is_played_to_its_end(morning: Morning) -> None:
    morning.maker.campaign(morning.maker.slot("05:30", "dai"))
    with morning.on_duty() as rounds:
        make_daily_backup(morning.path, morning.maker.root / "backups", morning.clock.now.date(), keep=3)
        morning.live(rounds, "2027-05-03 05:30:02")
        copy = (morning.maker.root / "backups").glob("*.db")
        new = morning.path.with_name("new.db")
        new.write_bytes(next(copy).read_bytes())
        new.replace(morning.path)
        morning.live(rounds, "2027-05-03 06:00")
    (play,) = morning.plays()
    assert play.outcome is Outcome.AIRED
    assert verify(morning.path).ok
