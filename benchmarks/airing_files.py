"""Count the files of the program that really run for one airing, from the cue to the outcome's row.

    uv run python benchmarks/airing_files.py

A made station with one slot is aired by the desk in simulated time, and every function that is called between the cue
and the row `played` is noted with its file. The loudspeaker's side (`playout/sound/`: device, process, feed) runs in a
process of its own and is counted from its imports. Reading files, rendering and the daemon's other duties are not part
of an airing.
"""

from __future__ import annotations

import ast
import sys
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import broadcaster
from broadcaster.office.rendering import render_scripts
from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound.make_output import make_output
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content
from broadcaster.station.folder import Station, open_station

if TYPE_CHECKING:
    from types import FrameType

PACKAGE = Path(broadcaster.__file__).parent
START = datetime(2027, 5, 3, 5, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
STATION = '[output]\ndevices = ["silent"]\n[speech]\nvoices = ["silent"]\n[mix]\nchime = "none"\n'
CAMPAIGN = 'title = "Thử"\nfrom = "05-01"\nto = "05-31"\n[[slot]]\nid = "sang"\nat = ["05:30"]\nscripts = ["bai"]\n'


def main() -> None:
    """Print the files, the desk's side and the device's."""
    desk_side = in_one_airing()
    device_side = reachable("playout/sound/device_process.py") | reachable("children/process.py")
    device_side |= {"playout/sound/device.py", "children/run_child.py"}
    for name in sorted(desk_side):
        print(f"desk    {name}")
    for name in sorted(device_side - desk_side):
        print(f"device  {name}")
    print(f"{len(desk_side)} files on the desk's side, {len(desk_side | device_side)} with the device's")


def in_one_airing() -> set[str]:
    """Return the files whose functions run while the desk airs one occurrence."""
    with tempfile.TemporaryDirectory() as folder:
        clock = SimulatedClock(START - timedelta(seconds=10))
        station = made_station(Path(folder), clock)
        with closing(Ledger.open(station.ledger_path)) as ledger:
            desk = Desk(station, ledger, read_content(station), lambda name: output(name, station), lambda _ids: None)
            desk.begin()
            return noted(desk, clock, ledger)


def noted(desk: Desk, clock: SimulatedClock, ledger: Ledger) -> set[str]:
    found: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name != "<module>" and code.co_filename.startswith(str(PACKAGE)):
            found.add(str(Path(code.co_filename).relative_to(PACKAGE)))

    sys.setprofile(note)
    try:
        while not list(ledger.rows([Kind.PLAYED])):
            clock.now += timedelta(milliseconds=500)
            desk.tick()
    finally:
        sys.setprofile(None)
    return found - {"playout/rehearsal.py"}  # the clock of this measurement


def made_station(folder: Path, clock: SimulatedClock) -> Station:
    (folder / "station.toml").write_text(STATION, "utf-8")
    for name, text in (("scripts/bai.md", '+++\ntitle = "Bài"\n+++\nXin chào.\n'), ("schedules/thu.toml", CAMPAIGN)):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, "utf-8")
    station = open_station(folder, clock)
    if render_scripts(station, station.scripts()[0].values(), "benchmark").failed:
        raise SystemExit("the sample's clip was not made")
    return station


def output(name: str, station: Station) -> object:
    return make_output(name, clock=station.now, folder=station.root / "aired")


def reachable(first: str) -> set[str]:
    """Return the files of the program that `first` imports at its top, and those that these import."""
    found, left = set(), [first]
    while left:
        name = left.pop()
        if name in found or not (PACKAGE / name).is_file():
            continue
        found.add(name)
        for node in ast.parse((PACKAGE / name).read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("broadcaster."):
                parts = (node.module or "").split(".")[1:]
                left += ["/".join(parts) + ".py", *("/".join([*parts, alias.name]) + ".py" for alias in node.names)]
    return found


if __name__ == "__main__":
    main()
