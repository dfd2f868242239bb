"""What a slot is asked for: the options of `schedule add` and `edit`, and the questions that stand for them."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import option
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.models import Boundary, BulletinClass, Campaign, Order, Slot
from broadcaster.office.typed import TypedValues
from broadcaster.schedule import typed_dates
from broadcaster.schedule.timetable import MOST_REPEATS, MOST_WEIGHT
from broadcaster.tomlfile import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

T = TypeVar("T")
R = TypeVar("R")

TIMES = N_("times such as 5h30, 17:00")
WEEKDAYS = N_("weekdays such as t2-t6, CN, mon-fri")
BOUNDARIES = N_("a day such as 15/5 (every year) or 15/5/2027 (that year only)")
LENGTHS = N_("a length of time such as 20s or 1m30s")
DAYS = N_("a day such as 15/5/2027, 15/5, today, tomorrow")
_WEIGHTS = N_("a script and a number from 1 to 20, such as thong-diep-1=2")
CAMPAIGNS_OWN = "-"
"""Typed for a day: as the campaign has it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed for a slot; None or (): not given."""

    at: Sequence[str] = ()
    days: str | None = None
    scripts: Sequence[str] = ()
    repeat: int | None = None
    gap: str | None = None
    order: str | None = None
    class_: str | None = None
    weights: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    on: str | None = None

    def __bool__(self) -> bool:
        """Tell whether anything was given."""
        return self != Wanted()


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
    option("--repeat", type=click.IntRange(1, MOST_REPEATS), metavar=N_("COUNT"), help=N_("How often in a row.")),
    option("--gap", metavar=N_("LENGTH"), help=N_("Silence between two clips, such as 20s.")),
    option(
        "--order",
        type=click.Choice([str(o) for o in Order]),
        help=N_("One script a time, the next one next time (rotate), or all of them each time (all)."),
    ),
    option(
        "--weight",
        "weights",
        multiple=True,
        metavar=N_("ID=COUNT"),
        help=N_("How much a script counts where they take turns: thong-diep-1=2 comes twice as often."),
    ),
    option("--class", "class_", type=click.Choice([str(c) for c in BulletinClass]), help=N_("The class of bulletin.")),
    option("--from", "first", metavar=N_("DAY"), help=N_('First day, if narrower than the campaign; "-": not.')),
    option("--to", "last", metavar=N_("DAY"), help=N_("Last day, likewise.")),
    option("--on", metavar=N_("DAY"), help=N_("On this one day only.")),
)


def with_slot(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options of a slot, handed to it as `wanted`."""
    names = Wanted.__dataclass_fields__

    @functools.wraps(function)
    def with_wanted(*args: object, **others: Any) -> R:  # noqa: ANN401 - click's own
        typed = {name: others.pop(name) for name in names}
        return function(*args, wanted=Wanted(**typed), **others)

    decorated: Callable[..., R] = with_wanted
    for add in reversed(_OPTIONS):
        decorated = add(decorated)
    return decorated


def apply(wanted: Wanted, slot: Slot, today: date) -> Slot:
    """Return the slot with what was typed; raise InputError with every option that is not understood."""
    asked = TypedValues()
    changes: dict[str, Any] = {}
    if wanted.at:
        changes["at"] = tuple(asked.many("--at", wanted.at, typed_dates.parse_clock, TIMES))
    if wanted.scripts:
        changes["scripts"] = tuple(parts(wanted.scripts))
    given = {
        "days": asked.one("--days", wanted.days, typed_dates.parse_weekdays, WEEKDAYS),
        "gap": asked.one("--gap", wanted.gap, typed_dates.parse_length, LENGTHS),
        "repeat": wanted.repeat,
        "order": Order(wanted.order) if wanted.order else None,
        "bulletin_class": BulletinClass(wanted.class_) if wanted.class_ else None,
    }
    changes |= {key: value for key, value in given.items() if value is not None}
    changes |= _days(asked, wanted, today)
    weights = dict(asked.many("--weight", wanted.weights, _parse_weight, _WEIGHTS)) if wanted.weights else None
    asked.finish()
    return _weighed(replace(slot, **changes), slot, weights)


