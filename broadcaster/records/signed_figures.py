"""A report's own figures as lines of its checkpoint: signed with it, so that a paper with other numbers does not fit.

They stand in the checkpoint after its time, in the clear for people and as a digest for programs:

    figures 2027-05-01 2027-05-31 Asia/Ho_Chi_Minh source=1192/BHXH-TT
    planned 97 aired 91 late 3 not-aired 6 to-come 0 unplanned 1 minutes 258.3
    sha256 q2bqFqCGO2KyMn4bTnAzEGtcg5cdFD1CEPOvbHdWZbM=

`source=` and `campaign=` are there where the report is narrowed to them. What the digest is of: `monthly/digest.py`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS = ("planned", "aired", "late", "not-aired", "to-come", "unplanned")
"""What is signed in the clear, besides the minutes, in this order."""

_DAY = r"(\d{4}-\d\d-\d\d)"
_HEAD = rf"figures {_DAY} {_DAY} (\S+?)(?: campaign=(\S+?))?(?: source=(\S+?))?"
_TOTALS = " ".join(rf"{name} (\d+)" for name in COUNTS) + r" minutes (\d+)\.(\d)"
_LINES = re.compile(rf"{_HEAD}\n{_TOTALS}\nsha256 ([A-Za-z0-9+/]{{43}}=)")
_TYPED = re.compile(_LINES.pattern.replace("=", "=?").replace(r"\n", "").replace(" ", ""))


@dataclass(frozen=True, slots=True)
class SignedFigures:
    """What a report is about, its totals, and the digest of all its figures.

    `counts` are those of `COUNTS`; `tenths` the minutes in tenths, as printed; `zone` the name of the time zone by
    which days were told apart; `digest` is in hex.
    """

    first: date
    last: date
    zone: str
    campaign: str | None
    source: str | None
    counts: tuple[int, ...]
    tenths: int
    digest: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of a checkpoint that say so."""
        only = [("campaign", self.campaign), ("source", self.source)]
        named = [f"{name}={_word(value)}" for name, value in only if value is not None]
        numbers = [f"{name} {count}" for name, count in zip(COUNTS, self.counts, strict=True)]
        root = base64.b64encode(bytes.fromhex(self.digest)).decode()
        return (
            " ".join(["figures", self.first.isoformat(), self.last.isoformat(), self.zone, *named]),
            " ".join([*numbers, f"minutes {self.tenths // 10}.{self.tenths % 10}"]),
            f"sha256 {root}",
        )

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> Self | None:
        """Read them from the lines of a checkpoint; None where they say something else."""
        match = _LINES.fullmatch("\n".join(lines))
        return cls._of(match) if match else None

    @classmethod
    def from_typed(cls, text: str) -> Self:
        """Read them from a text without blanks and line ends; raise ValueError where that is something else."""
        match = _TYPED.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls._of(match)

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self:
        first, last, zone, campaign, source, *numbers, minutes, tenth, root = match.groups()
        return cls(
            date.fromisoformat(first),
            date.fromisoformat(last),
            zone,
            _value(campaign),
            _value(source),
            tuple(int(number) for number in numbers),
            10 * int(minutes) + int(tenth),
            base64.b64decode(root.removesuffix("=") + "=").hex(),
        )


def _word(text: str) -> str:
    """Return a text as one word that survives typing: blanks and rare signs in percent form."""
    return "".join(letter if letter.isalnum() or letter in "/.-_" else _percent(letter) for letter in text)


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _value(given: str | None) -> str | None:
    """Return what `_word` made a word of; None where nothing was given."""
    if not given:
        return None
    return re.sub(rb"%([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), given.encode()).decode(errors="replace")
