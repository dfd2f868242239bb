"""Telephone numbers, hotlines, short codes and long identifiers: digit by digit, with a breath between groups."""

from __future__ import annotations

import re

from .numbers import Numerals
from .text import WORD_END, Spoken, View, cues

_GAP = r"(?: ?[.-] ?| )?"
_NOT_MORE = r"(?![0-9]|[.,/-][0-9])"
_AREA = re.compile(rf"\( ?(?:\+?84|0[0-9]{{1,4}}) ?\){_GAP}[0-9](?:{_GAP}[0-9]){{5,9}}{_NOT_MORE}")
_ABROAD = re.compile(rf"\+[0-9]{{1,3}}{_GAP}(?:\(0\){_GAP})?[0-9](?:{_GAP}[0-9]){{6,10}}{_NOT_MORE}")
_HOME = re.compile(rf"0[1-9](?:{_GAP}[0-9]){{7,9}}(?![0-9]|[,/][0-9])")
_SERVICE = re.compile(rf"1[89]00(?:{_GAP}[0-9xX]){{4,6}}(?![0-9xX]|[,/][0-9])")
_YEARS = re.compile(r"1[89]00 ?- ?[12][0-9]{3}(?![0-9])")
_SHORT = re.compile(rf"[0-9]{{3,6}}{WORD_END}(?![.,/%-][0-9]|%| (?:hộ|người|cuộc|lượt|khách|số|thuê bao)\b)")
_ANY = re.compile(rf"\(?\+?[0-9]{{2,}}(?:{_GAP}\(?[0-9]+\)?)*(?![0-9/:%])")
_LONG = re.compile(r"[0-9]{9,}(?![0-9]|[.,][0-9])")
_GROUPED_ID = re.compile(r"[0-9]{3,6}(?:[ .-][0-9]{2,6}){1,5}(?![0-9]|[.,/-][0-9])")
_ID_RUN = re.compile(r"[0-9]{4,}(?![0-9]|[.,/][0-9])")

_EMERGENCY = frozenset("111 112 113 114 115 116 117 118 119 1022 156 195".split())
_LINE_LEFT = cues(
    "điện thoại,sđt,đt,đtdđ,dđ,tel,di động,hotline,đường dây nóng,tổng đài,số máy,fax,đầu số,máy lẻ,"
    "tổng đài số,hotline số,đường dây nóng số,điện thoại số,zalo,đầu số ngắn,nhánh,tổng đài 24 / 7,điện thoại cố định,"
    "liên hệ số,gọi số,nhắn tin đến,gửi đến,gửi tới,gửi đến số,gửi tới số,gọi tới,gọi đến số,số nóng,tin nhắn,số hotline"
)
_CALL_LEFT = cues(
    "gọi,gọi số,gọi ngay,gọi đến,gọi tới,số,cấp cứu,cảnh sát,cứu hỏa,cứu hoả,chữa cháy,cứu nạn,bấm,quay số,quay,trẻ em,liên hệ,gọi điện,"
    "bấm số,cứu hộ,công an,an ninh,phản ứng nhanh,y tế,báo,gửi,tới,đến,báo ngay,gọi cho,cháy,nhấn,nhấn phím"
)
_ID_LEFT = cues(
    "cccd,cmnd,cmtnd,cccd số,cmnd số,căn cước,căn cước công dân,chứng minh nhân dân,định danh,mã số,mã số bhxh,bhxh số,sổ bhxh,"
    "số sổ,số thẻ,mã thẻ,thẻ bhyt,thẻ bhyt số,tài khoản,số tài khoản,stk,tk,mã hồ sơ,mã,otp,mã otp,mã số thuế,mst,số định danh,định danh cá nhân,"
    "định danh cá nhân số,sổ số,thẻ số,hộ chiếu,seri,số seri,serial,mã đơn vị,mã bhxh,căn cước số,mã đại lý,mã tra cứu,mã vạch,imei,biển số,mã bưu chính,"
    "mã pin,mật khẩu,số hồ sơ,tài khoản số,tk số,mã giao dịch,mã khách hàng,mã số thẻ,biên lai số,hóa đơn số,số hóa đơn,mã định danh,đdcn"
)
_AFTER_LIST = re.compile(r" (?:111|112|113|114|115) (?:, |và |hoặc |hay |; |- |/ )$")
_MONEY_AHEAD = re.compile(r" ?(?:đồng|đ|vnđ|vnd|usd|triệu|tỷ|nghìn|người|hộ)" + WORD_END, re.IGNORECASE)
_BIG_GROUP = 5  # digits said in one breath


