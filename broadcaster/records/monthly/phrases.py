"""What reports say, in Vietnamese.

Written here and not in the catalogue: a report is an official paper of a commune and is Vietnamese whatever language
the commands speak.
"""

from __future__ import annotations

import calendar
from datetime import datetime
from typing import TYPE_CHECKING

from broadcaster.models import FILE, SILENT, Outcome
from broadcaster.moments import to_second
from broadcaster.records.play_rows import Origin
from broadcaster.records.reconcile import Ruling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from broadcaster.records.checkpoint import Broken
    from broadcaster.records.monthly.figures import Heading, Span
    from broadcaster.records.monthly.lines import Line, Status

STATUS: Mapping[Status, str] = {
    Ruling.ON_TIME: "đúng giờ",
    Ruling.LATE: "phát muộn",
    Ruling.CUT: "phát dở",
    Ruling.MISSED: "bị lỡ",
    Ruling.BLOCKED: "bị chặn",
    Ruling.PREEMPTED: "nhường bản tin khác",
    Ruling.SKIPPED: "bỏ qua theo lệnh",
    Ruling.FAILED: "lỗi",
    Ruling.NO_LOUDSPEAKER: "không ra loa",
    Ruling.UNKNOWN: "không rõ",
    Ruling.NO_RECORD: "không có ghi nhận",
    Ruling.TO_COME: "chưa đến giờ",
    Outcome.AIRED: "đã phát",
}
"""Verdicts and outcomes; an outcome that is also a verdict is called the same."""

ORIGIN = {
    Origin.PLAN: "theo lịch",
    Origin.SAY: "phát ngay",
    Origin.EMERGENCY: "khẩn cấp",
    Origin.MAKE_GOOD: "phát bù",
    Origin.TEST: "phát thử",
}

_NO_LOUDSPEAKERS = {FILE: "ghi ra tệp (file), không ra loa", SILENT: "phát câm (silent), không ra loa"}

NO_RECORD = "nhật ký phát sóng không ghi lượt này"
VIETNAMESE = "tiếng Việt"
NOTHING = "–"
"""Shown if there is nothing to count."""


def status(of: Status) -> str:
    """Return a verdict or an outcome in words."""
    return STATUS[of]


def reason(line: Line) -> str:
    """Return the reason of a line with what of it was muted or went to no loudspeaker, or that there is no record."""
    muted = f"loa bị tắt tiếng {decimal(line.muted_ms / 1000)} giây" if line.muted_ms else ""
    unheard = device(line.device) if line.status is Ruling.NO_LOUDSPEAKER else ""
    return NO_RECORD if line.status is Ruling.NO_RECORD else "; ".join(filter(None, (line.reason, muted, unheard)))


def warning(broken: Broken) -> str:
    """Return what stands in red on every page of a report on a history that is not as it was written."""
    where = f"đầu tiên ở bản ghi số {count(broken.first)}" if broken.first else "đầu tiên ở cấu trúc của tệp"
    return (
        f"CẢNH BÁO: NHẬT KÝ PHÁT SÓNG KHÔNG CÒN NGUYÊN VẸN ({count(broken.count)} chỗ sai, {where}). "
        "SỐ LIỆU DƯỚI ĐÂY KHÔNG ĐƯỢC BẢO ĐẢM."
    )


def minutes(ms: int) -> str:
    """Return milliseconds as minutes: "1.234,5"."""
    return decimal(ms / 60_000)


def in_tenths(tenths: int) -> str:
    """Return tenths of a minute as minutes: "1.234,5"."""
    return decimal(tenths / 10)


def decimal(number: float) -> str:
    """Return a number with one decimal, as it is written in Vietnam: "1.234,5"."""
    return f"{number:,.1f}".translate(str.maketrans(",.", ".,"))


def count(number: int) -> str:
    """Return a whole number with its thousands parted: "36.500"."""
    return f"{number:,}".replace(",", ".")


