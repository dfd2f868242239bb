"""Read TOML written by people strictly, and report every mistake at once, with its file, line and key.

`tomllib` gives the values; the lines of the keys are found only when needed. A `Table` is read key by key; a key that
was not read is unknown.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from broadcaster.errors import InputError, Problem
from broadcaster.files import LARGEST, read_file
from broadcaster.i18n import N_, _
from broadcaster.similar_names import did_you_mean
from broadcaster.toml_lines import KeyPath, key_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    Check = Callable[[Any], "T | None"]  # returns the meaning of a TOML value, None if it is not allowed

T = TypeVar("T")

ID_PATTERN = re.compile(r"[a-z0-9-]{1,64}")
REQUIRED: Any = object()
"""In place of a default: the key is required."""
FIRST_YEAR, LAST_YEAR = 1970, 9998
"""The years that a day may be of, wherever it is typed or written: `date` must reach the days around it too."""

_LONGEST_SHOWN = 80  # the most characters of a value that a message repeats
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WRITTEN_YEAR = re.compile(r"([0-9]{4})[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4})")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2})?")  # without 24:00, which Python 3.14 takes for 00:00

_TOML_LINE = re.compile(r"at line (\d+), column \d+")
_TOML_REASONS = (
    # The beginnings of tomllib's messages that are the same from Python 3.11 to 3.14, and our texts for people.
    ("Invalid value", N_('there is no value, or a text without straight quotes "…"')),
    ("Invalid statement", N_("neither a key nor a [table]")),
    ("Expected '=' after a key", N_('there is no "=" after the key')),
    ("Expected newline or end of document after a statement", N_("there is something after the end of the value")),
    ("Unclosed array", N_("a list is not closed with ]")),
    ("Unclosed inline table", N_("a table is not closed with }")),
    ("Unterminated string", N_("a text is not closed with a quote")),
    ("Illegal character '\\n'", N_("a text is not closed with a quote")),
    ("Expected \"'''", N_("a text is not closed with a quote")),
    ("Illegal character", N_("there is an invisible character here")),
    ("Found invalid character", N_("there is an invisible character here")),
    ("Exceeds the limit", N_("a number is too long")),
    ("Unescaped '\\' in a string", N_("there is a single backslash in a text")),
    ("Invalid hex value", N_("there is a single backslash in a text")),
    ("Invalid date or datetime", N_("there is no such day or time")),
    ("Cannot overwrite a value", N_("the same key occurs twice")),
    ("Cannot declare", N_("the same [table] occurs twice")),
    ("Expected ']", N_("a [table] is not closed with ]")),
)


class TomlFile:
    """One TOML text and the problems found in it so far. `first_line` is the number of its first line in the file."""

    def __init__(self, path: Path, text: str, first_line: int = 1, grammar: Grammar | None = None) -> None:
        self.path = path
        self.text = text
        self.first_line = first_line
        self.grammar = grammar or Grammar()
        self.problems: list[Problem] = []
        self.root = Table(self, (), self._parse())

    @classmethod
    def read(cls, path: Path) -> TomlFile:
        """Read a file; raise InputError if it does not exist, or is not UTF-8 or not TOML."""
        return cls(path, read_text(path))

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except RecursionError:
            raise InputError(self._syntax_problem(_("lists within lists without end"))) from None
        except ValueError as error:  # includes TOMLDecodeError, and Python's refusal of a number of 5,000 digits
            raise InputError(self._syntax_problem(str(error))) from None

    def _syntax_problem(self, message: str) -> Problem:
        found = _TOML_LINE.search(message)
        line = int(found[1]) if found else self.text.rstrip().count("\n") + 1
        reason = _TOML_LINE.sub("", message).replace("at end of document", "").strip(" ()")
        known = next((_(ours) for theirs, ours in _TOML_REASONS if reason.startswith(theirs)), reason)
        return Problem(
            what=_("not valid TOML ({reason})").format(reason=known),
            todo=_("compare the line with docs/formats.md: text is in quotes, lists are in square brackets"),
            path=self.path,
            line=line + self.first_line - 1,
        )

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        lines: dict[KeyPath, int] = {}
        for key, line in key_lines(self.text):
            for size in range(1, len(key) + 1):  # `a.b = 1` is also the first line of `a`
                lines.setdefault(key[:size], line)
        return lines

    def line_of(self, key: KeyPath) -> int:
        """Return the line of a key, or of the nearest table that would contain it."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key, 1) + self.first_line - 1

    def report(self, key: KeyPath, what: str, todo: str = "") -> None:
        """Note a mistake at `key`."""
        name = ".".join(str(part) for part in key if isinstance(part, str))
        self.problems.append(Problem(what, todo, self.path, self.line_of(key), name))

    def finish(self) -> None:
        """Raise InputError with every problem, in the order of lines, if there are any."""
        if self.problems:
            raise InputError(*sorted(self.problems, key=lambda problem: problem.line or 0))


