"""A text in the person's own editor, opened again while something is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from broadcaster.cli.asking import offer
from broadcaster.cli.problems import told
from broadcaster.cli.show import hint, say, show_diff
from broadcaster.errors import BroadcasterError
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broadcaster.errors import Problem
    from broadcaster.office.drafts import Draft

    Check = Callable[[str], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class EditedText:
    """What a person saved last, with LF line ends; `is_right`: nothing is wrong in it."""

    text: str
    is_right: bool


def edit_until_right(text: str, suffix: str, check: Check) -> EditedText | None:
    """Let a person edit a text until `check` finds no mistake in it or they give up; None where they saved nothing.

    Who leaves in any other way (no further save, Ctrl-C, an editor that fails) has given up too.
    """
    edited: EditedText | None = None
    while True:
        try:
            saved = click.edit(text, extension=suffix)
            if saved is None:
                return edited
            text = saved.replace("\r\n", "\n")
            problems = check(text)
            edited = EditedText(text, is_right=not problems)
            told(problems)
            if edited.is_right or not offer(_("Go back in?"), default=True):
                return edited
        except (click.Abort, click.ClickException):
            if edited is None:
                raise
            return edited


@dataclass(frozen=True, slots=True)
class FileEdit:
    """How the file of a script or campaign is edited; `command` is what goes on with its draft.

    `current` is the file's text as it was opened, "" where there is none; `save` returns whether it was written.
    """

    draft: Draft
    current: str
    command: str
    check: Check
    save: Callable[[str], bool]
    keep_refused: bool = True  # also a text that is right, and that its writer did not want to be written

    def run(self, text: str | None = None) -> int:
        """Let a person edit `text`, by default the file's or its draft's; return the exit code. No text is lost."""
        text = self._offered() if text is None else text
        edited = edit_until_right(text, self.draft.of.suffix, self.check)
        if edited is None:
            say(_("Nothing changes."))
            return 0
        if not edited.is_right:
            return self.keep(edited.text, text)
        try:
            saved = self.save(edited.text)
        except (BroadcasterError, click.Abort):  # somebody else changed the file meanwhile, say; or Ctrl-C
            self.keep(edited.text, text)
            raise
        if saved:
            self.draft.delete()
            return 0
        return self.keep(edited.text, text) if self.keep_refused and self.current not in ("", edited.text) else 0

    def _offered(self) -> str:
        """Return the draft if there is one and a person wants it; else what the file says."""
        draft, current = self.draft, self.current
        if not draft.exists:
            return current
        if current and not offer(_("There is a draft; go on with it?"), default=True):
            return current
        if others := draft.changed_since(current):
            hint(_("Note: the file was changed since the draft was begun. If you save the draft, this is taken back:"))
            show_diff(others.diff())
        return draft.text()

    def keep(self, text: str, began_with: str) -> int:
        """Keep a text for later, which goes on from `began_with`, and say so; return the exit code."""
        aside = self.draft.keep(text, self.current or None, began_with)
        if aside is not None:
            hint(_("Another draft was there; it is kept too: {path}").format(path=aside))
        hint(_("Nothing was changed. Your text is kept: {path}").format(path=self.draft.path))
        hint(_("Go on with it: {command}").format(command=self.command))
        return 2
