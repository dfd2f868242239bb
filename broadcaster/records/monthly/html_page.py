"""The report as one page for a browser: a calendar, minutes a day, tables; nothing is loaded from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.printable import printable
from broadcaster.records.monthly import frozen_words, phrases
from broadcaster.records.monthly.frozen import frozen_total
from broadcaster.records.monthly.html_groups import groups_view
from broadcaster.records.monthly.seal import qr_svg
from broadcaster.records.monthly.tables import by_month
from broadcaster.records.reconcile import Ruling
from broadcaster.weekdays import VIETNAMESE_SHORT_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from broadcaster.records.monthly.figures import Cause, DeviceTally, Figures, ScriptTally, Span, Tally
    from broadcaster.records.monthly.frozen import FrozenSpan
    from broadcaster.records.monthly.lines import Line
    from broadcaster.records.monthly.seal import Seal

GROUPS: Mapping[str, tuple[Ruling, ...]] = {
    "missed": (Ruling.MISSED, Ruling.NO_RECORD, Ruling.UNKNOWN, Ruling.NO_LOUDSPEAKER, Ruling.FAILED, Ruling.CUT),
    "blocked": (Ruling.BLOCKED, Ruling.PREEMPTED, Ruling.SKIPPED),
    "late": (Ruling.LATE,),
    "aired": (Ruling.ON_TIME,),
    "tocome": (Ruling.TO_COME,),
}
"""The states of a day in the calendar; a day shows the first of these that applies."""

LEGEND = {
    "aired": "đúng giờ",
    "late": "phát muộn",
    "missed": "lỡ, lỗi, phát dở, không ra loa hoặc không có ghi nhận",
    "blocked": "bị chặn, nhường hoặc bỏ qua theo lệnh",
    "tocome": "chưa đến giờ",
}
DAY_COLUMNS = {
    "planned": "Theo lịch",
    "aired": "Đã phát",
    "late": "Muộn",
    "not_aired": "Không phát",
    "to_come": "Chưa đến giờ",
    "unplanned": "Ngoài lịch",
    "sessions": "Buổi",
    "minutes": "Phút",
}

_PAGE = Path(__file__).with_name("page.html")
_TINT = {"aired": (0.10, 0.34)}
_PATTERN = (0.22, 0.5)  # of the states that have a pattern; text stays readable on it
_LABELLED_DAYS = (1, 5, 10, 15, 20, 25, 30)


def write_html(figures: Figures, seal: Seal | None) -> bytes:
    """Return the report as one self-contained HTML file."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_seen
    )
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    page = environment.from_string(_PAGE.read_text("utf-8"))
    # The QR code is markup of our own making; everything else is escaped.
    shown = {"note": seal.note, "short": seal.short, "key": seal.key} if seal else None
    codes = {name: Markup(qr_svg(text)) for name, text in (shown or {}).items()}  # noqa: S704 - above
    return page.render(_view(figures), seal=shown, codes=codes).encode()


def _seen(value: object) -> object:
    """Return what is put into the page; a text of its own with signs for what could not be seen."""
    return printable(value) if type(value) is str else value


def _view(figures: Figures) -> dict[str, Any]:
    heading = figures.heading
    return {
        "station": heading.station,
        "period": phrases.period(heading),
        "scope": phrases.scope(heading),
        "letters": phrases.letters(figures.letters),
        "made_at": phrases.moment(heading.made_at),
        "zone": heading.zone.key,
        "warning": phrases.warning(heading.broken) if heading.broken else "",
        "devices": [_device(device) for device in figures.devices],
        "cards": [*_cards(figures.total), *_frozen_cards(figures.frozen)],
        "legend": list(LEGEND.items()),
        "weekdays": VIETNAMESE_SHORT_NAMES,
        "months": [_month(name, days) for name, days in by_month(figures.days).items()],
        "causes": [_cause(cause) for cause in figures.causes],
        "late": [_line(line) for line in figures.late],
        "unplanned": [_line(line) for line in figures.unplanned],
        "withdrawn": [
            {
                "slot": each.slot,
                "reason": each.reason,
                "by": phrases.editor(each.by),
                "count": phrases.count(len(each.starts)),
                "times": phrases.times(each.starts),
            }
            for each in figures.withdrawn_slots
        ],
        "frozen": [frozen_words.frozen_sentence(span) for span in figures.frozen],
        "frozen_edits": frozen_words.word_context(figures.frozen)["chot_sua"],
        "scripts": [_script(script) for script in figures.scripts],
        "day_columns": DAY_COLUMNS,
        "weeks": [{"name": phrases.week(span)} | _row(span.tally) for span in figures.weeks],
        "days": [{"name": _day_name(span.first)} | _row(span.tally) for span in figures.days],
        "total": _row(figures.total),
        **groups_view(figures),
    }