def _days(asked: TypedValues, wanted: Wanted, today: date) -> dict[str, Boundary | None]:
    """Return the slot's own days as far as they were typed."""
    found: dict[str, Boundary | None] = {}
    for name, key, text in (("--from", "start", wanted.first), ("--to", "end", wanted.last)):
        if text is not None:
            found[key] = None if text == CAMPAIGNS_OWN else asked.boundary(name, text)
    if wanted.on is not None:
        day = asked.one("--on", wanted.on, lambda text: typed_dates.parse_day(text, today), DAYS)
        found |= {"start": day, "end": day}
    return found


def _weighed(slot: Slot, old: Slot, typed: dict[str, int] | None) -> Slot:
    """Return the slot with the weights of its scripts: those typed, else those they had."""
    weights = typed if typed is not None else dict(zip(old.scripts, old.weights, strict=bool(old.weights)))
    unknown = [script for script in weights if script not in slot.scripts]
    if typed is not None and unknown:
        what = _('--weight: the slot has no script "{script}"').format(script=unknown[0])
        raise InputError(Problem(what, did_you_mean(unknown[0], slot.scripts, _("scripts: {known}"))))
    found = tuple(weights.get(script, 1) for script in slot.scripts)
    return replace(slot, weights=found if len(set(found)) > 1 else ())


def _parse_weight(text: str) -> tuple[str, int] | None:
    script, equals, number = text.partition("=")
    good = equals and number.strip().isdecimal() and 1 <= int(number) <= MOST_WEIGHT
    return (script.strip(), int(number)) if good else None


def parts(typed: Sequence[str]) -> list[str]:
    """Return ids that were typed one an option or several parted by commas."""
    return typed_dates.parse_list(typed, lambda text: text)[0]


def free_id(campaign: Campaign, name: str) -> str:
    """Return that name, or it with a number behind it, so that no slot of the campaign has it yet."""
    taken = {slot.id for slot in campaign.slots}
    return next(id_ for id_ in (name, *(f"{name}-{n}" for n in range(2, 1000))) if id_ not in taken)


# ---- questions --------------------------------------------------------------------------------------------------


def ask(wanted: Wanted, scripts: Collection[str]) -> Wanted:
    """Ask the person who sits there for what a new slot still needs, each question until its answer is understood."""
    at = wanted.at or (question(_("Times of day, such as 5h30, 17h"), typed_dates.parse_clock, TIMES, many=True),)
    days = wanted.days or question(_("Weekdays"), typed_dates.parse_weekdays, WEEKDAYS, default=_("every day"))
    named = wanted.scripts or (_ask_scripts(scripts),)
    first, last = wanted.first, wanted.last
    if wanted.on is None and first is None and last is None:
        first = _ask_boundary(_("First day; - as in the campaign"))
        last = _ask_boundary(_("Last day; - as in the campaign"))
    repeat = wanted.repeat or click.prompt(_("How often in a row"), type=click.IntRange(1, MOST_REPEATS), default=1)
    return replace(wanted, at=at, days=days, scripts=named, first=first, last=last, repeat=repeat)


def question(
    text: str, parse: Callable[[str], object], allowed: str, *, default: str | None = None, many: bool = False
) -> str:
    """Ask until `parse` understands the answer, or with `many` each of its parts; return it as it was typed."""

    def check(typed: str) -> str:
        good, bad = typed_dates.parse_list([typed], parse) if many else ([parse(typed)], [])
        if bad or not good or None in good:
            what = _('"{found}" is not understood').format(found=bad[0] if bad else typed)
            raise click.UsageError(f"{what}; " + _("allowed: {allowed}").format(allowed=_(allowed)))
        return typed

    return str(click.prompt(text, default=default, value_proc=check))


def _ask_boundary(text: str) -> str:
    return question(
        text, lambda typed: typed == CAMPAIGNS_OWN or typed_dates.parse_boundary(typed), BOUNDARIES, default="-"
    )


def _ask_scripts(scripts: Collection[str]) -> str:
    known = ", ".join(sorted(scripts)) or _("none")
    click.echo(_("scripts: {known}").format(known=known))
    return question(_("Scripts, in their order"), lambda id_: id_ if id_ in scripts else None, known, many=True)


def name_of_time(at: time) -> str:
    """Return a slot's name made from a time: "05h30"."""
    return f"{at:%Hh%M}"


NOTHING = Slot("", (), (), gap=timedelta(seconds=2))
"""What a new slot begins from."""
