"""Roman numerals: quý II, khóa XV, thế kỷ XXI, Chương I, II và III."""

from __future__ import annotations

import re

from .result import Doubt
from .text import WORD_END, Spoken, View, cues

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_SHAPE = "(?=[IVXL]+)(?!L(?![IVX]))(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"  # to 99: C, D, L and M alone are letters
_ROMAN = re.compile(rf"{_SHAPE}{WORD_END}(?!['&]|-[^\W\d_IVX])")
_COUNTED_LEFT = cues(
    "quý,khóa,khoá,thế kỷ,thế kỉ,kỳ,điều,chương,phần,mục,khu vực,vùng,hạng,cấp,loại,bậc,nhóm,thứ,tập,quyển,đợt,giai đoạn,phụ lục,tiểu mục,"
    "biểu,bảng,mẫu,số,học kỳ,lớp,độ,khối,tổ,quân khu,đại hội,hội nghị,phiên,type,tuýp,đại đội,vành đai,lần,tháng,chuyên khoa,bscki,bs cki,"
    "thạc sĩ,mức,diện,đại hội đảng,kỳ họp,vụ,tỉnh lộ,ngạch,chi đội,khoản,hội thao,liên hoan,giải,bước,đề án,dự án,thế chiến,thế giới"
)
_LIST_LEFT = re.compile(rf" (?:{'|'.join(word[1:] for word in _COUNTED_LEFT)}) (?:[ivxl]+ (?:, |và |- |đến |hoặc |; ))+$")
_SURE = re.compile("[IVX]{2,}")
_KING = cues("elizabeth,louis,napoleon,phaolô,gioan phaolô,charles,henry,bênêđictô")


def to_int(roman: str) -> int:
    """Return the value of a Roman numeral in capitals."""
    values = [_VALUES[letter] for letter in roman]
    return sum(-value if value < nextone else value for value, nextone in zip(values, [*values[1:], 0], strict=True))


def read_roman(view: View, pos: int) -> Spoken | None:
    """Read a Roman numeral where a counted noun (or a list of them) stands before it, or where it can be nothing else."""
    found = _ROMAN.match(view.text, pos)
    if not found:
        return None
    number = to_int(found.group())
    if view.after(pos, *_COUNTED_LEFT, *_KING) or _LIST_LEFT.search(view.left(pos) + " "):
        return Spoken(found.end(), _said(view, pos, number), numeric=True)
    if _SURE.fullmatch(found.group()):
        return Spoken(found.end(), view.numerals.cardinal(number), Doubt.GUESSED, numeric=True)
    return None


def _said(view: View, pos: int, number: int) -> str:
    if view.after(pos, " thứ") and number in (1, 4):
        return "nhất" if number == 1 else "tư"
    return view.numerals.cardinal(number)
