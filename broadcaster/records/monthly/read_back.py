"""What a report file says: its texts, the checkpoint in it, and the digest of its figures where it holds them all.

Only to be compared: a file that somebody hands in is read as text, nothing in it is run, and what unpacks into too much
is refused.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from broadcaster.records.keys import FAMILY
from broadcaster.records.monthly.digest import counts_of_json, digest_of_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_FILE = 50_000_000
LARGEST_UNPACKED = 400_000_000

_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_PIECES = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|<w:(br|tab)[ /]")
_SPACE = {"br": "\n", "tab": "\t"}


@dataclass(frozen=True, slots=True)
class ReportText:
    """The texts of a report, one a paragraph or cell, and its checkpoint; "" for none.

    `digest` and `counts` are those of the figures in a report in JSON, which holds them all.
    """

    texts: tuple[str, ...]
    note: str
    digest: str | None = None
    counts: tuple[int, ...] | None = None


def read_report(data: bytes, ending: str) -> ReportText:
    """Read a report by the ending of its file (".docx"); anything unknown is a text with a checkpoint in it.

    Raises ValueError for what is not a report of that kind.
    """
    if ending == ".json":
        return _from_json(data)
    read = {".docx": _docx, ".xlsx": _xlsx, ".html": _html}.get(ending, _plain)
    try:
        texts = tuple(read(data))
    except (KeyError, zipfile.BadZipFile, OSError) as error:
        raise ValueError(str(error)) from error
    return ReportText(texts, find_note(texts))


def find_note(texts: Iterable[str]) -> str:
    """Return the checkpoint among texts, from the line of its key's name to that of its signature; "" for none."""
    lines = [line.strip() for text in texts for line in text.splitlines() or [""]]
    start = next((index for index, line in enumerate(lines) if re.fullmatch(rf"{FAMILY}/\S+", line)), None)
    if start is None:
        return ""
    found: list[str] = []
    for line in lines[start:]:
        if line.startswith("\N{EM DASH} "):
            return "\n".join([*found, "", line, ""])
        if line:
            found.append(line)
    return ""


def _from_json(data: bytes) -> ReportText:
    try:
        told: Any = json.loads(data)
        note = str(told["checkpoint"] or "")
        return ReportText((), note, digest_of_json(told), counts_of_json(told["total"]))
    except (KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error


def _plain(data: bytes) -> Iterator[str]:
    yield from data.decode("utf-8-sig", errors="replace").splitlines()


def _docx(data: bytes) -> Iterator[str]:
    for name, xml in _parts(data, r"word/(document|header\d*)\.xml"):
        for paragraph in _PARAGRAPH.findall(xml):
            text = "".join(unescape(written) or _SPACE.get(sign, "") for written, sign in _PIECES.findall(paragraph))
            if text.strip() or "header" not in name:
                yield text


def _parts(data: bytes, pattern: str) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
            raise ValueError("it unpacks into too much")
        for name in archive.namelist():
            if re.fullmatch(pattern, name):
                yield name, archive.read(name).decode("utf-8")


def _xlsx(data: bytes) -> Iterator[str]:
    from openpyxl import load_workbook

    next(_parts(data, "nothing"), None)  # refuses what unpacks into too much
    for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True):
        for row in sheet.iter_rows(values_only=True):
            yield from (str(cell) for cell in row if cell is not None)


def _html(data: bytes) -> Iterator[str]:
    page = _Page()
    page.feed(data.decode("utf-8", errors="replace"))
    yield from (text for text in page.texts if text.strip())


class _Page(HTMLParser):
    """The texts of a page, without its styles."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._skipped = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        self._skipped = tag if tag in ("style", "script") else self._skipped

    def handle_endtag(self, tag: str) -> None:
        self._skipped = "" if tag == self._skipped else self._skipped

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.texts.append(data.strip("\n"))
