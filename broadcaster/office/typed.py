"""Values that a person types: parsed together, so that everything not understood is reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.typed_doubts import doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, time

    from broadcaster.models import Boundary, DayRange

T = TypeVar("T")
_MOST_DAYS = 366

TIMES = N_("times such as 5h30, 17:00, 5h30 chiều")
WEEKDAYS = N_("weekdays such as T2-T6, thứ hai, CN, cuối tuần, mon-fri")
BOUNDARIES = N_("a day such as 15/5 (every year) or 15/5/2027 (that year only)")
LENGTHS = N_("a length of time such as 20s or 1m30s")
DAYS = N_("a day such as 15/5/2027, 15/5, thứ hai, today, tomorrow")
SPANS = N_("days such as 15/5/2027, 15/5, 16/5-18/5, thứ hai, cuối tuần, today, tomorrow")


def not_understood(found: str, allowed: str, option: str = "") -> Problem:
    """Return the problem that what was typed, as the value of an option or alone, is not understood.

    It asks what was meant, where that can be guessed; else it says what is `allowed`.
    """
    what = _('{option}: "{found}" is not understood') if option else _('"{found}" is not understood')
    todo = doubt(found) or _("allowed: {allowed}").format(allowed=_(allowed))
    return Problem(what.format(option=option, found=found), todo)


class TypedValues:
    """Parses what was typed and collects everything that is not understood, to report it together."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def one(self, name: str, text: str | None, parse: Callable[[str], T | None], allowed: str) -> T | None:
        """Return the value of an option; None where it was not given, or not understood: then it is noted."""
        value = None if text is None else parse(text)
        if text is not None and value is None:
            self._problems.append(not_understood(text, allowed, name))
        return value

    def boundary(self, name: str, text: str | None, today: date) -> Boundary | None:
        """Return the end of a range of days, as `one` does; "mai" and "thứ hai" are days of one year."""

        def parse(typed: str) -> Boundary | None:
            has_number = any(map(str.isdigit, typed))
            return typed_dates.parse_boundary(typed) if has_number else typed_dates.parse_day(typed, today)

        return cast("Boundary | None", self.one(name, text, parse, BOUNDARIES))

    def many(self, name: str, texts: Sequence[str], parse: Callable[[str], T | None], allowed: str) -> list[T]:
        """Return the values of an option that may be repeated or list several, separated by commas."""
        good, bad = typed_dates.parse_list(texts, parse)
        self._problems += [not_understood(text, allowed, name) for text in (bad if good or bad else [""])]
        return good

    def note(self, problem: Problem) -> None:
        """Note a problem."""
        self._problems.append(problem)

    def found(self, find: Callable[[], T]) -> T | None:
        """Return what `find` finds; None where it raises InputError: its problems are noted."""
        try:
            return find()
        except InputError as error:
            self._problems += error.problems
            return None

    def missing(self, name: str, allowed: str) -> None:
        """Note that a required option was not given."""
        self._problems.append(
            Problem(_("{option}: is missing").format(option=name), _("allowed: {allowed}").format(allowed=_(allowed)))
        )

    def finish(self) -> None:
        """Raise InputError with every problem noted, if any."""
        if self._problems:
            raise InputError(*self._problems)


def days_and_times(days: Sequence[str], at: Sequence[str], today: date) -> tuple[list[DayRange], list[time]]:
    """Return the days in spans as they were typed, and the times if any were.

    Raise InputError with everything that is not understood, and for a span of more than a year.
    """
    typed = TypedValues()
    spans = typed.many(_("DAY"), days, lambda text: typed_dates.parse_days(text, today), SPANS)
    times = typed.many("--at", at, typed_dates.parse_clock, TIMES) if at else []
    typed.finish()
    if any((last - first).days > _MOST_DAYS for first, last in spans):
        raise InputError(Problem(_("that is more than a year of days"), _("pause it: broadcaster schedule pause")))
    return spans, times
