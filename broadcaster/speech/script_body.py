"""Read the text of a script, below its front matter, into blocks: paragraphs, cues, and what seems amiss in a line."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import Problem
from broadcaster.i18n import _
from broadcaster.models import Block, Chime, LineRemark, Music, Paragraph, Pause, Recording
from broadcaster.speech.line_heads import begins_item
from broadcaster.speech.line_remarks import LineRemarks
from broadcaster.speech.plain_letters import plain_letters
from broadcaster.speech.script_templates import without_comments
from broadcaster.speech.sound_names import sound_problem
from broadcaster.tomlfile import format_duration
from broadcaster.typed_clock import parse_length

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

LONGEST_PAUSE = timedelta(minutes=1)
CUES = ("[nghỉ 1s]", "[chuông]", "[nhạc: khai-mac.mp3]", "[ghi âm: bac-ba.wav]")
"""One example of every cue, to show to people."""

_CUE_LINE = re.compile(r"\[([^\[\]]*)\]")
_CUE_LOOKALIKE = re.compile(r"\[\s*(?:nghi|chuong|nhac|ghi ?am)\b(?:[^\]]*\])?")
_HEADING = re.compile(r"#{1,6}\s")
_COMMENT_START = "<!--"


class BodyReader:
    """Turns lines into blocks; `problems` collects every mistake, to report all at once, `remarks` what seems amiss."""

    def __init__(self, path: Path, speakers: Collection[str]) -> None:
        self.path = path
        self.speakers = speakers
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self._remarks = LineRemarks(speakers)
        self._words: list[str] = []
        self._speaker: str | None = None
        self._line = 0

    @property
    def remarks(self) -> tuple[LineRemark, ...]:
        """What seems amiss in single lines, in their order."""
        return self._remarks.found()

    def read(self, body: str, first_line: int) -> None:
        """Read the lines of a text; the first of them has this number in its file."""
        for number, raw in enumerate(without_comments(body).split("\n"), start=first_line):
            if _COMMENT_START in raw:
                self._report(number, _COMMENT_START, _('end the comment with "-->"'))
            self._read_line(one_line(raw), number)
        self._end_paragraph()

    def _read_line(self, line: str, number: int) -> None:
        speaker, colon, rest = line.partition(":")
        if not line:
            self._end_paragraph()
        elif _CUE_LINE.fullmatch(line):
            self._end_paragraph()
            self._read_cue(line, number)
        elif colon and speaker.strip() in self.speakers:
            self._begin_paragraph(number, speaker.strip())
            self._remarks.look_at_speech(rest, number)
            self._add(rest.strip(), number)
        else:
            heading = bool(_HEADING.match(line))
            if heading or (begins_item(line) and self._words):  # an item below a speaker's name is said by the speaker
                self._begin_paragraph(number, None if heading else self._speaker)
            self._remarks.look(line, number, self._speaker)
            self._add(line, number)
            if heading:
                self._end_paragraph()

    def _add(self, line: str, number: int) -> None:
        if found := _CUE_LOOKALIKE.search(plain_letters(line)):
            self._report(number, line[found.start() : found.end()], _("put the cue on a separate line"))
        if not self._words and self._speaker is None:
            self._line = number
        if line:
            self._words.append(line)

    def _begin_paragraph(self, number: int, speaker: str | None) -> None:
        self._end_paragraph()
        self._speaker, self._line = speaker, number

    def _end_paragraph(self) -> None:
        if self._words:
            self.blocks.append(Paragraph(" ".join(self._words), self._line, self._speaker))
        elif self._speaker is not None:
            self._report(self._line, f"{self._speaker}:", _("write what is said behind the colon"))
        self._words, self._speaker = [], None

    def _report(self, number: int, found: str, todo: str) -> None:
        self.problems.append(Problem(_('found "{found}"').format(found=found), todo, self.path, number))

    # -- cues

    def _read_cue(self, line: str, number: int) -> None:
        name, argument = _cue_parts(line)
        readers: dict[str, Callable[[str, int], Block | None]] = {
            "nghỉ": self._pause,
            "chuông": self._chime,
            "nhạc": self._music,
            "ghi âm": self._voice_recording,
        }
        if name not in readers:
            self._report(number, line, _unknown_cue(name, tuple(readers)))
        elif block := readers[name](argument, number):
            self.blocks.append(block)

    def _pause(self, argument: str, number: int) -> Pause | None:
        length = parse_length(argument)
        if length is None or not timedelta() < length <= LONGEST_PAUSE:
            longest = format_duration(LONGEST_PAUSE)
            todo = _('allowed: a length of time such as "[nghỉ 1s]" or "[nghỉ 400ms]", at most {longest}')
            self._report(number, f"[nghỉ {argument}]", todo.format(longest=longest))
            return None
        return Pause(length, number)

    def _chime(self, argument: str, number: int) -> Chime | None:
        if argument:
            self._report(number, f"[chuông {argument}]", _("allowed: {allowed}").format(allowed="[chuông]"))
            return None
        return Chime(number)

    def _music(self, argument: str, number: int) -> Music | None:
        return Music(argument, number) if self._is_sound(argument, number) else None

    def _voice_recording(self, argument: str, number: int) -> Recording | None:
        return Recording(argument, number) if self._is_sound(argument, number) else None

    def _is_sound(self, name: str, number: int) -> bool:
        if problem := sound_problem(self.path.parent, name):
            what, todo = problem
            self.problems.append(Problem(what, todo, self.path, number))
            return False
        return True


def _cue_parts(line: str) -> tuple[str, str]:
    """Return name and argument of `[name: argument]` or `[nghỉ 1s]`; the name in lower case."""
    inside = line[1:-1].strip()
    name, colon, argument = inside.partition(":")
    if not colon:
        name, argument = _split_word(inside)
    return name.strip().lower(), argument.strip()


def _split_word(inside: str) -> tuple[str, str]:
    """Split a cue without a colon: "ghi âm" is the only name of two words."""
    words = inside.split(" ")
    count = 2 if plain_letters(inside).startswith("ghi am") else 1
    return " ".join(words[:count]), " ".join(words[count:])


def _unknown_cue(name: str, known: tuple[str, ...]) -> str:
    """Return what is allowed instead of an unknown cue, or the one that was meant if only its marks are missing."""
    for cue, example in zip(known, CUES, strict=True):
        if plain_letters(cue) == plain_letters(name):
            return _('did you mean "{near}"?').format(near=example)
    return _("allowed: {allowed}").format(allowed=", ".join(CUES))


def one_line(text: str) -> str:
    """Return a text with every run of white space reduced to one space."""
    return " ".join(text.split())
