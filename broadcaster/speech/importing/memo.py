"""An official letter in the layout of decree 30/2020/NĐ-CP: what of it is for the ear.

Its frame (who issues it, the national motto, its number, place and date, to whom it goes, who signed) is for the eye.
The body becomes the text, the subject the title, and the number the script's source.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOTTO = re.compile(r"độc lập\s*[-–—]\s*tự do\s*[-–—]\s*hạnh phúc", re.IGNORECASE)
_NATION = re.compile(r"cộng hòa xã hội|^chủ nghĩa việt nam", re.IGNORECASE)
_NUMBER = re.compile(r"^Số\s*:\s*(?P<number>[0-9.…_ ]*\s*/\s*[\wĐ&./-]+(?:-[\wĐ&]+)*)", re.IGNORECASE)
_PLACE = re.compile(r"^[^:]{1,60},\s*ngày\s*[0-9.…]*\s*tháng\s*[0-9.…]*\s*năm\s*[0-9.…]*$", re.IGNORECASE)
_ABOUT = re.compile(r"^\(?(?:V/v|Về việc)\s*:?\s*(?P<subject>.+?)\)?$", re.IGNORECASE)
_TO = re.compile(r"^Kính gửi\s*:?", re.IGNORECASE)
_COPIES = re.compile(r"^Nơi nhận\s*:?", re.IGNORECASE)
_RULE = re.compile(r"^[-–—_=*. ]{3,}$")
_SIGNER = re.compile(
    r"^(?:(?:TM|KT|TL|TUQ|Q)\.\s*)?(?:ỦY BAN|UBND|CHỦ TỊCH|PHÓ CHỦ TỊCH|GIÁM ĐỐC|PHÓ GIÁM ĐỐC|TỔNG GIÁM ĐỐC|TRƯỞNG|"
    r"PHÓ TRƯỞNG|BÍ THƯ|BAN|ĐẢNG ỦY|HỘI|CÔNG AN)\b"
)
_KINDS = (
    "THÔNG BÁO", "KẾ HOẠCH", "QUYẾT ĐỊNH", "CÔNG VĂN", "GIẤY MỜI", "BÁO CÁO", "TỜ TRÌNH", "CHỈ THỊ", "HƯỚNG DẪN",
    "CHƯƠNG TRÌNH", "CÔNG ĐIỆN", "THƯ MỜI", "THƯ NGỎ", "THƯ KÊU GỌI", "LỜI KÊU GỌI", "NGHỊ QUYẾT", "THÔNG CÁO",
    "BIÊN BẢN",
)  # fmt: skip
_HEAD = 30  # lines within which the frame's head ends
_LONGEST_SUBJECT = 200

_PARTS = {
    "issuer": N_("the issuing body"),
    "motto": N_("the national motto"),
    "number": N_("the number"),
    "place": N_("place and date"),
    "to": N_("the addressees"),
    "copies": N_("the recipients and the signature"),
    "signature": N_("the signature"),
}


def is_frame(line: str) -> bool:
    """Return whether a line stands only in the frame of an official letter."""
    text = _composed(line)
    return any(pattern.search(text) for pattern in (_MOTTO, _NUMBER, _COPIES)) or bool(_NATION.match(text))


@dataclass
class Memo:
    """What an official letter says: its subject, its number, the lines of its body, and what was left out."""

    subject: str = ""
    number: str = ""
    body: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        """What somebody should know of it."""
        parts = ", ".join(_(_PARTS[part]) for part in dict.fromkeys(self.left_out))
        return _("this is an official letter; left out, as they are not for the ear: {parts}").format(parts=parts)


def memo_in(paragraphs: Sequence[str]) -> Memo | None:
    """Return the official letter that these paragraphs are ("" where a blank line parts them); None for none."""
    lines = [_composed(line) for line in paragraphs if line.strip()]
    head = lines[:_HEAD]
    if not any(_MOTTO.search(line) for line in head) or not any(map(_NUMBER.match, head)):
        return None
    memo = Memo()
    rest = _without_addressees(_after_subject(_after_head(lines, memo), memo), memo)
    memo.body = _without_signature(rest, memo)
    return memo if memo.body else None


def _composed(line: str) -> str:
    """Return a line in the spelling that the patterns have: "Uỷ", "hoà" are "Ủy", "hòa"."""
    text = unicodedata.normalize("NFC", " ".join(line.split()))
    return text.replace("UỶ", "ỦY").replace("Uỷ", "Ủy").replace("HOÀ", "HÒA").replace("hoà", "hòa")


def _after_head(lines: list[str], memo: Memo) -> list[str]:
    """Return the lines below the frame's head, and note what stood in it."""
    last = max(number for number, line in enumerate(lines[:_HEAD]) if _part_of(line) not in ("", "about"))
    number = 0
    while number <= last or (number < len(lines) and _RULE.match(lines[number])):
        line = lines[number]
        part = _part_of(line)
        if part == "about" and not memo.subject:
            memo.subject = _subject(line)
        elif part == "number":
            memo.number = memo.number or _number(line)
        if part not in ("about", "rule"):
            memo.left_out.append(part or "issuer")
        number += 1
    return lines[number:]


