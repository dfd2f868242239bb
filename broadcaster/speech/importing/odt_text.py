"""Read the text of an OpenDocument file (.odt), as LibreOffice saves it; no word is lost in silence."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lxml.etree import _Element as Element

_SPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TEXT, _TABLE = _SPACE % "office", _SPACE % "text", _SPACE % "table"
_STYLE, _DRAW = _SPACE % "style", _SPACE % "drawing"
_NOT_READ = frozenset(
    {f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation", f"{_TEXT}sequence-decls", f"{_OFFICE}forms"}
)
_NOTES = (
    (f"{_DRAW}image", N_("pictures were left out")),
    (f"{_DRAW}text-box", N_("text boxes were put behind the paragraph that they hang on")),
    (f"{_TEXT}tracked-changes", N_("tracked changes were taken as accepted")),
    (f"{_OFFICE}annotation", N_("comments in the margin were left out")),
    (f"{_TEXT}note", N_("footnotes were left out")),
)
_PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_DEEPEST = 12  # styles that build on one another
_MOST_SPACES = 200


def read_opendocument(path: Path) -> FoundLines:
    """Read an OpenDocument text; raise InputError for anything wrong in it."""
    content, styles = _parts(path)
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise _damaged(path)
    reader = _OdtReader(path, content, styles)
    lines = [line for line in reader.lines(body) if line]
    notes = [_(note) for tag, note in _NOTES if next(body.iter(tag), None) is not None]
    return FoundLines(tuple(lines), tuple(dict.fromkeys([*notes, *reader.notes(), *_margins(styles)])))


def _damaged(path: Path) -> InputError:
    todo = _("open it in Word or LibreOffice and save it as .docx")
    return InputError(Problem(_("this is not an OpenDocument text (.odt)"), todo, path))


def _parts(path: Path) -> tuple[Element, Element | None]:
    """Return the roots of content.xml and styles.xml."""
    import zipfile

    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(path) as archive:
            content = etree.fromstring(archive.read("content.xml"), parser)
            has_styles = "styles.xml" in archive.namelist()
            styles = etree.fromstring(archive.read("styles.xml"), parser) if has_styles else None
    except (zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, OSError, EOFError, RuntimeError):
        raise _damaged(path) from None  # RuntimeError: it is locked with a password
    return content, styles


def _margins(styles: Element | None) -> Iterator[str]:
    """Yield a note for the text in the page's header and footer."""
    found = []
    for tag in ("header", "footer", "header-left", "footer-left", "header-first", "footer-first"):
        for margin in [] if styles is None else styles.iter(f"{_STYLE}{tag}"):
            text = " ".join("".join(map(str, margin.itertext())).split())
            if any(map(str.isalpha, text)):
                found.append(shown(text))
    if found:
        yield _("the page's header and footer were left out: {text}").format(text=", ".join(dict.fromkeys(found)))


