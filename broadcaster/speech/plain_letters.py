"""Letters without their marks, to compare what people write in a hurry."""

from __future__ import annotations

import unicodedata


def plain_letters(text: str) -> str:
    """Return text in lower case without its marks, of the same length: "Nghỉ" → "nghi"."""
    return "".join(map(_plain_letter, text))


def _plain_letter(letter: str) -> str:
    if letter in "đĐ":
        return "d"
    return unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter
