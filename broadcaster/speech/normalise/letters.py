"""Names of letters, and which groups of letters can be spoken as a Vietnamese syllable."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2)))
"""For use inside a character class: the Vietnamese capitals (their code points alternate with the small letters)."""

NAMES = {
    "a": "a", "ă": "á", "â": "ớ", "b": "bê", "c": "xê", "d": "dê", "đ": "đê", "e": "e", "ê": "ê", "f": "ép",
    "g": "giê", "h": "hát", "i": "i", "j": "gi", "k": "ca", "l": "e lờ", "m": "em", "n": "en", "o": "o", "ô": "ô",
    "ơ": "ơ", "p": "pê", "q": "quy", "r": "e rờ", "s": "ét", "t": "tê", "u": "u", "ư": "ư", "v": "vê",
    "w": "vê kép", "x": "ích", "y": "i dài", "z": "dét",
}  # fmt: skip

_TONES = {"\u0300": "huyền", "\u0301": "sắc", "\u0303": "ngã", "\u0309": "hỏi", "\u0323": "nặng"}
_ONSET = "(?:ngh|ng|nh|gh|gi|g|ch|c|d|đ|h|kh|k|l|m|n|ph|p|qu|r|s|th|tr|t|v|x|b)?"
_OPEN_RHYMES = [
    "a",
    "ai",
    "am",
    "an",
    "ang",
    "anh",
    "ao",
    "au",
    "ay",
    "ăm",
    "ăn",
    "ăng",
    "âm",
    "ân",
    "âng",
    "âu",
    "ây",
    "e",
    "em",
    "en",
    "eng",
    "eo",
    "ê",
    "êm",
    "ên",
    "êng",
    "ênh",
    "êu",
    "i",
    "im",
    "in",
    "inh",
    "iu",
    "ia",
    "iêm",
    "iên",
    "iêng",
    "iêu",
    "y",
    "ynh",
    "yêm",
    "yên",
    "yêng",
    "yêu",
    "o",
    "oi",
    "om",
    "on",
    "ong",
    "oong",
    "oa",
    "oai",
    "oam",
    "oan",
    "oang",
    "oanh",
    "oao",
    "oay",
    "oăm",
    "oăn",
    "oăng",
    "oe",
    "oen",
    "oeo",
    "ô",
    "ôi",
    "ôm",
    "ôn",
    "ông",
    "ơ",
    "ơi",
    "ơm",
    "ơn",
    "u",
    "ui",
    "um",
    "un",
    "ung",
    "ua",
    "uân",
    "uâng",
    "uây",
    "uê",
    "uênh",
    "uơ",
    "uôi",
    "uôm",
    "uôn",
    "uông",
    "uy",
    "uya",
    "uyên",
    "uyn",
    "uynh",
    "uyu",
    "ư",
    "ưi",
    "ưm",
    "ưn",
    "ưng",
    "ưu",
    "ưa",
    "ươi",
    "ươm",
    "ươn",
    "ương",
    "ươu",
]
_STOPPED_RHYMES = [
    "ac",
    "ach",
    "ap",
    "at",
    "ăc",
    "ăp",
    "ăt",
    "âc",
    "âp",
    "ât",
    "ec",
    "ep",
    "et",
    "êch",
    "êp",
    "êt",
    "ich",
    "ip",
    "it",
    "iêc",
    "iêp",
    "iêt",
    "yêt",
    "yt",
    "oc",
    "op",
    "ot",
    "ooc",
    "oac",
    "oach",
    "oap",
    "oat",
    "oăc",
    "oăt",
    "oet",
    "ôc",
    "ôp",
    "ôt",
    "ơp",
    "ơt",
    "uc",
    "up",
    "ut",
    "uât",
    "uêch",
    "uôc",
    "uôt",
    "uyt",
    "uych",
    "uyp",
    "uyêt",
    "ưc",
    "ưt",
    "ươc",
    "ươp",
    "ươt",
]


def _rhymes(words: list[str]) -> re.Pattern[str]:
    return re.compile(_ONSET + "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")")


_OPEN, _STOPPED = _rhymes([*_OPEN_RHYMES, "gi"]), _rhymes(_STOPPED_RHYMES)
_LOOSE = re.compile(
    "(?:(?:ngh?|nh|gh|qu|s[tpkc]r?|[bcdfghjklmnprstvwxzđ][hlrwy]?)?[aeiouyăâêôơư]{1,3}"
    "(?:ng|nh|ch|[bcdgklmnprstx])?){1,6}"
)


def spell(token: str) -> str:
    """Return the names of the letters of `token`; anything that is not a Vietnamese letter is kept as it is."""
    return " ".join(NAMES.get(bare(letter), letter) for letter in token.lower())


@lru_cache(maxsize=4096)
def bare(word: str) -> str:
    """Return `word` in small letters without tone marks; ă â ê ô ơ ư đ are kept."""
    kept = (mark for mark in unicodedata.normalize("NFD", word.lower()) if mark not in _TONES)
    return unicodedata.normalize("NFC", "".join(kept))


def has_tone(word: str) -> bool:
    """Return whether a letter of `word` has a tone mark: then it is a word, not an abbreviation."""
    return any(mark in _TONES for mark in unicodedata.normalize("NFD", word))


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Return whether `word` can be one Vietnamese syllable. If it ends in a stop it needs a sharp or heavy tone."""
    plain = bare(word)
    tones = [_TONES[mark] for mark in unicodedata.normalize("NFD", word) if mark in _TONES]
    if len(tones) > 1:
        return False
    if _OPEN.fullmatch(plain):
        return True
    return bool(_STOPPED.fullmatch(plain)) and tones in (["sắc"], ["nặng"])


