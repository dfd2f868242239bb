"""A silent voice, as long as speech would be, for rehearsals and tests."""

from __future__ import annotations

from datetime import timedelta

from broadcaster.speech.voices.base import Pcm, has_words, silence
from broadcaster.speech.voices.clauses import CLAUSE_PAUSE, clauses_of
from broadcaster.speech.voices.rate import syllables_in

_RATE = 16_000


class SilentVoice:
    """Returns silence of a plausible length, always the same for a text."""

    name = "silent"
    local = True

    def __init__(self, rate: int) -> None:
        """`rate` is in syllables a minute, the pauses of clauses not counted."""
        self.version = f"2@{rate}"
        self._syllable = timedelta(minutes=1) / rate

    def speak(self, text: str) -> Pcm:
        """Return silence: a fixed time for each syllable and each comma."""
        if not has_words(text):
            return Pcm(b"", _RATE)
        pauses = len(clauses_of(text)) - 1
        return silence(self._syllable * syllables_in(text) + CLAUSE_PAUSE * pauses, _RATE)

    def close(self) -> None:
        """Do nothing; there is nothing to release."""
