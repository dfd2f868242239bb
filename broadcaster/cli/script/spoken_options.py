"""The options that say in which language a new script is and who says it, for `script new` and `import`."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from broadcaster.cli import asking
from broadcaster.cli.frame import add_options, option
from broadcaster.i18n import N_, _
from broadcaster.office.new_version import Spoken

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

_OPTIONS = (
    option(
        "--language",
        metavar=N_("TEXT"),
        help=N_('The language, as people call it, such as "tiếng Mông"; without it Vietnamese.'),
    ),
    option("--voice", default="", metavar=N_("VOICE"), help=N_("The voice that says it; see broadcaster voice list.")),
    option(
        "--recording",
        default="",
        metavar=N_("FILE"),
        help=N_("A recording in scripts/ that airs in place of the text."),
    ),
)


def with_spoken(function: Callable[..., R]) -> Callable[..., R]:
    """Give a command these options, handed to it as `spoken`."""

    @functools.wraps(function)
    def with_typed(*args: object, **others: Any) -> R:  # noqa: ANN401 - click's own
        typed = Spoken(*(others.pop(name) for name in ("language", "voice", "recording")))
        return function(*args, spoken=typed, **others)

    return add_options(with_typed, _OPTIONS)


def asked_language(spoken: Spoken) -> Spoken:
    """Ask the person at the terminal for the language of a version where it was not typed."""
    if spoken.language is not None or not asking.is_person():
        return spoken
    return replace(spoken, language=asking.prompt(_('Language, as people call it, such as "tiếng Mông"')))
