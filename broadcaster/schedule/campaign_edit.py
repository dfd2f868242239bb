"""Edit `schedules/*.toml` for a person: only the lines concerned change, all others are kept byte for byte.

The result of an edit is a `FileChange`: a file's text before and after. The new text is read back strictly and must
have the intended meaning and nothing else. It is written completely or not at all, and only if the file still has the
old text. tomlkit makes the new lines, but they are inserted and removed as text: tomlkit treats the comment above a
`[[slot]]` as the end of the slot before, so that removing that slot would also remove the comment of the next one.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from broadcaster import versions
from broadcaster.errors import InputError, Problem
from broadcaster.files import refuse_to_replace, replace_file
from broadcaster.i18n import _
from broadcaster.models import Slot
from broadcaster.schedule.timetable import parse_campaign, show_boundary, show_moved_from, show_pause, show_skip
from broadcaster.similar_names import did_you_mean
from broadcaster.toml_lines import is_comment, key_of, lines_of, statements
from broadcaster.tomlfile import format_duration, format_time, read_text
from broadcaster.weekdays import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from broadcaster.models import Campaign

_DEFAULTS = Slot("", (), ())
_BOM = "\ufeff"
_TABLE_BELOW = re.compile(r"""\[\s*["']?slot["']?\s*\.\s*["']?(\w+)""")
_SLOT_LIST = re.compile(r"""["']?slot["']?\s*=""")


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's text before and after a change; None if there is no such file."""

    path: Path
    before: str | None
    after: str | None

    def __bool__(self) -> bool:
        """Return whether anything changes."""
        return self.before != self.after

    def diff(self) -> str:
        """Return the change as a unified diff."""
        old, new = ([line.rstrip("\r\n") for line in lines_of(text or "")] for text in (self.before, self.after))
        name = self.path.name
        return "".join(f"{line}\n" for line in difflib.unified_diff(old, new, name, name, lineterm=""))

    def check(self) -> None:
        """Raise InputError if the file no longer has the text `before`."""
        if versions.text_of(self.path) != self.before:
            todo = _("nothing was written; look at it and try again")
            raise InputError(Problem(_("the file was changed in the meantime"), todo, self.path))

    def write(self) -> None:
        """Write the new text, or remove the file; raise InputError as `check` does."""
        self.check()
        if self.after is None:
            self.path.unlink()
        else:
            replace_file(self.path, versions.to_bytes(self.after))


def campaigns_of(change: FileChange) -> tuple[Campaign | None, Campaign | None]:
    """Return the campaign before and after a change of its file; None where there is no file, or one with mistakes."""

    def read(text: str | None) -> Campaign | None:
        try:
            return None if text is None else _parse(change.path, text)
        except InputError:
            return None

    return read(change.before), read(change.after)


def create_campaign(campaign: Campaign) -> FileChange:
    """Return the change that creates a campaign's file. Raise InputError if the file exists or would not be valid."""
    refuse_to_replace(campaign.path)
    text = campaign_text(campaign)
    _checked(campaign.path, text)
    return FileChange(campaign.path, None, text)


def edit(path: Path) -> CampaignEdit:
    """Start an edit of a campaign's file. Raise InputError if it cannot be read."""
    read_text(path)  # raises InputError if it does not exist or is not text
    text = path.read_bytes().decode("utf-8")
    return CampaignEdit(path, text, text)


@dataclass(frozen=True, slots=True)
class CampaignEdit:
    """An edit in steps: each returns the edit so far and raises InputError if the file would not be valid."""

    path: Path
    before: str
    text: str

    def change(self) -> FileChange:
        """Return the result of all steps."""
        return FileChange(self.path, self.before, self.text)

    @property
    def campaign(self) -> Campaign:
        """The campaign after the steps so far."""
        return _parse(self.path, self.text)

    def add(self, slot: Slot, comment: str = "") -> CampaignEdit:
        """Add a slot at the end, with a comment line above it if `comment` is not empty."""
        file = _CampaignText(self.path, self.text)
        end = file.newline
        gap = "" if file.text.endswith(end * 2) else end if file.text.endswith(end) else end * 2
        block = (f"# {comment}\n" if comment else "") + _toml({"slot": [slot_values(slot)]})
        return self._step(file.text + gap + block.replace("\n", end))

    def remove(self, slot_id: str) -> CampaignEdit:
        """Remove a slot and the comments that belong to it."""
        file = _CampaignText(self.path, self.text)
        begin, end = file.block(file.number(slot_id))
        return self._step("".join(file.lines[:begin] + file.lines[end:]))

    def change_slot(self, new: Slot) -> CampaignEdit:
        """Change the slot with the id of `new`, only the keys that differ."""
        file = _CampaignText(self.path, self.text)
        number = file.number(new.id)
        old = file.campaign.slots[number]
        slots = (*file.campaign.slots[:number], new, *file.campaign.slots[number + 1 :])
        differing = _differing(slot_values(old), slot_values(new))
        step = self._step(file.with_values(number, differing))
        return step._verified(replace(file.campaign, slots=slots))  # noqa: SLF001 - of its own class

    def change_campaign(self, new: Campaign) -> CampaignEdit:
        """Change the campaign's own keys, only those that differ; the slots of `new` are ignored."""
        file = _CampaignText(self.path, self.text)
        differing = _differing(campaign_values(file.campaign), campaign_values(new))
        step = self._step(file.with_values(None, differing))
        return step._verified(replace(new, slots=file.campaign.slots))  # noqa: SLF001 - of its own class

    def change_all(self, new: Campaign) -> CampaignEdit:
        """Change the campaign's own keys and those of its slots, only those that differ; its slots stay the same."""
        file = _CampaignText(self.path, self.text)
        old = file.campaign
        slots = [_differing(slot_values(a), slot_values(b)) for a, b in zip(old.slots, new.slots, strict=True)]
        step = self._step(file.with_all(_differing(campaign_values(old), campaign_values(new)), slots))
        return step._verified(new)  # noqa: SLF001 - of its own class

    def _step(self, text: str) -> CampaignEdit:
        _checked(self.path, text)
        return replace(self, text=text)

    def _verified(self, expected: Campaign) -> CampaignEdit:
        """Return this step if the file now has the intended meaning; else raise InputError."""
        if self.campaign != expected:
            raise _written_otherwise(self.path)
        return self


def _written_otherwise(path: Path) -> InputError:
    what = _("these lines are written in a way that this command cannot change")
    return InputError(Problem(what, _("change them in the file itself: broadcaster schedule edit"), path))


class _CampaignText:
    """A campaign's exact text and the lines of its slots. Raises InputError if it is not valid."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.campaign = _parse(path, text)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.lines = lines_of(text)
        self._statements = list(statements(text.removeprefix(_BOM)))
        self._heads = [place for place, found in enumerate(self._statements) if found[2].startswith("[[")]
        if any(_SLOT_LIST.match(statement) for _first, _last, statement in self._statements):
            what = _("the slots are written in one list, which this command cannot change")
            raise InputError(Problem(what, _("write each slot under a line [[slot]]"), path, key="slot"))

    def number(self, slot_id: str) -> int:
        """Return the position, from 0, of the slot with that id; raise InputError if there is none."""
        ids = [slot.id for slot in self.campaign.slots]
        if slot_id not in ids:
            what = _('there is no slot "{slot}"').format(slot=slot_id)
            raise InputError(Problem(what, did_you_mean(slot_id, ids, _("slots: {known}")), self.path))
        return ids.index(slot_id)

    def block(self, number: int) -> tuple[int, int]:
        """Return the range of `lines` to remove with a slot: its own, its comments, and blank lines left doubled."""
        begin = self._begin(number)
        after = self._heads[number + 1] if number + 1 < len(self._heads) else len(self._statements)
        limit = self._begin(number + 1) if number + 1 < len(self._heads) else len(self.lines)
        end = self._statements[after - 1][1]
        while end < limit and is_comment(self.lines[end]):
            end += 1
        if end == len(self.lines) or not self.lines[end].strip():
            while begin > 0 and not self.lines[begin - 1].strip():
                begin -= 1
        return begin, end

    def _begin(self, number: int) -> int:
        """Return the index in `lines` of a slot's `[[slot]]`, or of the comment right above it."""
        head = self._heads[number]
        begin = self._statements[head][0] - 1
        floor = self._statements[head - 1][1] if head else 0
        while begin > floor and is_comment(self.lines[begin - 1]):
            begin -= 1
        return begin

    def with_values(self, number: int | None, values: Mapping[str, Any]) -> str:
        """Return the text with these keys set, or removed if None; `number`: the slot, or None for the campaign."""
        lines = list(self.lines)
        self._set_values(lines, number, values)
        return "".join(lines)

    def with_all(self, head: Mapping[str, Any], slots: Sequence[Mapping[str, Any]]) -> str:
        """Return the text with these keys of the campaign and of each of its slots set, or removed if None."""
        lines = list(self.lines)
        for number in reversed(range(len(slots))):  # from the end, so that the places of those before stay right
            self._set_values(lines, number, slots[number])
        self._set_values(lines, None, head)
        return "".join(lines)

    def _set_values(self, lines: list[str], number: int | None, values: Mapping[str, Any]) -> None:
        own = self._own_statements(number)
        if not values.keys().isdisjoint(self._in_parts(number, own)):
            raise _written_otherwise(self.path)
        behind = own[-1][1] if own else 0
        missing = {key: value for key, value in values.items() if value is not None and not _has_key(own, key)}
        lines[behind:behind] = self._ended(lines, behind, _toml(missing).splitlines())
        for first, last, statement in reversed(own):
            key = key_of(statement)
            if key in values:
                kept = "".join(lines[first - 1 : last])
                lines[first - 1 : last] = [] if values[key] is None else [_rewritten(kept, key, values[key])]

    def _own_statements(self, number: int | None) -> list[tuple[int, int, str]]:
        """Return the statements of a slot from its `[[slot]]` on, or of the campaign if `number` is None."""
        begin = 0 if number is None else self._heads[number]
        rest = self._statements[begin:]
        ends = [place for place, found in enumerate(rest) if found[2].startswith("[") and (place or number is None)]
        return rest[: ends[0]] if ends else rest

    def _in_parts(self, number: int | None, own: Sequence[tuple[int, int, str]]) -> set[str]:
        """Return the keys that are written in parts: weights.thong-diep-1 = 2, or under [slot.weights]."""
        parts = {first for _, _, statement in own for first, dot, _rest in [key_of(statement).partition(".")] if dot}
        if number is None:
            return parts
        heads = [*self._heads, len(self._statements)]
        below = (_TABLE_BELOW.match(found[2]) for found in self._statements[heads[number] : heads[number + 1]])
        return parts | {table[1] for table in below if table}

    def _ended(self, lines: list[str], behind: int, new: Sequence[str]) -> list[str]:
        """Return new lines with the file's line ends; end the line before them, which may be the last without one."""
        if new and behind and not lines[behind - 1].endswith("\n"):
            lines[behind - 1] += self.newline
        return [line + self.newline for line in new]


def _has_key(own: Sequence[tuple[int, int, str]], key: str) -> bool:
    return any(key_of(statement) == key for _first, _last, statement in own)


def _rewritten(line: str, key: str, value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    """Return a statement with another value; comments are kept, and items of a list that stay keep their lines."""
    import tomlkit
    from tomlkit.items import Array

    bom = _BOM if line.startswith(_BOM) else ""
    document = tomlkit.parse(line.removeprefix(_BOM))
    found = document[key]
    if isinstance(found, Array) and isinstance(value, list) and "\n" in found.as_string():
        _set_items(found, value)
    else:
        document[key] = tomlkit.item(_inline(value))
    return bom + tomlkit.dumps(document)


def _set_items(array: Any, values: list[Any]) -> None:  # noqa: ANN401 - tomlkit's Array, whose module loads slowly
    """Set the items of a list; items that stay, and the comments after them, are not touched."""
    for index in reversed(range(len(array))):
        if array.unwrap()[index] not in values:
            del array[index]
    if array.unwrap() != [value for value in values if value in array.unwrap()]:
        array.clear()
    for index, value in enumerate(values):
        if index >= len(array) or array.unwrap()[index] != value:
            array.insert(index, value)


def _inline(value: object) -> object:
    """Return a table as an inline table, any other value unchanged."""
    if not isinstance(value, dict):
        return value
    import tomlkit

    table = tomlkit.inline_table()
    table.update(value)
    return table


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that change with their new values, None for a key that is removed."""
    keys = dict.fromkeys([*new, *old])
    return {key: new.get(key) for key in keys if new.get(key) != old.get(key)}


def slot_values(slot: Slot) -> dict[str, Any]:
    """Return a slot's keys as written in a file, in the order of docs/formats.md, without default values."""
    days = [name for number, name in enumerate(WEEKDAYS, start=1) if number in slot.days]
    weights = dict(zip(slot.scripts, slot.weights or [1] * len(slot.scripts), strict=True))
    off = [*(day.isoformat() for day in slot.exceptions), *map(show_skip, slot.skips)]
    values = {
        "id": slot.id,
        "at": [format_time(at) for at in slot.at],
        "days": days if len(days) < len(WEEKDAYS) else None,
        "from": show_boundary(slot.start) if slot.start else None,
        "to": show_boundary(slot.end) if slot.end else None,
        "scripts": list(slot.scripts),
        "versions": list(slot.versions) or None,
        "order": slot.order.value if slot.order is not _DEFAULTS.order else None,
        "weights": {script: weight for script, weight in weights.items() if weight != 1} or None,
        "repeat": slot.repeat if slot.repeat != _DEFAULTS.repeat else None,
        "gap": format_duration(slot.gap) if slot.gap != _DEFAULTS.gap else None,
        "class": slot.bulletin_class.value if slot.bulletin_class is not _DEFAULTS.bulletin_class else None,
        "group": slot.group or None,
        "except": sorted(off) or None,
        "paused": [show_pause(pause) for pause in slot.pauses] or None,
        "moved_from": show_moved_from(slot.moved_from) if slot.moved_from else None,
    }
    return {key: value for key, value in values.items() if value is not None}


def campaign_values(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign's own keys as written in a file."""
    values = {
        "title": campaign.title,
        "source": campaign.source or None,
        "from": show_boundary(campaign.start),
        "to": show_boundary(campaign.end),
        "group": campaign.group or None,
        "versions": list(campaign.versions) or None,
        "except": sorted(day.isoformat() for day in campaign.exceptions) or None,
        "paused": [show_pause(pause) for pause in campaign.pauses] or None,
    }
    return {key: value for key, value in values.items() if value is not None}


def campaign_text(campaign: Campaign) -> str:
    """Return the text of a new file for a campaign."""
    text = _toml(campaign_values(campaign))
    return text + "".join("\n" + _toml({"slot": [slot_values(slot)]}) for slot in campaign.slots)


def _toml(values: dict[str, Any]) -> str:
    import tomlkit  # loading it takes longer than the rest of a command that only reads

    def inline(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [{key: _inline(found) for key, found in table.items()} for table in value]
        return _inline(value)

    return tomlkit.dumps({key: inline(value) for key, value in values.items()})


def _parse(path: Path, text: str) -> Campaign:
    return parse_campaign(path, plain_text(text))


def plain_text(text: str) -> str:
    """Return a file's text as `tomlfile.read_text` does: with LF line ends and no BOM."""
    return text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")


def _checked(path: Path, text: str) -> None:
    """Read a new text strictly before it is written; raise InputError with its mistakes."""
    try:
        _parse(path, text)
    except InputError as error:  # without line numbers, which would refer to a file that will not exist
        raise InputError(*(_named(problem, text) for problem in error.problems)) from None


def _named(problem: Problem, text: str) -> Problem:
    """Return a problem of a new text with the id of its slot in place of the line."""
    heads = [first for first, _last, line in statements(text.removeprefix(_BOM)) if line.startswith("[[slot]]")]
    number, key = bisect_right(heads, problem.line or 0), problem.key
    if number and key.startswith("slot.") and key != "slot.id":
        slot = tomllib.loads(plain_text(text))["slot"][number - 1]
        key = key.replace("slot.", f"slot {slot.get('id', number)}.", 1)
    return replace(problem, line=None, key=key)
