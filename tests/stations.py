"""Small real stations for tests: silent voices, so that rendering takes no time and lengths are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from broadcaster.office.rendering import render_scripts
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.settings import Settings
from broadcaster.station.content import Content
from broadcaster.station.folder import Station, open_station

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

SETTINGS = """
[station]
name = "Xã thử nghiệm"
[output]
devices = ["silent"]
[speech]
voices = ["silent"]
[mix]
chime = "none"
"""

NOTHING_IN_FORCE = Content(Settings(), {}, {})
"""No script, no campaign, every setting as it is by default."""


def at(text: str) -> datetime:
    """Return an instant of the test station: "2027-05-03 05:30" or with seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass
class Maker:
    """Writes the files of one station."""

    root: Path
    clock: SimulatedClock

    def settings(self, text: str = "") -> Maker:
        (self.root / "station.toml").write_text(SETTINGS + text, "utf-8")
        return self

    def script(self, name: str, text: str = "Tham gia bảo hiểm xã hội.", matter: str = "") -> Maker:
        folder = self.root / "scripts"
        folder.mkdir(exist_ok=True)
        content = f'+++\ntitle = "Bài {name}"\nsource = "1192/BHXH-TT"\n{matter}\n+++\n{text}\n'
        (folder / f"{name}.md").write_text(content, "utf-8")
        return self

    def campaign(self, slots: str, name: str = "thu", dates: str = 'from = "05-01"\nto = "05-31"') -> Maker:
        folder = self.root / "schedules"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.toml").write_text(f'title = "Thử"\nsource = "1192/BHXH-TT"\n{dates}\n{slots}', "utf-8")
        return self

    def slot(self, times: str, scripts: str = "bai-1", more: str = "", id_: str = "sang") -> str:
        names = ", ".join(f'"{name}"' for name in scripts.split())
        hours = ", ".join(f'"{hour}"' for hour in times.split())
        return f'[[slot]]\nid = "{id_}"\nat = [{hours}]\nscripts = [{names}]\n{more}\n'

    def open(self) -> Station:
        return open_station(self.root, self.clock)

    def render(self) -> Station:
        station = self.open()
        scripts, problems = station.scripts()
        assert not problems
        assert not render_scripts(station, scripts.values(), "test", "Lan").failed
        return station

    def lose_clip(self, script: str) -> None:
        """Take a rendered clip away; `render` makes it again."""
        for path in (self.root / "audio").glob(f"{script}-*"):
            path.unlink()
