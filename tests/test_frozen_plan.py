"""The frozen plan of a month: when the desk and people freeze it, what its row holds, and what edits do to it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import RunCommand
from mornings import Morning
from stations import at

from broadcaster.errors import RecordError
from broadcaster.office.freeze_month import freeze_month, month_to_freeze
from broadcaster.records.frozen_changes import FrozenChange, changes_from_body, changes_to_body
from broadcaster.records.frozen_plan import read_frozen
from broadcaster.records.keys import present_key
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger, Row
from broadcaster.records.signed_note import Verifier, take_apart


def frozen_rows(path: Path) -> list[Row]:
    with closing(Ledger.open(path, read_only=True)) as ledger:
        return list(ledger.rows([Kind.PLAN_FROZEN]))


def ids(row: Row) -> list[str]:
    return [each["id"] for each in row.body["occurrences"]]


def start_at(morning: Morning, when: str) -> None:
    """Let the first start of the desk be at another time than 05:25 of 3 May."""
    morning.clock.now = at(when)


# ---- the desk freezes --------------------------------------------------------------------------------------------


def test_the_desk_freezes_a_month_in_its_first_round_before_anything_of_it_airs(morning: Morning) -> None:
    start_at(morning, "2027-04-30 23:59")
    with morning.on_duty() as rounds:
        assert [row.body["month"] for row in frozen_rows(morning.path)] == ["2027-04"]
        morning.live(rounds, "2027-05-01 00:00:05")
        april, may = frozen_rows(morning.path)
    assert april.body["occurrences"] == []
    assert may.actor == "daemon"
    assert may.at < at("2027-05-01 00:00:01")
    assert ids(may) == [f"thu/sang@2027-05-{day:02}T05:30+07:00" for day in range(1, 32)]
    assert may.body["count"] == 31
    assert may.body["occurrences"][0] == {
        "id": "thu/sang@2027-05-01T05:30+07:00",
        "scripts": ["bai-1"],
        "source": "1192/BHXH-TT",
    }
    assert "late_s" not in may.body


def test_a_desk_that_was_off_on_the_first_day_freezes_late_and_says_by_how_much(morning: Morning) -> None:
    with morning.on_duty():
        pass
    (row,) = frozen_rows(morning.path)
    assert row.body["late_s"] == pytest.approx((at("2027-05-03 05:25") - at("2027-05-01 00:00")).total_seconds())


def test_a_new_station_freezes_what_is_to_come_and_not_what_nobody_ever_planned(morning: Morning) -> None:
    with morning.on_duty():
        pass
    (row,) = frozen_rows(morning.path)
    assert ids(row)[0] == "thu/sang@2027-05-03T05:30+07:00"
    assert row.body["count"] == 29


def test_a_desk_that_starts_on_the_first_day_before_the_first_item_is_in_time(morning: Morning) -> None:
    start_at(morning, "2027-05-01 05:10")
    with morning.on_duty():
        pass
    (row,) = frozen_rows(morning.path)
    assert "late_s" not in row.body


def test_a_month_is_frozen_once_however_often_the_desk_starts(morning: Morning) -> None:
    for _start in range(2):
        with morning.on_duty() as rounds:
            morning.live_without_a_desk(1)
            rounds.round()
    assert len(frozen_rows(morning.path)) == 1


def test_the_row_is_signed_by_the_key_of_the_station_and_can_be_recomputed_by_anybody(morning: Morning) -> None:
    with morning.on_duty():
        pass
    (row,) = frozen_rows(morning.path)
    with closing(sqlite3.connect(morning.path)) as file:
        lines = file.execute(
            "select value from ledger, json_each(body, '$.occurrences') where seq = ?", [row.seq]
        ).fetchall()
        (when,) = file.execute("select at from ledger where seq = ?", [row.seq]).fetchone()
    digest = hashlib.sha256("".join(f"{line}\n" for (line,) in lines).encode())
    assert row.body["sha256"] == digest.hexdigest()
    key = Verifier.from_text(present_key(morning.maker.root / "keys"))
    note = take_apart(row.body["note"])
    assert note is not None
    assert note.text.splitlines()[:2] == [key.name, "plan 2027-05 Asia/Ho_Chi_Minh 29"]
    assert note.text.splitlines()[3] == when
    assert key.has_signed(note.text, note.signatures[0][1])


def test_the_planned_minutes_are_those_of_the_clips_that_are_known(morning: Morning) -> None:
    morning.maker.campaign(morning.maker.slot("05:30") + morning.maker.slot("06:00", "dai", id_="dai"))
    with morning.on_duty():
        pass
    (row,) = frozen_rows(morning.path)
    with closing(Ledger.open(morning.path, read_only=True)) as ledger:
        lengths = {made.body["script"]: made.body["seconds"] for made in ledger.rows([Kind.CLIP_MADE])}
    assert row.body["planned_s"] == pytest.approx(29 * (lengths["bai-1"] + lengths["dai"]), abs=0.01)
    assert row.body["unknown_length"] == 0


def test_what_has_no_clip_is_counted_and_left_out_of_the_minutes(morning: Morning) -> None:
    morning.with_clips = False
    with morning.on_duty():
        pass
    (row,) = frozen_rows(morning.path)
    assert (row.body["planned_s"], row.body["unknown_length"]) == (0, 29)


def test_a_month_of_three_thousand_occurrences_fits_into_one_row(morning: Morning) -> None:
    times = " ".join(f"{hour:02}:{minute:02}" for hour in range(5, 21) for minute in (0, 10, 20, 30, 40, 50))
    morning.maker.campaign(morning.maker.slot(times))
    start_at(morning, "2027-05-01 00:00")
    with morning.on_duty():
        pass
    (row,) = frozen_rows(morning.path)
    assert row.body["count"] == 31 * 96
    assert len(json.dumps(row.body)) < 400_000


# ---- what an edit does to a frozen month -------------------------------------------------------------------------


def edits(path: Path) -> list[Row]:
    with closing(Ledger.open(path, read_only=True)) as ledger:
        return [row for row in ledger.rows([Kind.SCHEDULE_CHANGED]) if "frozen" in row.body]


def test_an_edit_by_hand_that_the_desk_sees_says_what_it_took_out_of_the_frozen_month(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 06:00")
        morning.maker.campaign(morning.maker.slot("05:30", more='except = ["2027-05-20", "2027-05-21"]'))
        morning.live(rounds, "2027-05-03 06:01")
    (row,) = edits(morning.path)
    assert row.body["how"] == "by hand"
    assert row.body["frozen"] == [
        {
            "month": "2027-05",
            "out": 2,
            "in": 0,
            "taken_out": [{"slot": "thu/sang", "time": "05:30+07:00", "days": ["2027-05-20/2027-05-21"]}],
        }
    ]


def test_what_was_taken_out_by_hand_while_no_desk_ran_is_told_at_the_next_start(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 06:00")
    morning.maker.campaign(morning.maker.slot("05:30", more='except = ["2027-05-20"]'))
    with morning.on_duty():
        pass
    (row,) = edits(morning.path)
    assert row.body["how"] == "by hand"
    assert row.body["frozen"][0]["taken_out"] == [{"slot": "thu/sang", "time": "05:30+07:00", "days": ["2027-05-20"]}]


def test_a_campaign_that_is_deleted_while_no_desk_runs_is_taken_out_of_the_frozen_month(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 06:00")
    morning.maker.campaign(morning.maker.slot("06:00"), name="khac")
    (morning.maker.root / "schedules" / "thu.toml").unlink()
    with morning.on_duty():
        pass
    (row,) = edits(morning.path)
    (told,) = changes_from_body(row.body["frozen"])
    assert told.taken_out == tuple(f"thu/sang@2027-05-{day:02}T05:30+07:00" for day in range(4, 32))


def test_a_start_without_an_edit_tells_nothing(morning: Morning) -> None:
    for _start in range(2):
        with morning.on_duty() as rounds:
            morning.live(rounds, f"2027-05-03 06:0{_start}")
    assert edits(morning.path) == []


def test_a_file_with_mistakes_takes_nothing_out_for_its_last_good_version_stays_in_force(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 06:00")
        morning.maker.campaign("[[slot]]\nid = 5\n")
        morning.live(rounds, "2027-05-03 06:01")
        morning.maker.campaign(morning.maker.slot("05:30"))
        morning.live(rounds, "2027-05-03 06:02")
    assert edits(morning.path) == []


def test_what_is_moved_is_out_and_in_and_what_is_put_back_is_present_again(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 06:00")
        morning.maker.campaign(morning.maker.slot("06:30"))
        morning.live(rounds, "2027-05-03 06:01")
        morning.maker.campaign(morning.maker.slot("05:30"))
        morning.live(rounds, "2027-05-03 06:02")
    first, second = edits(morning.path)
    assert [(each["out"], each["in"]) for each in (first.body["frozen"] + second.body["frozen"])] == [
        (28, 29),
        (0, 28),  # what goes out had been put in since
    ]
    with closing(Ledger.open(morning.path, read_only=True)) as ledger:
        month = read_frozen(ledger)["2027-05"]
    assert month.present == set(month.plan.occurrences)


def test_changes_are_packed_and_unpacked_whatever_their_days() -> None:
    ids_ = [f"a/b@2027-05-{day:02}T05:30+07:00" for day in (1, 2, 3, 7)] + ["a/c@2027-05-09T17:00:30+07:00"]
    change = FrozenChange("2027-05", tuple(ids_), (), len(ids_))
    assert changes_from_body(changes_to_body([change])) == (change,)


# ---- how a command and a desk get along --------------------------------------------------------------------------


def test_a_month_that_a_person_froze_ahead_is_not_frozen_again_by_the_desk(morning: Morning) -> None:
    start_at(morning, "2027-04-28 08:00")
    station = morning.maker.render()
    freeze_month(station, month_to_freeze(station, "5/2027", None), "Hoa")
    start_at(morning, "2027-05-01 00:00")
    with morning.on_duty():
        pass
    assert [(row.body["month"], row.actor) for row in frozen_rows(morning.path)] == [("2027-05", "Hoa")]


@pytest.mark.parametrize("listed", [[{}], [5], [{"month": "2027-05", "taken_out": [{"slot": "a/b"}]}], 7])
def test_what_is_no_change_of_a_frozen_plan_is_told_as_a_damaged_row(listed: Any) -> None:
    with pytest.raises(RecordError, match="cannot be read"):
        changes_from_body(listed)


def test_what_the_desk_found_at_its_start_is_in_the_history_of_its_campaign_and_keeps_nobody_from_undoing(
    morning: Morning, broadcaster: RunCommand
) -> None:
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 06:00")
    morning.maker.campaign(morning.maker.slot("05:30", more='except = ["2027-05-20"]'))
    with morning.on_duty():
        pass
    root = morning.maker.root
    (told,) = broadcaster("schedule", "history", "thu", "--json", station=root).json
    assert (told["summary"], told["frozen"][0]["out"]) == ("edited while no desk ran", 1)
    done = broadcaster("schedule", "undo", station=root)
    assert done.code == 2
    assert "nothing was changed yet" in done.err
