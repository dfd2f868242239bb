"""What a file is by its first bytes, whatever its name ends in."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from broadcaster.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_SIGNATURES = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "bitmap"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
)
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_STRICT = b"http://purl.oclc.org/ooxml/"
_MOST = 1_000_000  # bytes read to find what a part of an archive says
_ODT = "application/vnd.oasis.opendocument.text"


def kind_of(path: Path, data: bytes) -> str:
    """Return what the bytes of a file are: "docx", "strict docx", "odt", "pdf", "ole" …; "" for what may be text."""
    kind = next((name for signature, name in _SIGNATURES if data.startswith(signature)), "")
    if kind == "zip":
        return _kind_of_zip(path)
    if kind == "bitmap":  # two letters that a text may begin with
        return "picture" if b"\0" in data[:64] else ""
    if not kind and data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "sound"
    if not kind and _PAGE.match(data[:200].removeprefix(b"\xef\xbb\xbf")):
        return "page"
    return kind


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                kind = _start(archive, "mimetype").decode("ascii", "replace").strip()
                return "odt" if kind in (_ODT, f"{_ODT}-template") else "opendocument"
            if "word/document.xml" in names:
                return "strict docx" if _STRICT in _start(archive, "word/document.xml") else "docx"
            office = {"xl/": "excel", "ppt/": "slides"}
            return next((kind for part, kind in office.items() if any(n.startswith(part) for n in names)), "zip")
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
        return "broken zip"


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_MOST)


def kind_problem(kind: str, suffix: str) -> tuple[str, str]:
    """Return what a file of this kind is, in words, and how its text can be brought; `suffix` is its name's own."""
    save = _("open it in Word or LibreOffice and save it as .docx")
    named: dict[str, tuple[str, str]] = {
        "pdf": (_("this is a PDF"), _("copy its text into a Word or text file")),
        "rtf": (_("this is an RTF file"), save),
        "ole": (
            _("this is an old Word file (.doc), or one that is locked with a password"),
            _("open it in Word or LibreOffice and save it as .docx, without a password"),
        ),
        "strict docx": (
            _("this is a Word file in the form “Strict Open XML Document”"),
            _("open it in Word and save it as “Word Document (*.docx)”"),
        ),
        "docx": (_("this is a Word file"), _("let its name end in {suffix}").format(suffix=".docx")),
        "odt": (_("this is an OpenDocument text"), _("let its name end in {suffix}").format(suffix=".odt")),
        "opendocument": (_("this is an OpenDocument file, and no text"), _("copy its text into a Word or text file")),
        "excel": (_("this is an Excel file"), _("copy its text into a Word or text file")),
        "slides": (_("this is a PowerPoint file"), _("copy its text into a Word or text file")),
        "zip": (_("this is a ZIP archive"), _("unpack it, and import the text that is in it")),
        "archive": (_("this is an archive"), _("unpack it, and import the text that is in it")),
        "page": (_("this is a web page (HTML)"), save),
        "picture": (_("this is a picture"), _("type its text into a Word or text file")),
        "sound": (_("this is a sound"), _('put it into scripts/ and name it in a script: recording = "…"')),
        "broken zip": (_("this Word file (.docx) is damaged"), save),
    }
    if kind == "broken zip" and suffix == ".odt":
        return _("this OpenDocument text (.odt) is damaged"), save
    return named[kind]
