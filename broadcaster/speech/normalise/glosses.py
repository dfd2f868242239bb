"""What a text says of its own abbreviations: "ban tổ chức (BTC)" or "BTC (ban tổ chức)".

All glosses are collected before the text is read, so they hold above and below their place. A short form that is
explained in two ways is not decided by them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from .letters import UPPER, is_syllable
from .text import WORD_END, clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .text import TextView

UNDECIDED = ""
"""The words of a short form that the text explains in two ways."""

_SHORT = rf"[{UPPER}][a-zđ]?(?:[-&/.]?[{UPPER}][a-zđ]?)+"
_SHORT_ALONE = re.compile(_SHORT)
_SHORT_HERE = re.compile(_SHORT + WORD_END)
_SHORT_BEFORE = re.compile(rf"(?<![^\W_])({_SHORT}) ?$")
_BRACKETS = re.compile(r"\(([^()\n]{2,120})\)")
_CALLED = re.compile(
    r"(?:(?:(?:sau|dưới) đây )?(?:được )?(?:(?:viết|gọi) tắt|gọi)(?: (?:là|của))?|tức(?: là)?|hay|là)(?: ?: ?| )"
)
_CLAUSE_END = re.compile(r"[^\w ,&-]|[0-9_]")
_WORDS = re.compile(r"[^\W\d_]+|[,&-]")
_LETTERS = re.compile(rf"[{UPPER}][a-zđ]?")
_LINKS = frozenset(("và", "của", "về", "với", "cho", "các", "trong", "ở", "tại", "theo", "vì", "&", ",", "-"))
_LONGEST_SHORT, _LONGEST_FULL = 16, 120  # letters and signs
_SURE = 3  # letters: two in a row are soon found by chance


def find_glosses(text: str) -> Mapping[str, str]:
    """Return what the short forms explained in `text` mean, written → words; UNDECIDED where it has two meanings."""
    return glosses_in(clean_text(text).text)


def glosses_in(text: str) -> Mapping[str, str]:
    """Return the glosses of a text that was cleaned before, as `find_glosses` does."""
    found: dict[str, str] = {}
    for short, words in _glosses(text):
        known = found.setdefault(short, words)
        if known.lower() != words.lower():
            found[short] = UNDECIDED
    return found


def glossed(view: TextView, pos: int) -> tuple[int, str] | None:
    """Return the end of the short form at `pos` and what the text says that it means."""
    found = _SHORT_HERE.match(view.text, pos) if view.glosses else None
    if not found or found.group() not in view.glosses:
        return None
    return found.end(), view.glosses[found.group()]


def _glosses(text: str) -> Iterator[tuple[str, str]]:
    for brackets in _BRACKETS.finditer(text):
        inside = _bare(brackets.group(1))
        start = brackets.start()
        if _SHORT_ALONE.fullmatch(inside):
            short, words = inside, _explained(_WORDS.findall(_clause_before(text, start)), inside)
        elif found := _SHORT_BEFORE.search(text[max(0, start - _LONGEST_SHORT) : start]):
            short, words = found.group(1), _explained(_WORDS.findall(inside), found.group(1), whole=True)
        else:
            continue
        if words:
            yield short, _said(words)


def _clause_before(text: str, start: int) -> str:
    """Return the whole words of the clause that ends at `start`, as far back as a short form may reach."""
    begin = max(0, start - _LONGEST_FULL)
    near = text[begin:start]
    return _CLAUSE_END.split(near.partition(" ")[2] if begin else near)[-1]


def _bare(inside: str) -> str:
    """Return what stands in the brackets without quotes, and without "sau đây gọi tắt là" and its like."""
    plain = inside.strip(" \"'")
    called = _CALLED.match(plain)
    return plain[called.end() :].strip(" \"'") if called else plain


def _explained(words: list[str], short: str, *, whole: bool = False) -> list[str]:
    """Return which of `words` the letters of `short` stand for, none if it is not clear.

    They are the last ones; more may follow where the short form is long enough to be sure: "ban tổ chức hội thi (BTC)".
    `whole`: they begin with the first word.
    """
    letters = [_unmarked(letter) for letter in _LETTERS.findall(short)]
    last = len(letters) if len(letters) >= _SURE else len(words)
    for end in range(len(words), last - 1, -1):
        found = _ending(words[:end], letters)
        if found and (len(found) == end or not whole):
            return found
    return []


def _ending(words: list[str], letters: list[str]) -> list[str]:
    """Return the words at the end whose first letters are `letters`; words that link (và, của) may have none."""
    left = list(letters)
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        if _unmarked(word).startswith(left[-1]) and is_syllable(word):
            left.pop()
        elif word.lower() not in _LINKS or at == len(words) - 1:
            return []
        if not left:
            return words[at:]
    return []


def _said(words: list[str]) -> str:
    """Return the words as they are said in the middle of a sentence."""
    joined = " ".join("và" if word == "&" else word for word in words if word not in ",-")
    return joined.lower() if joined.isupper() or joined[1:].islower() else joined


@lru_cache(maxsize=1024)
def _unmarked(word: str) -> str:
    """Return `word` in small letters without any mark: people write NLD for người lao động."""
    kept = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(letter for letter in kept if not unicodedata.combining(letter))
