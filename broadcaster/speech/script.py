"""Read `scripts/*.md`: front matter between `+++` lines, then the text with its cues.

A paragraph is spoken without a break. A blank line, a cue, a speaker, a list item or a heading begins the next one.
All text returned is NFC: the reader and the voices expect that form.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files
from broadcaster.i18n import _
from broadcaster.models import Block, Chime, Music, Paragraph, Pause, Recording, Script
from broadcaster.speech.script_templates import gaps
from broadcaster.speech.size_limits import LARGEST_SCRIPT
from broadcaster.speech.sound_names import sound_problem
from broadcaster.tomlfile import ID_PATTERN, Table, TomlFile, format_duration, parse_duration, parse_id, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

FENCE = "+++"
LONGEST_PAUSE = timedelta(minutes=1)
CUES = ("[nghỉ 1s]", "[chuông]", "[nhạc: khai-mac.mp3]", "[ghi âm: bac-ba.wav]")
"""One example of every cue, to show to people."""

_CUE_LINE = re.compile(r"\[([^\[\]]*)\]")
_CUE_LOOKALIKE = re.compile(r"\[\s*(?:nghi|chuong|nhac|ghi ?am)\b(?:[^\]]*\])?")
_OWN_PARAGRAPH = re.compile(r"(?:[-*+•–]|#{1,6})\s")
_HEADING = re.compile(r"#{1,6}\s")


def read_script(path: Path) -> Script:
    """Read one script; raise InputError with every mistake in it."""
    with contextlib.suppress(OSError):  # reading it tells what is wrong
        _check_size(path, path.stat().st_size)
    return parse_script(path, read_text(path, LARGEST_SCRIPT))


def parse_script(path: Path, written: str) -> Script:
    """Return the script that a file at `path` with this text (LF) is; raise InputError with every mistake."""
    text = unicodedata.normalize("NFC", written)
    _check_size(path, len(text.encode()))
    head, body, body_line = _split(path, text)
    problems = [*_name_problems(path)]
    front = _FrontMatter()
    try:
        front = _read_front(path, head)
    except InputError as error:
        problems += error.problems
    reader = _BodyReader(path, front.speakers)
    reader.read(body, body_line)
    problems += reader.problems
    if not problems:
        problems += _whole_problems(path, front, reader, body_line)
    if problems:
        raise InputError(*sorted(problems, key=lambda problem: problem.line or 0))
    return Script(
        id=path.stem,
        path=path,
        digest=_digest(text, front.topic_line),
        blocks=tuple(reader.blocks),
        unfinished=next(gaps(text), ""),
        **front.values,  # type: ignore[arg-type]  # keyed by Script's own field names in _read_front
    )


def read_scripts(folder: Path) -> tuple[dict[str, Script], tuple[Problem, ...]]:
    """Read every script in a folder. Return the valid ones by id, and every mistake in the others.

    A folder that is not there, or cannot be read, is a problem whose path is the folder.
    """
    scripts: dict[str, Script] = {}
    problems: list[Problem] = []
    try:
        paths = [path for path in list_files(folder) if path.suffix == ".md"]
    except InputError as error:
        return {}, error.problems
    for path in paths:
        try:
            scripts[path.stem] = read_script(path)
        except InputError as error:
            problems += error.problems
    return scripts, tuple(problems)


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST_SCRIPT:
        what = _("is larger than {size} kB").format(size=LARGEST_SCRIPT // 1000)
        raise InputError(Problem(what, _("split it into several scripts"), path))


def _digest(text: str, topic_line: int | None) -> str:
    """Return the SHA-256 of a text without the line of its topic, in hex."""
    lines = text.split("\n")
    if topic_line is not None:
        del lines[topic_line - 1]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _name_problems(path: Path) -> Iterator[Problem]:
    if not ID_PATTERN.fullmatch(path.stem):
        allowed = _('a-z, 0-9 and "-", 1 to 64 characters, such as "thong-diep-1.md"')
        found = _('the file name is "{name}"').format(name=path.name)
        yield Problem(found, _("allowed: {allowed}").format(allowed=allowed), path)


def _split(path: Path, text: str) -> tuple[str, str, int]:
    """Return the front matter, the text after it and that text's first line; raise InputError without `+++` lines."""
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    todo = _('begin the file with a line "+++", then title = "…", then a line "+++"')
    if not fences or any(line.strip() for line in lines[: fences[0]]):
        raise InputError(Problem(_('there is no front matter between "+++" lines'), todo, path, 1))
    if len(fences) == 1:
        raise InputError(Problem(_('the front matter has no closing "+++" line'), todo, path, fences[0] + 1))
    first, last = fences
    # Blank lines stand in for what precedes the front matter, so that its problems have the file's line numbers.
    return "\n" * (first + 1) + "\n".join(lines[first + 1 : last]), "\n".join(lines[last + 1 :]), last + 2


