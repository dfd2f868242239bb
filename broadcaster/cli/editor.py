"""A text in the person's own editor, opened again while something is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from broadcaster.cli.asking import offer
from broadcaster.cli.problems import told
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from broadcaster.errors import Problem


@dataclass(frozen=True, slots=True)
class EditedText:
    """What a person saved last, with LF line ends; `is_right`: nothing is wrong in it."""

    text: str
    is_right: bool


def edit_until_right(text: str, suffix: str, check: Callable[[str], Sequence[Problem]]) -> EditedText | None:
    """Let a person edit a text until `check` finds no mistake in it or they give up; None where they saved nothing."""
    while True:
        saved = click.edit(text, extension=suffix)
        if saved is None:
            return None
        text = saved.replace("\r\n", "\n")
        problems = check(text)
        if not problems:
            return EditedText(text, is_right=True)
        told(problems)
        if not offer(_("Go back in?"), default=True):
            return EditedText(text, is_right=False)
