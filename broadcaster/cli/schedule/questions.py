"""The questions that `schedule new` and `schedule add` ask a person for what was not typed as an option."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from broadcaster import typed_dates
from broadcaster.cli.asking import prompt
from broadcaster.cli.option_types import Whole
from broadcaster.cli.script_titles import show_titles
from broadcaster.i18n import _
from broadcaster.office.slot_form import AS_CAMPAIGN
from broadcaster.office.typed import BOUNDARIES, TIMES, WEEKDAYS, not_understood
from broadcaster.schedule.timetable import MOST_REPEATS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from broadcaster.models import Script
    from broadcaster.office.slot_form import SlotForm


def ask_for_slot(form: SlotForm, scripts: Mapping[str, Script]) -> SlotForm:
    """Ask the person at the terminal for what a new slot still needs, each question until its answer is understood."""
    at = form.at or (
        ask_until_understood(_("Times of day, such as 5h30, 17h"), typed_dates.parse_clock, TIMES, many=True),
    )
    days = form.days or ask_until_understood(
        _("Weekdays"), typed_dates.parse_weekdays, WEEKDAYS, default=_("every day")
    )
    named = form.scripts or (_ask_scripts(scripts),)
    first, last = form.first, form.last
    if form.on is None and first is None and last is None:
        first = _ask_boundary(_("First day; - as in the campaign"))
        last = _ask_boundary(_("Last day; - as in the campaign"))
    repeat = form.repeat or prompt(_("How often in a row"), type=Whole(1, MOST_REPEATS), default=1)
    return replace(form, at=at, days=days, scripts=named, first=first, last=last, repeat=repeat)


def ask_until_understood(
    text: str, parse: Callable[[str], object], allowed: str, *, default: str | None = None, many: bool = False
) -> str:
    """Ask until `parse` understands the answer, or with `many` each of its parts; return it as it was typed."""

    def check(typed: str) -> str:
        good, bad = typed_dates.parse_list([typed], parse) if many else ([parse(typed)], [])
        if bad or not good or None in good:
            raise click.UsageError(str(not_understood(bad[0] if bad else typed, allowed)))
        return typed

    return str(prompt(text, default=default, value_proc=check))


def _ask_boundary(text: str) -> str:
    return ask_until_understood(
        text, lambda typed: typed == AS_CAMPAIGN or typed_dates.parse_boundary(typed), BOUNDARIES, default="-"
    )


def _ask_scripts(scripts: Mapping[str, Script]) -> str:
    known = ", ".join(sorted(scripts)) or _("none")
    show_titles({id_: scripts[id_].title for id_ in sorted(scripts)})
    return ask_until_understood(
        _("Scripts, in their order"), lambda id_: id_ if id_ in scripts else None, known, many=True
    )
