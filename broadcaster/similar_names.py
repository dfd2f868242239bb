"""What may be meant by a name that is not there: the nearest, or the id that a title or a file would have."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FILE_ENDINGS = frozenset({"md", "txt", "doc", "docx", "odt", "rtf", "toml", "wav", "mp3", "flac", "ogg"})
"""Endings of files that people type along with the id of what is in them."""

_MOST_SHOWN = 12
"""The most names of a list that a message repeats."""
_LONGEST_ID = 64


def did_you_mean(name: str, known: Collection[str], otherwise: str) -> str:
    """Return a question with the known name that was meant, or `otherwise` with some known names as its {known}."""
    meant = [likely for likely in _likely_ids(name) if likely in known]
    if near := meant or difflib.get_close_matches(name, known, 1):
        return _('did you mean "{near}"?').format(near=near[0])
    some = [*known][:_MOST_SHOWN] + ["…"] * (len(known) > _MOST_SHOWN)
    return otherwise.format(known=", ".join(some) or _("none"))


def as_id(text: str) -> str:
    """Return a text as an id of a-z, 0-9 and "-": "Chủ đề tháng 5" is "chu-de-thang-5"; "" where nothing is left."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:_LONGEST_ID].rstrip("-")


def _likely_ids(name: str) -> Iterator[str]:
    """Yield the ids that may be meant: a file's without its folder and ending, a title's, a slot's for its campaign."""
    for part in dict.fromkeys([name, re.split(r"[/\\]", name)[-1], name.partition("/")[0]]):
        stem, dot, ending = part.strip().rpartition(".")
        whole = stem if dot and ending.lower() in FILE_ENDINGS else part.strip()
        yield ".".join(map(as_id, whole.split(".")))
