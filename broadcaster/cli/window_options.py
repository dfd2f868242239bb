"""The options `--day`, `--week`, `--month`, `--from` and `--to`, of every command about a span of days."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, TypeVar

from broadcaster.cli.frame import add_options, option
from broadcaster.i18n import N_
from broadcaster.office.window import TypedWindow

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


def with_window(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options `--day`, `--week`, `--month`, `--from` and `--to`, handed to it as `typed`."""

    @functools.wraps(function)
    def with_typed(
        *args: object,
        day: str | None,
        week: str | None,
        month: str | None,
        first: str | None,
        last: str | None,
        **others: object,
    ) -> R:
        return function(*args, typed=TypedWindow(day, week, month, first, last), **others)

    options = (
        option("--day", metavar=N_("DAY"), help=N_("One day: 15/5, 15/5/2027, 2027-05-15, today, tomorrow.")),
        option("--week", metavar=N_("DAY"), help=N_("The week, Monday to Sunday, that this day is in; or 2027-W18.")),
        option("--month", metavar=N_("MONTH"), help=N_("A month: 5, 5/2027, 2027-05.")),
        option(
            "--from",
            "first",
            metavar=N_("DAY"),
            help=N_("From this day on, or from the first day of a month: 2027-03."),
        ),
        option(
            "--to",
            "last",
            metavar=N_("DAY"),
            help=N_("Up to and including this day, or the last day of a month: 2027-05."),
        ),
    )
    return add_options(with_typed, options)
