"""`lexicon.toml`: how a station reads its own words and abbreviations, one a line: `TDP = "tổ dân phố"  # why`."""

from __future__ import annotations

import difflib
import os
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomlkit
from tomlkit.exceptions import TOMLKitError

from broadcaster.errors import InputError, Problem
from broadcaster.files import replace_file
from broadcaster.i18n import _
from broadcaster.tomlfile import TomlFile, read_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class LexiconLine:
    """One line of a station's lexicon; `comment` without the #."""

    written: str
    spoken: str
    comment: str = ""


def read_lexicon(path: Path) -> dict[str, str]:
    """Return written → spoken, both NFC; empty if there is no such file. Raise InputError with every mistake.

    A link to a file that is away is a mistake: the drive may be unplugged.
    """
    return parse_lexicon(path, read_text(path)) if os.path.lexists(path) else {}


def parse_lexicon(path: Path, text: str) -> dict[str, str]:
    """Return what `read_lexicon` does, of a file at `path` with this text."""
    return _read(TomlFile(path, text))


def read_entries(path: Path) -> tuple[LexiconLine, ...]:
    """Return the lexicon with its comments, in the file's order; raise InputError with every mistake."""
    lexicon = read_lexicon(path)
    comments = {_nfc(key): item.trivia.comment.lstrip("# ") for key, item in _document(path).items()}
    return tuple(LexiconLine(written, spoken, comments[written]) for written, spoken in lexicon.items())


def add_entry(path: Path, written: str, spoken: str, comment: str = "") -> None:
    """Add or change an entry; everything else in the file is kept, including an old comment if none is given.

    Raise InputError if the file or the entry is wrong; the file is then unchanged.
    """
    written, spoken = _word(written, _("what is written")), _word(spoken, _("what is said"))
    read_lexicon(path)
    document = _document(path)
    key = _key_in_file(document, written) or written
    value = tomlkit.string(spoken)
    old_comment = document[key].trivia.comment.lstrip("# ") if key in document else ""
    if comment := _one_line(comment) or old_comment:
        value.comment(comment)
        value.trivia.comment_ws = "  "
    document[key] = value
    _write(path, document)


def remove_entry(path: Path, written: str) -> None:
    """Remove an entry and its comment; raise InputError if there is none, or the file is wrong."""
    lexicon, document = read_lexicon(path), _document(path)
    key = _key_in_file(document, _nfc(written.strip()))
    if key is None:
        near = difflib.get_close_matches(_nfc(written), lexicon, 1)
        what = _('"{written}" is not in the lexicon').format(written=written)
        raise InputError(Problem(what, _('did you mean "{near}"?').format(near=near[0]) if near else "", path))
    document.remove(key)
    _write(path, document)


def _read(file: TomlFile) -> dict[str, str]:
    lexicon: dict[str, str] = {}
    for key, value in file.root.values.items():
        written = _nfc(key).strip()
        if isinstance(value, dict):
            todo = _('put what is written in quotes: "{key}" = "…"').format(key=".".join(_dotted(key, value)))
            file.report(_dotted(key, value), _("is not one entry"), todo)
        elif not isinstance(value, str) or not value.strip() or not written:
            file.report((key,), _("is not a valid entry"), _("allowed: {allowed}").format(allowed='TDP = "tổ dân phố"'))
        elif written in lexicon:
            file.report((key,), _('"{written}" is there twice').format(written=written), _("remove one"))
        else:
            lexicon[written] = _nfc(value).strip()
    file.finish()
    return lexicon


def _dotted(key: str, value: object) -> tuple[str, ...]:
    """Return the whole of a dotted key, which TOML reads as tables: `T.P = …`."""
    while isinstance(value, dict) and value:
        inner, value = next(iter(value.items()))
        return (key, *_dotted(inner, value))
    return (key,)


def _document(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(read_text(path) if path.exists() else "")
    except TOMLKitError as error:  # in rare cases stricter than the standard library
        raise InputError(Problem(_("not valid TOML ({reason})").format(reason=error), path=path)) from None


def _key_in_file(document: tomlkit.TOMLDocument, written: str) -> str | None:
    return next((key for key in document if _nfc(key).strip() == written), None)


def _write(path: Path, document: tomlkit.TOMLDocument) -> None:
    """Replace the file, after checking that the new content can be read back."""
    text = tomlkit.dumps(document)
    _read(TomlFile(path, text))
    replace_file(path, text.encode())


def _word(text: str, name: str) -> str:
    text = _nfc(text).strip()
    if not text or not text.isprintable():
        found = _("{name} must be one line of text").format(name=name)
        raise InputError(Problem(found, _('write broadcaster lexicon add "TDP" "tổ dân phố"')))
    return text


def _one_line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
