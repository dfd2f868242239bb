"""What begins a line of its own in a text: a bullet, a heading, "1.", "2)", "a)", "IV.", "3.1."."""

from __future__ import annotations

import re

_BULLET = re.compile(r"(?:[-*+•●○◦▪■□◆►➢✓✔–—]|#{1,6})\s")
_NUMBER = re.compile(
    r"\(?(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}[.)/]|[a-zđ][)]|[A-HĐ][.)]|[IVX]{1,5}[.)/])\)?"
    r"(?:\s|(?<=\))(?=[^\W\d_])|(?=[^\W\d_a-zà-ỹđ][a-zà-ỹđ]))"
)
_DECIMAL = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}\s+(?=[^\W\d_a-zà-ỹđ][a-zà-ỹđ])")
_NAMED = re.compile(r"(?:Điều|Mục|Khoản|Phần|Bước|Chương)\s+(?:[0-9]{1,2}|[IVX]{1,5})\s*[.:]\s", re.IGNORECASE)


def begins_item(line: str) -> bool:
    """Return whether a line begins an item of a list, numbered, lettered or with a bullet, or is a heading."""
    return any(pattern.match(line) for pattern in (_BULLET, _NUMBER, _DECIMAL, _NAMED))
