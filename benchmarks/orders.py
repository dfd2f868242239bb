"""How fast the running desk falls silent: `broadcaster stop`'s way, many times over, on a real sound server.

Run: `python benchmarks/orders.py [TIMES]` (50 by default). Needs PulseAudio; starts a server of its own with a
loudspeaker that nobody hears, and a desk in a process of its own, in a folder that is thrown away. Each time an item
sounds, an order is written as the command does, and three spans are taken, all from the instant before it is written:
until the answer is read; until the silence that the answer tells; until the last sound in a recording of it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np
from desk_process import heartbeat, running_desk
from pulse import PulseServer, Recorder
from stations import ZONE, Maker

from broadcaster.models import CLIP_RATE
from broadcaster.office.give_order import give_order
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records.desk_orders import OrderKind
from broadcaster.station.folder import open_station

SPEECH = " ".join(["Tham gia bảo hiểm xã hội là đầu tư cho tương lai."] * 4)
AUDIBLE = 50
EVERY = timedelta(seconds=4)


def make(folder: Path, times: int) -> Maker:
    """Make a station with `times` items, some seconds apart, the first one soon."""
    maker = Maker(folder, SimulatedClock(datetime.now(UTC)))
    maker.settings('[airing]\nlead = "2s"\n[rules]\nhours = ["00:00-24:00"]')
    path = folder / "station.toml"
    text = path.read_text("utf-8").replace('voices = ["silent"]', 'voices = ["espeak:vi"]')
    path.write_text(text.replace('devices = ["silent"]', 'devices = ["default"]'), "utf-8")
    maker.script("dai", SPEECH).render()
    begin = datetime.now(ZONE) + timedelta(seconds=8)
    only = f'from = "{begin:%Y-%m-%d}"\nto = "{begin + EVERY * times:%Y-%m-%d}"'
    hours = " ".join(f"{begin + EVERY * number:%H:%M:%S}" for number in range(times))
    return maker.campaign(maker.slot(hours, "dai", only), dates=only)


def last_sound(recorder: Recorder, before: float) -> float:
    """Return when the last sound until `before` was heard; both in seconds since 1970."""
    zero, samples = recorder.zero(), recorder.samples()
    (loud,) = np.nonzero(np.abs(samples[: round((before - zero) * CLIP_RATE)].astype(int)) > AUDIBLE)
    return zero + (loud[-1] + 1) / CLIP_RATE


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    spans: dict[str, list[float]] = {"answer read": [], "silence told": [], "silence recorded": []}
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "pulse").mkdir(mode=0o700)
        server = PulseServer(Path(scratch) / "pulse")
        os.environ.update(server.env)
        server.start()
        recorder = Recorder(server)
        (Path(scratch) / "station").mkdir()
        maker = make(Path(scratch) / "station", times)
        station = open_station(maker.root)
        with running_desk(maker):
            for _number in range(times):
                while not heartbeat(maker).get("heard_s"):
                    time.sleep(0.01)
                time.sleep(0.3)
                asked = time.time()
                answer = give_order(station, OrderKind.STOP, "Hòa").answer
                read = time.time()
                time.sleep(0.5)
                if answer is None or answer.silent_at is None or not answer.heard_s:
                    print("not confirmed" if answer is None else "nothing sounded")
                    continue
                spans["answer read"].append(read - asked)
                spans["silence told"].append(answer.silent_at.timestamp() - asked)
                spans["silence recorded"].append(last_sound(recorder, time.time()) - asked)
        recorder.stop()
        server.stop()
    print(f"{times} stops; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name, found in spans.items():
        found.sort()
        p50, p99 = statistics.median(found), found[min(len(found) - 1, round(0.99 * len(found)))]
        print(f"{name:>17}: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f}, max {found[-1] * 1000:.0f}")


if __name__ == "__main__":
    main()
