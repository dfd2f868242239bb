"""What a report file says: its blocks, the checkpoint in it, and its figures where it is JSON, which holds them all.

Only to be compared: a file that somebody hands in is read as text, nothing in it is run, and what unpacks into too much
is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broadcaster.records.keys import FAMILY
from broadcaster.records.monthly.blocks import LARGEST_FILE, Block, Text, docx_blocks, html_page, xlsx_blocks
from broadcaster.records.monthly.digest import counts_of_json, digest_of_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["LARGEST_FILE", "ReportText", "find_note", "read_report"]


@dataclass(frozen=True, slots=True)
class ReportText:
    """The blocks of a report, and its checkpoint; "" for none.

    `drawing` is what decides how a page for a browser looks. `told` is a report in JSON, with `digest` and `counts` of
    its figures.
    """

    blocks: tuple[Block, ...]
    note: str
    drawing: str = ""
    told: Any = None
    digest: str | None = None
    counts: tuple[int, ...] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts, one a paragraph or cell."""
        return tuple(text for block in self.blocks for text in _texts(block) if text)


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield block.text
    else:
        for row in block.rows:
            yield from row


def read_report(data: bytes, ending: str) -> ReportText:
    """Read a report by the ending of its file (".docx"); anything unknown is a text with a checkpoint in it.

    Raises ValueError for what is not a report of that kind.
    """
    try:
        return _from_json(data) if ending == ".json" else _from_blocks(data, ending)
    except Exception as error:
        raise ValueError(str(error) or repr(error)) from error


def _from_blocks(data: bytes, ending: str) -> ReportText:
    blocks, drawing = html_page(data) if ending == ".html" else (list(_READERS.get(ending, _lines)(data)), "")
    found = ReportText(tuple(blocks), "", drawing)
    return ReportText(found.blocks, find_note(found.texts), drawing)


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
    told: Any = json.loads(data)
    note = str(told["checkpoint"] or "")
    return ReportText((), note, "", told, digest_of_json(told), counts_of_json(told["total"]))


def _lines(data: bytes) -> Iterator[Block]:
    for line in data.decode("utf-8-sig", errors="replace").splitlines():
        yield Text(line)


_READERS: Mapping[str, Callable[[bytes], Iterator[Block]]] = {".docx": docx_blocks, ".xlsx": xlsx_blocks}
