"""What an option takes: one of a few words, in Vietnamese too, or a whole number in plain digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from broadcaster.i18n import LANGUAGES, _, ngettext, speaking

if TYPE_CHECKING:
    from collections.abc import Mapping


class WordChoice(click.Choice[str]):
    """One of the values of an enumeration, or the word that people see for it, in any language of the program.

    `words` are those words in English, in one mapping or more. The command is handed the value itself.
    """

    def __init__(self, *words: Mapping[Any, str]) -> None:
        super().__init__(list(dict.fromkeys(str(value) for known in words for value in known)))
        self._words = words

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value that is meant; fail as any choice does, with the values that there are."""
        from broadcaster.typed_words import fold

        return super().convert(self._known().get(fold(value), value), param, ctx)

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's own
        """Return what click says, with the words that people see before the values."""
        words = {str(key): _(word) for key, word in self._words[-1].items()}
        shown = ", ".join(key if word == key else f"{word} ({key})" for key, word in words.items())
        text = ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", len(words))
        return text.format(value=value, choice=shown, choices=shown)

    def _known(self) -> dict[str, str]:
        from broadcaster.typed_words import fold

        known: dict[str, str] = {}
        for language in LANGUAGES:
            with speaking(language):
                known |= {fold(_(word)): str(value) for words in self._words for value, word in words.items()}
        return known | {fold(choice): choice for choice in self.choices}


class Whole(click.IntRange):
    """A whole number in a range, written with the digits 0 to 9 and nothing else."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's own
        """Return the number; fail for what is none, or is not in the range, with what is allowed."""
        typed, low, high = str(value).strip(), self.min, self.max
        number = int(typed) if re.fullmatch(r"-?[0-9]{1,9}", typed) else None
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            text = _("{value!r} is not a whole number from {low} to {high}.")
            if high is None:
                text = _("{value!r} is not a whole number from {low} on.")
            self.fail(text.format(value=typed, low=low, high=high), param, ctx)
        return number
