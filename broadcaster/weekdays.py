"""The names of the weekdays, Monday first: in files, in English and in Vietnamese."""

from __future__ import annotations

from broadcaster.i18n import N_

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The names in station.toml and campaign files: `WEEKDAYS[day.weekday()]`."""

NAMES = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
SHORT_NAMES = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

VIETNAMESE_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
"""For what is always in Vietnamese: reports, spreadsheets, printed months."""
VIETNAMESE_SHORT_NAMES = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