_ONSET_AHEAD = re.compile(f"{_ONSET}(?=[aăâeêioôơuưy])")
_OWN_MARK = frozenset("ăâêôơư")
_EITHER = frozenset({"oa", "oe", "uy"})  # hòa and hoà


@lru_cache(maxsize=4096)
def tone_moved(word: str) -> str:
    """Return a syllable with its tone mark on the vowel that carries it: đaị is đại; any other word as it is.

    Old keyboards put it on another vowel of the same syllable. Where both are right (hòa, hoà) it stays.
    """
    letters, tones = zip(*map(_parted, word), strict=True) if word else ((), ())
    at = next((place for place, tone in enumerate(tones) if tone), None)
    if at is None or not is_syllable(word):
        return word
    plain = "".join(letters).lower()
    onset = _ONSET_AHEAD.match(plain)
    vowels = [place for place in range(onset.end() if onset else 0, len(plain)) if plain[place] in _VOWELS]
    right = _carriers(plain, vowels)
    if not right or at in right:
        return word
    moved = (letter + tones[at] * (place == right[0]) for place, letter in enumerate(letters))
    return unicodedata.normalize("NFC", "".join(moved))


_VOWELS = frozenset("aăâeêioôơuưy")


def _parted(letter: str) -> tuple[str, str]:
    """Return a letter without its tone mark, and that mark."""
    marks = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in marks if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)), tone


def _carriers(plain: str, vowels: list[int]) -> list[int]:
    """Return the vowels of a syllable on which its tone mark may stand, the usual one first."""
    if own := [place for place in vowels if plain[place] in _OWN_MARK]:
        return own[-1:]
    if len(vowels) < 2:
        return vowels
    if len(vowels) > 2:
        return vowels[1:2]
    if plain[vowels[-1] + 1 :]:  # a consonant ends it
        return vowels[1:]
    return vowels if plain[vowels[0] : vowels[1] + 1] in _EITHER else vowels[:1]


_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxzđ]{2,}", re.IGNORECASE)


def is_sayable(word: str) -> bool:
    """Return whether `word` has a vowel: without one it is an abbreviation (hs, bv, tt) in any letter case."""
    return not _CONSONANTS.fullmatch(word)


def is_untoned(word: str) -> bool:
    """Return whether `word`, in small letters without marks, can be a Vietnamese syllable with its marks removed."""
    return bool(_unmarked().fullmatch(word))


@lru_cache(maxsize=1)
def _unmarked() -> re.Pattern[str]:
    return re.compile("|".join(_strip(part.pattern) for part in (_OPEN, _STOPPED)))


def _strip(marked: str) -> str:
    kept = unicodedata.normalize("NFD", marked.replace("đ", "d"))
    return "".join(mark for mark in kept if not unicodedata.combining(mark))


def is_pronounceable(word: str) -> bool:
    """Return whether a voice can pronounce `word` as a word (a brand, a place, Vietnamese without its marks)."""
    return len(word) >= 4 and bool(_LOOSE.fullmatch(bare(word)))
