"""An official letter in the layout of decree 30/2020/NĐ-CP, or of the Party's: what of it is for the ear.

Its frame (who issues it, the national motto, its number, place and date, to whom it goes, who signed) is for the eye.
The body becomes the text, the subject the title, and the number the script's source. A line that may be the body's
stays: a sentence lost is worse than one too many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOTTO = re.compile(r"độc lập\s*[-–—]\s*tự do\s*[-–—]\s*hạnh phúc|^đảng cộng sản việt nam$", re.IGNORECASE)
_NATION = re.compile(r"cộng h(?:òa|oà) xã hội|^chủ nghĩa việt nam", re.IGNORECASE)
_NUMBER = re.compile(
    r"^(?i:Số)\s*(?::\s*(?P<state>[0-9.…_ ]*/\s*[\w&./-]+)|:?\s*(?P<party>[0-9.…_ ]*-\s*[A-ZĐ]+/[A-ZĐ]+))"
)
_PLACE = re.compile(r"^[^:]{1,60},\s*ngày\s*[0-9.…]*\s*tháng\s*[0-9.…]*\s*năm\s*[0-9.…]*$", re.IGNORECASE)
_ABOUT = re.compile(r"^\(?(?:V/v|Về việc)\s*:?\s*(?P<subject>.+?)\)?$", re.IGNORECASE)
_TO = re.compile(r"^Kính gửi\s*:?", re.IGNORECASE)
_COPIES = re.compile(r"^Nơi nhận\s*:?", re.IGNORECASE)
_RULE = re.compile(r"^[-–—_=*. ]{3,}$")
_SIGNER = re.compile(
    r"^(?:(?:TM|KT|TL|TUQ|Q)\.\s*|T/[ML]\.?\s*)?(?:(?:ỦY|UỶ) BAN|UBND|CHỦ TỊCH|PHÓ CHỦ TỊCH|GIÁM ĐỐC|PHÓ GIÁM ĐỐC|"
    r"TỔNG GIÁM ĐỐC|TRƯỞNG|PHÓ TRƯỞNG|BÍ THƯ|PHÓ BÍ THƯ|BAN|ĐẢNG (?:ỦY|UỶ)|HỘI|CÔNG AN)\b"
)
_ANNEX = re.compile(r"^(?:PHỤ LỤC|DANH SÁCH|BIỂU|MẪU)\b|^\(?(?:Kèm theo|Ban hành kèm theo)", re.IGNORECASE)
_KINDS = (
    "THÔNG BÁO", "KẾ HOẠCH", "QUYẾT ĐỊNH", "CÔNG VĂN", "GIẤY MỜI", "BÁO CÁO", "TỜ TRÌNH", "CHỈ THỊ", "HƯỚNG DẪN",
    "CHƯƠNG TRÌNH", "CÔNG ĐIỆN", "THƯ MỜI", "THƯ NGỎ", "THƯ KÊU GỌI", "LỜI KÊU GỌI", "NGHỊ QUYẾT", "THÔNG CÁO",
    "BIÊN BẢN",
)  # fmt: skip
_DASHES = ("-", "+", "•")
_HEAD = 30  # lines within which the frame's head ends
_APART = 2  # lines of another kind between two parts of the head, such as the second line of an issuer's name
_FOOT = 8  # lines of a signature
_LONGEST_SUBJECT = 200
_LONGEST_SIGNED = 80

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
    return any(pattern.search(line) for pattern in (_MOTTO, _NUMBER, _COPIES)) or bool(_NATION.match(line))


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
    lines = [" ".join(line.split()) for line in paragraphs if line.strip()]
    head = lines[:_HEAD]
    if not any(map(_MOTTO.search, head)) or not any(map(_NUMBER.match, head)):
        return None
    memo = Memo()
    rest = _without_addressees(_after_subject(_after_head(lines, memo), memo), memo)
    memo.body = _without_foot(rest, memo)
    return memo if memo.body else None


def _after_head(lines: list[str], memo: Memo) -> list[str]:
    """Return the lines below the frame's head, and note what stood in it."""
    end = _end_of_head(lines)
    for line in lines[:end]:
        part = _part_of(line)
        if part == "about":
            memo.subject = memo.subject or _subject(line)
        elif part != "rule":
            memo.number = memo.number or _number(line)
            memo.left_out.append(part or "issuer")
    return lines[end:]


def _end_of_head(lines: list[str]) -> int:
    """Return how many lines the head has: down to the motto and the number, and to what follows them closely."""
    head = lines[:_HEAD]
    first = [next(number for number, line in enumerate(head) if find(line)) for find in (_MOTTO.search, _NUMBER.match)]
    end = max(first) + 1
    for number in range(end, len(head)):
        if number - end > _APART or _kind_of(head[number]) or _TO.match(head[number]):
            break
        if _part_of(head[number]):
            end = number + 1
    return end


