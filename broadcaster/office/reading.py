"""How a script is read: each paragraph as written and as it will be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.models import Paragraph
from broadcaster.speech.clip_recipe import doubts

if TYPE_CHECKING:
    from broadcaster.models import Script, ScriptWarning
    from broadcaster.speech.normalise import ReadingChange
    from broadcaster.speech.render import Renderer


@dataclass(frozen=True, slots=True)
class ReadParagraph:
    """One paragraph, as written and as it will be said, with what the reader was not sure of."""

    line: int
    speaker: str | None
    written: str
    spoken: str
    changes: tuple[ReadingChange, ...]
    warnings: tuple[ScriptWarning, ...]


def read_paragraphs(renderer: Renderer, script: Script) -> list[ReadParagraph]:
    """Read a script's paragraphs as its station does; raise InputError for a wrong lexicon."""
    parts = []
    for block, found in renderer.spoken(script):
        if isinstance(block, Paragraph) and found is not None:
            warnings = tuple(doubts(found))
            parts.append(ReadParagraph(block.line, block.speaker, block.text, found.spoken, found.changes, warnings))
    return parts
