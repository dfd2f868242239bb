"""How a script is read: written and spoken, and what was changed between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from broadcaster.cli.show import is_terminal, say
from broadcaster.i18n import N_, _
from broadcaster.models import Paragraph
from broadcaster.speech.normalise import Doubt

if TYPE_CHECKING:
    from rich.text import Text

    from broadcaster.models import Script
    from broadcaster.speech.normalise import Change, ReadingWarning
    from broadcaster.station import Station

DOUBTS = {
    Doubt.SPELLED: N_('"{token}" is spelled out: "{reading}"'),
    Doubt.GUESSED: N_('"{token}" could be read in two ways; it is read "{reading}"'),
    Doubt.UNTONED: N_('"{token}" is written without tone marks; it is read "{reading}"'),
    Doubt.FOREIGN: N_('"{token}" is not known and is left to the voice as it is'),
    Doubt.DROPPED: N_('"{token}" has no words and is not read'),
}


@dataclass(frozen=True, slots=True)
class ReadParagraph:
    """One paragraph, as written and as it will be said; `warnings` are sentences for people."""

    line: int
    speaker: str | None
    written: str
    spoken: str
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        changes = [{"start": c.start, "written": c.written, "spoken": c.spoken} for c in self.changes]
        return {
            "line": self.line,
            "speaker": self.speaker,
            "written": self.written,
            "spoken": self.spoken,
            "changes": changes,
            "warnings": list(self.warnings),
        }


def read_paragraphs(station: Station, script: Script) -> list[ReadParagraph]:
    """Read a script's paragraphs with the station's lexicon and region; raise InputError for a wrong lexicon."""
    from broadcaster.speech.lexicon import read_lexicon
    from broadcaster.speech.normalise import read

    lexicon = read_lexicon(station.lexicon_path)
    region = cast('Literal["north", "south"]', station.settings.speech.region)
    parts = []
    for block in script.blocks:
        if isinstance(block, Paragraph):
            found = read(block.text, lexicon=lexicon, region=region)
            warnings = tuple(warning_text(warning) for warning in found.warnings)
            parts.append(ReadParagraph(block.line, block.speaker, block.text, found.spoken, found.changes, warnings))
    return parts


def warning_text(warning: ReadingWarning) -> str:
    """Return what the reader was not sure of, in a sentence."""
    return _(DOUBTS[warning.kind]).format(token=warning.token, reading=warning.reading)


def show_reading(parts: list[ReadParagraph]) -> None:
    """Write the paragraphs: side by side in colours on a terminal, else one below the other with the changes listed."""
    if is_terminal():
        _show_side_by_side(parts)
        return
    for part in parts:
        say(_("line {line}: {written}").format(line=part.line, written=part.written))
        say(f"  = {part.spoken}")
        for change in part.changes:
            say(f"    {change.written} → {change.spoken}")
        for warning in part.warnings:
            say("    " + _("warning: {warning}").format(warning=warning))
        say()


def _show_side_by_side(parts: list[ReadParagraph]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_lines=True, expand=True)
    table.add_column(_("line"), justify="right")
    table.add_column(_("written"), ratio=1)
    table.add_column(_("spoken"), ratio=1)
    for part in parts:
        table.add_row(str(part.line), _coloured_written(part), _coloured_spoken(part))
    Console().print(table)


def _coloured_written(part: ReadParagraph) -> Text:
    from rich.text import Text

    text = Text(f"{part.speaker}: " if part.speaker else "", style="bold")
    end = 0
    for change in part.changes:
        text.append(part.written[end : change.start], style="not bold")
        text.append(part.written[change.start : change.end], style="not bold red")
        end = change.end
    text.append(part.written[end:], style="not bold")
    return text


def _coloured_spoken(part: ReadParagraph) -> Text:
    """Colour what was changed where it stands in the spoken text, in its order; warnings follow below."""
    from rich.text import Text

    text, end = Text(), 0
    for change in part.changes:
        found = part.spoken.casefold().find(change.spoken.casefold(), end)
        if found >= 0 and change.spoken:
            text.append(part.spoken[end:found])
            end = found + len(change.spoken)
            text.append(part.spoken[found:end], style="green")
    text.append(part.spoken[end:])
    for warning in part.warnings:
        text.append("\n⚠ " + warning, style="yellow")
    return text