class Table:
    """One TOML table, read key by key. For a wrong value the mistake is noted and the default returned, to read on."""

    def __init__(self, file: TomlFile, key: KeyPath, values: dict[str, Any]) -> None:
        self.file = file
        self.key = key
        self.values = values
        self._known_keys: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self.values

    @property
    def line(self) -> int:
        """The line of the table's header."""
        return self.file.line_of(self.key)

    def report(self, name: str, what: str, todo: str = "") -> None:
        """Note a mistake at the key `name` of this table."""
        self.file.report((*self.key, name), what, todo)

    def wrong(self, name: str, value: object, allowed: str, *, ask: bool = True) -> None:
        """Note that `value`, the value at `name` or an element of it, is not allowed there, and what is.

        Of a day or a time it asks what was meant, where that can be guessed; unless not `ask`.
        """
        found = _("found {found}").format(found=show_value(value))
        doubt = self.file.grammar.doubt(str(value)) if ask and isinstance(value, str | date | time) else ""
        self.report(name, found, doubt or _("allowed: {allowed}").format(allowed=allowed))

    def get(self, name: str, check: Check[T], allowed: str, default: T = REQUIRED) -> T:
        """Return `check(value)`; if that is None, or a required key is missing, note it.

        The methods below all use it. `allowed` describes to a person which values are allowed.
        """
        self._known_keys.append(name)
        if name not in self.values:
            if default is REQUIRED:
                self.report(name, _("is missing"), _("allowed: {allowed}").format(allowed=allowed))
            return default
        value = check(self.values[name])
        if value is None:
            self.wrong(name, self.values[name], allowed)
        return default if value is None else value

    def text(self, name: str, default: str = REQUIRED, *, empty: bool = False) -> str:
        """Read text; it may be blank only if `empty`."""
        allowed = _('text in quotes, such as "abc"')
        return self.get(name, lambda v: v if isinstance(v, str) and (empty or v.strip()) else None, allowed, default)

    def choice(self, name: str, choices: Collection[str], default: str = REQUIRED) -> str:
        """Read one of a few words."""
        allowed = ", ".join(f'"{choice}"' for choice in choices)
        return self.get(
            name, lambda value: value if isinstance(value, str) and value in choices else None, allowed, default
        )

    def whole(self, name: str, low: int, high: int, default: int = REQUIRED) -> int:
        """Read a whole number from `low` to `high`."""
        allowed = _("a whole number from {low} to {high}").format(low=low, high=high)
        return self.get(name, lambda v: v if type(v) is int and low <= v <= high else None, allowed, default)

    def number(self, name: str, low: float, high: float, default: float = REQUIRED) -> float:
        """Read a number from `low` to `high`."""
        allowed = _("a number from {low} to {high}").format(low=low, high=high)
        good = (int, float)  # not bool, which is an int
        return self.get(name, lambda v: float(v) if type(v) in good and low <= v <= high else None, allowed, default)

    def flag(self, name: str, default: bool = REQUIRED) -> bool:  # noqa: FBT001 - a default, as in its siblings
        """Read true or false."""
        return self.get(name, self.file.grammar.flag, "true, false", default)

    def duration(self, name: str, default: timedelta = REQUIRED, *, longest: timedelta | None = None) -> timedelta:
        """Read a length of time such as "20s", "10m", "1h30m" or "400ms"."""

        def check(value: object) -> timedelta | None:
            length = self.file.grammar.length(value)
            return None if length is None or (longest is not None and length > longest) else length

        allowed = _('a length of time such as "20s", "1m30s" or "400ms"')
        if longest is not None:
            allowed += _(", at most {longest}").format(longest=format_duration(longest))
        return self.get(name, check, allowed, default)

    def day(self, name: str, default: date | None = REQUIRED) -> date | None:
        """Read a date, 2027-12-31, with or without quotes."""
        return self.get(name, self.file.grammar.day, _('a date such as "2027-05-31"'), default)

    def items(
        self,
        name: str,
        check: Check[T],
        allowed: str,
        default: tuple[T, ...] = REQUIRED,
        *,
        empty: bool = False,
        ask: bool = True,
    ) -> tuple[T, ...]:
        """Read a list whose elements all pass `check`; each that does not is noted, as by `wrong`.

        It may be empty only if `empty`. After a mistake the valid elements are returned.
        """

        def check_all(values: object) -> tuple[T, ...] | None:
            if not isinstance(values, list) or not (values or empty):
                return None
            checked = [(value, check(value)) for value in values]
            for value in (value for value, good in checked if good is None):
                self.wrong(name, value, allowed, ask=ask)
            return tuple(good for _value, good in checked if good is not None)

        found = self.get(name, check_all, allowed, default)
        return () if found is REQUIRED else found

    def table(self, name: str) -> Table:
        """Return the table `[name]`, empty if there is none."""
        none: dict[str, Any] = {}
        found = self.get(name, lambda value: value if isinstance(value, dict) else None, f"[{name}]", none)
        return Table(self.file, (*self.key, name), found)

    def tables(self, name: str) -> list[Table]:
        """Return the tables `[[name]]`, in their order."""

        def check(value: object) -> list[dict[str, Any]] | None:
            good = isinstance(value, list) and all(isinstance(item, dict) for item in value)
            return cast("list[dict[str, Any]]", value) if good else None

        none: list[dict[str, Any]] = []
        found = self.get(name, check, f"[[{name}]]", none)
        return [Table(self.file, (*self.key, name, index), values) for index, values in enumerate(found)]

    def report_unknown_keys(self) -> None:
        """Note every key that was not read, with the most similar known name."""
        for name in self.values:
            if name not in self._known_keys:
                self.report(name, _("unknown key"), did_you_mean(name, self._known_keys, _("allowed keys: {known}")))


