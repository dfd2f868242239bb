"""Read `scripts/*.md`: front matter between `+++` lines, then the text with its cues.

A paragraph is spoken without a break. A blank line, a cue, a speaker, a list item or a heading begins the next one.
All text returned is NFC: the reader and the voices expect that form.
"""

from __future__ import annotations

import contextlib
import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files
from broadcaster.i18n import _
from broadcaster.models import Claim, LineRemark, Music, Paragraph, Recording, Script, WarningKind
from broadcaster.script_ids import TEXT, parse_script_id
from broadcaster.speech.front_matter import fences
from broadcaster.speech.languages import language_of
from broadcaster.speech.script_body import BodyReader, one_line
from broadcaster.speech.script_templates import gaps
from broadcaster.speech.size_limits import LARGEST_SCRIPT
from broadcaster.speech.sound_names import sound_problem
from broadcaster.speech.voices.catalog import SPECS, is_voice
from broadcaster.tomlfile import REQUIRED, Table, TomlFile, parse_id, read_text
from broadcaster.typed_toml import TYPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_ABOVE_VOICES = frozenset(
    {"title", "source", "topic", "author", "valid_until", "recording", "chime", "claims", "language", "voice"}
)

_VIETNAMESE_REMARKS = frozenset({WarningKind.SPEAKER_UNKNOWN, WarningKind.INVISIBLE})
"""What seems amiss in a line of Vietnamese alone: other scripts join and part their words with signs nobody sees."""


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
    reader = BodyReader(path, front.speakers)
    reader.read(body, body_line)
    problems += reader.problems
    unfinished = next(gaps(text), "")
    if not problems:
        problems += _whole_problems(path, front, reader, body_line)
    if not problems and not unfinished:
        problems += _reader_problems(path, front, reader)
    if problems:
        raise InputError(*sorted(problems, key=lambda problem: problem.line or 0))
    return Script(
        id=path.stem,
        path=path,
        digest=_digest(text, front.topic_line),
        blocks=tuple(reader.blocks),
        unfinished=unfinished,
        remarks=_remarks_in(reader.remarks, front.language),
        **front.values,  # type: ignore[arg-type]  # keyed by Script's own field names in _read_front
    )


def read_scripts(folder: Path) -> tuple[dict[str, Script], tuple[Problem, ...]]:
    """Read every script in a folder. Return the valid ones by id, and every mistake in the others.

    A folder that is not there, or cannot be read, is a problem whose path is the folder.
    """
    scripts: dict[str, Script] = {}
    problems: list[Problem] = []
    try:
        paths = [path for path in list_files(folder) if path.name.lower().endswith((".md", ".md.txt"))]
    except InputError as error:
        return {}, error.problems
    for path in sorted(paths, key=lambda path: path.stem.split(".")):  # a text before its versions
        if path.suffix != ".md":
            problems.append(_suffix_problem(path))
            continue
        try:
            scripts[path.stem] = read_script(path)
        except InputError as error:
            problems += error.problems
    return scripts, tuple(problems)


def _suffix_problem(path: Path) -> Problem:
    """Return the mistake of a script that Notepad named "bai.md.txt", or that ends in ".MD"."""
    found = _('the file name is "{name}"').format(name=path.name)
    name = path.name.lower().removesuffix(".txt")
    return Problem(found, _('it must end in ".md": {name}').format(name=name), path)


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
    text, dot, version = path.stem.partition(".")
    found = _('the file name is "{name}"').format(name=path.name)
    if dot and version == TEXT and parse_id(text):
        todo = _('"{version}" is the text itself: {name}').format(version=TEXT, name=f"{text}{path.suffix}")
        yield Problem(found, todo, path)
    elif not parse_script_id(path.stem):
        allowed = _(
            'a-z, 0-9 and "-", 1 to 64 characters, such as "thong-diep-1.md"; a version of it has one dot, such as '
            '"thong-diep-1.hmong.md"'
        )
        yield Problem(found, _("allowed: {allowed}").format(allowed=allowed), path)


