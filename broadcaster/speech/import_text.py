"""Turn texts that officers already have (Word, plain text, Markdown) into scripts.

The result is Unicode in NFC. Texts in the old Vietnamese encodings (TCVN3, VNI) look like Unicode full of odd letters:
they are recognised and refused, because read aloud they would be noise.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.os_reasons import os_reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docx.document import Document
    from lxml.etree import _Element as Element

SUFFIXES = (".docx", ".txt", ".md")
LARGEST = 20_000_000
"""Bytes in a file; an hour's script has some 60,000."""
LARGEST_UNPACKED = 60_000_000
"""Bytes of a Word file when it is unpacked, pictures included; a small file can hold a huge one."""
_LONGEST_TITLE = 120
_LONGEST_ID = 64

# TCVN3 writes each Vietnamese letter as one Latin-1 character that Vietnamese does not use.
_TCVN3 = re.compile(
    r"(?<=[A-Za-z])[µ¸¶·¹¨»¾¼½Æ©Ç®ÐÎÏÑª×ØÜÞßäå«æç¬ëîïñøöû\u00ad]|[®¨©ª«¬][A-Za-z]|\b[®§][a-zµ¸¶·¹¨©ª«¬]"
)
# VNI writes a letter followed by a letter for its marks: pairs that no Vietnamese word has.
_VNI = re.compile(
    r"[aA][ùøûõïêâáàåãäéèúüëÙØÛÕÏÊÂÁÀÅÃÄ]|[eE][ùøûõïâáàåãäÙØÛÕÏÂÁÀ]|[uU][ùøûõïÙØÛÕÏ]|[ôö][ùøûõï]|ñ[a-zôöâ]"
)
_TORN = re.compile(r"á[º»].|Ã[\u0080-\u00bf]|Æ[°¡]|Ä[‘\u0091]")
_WORD = re.compile(r"\w+")
_ENOUGH = 0.08
"""Odd pairs per word, from which on the text counts as VNI."""


@dataclass(frozen=True, slots=True)
class ImportedText:
    """What was read from a file: title, text (one paragraph a line, blanks between), and what was left out."""

    title: str
    body: str
    notes: tuple[str, ...] = ()
    whole: bool = False  # `body` is a whole script, front matter included


