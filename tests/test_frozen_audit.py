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
from broadcaster.records.anomalies import Anomaly, AnomalyKind
from broadcaster.records.kinds import Kind

FROZEN = {AnomalyKind.LATE_FREEZE, AnomalyKind.FROZEN_EDIT}


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
    assert anomaly_text(anomaly) == "2027-05: 2 occurrences taken out, no reason given (daemon)"


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
        plans = database.execute("SELECT month, actor, occurrences, late_s, taken_out, put_in FROM frozen_plans")
        assert plans.fetchall() == [("2027-05", "daemon", 31, None, 2, 0)]
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
