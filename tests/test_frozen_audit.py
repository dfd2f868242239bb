"""What an auditor is shown of frozen plans: late freezes, thinning without a reason, and the tables of an export."""

from __future__ import annotations

import csv
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from commands import RunCommand
from mornings import Morning
from officers import rows_of
from stations import at

from broadcaster.office.audit_review import review
from broadcaster.office.wording_audit_review import anomaly_text
from broadcaster.records.anomaly import Anomaly, AnomalyKind
from broadcaster.records.kinds import Kind

FROZEN = {AnomalyKind.LATE_FREEZE, AnomalyKind.FROZEN_EDIT, AnomalyKind.FROZEN_CHANGED}


def found(path: Path) -> list[Anomaly]:
    return [each for each in review(path).anomalies if each.kind in FROZEN]


@pytest.fixture
def edited(morning: Morning) -> Path:
    """Return the history of a May that was frozen in time and thinned out by hand."""
    morning.clock.now = at("2027-05-01 00:00")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-01 00:00:05")
        morning.maker.campaign(morning.maker.slot("05:30", more='except = ["2027-05-20", "2027-05-21"]'))
        morning.live(rounds, "2027-05-01 00:00:10")
    return morning.path


def test_a_late_freeze_is_shown(morning: Morning) -> None:
    with morning.on_duty():
        pass
    (anomaly,) = found(morning.path)
    assert (anomaly.kind, anomaly.facts["month"]) == (AnomalyKind.LATE_FREEZE, "2027-05")
    assert "2027-05: frozen " in anomaly_text(anomaly)


def test_what_was_taken_out_without_a_reason_is_shown(edited: Path) -> None:
    (anomaly,) = found(edited)
    (row,) = rows_of(edited.parent, Kind.SCHEDULE_CHANGED)
    assert (anomaly.kind, anomaly.rows) == (AnomalyKind.FROZEN_EDIT, (row.seq,))
    assert anomaly_text(anomaly) == "2027-05: 2 occurrences taken out, no reason given (somebody (by hand))"


def test_what_a_hand_lets_say_something_else_stands_in_the_row_the_review_and_the_report(
    broadcaster: RunCommand, morning: Morning
) -> None:
    morning.clock.now = at("2027-05-01 00:00")
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-01 00:00:05")
        morning.maker.campaign(morning.maker.slot("05:30", more="repeat = 3"))
        morning.live(rounds, "2027-05-01 00:00:10")
    with morning.on_duty() as rounds:  # a second start finds nothing new
        morning.live(rounds, "2027-05-01 00:00:20")
    (row,) = rows_of(morning.path.parent, Kind.SCHEDULE_CHANGED)
    (change,) = row.body["frozen"]
    assert (change["out"], change["in"], change["other"]) == (0, 0, 31)
    (part,) = change["changed"]
    assert (part["repeat"], part["scripts"], part["days"]) == (3, ["bai-1"], ["2027-05-01/2027-05-31"])
    (anomaly,) = found(morning.path)
    assert (anomaly.kind, anomaly.rows) == (AnomalyKind.FROZEN_CHANGED, (row.seq,))
    assert (
        anomaly_text(anomaly)
        == "2027-05: 31 occurrences say something else, or elsewhere, no reason given (somebody (by hand))"
    )
    report = ("report", "--month", "5/2027", "--out", "-", "--format")
    told = broadcaster(*report, "json", station=morning.path.parent).json
    (edit,) = told["frozen"][0]["edits"]
    assert (edit["row"], edit["taken_out"], edit["put_in"], len(edit["changed"])) == (row.seq, [], [], 31)
    with closing(sqlite3.connect(morning.path)) as database:
        assert database.execute("SELECT all_edits_other FROM frozen_plans").fetchall() == [(31,)]


