"""What a slash between two numbers means: a house, a part of a whole, a count out of a total, a ratio."""

from __future__ import annotations

import re

from .dates import dates_expected, valid_day_month
from .letters import UPPER, spell
from .result import Doubt
from .text import WORD_END, Spoken, View, cues

_PAIR = re.compile(r"([0-9]{1,7})/([0-9]{1,7})(?![0-9]|/[0-9])")
_CHAIN = re.compile(r"[0-9]{1,5}[A-Za-z]?(?:/[0-9]{1,5}[A-Za-z]?){1,5}" + WORD_END)
_DECIMALS = re.compile(r"([0-9]+(?:[.,][0-9]+)*)/([0-9]+(?:[.,][0-9]+)*)(?![0-9]|/[0-9])")
_HOUSE_LEFT = cues(
    "số nhà,nhà số,nhà,ngõ,ngách,hẻm,kiệt,địa chỉ,địa chỉ số,đ / c,đc,thửa,tờ bản đồ,lô,số,tổ,ngõ số,hẻm số,sn,kios,kiốt,căn hộ,phòng,thửa số,thửa đất số,lô số"
)
_STREET_AHEAD = re.compile(r"\s+(?:đường|phố|ngõ|hẻm|Đường|Phố|đ\.|Đ\.|quốc lộ|QL|khu phố|tỉnh lộ)")
_NAME_AHEAD = re.compile(rf"\s+[{UPPER}][^\W\d_]+\s+[{UPPER}]")
_AT_LEFT = cues("tại,ở,về,trụ sở,cơ sở,cửa hàng,văn phòng,đại lý")
_PART_LEFT = cues(
    "đạt,chiếm,được,còn,khoảng,gần,hơn,quá,có,bằng,hoàn thành,giảm,tăng,ít nhất,tối thiểu,tối đa,trên,dưới,hỗ trợ,hưởng,đóng,chỉ,mất,"
    "tỷ lệ,tỉ lệ,điểm,với,thêm,mới,đã đạt,tổng cộng,đủ,gồm,xong,trong đó,nộp,là khoảng,thu,cứ,đáp ứng,sử dụng,dùng,lấy,đồng ý,tán thành,"
    "nhất trí,thông qua,tham dự,dự,có mặt,chi,quá nửa,đi,qua,số phiếu,dương tính,huyết áp,thị lực,kết quả,loại,thang điểm,bổ nhiệm,công nhận"
)
_COUNTED = (
    "số|chỉ tiêu|tiêu chí|thôn|xã|hộ|dân|diện tích|tổng|người|đại biểu|thành viên|phiếu|ấp|bản|làng|khu|tổ|phường|huyện|tỉnh|trường|chi bộ|đảng viên|"
    "đảng bộ|ý kiến|nội dung|nhiệm vụ|mục tiêu|công trình|hồ sơ|km|ha|học sinh|em|cháu|lao động|đơn vị|cơ sở|trạm|hội viên|đoàn viên|thửa|quãng đường|"
    "thời gian|mức|lương|chặng|kế hoạch|hạng mục|chương trình|bài|trận|ván|đội|cụm|nước|điểm|câu|dự án|nhà|đối tượng|phần|chi hội|chi đoàn|lớp|cán bộ|"
    "giáo viên|xóm|buôn|sản phẩm|mẫu|ca|trường hợp|tuyến|cầu|thủ tục|quận|thành phố|bệnh nhân|cử tri|nhóm|doanh nghiệp|hợp tác xã|quốc gia|ngành|cơ quan|"
    "tháng lương|chiều dài|giá trị|tài sản|quỹ|vốn|kinh phí|công suất|lượng|dung tích|khối lượng|giờ|phòng|chỉ số|tỷ|triệu|vụ|vụ việc|kiến nghị|tàu|bàn|ghế"
)
_COUNTED_AHEAD = re.compile(rf"\s+(?:{_COUNTED}){WORD_END}", re.IGNORECASE)
_SCALE_LEFT = cues("tỷ lệ,tỉ lệ,điểm,huyết áp,thị lực,tỷ lệ bản đồ,bản đồ,lớp,là")
_PARTS_OF_WHOLE = frozenset({2, 3, 4, 5, 6, 8})
_HUNDREDS = frozenset({10, 100, 1000})


def read_slash(view: View, pos: int) -> Spoken | None:
    """Read 3/4, 12/15, 12/5 đường Trần Phú, 120/80; a pair that can be a date is left alone where it is one."""
    if house := _house(view, pos):
        return house
    found = _PAIR.match(view.text, pos)
    if not found:
        return _decimals(view, pos)
    upper, lower = int(found.group(1)), int(found.group(2))
    if valid_day_month(view.text, pos) and not _is_part(view, found, upper, lower):
        return None
    return Spoken(found.end(), _ratio(view, found, upper, lower), numeric=True)


def _is_part(view: View, found: re.Match[str], upper: int, lower: int) -> bool:
    """Hold a pair that could be a date for a part only if the words say so and none says that it is a date."""
    padded = "0" in (found.group(1)[0], found.group(2)[0])
    if upper > lower or padded or dates_expected(view, found.start()):
        return False
    return view.after(found.start(), *_PART_LEFT) or bool(_COUNTED_AHEAD.match(view.text, found.end()))


def _ratio(view: View, found: re.Match[str], upper: int, lower: int) -> str:
    words = [view.numerals.whole(part) for part in found.groups()]
    scale = view.after(found.start(), *_SCALE_LEFT) or re.match(r"\s+điểm", view.text[found.end() :][:6])
    part = (
        upper < lower
        and not scale
        and (lower in _PARTS_OF_WHOLE or (upper == 1 and (lower <= 10 or lower in _HUNDREDS)))  # noqa: PLR2004 - small parts
    )
    if not part:
        return " trên ".join(words)
    words[1] = "tư" if lower == 4 else words[1]  # noqa: PLR2004 - four is four
    return " phần ".join(words)


def _house(view: View, pos: int) -> Spoken | None:
    found = _CHAIN.match(view.text, pos)
    if not found:
        return None
    end = found.end()
    named = view.after(pos, *_HOUSE_LEFT) or bool(_STREET_AHEAD.match(view.text, end))
    long = found.group().count("/") > 1 or bool(re.search("[A-Za-z]", found.group()))
    guessed = not named and not long and view.after(pos, *_AT_LEFT) and bool(_NAME_AHEAD.match(view.text, end))
    if not (named or long or guessed):
        return None
    if view.after(pos, " số") and re.match(r"\s+(?:hộ|thôn|xã)", view.text[end:][:8]):
        return None
    return Spoken(end, say_chain(view, found.group()), Doubt.GUESSED if guessed else None)


def say_chain(view: View, token: str) -> str:
    """Return the words of a house number: 12/5A → mười hai trên năm a."""
    parts = []
    for part in token.split("/"):
        digits = part.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        parts.append(" ".join(filter(None, (view.numerals.whole(digits), spell(part[len(digits) :])))))
    return " trên ".join(parts)


def _decimals(view: View, pos: int) -> Spoken | None:
    """1.250/1.300 hộ   2,5/3."""
    found = _DECIMALS.match(view.text, pos)
    if not found:
        return None
    words = [view.numerals.written(part) for part in found.groups()]
    return Spoken(found.end(), " trên ".join(words), numeric=True)