def _split(path: Path, text: str) -> tuple[str, str, int]:
    """Return the front matter, the text after it and that text's first line; raise InputError without `+++` lines."""
    lines = text.split("\n")
    found = fences(lines)
    todo = _('begin the file with a line "+++", then title = "…", then a line "+++"')
    if not found or any(line.strip() for line in lines[: found[0]]):
        raise InputError(Problem(_('there is no front matter between "+++" lines'), todo, path, 1))
    if len(found) == 1:
        raise InputError(Problem(_('the front matter has no closing "+++" line'), todo, path, found[0] + 1))
    first, last = found
    # Blank lines stand in for what precedes the front matter, so that its problems have the file's line numbers.
    return "\n" * (first + 1) + "\n".join(lines[first + 1 : last]), "\n".join(lines[last + 1 :]), last + 2


# ---- front matter ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _FrontMatter:
    """Script's fields, the line of each speaker's voice, that of the topic (None: there is none) and the language."""

    values: Mapping[str, object] = field(default_factory=dict)
    speakers: Mapping[str, int] = field(default_factory=dict)
    topic_line: int | None = None
    language_line: int = 1

    @property
    def language(self) -> str:
        """The script's language; "" for Vietnamese."""
        return str(self.values["language"])


def _read_front(path: Path, head: str) -> _FrontMatter:
    """Read the front matter into Script's fields; raise InputError with all its mistakes."""
    file = TomlFile(path, head, grammar=TYPED)
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
        "language": root.get("language", language_of, _('the language as people call it, such as "tiếng Mông"'), ""),
        "voice": _voice(root),
        "claims": tuple(map(_claim, root.tables("claims"))),
    }
    root.report_unknown_keys()
    file.finish()
    speakers = {one_line(name): file.line_of(("voices", name)) for name in voices.values}
    topic_line = file.line_of(("topic",)) if "topic" in root else None
    return _FrontMatter(values, speakers, topic_line, file.line_of(("language",)))


def _topic(value: object) -> str | None:
    return "" if value == "" else parse_id(value)


def _claim(table: Table) -> Claim:
    """Read what somebody answers for; without a source or a first day it is a warning, not a mistake."""
    start, until = table.day("from", None), table.day("until", None)
    if start and until and until < start:
        table.report("until", _("ends before it begins"), _("from is {day}").format(day=start.isoformat()))
    text = table.text("text")
    claim = Claim("" if text is REQUIRED else one_line(text), table.text("source", "", empty=True), start, until)
    table.report_unknown_keys()
    return claim


def _recording(root: Table, folder: Path) -> str:
    name = root.text("recording", "")
    if name and (problem := sound_problem(folder, name)):
        root.report("recording", *problem)
    return name


def _voice(root: Table) -> str:
    spec = root.text("voice", "")
    _check_voice(root, "voice")
    return spec


def _voices(table: Table) -> dict[str, str]:
    for name in table.values:
        if name in _ABOVE_VOICES:
            table.report(name, _("it stands below [voices], where every line is a speaker"), _("put it above [voices]"))
        elif not name.strip() or ":" in name:
            table.report(name, _('found "{found}"').format(found=name), _('there is a name without ":"'))
        else:
            _check_voice(table, name)
    return {one_line(name): table.text(name) for name in table.values if name not in _ABOVE_VOICES}


def _check_voice(table: Table, name: str) -> None:
    """Note a voice that there is not, on any computer."""
    spec = table.values.get(name)
    if isinstance(spec, str) and spec.strip() and not is_voice(spec):
        known = _("allowed: {allowed}").format(allowed=", ".join(SPECS))
        table.report(name, _('there is no voice "{spec}"').format(spec=spec), known)


def _whole_problems(path: Path, front: _FrontMatter, reader: BodyReader, body_line: int) -> Iterator[Problem]:
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


def _reader_problems(path: Path, front: _FrontMatter, reader: BodyReader) -> Iterator[Problem]:
    """Yield that nobody can read a text: it is not Vietnamese, and neither a recording nor a voice is named."""
    named = front.values["recording"] or front.values["voice"]
    told = any(isinstance(block, Paragraph) and block.speaker is None for block in reader.blocks)
    if front.language and told and not named:
        what = _("nobody can read this text: the station's voices read Vietnamese")
        todo = _('name a recording of it (recording = "…"), or the voice that reads it as it is written (voice = "…")')
        yield Problem(what, todo, path, front.language_line, "language")


def _remarks_in(remarks: Iterable[LineRemark], language: str) -> tuple[LineRemark, ...]:
    return tuple(found for found in remarks if not language or found.warning.kind not in _VIETNAMESE_REMARKS)
