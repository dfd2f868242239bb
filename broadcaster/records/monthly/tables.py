"""The table of occurrences and plays that CSV and Excel share: the same columns, the same cells, the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.records.monthly import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from broadcaster.records.monthly.figures import Span, Tally
    from broadcaster.records.monthly.lines import Line

COLUMNS: Mapping[str, str] = {
    "start": "Giờ theo lịch",
    "planned": "Trong lịch",
    "status": "Kết quả",
    "late_s": "Muộn (giây)",
    "heard_s": "Đã phát (giây)",
    "title": "Nội dung",
    "reason": "Lý do",
    "origin": "Loại",
    "ordered_by": "Người ra lệnh",
    "replaces": "Phát bù cho",
    "source": "Văn bản",
    "campaign": "Đợt",
    "slot": "Khung phát",
    "scripts": "Mã kịch bản",
    "topics": "Mã chủ đề",
    "languages": "Ngôn ngữ",
    "repeat": "Số lần đọc",
    "started": "Bắt đầu",
    "ended": "Kết thúc",
    "group": "Cụm loa",
    "device": "Thiết bị",
    "occurrence": "Mã lượt phát",
}
"""Name of a column → its heading."""

DAY_COLUMNS: Mapping[str, str] = {
    "planned": "Theo lịch",
    "aired": "Đã phát",
    "on_time": "Đúng giờ",
    "late": "Muộn",
    "not_aired": "Không phát",
    "cut": "Phát dở",
    "missed": "Bị lỡ",
    "blocked": "Bị chặn",
    "preempted": "Nhường",
    "skipped": "Bỏ qua",
    "failed": "Lỗi",
    "no_loudspeaker": "Không ra loa",
    "unknown": "Không rõ",
    "no_record": "Không ghi nhận",
    "to_come": "Chưa đến giờ",
    "unplanned": "Ngoài lịch",
    "make_goods": "Phát bù",
    "tests": "Phát thử",
    "sessions": "Số buổi",
    "minutes": "Phút",
}
"""Count of a span of days → heading; "on_time" and "late" are parts of "aired", what follows of "not_aired"."""


def columns(lines: Iterable[Line]) -> dict[str, str]:
    """Return the columns of `COLUMNS` that these lines need: languages where one is not Vietnamese."""
    has_languages = any(any(line.languages) for line in lines)
    return {name: heading for name, heading in COLUMNS.items() if has_languages or name != "languages"}


def cells(line: Line) -> dict[str, str | float | datetime | None]:
    """Return a line as column → cell, in the order of `COLUMNS`; instants keep their zone."""
    return {
        "start": line.start,
        "planned": "có" if line.planned else "không",
        "status": phrases.status(line.status),
        "late_s": line.late_s,
        "heard_s": line.heard_ms / 1000,
        "title": line.title,
        "reason": phrases.reason(line),
        "origin": phrases.ORIGIN[line.origin],
        "ordered_by": line.ordered_by,
        "replaces": line.replaces,
        "source": line.source,
        "campaign": line.campaign,
        "slot": line.slot,
        "scripts": ", ".join(script.id for script in line.scripts),
        "topics": ", ".join(line.topics),
        "languages": ", ".join(language or phrases.VIETNAMESE for language in line.languages),
        "repeat": line.repeat,
        "started": line.started,
        "ended": line.ended,
        "group": line.group,
        "device": line.device,
        "occurrence": line.occurrence,
    }


def counts(tally: Tally) -> dict[str, float]:
    """Return the counts as column → number, in the order of `DAY_COLUMNS`; minutes are not rounded."""
    rulings = {ruling.name.lower(): number for ruling, number in tally.rulings.items()}
    known = {
        **rulings,
        "planned": tally.planned,
        "aired": tally.aired,
        "not_aired": tally.not_aired,
        "unplanned": tally.unplanned,
        "make_goods": tally.make_goods,
        "tests": tally.tests,
        "sessions": tally.sessions,
        "minutes": tally.heard_ms / 60_000,
    }
    return {name: known[name] for name in DAY_COLUMNS}


def by_month(days: tuple[Span, ...]) -> dict[date, list[Span]]:
    """Return the days of a report by the first day of their month."""
    months: dict[date, list[Span]] = {}
    for span in days:
        months.setdefault(span.first.replace(day=1), []).append(span)
    return months
