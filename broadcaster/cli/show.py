"""How answers look, and the one edge that all texts for people pass: lines, tables, JSON.

Questions are in `asking`. What could not be seen in a text is shown as signs (`printable`). On a terminal rich
draws tables. Elsewhere (a pipe, a file) they are plain: one line a row, nothing cut, no colours, and rich is not even
imported.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from broadcaster.printable import one_line, printable, seen_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Styled:
    """A cell with a colour, where there are colours."""

    text: str
    style: str

    def __str__(self) -> str:
        return self.text


Cell = str | Styled


def say(*parts: Cell) -> None:
    """Write a line of the answer, its parts one after the other."""
    click.echo("".join(map(_shown, parts)).rstrip(" "))


def say_text(text: str) -> None:
    """Write a text of several lines."""
    click.echo(printable(text))


def _shown(part: Cell) -> str:
    text = one_line(str(part))
    if not isinstance(part, Styled) or not is_terminal():
        return text
    return click.style(text, dim=True) if part.style == "dim" else click.style(text, fg=part.style)


def hint(text: str) -> None:
    """Write a line that is not part of the answer: it goes to stderr, so that a pipe stays clean."""
    click.echo(printable(text), err=True)


def is_terminal() -> bool:
    """Return whether stdout is a terminal."""
    return sys.stdout.isatty()


def show_json(value: object) -> None:
    """Write a value as JSON, Vietnamese letters as they are."""
    say_text(seen_json(json.dumps(value, ensure_ascii=False, indent=2)))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], right: Sequence[int] = ()) -> None:
    """Write a table; the columns numbered in `right` (from 0) hold numbers and are set to the right.

    The first column names the row, and is the last to be narrowed on a small terminal.
    """
    if is_terminal():
        from rich.console import Console

        Console().print(_rich_table(columns, rows, right))
        return
    texts = [tuple(columns), *(tuple(one_line(str(cell)) for cell in row) for row in rows)]
    widths = [max(_width(row[index]) for row in texts) for index in range(len(columns))]
    for row in texts:
        say("  ".join(_pad(cell, widths[i], right=i in right) for i, cell in enumerate(row)).rstrip())


def _rich_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], right: Sequence[int]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(columns):
        justify: Literal["left", "right"] = "right" if index in right else "left"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=index == 0)
    for row in rows:
        texts = (Text(one_line(str(cell)), style=cell.style if isinstance(cell, Styled) else "") for cell in row)
        table.add_row(*texts)
    return table


def _width(text: str) -> int:
    """Return how many columns a text takes; combining marks take none."""
    if text.isascii():
        return len(text)
    return len(text) - sum(map(bool, map(unicodedata.combining, text)))


def _pad(text: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


def show_diff(diff: str) -> None:
    """Write a unified diff, in colours on a terminal."""
    for line in diff.splitlines():
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        say(Styled(line, colour) if colour else line)