def test_the_heading_says_whose_history_a_file_is_and_in_which_hours(
    broadcaster: RunCommand, edited: Path, tmp_path: Path
) -> None:
    page = broadcaster("audit", "review", "--file", str(edited), station=tmp_path).out
    assert "- Station: Xã thử nghiệm" in page
    assert "- Time zone: Asia/Ho_Chi_Minh" in page
    assert "(somebody (by hand))" in page


def test_what_has_a_reason_or_only_puts_something_in_is_not_shown(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    def run(*arguments: str) -> None:
        assert broadcaster("schedule", *arguments, "--yes", station=station_folder).code == 0

    run("freeze", "--month", "5/2090")
    run("skip", "7/5/2090", "--reason", "tang")
    run("add", "--campaign", "thang-5", "--on", "19/5/2090", "--at", "18h", "--script", "chu-de")
    assert found(station_folder / "broadcaster.db") == []


def test_the_views_have_every_frozen_month_and_occurrence_with_what_became_of_it(edited: Path) -> None:
    with closing(sqlite3.connect(edited)) as database:
        plans = database.execute(
            "SELECT month, actor, occurrences, late_s, taken_out, put_in, all_edits_out, all_edits_in FROM frozen_plans"
        )
        assert plans.fetchall() == [("2027-05", "daemon", 31, None, 2, 0, 2, 0)]
        first, *_more = listed = database.execute(
            "SELECT start, month, scripts, repeat, class, source, state FROM frozen_occurrences ORDER BY start"
        ).fetchall()
    assert first == ("2027-05-01 05:30+07:00", "2027-05", "bai-1", 1, "normal", "1192/BHXH-TT", "planned")
    assert [row[0][:10] for row in listed] == [f"2027-05-{day:02}" for day in range(1, 32)]
    assert [row[6] for row in listed] == ["planned", "planned", *[None] * 29]


def test_an_export_has_them_as_tables_and_is_good(broadcaster: RunCommand, edited: Path, tmp_path: Path) -> None:
    out = tmp_path / "kiem-toan.zip"
    assert broadcaster("audit", "export", "--out", str(out), station=edited.parent).code == 0
    with zipfile.ZipFile(out) as archive:
        months = archive.read("kiem-toan/lich-da-chot.csv").decode("utf-8-sig").splitlines()
        each = archive.read("kiem-toan/lich-da-chot-tung-luot.csv").decode("utf-8-sig").splitlines()
        page = archive.read("kiem-toan/CAN-XEM-TRUOC.md").decode()
    assert [row["month"] for row in csv.DictReader(months)] == ["2027-05"]
    assert len(list(csv.DictReader(each))) == 31
    assert "Bỏ khỏi lịch đã chốt mà không nêu lý do (1)" in page
    assert broadcaster("audit", "verify", "--file", str(out)).code == 0


def test_the_view_counts_as_the_plan_does_and_every_edit_beside_that(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    def run(*arguments: str) -> str:
        result = broadcaster("schedule", *arguments, "--yes", station=station_folder)
        assert result.code == 0, result.err
        return result.out

    run("freeze", "--month", "5/2090")
    run("skip", "7/5/2090", "--reason", "tang")
    run("skip", "9/5/2090", "--reason", "mưa")
    run("undo")
    for day in ("19/5/2090", "20/5/2090"):
        run("add", "--campaign", "thang-5", "--on", day, "--at", "18h", "--script", "chu-de", "--id", f"t{day[:2]}")
    run("undo")
    said = broadcaster("plan", "--month", "5/2090", station=station_folder).err
    with closing(sqlite3.connect(station_folder / "broadcaster.db")) as database:
        counts = database.execute("SELECT taken_out, put_in, all_edits_out, all_edits_in FROM frozen_plans")
        ((out, put_in, all_out, all_in),) = counts.fetchall()
    assert f"Since then taken out: {out}, put in: {put_in}." in said
    put_back = all_out - out  # what was to air on the second day
    assert put_back > 0
    assert (put_in, all_in) == (1, put_back + 2)
