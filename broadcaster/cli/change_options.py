"""The options of every command that changes something: it shows the diff, asks, then writes and records the change.

`--dry-run` only shows. A person at a terminal is asked once; with `--yes` what was shown is written without asking;
where nobody can be asked and `--yes` is missing, nothing is written (`asking`).
The change is recorded in the play history under the name of the logged-in user, or that of `--as`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from broadcaster.cli import asking
from broadcaster.cli.frame import add_options, option
from broadcaster.cli.script_titles import show_titles
from broadcaster.cli.show import hint, say, show_diff
from broadcaster.i18n import N_, _
from broadcaster.office.changes import (
    actor_name,
    allowed_effect,
    frozen_effect,
    renames,
    required_reason,
    write_changes,
)
from broadcaster.office.named_scripts import named_scripts
from broadcaster.office.silent_changes import silent_changes
from broadcaster.office.wording_forecast import conflict_text, too_late_text
from broadcaster.office.wording_frozen import frozen_effect_text
from broadcaster.office.wording_silent import silent_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from broadcaster.models import Campaign
    from broadcaster.office.changes import ChangeEffect
    from broadcaster.office.silent_changes import SilentKind
    from broadcaster.schedule.campaign_edit import FileChange
    from broadcaster.station.folder import Station

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """How a change is to be made, who makes it, and why."""

    dry_run: bool
    yes: bool
    name: str | None
    reason: str | None = None

    def make(
        self, station: Station, changes: Sequence[FileChange], summary: str = "", told: Collection[SilentKind] = ()
    ) -> bool:
        """Show the changes, ask, write and record them. Return whether they were written.

        `told` are the kinds of changes to no effect that the command has told already, at their place.
        Raises InputError where nobody can be asked, and without `--yes`, or without a reason for taking something out
        of a frozen plan.
        """
        real = [change for change in changes if change]
        reason = self.accepted(station, real, real, told)
        if reason is None:
            return False
        write_changes(station, real, self.actor, summary, reason)
        say(_("Written."))
        return True

    def accepted(
        self,
        station: Station,
        campaigns: Sequence[FileChange],
        shown: Sequence[FileChange],
        told: Collection[SilentKind] = (),
        *,
        titles: bool = True,
    ) -> str | None:
        """Show changes of which those of `campaigns` change the plan, and ask; return why, None: nothing is written.

        `titles`: also the titles of the scripts that slots get or lose. Raises what `make` does.
        """
        if not self._show(shown):
            return None
        if titles:
            show_titles(named_scripts(station, campaigns))
        for silent in silent_changes(campaigns, station.now().date()):
            if silent.kind not in told:
                hint(_("Note: {finding}").format(finding=silent_text(silent)))
        frozen = frozen_effect(station, campaigns)
        for change in frozen:
            hint(frozen_effect_text(change))
        if not self._goes_on():
            return None
        reason = required_reason(self.reason, frozen, _ask_why if asking.is_person() and not self.yes else None)
        return reason if self._confirmed() else None

    def agreed(self, changes: Sequence[FileChange], *, ask: bool = True) -> bool:
        """Show the changes and, if `ask`, ask whether to write them. Return whether they are to be written."""
        return self._show(changes) and self._goes_on() and (not ask or self._confirmed())

    def agreed_to(self, question: str) -> bool:
        """Ask this about what was shown; return whether it is to be done."""
        return self._goes_on() and self._confirmed(question)

    def _show(self, changes: Sequence[FileChange]) -> bool:
        """Show the changes; return whether there are any."""
        if not any(changes):
            say(_("Nothing changes."))
            return False
        same = renames(changes)
        for old, new in same:
            say(_("{old} becomes {new}; not a line of it changes").format(old=old.path.name, new=new.path.name))
        for change in changes:
            if not any(change in pair for pair in same):
                show_diff(change.diff())
        return True

    def _goes_on(self) -> bool:
        """Return whether more than showing is wanted; raise InputError where it is not known who wants it."""
        if self.dry_run:
            say(_("Only shown: nothing was written."))
            return False
        actor_name(self.name)  # who it is must be known before the question, not after the answer
        return True

    def _confirmed(self, question: str = "") -> bool:
        """Return whether it may be written: `--yes`, or a person's yes; raise InputError where nobody can be asked."""
        if self.yes or asking.confirm(question or _("Write this?"), default=True, todo=_write_unasked()):
            return True
        say(_("Nothing was changed."))
        return False

    def need_answer(self) -> None:
        """Raise InputError where the question will find nobody: for what a person works on before it is asked."""
        if not self.yes and not self.dry_run:
            asking.need_person(_write_unasked())

    @property
    def actor(self) -> str:
        """The name to record; raises InputError where none was given and the system knows none."""
        return actor_name(self.name)


def _write_unasked() -> str:
    return _("nothing was written; look at it with --dry-run, then say --yes")


def _ask_why() -> str:
    return str(asking.prompt(_("Why is it taken out?")))


_CHANGE_OPTIONS = (
    option("--dry-run", is_flag=True, help=N_("Only show what would change.")),
    option("--yes", is_flag=True, help=N_("Write without asking; needed where nobody can be asked.")),
    option("--as", "name_", metavar=N_("NAME"), help=N_("Who changes it; without it, who is logged in.")),
)
_REASON = option(
    "--reason",
    "reason_",
    metavar=N_("TEXT"),
    help=N_("Why; it is kept, and needed where something is taken out of a frozen plan."),
)


def with_change_options(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command `--dry-run`, `--yes` and `--as`, handed to it together as `options`."""

    @functools.wraps(function)
    def with_options(*args: object, dry_run: bool, yes: bool, name_: str | None, **others: object) -> R:
        return function(*args, options=ChangeOptions(dry_run, yes, name_), **others)

    return add_options(with_options, _CHANGE_OPTIONS)


def with_plan_change_options(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command what `with_change_options` does, and `--reason`: for what changes campaigns."""

    @functools.wraps(function)
    def with_options(
        *args: object, dry_run: bool, yes: bool, name_: str | None, reason_: str | None, **others: object
    ) -> R:
        return function(*args, options=ChangeOptions(dry_run, yes, name_, reason_), **others)

    return add_options(with_options, (*_CHANGE_OPTIONS, _REASON))


with_anyway = option("--anyway", is_flag=True, help=N_("Also where a rule will forbid it."))
"""Give a command the option `--anyway`, for `refuse_what_rules_forbid`."""


def refuse_what_rules_forbid(station: Station, campaigns: Iterable[Campaign], *, anyway: bool) -> None:
    """Raise InputError for what a rule would newly forbid, unless `anyway`; tell what would newly wait or run out."""
    tell_effect(allowed_effect(station, campaigns, anyway=anyway))


def tell_effect(effect: ChangeEffect) -> None:
    """Write to stderr what a change would newly block or keep waiting, and what it puts into hours that have passed."""
    for text in (*map(conflict_text, effect.conflicts), *map(too_late_text, effect.too_late)):
        hint(_("Note: {finding}").format(finding=text))
