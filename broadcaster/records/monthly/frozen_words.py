"""What reports say of frozen plans, in Vietnamese, as `phrases.py` does of the rest; and the same for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.records.frozen_changes import start_of
from broadcaster.records.kinds import DESK
from broadcaster.records.monthly import phrases
from broadcaster.records.monthly.frozen import frozen_total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from broadcaster.records.frozen_plan import FrozenPlan
    from broadcaster.records.monthly.frozen import FrozenSpan, FrozenTally, PlanEdit

NO_REASON = "không ghi lý do"
NO_ROW = "không có bản ghi nào cho biết"
COLUMNS = {
    "planned": "Lượt đã chốt",
    "aired": "Đã phát",
    "not_aired": "Không phát",
    "to_come": "Chưa đến giờ",
    "taken_out": "Bị bỏ",
    "put_in": "Thêm vào",
    "other_scripts": "Phát bài khác",
}
"""Count → heading."""


def counts(tally: FrozenTally) -> dict[str, int]:
    """Return the counts in the order of `COLUMNS`."""
    return {name: getattr(tally, name) for name in COLUMNS}


def frozen_sentence(span: FrozenSpan) -> str:
    """Return a month's frozen plan in a sentence or two: when and by whom, and what became of it."""
    month = phrases.month_name(span.month.first)
    if span.plan is None or span.tally is None:
        return f"Lịch {month} chưa được chốt: không có lịch đã chốt để đối chiếu."
    number = {name: phrases.count(count) for name, count in counts(span.tally).items()}
    told = (
        f"Lịch {month} do {frozen_by(span.plan)} chốt lúc {frozen_at(span)}, gồm {number['planned']} lượt. "
        f"Đã phát {number['aired']} lượt, đạt {phrases.percent(span.tally.share)}; không phát hoặc phát không trọn "
        f"{number['not_aired']} lượt; bị bỏ khỏi lịch {number['taken_out']} lượt; thêm vào lịch {number['put_in']} "
        "lượt."
    )
    if span.tally.to_come:
        told += f" Chưa đến giờ {number['to_come']} lượt."
    if span.tally.other_scripts:
        told += f" Trong số đã phát có {number['other_scripts']} lượt phát bài khác với lịch đã chốt."
    return told + _late(span.plan)


def _late(plan: FrozenPlan) -> str:
    if plan.late_s is None:
        return ""
    hours = max(1, round(plan.late_s / 3600))
    span = f"{hours // 24} ngày {hours % 24} giờ" if hours >= 24 else f"{hours} giờ"
    return f" Lịch chốt muộn {span} sau khi tháng bắt đầu: những lượt bị bỏ trước lúc chốt không có trong số này."


def frozen_at(span: FrozenSpan) -> str:
    """Return when a month was frozen."""
    return phrases.moment(span.plan.at.astimezone(span.month.zone)) if span.plan else ""


def frozen_by(plan: FrozenPlan) -> str:
    """Return who froze a month, to stand before the verb."""
    return "máy tự" if plan.actor == DESK else plan.actor


def not_frozen(spans: Iterable[FrozenSpan]) -> str:
    """Return the months that were not frozen: "tháng 4 năm 2027, tháng 5 năm 2027"; "" where all were."""
    return ", ".join(phrases.month_name(span.month.first) for span in spans if span.plan is None)


# ---- edits -------------------------------------------------------------------------------------------------------


def edit_at(edit: PlanEdit) -> str:
    """Return when an edit was made."""
    return phrases.moment(edit.at) if edit.at else phrases.NOTHING


def edit_by(edit: PlanEdit) -> str:
    """Return who made an edit."""
    return phrases.editor(edit.by) if edit.seq else "không rõ"


def edit_reason(edit: PlanEdit) -> str:
    """Return why an edit was made."""
    if not edit.seq:
        return NO_ROW
    return edit.reason or (NO_REASON if edit.taken_out or edit.changed else phrases.NOTHING)


def edit_what(edit: PlanEdit) -> str:
    """Return what an edit took out, put in, and let say something else, by slots and hours."""
    parts = [("bỏ", edit.taken_out), ("thêm", edit.put_in), ("đổi bài, số lần đọc hoặc cụm loa", edit.changed)]
    return "; ".join(f"{verb} {_slots(ids)}" for verb, ids in parts if ids)


def _slots(ids: Sequence[str]) -> str:
    slots: dict[str, list[datetime]] = {}
    for id_ in ids:
        slots.setdefault(id_.rpartition("@")[0], []).append(start_of(id_))
    return "; ".join(f"{slot}: {phrases.times(starts)}" for slot, starts in slots.items())


# ---- for the Word template, and for JSON -------------------------------------------------------------------------


def word_context(spans: Sequence[FrozenSpan]) -> dict[str, Any]:
    """Return the names of frozen plans that a template may use; `chot_tong` is empty where no month was frozen."""
    total = frozen_total(spans)
    return {
        "chot_tong": _word_tally(total) if total else {},
        "chua_chot": not_frozen(spans),
        "chot": [
            {"ten": phrases.month_name(span.month.first), "cau": frozen_sentence(span)}
            | (_word_tally(span.tally) if span.tally else {})
            for span in spans
        ],
        "chot_sua": [
            {
                "luc": edit_at(edit),
                "nguoi": edit_by(edit),
                "ly_do": edit_reason(edit),
                "bo": phrases.count(len(edit.taken_out)),
                "them": phrases.count(len(edit.put_in)),
                "doi": phrases.count(len(edit.changed)),
                "noi_dung": edit_what(edit),
            }
            for span in spans
            for edit in span.edits
        ],
    }


def _word_tally(tally: FrozenTally) -> dict[str, str]:
    names = ("theo_lich", "da_phat", "khong_phat", "chua_den", "bo", "them", "bai_khac")
    numbers = zip(names, counts(tally).values(), strict=True)
    return {name: phrases.count(number) for name, number in numbers} | {"ty_le": phrases.percent(tally.share)}


def frozen_json(spans: Iterable[FrozenSpan]) -> list[dict[str, Any]]:
    """Return the frozen plans of a report as values for JSON; names are English."""
    return [_span_json(span) for span in spans]


def _span_json(span: FrozenSpan) -> dict[str, Any]:
    if span.plan is None or span.tally is None:
        return {"month": span.month.name, "frozen": False}
    plan = span.plan
    return {
        "month": span.month.name,
        "frozen": True,
        "row": plan.seq,
        "at": plan.at.isoformat(),
        "actor": plan.actor,
        "late_s": plan.late_s,
        "sha256": plan.digest,
        **counts(span.tally),
        "share": span.tally.share,
        "edits": [_edit_json(edit) for edit in span.edits],
    }


def _edit_json(edit: PlanEdit) -> dict[str, Any]:
    return {
        "row": edit.seq or None,
        "at": edit.at.isoformat() if edit.at else None,
        "by": edit.by,
        "reason": edit.reason,
        "taken_out": list(edit.taken_out),
        "put_in": list(edit.put_in),
        "changed": list(edit.changed),
    }
