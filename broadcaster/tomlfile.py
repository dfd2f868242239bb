"""Read TOML that people write: strictly, every mistake at once, each with its file, line and key.

`tomllib` gives the values; the lines of the keys are looked for only when somebody wants one. A `Table` is asked
key by key; what nobody asked for is an unknown key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _

T = TypeVar("T")
KeyPath = tuple[str | int, ...]

ID_PATTERN = re.compile(r"[a-z0-9-]{1,64}")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_TOML_LINE = re.compile(r"at line (\d+), column \d+")
_END_OF_FILE = "at end of document"
_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
REQUIRED: Any = object()


class TomlFile:
    """One TOML text and the problems found in it so far. `first_line` is where the text begins in its file."""

    def __init__(self, path: Path, text: str, first_line: int = 1) -> None:
        self.path = path
        self.text = text
        self.first_line = first_line
        self.problems: list[Problem] = []
        self.root = Table(self, (), self._parse())

    @classmethod
    def read(cls, path: Path) -> TomlFile:
        """Read a file; raise InputError where it is not there, not UTF-8 or not TOML."""
        return cls(path, read_text(path))

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(self._syntax_problem(str(error))) from None

    def _syntax_problem(self, message: str) -> Problem:
        found = _TOML_LINE.search(message)
        line = int(found[1]) if found else self.text.count("\n") + 1
        reason = _TOML_LINE.sub("", message).replace(_END_OF_FILE, "").strip(" ()")
        return Problem(
            what=_("not valid TOML ({reason})").format(reason=reason),
            todo=_("compare the line with docs/formats.md: text stands in quotes, lists in square brackets"),
            path=self.path,
            line=line + self.first_line - 1,
        )

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        return dict(_key_lines(self.text))

    def line_of(self, key: KeyPath) -> int:
        """Return the line of a key, or of the nearest table that would hold it."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key, 1) + self.first_line - 1

    def report(self, key: KeyPath, what: str, todo: str = "") -> None:
        """Note a mistake at `key`."""
        name = ".".join(str(part) for part in key if isinstance(part, str))
        self.problems.append(Problem(what, todo, self.path, self.line_of(key), name))

    def finish(self) -> None:
        """Raise InputError with every problem, in the order of their lines, if there is one."""
        if self.problems:
            raise InputError(*sorted(self.problems, key=lambda problem: problem.line or 0))


class Table:
    """One TOML table, asked key by key. A wrong value is noted and the default returned, so that reading goes on."""

    def __init__(self, file: TomlFile, key: KeyPath, values: dict[str, Any]) -> None:
        self.file = file
        self.key = key
        self.values = values
        self._asked: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self.values

    @property
    def line(self) -> int:
        """The line of the table's header."""
        return self.file.line_of(self.key)

    def report(self, name: str, what: str, todo: str = "") -> None:
        """Note a mistake at the key `name` of this table."""
        self.file.report((*self.key, name), what, todo)

    def wrong(self, name: str, allowed: str) -> None:
        """Note that the value of `name` is not what is allowed there."""
        found = _show(self.values.get(name))
        self.report(
            name,
            _("found {found}").format(found=found),
            _("allowed: {allowed}").format(allowed=allowed),
        )

    def get(self, name: str, check: Callable[[Any], T | None], allowed: str, default: T = REQUIRED) -> T:
        """Return `check(value)`; where that is None, or the key is required and missing, note it.

        The workhorse of the readers below. `allowed` tells a person what may stand there.
        """
        self._asked.append(name)
        if name not in self.values:
            if default is REQUIRED:
                self.report(name, _("is missing"), _("allowed: {allowed}").format(allowed=allowed))
            return default
        value = check(self.values[name])
        if value is None:
            self.wrong(name, allowed)
            return default
        return value

    def text(self, name: str, default: str = REQUIRED, *, empty: bool = False) -> str:
        """Read text; not blank unless `empty`."""

        def check(value: Any) -> str | None:
            return value if isinstance(value, str) and (empty or value.strip()) else None

        return self.get(name, check, _('text in quotes, such as "abc"'), default)

    def choice(self, name: str, choices: Collection[str], default: str = REQUIRED) -> str:
        """Read one of a few words."""
        allowed = ", ".join(f'"{choice}"' for choice in choices)
        return self.get(name, lambda value: value if _is_in(value, choices) else None, allowed, default)

    def whole(self, name: str, low: int, high: int, default: int = REQUIRED) -> int:
        """Read a whole number from `low` to `high`."""
        allowed = _("a whole number from {low} to {high}").format(low=low, high=high)
        return self.get(name, lambda v: v if type(v) is int and low <= v <= high else None, allowed, default)

    def number(self, name: str, low: float, high: float, default: float = REQUIRED) -> float:
        """Read a number from `low` to `high`."""
        allowed = _("a number from {low} to {high}").format(low=low, high=high)
        return self.get(
            name, lambda v: float(v) if type(v) in (int, float) and low <= v <= high else None, allowed, default
        )

    def flag(self, name: str, default: bool = REQUIRED) -> bool:  # noqa: FBT001 - a default, as in its siblings
        """Read true or false."""
        return self.get(name, lambda value: value if isinstance(value, bool) else None, "true, false", default)

    def duration(self, name: str, default: timedelta = REQUIRED, *, longest: timedelta | None = None) -> timedelta:
        """Read a length of time such as "20s", "10m", "1h30m" or "400ms"."""

        def check(value: Any) -> timedelta | None:
            length = parse_duration(value)
            return None if length is None or (longest is not None and length > longest) else length

        allowed = _('a length of time such as "20s", "1m30s" or "400ms"')
        if longest is not None:
            allowed += _(", at most {longest}").format(longest=format_duration(longest))
        return self.get(name, check, allowed, default)

    def day(self, name: str, default: date | None = REQUIRED) -> date | None:
        """Read a date, 2027-12-31, with or without quotes."""
        return self.get(name, parse_date, _('a date such as "2027-05-31"'), default)

    def names(self, name: str, default: tuple[str, ...] = REQUIRED) -> tuple[str, ...]:
        """Read a list of ids, at least one."""
        allowed = _('a list of ids (a-z, 0-9 and "-", 1 to 64 characters), such as ["thong-diep-1"]')
        return self.items(name, lambda v: v if isinstance(v, str) and ID_PATTERN.fullmatch(v) else None, allowed, default)

    def items(
        self, name: str, check: Callable[[Any], T | None], allowed: str, default: tuple[T, ...] = REQUIRED
    ) -> tuple[T, ...]:
        """Read a list whose every element passes `check`; each that does not is noted by itself. Not empty if required."""

        def check_all(values: Any) -> tuple[T, ...] | None:
            if not isinstance(values, list) or (not values and default is REQUIRED):
                return None
            checked = [check(value) for value in values]
            bad = [value for value, good in zip(values, checked, strict=True) if good is None]
            for value in bad:
                self.report(
                    name,
                    _("found {found}").format(found=_show(value)),
                    _("allowed: {allowed}").format(allowed=allowed),
                )
            return tuple(good for good in checked if good is not None)

        return self.get(name, check_all, allowed, default)

    def table(self, name: str) -> Table:
        """Return the table `[name]`, empty where there is none."""
        found = self.get(name, lambda value: value if isinstance(value, dict) else None, f"[{name}]", {})
        return Table(self.file, (*self.key, name), found)

    def tables(self, name: str) -> list[Table]:
        """Return the tables `[[name]]`, in their order."""

        def check(value: Any) -> list[dict[str, Any]] | None:
            good = isinstance(value, list) and all(isinstance(item, dict) for item in value)
            return cast("list[dict[str, Any]]", value) if good else None

        found = self.get(name, check, f"[[{name}]]", [])
        return [Table(self.file, (*self.key, name, index), values) for index, values in enumerate(found)]

    def no_more(self) -> None:
        """Note every key that nobody asked for, with the nearest known name."""
        for name in self.values:
            if name not in self._asked:
                near = difflib.get_close_matches(name, self._asked, 1)
                todo = (
                    _('did you mean "{near}"?').format(near=near[0])
                    if near
                    else _("allowed keys: {keys}").format(keys=", ".join(self._asked))
                )
                self.report(name, _("unknown key"), todo)


