"""How answers look, and the one edge that all texts for people pass: lines, tables, JSON.

Questions are in `asking`. What could not be seen in a text is shown as signs (`printable`). On a terminal tables and
sentences fit its width (`table_layout`). Elsewhere (a pipe, a file) they are plain: one line each, nothing cut, no
colours.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from broadcaster.cli.table_layout import GAP, bands, fitted, pad, width, wrapped
from broadcaster.printable import one_line, printable, seen_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.cli.table_layout import Band


@dataclass(frozen=True, slots=True)
class Styled:
    """A cell with a colour, where there are colours."""

    text: str
    style: str

    def __str__(self) -> str:
        return self.text


Cell = str | Styled


def say(*parts: Cell) -> None:
    """Write a line of the answer, its parts one after the other; on a terminal a long sentence in several lines."""
    line = "".join(map(_shown, parts)).rstrip(" ")
    plain = not any(isinstance(part, Styled) for part in parts)
    for each in fitted(line, _columns()) if plain and is_terminal() else [line]:
        click.echo(each)


def say_text(text: str) -> None:
    """Write a text of several lines."""
    click.echo(printable(text))


def _shown(part: Cell) -> str:
    text = one_line(str(part))
    if not isinstance(part, Styled) or not is_terminal() or "NO_COLOR" in os.environ:
        return text
    return click.style(text, dim=True) if part.style == "dim" else click.style(text, fg=part.style)


def hint(text: str) -> None:
    """Write what is not part of the answer: it goes to stderr, so that a pipe stays clean."""
    for line in printable(text).split("\n"):
        for each in fitted(line, _columns()) if sys.stderr.isatty() else [line]:
            click.echo(each, err=True)


def is_terminal() -> bool:
    """Return whether stdout is a terminal."""
    return sys.stdout.isatty()


def _columns() -> int:
    return shutil.get_terminal_size().columns


def show_json(value: object) -> None:
    """Write a value as JSON, Vietnamese letters as they are."""
    say_text(seen_json(json.dumps(value, ensure_ascii=False, indent=2)))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], right: Sequence[int] = ()) -> None:
    """Write a table; the columns numbered in `right` (from 0) hold numbers and are set to the right."""
    texts = [tuple(columns), *(tuple(one_line(str(cell)) for cell in row) for row in rows)]
    if not is_terminal():
        widths = [max(width(row[index]) for row in texts) for index in range(len(columns))]
        for row in texts:
            say("  ".join(pad(cell, widths[i], right=i in right) for i, cell in enumerate(row)).rstrip())
        return
    room = _columns()
    layout = bands(texts, room)
    _show_row(texts[0], columns, layout, right)
    say("─" * min(room, max(band.indent + sum(band.widths) + GAP * (len(band.widths) - 1) for band in layout)))
    for row, cells in zip(texts[1:], rows, strict=True):
        _show_row(row, cells, layout, right)


def _show_row(texts: Sequence[str], cells: Sequence[Cell], layout: Sequence[Band], right: Sequence[int]) -> None:
    """Write a row of a table in as many lines as it takes; what goes on below it is left out where it is empty."""
    for band in layout:
        if band.indent and not any(texts[column] for column in band.columns):
            continue
        blocks = [wrapped(texts[column], room) for column, room in zip(band.columns, band.widths, strict=True)]
        for number in range(max(map(len, blocks))):
            parts: list[Cell] = [" " * band.indent]
            for column, room, block in zip(band.columns, band.widths, blocks, strict=True):
                shown = pad(block[number] if number < len(block) else "", room, right=column in right)
                cell = cells[column]
                parts += [Styled(shown, cell.style) if isinstance(cell, Styled) and cell.style else shown, " " * GAP]
            say(*parts)


def show_diff(diff: str) -> None:
    """Write a unified diff, in colours on a terminal."""
    for line in diff.splitlines():
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        say(Styled(line, colour) if colour else line)
