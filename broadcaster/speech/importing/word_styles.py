"""What a Word file's styles and lists say of its text: what is crossed out or hidden, its font, the items' numbers.

A property stands at the text itself, in its character style, in its paragraph's style, or in the file's defaults; the
nearest one counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = ("0", "false", "off", "none")
_DEEPEST = 12  # styles that build on one another; a file could make a ring of them


class WordStyles:
    """The styles of a Word file; `root` is its `w:styles`, None if it has none."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else root.findall(f"{W}style")
        self._styles = {style.get(f"{W}styleId", ""): style for style in styles}
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._defaults = defaults

    def is_on(self, name: str, run: Element, paragraph_style: str) -> bool:
        """Return whether a property such as "strike" is switched on for a run."""
        found = next(self._run_properties(name, run, paragraph_style), None)
        return found is not None and found.get(f"{W}val", "1").lower() not in _OFF

    def font(self, run: Element, paragraph_style: str) -> str:
        """Return the font of a run's Latin letters; "" if none is named."""
        for fonts in self._run_properties("rFonts", run, paragraph_style):
            for name in ("hAnsi", "ascii"):
                if font := fonts.get(f"{W}{name}"):
                    return str(font)
        return ""

    def list_of(self, paragraph: Element) -> tuple[str, int] | None:
        """Return the list that a paragraph is in, and its level there; None for none, ("", 0) for an unknown one."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        style = style_of(paragraph)
        for properties in ([own] if own is not None else []) or self._list_properties(style):
            number, level = properties.find(f"{W}numId"), properties.find(f"{W}ilvl")
            if number is None and properties is not own:
                continue
            id_ = "" if number is None else str(number.get(f"{W}val", ""))
            return None if id_ == "0" else (id_, _number(level))
        return ("", 0) if style.startswith("List") else None

    def _list_properties(self, style: str) -> list[Element]:
        found = (each.find(f"{W}pPr/{W}numPr") for each in self._chain(style))
        return [each for each in found if each is not None]

    def _run_properties(self, name: str, run: Element, paragraph_style: str) -> Iterator[Element]:
        """Yield the elements of that name that concern a run, the nearest first."""
        own = run.find(f"{W}rPr")
        if own is not None:
            yield from own.findall(f"{W}{name}")
            style = own.find(f"{W}rStyle")
            yield from self._in_styles(name, "" if style is None else str(style.get(f"{W}val", "")))
        yield from self._in_styles(name, paragraph_style)
        if self._defaults is not None:
            yield from self._defaults.findall(f"{W}{name}")

    def _in_styles(self, name: str, style: str) -> Iterator[Element]:
        for each in self._chain(style):
            yield from each.findall(f"{W}rPr/{W}{name}")

    def _chain(self, style: str) -> Iterator[Element]:
        """Yield a style and those that it builds on."""
        for _step in range(_DEEPEST):
            if (found := self._styles.get(style)) is None:
                return
            yield found
            base = found.find(f"{W}basedOn")
            style = "" if base is None else str(base.get(f"{W}val", ""))


def style_of(paragraph: Element) -> str:
    """Return the id of a paragraph's style; "" if it names none."""
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else str(style.get(f"{W}val", ""))


def _number(element: Element | None, name: str = "val", default: int = 0) -> int:
    text = "" if element is None else str(element.get(f"{W}{name}", ""))
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else default


# ---- numbers of lists --------------------------------------------------------------------------------------------

BULLET = "-"


class ListNumbers:
    """Counts the items of a file's lists, as Word does; `root` is its `w:numbering`, None if it has none."""

    def __init__(self, root: Element | None) -> None:
        self._abstract: dict[str, str] = {}
        self._levels: dict[tuple[str, int], Element] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._seen: set[tuple[str, int]] = set()
        for each in [] if root is None else root.findall(f"{W}abstractNum"):
            id_ = each.get(f"{W}abstractNumId", "")
            for level in each.findall(f"{W}lvl"):
                self._levels[id_, _number(level, "ilvl")] = level
        for each in [] if root is None else root.findall(f"{W}num"):
            id_, abstract = each.get(f"{W}numId", ""), each.find(f"{W}abstractNumId")
            self._abstract[id_] = "" if abstract is None else abstract.get(f"{W}val", "")
            for change in each.findall(f"{W}lvlOverride"):
                start = change.find(f"{W}startOverride")
                if start is not None:
                    self._starts[id_, _number(change, "ilvl")] = _number(start)

    def label(self, id_: str, level: int) -> str:
        """Return what stands before the next item of a list, such as "1." or "b)"; BULLET for one without a number."""
        abstract = self._abstract.get(id_, "")
        found = self._levels.get((abstract, level))
        if found is None:
            return BULLET
        self._count(id_, abstract, level)
        if _format(found) in ("bullet", "none", ""):
            return BULLET
        text = found.find(f"{W}lvlText")
        pattern = "" if text is None else str(text.get(f"{W}val", ""))
        return re.sub("%([1-9])", lambda part: self._shown(abstract, int(part[1]) - 1), pattern).strip() or BULLET

    def _count(self, id_: str, abstract: str, level: int) -> None:
        key = abstract, level
        override = self._starts.get((id_, level))
        restarts = override is not None and (id_, level) not in self._seen
        self._seen.add((id_, level))
        if restarts or key not in self._counts:
            self._counts[key] = self._start(abstract, level) if override is None else override
        else:
            self._counts[key] += 1
        for deeper in [each for each in self._counts if each[0] == abstract and each[1] > level]:
            del self._counts[deeper]

    def _start(self, abstract: str, level: int) -> int:
        found = self._levels[abstract, level].find(f"{W}start")
        return _number(found, default=1)

    def _shown(self, abstract: str, level: int) -> str:
        found = self._levels.get((abstract, level))
        if found is None:
            return ""
        return in_format(self._counts.get((abstract, level), self._start(abstract, level)), _format(found))


def _format(level: Element) -> str:
    found = level.find(f"{W}numFmt")
    return "decimal" if found is None else str(found.get(f"{W}val", ""))


_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def in_format(number: int, form: str) -> str:
    """Return a number as a list shows it: "decimal", "lowerLetter", "upperRoman" …; in digits for any other form."""
    if form in ("lowerLetter", "upperLetter") and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 1 <= number < 40:
        text, rest = "", number
        for value, sign in _ROMAN:
            text, rest = text + sign * (rest // value), rest % value
        return text if form == "upperRoman" else text.lower()
    return f"{number:02}" if form == "decimalZero" else str(number)
