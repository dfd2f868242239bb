"""The station that faults are tried on: its files in several versions, and what each version plans, computed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from broadcaster.office.rendering import render_scripts
from broadcaster.records.approvals import Approval, Decision
from broadcaster.records.ledger import Ledger
from broadcaster.station.folder import open_station

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
YEAR, MONTH = 2027, 5
GRACE = timedelta(minutes=2)
LEAD = timedelta(seconds=5)
QUIET = date(2027, 5, 19)
CLOSES = time(21)
OPENS = time(5)
DEVICES = ("loa-1", "loa-2")

SETTINGS = f"""
[station]
name = "Xã thử lỗi"
language = "en"
[output]
devices = ["loa-1", "loa-2"]
[speech]
voices = ["silent"]
[mix]
chime = "none"
[airing]
grace = "2m"
[rules]
hours = ["05:00-21:00"]
quiet_days = ["{QUIET}"]
[approval]
required = true
"""

PAUSES = {"ngan": "8s", "hai": "5s", "vua": "10s|10s|10s", "dai": "10s|" * 13 + "10s", "bao": "6s"}
"""The scripts, and the silences that make each as long as it is to be."""

EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of the campaign, with one script."""

    id: str
    times: tuple[str, ...]
    script: str
    bulletin_class: str = "normal"
    days: frozenset[int] = EVERY_DAY

    @property
    def text(self) -> str:
        """Its table in the campaign's file."""
        hours = ", ".join(f'"{hour}"' for hour in self.times)
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        days = ", ".join(f'"{names[day - 1]}"' for day in sorted(self.days))
        head = f'[[slot]]\nid = "{self.id}"\nat = [{hours}]\nscripts = ["{self.script}"]\n'
        return f'{head}class = "{self.bulletin_class}"\ndays = [{days}]\n'


_ALWAYS = (
    Slot("dem", ("04:30",), "ngan", days=frozenset({2})),  # before the allowed hours
    Slot("sang", ("05:30", "17:00"), "ngan"),
    Slot("dai", ("06:00",), "dai"),
    Slot("sau-dai", ("06:00:20",), "hai", "priority"),  # would have to wait for longer than the grace
    Slot("bay", ("07:59:30",), "vua"),
    Slot("tam", ("08:00",), "bao", "emergency"),  # cuts the one before
    Slot("trua", ("11:30",), "vua", "priority"),
    Slot("khan", ("17:00:04",), "bao", "emergency", frozenset({1, 4})),
    Slot("toi", ("20:59",), "vua"),  # late by a third of a minute, it would end after the allowed hours
)
_SHORT_WAIT = Slot("trua-hai", ("11:30:15",), "hai")
VERSIONS = (
    (*_ALWAYS, _SHORT_WAIT, Slot("chieu", ("14:00", "14:03", "14:06"), "ngan")),
    (*_ALWAYS, _SHORT_WAIT, Slot("chieu", ("14:00", "14:04", "14:08"), "ngan")),
    (*_ALWAYS, Slot("chieu", ("14:00", "14:03", "14:06"), "ngan"), Slot("them", ("09:15", "19:30"), "hai")),
)
"""What an edit makes of the campaign."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One planned airing."""

    id: str
    start: datetime
    script: str
    bulletin_class: str

    @property
    def is_emergency(self) -> bool:
        return self.bulletin_class == "emergency"

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """What goes first of those that are due."""
        return ("emergency", "priority", "normal").index(self.bulletin_class), self.start, self.id


def planned(version: int, first: date, days: int) -> dict[str, Planned]:
    """Return what a version of the campaign plans for these days of May, by id."""
    found = {}
    for day in (first + timedelta(days=number) for number in range(days)):
        for slot in VERSIONS[version]:
            if day.month == MONTH and day.isoweekday() in slot.days:
                for hour in slot.times:
                    start = datetime.combine(day, time.fromisoformat(hour), ZONE)
                    shown = start.isoformat(timespec="seconds" if start.second else "minutes")
                    id_ = f"thu/{slot.id}@{shown}"
                    found[id_] = Planned(id_, start, slot.script, slot.bulletin_class)
    return found


def campaign_text(version: int) -> str:
    """Return the campaign's file."""
    return 'title = "Thử"\nfrom = "05-01"\nto = "05-31"\n' + "".join(slot.text for slot in VERSIONS[version])


def script_text(name: str) -> str:
    """Return a script's file."""
    pauses = "\n\n".join(f"[nghỉ {length}]" for length in PAUSES[name].split("|"))
    return f'+++\ntitle = "Bài {name}"\nauthor = "Ba"\n+++\nXin chào.\n\n{pauses}\n\nXin hết.\n'


def make_station(root: Path, now: datetime) -> dict[str, float]:
    """Make the station in `root`, with every clip rendered and approved; return each script's length in seconds."""
    for name in ("scripts", "schedules"):
        (root / name).mkdir(parents=True)
    (root / "station.toml").write_text(SETTINGS, "utf-8")
    for name in PAUSES:
        (root / "scripts" / f"{name}.md").write_text(script_text(name), "utf-8")
    (root / "schedules" / "thu.toml").write_text(campaign_text(0), "utf-8")
    station = open_station(root, lambda: now)
    scripts, problems = station.scripts()
    report = render_scripts(station, scripts.values(), "test", "Ba")
    assert not problems
    assert not report.failed
    with station.ledger() as ledger:
        for name in PAUSES:
            decide(ledger, station.scripts()[0][name].digest, name, now, approved=True)
    clips = {name: station.renderer().find(script) for name, script in scripts.items()}
    return {name: clip.length.total_seconds() for name, clip in clips.items() if clip}


def decide(ledger: Ledger, digest: str, script: str, now: datetime, *, approved: bool) -> None:
    """Write a person's decision about a text."""
    decision = Decision.APPROVED if approved else Decision.REVOKED
    ledger.append([Approval(script, digest, f"Bài {script}", decision).entry("Lan", now)])
