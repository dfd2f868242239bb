"""A person's reading as the microphone brought it: where the voice begins and ends, and what is wrong with it.

Levels are dBFS: 0 is full scale. Everything is measured block by block, so that memory does not grow with the length.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.models import CLIP_RATE
from broadcaster.speech.voices.recording_faults import FlawFinder, FlawKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.int16]
    Levels = npt.NDArray[np.float64]

FRAME = CLIP_RATE // 50
"""Samples of one measured level: 20 ms."""

MARGINS = (CLIP_RATE // 5, 3 * CLIP_RATE // 10)
"""Samples that stay before and after the voice: breath, and the end of the last word."""

_SHORTEST = 5  # frames: a key that is pressed, a chair, are shorter than a word
_NOTHING = -60.0  # dBFS: no voice at all
_QUIET = -42.0  # dBFS
_NOISY = 20.0  # dB between voice and noise
_SOUNDS_NARROW = -50.0  # dB of what lies above 4.5 kHz, relative to the voice
_VOICE_HZ, _ABOVE_HZ = (300, 3400), (4500, 8000)
_HOLES = 0.25  # seconds
_SHORT, _LONG = 0.6, 1.7  # of the length that a reading of this text may be expected to have
_FULL_SCALE = 32_768.0
_LOWEST = 1e-6  # of full scale: digital silence


class TakeFaultKind(StrEnum):
    """What is wrong with a take. The comment names its facts."""

    CLIPPING = "clipping"  # seconds: how much of it is distorted
    NOISY = "noisy"  # noise, voice: dBFS
    QUIET = "quiet"  # voice: dBFS
    NARROW = "narrow"  # as through a telephone
    HOLES = "holes"  # seconds that are missing
    NO_START = "no start"  # the voice was there before the recording began
    NO_END = "no end"  # the voice was there when it ended
    SHORT = "short"  # seconds, expected
    LONG = "long"  # seconds, expected


@dataclass(frozen=True, slots=True)
class TakeFault:
    """One thing that is wrong with a take: its kind, and the facts by name."""

    kind: TakeFaultKind
    facts: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, kind: str, **facts: float) -> TakeFault:
        """Return a fault with these facts; raise ValueError for a kind that there is not."""
        return cls(TakeFaultKind(kind), tuple((name, round(value, 1)) for name, value in facts.items()))


@dataclass(frozen=True, slots=True)
class TakeMeasures:
    """What was measured: the voice from sample `first` up to `last`, levels, and what is wrong."""

    first: int
    last: int
    voice: float
    noise: float
    faults: tuple[TakeFault, ...]

    @property
    def seconds(self) -> float:
        """How long the take is, without the silence around it."""
        return (self.last - self.first) / CLIP_RATE

    @property
    def is_silent(self) -> bool:
        """Whether nobody is heard in it."""
        return self.first == self.last


def measure(blocks: Iterable[Samples], *, missing: float = 0.0, expected: float = 0.0) -> TakeMeasures:
    """Return what there is in mono samples at `CLIP_RATE`.

    `missing`: seconds that were not taken in. `expected`: about how long the text takes to read; 0 where nobody knows.
    """
    meter = _Meter()
    for block in blocks:
        meter.add(block)
    levels = meter.levels()
    noise, voice = _noise_and_voice(levels)
    spans = _spans(levels, noise, voice) if voice > _NOTHING else []
    if not spans:
        return TakeMeasures(0, 0, voice, noise, ())
    start, end = spans[0][0] * FRAME, spans[-1][1] * FRAME
    first, last = max(0, start - MARGINS[0]), min(meter.samples, end + MARGINS[1])
    faults = [*_level_faults(noise, voice), *meter.faults(voice, levels, spans)]
    if missing > _HOLES:
        faults.append(TakeFault.of("holes", seconds=missing))
    if start == 0:
        faults.append(TakeFault.of("no start"))
    if end >= meter.samples - FRAME:
        faults.append(TakeFault.of("no end"))
    faults += _length_faults((end - start) / CLIP_RATE, expected)
    return TakeMeasures(first, last, round(voice, 1), round(noise, 1), tuple(faults))


def _noise_and_voice(levels: Levels) -> tuple[float, float]:
    """Return the level of the quietest tenth, and that of the loudest tenth."""
    import numpy as np

    if not len(levels):
        return -120.0, -120.0
    low, high = np.percentile(levels, [10, 90])
    return float(low), float(high)


def _spans(levels: Levels, noise: float, voice: float) -> list[tuple[int, int]]:
    """Return where there is more than noise, for longer than a knock, in frames."""
    import numpy as np

    threshold = max(_NOTHING, noise + max(6.0, 0.35 * (voice - noise)))
    loud = levels > (threshold if voice - noise > 6.0 else _NOTHING)  # a note, or noise alone: no pause to compare with
    edges = np.flatnonzero(np.diff(loud.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    return [(int(first), int(last)) for first, last in edges if last - first >= _SHORTEST]


def _level_faults(noise: float, voice: float) -> list[TakeFault]:
    found = []
    if voice - noise < _NOISY:
        found.append(TakeFault.of("noisy", noise=noise, voice=voice))
    if voice < _QUIET:
        found.append(TakeFault.of("quiet", voice=voice))
    return found


def _length_faults(seconds: float, expected: float) -> list[TakeFault]:
    if not expected or _SHORT <= seconds / expected <= _LONG:
        return []
    kind = TakeFaultKind.SHORT if seconds < expected else TakeFaultKind.LONG
    return [TakeFault.of(kind, seconds=seconds, expected=expected)]


class _Meter:
    """The levels, the spectrum and the flaws of what passes by."""

    def __init__(self) -> None:
        import numpy as np

        self.samples = 0
        self._rest = np.zeros(0, np.int16)
        self._levels: list[Levels] = []
        self._bands: list[npt.NDArray[np.float64]] = []  # power of each frame in the voice's band, and above it
        self._flaws = FlawFinder(CLIP_RATE, 1)

    def add(self, block: Samples) -> None:
        """Look at the next samples."""
        import numpy as np

        self.samples += len(block)
        self._flaws.add(block.reshape(-1, 1))
        joined = np.concatenate([self._rest, block])
        count = len(joined) // FRAME
        self._rest = joined[count * FRAME :].copy()
        frames = joined[: count * FRAME].reshape(-1, FRAME).astype(np.float64) / _FULL_SCALE
        if not count:
            return
        rms = np.sqrt(np.mean(np.square(frames), axis=1))
        self._levels.append(20 * np.log10(np.maximum(rms, _LOWEST)))
        powers = np.square(np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)))
        hertz = np.fft.rfftfreq(FRAME, 1 / CLIP_RATE)
        bands = [powers[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in (_VOICE_HZ, _ABOVE_HZ)]
        self._bands.append(np.stack(bands, axis=1))

    def levels(self) -> Levels:
        """Return the level of each frame."""
        import numpy as np

        return np.concatenate([np.zeros(0), *self._levels])

    def faults(self, voice: float, levels: Levels, spans: list[tuple[int, int]]) -> list[TakeFault]:
        """Return what is wrong with the sound itself where the voice is."""
        import numpy as np

        flaws = [flaw for flaw in self._flaws.flaws() if flaw.kind is FlawKind.CLIPPING]
        distorted = sum(flaw.length.total_seconds() for flaw in flaws)
        found = [TakeFault.of("clipping", seconds=max(distorted, 0.1))] if flaws else []
        speaking = np.zeros(len(levels), np.bool_)
        for first, last in spans:
            speaking[first:last] = True
        low, above = np.concatenate(self._bands)[speaking].sum(axis=0)
        if voice > _QUIET and low > 0 and 10 * np.log10(max(above, 1e-20) / low) < _SOUNDS_NARROW:
            found.append(TakeFault.of("narrow"))
        return found
