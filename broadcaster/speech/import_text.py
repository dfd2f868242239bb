"""Turn texts that officers already have (Word, LibreOffice, plain text, Markdown) into scripts.

The result is Unicode in NFC. What a file is, is told by what is in it, and not by its name alone. Texts in the old
Vietnamese encodings (TCVN3, VNI), and texts whose letters were spoilt, are refused: read aloud they would be noise.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import read_file
from broadcaster.i18n import _
from broadcaster.speech.importing.encodings import decode, refuse_spoilt
from broadcaster.speech.importing.file_kinds import kind_of, kind_problem
from broadcaster.speech.importing.found_text import FoundLines, ImportedText
from broadcaster.speech.importing.memo import memo_in
from broadcaster.speech.importing.plain_text import joined
from broadcaster.speech.line_heads import begins_item

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".docx", ".odt", ".txt", ".md")
LARGEST = 20_000_000
"""Bytes in a file; an hour's script has some 60,000."""
LARGEST_UNPACKED = 60_000_000
"""Bytes of a Word file when it is unpacked, pictures included; a small file can hold a huge one."""
_WHOLE = re.compile(r"\s*\+\+\+[ \t]*\n")  # the front matter that a script begins with
_LONGEST_TITLE = 120
_LONGEST_ID = 64


def import_file(path: Path) -> ImportedText:
    """Read a person's file; raise InputError if it is of another type, unreadable, or in an old encoding."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(Problem(_("this kind of file is not read"), _todo_for(suffix), path))
    data = _bytes(path)
    kind = kind_of(path, data)
    if suffix in (".docx", ".odt"):
        return _from_office(path, suffix, kind)
    if kind:
        what, todo = kind_problem(kind, suffix)
        raise InputError(Problem(_("{what}, not a text file").format(what=what), todo, path))
    text = unicodedata.normalize("NFC", decode(path, data)).replace("\r\n", "\n").replace("\r", "\n")
    refuse_spoilt(path, text)
    if _WHOLE.match(text):
        return ImportedText("", text.lstrip(), whole=True)
    if suffix == ".md":
        return _from_markdown(path, text)
    return _from_lines(path, FoundLines(tuple(text.replace("\f", "\n\n").split("\n")), wrapped=True))


def id_from(path: Path) -> str:
    """Return the id that a file's name suggests: "Thông điệp 1.docx" → "thong-diep-1"; "" if there is none."""
    stem = path.stem.lower().removesuffix(".md")  # Notepad calls it "bai.md.txt"
    plain = unicodedata.normalize("NFD", stem.replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[\u0300-\u036f]", "", plain)).strip("-")[:_LONGEST_ID].strip("-")


def _todo_for(suffix: str) -> str:
    if suffix in (".doc", ".rtf"):
        return _("open it in Word or LibreOffice and save it as .docx")
    if suffix == ".pdf":
        return _("copy its text into a Word or text file")
    return _("allowed: {allowed}").format(allowed=", ".join(SUFFIXES))


def _bytes(path: Path) -> bytes:
    with contextlib.suppress(OSError):  # reading it tells what is wrong
        if path.stat().st_size > LARGEST:
            raise _too_large(path)
    return read_file(path, LARGEST)


def _too_large(path: Path) -> InputError:
    most = _("at most {size} MB").format(size=LARGEST // 1_000_000)
    return InputError(Problem(_("the file is too large for a script"), most, path))


def _from_office(path: Path, suffix: str, kind: str) -> ImportedText:
    """Return the script in a Word or OpenDocument file; raise InputError for what only has such a name."""
    if kind and kind != suffix[1:]:
        raise InputError(Problem(*kind_problem(kind, suffix), path))
    if suffix == ".odt":
        from broadcaster.speech.importing.odt_text import read_opendocument as read
    else:
        from broadcaster.speech.importing.word_text import read_word as read
    _refuse_bomb(path)
    found = read(path)
    refuse_spoilt(path, "\n\n".join(found.lines))
    lines = tuple(line.replace("\u00ad", "") for line in found.lines)
    return _from_lines(path, FoundLines(lines, found.notes))


def _refuse_bomb(path: Path) -> None:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, EOFError):
        return  # the reader says what is wrong
    if size > LARGEST_UNPACKED:
        raise _too_large(path)


# ---- title and text ----------------------------------------------------------------------------------------------


def _from_lines(path: Path, found: FoundLines) -> ImportedText:
    """Return the script in the lines of a file: of an official letter its body, of another text all but its title."""
    paragraphs = joined(found.lines) if found.wrapped else list(found.lines)
    if not any(paragraphs):
        raise InputError(Problem(_("there is no text in it"), path=path))
    if memo := memo_in(paragraphs):
        notes = (memo.note, *found.notes)
        return ImportedText(memo.subject or path.stem, "\n\n".join(memo.body), notes, source=memo.number)
    title, rest = _titled([line for line in paragraphs if line])
    return ImportedText(title or path.stem, "\n\n".join(rest), found.notes)


def _from_markdown(path: Path, text: str) -> ImportedText:
    """Return the script in a Markdown text, where only a blank line parts paragraphs."""
    paragraphs = [part.strip() for part in re.split(r"\n[ \t]*\n", text.strip()) if part.strip()]
    if not paragraphs:
        raise InputError(Problem(_("there is no text in it"), path=path))
    title, rest = _titled(paragraphs)
    return ImportedText(title or path.stem, "\n\n".join(rest))


def _titled(paragraphs: list[str]) -> tuple[str, list[str]]:
    """Return the title and the rest: a short first paragraph of one line, or a heading, is the title."""
    first = paragraphs[0]
    is_title = "\n" not in first and len(first) <= _LONGEST_TITLE and len(paragraphs) > 1
    if is_title and (first.startswith("#") or (first[-1] not in ".!?…:;," and not _is_item(first))):
        return first.lstrip("# ").rstrip("# "), paragraphs[1:]
    return "", paragraphs


def _is_item(line: str) -> bool:
    return begins_item(line) and not re.match(r"[IVX]+\.", line)
