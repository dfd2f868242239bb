"""One play's start has the same seconds wherever it is shown: in the log, the state, reports, reasons."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
from histories import SLOTS, whole
from hypothesis import given
from hypothesis import strategies as st
from stations import ZONE

from broadcaster.moments import to_second
from broadcaster.office.wording import when, when_exactly
from broadcaster.playout.rows import planned_row, played_row
from broadcaster.records.ledger import Ledger
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.excel import write_excel
from broadcaster.records.monthly.figures import Heading, figures
from broadcaster.records.reconcile import reconcile_window

BEGAN = datetime(2027, 5, 1, 10, 43, 39, 600_000, tzinfo=ZONE)


@given(st.datetimes(timezones=st.just(ZONE)).filter(lambda moment: 1970 < moment.year < 2100))
def test_the_nearest_second(moment: datetime) -> None:
    found = to_second(moment)
    assert found.microsecond == 0
    assert abs(found - moment) <= timedelta(milliseconds=500)


def test_every_wording_rounds() -> None:
    assert when_exactly(BEGAN) == when(BEGAN) == "2027-05-01 10:43:40"
    assert phrases.hour(BEGAN) == "10:43:40"
    assert when(datetime(2027, 5, 1, 5, 29, 59, 999_000, tzinfo=ZONE)) == "2027-05-01 05:30"
    assert phrases.moment(datetime(2027, 4, 30, 23, 59, 59, 999_000, tzinfo=ZONE)) == "00:00 ngày 01/5/2027"


def test_a_spreadsheet_has_the_same_second_as_the_log(tmp_path: Path) -> None:
    item = SLOTS[0].on(datetime(2027, 5, 1, tzinfo=ZONE))
    late_s = (BEGAN - item.start).total_seconds()
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        ledger.append([planned_row(item, item.start - timedelta(days=1))])
        ledger.append([played_row(whole(item, late_s), BEGAN + timedelta(hours=1))])
        found = reconcile_window(ledger, item.start, item.start + timedelta(days=1), BEGAN + timedelta(days=1))
    report = figures(found, Heading("Xã", date(2027, 5, 1), date(2027, 5, 1), ZONE, BEGAN + timedelta(days=1)))
    (line,) = report.lines
    assert line.started == BEGAN
    book = openpyxl.load_workbook(io.BytesIO(write_excel(report, None)))
    head, row = book["Lượt phát"].iter_rows(values_only=True)
    assert row[head.index("Bắt đầu")] == datetime(2027, 5, 1, 10, 43, 40)  # noqa: DTZ001 - Excel knows no zones
