"""The text as the rules see it: cleaned character by character, with a mapping back to the offsets of the input."""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .data import rows
from .numbers import Numerals, Region

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .result import Doubt

WORD_END = r"(?![^\W_])"
"""Matches where neither a letter nor a digit follows."""

_SAME_LENGTH = str.maketrans(
    dict.fromkeys("–—―‐‑‒−﹣－", "-")
    | dict.fromkeys("“”„‟«»‹›‘’‚‛″＂", '"')
    | dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
    | dict.fromkeys("\t\x0b\x0c", " ")
    | dict.fromkeys("\u0085\u2028\u2029", "\n")
    | {"⁄": "/", "∕": "/", "º": "°", "˚": "°", "′": "'", "µ": "μ", "،": ",", "、": ",", "。": "."}
    | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code not in (0xFF02, 0xFF0D)}
)  # fmt: skip
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[\u2018\u2019\u02bc](?=[^\W\d_])")
_OTHER_DIGITS = re.compile(r"[^\D0-9]")
_INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff\r"
)
_SQUEEZED = (
    "²³¹¼-¾⁰-₉ℂ-⅏⅐-ↈ①-⓿❶-➓㈀-㏿ﬀ-ﬆ\U0001d400-\U0001d7ff\U0001f100-\U0001f10c"
    "\u1369-\u1371\u19da\U00010a40-\U00010a43\U00010e60-\U00010e68\U00011052-\U0001105a"
)
_BREAKABLE = "\u00ad\u200b\ufeff\u2060"
_HIDDEN_BREAK = re.compile(f"[{_BREAKABLE}]+")
_LONGEST_SYLLABLE = 7  # letters: "nghiêng"
_LETTERS_BEFORE, _LETTERS_AFTER = re.compile(r"[^\W\d_]*\Z"), re.compile(r"[^\W\d_]*")
_ODD = re.compile(f"[{_INVISIBLE}{_SQUEEZED}]")


class TokenReading(NamedTuple):
    """What a rule returns: the words for the text up to `end`, and whether they are in doubt.

    `by` is the table that decided, or the rule, which `reader` adds.
    """

    end: int
    words: str
    doubt: Doubt | None = None
    numeric: bool = False  # a dash and another number after it make a range
    by: str = ""


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text in NFC (`source`) and as the rules see it (`text`); `origins` maps offsets, None if they are the same."""

    source: str
    text: str
    origins: array[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the start and end in `source` of what became `text[start:end]`."""
        if self.origins is None or start == end:
            return start, end
        begin, last = self.origins[start], self.origins[end - 1]
        shared = end < len(self.text) and self.origins[end] == last  # the same source character continues after `end`
        return begin, max(begin + 1, last if shared else last + 1)


def clean_text(raw: str) -> CleanText:
    """Return `raw` in NFC, with Unicode's many dashes, quotes, spaces and digits reduced to one form each."""
    source = unicodedata.normalize("NFC", raw)
    text = _APOSTROPHE.sub("'", source)
    text = text.translate(_SAME_LENGTH) if not source.isascii() or _ODD.search(source) or "\t" in source else text
    text = _OTHER_DIGITS.sub(lambda found: str(unicodedata.decimal(found.group())), text)
    if any(map(text.__contains__, _BREAKABLE)):
        text = _HIDDEN_BREAK.sub(_parted, text)
    if not _ODD.search(text):
        return CleanText(source, text)
    return _unfold(source, text)


def _parted(found: re.Match[str]) -> str:
    """Return invisible signs, or as many spaces where they part two syllables."""
    from .letters import is_syllable

    text, start, end = found.string, *found.span()
    before = _LETTERS_BEFORE.search(text, max(0, start - _LONGEST_SYLLABLE - 1), start)
    after = _LETTERS_AFTER.match(text, end, end + _LONGEST_SYLLABLE + 1)
    parts = all(each and each.group() and is_syllable(each.group()) for each in (before, after))
    return " " * (end - start) if parts else found.group()


