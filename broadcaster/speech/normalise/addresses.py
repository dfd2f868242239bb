"""Web and e-mail addresses: dichvucong.gov.vn is said in the Vietnamese words that it is made of."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from .data import rows
from .letters import is_pronounceable, is_untoned, spell
from .numbers import Numerals
from .result import Doubt
from .text import TextView, TokenReading

if TYPE_CHECKING:
    from collections.abc import Callable

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?"
_TOP = "(?:vn|com|org|net|edu|gov|info|me|asia|io|ly|biz|co|be|jp|us|uk|eu|gl|app|tv|id)"
_HOST = rf"(?:{_LABEL}\.){{1,6}}{_TOP}(?![A-Za-z0-9_-])"
_PATH = r"(?:/[A-Za-z0-9._~%=&?#:@+/-]{0,300})?"
_URL = re.compile(
    rf"(?:https?://)(?:www\.)?([A-Za-z0-9.-]{{1,120}}(?::[0-9]{{2,5}})?{_PATH})|(?:www\.)?({_HOST}{_PATH})",
    re.IGNORECASE,
)
_MAIL = re.compile(rf"([A-Za-z0-9](?:[A-Za-z0-9._+-]{{0,62}}[A-Za-z0-9])?) ?@ ?({_HOST})", re.IGNORECASE)
_HANDLE = re.compile(r"@([A-Za-z][A-Za-z0-9._]{1,40})")
_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+|\S")
_SIGNS = {
    ".": "chấm", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới", "@": "a còng", "?": "hỏi chấm", "=": "bằng",
    "&": "và", "#": "thăng", "%": "phần trăm", "+": "cộng", ":": "hai chấm", "~": "dấu ngã",
}  # fmt: skip
_LONGEST_CUT = 63  # letters: the longest label that registries allow
_LONGEST_WORD, _LONGEST_SYLLABLE = 24, 7  # letters


def read_address(view: TextView, pos: int) -> TokenReading | None:
    """Read an e-mail or a web address; "https://" and "www." are not said."""
    if not view.addressed:
        return None
    for shape in (_MAIL, _URL):
        found = shape.match(view.text, pos)
        if found:
            token = found.group().rstrip("./:?-")
            address = "@".join(filter(None, found.groups()))
            trimmed = address[: len(address) - (len(found.group()) - len(token))]
            words, doubt = _say(trimmed.replace(" ", ""))
            return TokenReading(pos + len(token), words, doubt)
    return None


def read_handle(view: TextView, pos: int) -> TokenReading | None:
    """Read an account name after an @ that no name precedes."""
    found = _HANDLE.match(view.text, pos)
    if not found:
        return None
    words, doubt = _say(found.group())
    return TokenReading(found.end(), words, doubt)


def _say(address: str) -> tuple[str, Doubt | None]:
    spoken: list[str] = []
    doubt: Doubt | None = None
    for token in _TOKEN.findall(address):
        if token in _SIGNS:
            spoken.append(_SIGNS[token])
        elif token.isdigit():
            spoken.append(Numerals.digits(token))
        else:
            words, sure = _words(token.lower())
            doubt = doubt if sure else Doubt.UNTONED
            spoken.append(words)
    return " ".join(spoken), doubt


def _words(label: str) -> tuple[str, bool]:
    """Return the words of the letters `label` and whether they are known."""
    known = _known()
    if label in known:
        return known[label], True
    if cut := _cut(label):
        return " ".join(known[part] for part in cut), True
    if syllables := _syllables(label):
        return " ".join(syllables), False
    return (label, False) if is_pronounceable(label) and len(label) <= _LONGEST_WORD else (spell(label), False)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("addresses.tsv", 2)}


def _cut(label: str) -> list[str]:
    """Cut `label` into the fewest known words; empty if impossible."""
    return _fewest(label, _known().__contains__)


def _syllables(label: str) -> list[str]:
    """Cut `label` into the fewest parts that look like syllables without marks; empty if impossible."""
    return _fewest(label, lambda part: 1 < len(part) <= _LONGEST_SYLLABLE and is_untoned(part))


def _fewest(label: str, known: Callable[[str], bool]) -> list[str]:
    if len(label) > _LONGEST_CUT:
        return []
    best: list[list[str] | None] = [[], *([None] * len(label))]
    for end in range(1, len(label) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            head = best[start]
            if head is None or not known(label[start:end]):
                continue
            shortest = best[end]
            if shortest is None or len(head) + 1 < len(shortest):
                best[end] = [*head, label[start:end]]
    return best[-1] or []
