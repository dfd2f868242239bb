"""What was read from a person's file."""

from __future__ import annotations

from dataclasses import dataclass

from broadcaster.i18n import _


@dataclass(frozen=True, slots=True)
class FoundLines:
    """A file's text as lines (NFC, "" between paragraphs), and what somebody should know of it.

    `wrapped`: a line may be the rest of the one before it, as in a plain text file; else every line stands alone.
    """

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class ImportedText:
    """What was read from a file: title, text (one paragraph a line, blanks between), and what was left out."""

    title: str
    body: str
    notes: tuple[str, ...] = ()
    whole: bool = False  # `body` is a whole script, front matter included
    source: str = ""  # the number of the letter that the text is, where it has the layout of one


def shown(text: str, most: int = 60) -> str:
    """Return a text in quotes for a note, cut where it is long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= most else line[: most - 1].rstrip() + '…'}”"


def row_note() -> str:
    """Return what somebody should know of a table."""
    return _("tables were read row by row: see that they sound right")
