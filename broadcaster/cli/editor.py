"""A text in the person's own editor, opened again while something is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from broadcaster.cli.asking import offer
from broadcaster.cli.problems import told
from broadcaster.cli.show import hint, say, show_diff
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broadcaster.errors import Problem
    from broadcaster.office.drafts import Draft

    Check = Callable[[str], Sequence[Problem]]


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
        """Let a person edit `text`, by default the file's or its draft's; return the exit code.

        No text that was saved in the editor is lost, also where something fails or somebody interrupts a question.
        """
        begun = self._offered() if text is None else text
        saved: list[str] = []
        try:
            is_written = self._edit(begun, saved) and self.save(saved[-1])
        except BaseException:
            if saved:
                self.keep(saved[-1], begun)
            raise
        if is_written:
            self.draft.delete()
            return 0
        if not saved:
            say(_("Nothing changes."))
            return 0
        is_refused = is_written is False
        if is_refused and (not self.keep_refused or self.current in ("", saved[-1])):
            return 0
        return self.keep(saved[-1], begun)

    def _edit(self, text: str, saved: list[str]) -> bool | None:
        """Let a person edit a text until nothing is wrong in it; return None where they give up.

        What they save, with LF line ends, is added to `saved`.
        """
        while (typed := click.edit(text, extension=self.draft.of.suffix)) is not None:
            text = typed.replace("\r\n", "\n")
            saved.append(text)
            problems = self.check(text)
            if not problems:
                return True
            told(problems)
            if not offer(_("Go back in?"), default=True):
                return None
        return None

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
