"""Days, times, numbers and words as officers type them, through the real command line."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import make_quick_station
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from broadcaster.cli import run
from broadcaster.models import BulletinClass, Order
from broadcaster.schedule.timetable import read_campaign

if TYPE_CHECKING:
    from commands import RunCommand

SLOT = ("schedule", "edit", "thang-5/thong-diep", "--dry-run")
ADD = ("schedule", "add", "--campaign", "thang-5", "--at", "10h", "--script", "chu-de", "--dry-run")
OPTIONS: list[tuple[tuple[str, ...], str]] = [
    *((("plan",), option) for option in ("--day", "--week", "--month", "--from", "--to")),
    *((("log",), option) for option in ("--day", "--week", "--month", "--from", "--to")),
    *((("activity", "list"), option) for option in ("--day", "--month", "--from")),
    *((("reconcile",), option) for option in ("--day", "--from", "--to")),
    *((("schedule", "export", "--force", "x.csv"), option) for option in ("--day", "--week", "--month", "--from")),
    *((SLOT, option) for option in ("--at", "--days", "--gap", "--repeat", "--class", "--order", "--weight")),
    *((SLOT, option) for option in ("--from", "--to", "--on")),
    (ADD, "--on"),
    (ADD, "--days"),
    (("schedule", "edit", "thang-5", "--dry-run"), "--from"),
    (("schedule", "edit", "thang-5", "--dry-run"), "--to"),
    (("schedule", "new", "he", "--title", "Hè", "--to", "1/6", "--dry-run"), "--from"),
    (("schedule", "new", "he", "--title", "Hè", "--from", "1/6/2027", "--dry-run"), "--to"),
    (("schedule", "pause", "thang-5", "--dry-run"), "--from"),
    (("schedule", "pause", "thang-5", "--dry-run"), "--to"),
    (("schedule", "resume", "thang-5", "--dry-run"), "--from"),
    (("schedule", "skip", "20/5/2027", "--of", "thang-5/thong-diep", "--dry-run"), "--at"),
    (("schedule", "skip", "--dry-run"), ""),
    (("schedule", "move", "--dry-run", "--at", "9h"), "thang-5/thong-diep@"),
    (("schedule", "move", "thang-5/thong-diep@22/5/2027 17h", "--dry-run"), "--on"),
    (("schedule", "move", "thang-5/thong-diep@22/5/2027 17h", "--dry-run"), "--at"),
    (("schedule", "history"), "--diff"),
    (("schedule", "undo", "--dry-run"), "--to"),
    (("script", "retire", "chu-de", "--dry-run"), "--until"),
    (("activity", "add", "--kind", "banner", "--text", "x", "--topic", "Không Hợp Lệ"), "--date"),
    (("activity", "add", "--kind", "banner", "--text", "x", "--date", "31/12/9000"), "--count"),
    (("report", "--format", "json", "--force", "--out", "x.csv"), "--month"),
    (("report", "--format", "json", "--force", "--out", "x.csv"), "--year"),
    (("schedule", "freeze", "--month", "9999"), "--year"),
    (("log",), "--outcome"),
    (("why",), ""),
    (("why",), "thang-5/thong-diep@"),
]
ENDS = [
    "31/12/9999", "9999-12-31", "1/1/9999", "31/12/9998", "1/1/1", "01/01/0001", "0001-01-01", "1/1/1970", "12/9999",
    "1/0001", "9999-W52", "0001-W01", "9998-W53", "9999", "0", "-1", "99999999999999999999", "1e9", "nan", "inf",
    "24:00", "23:59:60", "٠٥:٣٠", "１２", "1_0", "31/12/9998 23:59", "31/12/9999 5h", "2027-05-15T24:00",
    "9999-12-31T23:59+07:00", "0001-01-01T00:00+14:00", "1/1/1970-31/12/9998", "cuối tuần", "99999h", "0.0000001s",
    "29/2", "29/2/2027", "\u200b", "\x00", "--", "-", "@", "chu-de=２", "-00:00",
]  # fmt: skip
WORDS = st.sampled_from(
    [
        *("ngày", "tháng", "năm", "thứ", "hai", "cn", "t2", "sáng", "chiều", "tối", "tuần", "sau", "15/5", "12-05"),
        *("2027", "5h30", "17:00", "-", "đến", "từ"),
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typed") / "station"
    make_quick_station(folder)
    banner = ["--kind", "banner", "--text", "Băng rôn", "--date", "1/5/2026", "--as", "Lan"]
    assert run(["--station", str(folder), "activity", "add", *banner]) == 0  # begins the play history
    return folder


def _ends_in_order(folder: Path, command: tuple[str, ...], option: str, value: str) -> None:
    """Run a command; whatever is typed, it answers or refuses, and is never surprised."""
    given_ = [f"{option}={value}"] if option.startswith("--") else ["--", f"{option}{value}"]
    files = {path: path.read_bytes() for path in (folder / "schedules").iterdir()}
    arguments = [part if part != "x.csv" else str(folder / part) for part in command]
    assert run(["--lang", "en", "--station", str(folder), *arguments, *given_]) in (0, 2), (command, option, value)
    assert files == {path: path.read_bytes() for path in (folder / "schedules").iterdir()}


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=[f"{' '.join(c[:3])} {o}" for c, o in OPTIONS])
def test_the_ends_of_time_and_of_numbers_are_answered_or_refused(
    folder: Path, command: tuple[str, ...], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for value in ENDS:
        _ends_in_order(folder, command, option, value)
    told = capsys.readouterr()
    assert "fault of the program" not in told.err
    assert "Traceback" not in told.out + told.err


@given(place=st.sampled_from(OPTIONS), value=st.text(max_size=20) | st.lists(WORDS, max_size=5).map(" ".join))
@example(place=(("plan",), "--day"), value="31/12/9999")
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_is_answered_or_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], place: tuple[tuple[str, ...], str], value: str
) -> None:
    _ends_in_order(folder, *place, value)
    assert "fault of the program" not in capsys.readouterr().err


# ---- words ------------------------------------------------------------------------------------------------------


def test_words_of_a_slot_are_read_in_vietnamese_as_in_a_sheet(broadcaster: RunCommand, station_folder: Path) -> None:
    typed = ("--class", "ưu tiên", "--order", "Phát hết", "--days", "T2 T4 T6", "--at", "5h30 chiều")
    add = ("schedule", "add", "--campaign", "thang-5", "--id", "x", "--script", "chu-de,thong-diep-1", *typed)
    assert broadcaster(*add, "--yes", station=station_folder).code == 0
    slot = read_campaign(station_folder / "schedules" / "thang-5.toml").slots[-1]
    assert (slot.bulletin_class, slot.order, slot.days) == (BulletinClass.PRIORITY, Order.ALL, {1, 3, 5})
    assert slot.at == (time(17, 30),)


@pytest.mark.parametrize("word", ["emergency", "Emergency", "khẩn cấp", "KHAN CAP"])
def test_a_class_is_read_in_both_languages(broadcaster: RunCommand, station_folder: Path, word: str) -> None:
    edit = ("schedule", "edit", "thang-5/thong-diep", "--class", word, "--dry-run")
    assert '+class = "emergency"' in broadcaster(*edit, station=station_folder, lang="vi").out


def test_no_other_word_is_a_class(broadcaster: RunCommand, station_folder: Path) -> None:
    edit = ("schedule", "edit", "thang-5/thong-diep", "--class", "gấp", "--dry-run")
    result = broadcaster(*edit, station=station_folder)
    assert result.code == 2
    assert "'gấp' is not one of normal, priority, emergency." in result.err
    told = "'gấp' không nằm trong thông thường (normal), ưu tiên (priority), khẩn cấp (emergency)."
    assert told in broadcaster(*edit, station=station_folder, lang="vi").err


@pytest.mark.parametrize("number", ["３", "1_0", "+3", "3.0", "9" * 5000])
def test_a_number_is_written_in_plain_digits(broadcaster: RunCommand, station_folder: Path, number: str) -> None:
    edit = ("schedule", "edit", "thang-5/thong-diep", f"--repeat={number}", "--dry-run")
    result = broadcaster(*edit, station=station_folder)
    assert result.code == 2
    assert f"'{number}' is not a whole number from 1 to 20." in result.err


def test_a_number_out_of_its_range_is_answered_with_the_range(broadcaster: RunCommand, station_folder: Path) -> None:
    for number in ("0", "21"):
        edit = ("schedule", "edit", "thang-5/thong-diep", "--repeat", number, "--dry-run")
        told = f"'{number}' không phải số nguyên từ 1 đến 20."
        assert told in broadcaster(*edit, station=station_folder, lang="vi").err
    assert (
        "'-1' is not a whole number from 0 on."
        in broadcaster("schedule", "undo", "--to", "-1", station=station_folder).err
    )


# ---- days -------------------------------------------------------------------------------------------------------


def test_days_are_skipped_from_one_to_another(broadcaster: RunCommand, station_folder: Path) -> None:
    skip = ("schedule", "skip", "16/5/2027-18/5/2027", "20-21/5/2027", "--of", "thang-5/thong-diep", "--dry-run")
    result = broadcaster(*skip, station=station_folder)
    assert '+except = ["2027-05-16", "2027-05-17", "2027-05-18", "2027-05-20", "2027-05-21"]' in result.out


def test_a_span_of_more_than_a_year_is_not_skipped_day_by_day(broadcaster: RunCommand, station_folder: Path) -> None:
    result = broadcaster("schedule", "skip", "1/5/2027-1/5/2029", "--dry-run", station=station_folder)
    assert result.code == 2
    assert result.err == ("Error: that is more than a year of days; pause it: broadcaster schedule pause\n")


def test_what_was_meant_is_asked_in_the_line_that_refuses(broadcaster: RunCommand, station_folder: Path) -> None:
    edit = ("schedule", "edit", "thang-5/thong-diep", "--at", "12h sáng,5h5", "--from", "29/2/2027", "--dry-run")
    result = broadcaster(*edit, station=station_folder, lang="vi")
    assert result.code == 2
    assert result.err.splitlines() == [
        'Lỗi: --at: không hiểu "12h sáng"; ý là 0h hay 12h?',
        'Lỗi: --at: không hiểu "5h5"; ý là 5h05 hay 5h50?',
        'Lỗi: --from: không hiểu "29/2/2027"; tháng 2/2027 có 28 ngày',
    ]


@pytest.mark.parametrize("command", ["plan", "rehearse"])
def test_no_more_than_ten_years_are_looked_at_ahead(
    broadcaster: RunCommand, station_folder: Path, command: str
) -> None:
    result = broadcaster(command, "--from", "1/1/2027", "--to", "31/12/9998", station=station_folder)
    assert result.code == 2
    days = (date(9998, 12, 31) - date(2027, 1, 1)).days + 1
    assert result.err == f"Error: {days} days are too many to look ahead; at most 3660 days\n"


@pytest.mark.parametrize("moment", ["16/5/2027 sáng 5h30", "16/5/2027 5 giờ rưỡi", "2027-05-16T05:30+07:00"])
def test_a_moment_is_named_as_a_time_is_said(broadcaster: RunCommand, station_folder: Path, moment: str) -> None:
    move = ("schedule", "move", f"thang-5/thong-diep@{moment}", "--at", "chiều 6h", "--dry-run")
    assert 'except = ["2027-05-16 05:30"]' in broadcaster(*move, station=station_folder).out
    why = broadcaster("why", f"thang-5/thong-diep@{moment}", station=station_folder)
    assert why.code == 0
    assert "2027-05-16" in why.out


@pytest.mark.parametrize("moment", ["2027-05-15T24:00", "2027-W19-6T05:30", "20270515T053000", "9999-12-31T05:30"])
def test_no_other_moment_that_python_reads_is_one(broadcaster: RunCommand, station_folder: Path, moment: str) -> None:
    assert broadcaster("why", moment, station=station_folder).code == 2
