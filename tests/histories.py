"""A May that was lived through: every outcome, plays that nobody planned, a make-good, an edit, and one silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from stations import ZONE

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.playout.rows import planned_row, played_row, withdrawn_row
from broadcaster.reasons import in_words
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Origin, Play, PlayedScript

LETTER = "1192/BHXH-TT"
TITLES = {
    "thong-diep-1": "Bảo hiểm xã hội cho tất cả mọi người",
    "thong-diep-2": "Tham gia bảo hiểm xã hội là đầu tư cho tương lai",
    "tieu-pham": "Tiểu phẩm: Chuyện bên bờ giậu",
    "bao-lut": "Tin bão khẩn cấp & <sơ tán>",
}
SECONDS = {"thong-diep-1": 31.52, "thong-diep-2": 40.25, "tieu-pham": 312.004, "bao-lut": 58.7}


def month_window(year: int, month: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first midnight of a month, and the one after its last day."""
    return datetime(year, month, 1, tzinfo=zone), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)


@dataclass(frozen=True)
class Slot:
    """Where an occurrence is planned each day."""

    id: str
    hour: float
    scripts: tuple[str, ...]
    campaign: str = "thang-5"
    source: str = LETTER
    repeat: int = 1

    def on(self, day: datetime) -> Occurrence:
        start = day + timedelta(hours=self.hour)
        return Occurrence(
            self.campaign,
            self.id,
            start,
            self.scripts,
            repeat=self.repeat,
            gap=timedelta(seconds=3),
            source=self.source,
        )


SLOTS = (
    Slot("sang", 5.5, ("thong-diep-1", "thong-diep-2"), repeat=2),
    Slot("sang-2", 5.75, ("tieu-pham",)),
    Slot("chieu", 17, ("thong-diep-2",)),
    Slot("tin", 18.5, ("thong-diep-1",), campaign="tin-xa", source=""),
)


def whole(occurrence: Occurrence, late_s: float = 0.004, **more: object) -> Play:
    """Return the play of an occurrence that went well."""
    scripts = tuple(PlayedScript(id_, TITLES[id_], "t", "c", "espeak:vi", SECONDS[id_]) for id_ in occurrence.scripts)
    heard = sum(SECONDS[id_] for id_ in occurrence.items) + 3 * (len(occurrence.items) - 1)
    started = occurrence.start + timedelta(seconds=late_s)
    play = Play(
        occurrence.id, occurrence.campaign, occurrence.slot, occurrence.bulletin_class, scripts, occurrence.start,
        Outcome.AIRED, started=started, ended=started + timedelta(seconds=heard), heard_s=round(heard, 3),
        repeat=occurrence.repeat, gap_s=3, source=occurrence.source, device="USB Audio Device",
    )  # fmt: skip
    return replace(play, **more)  # type: ignore[arg-type]


def silent(occurrence: Occurrence, outcome: Outcome, reason: str) -> Play:
    """Return how an occurrence ended that was not heard."""
    play = whole(occurrence)
    scripts = tuple(replace(script, clip_digest="", voice="", seconds=0.0) for script in play.scripts)
    return replace(
        play, scripts=scripts, outcome=outcome, why=in_words(reason), started=None, ended=None, heard_s=0.0, device=""
    )


SILENCES = {
    (3, "chieu"): (Outcome.MISSED, "máy tắt từ 16:40 đến 18:10"),
    (4, "chieu"): (Outcome.MISSED, "máy tắt từ 16:40 đến 18:10"),
    (7, "tin"): (Outcome.BLOCKED, "quá số phút cho phép trong ngày"),
    (9, "sang-2"): (Outcome.SKIPPED, "bỏ qua theo lệnh của Nguyễn Thị Hòa: đám tang"),
    (12, "chieu"): (Outcome.PREEMPTED, "nhường bản tin khẩn cấp"),
    (14, "sang"): (Outcome.FAILED, '=HYPERLINK("http://x.example","bấm")\nkhông mở được thiết bị'),
    (20, "tin"): (Outcome.FAILED, "+84 không mở được \x07 thiết bị"),
}


def ending(occurrence: Occurrence) -> Play | None:
    """Return how one planned occurrence of this May ended; None where the history is silent."""
    day, slot = occurrence.start.day, occurrence.slot
    if (day, slot) == (28, "tin"):
        return None
    if (day, slot) in SILENCES:
        return silent(occurrence, *SILENCES[day, slot])
    if (day, slot) == (17, "sang-2"):
        cut = whole(occurrence, outcome=Outcome.CUT, heard_s=100.5, why=in_words("mất điện"))
        return replace(cut, ended=occurrence.start + timedelta(seconds=100.5))
    if day % 10 == 5 and slot == "sang":
        return whole(occurrence, late_s=75.5, why=in_words("máy đang khởi động"))
    return whole(occurrence)


def unplanned(day: datetime) -> list[Play]:
    """Return what nobody had planned that day."""
    if day.day == 12:
        storm = Occurrence(
            "khan-cap", "hoa", day + timedelta(hours=17), ("bao-lut",), repeat=2, gap=timedelta(seconds=3),
            bulletin_class=BulletinClass.EMERGENCY,
        )  # fmt: skip
        return [whole(storm, origin=Origin.EMERGENCY, ordered_by="Trần Văn Tâm", why=in_words("bão số 1"))]
    if day.day == 5:
        again = Occurrence("phat-bu", "x", day + timedelta(hours=18), ("thong-diep-2",), source=LETTER)
        missed = SLOTS[2].on(day - timedelta(days=2)).id
        return [whole(again, origin=Origin.MAKE_GOOD, ordered_by="Nguyễn Thị Hòa", replaces=missed)]
    if day.day == 30:
        now = Occurrence("phat-ngay", "y", day + timedelta(hours=9), ("thong-diep-1",))
        return [replace(silent(now, Outcome.FAILED, "loa hỏng"), origin=Origin.SAY, ordered_by="Nguyễn Thị Hòa")]
    return []


def live(path: Path, first: datetime = datetime(2027, 5, 1, tzinfo=ZONE), days: int = 31) -> None:
    """Write the history of `days` days from `first`, a midnight, into a new ledger."""
    with Ledger.open(path) as ledger:
        for number in range(days):
            _live_day(ledger, first + timedelta(days=number), SLOTS)


def _live_day(ledger: Ledger, day: datetime, slots: Sequence[Slot]) -> None:
    plan = [slot.on(day) for slot in slots]
    gone = Slot("toi", 20, ("tieu-pham",)).on(day)
    ledger.append([planned_row(each, day) for each in [*plan, gone]])
    again = [] if day.day % 7 else [planned_row(gone, day + timedelta(hours=4))]  # taken out, and put back
    ledger.append([withdrawn_row(gone, in_words("sửa lịch"), day + timedelta(hours=3)), *again])
    plays = [ending(each) for each in [*plan, *([gone] if again else [])]]
    ledger.append([played_row(play, day + timedelta(hours=22)) for play in [*plays, *unplanned(day)] if play])
