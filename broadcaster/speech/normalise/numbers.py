"""Numbers in words. Nothing here depends on the context of a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Region = Literal["north", "south"]

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 10**9
_LONGEST = 18  # digits; a longer number is said digit by digit

_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_ENGLISH_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?")
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")


@dataclass(frozen=True, slots=True)
class Numerals:
    """The number words of a region: north says linh, nghìn, hai mươi tư; south says lẻ, ngàn, hai mươi bốn."""

    region: Region = "north"

    @property
    def thousand(self) -> str:
        """The word for 1,000."""
        return "nghìn" if self.region == "north" else "ngàn"

    def cardinal(self, number: int) -> str:
        """Return the words of `number` (0 or more)."""
        billions, rest = divmod(number, _BILLION)
        if not billions:
            return self._below_billion(rest, leading=True)
        words = f"{self.cardinal(billions)} tỷ"
        return f"{words} {self._below_billion(rest, leading=False)}" if rest else words

    def _below_billion(self, number: int, *, leading: bool) -> str:
        if number == 0:
            return DIGITS[0]
        words: list[str] = []
        for size, name in ((10**6, "triệu"), (10**3, self.thousand), (1, "")):
            group, number = divmod(number, size)
            if group:
                words.append(self._group(group, leading=leading and not words))
                words.append(name)
        return " ".join(filter(None, words))

    def _group(self, number: int, *, leading: bool) -> str:
        hundreds, rest = divmod(number, 100)
        if leading and not hundreds:
            return self._below_hundred(rest)
        words = f"{DIGITS[hundreds]} trăm"
        if not rest:
            return words
        return f"{words} {self._below_hundred(rest) if rest >= 10 else self._odd(rest)}"

    def _odd(self, unit: int) -> str:
        if self.region == "south":
            return f"lẻ {DIGITS[unit]}"
        return f"linh {'tư' if unit == 4 else DIGITS[unit]}"

    def _below_hundred(self, number: int) -> str:
        tens, unit = divmod(number, 10)
        if tens == 0:
            return DIGITS[unit]
        head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
        if unit == 0:
            return head
        four = "tư" if self.region == "north" else "bốn"
        special = {5: "lăm"} if tens == 1 else {1: "mốt", 4: four, 5: "lăm"}
        return f"{head} {special.get(unit, DIGITS[unit])}"

    def whole(self, digits: str) -> str:
        """Return the words of a run of digits: the number, or its digits if it begins with a zero or is too long.

        Two digits with a leading zero ("04") are a number under ten, as forms write it.
        """
        if len(digits) > _LONGEST or (digits[0] == "0" and len(digits) > 2):
            return self.digits(digits)
        return self.cardinal(int(digits))

    @staticmethod
    def digits(digits: str) -> str:
        """Return `digits` one by one."""
        return " ".join(DIGITS[int(digit)] for digit in digits)

    def label(self, digits: str) -> str:
        """Return the words of a number that identifies something (a letter, a form): "05" keeps its zero."""
        return self.digits(digits) if digits[0] == "0" else self.whole(digits)

    def decimal(self, whole: str, part: str, mark: str = "phẩy") -> str:
        """Return "ba phẩy năm"; a fraction that begins with a zero or is long is said digit by digit."""
        spoken = self.cardinal(int(part)) if len(part) <= 2 and part[0] != "0" else self.digits(part)
        return f"{self.whole(whole)} {mark} {spoken}"

    def written(self, token: str, mark: str = "phẩy") -> str:
        """Return the words of a number as people write it: 1.250  1,5  1.205.000,5  1,250,000  3.1.2.

        `mark` is the word for a point that does not separate thousands.
        """
        if token.isdigit():
            return self.whole(token)
        if _THOUSANDS.fullmatch(token):
            return self._with_part(token.replace(".", ""), ",")
        if _ENGLISH_THOUSANDS.fullmatch(token):
            return self._with_part(token.replace(",", ""), ".")
        if _DECIMAL.fullmatch(token):
            whole, part = re.split("[.,]", token)
            return self.decimal(whole, part, "phẩy" if "," in token else mark)
        return self._listed(token)

    def _with_part(self, token: str, separator: str) -> str:
        whole, found, part = token.partition(separator)
        return self.decimal(whole, part) if found else self.whole(whole)

    def _listed(self, token: str) -> str:
        """1.1.2 is a section, 4,5,6 a list."""
        spoken = [
            {".": " chấm ", ",": ", "}.get(piece) or self.whole(piece) for piece in re.split("([.,])", token) if piece
        ]
        return "".join(spoken)