def _part_of(line: str) -> str:
    """Return which part of the frame's head a line is; "" for none."""
    if _MOTTO.search(line) or _NATION.search(line):
        return "motto"
    for part, pattern in (("number", _NUMBER), ("place", _PLACE), ("about", _ABOUT)):
        if pattern.match(line):
            return part
    return "rule" if _RULE.match(line) and len(line) > 4 else ""


def _number(line: str) -> str:
    found = _NUMBER.match(line)
    number = re.sub(r"\s+", "", found["number"]) if found else ""
    return number if number[:1].isdigit() else ""  # "Số:      /TB-UBND" has not got one yet


def _subject(line: str) -> str:
    found = _ABOUT.match(line)
    text = (found["subject"] if found else line).strip(" .")
    return text[:1].upper() + text[1:]


def _after_subject(lines: list[str], memo: Memo) -> list[str]:
    """Return the lines below the kind of letter ("THÔNG BÁO") and its subject, from which its title is made."""
    kind = next((kind for kind in _KINDS if lines and lines[0].upper().startswith(kind)), "")
    if kind and len(lines[0]) <= len(kind) + _LONGEST_SUBJECT and lines[0][: len(kind)] == kind:
        own = lines[0][len(kind) :].strip(" :.")
        lines = lines[1:]
        if not own and lines and _is_subject(lines[0]):
            own, lines = lines[0], lines[1:]
        memo.subject = _titled(kind, own) or memo.subject
    elif lines and not memo.subject and _ABOUT.match(lines[0]):
        memo.subject, lines = _subject(lines[0]), lines[1:]
    while lines and _RULE.match(lines[0]):
        lines = lines[1:]
    return lines


def _is_subject(line: str) -> bool:
    return bool(_ABOUT.match(line)) or (
        len(line) <= _LONGEST_SUBJECT and line[-1] not in ".;:!?" and not _TO.match(line) and not line.startswith("-")
    )


def _titled(kind: str, subject: str) -> str:
    """Return a title: "Thông báo về việc họp dân"."""
    about = _ABOUT.match(subject)
    text = f"về việc {about['subject']}" if about else subject
    if text and text == text.upper():
        text = text.lower()
    return f"{kind.capitalize()} {text[:1].lower() + text[1:]}".strip(" .") if about or not text else _plain(kind, text)


def _plain(kind: str, text: str) -> str:
    return f"{kind.capitalize()}: {text}"


def _without_addressees(lines: list[str], memo: Memo) -> list[str]:
    if not lines or not _TO.match(lines[0]):
        return lines
    memo.left_out.append("to")
    more = not _TO.sub("", lines[0]).strip(" :")
    lines = lines[1:]
    if more and lines and not lines[0].startswith(("-", "+", "•")):
        lines = lines[1:]
    while lines and lines[0].startswith(("-", "+", "•")) and lines[0].endswith((";", ".", ",")):
        lines = lines[1:]
    return lines


def _without_signature(lines: list[str], memo: Memo) -> list[str]:
    """Return the lines above the recipients and the signature."""
    end = next((number for number, line in enumerate(lines) if _COPIES.match(line)), len(lines))
    if end < len(lines):
        memo.left_out.append("copies")
    signed = next((n for n in range(max(0, end - 8), end) if _SIGNER.match(lines[n]) and len(lines[n]) < 80), end)
    if signed < end and end == len(lines):
        memo.left_out.append("signature")
    return lines[:signed]