def import_file(path: Path) -> ImportedText:
    """Read a person's file; raise InputError if it is of another type, unreadable, or in an old encoding."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(Problem(_("this kind of file is not read"), _todo_for(suffix), path))
    data = _bytes(path)
    if suffix == ".docx":
        return _from_word(path)
    text = unicodedata.normalize("NFC", _decoded(path, data)).replace("\r\n", "\n").replace("\r", "\n")
    _refuse_old_encoding(path, text)
    if text.lstrip().startswith("+++\n"):
        return ImportedText("", text.lstrip(), whole=True)
    return _from_lines(path, text)


def id_from(path: Path) -> str:
    """Return the id that a file's name suggests: "Thông điệp 1.docx" → "thong-diep-1"; "" if there is none."""
    plain = unicodedata.normalize("NFD", path.stem.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[\u0300-\u036f]", "", plain)).strip("-")[:_LONGEST_ID].strip("-")


def old_encoding(text: str) -> str:
    """Return the encoding of a text that is not proper Unicode: "TCVN3", "VNI", "UTF-8" (decoded wrongly); else ""."""
    words = len(_WORD.findall(text)) or 1
    for name, pattern in (("UTF-8", _TORN), ("VNI", _VNI), ("TCVN3", _TCVN3)):
        count = len(pattern.findall(text))
        if count > 1 and count / words >= _ENOUGH:
            return name
    return ""


def _todo_for(suffix: str) -> str:
    if suffix in (".doc", ".odt", ".rtf"):
        return _("open it in Word or LibreOffice and save it as .docx")
    if suffix == ".pdf":
        return _("copy its text into a Word or text file")
    return _("allowed: {allowed}").format(allowed=", ".join(SUFFIXES))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise _too_large(path)
        return path.read_bytes()
    except OSError as error:
        reason = _("cannot be read ({reason})").format(reason=os_reason(error))
        raise InputError(Problem(reason, path=path)) from None


def _too_large(path: Path) -> InputError:
    most = _("at most {size} MB").format(size=LARGEST // 1_000_000)
    return InputError(Problem(_("the file is too large for a script"), most, path))


def _decoded(path: Path, data: bytes) -> str:
    """Decode UTF-8, or what Notepad calls Unicode (UTF-16 with a byte order mark)."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        _refuse_old_encoding(path, data.decode("latin-1"))
        raise InputError(Problem(_("the text is not Unicode"), _todo_for_encoding(), path)) from None
    if "\0" in text:
        raise InputError(Problem(_("this is not a text file"), path=path))
    return text


def _refuse_old_encoding(path: Path, text: str) -> None:
    name = old_encoding(text)
    if name == "UTF-8":
        what = _("the letters were spoilt on the way: Unicode was read as something else")
        raise InputError(Problem(what, _("save the original again as UTF-8, or copy it from Word"), path))
    if name:
        what = _("the text is in the old encoding {name}, not in Unicode").format(name=name)
        raise InputError(Problem(what, _todo_for_encoding(), path))


def _todo_for_encoding() -> str:
    return _("convert it to Unicode first, for instance with UniKey (Ctrl+Shift+F6), and save it as UTF-8")


def _from_lines(path: Path, text: str) -> ImportedText:
    """Return the script in a plain text: a short first paragraph of one line, or a heading, is its title."""
    paragraphs = [part.strip() for part in re.split(r"\n[ \t]*\n", text.strip()) if part.strip()]
    if not paragraphs:
        raise InputError(Problem(_("there is no text in it"), path=path))
    first = paragraphs[0]
    is_title = "\n" not in first and len(first) <= _LONGEST_TITLE and len(paragraphs) > 1
    if is_title and (first.startswith("#") or first[-1] not in ".!?…:;,"):
        return ImportedText(first.lstrip("# ").rstrip("# "), "\n\n".join(paragraphs[1:]))
    return ImportedText(path.stem, "\n\n".join(paragraphs))


# ---- Word -------------------------------------------------------------------------------------------------------
#
# This code walks the elements itself, because python-docx's paragraphs leave out text boxes, content controls and
# tracked insertions: a sentence silently lost is worse than one too many.

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_READ = frozenset({_FALLBACK, f"{_W}del", f"{_W}moveFrom", f"{_W}sectPr"})
_NOTES = (
    (f"{_W}drawing", N_("pictures were left out")),
    (f"{_W}pict", N_("pictures were left out")),
    (f"{_W}tbl", N_("tables were read row by row: see that they sound right")),
    (f"{_W}txbxContent", N_("text boxes were put behind the paragraph that they hang on")),
    (f"{_W}ins", N_("tracked changes were taken as accepted")),
    (f"{_W}del", N_("tracked changes were taken as accepted")),
    (f"{_W}footnoteReference", N_("footnotes were left out")),
)


def _from_word(path: Path) -> ImportedText:
    body = _open_word(path).element.body
    text = unicodedata.normalize("NFC", "\n\n".join(line for line in _blocks(body) if line))
    _refuse_old_encoding(path, text)
    found = _from_lines(path, text.replace("\u00ad", ""))
    notes = dict.fromkeys(_(note) for tag, note in _NOTES if next(body.iter(tag), None) is not None)
    return ImportedText(found.title, found.body, tuple(notes))


def _open_word(path: Path) -> Document:
    """Open a Word file; raise InputError for anything wrong in it."""
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
        _refuse_bomb(path)
        document = docx.Document(str(path))
        document.element.body  # noqa: B018 - a package without a body says so here
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        LxmlError,
        AttributeError,
        KeyError,
        ValueError,
        OSError,
        EOFError,
    ):
        todo = _("open it in Word or LibreOffice and save it as .docx")
        raise InputError(Problem(_("this is not a Word file (.docx)"), todo, path)) from None
    return document


def _refuse_bomb(path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise _too_large(path)


def _blocks(element: Element) -> Iterator[str]:
    """Yield the paragraphs inside an element in their order, and one line for each table row."""
    for child in element:
        if child.tag == f"{_W}p":
            yield _paragraph(child)
            for box in child.iter(f"{_W}txbxContent"):
                if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                    yield from _blocks(box)
        elif child.tag == f"{_W}tr":
            own = (cell for cell in child.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is child)
            cells = (" ".join(" ".join(_blocks(cell)).split()) for cell in own)
            yield ", ".join(text for text in cells if text)
        elif child.tag not in _NOT_READ:
            yield from _blocks(child)


def _paragraph(element: Element) -> str:
    """Return a paragraph's text; a line break becomes a space, a list item begins with a dash."""
    text = " ".join("".join(_words(element)).split())
    is_item = next(element.iter(f"{_W}numPr"), None) is not None or _style(element).startswith("List")
    return f"- {text}" if text and is_item and text[0] not in "-+•–" else text


def _style(element: Element) -> str:
    style = next(element.iter(f"{_W}pStyle"), None)
    return "" if style is None else str(style.get(f"{_W}val", ""))


def _words(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag not in _NOT_READ and child.tag not in (f"{_W}txbxContent", f"{_W}pPr"):
            yield from _words(child)