def _cards(total: Tally) -> list[tuple[str, str, str, str]]:
    row = _row(total)
    cards = [
        ("planned", "Lượt theo lịch", ""),
        ("aired", "Đã phát", phrases.percent(total.share)),
        ("late", "Trong đó muộn", ""),
        ("not_aired", "Không phát, phát dở", ""),
        ("unplanned", "Ngoài lịch", f"phát bù {phrases.count(total.make_goods)}"),
        ("minutes", "Số phút", ""),
        ("sessions", "Số buổi", ""),
    ]
    if total.to_come:
        cards.insert(4, ("to_come", "Chưa đến giờ", ""))
    return [(name, text, row[name], more) for name, text, more in cards]


def _frozen_cards(spans: Sequence[FrozenSpan]) -> list[tuple[str, str, str, str]]:
    total = frozen_total(spans)
    if total is None:
        return []
    share = f"đã phát {phrases.percent(total.share)}"
    changed = f"thêm {phrases.count(total.put_in)}"
    return [
        ("frozen", "Lượt trong lịch đã chốt", phrases.count(total.planned), share),
        ("taken_out", "Bị bỏ khỏi lịch đã chốt", phrases.count(total.taken_out), changed),
    ]


def _row(tally: Tally) -> dict[str, str]:
    numbers = {
        "planned": tally.planned,
        "aired": tally.aired,
        "late": tally.rulings[Ruling.LATE],
        "not_aired": tally.not_aired,
        "to_come": tally.to_come,
        "unplanned": tally.unplanned,
        "sessions": tally.sessions,
    }
    return {name: phrases.count(number) for name, number in numbers.items()} | {
        "minutes": phrases.in_tenths(tally.tenths)
    }


def _day_name(day: date) -> str:
    return f"{VIETNAMESE_SHORT_NAMES[day.weekday()]}, {phrases.day(day)}"


# ---- calendar ----------------------------------------------------------------------------------------------------


def _month(first: date, days: Sequence[Span]) -> dict[str, Any]:
    most = max(day.tally.heard_ms for day in days)
    cells = [None] * days[0].first.weekday() + [_cell(day, most) for day in days]
    cells += [None] * (-len(cells) % 7)
    return {
        "name": phrases.month_name(first),
        "weeks": [cells[start : start + 7] for start in range(0, len(cells), 7)],
        "most": phrases.minutes(most),
        "bars": [_bar(day, most) for day in days],
    }


def _bar(day: Span, most: int) -> dict[str, Any]:
    return {
        "number": day.first.day,
        "minor": day.first.day not in _LABELLED_DAYS,
        "height": round(100 * day.tally.heard_ms / most, 1) if most else 0,
        "title": f"{phrases.short_day(day.first)}: {phrases.in_tenths(day.tally.tenths)} phút",
    }


def _cell(day: Span, most: int) -> dict[str, Any]:
    tally = day.tally
    marks = {name: sum(tally.rulings[ruling] for ruling in rulings) for name, rulings in GROUPS.items()}
    state = next((name for name, number in marks.items() if number), "")
    return {
        "iso": day.first.isoformat(),
        "number": day.first.day,
        "state": state,
        "heat": _heat(state, marks, tally, most),
        "planned": tally.planned,
        "aired": tally.aired,
        "marks": [(name, LEGEND[name], marks[name]) for name in LEGEND if marks[name]],
    }


def _heat(state: str, marks: Mapping[str, int], tally: Tally, most: int) -> float:
    """Return how strong the tint of a day is: by its minutes if all went well, else by the share that did not."""
    if not state:
        return 0.0
    part = tally.heard_ms / most if state == "aired" and most else marks[state] / tally.planned
    faintest, strongest = _TINT.get(state, _PATTERN)
    return round(faintest + (strongest - faintest) * part, 3)


# ---- rows --------------------------------------------------------------------------------------------------------


def _cause(cause: Cause) -> dict[str, str]:
    return {
        "state": next(name for name, rulings in GROUPS.items() if cause.status in rulings),
        "status": phrases.status(cause.status),
        "reason": phrases.reason(cause.lines[0]),
        "title": cause.title,
        "slot": cause.slot,
        "count": phrases.count(len(cause.lines)),
        "times": phrases.times(cause.starts),
    }


def _line(line: Line) -> dict[str, str]:
    return {
        "at": phrases.moment(line.start),
        "late": phrases.lateness(line.late_s),
        "title": line.title,
        "reason": phrases.reason(line),
        "slot": line.slot_name,
        "minutes": phrases.minutes(line.heard_ms),
        "status": phrases.status(line.status),
        "origin": phrases.ORIGIN[line.origin],
        "by": line.ordered_by,
        "replaces": phrases.replaced(line.replaces) if line.replaces else "",
    }


def _script(script: ScriptTally) -> dict[str, str]:
    return {
        "name": script.title or script.id or phrases.NOTHING,
        "planned": phrases.count(script.planned),
        "aired": phrases.count(script.aired),
        "said": phrases.count(script.readings),
        "minutes": phrases.in_tenths(script.tenths),
    }


def _device(device: DeviceTally) -> dict[str, str]:
    return {
        "name": phrases.device(device.name),
        "plays": phrases.count(device.plays),
        "minutes": phrases.minutes(device.heard_ms),
    }
