"""A silent voice, as long as speech would be, for rehearsals and tests."""

from __future__ import annotations

from datetime import timedelta

from broadcaster.speech.voices.base import Pcm, has_words, silence

_RATE = 16_000
_CLAUSE_PAUSE = timedelta(milliseconds=200)
_SYLLABLE_AT_150 = timedelta(milliseconds=260)  # Vietnamese writes a space after every syllable


class SilentVoice:
    """Returns silence of a plausible length, always the same for a text."""

    name = "silent"
    local = True

    def __init__(self, words_per_minute: int) -> None:
        self.version = f"1@{words_per_minute}"
        self._syllable = _SYLLABLE_AT_150 * 150 / words_per_minute

    def speak(self, text: str) -> Pcm:
        """Return silence: a fixed time for each syllable and each comma."""
        if not has_words(text):
            return Pcm(b"", _RATE)
        syllables = sum(has_words(word) for word in text.split())
        clauses = sum(text.rstrip(" .,;:!?…").count(mark) for mark in ",;:")
        return silence(self._syllable * syllables + _CLAUSE_PAUSE * clauses, _RATE)

    def close(self) -> None:
        """Do nothing; there is nothing to release."""
