"""What the reader of Vietnamese was not sure of, in a sentence for people: the one place where it is worded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.speech.normalise import Doubt

if TYPE_CHECKING:
    from broadcaster.speech.normalise import ReadingWarning

DOUBTS = {
    Doubt.SPELLED: N_('"{token}" is spelled out: "{reading}"'),
    Doubt.GUESSED: N_('"{token}" could be read in two ways; it is read "{reading}"'),
    Doubt.UNTONED: N_('"{token}" is written without tone marks; it is read "{reading}"'),
    Doubt.FOREIGN: N_('"{token}" is not known and is left to the voice as it is'),
    Doubt.DROPPED: N_('"{token}" has no words and is not read'),
}


def warning_text(warning: ReadingWarning) -> str:
    """Return what the reader was not sure of, in a sentence."""
    return _(DOUBTS[warning.kind]).format(token=warning.token, reading=warning.reading)