class _OdtReader:
    """Yields the lines of an OpenDocument text, and collects what was left out of them."""

    def __init__(self, path: Path, content: Element, styles: Element | None) -> None:
        self._path = path
        roots = [root for root in (styles, content) if root is not None]
        self._styles = {
            style.get(f"{_STYLE}name", ""): style for root in roots for style in root.iter(f"{_STYLE}style")
        }
        self._lists = {found.get(f"{_STYLE}name", ""): found for r in roots for found in r.iter(f"{_TEXT}list-style")}
        self._counts: dict[str, int] = {}  # the last number of a list that a later one may continue, by its style
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
            if texts:
                yield note.format(text=shown(" … ".join(dict.fromkeys(texts))))

    def lines(self, element: Element, style: str = "", level: int = 0) -> Iterator[str]:
        """Yield the lines inside an element in their order, and one for each table row."""
        for child in element:
            if child.tag in _PARAGRAPHS:
                yield from self._paragraph(child)
            elif child.tag == f"{_TEXT}list":
                yield from self._list(child, child.get(f"{_TEXT}style-name", style), level + 1)
            elif child.tag == f"{_TABLE}table-row":
                yield from self._row(child)
            elif child.tag not in _NOT_READ:
                yield from self.lines(child, style, level)

    def _list(self, element: Element, style: str, level: int) -> Iterator[str]:
        """Yield the items of a list, each with its number or a dash before its first line."""
        form = self._level(style, level)
        key = f"{style} {level}"
        goes_on = element.get(f"{_TEXT}continue-numbering") == "true" or element.get(f"{_TEXT}continue-list")
        number = self._counts.get(key, 0) if goes_on else _whole(form.get(f"{_TEXT}start-value"), 1) - 1
        for item in element:
            if item.tag not in (f"{_TEXT}list-item", f"{_TEXT}list-header"):
                continue
            numbered = item.tag == f"{_TEXT}list-item"
            number = _whole(item.get(f"{_TEXT}start-value"), number + 1) if numbered else number
            for position, line in enumerate(self.lines(item, style, level)):
                yield f"{_label(form, number)} {line}" if numbered and not position else line
        self._counts[key] = number

    def _level(self, style: str, level: int) -> Mapping[str, str]:
        """Return the attributes of a level of a list's style; without a number format it has bullets."""
        found = self._lists.get(style)
        for each in [] if found is None else found:
            if each.get(f"{_TEXT}level") == str(level) and each.tag == f"{_TEXT}list-level-style-number":
                return {str(name): str(value) for name, value in each.attrib.items()}
        return {}

    def _row(self, row: Element) -> Iterator[str]:
        """Yield a table row as one line; line by line what only lies in one: a page, the frame of a letter."""
        cells = [list(self.lines(cell)) for cell in row if cell.tag == f"{_TABLE}table-cell"]
        filled = [cell for cell in cells if any(cell)]
        if len(filled) == 1 or any(is_frame(line) for cell in filled for line in cell):
            yield from (line for cell in filled for line in cell)
            return
        self._has_rows |= bool(filled)
        yield ", ".join(" ".join(cell) for cell in filled)

    def _paragraph(self, element: Element) -> Iterator[str]:
        text = unicodedata.normalize("NFC", "".join(self._words(element, (element.get(f"{_TEXT}style-name", ""),))))
        yield from hand_broken(text)
        for box in element.iter(f"{_DRAW}text-box"):
            yield from self.lines(box)

    def _words(self, element: Element, styles: tuple[str, ...]) -> Iterator[str]:
        """Yield the text of an element, its own and that of what is in it; `styles` are those around it."""
        yield self._said(element.text or "", styles)
        for child in element:
            if child.tag == f"{_TEXT}span":
                yield from self._words(child, (child.get(f"{_TEXT}style-name", ""), *styles))
            elif child.tag == f"{_TEXT}line-break":
                yield "\n"
            elif child.tag in (f"{_TEXT}s", f"{_TEXT}tab"):
                yield " " * min(_whole(child.get(f"{_TEXT}c"), 1), _MOST_SPACES)
            elif isinstance(child.tag, str) and child.tag not in _NOT_READ and child.tag != f"{_DRAW}text-box":
                yield from self._words(child, styles)
            yield self._said(child.tail or "", styles)

    def _said(self, text: str, styles: tuple[str, ...]) -> str:
        """Return a text as it is to be read aloud: line ends of the file are spaces, what is crossed out stays out."""
        text = " ".join(text.split("\n")) if text.strip() else " " * bool(text)
        if not text.strip():
            return text
        if self._property("text-line-through-style", styles) not in ("", "none") or self._property(
            "text-line-through-type", styles
        ) not in ("", "none"):
            self._struck.append(text.strip())
            return ""
        if self._property("display", styles, _TEXT) == "none":
            self._hidden.append(text.strip())
            return ""
        if name := legacy_encoding(self._property("font-name", styles), text):
            raise InputError(old_encoding_problem(self._path, name, shown(text)))
        return text

    def _property(self, name: str, styles: tuple[str, ...], space: str = _STYLE) -> str:
        """Return a property of the text from the nearest style that has it; "" for none."""
        for style in styles:
            for _step in range(_DEEPEST):
                if (found := self._styles.get(style)) is None:
                    break
                for properties in found.iter(f"{_STYLE}text-properties"):
                    if value := properties.get(f"{space}{name}"):
                        return str(value)
                style = str(found.get(f"{_STYLE}parent-style-name", ""))  # noqa: PLW2901 - the style it builds on
        return ""


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else default


_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def _label(form: Mapping[str, str], number: int) -> str:
    """Return what stands before an item: "1.", "b)", or a dash where a list has no numbers."""
    from broadcaster.speech.importing.word_styles import BULLET, in_format

    shown_as = _FORMS.get(form.get(f"{_STYLE}num-format", ""))
    if shown_as is None:
        return BULLET
    before, after = form.get(f"{_STYLE}num-prefix", ""), form.get(f"{_STYLE}num-suffix", "")
    return f"{before}{in_format(number, shown_as)}{after}".strip()
