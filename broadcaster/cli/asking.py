"""Questions to the person at the terminal, and the one rule for where there is none.

A question before something is done (`confirm`) is left out only with `--yes`. Where nobody can be asked, the command
refuses, with exit code 2: an answer in a pipe was written before the question was seen. An offer (`offer`), whose "no"
does nothing, is simply not made there.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.printable import printable

if TYPE_CHECKING:
    from typing import Any


def is_person() -> bool:
    """Return whether a person is at the terminal who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def need_person(todo: str) -> None:
    """Raise InputError, with what to do instead, where nobody can be asked."""
    if not is_person():
        raise InputError(Problem(_("nobody is here to be asked"), todo))


def confirm(question: str, *, default: bool, todo: str) -> bool:
    """Ask before something is done; return whether the answer was yes.

    Raises InputError, with `todo`, where nobody can be asked.
    """
    need_person(todo)
    return yes_or_no(printable(question), default=default)


def offer(question: str, *, default: bool) -> bool:
    """Ask whether a person wants something more; return False where nobody can be asked."""
    return is_person() and yes_or_no(printable(question), default=default)


def yes_or_no(question: str, default: bool) -> bool:  # noqa: FBT001 - as click's own has it
    """Ask until the answer is yes or no, in either language and with or without marks; Enter alone is `default`."""
    from broadcaster.typed_words import parse_yes_no

    suffix = " [Y/n]: " if default else " [y/N]: "
    while True:
        typed = click.prompt(question, default="", show_default=False, prompt_suffix=suffix)
        answer = parse_yes_no(typed) if typed.strip() else default
        if answer is not None:
            return answer
        click.echo(_("Please answer y (yes) or n (no)."))


def prompt(question: str, **attrs: Any) -> Any:  # noqa: ANN401 - click's own
    """Ask the person at the terminal and return the answer; takes what `click.prompt` takes."""
    return click.prompt(printable(question), **attrs)
