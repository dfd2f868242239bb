"""A month as a calendar: for each day its occurrences, its minutes against the limit, and what will not air."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from broadcaster.cli.show import Cell, Styled, say
from broadcaster.i18n import N_, _
from broadcaster.office.forecast import ProspectState, time_on_air
from broadcaster.office.wording_forecast import minutes_on_air
from broadcaster.weekdays import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from broadcaster.office.forecast import Prospect

_WIDTH = 10  # seven such columns fit into the 80 of a plain console
_BAR = 8
_SIGNS = {
    ProspectState.NO_SCRIPT: "✗",
    ProspectState.UNFINISHED: "✗",
    ProspectState.BLOCKED: "✗",
    ProspectState.NOT_APPROVED: "✗",
    ProspectState.PREEMPTED: "✗",
    ProspectState.WAITS: "…",
    ProspectState.NOT_RENDERED: "?",
    ProspectState.NO_OUTCOME: "–",
}
_LEGEND = {
    "✗": N_("✗ will not air"),
    "✂": N_("✂ cut off by an emergency bulletin"),
    "…": N_("… waits for the one before"),
    "?": N_("? not rendered yet"),
    "–": N_("– did not air, or has no outcome yet"),
}
Line = tuple[str, str | None]
"""A text and its colour."""


def show_calendar(first: date, last: date, days: Mapping[date, list[Prospect]], limit: int | None) -> None:
    """Draw the weeks from `first` to `last`; `limit`: how many minutes a day may have; None: any."""
    most = (
        timedelta(minutes=limit)
        if limit
        else max((time_on_air(found)[0] for found in days.values()), default=timedelta())
    )
    names = [_(name) for name in NAMES]
    say("│".join(name.center(_WIDTH) for name in names).rstrip())
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        week = [monday + timedelta(days=number) for number in range(7)]
        cells = [_cell(day, days.get(day, []), limit, most) if first <= day <= last else [] for day in week]
        say("┼".join("─" * _WIDTH for _day in week))
        for number in range(max(map(len, cells))):
            drawn = [_draw(cell[number] if number < len(cell) else ("", None)) for cell in cells]
            say(*[part for cell in drawn for part in ("│", cell)][1:])
        monday += timedelta(days=7)
    say()
    say(_legend(days.values(), limit))


def _legend(days: Iterable[list[Prospect]], limit: int | None) -> str:
    """Return what explains the signs: what the bar is a share of, and those marks that the calendar shows."""
    bar = _("bar: share of the {limit} minutes allowed").format(limit=limit) if limit else _("bar: of the fullest day")
    found = {_sign(prospect) for prospects in days for prospect in prospects}
    marks = [_(text) for sign, text in _LEGEND.items() if sign in found]
    return "; ".join([_("× occurrences, ′ minutes"), bar, *marks])


def _sign(prospect: Prospect) -> str:
    """Return the mark of an occurrence; empty where nothing is wrong with it."""
    if prospect.state is ProspectState.OVER:
        return "" if prospect.will_sound else "–"
    if prospect.cut_by is not None:
        return "✂"
    return _SIGNS.get(prospect.state, "")


def _cell(day: date, prospects: list[Prospect], limit: int | None, most: timedelta) -> list[Line]:
    """Return the lines of a day: its number and occurrences, its minutes, a bar, and marks for what is wrong."""
    if not prospects:
        return [(f"{day.day:2}", None)]
    total, _all_known = time_on_air(prospects)
    share = min(1.0, total / most) if most else 0.0
    load = _load(prospects, limit)
    lines: list[Line] = [
        (f"{day.day:2}  {len(prospects)}×", None),
        (load, None),
        ("█" * round(share * _BAR) + "░" * (_BAR - round(share * _BAR)), "red" if limit and share > 0.95 else "green"),
    ]
    marks = Counter(sign for prospect in prospects if (sign := _sign(prospect)))
    if marks:
        text = " ".join(f"{sign}{marks[sign]}" for sign in _LEGEND if sign in marks)
        lines.append((text, "red" if marks.keys() & {"✗", "✂"} else "yellow"))
    return lines


def _load(prospects: list[Prospect], limit: int | None) -> str:
    """Return the minutes of a day as `plan --day` has them, beside the limit where there is room for it."""
    minutes = minutes_on_air(prospects).replace(" ", "")
    beside = f"{minutes}/{limit}′" if limit else ""
    return beside if beside and len(beside) < _WIDTH else f"{minutes}′"


def _draw(line: Line) -> Cell:
    text, colour = line
    padded = (f" {text}" if len(text) < _WIDTH else text).ljust(_WIDTH)
    return Styled(padded, colour) if colour else padded
