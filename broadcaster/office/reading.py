"""How a script is read: each paragraph as written and as it will be said."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from broadcaster.models import Paragraph
from broadcaster.speech.casting import NARRATOR
from broadcaster.speech.clip_recipe import doubts, split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.models import LineRemark, Script, ScriptWarning
    from broadcaster.speech.normalise import ReadingChange
    from broadcaster.speech.render import Renderer


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it will be said; `number` counts from 1 through the whole script."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadParagraph:
    """One paragraph, as written and as it will be said, with what the reader was not sure of."""

    line: int
    speaker: str | None
    voice: str  # the first choice of who speaks it, such as "espeak:vi+f2"; "" where a recording is heard instead
    written: str
    spoken: str
    changes: tuple[ReadingChange, ...]
    warnings: tuple[ScriptWarning, ...]
    sentences: tuple[Sentence, ...] = ()  # none where a recording is heard instead


def read_paragraphs(renderer: Renderer, script: Script, remarks: Iterable[LineRemark] = ()) -> list[ReadParagraph]:
    """Read a script's paragraphs as its station does, each with the remarks on its lines.

    Raise InputError for a wrong lexicon.
    """
    spoken = [(block, found) for block, found in renderer.spoken(script) if isinstance(block, Paragraph) and found]
    told = _by_paragraph(remarks, [block.line for block, _found in spoken])
    choices = renderer.choices(script)
    numbers = count(1)
    return [
        ReadParagraph(
            block.line,
            block.speaker,
            next(iter(choices.get(block.speaker or NARRATOR, ())), ""),
            block.text,
            found.spoken,
            found.changes,
            (*doubts(found), *told.get(block.line, ())),
            () if script.recording else tuple(Sentence(next(numbers), each) for each in split_sentences(found.spoken)),
        )
        for block, found in spoken
    ]


def _by_paragraph(remarks: Iterable[LineRemark], starts: list[int]) -> dict[int, list[ScriptWarning]]:
    """Return remarks by the first line of the paragraph that they stand in."""
    found: dict[int, list[ScriptWarning]] = {}
    for remark in remarks:
        start = max((line for line in starts if line <= remark.line), default=remark.line)
        found.setdefault(start, []).append(remark.warning)
    return found