def read_text(path: Path, most: int = LARGEST) -> str:
    """Return a text file's content, with LF line ends and no BOM.

    Raise InputError if it cannot be read, or has more than `most` bytes.
    """
    return decode_text(path, read_file(path, most))


def decode_text(path: Path, data: bytes) -> str:
    """Return what `read_text` does, of the bytes that were read from `path`; raise InputError if they are no UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(Problem(_("not UTF-8 text"), _("save the file as UTF-8"), path, line)) from None


def parse_text(value: object) -> str | None:
    """Return text that is not blank; None for anything else."""
    return value if isinstance(value, str) and value.strip() else None


def parse_duration(value: object) -> timedelta | None:
    """Return the length of "20s", "1h30m", "400ms"; None if it is not one."""
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
    """Return a length of time as written in the station's files: "1h30m", "2.5s", "0s"."""
    milliseconds = round(length / timedelta(milliseconds=1))
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{rest / 1000:g}s" if rest else ""]
    return "".join(parts) or "0s"


def parse_date(value: object) -> date | None:
    """Return the day of a TOML date or of "2027-05-31"; None if it is not one."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, date) or isinstance(value, datetime):
        return None
    return value if FIRST_YEAR <= value.year <= LAST_YEAR else None


def year_doubt(text: str) -> str:
    """Return which years there are, for a date of any other; "" for other texts."""
    found = _WRITTEN_YEAR.search(text)
    if found is None or FIRST_YEAR <= int(found[1] or found[2]) <= LAST_YEAR:
        return ""
    return _("years from {first} to {last} are understood").format(first=FIRST_YEAR, last=LAST_YEAR)


def parse_time(value: object) -> time | None:
    """Return the time of day of "05:30" or "05:30:15" (or a TOML time); None if it is not one."""
    if isinstance(value, time):
        return value if not value.microsecond else None
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None


def format_time(at: time) -> str:
    """Return a time of day as written in the station's files: "05:30", or "05:30:15"."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def parse_id(value: object) -> str | None:
    """Return an id (`ID_PATTERN`); None if it is not one."""
    return value if isinstance(value, str) and ID_PATTERN.fullmatch(value) else None


def show_value(value: object) -> str:
    """Return a value as written in a file, on one line, shortened if it is long."""
    shown = write_value(value)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"


def write_value(value: object) -> str:
    """Return a value as written in a file, on one line."""
    if isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)  # JSON's escapes are TOML's
    if isinstance(value, list):
        return "[" + ", ".join(map(write_value, value)) + "]"
    return _("a table") if isinstance(value, dict) else str(value)


def parse_flag(value: object) -> bool | None:
    """Return true or false; None if it is neither."""
    return value if isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a file writes lengths of time, days and yes or no; `typed_toml.TYPED` also takes what people type."""

    length: Check[timedelta] = parse_duration
    day: Check[date] = parse_date
    flag: Check[bool] = parse_flag
    doubt: Callable[[str], str] = year_doubt
    """Says of a day or a time that is not allowed what may have been meant; "" where it does not know."""
