"""Templates for new scripts, one for each kind of text on a commune's radio, without any facts.

A gap to fill in is written between ‹ and ›; it says what belongs there, and what the cue above it does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broadcaster.i18n import N_
from broadcaster.tomlfile import write_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GAP = re.compile(r"‹[^‹›]*›")
_COMMENT = "<!--", "-->"

_MESSAGE = """\
Kính thưa bà con! ‹Một câu: loa lên tiếng nhân việc gì, do ai phát động.›

‹Thông điệp: một câu duy nhất, chép đúng nguyên văn trong văn bản.›

[nghỉ 1s]

‹Dòng ngay trên cho loa im một giây để người nghe kịp ngẫm. Ở đây nói lại thông điệp bằng lời thường ngày, thêm một \
hình ảnh gần gũi với bà con.›

‹Bà con nên làm gì, gặp ai. Số điện thoại viết đúng như trong văn bản.›

Xin cảm ơn bà con đã lắng nghe.
"""

_NOTICE = """\
Kính mời bà con chú ý theo dõi thông báo của ‹cơ quan ra thông báo›.

‹Việc gì: một câu ngắn.›

‹Ai cần biết, ai cần đến.›

‹Thời gian: thứ, ngày, tháng, năm; giờ bắt đầu.›

‹Địa điểm, và cần mang theo giấy tờ gì.›

[nghỉ 1s]

‹Dòng ngay trên cho loa im một giây. Ở đây nhắc lại đúng ba điều: việc gì, bao giờ, ở đâu.›

‹Cần hỏi thêm thì gặp ai, số điện thoại nào.›

Thông báo đến đây là hết. Xin cảm ơn bà con.
"""

_STORY = """\
Kính thưa bà con! Mời bà con nghe câu chuyện truyền thanh: ‹tên câu chuyện›.

[chuông]

‹Dòng ngay trên đánh tiếng chuông của đài. Mở đầu: nhân vật là ai, sống ở đâu, đang lo điều gì. Mỗi đoạn một hơi đọc, \
cách nhau bằng một dòng trống.›

‹Diễn biến: chuyện gì xảy ra, ai khuyên thế nào.›

[nghỉ 1s]

‹Dòng ngay trên cho loa im một giây, để sang cảnh khác. Kết chuyện: nhân vật đã chọn thế nào, được gì.›

‹Lời nhắn tới bà con: một câu. Nếu là chuyện có thật thì đã được người trong chuyện đồng ý cho kể.›

[chuông]

Câu chuyện truyền thanh đến đây là hết. Xin cảm ơn và kính chào bà con!
"""

_SKIT = """\
Kính thưa bà con! Mời bà con nghe tiểu phẩm truyền thanh: ‹tên tiểu phẩm›.

[chuông]

Bác Ba: ‹Dòng ngay trên đánh tiếng chuông của đài. Dòng nào bắt đầu bằng tên nhân vật và dấu hai chấm thì đọc bằng \
giọng của nhân vật ấy, ghi ở đầu tệp. Câu mở chuyện, đời thường.›

Cô Hạnh: ‹Đáp lại, và nói ra điều mà bà con hay hiểu chưa đúng.›

[nghỉ 1s]

Bác Ba: ‹Dòng ngay trên cho loa im một giây. Hỏi lại cho rõ, như chính bà con sẽ hỏi.›

Cô Hạnh: ‹Giải thích ngắn, đúng với văn bản, rồi chỉ chỗ hỏi thêm.›

Bác Ba: ‹Câu kết vui, nhớ lâu.›

[chuông]

Tiểu phẩm truyền thanh đến đây là hết. Xin cảm ơn và kính chào bà con!
"""

_TEXTS = {"thong-diep": _MESSAGE, "thong-bao": _NOTICE, "cau-chuyen": _STORY, "tieu-pham": _SKIT}
_TITLES = {
    "thong-diep": "Thông điệp: ‹nội dung›",
    "thong-bao": "Thông báo: ‹việc gì›",
    "cau-chuyen": "Câu chuyện truyền thanh: ‹tên›",
    "tieu-pham": "Tiểu phẩm truyền thanh: ‹tên›",
}
_VOICES = {"tieu-pham": '\n[voices]\n"Bác Ba" = "espeak:vi-vn-x-south+m3"\n"Cô Hạnh" = "espeak:vi+f2"\n'}

KINDS = {"thong-diep": N_("message"), "thong-bao": N_("notice"), "cau-chuyen": N_("story"), "tieu-pham": N_("skit")}
"""The kinds of text, and what people call them."""

WHO_SAYS_IT = """\
# Ai nói bài này: bỏ dấu # ở đầu một trong hai dòng, rồi ghi cho đúng.
# recording = "…"  # bản thu âm, để trong thư mục scripts
# voice = "…"  # giọng đọc y như chữ viết; xem: broadcaster voice list
"""
"""Comments in the front matter of a text that the station's voices cannot read."""


def from_template(
    kind: str,
    title: str = "",
    author: str = "",
    source: str = "",
    topic: str = "",
    more: Iterable[tuple[str, object]] = (),
) -> str:
    """Return the text of a new script of that kind; `more` as `with_front_matter` takes it."""
    head = title or _TITLES[kind], author, source, topic
    return with_front_matter(*head, _TEXTS[kind], _VOICES.get(kind, ""), more)


def for_translation(body: str, language: str, *, is_recorded: bool) -> str:
    """Return what a new version begins with: a blank to fill in, and below it as a comment what its text says.

    A recording is heard in its place, so that nothing has to be written.
    """
    begin, end = _COMMENT
    said = without_comments(body).replace(end, "-- >").strip()
    blank = (
        f"‹Lời bằng {language or 'tiếng Việt'}, nói đúng như bài gốc chép dưới đây. Phần chép dưới đây máy không đọc.›"
    )
    return f"{'' if is_recorded else blank}\n\n{begin}\n{said}\n{end}"


def with_front_matter(
    title: str,
    author: str,
    source: str,
    topic: str,
    body: str,
    tables: str = "",
    more: Iterable[tuple[str, object]] = (),
) -> str:
    """Return a script's whole text; `more` are other keys, `tables` is TOML that follows them.

    Keys without a value are left out.
    """
    keys = (("title", title), ("source", source), ("topic", topic), ("author", author), *more)
    head = "".join(f"{key} = {write_value(value)}\n" for key, value in keys if value not in ("", None))
    return f"+++\n{head}{tables}+++\n\n{body.strip()}\n"


def gaps(text: str) -> Iterator[str]:
    """Yield the gaps of a template that are not filled in yet."""
    return (found.group() for found in _GAP.finditer(without_comments(text)))


def without_comments(text: str) -> str:
    """Return a text without what stands between `<!--` and `-->`, but for its line ends: lines keep their numbers."""
    begin, end = _COMMENT
    parts, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start + len(begin))) >= 0:
        parts += [text[at:start], "\n" * text.count("\n", start, stop)]
        at = stop + len(end)
    return "".join([*parts, text[at:]])