def _unfold(source: str, text: str) -> CleanText:
    """Remove invisible characters, expand compound ones (½ ㎡ ④ Ⅳ), and record where each character came from."""
    pieces: list[str] = []
    origins = array("L")
    last = 0
    for found in _ODD.finditer(text):
        start = found.start()
        full = _full(found.group(), text[start - 1 : start])
        pieces += (text[last:start], full)
        origins.extend(range(last, start))
        origins.extend([start] * len(full))
        last = start + 1
    pieces.append(text[last:])
    origins.extend(range(last, len(text)))
    return CleanText(source, "".join(pieces), origins)


def _full(sign: str, before: str) -> str:
    """Return `sign` expanded; a superscript digit belongs to a unit (m²) or is a power (10²)."""
    if re.match(f"[{_INVISIBLE}]", sign):
        return ""
    full = unicodedata.normalize("NFKC", sign).replace("⁄", "/")
    if re.fullmatch("[0-9]+/[0-9]+", full):
        upper, lower = (Numerals().whole(part) for part in full.split("/"))
        return f" {upper} phần {lower} "
    if sign in "⁰¹²³⁴⁵⁶⁷⁸⁹":
        return full if before.isalpha() else f" mũ {full} "
    if full.isdigit():
        return f" {''.join(str(unicodedata.digit(digit)) for digit in full)} "
    return full


@lru_cache(maxsize=1)
def _cues() -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for name, words in rows("cues.tsv", 2):
        lists[name] = lists.get(name, ()) + tuple(word.strip() for word in words.split(","))
    return lists


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of the cue list `name`."""
    return _cues()[name]


@lru_cache(maxsize=64)
def _endings(name: str) -> tuple[str, ...]:
    return tuple(f" {word}" for word in _cues()[name])


_ADDRESS = re.compile(r"@|://|\.(?:vn|com|org|net|edu|gov|info|me|asia|io|ly|biz)(?![a-z])", re.IGNORECASE)
_LEFT_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+(?:[.,/-][0-9]+)*|[^\w\s]|\n\s*\n")
_SILENT_LEFT = frozenset(":(\"'*[")
_CLAUSE_SIGN = re.compile(r" [,;.!?]")
_LEFT_REACH = 56  # characters: enough for four long words


@dataclass(slots=True)
class TextView:
    """The text being read: with the region's number words, and access to the words before a position."""

    text: str
    region: Region = "north"
    glosses: Mapping[str, str] = field(default_factory=dict)  # what the text says that its abbreviations mean
    numerals: Numerals = field(init=False)
    number_end: int = -1  # where the last numeric reading ended
    number_words: str = ""  # and its words
    addressed: bool = field(init=False)  # whether there may be an address anywhere in the text
    _left_at: int = -1
    _left: str = ""

    def __post_init__(self) -> None:
        self.numerals = Numerals(self.region)
        self.addressed = bool(_ADDRESS.search(self.text))

    def left(self, pos: int) -> str:
        """Return the words before `pos` in small letters, one space around each, without colons and quotes.

        A comma, a semicolon and a dash count as words, & is "và"; nothing before an empty line is returned.
        """
        if self._left_at != pos:
            near = self.text[max(0, pos - _LEFT_REACH) : pos].lower().replace("&", " và ")
            tokens = [token for token in _LEFT_TOKEN.findall(near) if token not in _SILENT_LEFT]
            for at in range(len(tokens) - 1, -1, -1):
                if tokens[at][0] == "\n":
                    tokens = tokens[at + 1 :]
                    break
            self._left_at, self._left = pos, " " + " ".join(tokens)
        return self._left

    def after(self, pos: int, *words: str) -> bool:
        """Return whether one of `words` (each with a leading space) comes right before `pos`."""
        return self.left(pos).endswith(words)

    def cued(self, pos: int, *names: str) -> bool:
        """Return whether a word of the cue lists `names` comes right before `pos`."""
        left = self.left(pos)
        return any(left.endswith(_endings(name)) for name in names)

    def near(self, pos: int, *names: str) -> bool:
        """Return whether a word of the cue lists `names` stands before `pos` in its clause, at most some words away."""
        clause = _CLAUSE_SIGN.split(self.left(pos))[-1] + " "
        return any(f" {word} " in clause for name in names for word in _cues()[name])

    def char(self, pos: int) -> str:
        """Return the character at `pos`, or an empty string outside the text."""
        return self.text[pos] if 0 <= pos < len(self.text) else ""
