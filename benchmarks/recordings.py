"""Measure the rendering of recordings: memory must not grow with their length, and no file may harm another script.

    python benchmarks/recordings.py [--minutes 10,60,180] [--files FOLDER]

Each length is rendered as an MP3 of 64 kbit/s (the frames of a short one, repeated) and as a WAV. `--files`: a folder
of sounds that crash, stop or fill decoders; each is rendered together with a good script. Whole processes are measured,
as in render.py: Linux only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
from render import Run, make_station, measure

from broadcaster.speech.decode.container import after_id3

RATE = 44_100
STAND_IN = Path(__file__).resolve().parents[1] / "tests" / "stand_ins" / "tone.mp3"


def mp3(path: Path, minutes: float) -> None:
    """Write an MP3 of that length: the frames of a tone of one and a half seconds, again and again."""
    with STAND_IN.open("rb") as file:
        start = after_id3(file)
        file.seek(start)
        data = file.read()
    frames = data[data.index(data[:2], 4) :]
    with path.open("wb") as out:
        for _time in range(round(minutes * 60 / 1.55)):
            out.write(frames)


def wav(path: Path, minutes: float) -> None:
    """Write a stereo WAV of that length: noise that swells like words."""
    rng = np.random.default_rng(1)
    swell = np.clip(np.sin(2 * np.pi * np.arange(10 * RATE) / RATE), 0, 1)
    block = (rng.normal(0, 3000, (2, 10 * RATE)) * swell).T.astype("<i2").tobytes()
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        for _time in range(round(minutes * 6)):
            out.writeframes(block)


def script(station: Path, name: str, sound: str) -> None:
    (station / "scripts" / f"{name}.md").write_text(
        f'+++\ntitle = "{name}"\nrecording = "{sound}"\n+++\nLời.\n', "utf-8"
    )


def render(station: Path, *, may_fail: bool = False) -> Run:
    return measure(
        [sys.executable, "-m", "broadcaster", "--station", str(station), "script", "render"], may_fail=may_fail
    )


def lengths(folder: Path, minutes: list[float]) -> None:
    print(f"{'recording':<24}{'seconds':>10}{'MB at most':>12}{'times as fast':>15}")
    for kind, make in (("mp3", mp3), ("wav", wav)):
        for length in minutes:
            station = make_station(folder / f"{kind}-{length:g}")
            make(station / "scripts" / f"dai.{kind}", length)
            script(station, "dai", f"dai.{kind}")
            run = render(station)
            print(f"{f'{length:g} min {kind}':<24}{run.wall:>10.1f}{run.peak:>12.0f}{length * 60 / run.wall:>15.0f}")
            for path in [*(station / "audio").iterdir(), *(station / "scripts").glob("dai.*")]:
                path.unlink()


def harmful(folder: Path, files: Path) -> None:
    print(f"\n{'harmful file':<24}{'seconds':>10}{'MB at most':>12}   the good script beside it")
    for path in sorted([*files.glob("*.ogg"), *files.glob("*.mp3")]):
        station = make_station(folder / f"harm-{path.name}")
        (station / "scripts" / path.name).write_bytes(path.read_bytes())
        script(station, "hai", path.name)
        wav(station / "scripts" / "tot.wav", 1)
        script(station, "tot", "tot.wav")
        run = render(station, may_fail=True)
        there = any((station / "audio").glob("tot-*.wav"))
        print(f"{path.name:<24}{run.wall:>10.1f}{run.peak:>12.0f}   {'rendered' if there else 'LOST'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", default="10,60,180")
    parser.add_argument("--files", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        lengths(Path(name), [float(part) for part in options.minutes.split(",")])
        if options.files:
            harmful(Path(name), options.files)


if __name__ == "__main__":
    main()
