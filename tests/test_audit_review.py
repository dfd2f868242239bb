"""What an auditor should look at: each kind is found in a history that was made for it, and in no ordinary one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ledgers import DAYS, small_ledger, tampering
from stations import ZONE, at

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.office.audit_review import PAGE, review, review_pages
from broadcaster.office.wording_audit_review import MEANINGS, SHOWN, TITLES, anomaly_text, page, rows_text
from broadcaster.playout.rows import cued_row, planned_row, played_row, withdrawn_row
from broadcaster.reasons import in_words
from broadcaster.records.anomaly import Anomaly, AnomalyKind
from broadcaster.records.approvals import Approval, Decision, change_entry
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import Origin, Play, PlayedScript

if TYPE_CHECKING:
    from commands import RunCommand

MORNING = at("2027-05-03 05:30")
SCRIPT = PlayedScript("bai-1", "Bài 1", "t", "c", "espeak:vi", 60.0)


def item(start: datetime = MORNING, slot: str = "sang") -> Occurrence:
    return Occurrence("thang-5", slot, start, ("bai-1",))


def play(occurrence: Occurrence, late_s: float = 0.0, **more: Any) -> Play:
    started = occurrence.start + timedelta(seconds=late_s)
    made = Play(
        occurrence.id, occurrence.campaign, occurrence.slot, BulletinClass.NORMAL, (SCRIPT,), occurrence.start,
        Outcome.AIRED, started=started, ended=started + timedelta(minutes=1), heard_s=60.0, device="USB",
    )  # fmt: skip
    return replace(made, **more)


def aired(occurrence: Occurrence, late_s: float = 0.0, **more: Any) -> list[Entry]:
    """Return the rows of an ordinary play: planned a day before, cued, played."""
    made = play(occurrence, late_s, **more)
    rows = [planned_row(occurrence, occurrence.start - timedelta(days=1))]
    rows.append(cued_row(made, occurrence.start - timedelta(seconds=5)))
    return [*rows, played_row(made, occurrence.start + timedelta(minutes=1, seconds=late_s))]


def missed(occurrence: Occurrence, entered: datetime) -> list[Entry]:
    silent = {"started": None, "ended": None, "heard_s": 0.0, "device": "", "outcome": Outcome.MISSED}
    scripts = (replace(SCRIPT, seconds=0.0),)
    made = play(occurrence, scripts=scripts, **silent)
    return [planned_row(occurrence, occurrence.start - timedelta(days=1)), played_row(made, entered)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broadcaster.db"


def found(path: Path, *rows: Entry | Sequence[Entry]) -> list[Anomaly]:
    """Write a history and return what is unusual in it; silences too only where it has nothing but signs of life.

    The desk of the other histories here writes only what its test is about.
    """
    entries = [entry for each in rows for entry in ([each] if isinstance(each, Entry) else each)]
    with Ledger.open(path) as ledger:
        for entry in entries:
            ledger.append([entry])
    is_about_life = not any(entry.occurrence for entry in entries)
    return [each for each in review(path).anomalies if is_about_life or each.kind is not AnomalyKind.SILENCE]


def only(anomalies: list[Anomaly], kind: AnomalyKind) -> Anomaly:
    (anomaly,) = [each for each in anomalies if each.kind is kind]
    return anomaly


def test_in_an_ordinary_history_is_nothing(path: Path) -> None:
    assert found(path, aired(item()), aired(item(MORNING + timedelta(minutes=30)), 0.9)) == []


def test_nothing_is_found_that_a_person_heard_on_the_loudspeakers(path: Path) -> None:
    row = played_row(play(item(), 300, origin=Origin.TEST, device="Headphones"), MORNING + timedelta(hours=9))
    assert found(path, replace(row, actor="Hòa")) == []


# ---- plays -------------------------------------------------------------------------------------------------------


def test_an_outcome_without_a_cue(path: Path) -> None:
    planned, _cued, played = aired(item())
    anomaly = only(found(path, planned, played), AnomalyKind.NO_CUE)
    assert (anomaly.rows, anomaly.at, anomaly.facts["heard_s"]) == ((2,), MORNING, 60.0)
    assert anomaly_text(anomaly) == "thang-5/sang@2027-05-03T05:30+07:00: aired, 1:00 heard, no cue"


def test_what_never_sounded_needs_no_cue(path: Path) -> None:
    kinds = {each.kind for each in found(path, missed(item(), MORNING + timedelta(minutes=11)))}
    assert AnomalyKind.NO_CUE not in kinds


def test_a_start_that_is_minutes_late(path: Path) -> None:
    later = item(MORNING + timedelta(minutes=30))
    anomalies = found(path, aired(item(), 60.0), aired(later, 61.5))
    anomaly = only(anomalies, AnomalyKind.LATE_START)
    assert (anomaly.rows, anomaly.facts["seconds"]) == ((6,), 61.5)


def test_outcomes_entered_hours_later_are_told_together(path: Path) -> None:
    noon = at("2027-05-03 12:00")
    quick = item(at("2027-05-03 11:45"), "trua")
    first, second = item(), item(MORNING + timedelta(hours=1))
    anomaly = only(found(path, missed(first, noon), missed(second, noon), missed(quick, noon)), AnomalyKind.LATE_ENTRY)
    assert anomaly.rows == (2, 4)
    assert (anomaly.facts["count"], anomaly.facts["outcome"]) == (2, "missed")
    assert (anomaly.facts["first"], anomaly.facts["last"]) == (first.start, second.start)


def test_a_forged_play_among_what_was_entered_late_is_told_apart(path: Path) -> None:
    noon = at("2027-05-03 12:00")
    forged = played_row(play(item(MORNING + timedelta(hours=1))), noon)
    anomalies = found(path, missed(item(), noon), forged)
    late = [(each.facts["outcome"], each.rows) for each in anomalies if each.kind is AnomalyKind.LATE_ENTRY]
    assert late == [("missed", (2,)), ("aired", (3,))]
    assert only(anomalies, AnomalyKind.NO_CUE).rows == (3,)


def test_another_device_than_before(path: Path) -> None:
    second, third = item(MORNING + timedelta(minutes=10)), item(MORNING + timedelta(minutes=20))
    anomaly = only(
        found(path, aired(item()), aired(second, device="HDMI"), aired(third, device="HDMI")),
        AnomalyKind.DEVICE_CHANGED,
    )
    assert (anomaly.rows, anomaly_text(anomaly)) == ((3, 6), "from USB to HDMI")


# ---- days --------------------------------------------------------------------------------------------------------

NEXT_DAY = Entry(Kind.ALIVE, "daemon", at("2027-05-04 00:30"), None, {})


def day(lost: int) -> list[Entry]:
    """Return a day of four items, of which so many were missed."""
    items = [item(MORNING + timedelta(minutes=20 * number)) for number in range(4)]
    rows = [aired(each) for each in items[lost:]] + [
        missed(each, each.start + timedelta(minutes=11)) for each in items[:lost]
    ]
    return [entry for each in rows for entry in each]


def test_a_day_with_far_fewer_minutes_than_planned(path: Path) -> None:
    anomaly = only(found(path, day(2), NEXT_DAY), AnomalyKind.FEW_MINUTES)
    assert anomaly.facts == {"planned": 4, "aired": 2, "day": date(2027, 5, 3), "planned_s": 240.0, "heard_s": 120.0}
    assert anomaly.rows == (8, 10)


@pytest.mark.parametrize("rows", [[*day(1), NEXT_DAY], day(3)], ids=["three of four", "not over yet"])
def test_a_day_that_is_nearly_whole_or_not_over(path: Path, rows: list[Entry]) -> None:
    assert AnomalyKind.FEW_MINUTES not in {each.kind for each in found(path, rows)}


@pytest.mark.parametrize("device", ["silent", "file"])
def test_what_nobody_could_hear_is_no_minute(path: Path, device: str) -> None:
    anomaly = only(found(path, aired(item(), device=device), NEXT_DAY), AnomalyKind.FEW_MINUTES)
    assert (anomaly.facts["heard_s"], anomaly.facts["aired"]) == (0.0, 0)


def test_what_was_taken_out_is_not_planned(path: Path) -> None:
    gone = item(MORNING + timedelta(hours=4))
    taken_out = withdrawn_row(gone, in_words("sửa"), MORNING - timedelta(hours=1))
    rows = [planned_row(gone, MORNING - timedelta(days=2)), taken_out, *aired(item()), NEXT_DAY]
    assert AnomalyKind.FEW_MINUTES not in {each.kind for each in found(path, rows)}


# ---- people ------------------------------------------------------------------------------------------------------


def changed(names: list[str], when: datetime, how: str = "command") -> Entry:
    return Entry(Kind.SCHEDULE_CHANGED, "Hòa", when, None, {"changed": names, "problems": [], "how": how})


@pytest.mark.parametrize("name", ["schedules/thang-5", "scripts/bai-1"])
def test_an_edit_of_what_airs_within_the_hour(path: Path, name: str) -> None:
    planned = planned_row(item(), MORNING - timedelta(days=1))
    edit = changed([name], MORNING - timedelta(minutes=59))
    anomaly = only(found(path, planned, edit), AnomalyKind.NEAR_EDIT)
    assert anomaly.rows == (2, 1)
    assert anomaly_text(anomaly) == f"Hòa edited {name} before {item().id}"


def test_whoever_saw_an_edit_by_hand_is_not_who_made_it(path: Path) -> None:
    planned = planned_row(item(), MORNING - timedelta(days=1))
    edit = changed(["schedules/thang-5"], MORNING - timedelta(minutes=59), "by hand")
    anomaly = only(found(path, planned, edit), AnomalyKind.NEAR_EDIT)
    assert anomaly_text(anomaly) == f"somebody (by hand) edited schedules/thang-5 before {item().id}"


@pytest.mark.parametrize(
    ("name", "minutes"), [("schedules/thang-5", 61), ("schedules/tet", 30), ("scripts/bai-2", 30), ("station.toml", 30)]
)
def test_an_edit_of_something_else_or_in_good_time(path: Path, name: str, minutes: int) -> None:
    planned = planned_row(item(), MORNING - timedelta(days=1))
    assert found(path, planned, changed([name], MORNING - timedelta(minutes=minutes))) == []


def test_a_text_that_was_saved_within_the_hour(path: Path) -> None:
    planned = planned_row(item(), MORNING - timedelta(days=1))
    saved = change_entry("bai-1", "Bài 1", "d", "edit", "Hòa", MORNING - timedelta(minutes=5))
    assert only(found(path, planned, saved), AnomalyKind.NEAR_EDIT).facts["occurrences"] == (item().id,)


def test_what_is_taken_out_within_the_hour_is_told_once(path: Path) -> None:
    planned = planned_row(item(), MORNING - timedelta(days=1))
    when = MORNING - timedelta(minutes=30)
    edit, gone = changed(["schedules/thang-5"], when), withdrawn_row(item(), in_words("sửa"), when)
    assert only(found(path, planned, edit, gone), AnomalyKind.NEAR_EDIT).rows == (2, 1)


def test_what_is_taken_out_without_an_edit_is_told_too(path: Path) -> None:
    planned = planned_row(item(), MORNING - timedelta(days=1))
    gone = withdrawn_row(item(), in_words("sửa"), MORNING - timedelta(minutes=30))
    anomaly = only(found(path, planned, gone), AnomalyKind.NEAR_EDIT)
    assert (anomaly.rows, anomaly.facts["what"]) == ((2,), "withdrawn")


def test_what_is_put_in_by_an_edit_within_the_hour(path: Path) -> None:
    when = MORNING - timedelta(minutes=30)
    anomaly = only(found(path, changed(["schedules/thang-5"], when), planned_row(item(), when)), AnomalyKind.NEAR_EDIT)
    assert (anomaly.rows, anomaly_text(anomaly)) == ((1, 2), f"{item().id} was put in (Hòa)")


def test_the_plan_that_a_start_enters_is_no_edit(path: Path) -> None:
    assert found(path, planned_row(item(), MORNING - timedelta(minutes=30))) == []


def approval(actor: str, when: datetime, decision: Decision = Decision.APPROVED) -> Entry:
    return Approval("bai-1", "d", "Bài 1", decision).entry(actor, when)


def test_a_text_that_was_approved_by_who_wrote_it(path: Path) -> None:
    saved = change_entry("bai-1", "Bài 1", "d", "edit", "Nguyễn  Thị Hòa", MORNING)
    anomaly = only(found(path, saved, approval("nguyễn thị hòa", MORNING)), AnomalyKind.SAME_PERSON)
    assert anomaly.rows == (1, 2)
    assert anomaly_text(anomaly) == "nguyễn thị hòa: bai-1 (Bài 1)"


def test_a_text_that_was_approved_by_another(path: Path) -> None:
    saved = change_entry("bai-1", "Bài 1", "d", "edit", "Hòa", MORNING)
    revoked = approval("Hòa", MORNING, Decision.REVOKED)
    assert found(path, saved, revoked, approval("Lan", MORNING), approval("Hòa", MORNING)) == []


# ---- the computer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        (Kind.CLOCK_STEP, {"seconds": -3600.0}, "set back by 1:00:00"),
        (Kind.CLOCK_STEP, {"seconds": 90.0}, "set forward by 1:30"),
        (Kind.CLOCK_UNTRUSTED, {"doubt": "behind"}, "the clock was not believed, it was behind"),
        (Kind.CLOCK_UNTRUSTED, {"doubt": "ahead"}, "the clock was not believed, it was far ahead"),
    ],
)
def test_a_clock_that_was_set_or_not_believed(path: Path, kind: Kind, body: dict[str, Any], text: str) -> None:
    anomaly = only(found(path, Entry(kind, "daemon", MORNING, None, body)), AnomalyKind.CLOCK)
    assert (anomaly.rows, anomaly_text(anomaly)) == ((1,), text)


def alive(minutes: float, kind: Kind = Kind.ALIVE) -> Entry:
    return Entry(kind, "daemon", MORNING + timedelta(minutes=minutes), None, {})


def test_hours_without_a_sign_of_life(path: Path) -> None:
    anomaly = only(found(path, alive(0), alive(60), alive(136)), AnomalyKind.SILENCE)
    assert anomaly.rows == (2, 3)
    assert (anomaly.facts["since"], anomaly.facts["started"]) == (MORNING + timedelta(hours=1), False)


def test_a_power_cut_is_a_silence_and_an_orderly_stop_is_none(path: Path) -> None:
    stopped, started = alive(0, Kind.DAEMON_STOPPED), alive(600, Kind.DAEMON_STARTED)
    assert found(path, stopped, started) == []
    assert only(found(path, alive(900, Kind.DAEMON_STARTED)), AnomalyKind.SILENCE).facts["started"]


def test_rows_of_people_are_no_sign_of_life(path: Path) -> None:
    order = Entry(Kind.ORDER, "Hòa", MORNING + timedelta(minutes=60), None, {"order": "stop"})
    assert only(found(path, alive(0), order, alive(120)), AnomalyKind.SILENCE).rows == (1, 3)


# ---- all of it ---------------------------------------------------------------------------------------------------


def test_every_kind_is_explained() -> None:
    assert set(TITLES) == set(MEANINGS) == set(AnomalyKind)


def test_numbers_of_rows_are_drawn_together() -> None:
    assert rows_text([7, 9, 10, 11, 3]) == "3, 7, 9–11"
    assert rows_text(range(0, 20, 2)) == "0, 2, 4, 6, 8, 10 …"


def test_the_window_keeps_out_what_is_not_in_it(path: Path) -> None:
    found(path, aired(item(), 90), aired(item(MORNING + timedelta(days=1)), 90))
    tuesday = (datetime(2027, 5, 4, tzinfo=ZONE), datetime(2027, 5, 5, tzinfo=ZONE))
    late = [each.at for each in review(path, tuesday).anomalies if each.kind is AnomalyKind.LATE_START]
    assert late == [MORNING + timedelta(days=1)]


def test_a_page_lists_so_many_and_counts_the_others(path: Path) -> None:
    found(path, [Entry(Kind.CLOCK_STEP, "daemon", MORNING, None, {"seconds": 5.0})] * (SHOWN + 3))
    text = page(review(path), "Xã | Tân Phú", MORNING)
    assert text.count("set forward by 0:05") == SHOWN
    assert "… and 3 more" in text
    assert "Xã \\| Tân Phú" in text


def test_the_page_of_an_export_is_vietnamese_and_there_though_the_history_is_damaged(path: Path) -> None:
    small_ledger(path)
    assert "Điều kiểm toán viên nên xem trước" in review_pages(path, "a", MORNING)[PAGE]
    with tampering(path) as database:
        database.execute("UPDATE ledger SET body = '[]' WHERE kind = 'played'")
    text = review_pages(path, "a", MORNING)[PAGE]
    assert "broadcaster audit verify" in text
    assert "broadcaster.db" not in text or str(path) not in text


def test_the_command_shows_it_of_a_station_a_file_and_an_export(
    tmp_path: Path, station_folder: Path, broadcaster: RunCommand
) -> None:
    found(station_folder / "broadcaster.db", aired(item(), 90))
    (tmp_path / "elsewhere").mkdir()
    zip_file = tmp_path / "x.zip"
    assert broadcaster("audit", "export", "--out", str(zip_file), station=station_folder).code == 0
    for arguments in ((), ("--file", str(station_folder / "broadcaster.db")), ("--file", str(zip_file))):
        result = broadcaster("audit", "review", *arguments, station=station_folder)
        assert result.code == 0, result.err
        assert "## Late starts (1)" in result.out
        assert "It need not:" in result.out
    asked = broadcaster("audit", "review", "--json", "--month", "5/2027", station=station_folder)
    kinds = [(each["kind"], each["rows"]) for each in asked.json["anomalies"]]
    assert kinds == [("late start", [3]), ("silence", [1, 2])]
    assert broadcaster("audit", "review", "--json", "--month", "6/2027", station=station_folder).json["anomalies"] == []
    written = broadcaster("audit", "review", "--out", str(tmp_path / "can-xem.md"), station=station_folder, lang="vi")
    assert written.code == 0
    assert "Phát trễ" in (tmp_path / "can-xem.md").read_text("utf-8")


def test_the_small_history_of_other_tests_has_no_surprise_but_its_days(path: Path) -> None:
    small_ledger(path)
    kinds = [each.kind for each in review(path).anomalies]
    assert set(kinds) == {AnomalyKind.SILENCE}  # its desk writes nothing from one morning to the next
    assert len(kinds) == DAYS
