"""The sentences for people about what the reader of Vietnamese was not sure of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from broadcaster.speech.normalise import ReadingWarning

# keys are values of normalise.Doubt, as text so that its rules need not be loaded
DOUBTS = {
    "spelled": N_('"{token}" is spelled out: "{reading}"'),
    "guessed": N_('"{token}" could be read in two ways; it is read "{reading}"'),
    "untoned": N_('"{token}" is written without tone marks; it is read "{reading}"'),
    "foreign": N_('"{token}" is not known and is left to the voice as it is'),
    "dropped": N_('"{token}" has no words and is not read'),
}


def warning_text(warning: ReadingWarning) -> str:
    """Return a warning as a sentence."""
    return _(DOUBTS[warning.kind]).format(token=warning.token, reading=warning.reading)