def say_groups(token: str) -> str:
    """Return the digits of `token`, a comma where the writer left a gap; long unbroken runs are cut in threes."""
    groups = re.findall("[0-9xX]+|\\+", token)
    said: list[str] = []
    for group in groups:
        if group == "+":
            said.append("cộng")
        else:
            said += [" ".join(_sign(sign) for sign in part) for part in _cut(group)]
    return ", ".join(said).replace("cộng, ", "cộng ")


def _sign(sign: str) -> str:
    return Numerals.digits(sign) if sign.isdigit() else "ích"


def _cut(group: str) -> list[str]:
    """Cut a long group in threes; a single digit left over stays with its neighbours: 0912345678 → 0912 345 678."""
    if len(group) <= _BIG_GROUP:
        return [group]
    head = len(group) % 3 or 3
    if head < 3 and len(group) > head:  # noqa: PLR2004 - threes
        head += 3 if head == 1 else 0
    return [group[:head], *(group[at : at + 3] for at in range(head, len(group), 3))]


def read_phone(view: View, pos: int) -> Spoken | None:
    """Read what can only be a telephone number, by its shape or by the word in front of it."""
    text = view.text
    for shape in (_AREA, _ABROAD, _HOME):
        if found := shape.match(text, pos):
            return Spoken(found.end(), say_groups(found.group()))
    if (found := _SERVICE.match(text, pos)) and not _YEARS.match(text, pos):
        return Spoken(found.end(), say_groups(found.group()))
    if view.after(pos, *_LINE_LEFT) and (found := _ANY.match(text, pos)) and _is_line(view, pos, found):
        return Spoken(found.end(), say_groups(found.group()))
    return _short_code(view, pos)


def _is_line(view: View, pos: int, found: re.Match[str]) -> bool:
    """Three digits after ĐT are a road (đường tỉnh 429), and money is no line."""
    digits = sum(sign.isdigit() for sign in found.group())
    road = digits == 3 and view.after(pos, " đt")  # noqa: PLR2004 - 115 is the shortest line
    return digits >= 3 and not road and not _MONEY_AHEAD.match(view.text, found.end())  # noqa: PLR2004 - as above


def _short_code(view: View, pos: int) -> Spoken | None:
    found = _SHORT.match(view.text, pos)
    if not found or found.group() not in _EMERGENCY:
        return None
    if view.after(pos, *_CALL_LEFT) or _AFTER_LIST.search(view.left(pos) + " "):
        return Spoken(found.end(), Numerals.digits(found.group()))
    return None


def read_identifier(view: View, pos: int) -> Spoken | None:
    """Read the number of a card, a book, an account: by the word in front, or by its length."""
    text = view.text
    if view.after(pos, *_ID_LEFT):
        found = _GROUPED_ID.match(text, pos) or _ID_RUN.match(text, pos)
        if found and not _MONEY_AHEAD.match(text, found.end()):
            return Spoken(found.end(), say_groups(found.group()))
    found = _LONG.match(text, pos)
    if found and (len(found.group()) > 9 or found.group()[0] == "0") and not _MONEY_AHEAD.match(text, found.end()):  # noqa: PLR2004 - identity cards
        return Spoken(found.end(), say_groups(found.group()))
    return None