def percent(share: float | None) -> str:
    """Return a part as a percentage, "98,4%"; it is 100 only where nothing is missing, and 0 only where all is."""
    if share is None:
        return NOTHING
    rounded = round(share * 100, 1)
    if share < 1 and rounded == 100:
        rounded = 99.9
    if share > 0 and rounded == 0:
        rounded = 0.1
    return decimal(rounded).removesuffix(",0") + "%"


def lateness(seconds: float | None) -> str:
    """Return how late a start was: "12,3 giây", "2 phút 05 giây"; empty if nothing sounded."""
    if seconds is None:
        return ""
    if abs(seconds) < 60:
        return f"{decimal(seconds)} giây"
    whole = round(seconds)
    return f"{whole // 60} phút {whole % 60:02} giây"


def day(of: date) -> str:
    """Return "01/5/2027": days of one digit with a nought, as official papers write them."""
    return f"{of.day:02}/{_month(of.month)}/{of.year}"


def short_day(of: date) -> str:
    """Return "01/5"."""
    return f"{of.day:02}/{_month(of.month)}"


def _month(number: int) -> str:
    """Return a month as decree 30/2020/NĐ-CP writes it: a nought before 1 and 2 only."""
    return f"{number:02}" if number < 3 else str(number)


def hour(at: datetime) -> str:
    """Return "05:30", with seconds where there are some."""
    shown = to_second(at)
    return shown.strftime("%H:%M:%S" if shown.second else "%H:%M")


def moment(at: datetime) -> str:
    """Return "05:30 ngày 01/5/2027", without seconds."""
    shown = to_second(at)
    return f"{shown:%H:%M} ngày {day(shown.date())}"


def month_name(of: date) -> str:
    """Return "tháng 5 năm 2027"."""
    return f"tháng {_month(of.month)} năm {of.year}"


def period(heading: Heading) -> str:
    """Return what span a report is on: "tháng 5 năm 2027", "năm 2027", "từ ngày 01/5/2027 đến ngày 07/5/2027"."""
    first, last = heading.first, heading.last
    if first == last:
        return f"ngày {day(first)}"
    if (first.day, last) == (1, _last_of_month(first)):
        return month_name(first)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"năm {first.year}"
    return f"từ ngày {day(first)} đến ngày {day(last)}"


def _last_of_month(of: date) -> date:
    return of.replace(day=calendar.monthrange(of.year, of.month)[1])


def week(span: Span) -> str:
    """Return "03/5 – 09/5"."""
    return f"{short_day(span.first)} – {short_day(span.last)}"


def scope(heading: Heading) -> str:
    """Return what a report is limited to, to follow its title; empty for everything."""
    parts = []
    if heading.scope.source:
        parts.append(f"theo văn bản số {heading.scope.source}")
    if heading.scope.campaign:
        parts.append(f"đợt tuyên truyền {heading.scope.campaign}")
    return ", ".join(parts)


def times(starts: Iterable[datetime]) -> str:
    """Return hours by days: "05:30, 17:00 ngày 02/5; 05:30 các ngày 04/5, 07/5"."""
    by_day: dict[date, list[str]] = {}
    for start in starts:
        by_day.setdefault(start.date(), []).append(hour(start))
    by_hours: dict[str, list[str]] = {}
    for of, hours in by_day.items():
        by_hours.setdefault(", ".join(hours), []).append(short_day(of))
    return "; ".join(f"{hours} {'các ' * (len(of) > 1)}ngày {', '.join(of)}" for hours, of in by_hours.items())


def letters(names: Sequence[str]) -> str:
    """Return letters in a row: "1192/BHXH-TT", "… và …"."""
    return " và ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def editor(name: str) -> str:
    """Return who edited a schedule; nobody knows who edited its file by hand."""
    return name or "sửa tệp bằng tay"


def device(name: str) -> str:
    """Return an output, and of those for rehearsals what they are."""
    return _NO_LOUDSPEAKERS.get(name, name or "không ghi tên")


def replaced(occurrence: str) -> str:
    """Return what a make-good replaces, from the id: "lượt 05:30 ngày 02/5"; another text unchanged."""
    try:
        start = datetime.fromisoformat(occurrence.rpartition("@")[2])
    except ValueError:
        return occurrence
    return f"lượt {hour(start)} ngày {short_day(start.date())}"