def read_text(path: Path) -> str:
    """Return a text file's content, `\\n` line ends, a BOM dropped; raise InputError where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        raise InputError(Problem(_("there is no such file"), path=path)) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError(Problem(_("not UTF-8 text"), _("save the file as UTF-8"), path, line)) from None
    except OSError as error:
        reason = _("cannot be read ({reason})").format(reason=error.strerror)
        raise InputError(Problem(reason, path=path)) from None


def parse_duration(value: object) -> timedelta | None:
    """Return the length of "20s", "1h30m", "400ms"; None where it is not one."""
    if not isinstance(value, str) or not value:
        return None
    parts = _DURATION_PART.findall(value)
    if "".join(number + unit for number, unit in parts) != value:
        return None
    units = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours"}
    try:
        return sum((timedelta(**{units[unit]: float(number)}) for number, unit in parts), timedelta())
    except OverflowError:
        return None


def format_duration(length: timedelta) -> str:
    """Return a length of time as it is written in our files: "1h30m", "2.5s", "0s"."""
    milliseconds = round(length / timedelta(milliseconds=1))
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{rest / 1000:g}s" if rest else ""]
    return "".join(parts) or "0s"


def parse_date(value: object) -> date | None:
    """Return the day of a TOML date or of "2027-05-31"; None where it is not one."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def parse_time(value: object) -> time | None:
    """Return the time of day of "05:30" or "05:30:15" (or a TOML time); None where it is not one."""
    if isinstance(value, time):
        return value if not value.microsecond else None
    if not isinstance(value, str) or not re.fullmatch(r"\d\d:\d\d(:\d\d)?", value):
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None


def _is_in(value: object, choices: Collection[str]) -> bool:
    return isinstance(value, str) and value in choices


def _show(value: object) -> str:
    """Show a value as it would stand in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(_show(item) for item in value) + "]"
    if isinstance(value, dict):
        return _("a table")
    return str(value)


def _key_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Yield every key path of a valid TOML text with its line, tables of an array numbered from 0."""
    counts: dict[str, int] = {}
    table: KeyPath = ()
    value_so_far: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if value_so_far is None:
            if header := _HEADER.match(line):
                table = _header_path(header, counts)
                yield table, number
                continue
            if not (key := _KEY.match(line)):
                continue
            yield (*table, *_key_parts(key[1])), number
            value_so_far = line[key.end() :]
        else:
            value_so_far += "\n" + line
        if _is_whole_value(value_so_far):
            value_so_far = None


def _header_path(header: re.Match[str], counts: dict[str, int]) -> KeyPath:
    """Return the path of `[a]` or of the next `[[a]]`."""
    name = header[2].strip()
    parts = _key_parts(name)
    if header[1] == "[":
        return parts
    counts[name] = counts.get(name, -1) + 1
    return (*parts, counts[name])


def _key_parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def _is_whole_value(text: str) -> bool:
    """Tell whether a value that may span lines (an array, a long string) has ended."""
    try:
        tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return False
    return True