def _part_of(line: str) -> str:
    """Return which part of the frame's head a line is; "" for none."""
    if _MOTTO.search(line) or _NATION.search(line):
        return "motto"
    patterns = (("number", _NUMBER), ("place", _PLACE), ("about", _ABOUT), ("rule", _RULE))
    return next((part for part, pattern in patterns if pattern.match(line)), "")


def _kind_of(line: str) -> str:
    """Return the kind of letter that a line names in capitals; "" for none."""
    return next((kind for kind in _KINDS if line.startswith(kind)), "")


def _number(line: str) -> str:
    found = _NUMBER.match(line)
    number = re.sub(r"\s+", "", found["state"] or found["party"]) if found else ""
    return number if number[:1].isdigit() else ""  # "Số:      /TB-UBND" has not got one yet


def _subject(line: str) -> str:
    found = _ABOUT.match(line)
    text = found["subject"].strip(" .") if found else ""
    return text[:1].upper() + text[1:]


def _after_subject(lines: list[str], memo: Memo) -> list[str]:
    """Return the lines below the kind of letter ("THÔNG BÁO") and its subject, from which its title is made."""
    kind = _kind_of(lines[0]) if lines else ""
    if kind and len(lines[0]) <= len(kind) + _LONGEST_SUBJECT:
        own = lines[0][len(kind) :].strip(" :.")
        lines = lines[1:]
        if not own and lines and _is_subject(lines[0]):
            own, lines = lines[0], lines[1:]
            while lines and _goes_on(own, lines[0]):
                own, lines = f"{own} {lines[0]}", lines[1:]
        memo.subject = _titled(kind, own or memo.subject)
    while lines and _RULE.match(lines[0]):
        lines = lines[1:]
    return lines


def _is_subject(line: str) -> bool:
    return bool(_ABOUT.match(line)) or (
        len(line) <= _LONGEST_SUBJECT and line[-1] not in ".;:!?" and not _TO.match(line) and not line.startswith("-")
    )


def _goes_on(subject: str, line: str) -> bool:
    """Return whether a line is the rest of a subject that was set in several lines."""
    return _is_subject(line) and (line[0].islower() or (subject.isupper() and line.isupper()))


def _titled(kind: str, subject: str) -> str:
    """Return a title: "Thông báo về việc họp dân", "Kế hoạch: Ra quân dọn vệ sinh"."""
    about = _ABOUT.match(subject)
    text = about["subject"] if about else subject
    if text == text.upper():
        text = text.lower()
    text = f"{kind.capitalize()} về việc {text[:1].lower()}{text[1:]}" if about else f"{kind.capitalize()}: {text}"
    return text.strip(" .:")


def _without_addressees(lines: list[str], memo: Memo) -> list[str]:
    """Return the lines below "Kính gửi", with one addressee beside or below it or a list, whose items end in ";"."""
    if not lines or not _TO.match(lines[0]):
        return lines
    memo.left_out.append("to")
    last, lines = _TO.sub("", lines[0]).strip(), lines[1:]
    if not last and lines and not lines[0].startswith(_DASHES):
        return lines[1:]
    while lines and lines[0].startswith(_DASHES) and (not last or last.endswith((";", ","))):
        last, lines = lines[0], lines[1:]
    return lines


def _without_foot(lines: list[str], memo: Memo) -> list[str]:
    """Return the lines without the recipients and the signature; an annex below them stays."""
    copies = next((number for number, line in enumerate(lines) if _COPIES.match(line)), len(lines))
    signed = range(max(0, copies - _FOOT), copies)
    first = next((n for n in signed if _SIGNER.match(lines[n]) and all(map(_is_signed, lines[n:copies]))), copies)
    if copies < len(lines):
        memo.left_out.append("copies")
    elif first < copies:
        memo.left_out.append("signature")
    return lines[:first] + lines[_annex(lines, copies) :]


def _annex(lines: list[str], copies: int) -> int:
    """Return the number of the first line below the recipients and the signature."""
    signer = next((number for number in range(copies, len(lines)) if _SIGNER.match(lines[number])), copies)
    rest = range(signer + 1, len(lines))
    return next((number for number in rest if _ANNEX.match(lines[number]) or not _in_foot(lines[number])), len(lines))


def _in_foot(line: str) -> bool:
    """Return whether a line may be of the recipients or the signature."""
    return line.startswith(_DASHES) or line.endswith(";") or "Lưu" in line or _is_signed(line)


def _is_signed(line: str) -> bool:
    """Return whether a line may be of a signature: an office, a name, "(Đã ký)"."""
    return len(line) < _LONGEST_SIGNED and line[-1] not in ".,;:!?" and not any(map(str.isdigit, line))
