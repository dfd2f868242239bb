"""The layout of a timetable's spreadsheet: its sheets, its headings, and the words that stand for choices."""

from __future__ import annotations

import re

from broadcaster.typed_words import CLASS_WORDS, ORDER_WORDS

SLOTS, CAMPAIGNS, HELP = "Khung phát", "Đợt", "Hướng dẫn"
AT = "Giờ"
SLOT_HEADINGS = {
    "campaign": "Mã đợt",
    "id": "Mã khung phát",
    "at": AT,
    "days": "Ngày trong tuần",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "scripts": "Bài phát",
    "versions": "Phiên bản",
    "order": "Cách phát",
    "weights": "Trọng số",
    "repeat": "Số lần đọc",
    "gap": "Nghỉ giữa",
    "class": "Loại bản tin",
    "group": "Cụm loa",
    "except": "Trừ ngày",
    "paused": "Tạm dừng",
}
CAMPAIGN_HEADINGS = {
    "campaign": "Mã đợt",
    "title": "Tên đợt",
    "source": "Công văn",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "except": "Trừ ngày",
    "paused": "Tạm dừng",
    "versions": "Phiên bản",
}
PLAN_HEADINGS = (
    "Ngày", "Thứ", "Giờ", "Đến giờ", "Thời lượng", "Nội dung", "Số lần đọc", "Loại bản tin", "Trạng thái", "Khung phát",
)  # fmt: skip
"""Headings of the list of airings, which is written and never read."""
ORDERS, CLASSES = ORDER_WORDS, CLASS_WORDS

AT_HEADING = re.compile(r"(?:gio|at)(?: ?\d+)?")
"""A heading of a column of times, without marks: "Giờ", "Giờ 2"."""
NOT_READ = {"stt", "tt", "so tt", "so thu tu", "no", "ghi chu", "note", "notes"}
"""Headings, without marks, of columns that people keep for themselves."""
