"""Read the text of a Word file.

This code walks the elements itself, because python-docx's paragraphs leave out text boxes, content controls and tracked
insertions: a sentence silently lost is worse than one too many. What is not to be read aloud, because it was crossed
out or hidden, stays out, and a note says so.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.speech.importing.encodings import old_encoding_problem
from broadcaster.speech.importing.found_text import FoundLines, row_note, shown
from broadcaster.speech.importing.legacy_fonts import legacy_encoding
from broadcaster.speech.importing.memo import is_frame
from broadcaster.speech.importing.plain_text import hand_broken
from broadcaster.speech.importing.word_styles import BULLET, ListNumbers, W, WordStyles, style_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docx.document import Document
    from lxml.etree import _Element as Element

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_READ = frozenset({_FALLBACK, f"{W}del", f"{W}moveFrom", f"{W}sectPr"})
_BREAKS = frozenset({f"{W}br", f"{W}cr"})
_NOTES = (
    (f"{W}drawing", N_("pictures were left out")),
    (f"{W}pict", N_("pictures were left out")),
    (f"{W}txbxContent", N_("text boxes were put behind the paragraph that they hang on")),
    (f"{W}ins", N_("tracked changes were taken as accepted")),
    (f"{W}del", N_("tracked changes were taken as accepted")),
    (f"{W}commentReference", N_("comments in the margin were left out")),
    (f"{W}footnoteReference", N_("footnotes were left out")),
    (f"{W}endnoteReference", N_("footnotes were left out")),
)
_DASHES = "-+•–"


def read_word(path: Path) -> FoundLines:
    """Read a Word file; raise InputError for anything wrong in it."""
    document = open_word(path)
    reader = _WordReader(path, document)
    body = document.element.body
    lines = [line for line in reader.lines(body) if line]
    notes = [_(note) for tag, note in _NOTES if next(body.iter(tag), None) is not None]
    return FoundLines(tuple(lines), tuple(dict.fromkeys([*notes, *reader.notes(), *_margins(document)])))


def open_word(path: Path) -> Document:
    """Open a Word file; raise InputError for anything wrong in it."""
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    try:
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


def _margins(document: Document) -> Iterator[str]:
    """Yield a note for the text in the page's header and footer."""
    found = []
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")) and not relation.is_external:
            texts = (node.text or "" for node in relation.target_part.element.iter(f"{W}t"))
            text = " ".join("".join(texts).split())
            if any(map(str.isalpha, text)):
                found.append(shown(text))
    if found:
        yield _("the page's header and footer were left out: {text}").format(text=", ".join(dict.fromkeys(found)))


def _part(document: Document, kind: str) -> Element | None:
    """Return the root of the styles or the numbering of a file; None if it has none that can be read."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
            return getattr(relation.target_part, "element", None)
    return None


class _WordReader:
    """Yields the lines of a Word file, and collects what was left out of them."""

    def __init__(self, path: Path, document: Document) -> None:
        self._path = path
        self._styles = WordStyles(_part(document, "styles"))
        self._numbers = ListNumbers(_part(document, "numbering"))
        self._struck: list[str] = []
        self._hidden: list[str] = []
        self._has_rows = False

    def notes(self) -> Iterator[str]:
        """Yield a note on tables, and one for each kind of text that stayed out."""
        if self._has_rows:
            yield row_note()
        for texts, note in (
            (self._struck, _("crossed-out text was left out: {text}")),
            (self._hidden, _("hidden text was left out: {text}")),
        ):
            whole = " … ".join(dict.fromkeys(text for text in ("".join(texts)).split("\n") if text.strip()))
            if whole:
                yield note.format(text=shown(whole))

    def lines(self, element: Element) -> Iterator[str]:
        """Yield the lines inside an element in their order, and one for each table row."""
        for child in element:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
                for box in child.iter(f"{W}txbxContent"):
                    if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                        yield from self.lines(box)
            elif child.tag == f"{W}tr":
                yield from self._row(child)
            elif child.tag not in _NOT_READ:
                yield from self.lines(child)

    def _row(self, row: Element) -> Iterator[str]:
        """Yield a table row as one line; line by line what only lies in one: a page, the frame of a letter."""
        own = (cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row)
        cells = [list(self.lines(cell)) for cell in own]
        filled = [cell for cell in cells if any(cell)]
        if len(filled) == 1 or any(is_frame(line) for cell in filled for line in cell):
            yield from (line for cell in filled for line in cell)
            return
        self._has_rows |= bool(filled)
        yield ", ".join(" ".join(cell) for cell in filled)

    def _paragraph(self, element: Element) -> Iterator[str]:
        """Yield a paragraph, or the lines that it was broken into by hand; an item has its number or a dash."""
        text = unicodedata.normalize("NFC", "".join(self._words(element, style_of(element))))
        lines = hand_broken(text)
        place = self._styles.list_of(element)
        if lines and place is not None:
            label = self._numbers.label(*place)
            if label != BULLET or lines[0][0] not in _DASHES:
                lines[0] = f"{label} {lines[0]}"
        yield from lines

    def _words(self, element: Element, style: str) -> Iterator[str]:
        for child in element:
            if child.tag == f"{W}r":
                yield self._run(child, style)
            elif child.tag not in _NOT_READ and child.tag not in (f"{W}txbxContent", f"{W}pPr"):
                yield from self._words(child, style)

    def _run(self, run: Element, style: str) -> str:
        text = "".join(self._letters(run, style))
        if not text.strip():
            return text
        if self._styles.is_on("strike", run, style) or self._styles.is_on("dstrike", run, style):
            self._struck.append(f"{text}\n")
            return ""
        if self._styles.is_on("vanish", run, style):
            self._hidden.append(f"{text}\n")
            return ""
        if name := legacy_encoding(self._styles.font(run, style), text):
            raise InputError(old_encoding_problem(self._path, name, shown(text)))
        return text

    def _letters(self, element: Element, style: str) -> Iterator[str]:
        for child in element:
            if child.tag == f"{W}t":
                yield child.text or ""
            elif child.tag in _BREAKS:
                yield "\n"
            elif child.tag == f"{W}tab":
                yield " "
            elif child.tag == f"{W}noBreakHyphen":
                yield "-"
            elif child.tag == f"{W}r":
                yield self._run(child, style)
            elif child.tag not in _NOT_READ and child.tag not in (f"{W}txbxContent", f"{W}rPr"):
                yield from self._letters(child, style)
