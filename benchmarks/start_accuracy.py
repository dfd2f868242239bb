"""How exactly the first sample leaves the loudspeaker when it was planned to.

    python benchmarks/start_accuracy.py [--starts 60] [--reopen 10] [--load] | --idle-cost

Plays short clips at planned instants through `DeviceOutput` on a PulseAudio server of its own with a null sink,
records the sink's monitor, and holds what was heard against the plan. `--reopen N` opens the device anew after every
N starts (the desk does so at every cue: 1). `--load` runs six CPU hogs, one that sweeps memory and one that syncs to
disk beside it. Needs pulseaudio and pulseaudio-utils.

Where zero is: the null sink renders a block (10 ms, the recorder asks for that) at a time, and a sample of it may be
said to be heard anywhere within the block. The recording's first arrival is that of a block's last sample, so 0 here
is the middle of the block: half a block after the first arrival; it is known to ±5 ms. Spreads do not depend on it.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from pulse import PulseServer, Recorder
from sounds import noise, write_wav

from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.device import DeviceOutput
from broadcaster.playout.sound.output import Progress, Segment, State

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIP_SECONDS = 0.3
AHEAD_SECONDS = 0.6
SETTLE_SECONDS = 1.0  # the desk opens five seconds ahead
BLOCK_MS = 10


def now() -> datetime:
    return datetime.now(UTC)


def spin() -> None:
    while True:
        sum(range(100_000))


def sweep_memory() -> None:
    while True:
        np.ones(20_000_000).sum()


def sync_disk() -> None:
    with tempfile.TemporaryFile() as file:
        while True:
            file.seek(0)
            file.write(os.urandom(20_000_000))
            os.fsync(file.fileno())


@contextlib.contextmanager
def load(*, wanted: bool) -> Iterator[None]:
    hogs = [spin] * 6 + [sweep_memory, sync_disk] if wanted else []
    processes = [multiprocessing.Process(target=hog, daemon=True) for hog in hogs]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


def play(output: DeviceOutput, segment: Segment, plan: datetime) -> Progress:
    output.play([segment], plan)
    while (progress := output.progress()).state not in (State.ENDED, State.LOST):
        time.sleep(0.02)
    return progress


def measure(folder: Path, starts: int, reopen: int, *, loaded: bool) -> None:
    server = PulseServer(folder)
    os.environ.update(server.env)
    server.start()
    clip = noise(CLIP_SECONDS)
    segment = Segment(write_wav(folder / "clip.wav", clip), len(clip))
    recorder = Recorder(server, BLOCK_MS)
    output = DeviceOutput("default", now)
    plans, said = [], []
    with load(wanted=loaded):
        for number in range(starts):
            if number % reopen == 0:
                output.open()
                time.sleep(SETTLE_SECONDS)
            # uneven, so that plans fall on every phase of the sink's rhythm
            plans.append(now() + timedelta(seconds=AHEAD_SECONDS + 0.037 * (number % 7)))
            said.append(play(output, segment, plans[-1]))
        output.close()
        time.sleep(0.3)
    recorder.stop()
    server.stop()
    report(recorder, clip, plans, said)


def report(recorder: Recorder, clip: np.ndarray, plans: list[datetime], said: list[Progress]) -> None:
    heard = recorder.samples()
    zero = recorder.zero() + BLOCK_MS / 2000
    before = np.concatenate([[0], heard[:-1]])
    begins = np.flatnonzero((heard == clip[0]) & (before == 0))
    whole = sum(np.array_equal(heard[begin : begin + len(clip)], clip) for begin in begins)
    offsets = [begins + CLIP_RATE * (zero - plan.timestamp()) for plan in plans]
    errors = np.array([each[np.argmin(np.abs(each))] for each in offsets]) / CLIP_RATE * 1000
    middle = np.median(errors)
    ended = sum(progress.state is State.ENDED for progress in said)
    print(f"{len(plans)} starts, {whole} whole, {ended} reported as ended")
    for name, values in (("first sample - plan", errors), ("the same, about its median", errors - middle)):
        size = np.abs(values)
        print(
            f"{name:>28}, ms: p50 {np.median(values):6.2f}   |p99| {np.percentile(size, 99):5.2f}   "
            f"|max| {size.max():5.2f}   spread {np.ptp(values):5.2f}"
        )


def idle_cost(folder: Path, seconds: int = 10) -> None:
    """Print what an open stream that feeds silence costs."""
    server = PulseServer(folder)
    os.environ.update(server.env)
    server.start()
    output = DeviceOutput("default", now)
    output.open()
    child = output_process()
    ticks = os.sysconf("SC_CLK_TCK")
    before, own = cpu(child), time.process_time()
    time.sleep(seconds)
    parent_share, child_share = (time.process_time() - own) / seconds, (cpu(child) - before) / ticks / seconds
    pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
    print(f"idle: child {child_share:.2%} CPU, {pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB; ", end="")
    print(
        f"parent {parent_share:.2%} CPU, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB with numpy"
    )
    output.close()
    server.stop()


def output_process() -> int:
    """Return the process that holds the device: the one child of ours that is not the server."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return next(
        int(child) for child in children if b"sound.device_process" in Path(f"/proc/{child}/cmdline").read_bytes()
    )


def cpu(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=60)
    parser.add_argument("--reopen", type=int, default=10)
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--idle-cost", action="store_true", help="measure an open, silent stream instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.idle_cost:
            idle_cost(Path(folder))
        else:
            measure(Path(folder), options.starts, options.reopen, loaded=options.load)


if __name__ == "__main__":
    main()