# ---- front matter ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _FrontMatter:
    """Script's fields, the line of each speaker's voice, and that of the topic, None where there is none."""

    values: Mapping[str, object] = field(default_factory=dict)
    speakers: Mapping[str, int] = field(default_factory=dict)
    topic_line: int | None = None


def _read_front(path: Path, head: str) -> _FrontMatter:
    """Read the front matter into Script's fields; raise InputError with all its mistakes."""
    file = TomlFile(path, head)
    root = file.root
    voices = root.table("voices")
    values = {
        "title": root.text("title"),
        "source": root.text("source", "", empty=True),
        "author": root.text("author", "", empty=True),
        "topic": root.get("topic", _topic, _('a-z, 0-9 and "-", 1 to 64 characters, such as "bhxh-tu-nguyen"'), ""),
        "valid_until": root.day("valid_until", None),
        "recording": _recording(root, path.parent),
        "chime": root.flag("chime", default=True),
        "voices": _voices(voices),
    }
    root.report_unknown_keys()
    file.finish()
    speakers = {_one_line(name): file.line_of(("voices", name)) for name in voices.values}
    return _FrontMatter(values, speakers, file.line_of(("topic",)) if "topic" in root else None)


def _topic(value: object) -> str | None:
    return "" if value == "" else parse_id(value)


def _recording(root: Table, folder: Path) -> str:
    name = root.text("recording", "")
    if name and (problem := sound_problem(folder, name)):
        root.report("recording", *problem)
    return name


def _voices(table: Table) -> dict[str, str]:
    for name in table.values:
        if not name.strip() or ":" in name:
            table.report(name, _('found "{found}"').format(found=name), _('there is a name without ":"'))
    return {_one_line(name): table.text(name) for name in table.values}


def _whole_problems(path: Path, front: _FrontMatter, reader: _BodyReader, body_line: int) -> Iterator[Problem]:
    """Yield the mistakes that concern the script as a whole."""
    audible = any(isinstance(block, Paragraph | Music | Recording) for block in reader.blocks)
    if not audible and not front.values["recording"]:
        yield Problem(_("the script has no text"), _('write it below the second "+++" line'), path, body_line)
        return
    spoken = {block.speaker for block in reader.blocks if isinstance(block, Paragraph)}
    for name, line in front.speakers.items():
        if name not in spoken:
            what = _("this speaker says nothing in the text")
            yield Problem(what, _('begin a line with "{name}:"').format(name=name), path, line, f"voices.{name}")


# ---- text --------------------------------------------------------------------------------------------------------


class _BodyReader:
    """Turns lines into blocks; `problems` collects every mistake, to report all at once."""

    def __init__(self, path: Path, speakers: Mapping[str, int]) -> None:
        self.path = path
        self.speakers = speakers
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self._words: list[str] = []
        self._speaker: str | None = None
        self._line = 0

    def read(self, body: str, first_line: int) -> None:
        for number, raw in enumerate(body.split("\n"), start=first_line):
            self._read_line(_one_line(raw), number)
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
            self._add(rest.strip(), number)
        else:
            if _OWN_PARAGRAPH.match(line):
                self._begin_paragraph(number, None)
            self._add(line, number)
            if _HEADING.match(line):
                self._end_paragraph()

    def _add(self, line: str, number: int) -> None:
        if found := _CUE_LOOKALIKE.search(_plain(line)):
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
        length = parse_duration(argument)
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
    count = 2 if _plain(inside).startswith("ghi am") else 1
    return " ".join(words[:count]), " ".join(words[count:])


def _unknown_cue(name: str, known: tuple[str, ...]) -> str:
    """Return what is allowed instead of an unknown cue, or the one that was meant if only its marks are missing."""
    for cue, example in zip(known, CUES, strict=True):
        if _plain(cue) == _plain(name):
            return _('did you mean "{near}"?').format(near=example)
    return _("allowed: {allowed}").format(allowed=", ".join(CUES))


def _one_line(text: str) -> str:
    """Return text with every run of white space reduced to one space."""
    return " ".join(text.split())


def _plain(text: str) -> str:
    """Return text in lower case without its marks, of the same length: "Nghỉ" → "nghi"."""
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    if letter in "đĐ":
        return "d"
    return unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter
