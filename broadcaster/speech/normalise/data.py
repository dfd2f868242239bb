"""Read the tables in this folder.

They are this project's own work, written from general knowledge of Vietnamese administrative language, under the
project's licence (GPL-3.0-or-later). They contain nobody else's word list. The tables of abbreviations are in groups,
each under a comment that names its source: a decree, the forms of an office, or usage in notices.
Each line is a row, fields are separated by tabs, `#` starts a comment; fields missing at the end are empty.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def rows(name: str, width: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table `name`, each of `width` fields."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            fields = [field.strip() for field in line.split("\t")]
            yield tuple((fields + [""] * width)[:width])
