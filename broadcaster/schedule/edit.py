"""Change `schedules/*.toml` for a person: only the lines concerned, all others kept byte for byte.

Every edit is read back strictly before it is written, and written whole or not at all. New lines are made by
tomlkit; they are put in and taken out as text, because tomlkit counts the comment above a `[[slot]]` as the end of
the slot before it: taking that one out would take the next one's comment along.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broadcaster.errors import InputError, Problem
from broadcaster.files import replace_file
from broadcaster.i18n import _
from broadcaster.models import Slot
from broadcaster.schedule.timetable import parse_campaign, show_boundary
from broadcaster.settings import WEEKDAYS
from broadcaster.tomlfile import did_you_mean, format_duration, format_time, read_text, statements

if TYPE_CHECKING:
    from pathlib import Path

    from broadcaster.models import Boundary, Campaign

_DEFAULTS = Slot("", (), ())
_BOM = "\ufeff"
_SLOT_LIST = re.compile(r"""["']?slot["']?\s*=""")


def create_campaign(
    path: Path, title: str, start: Boundary, end: Boundary, *, source: str = "", dry_run: bool = False
) -> str:
    """Make a campaign file without slots; return what is new as a unified diff.

    `dry_run` writes nothing. Raise InputError where the file is there already or would not be a good one.
    """
    if path.exists():
        raise InputError(Problem(_("there is such a file already"), _("choose another name"), path))
    values = {"title": title, "source": source, "from": show_boundary(start), "to": show_boundary(end)}
    text = _toml({key: value for key, value in values.items() if value})
    return _save(path, "", text, dry_run=dry_run)


def add_slot(path: Path, slot: Slot, *, dry_run: bool = False) -> str:
    """Put a slot at the end of a campaign's file; return the change as a unified diff.

    `dry_run` writes nothing. Raise InputError where the file is wrong, or would be with the slot in it.
    """
    file = _Text(path)
    end = file.newline
    gap = "" if file.text.endswith(end * 2) else end if file.text.endswith(end) else end * 2
    block = _toml({"slot": [_values(slot)]}).replace("\n", end)
    return _save(path, file.text, file.text + gap + block, dry_run=dry_run)


def remove_slot(path: Path, slot_id: str, *, dry_run: bool = False) -> str:
    """Take a slot and the comment lines that touch it out of a campaign's file; return the change as a unified diff.

    `dry_run` writes nothing. Raise InputError where the file is wrong or has no such slot.
    """
    file = _Text(path)
    ids = [slot.id for slot in file.campaign.slots]
    if slot_id not in ids:
        what = _('there is no slot "{slot}"').format(slot=slot_id)
        raise InputError(Problem(what, did_you_mean(slot_id, ids, _("slots: {known}")), path))
    begin, end = file.block(ids.index(slot_id))
    return _save(path, file.text, "".join(file.lines[:begin] + file.lines[end:]), dry_run=dry_run)


class _Text:
    """A campaign's file to the byte, and where its slots stand. Raises InputError as reading it does."""

    def __init__(self, path: Path) -> None:
        read_text(path)  # says what is wrong where there is no such text
        self.text = path.read_bytes().decode("utf-8")
        self.campaign = _parse(path, self.text)
        self.newline = "\r\n" if "\r\n" in self.text else "\n"
        self.lines = _lines(self.text)
        self._statements = list(statements(self.text.removeprefix(_BOM)))
        self._heads = [place for place, found in enumerate(self._statements) if found[2].startswith("[[")]
        if any(_SLOT_LIST.match(statement) for _first, _last, statement in self._statements):
            what = _("the slots stand in one list, which this command cannot change")
            raise InputError(Problem(what, _("write each slot under a line [[slot]]"), path, key="slot"))

    def block(self, number: int) -> tuple[int, int]:
        """Return which `lines` go with that slot: its own, comments that touch it, blank lines it leaves doubled."""
        begin = self._begin(number)
        after = self._heads[number + 1] if number + 1 < len(self._heads) else len(self._statements)
        limit = self._begin(number + 1) if number + 1 < len(self._heads) else len(self.lines)
        end = self._statements[after - 1][1]
        while end < limit and _is_comment(self.lines[end]):
            end += 1
        if end == len(self.lines) or not self.lines[end].strip():
            while begin > 0 and not self.lines[begin - 1].strip():
                begin -= 1
        return begin, end

    def _begin(self, number: int) -> int:
        """Return where a slot's `[[slot]]`, or the comment right above it, stands in `lines`."""
        head = self._heads[number]
        begin = self._statements[head][0] - 1
        floor = self._statements[head - 1][1] if head else 0
        while begin > floor and _is_comment(self.lines[begin - 1]):
            begin -= 1
        return begin


def _lines(text: str) -> list[str]:
    """Split at line feeds only, which stay; `splitlines` would also split inside values."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _is_comment(line: str) -> bool:
    return line.removeprefix(_BOM).lstrip().startswith("#")


def _values(slot: Slot) -> dict[str, Any]:
    """Return a slot as it is written: in the order of docs/formats.md, what is by default left out."""
    days = [name for number, name in enumerate(WEEKDAYS, start=1) if number in slot.days]
    values = {
        "id": slot.id,
        "at": [format_time(at) for at in slot.at],
        "days": days if len(days) < len(WEEKDAYS) else None,
        "from": show_boundary(slot.start) if slot.start else None,
        "to": show_boundary(slot.end) if slot.end else None,
        "scripts": list(slot.scripts),
        "order": slot.order.value if slot.order is not _DEFAULTS.order else None,
        "repeat": slot.repeat if slot.repeat != _DEFAULTS.repeat else None,
        "gap": format_duration(slot.gap) if slot.gap != _DEFAULTS.gap else None,
        "class": slot.bulletin_class.value if slot.bulletin_class is not _DEFAULTS.bulletin_class else None,
        "except": sorted(day.isoformat() for day in slot.exceptions) or None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _toml(values: dict[str, Any]) -> str:
    import tomlkit  # takes longer to load than all the rest of a reading command

    return tomlkit.dumps(values)


def _parse(path: Path, text: str) -> Campaign:
    return parse_campaign(path, text.removeprefix(_BOM))


def _save(path: Path, before: str, after: str, *, dry_run: bool) -> str:
    """Read `after` strictly, write it, return the difference."""
    try:
        _parse(path, after)
    except InputError as error:  # the lines are those of a file that will not be
        raise InputError(*(replace(problem, line=None) for problem in error.problems)) from None
    if not dry_run:
        replace_file(path, after.encode())
    old, new = ([line.rstrip("\r\n") for line in _lines(text)] for text in (before, after))
    return "".join(f"{line}\n" for line in difflib.unified_diff(old, new, path.name, path.name, lineterm=""))
