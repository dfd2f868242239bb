"""The options that describe a slot, for `schedule add` and `edit`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar

from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import add_options, option
from broadcaster.cli.option_types import Whole, WordChoice
from broadcaster.i18n import N_
from broadcaster.office.slot_form import SlotForm
from broadcaster.office.wording import CLASSES, ORDERS
from broadcaster.schedule.timetable import MOST_REPEATS
from broadcaster.typed_words import ORDER_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

_OPTIONS = (
    option("--at", multiple=True, metavar=N_("TIMES"), help=N_("Times of day: 5h30, 17:00. May be repeated.")),
    option("--days", metavar=N_("WEEKDAYS"), help=N_("Weekdays: t2-t6, CN, mon-fri; all: every day.")),
    option(
        "--script",
        "scripts",
        multiple=True,
        metavar="ID",
        shell_complete=complete_script,
        help=N_("The scripts, in their order. May be repeated."),
    ),
    option(
        "--versions",
        metavar=N_("WORDS"),
        help=N_('In which versions each script airs, in their order: vi,hmong; vi is the text itself. "-": not.'),
    ),
    option("--repeat", type=Whole(1, MOST_REPEATS), metavar=N_("COUNT"), help=N_("How often in a row.")),
    option("--gap", metavar=N_("LENGTH"), help=N_("Silence between two clips, such as 20s.")),
    option(
        "--order",
        type=WordChoice(ORDERS, ORDER_WORDS),
        help=N_("One script a time, the next one next time (rotate, lần lượt), or all each time (all, phát hết)."),
    ),
    option(
        "--weight",
        "weights",
        multiple=True,
        metavar=N_("ID=COUNT"),
        help=N_("How much a script counts where they take turns: thong-diep-1=2 comes twice as often."),
    ),
    option(
        "--class",
        "class_",
        type=WordChoice(CLASSES),
        help=N_("The class of bulletin: thông thường (normal), ưu tiên (priority), khẩn cấp (emergency)."),
    ),
    option(
        "--group",
        metavar="ID",
        help=N_('The loudspeakers that hear it, a [[group]] of station.toml; "-": as the campaign says, or all.'),
    ),
    option("--from", "first", metavar=N_("DAY"), help=N_('First day, if narrower than the campaign; "-": not.')),
    option("--to", "last", metavar=N_("DAY"), help=N_("Last day, if narrower than the campaign.")),
    option("--on", metavar=N_("DAY"), help=N_("On this one day only.")),
)


def with_slot(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options of a slot, handed to it as `form`."""
    names = SlotForm.__dataclass_fields__

    @functools.wraps(function)
    def with_form(*args: object, **others: Any) -> R:  # noqa: ANN401 - click's own
        typed = {name: others.pop(name) for name in names}
        return function(*args, form=SlotForm(**typed), **others)

    return add_options(with_form, _OPTIONS)
