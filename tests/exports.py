"""A station that is exported for an auditor: a small history, and a name in it that is a formula."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from histories import LETTER
from ledgers import HANOI, START, small_ledger

from broadcaster.models import BulletinClass, Occurrence, Outcome
from broadcaster.playout.rows import cued_row, played_row
from broadcaster.records.activities import Activity, ActivityKind
from broadcaster.records.approvals import Approval, Decision, change_entry
from broadcaster.records.export import Exported, export
from broadcaster.records.frozen_plan import Month, frozen_entry
from broadcaster.records.keys import signing_key
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import Origin, Play

NOW = START + timedelta(days=30)
STATION = "Đài truyền thanh xã Tân Phú"
JUNE = Month.of(date(2027, 6, 1), HANOI)
IN_JUNE = Occurrence("thang-6", "sang", datetime(2027, 6, 1, 5, 30, tzinfo=HANOI), ("thong-diep-1",), source=LETTER)
TEXT = Approval("thong-diep-1", "0" * 64, "Thông điệp 1", Decision.APPROVED)

FLAGS = Activity(START.date(), ActivityKind.BANNER, 3, "=3 băng rôn", place="Trục chính")

OLD_PLAN, OLD_TEXT = "lịch cũ", "bài cũ"
OLD_PLAN_SHA256 = sha256(OLD_PLAN.encode()).hexdigest()
OLD_TEXT_SHA256 = sha256(OLD_TEXT.encode()).hexdigest()
PLAN_SHA256, TEXT_SHA256 = sha256("lịch".encode()).hexdigest(), sha256("bài".encode()).hexdigest()
CHANGE = {
    "changed": ["schedules/thang-5", "scripts/bai-1"],
    "problems": [],
    "files": [{"file": "thang-5.toml", "before": OLD_PLAN_SHA256, "after": PLAN_SHA256}],
    "scripts": {"bai-2": ""},
    "how": "command",
    "summary": "thang-5/sang: 05:30",
}
STATION_FILES = {
    "scripts/bai-1.md": "bài",
    "schedules/thang-5.toml": "lịch",
    f"schedules/.history/thang-5/{OLD_PLAN_SHA256}.toml": OLD_PLAN,
    f"schedules/.history/thang-5/{PLAN_SHA256}.toml": "lịch",
    f"scripts/.history/bai-1/{OLD_TEXT_SHA256}.md": OLD_TEXT,
    f"scripts/.history/bai-1/{TEXT_SHA256}.md": "bài",
    "state/broadcaster.log": "máy chạy",
    "state/heartbeat.json": "{}",
    "audio/bai-1-abc.wav": "tiếng",
    "station.toml": f'[station]\nname = "{STATION}"\n',
}


def station_to_export(tmp_path: Path) -> Path:
    """Make a station's folder with a history, in which somebody has a formula for a name."""
    root = tmp_path / "station"
    root.mkdir()
    small_ledger(root / "broadcaster.db")
    with Ledger.open(root / "broadcaster.db") as ledger:
        at = START + timedelta(days=11, hours=2)
        ledger.append([Entry(Kind.ORDER, "=1+1", at, None, {"order": "stop", "reason": "@SUM(A1)"})])
        ledger.append([TEXT.entry("Nguyễn Thị Lan", at), replace(TEXT, decision=Decision.REVOKED).entry("Hòa", at)])
        play = Play("t/a@2027-05-12T07:30+07:00", "t", "a", BulletinClass.NORMAL, (), at, Outcome.AIRED, started=at)
        said = replace(play, device="USB", origin=Origin.SAY, heard_s=1.5)
        ledger.append(
            [
                Entry(Kind.SCHEDULE_CHANGED, "Hòa", at, None, CHANGE),
                change_entry("bai-1", "Bài 1", "c" * 64, "edit", "Lan", at, before=OLD_TEXT_SHA256, after=TEXT_SHA256),
                Entry(Kind.CLIP_MADE, "Hòa", at, None, {"script": "bai-1", "sha256": "ab" * 32, "seconds": 31.5}),
                Entry(Kind.DAEMON_STARTED, "daemon", at, None, {"version": "0.1.0", "devices": ["USB"]}),
                FLAGS.entry(1, "Hòa", at),
                Entry(Kind.CLOCK_STEP, "daemon", at, None, {"seconds": 3600.5}),
                cued_row(said, at),
                played_row(said, at),
                frozen_entry(JUNE, [IN_JUNE], {}, signing_key(root / "keys", STATION), "Hòa", at),
            ]
        )
    for name, text in STATION_FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def exported(root: Path, target: Path) -> Exported:
    return export(root, root / "broadcaster.db", STATION, NOW, target)
