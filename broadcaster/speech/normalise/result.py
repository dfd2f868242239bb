"""What the reader returns: the words to say, and what a person should check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Doubt(StrEnum):
    """Why a person should check a reading. The caller turns it into a sentence."""

    SPELLED = "spelled"  # an unknown abbreviation, read letter by letter
    GUESSED = "guessed"  # two readings are possible, the likelier one was chosen
    UNTONED = "untoned"  # Vietnamese without tone marks (an address) whose words are not known
    FOREIGN = "foreign"  # an unknown word that is no Vietnamese syllable, left to the voice
    DROPPED = "dropped"  # a sign that has no words
    IMPOSSIBLE = "impossible"  # a day or a time of day that does not exist; read as it is written
    SLIP = "slip"  # a tone mark that seems to be forgotten; the word that seems to be meant is the `reading`
    WEEKDAY = "weekday"  # a day of the week beside a date that is another one, which is the `reading`


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """A token that the reader was not sure of. `start` is an offset into the input in NFC."""

    kind: Doubt
    token: str
    start: int
    reading: str


@dataclass(frozen=True, slots=True)
class ReadingChange:
    """A part `start:end` of the input in NFC that is not spoken as it is written.

    `by` is what decided: the station's lexicon, a shipped table ("ambiguous.tsv") or a rule of the reader ("date").
    """

    start: int
    end: int
    written: str
    spoken: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is spoken (NFC), with its warnings and changes in the order of the text."""

    spoken: str
    warnings: tuple[ReadingWarning, ...]
    changes: tuple[ReadingChange, ...]
