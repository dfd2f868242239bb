"""Find what is wrong with a recording, and where, before it airs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.int16]
    Mask = npt.NDArray[np.bool_]
    Span = tuple[int, int]

_LONG_SILENCE = 2.0  # seconds
_FULL_SCALE = 32_766
_LOUD = 8_192  # −12 dBFS: flat tops below it are not clipping
_FLAT_AT_FULL_SCALE, _FLAT_BELOW = 4, 6  # samples in a row on one level; a slow sine of 16 bits has three
_SAME_TROUBLE = 1.0  # seconds: clippings closer together than this are reported as one
_WINDOW = 0.5  # seconds
_AUDIBLE = 100.0  # RMS, −50 dBFS
_DEAD = 0.01  # −40 dB relative to the other channel
_CANCELLED = 0.1
_LAST_MOMENT = 0.005  # seconds: shorter than the shortest fade
_ENDS_LOUD = 1_000.0  # RMS, −30 dBFS
_STEREO = 2


class FlawKind(StrEnum):
    """What a listener would notice."""

    SILENCE = "silence"  # digital: every sample is zero
    CLIPPING = "clipping"
    ONE_SIDED = "one-sided"  # one stereo channel is dead
    OPPOSED = "opposed"  # the stereo channels cancel each other in mono
    TRUNCATED = "truncated"  # the file is shorter than it says
    ABRUPT = "abrupt"  # ends in the middle of sound


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw, from frame `first` on, `frames` long at `rate` frames a second."""

    kind: FlawKind
    first: int
    frames: int
    rate: int

    @property
    def start(self) -> timedelta:
        """Its start in the recording."""
        return timedelta(seconds=self.first / self.rate)

    @property
    def length(self) -> timedelta:
        """Its length; zero for a point in time."""
        return timedelta(seconds=self.frames / self.rate)


def find_flaws(channels: Samples, rate: int, *, cut_off: bool = False) -> tuple[Flaw, ...]:
    """Return the flaws of 16-bit samples, shaped (frames, channels), by time; `cut_off`: the file is incomplete."""
    spans: list[tuple[FlawKind, Span]] = [
        *((FlawKind.SILENCE, span) for span in _silences(channels, rate)),
        *((FlawKind.CLIPPING, span) for span in _clippings(channels, rate)),
        *(_stereo_mistakes(channels, rate) if channels.shape[1] == _STEREO else ()),
    ]
    end = (len(channels), len(channels))
    if cut_off:
        spans.append((FlawKind.TRUNCATED, end))
    elif _ends_loud(channels, rate):
        spans.append((FlawKind.ABRUPT, end))
    flaws = (Flaw(kind, first, last - first, rate) for kind, (first, last) in spans)
    return tuple(sorted(flaws, key=lambda flaw: flaw.first))


def _silences(channels: Samples, rate: int) -> Iterator[Span]:
    return (span for span in _runs((channels == 0).all(axis=1)) if span[1] - span[0] >= _LONG_SILENCE * rate)


def _clippings(channels: Samples, rate: int) -> Iterator[Span]:
    """Yield where the wave has flat tops: at full scale, or at its highest level if the volume was reduced later."""
    ceiling = min(_FULL_SCALE, max(int(channels.max(initial=0)), -int(channels.min(initial=0))))
    if ceiling < _LOUD:
        return iter(())
    flat = _FLAT_AT_FULL_SCALE if ceiling == _FULL_SCALE else _FLAT_BELOW
    tops = [
        span
        for side in range(channels.shape[1])
        for span in _runs((channels[:, side] >= ceiling) | (channels[:, side] <= -ceiling))
        if span[1] - span[0] >= flat
    ]
    return _merge(sorted(tops), round(_SAME_TROUBLE * rate))


def _stereo_mistakes(channels: Samples, rate: int) -> Iterator[tuple[FlawKind, Span]]:
    """Check windows of half a second; yield what is found in at least two seconds of audible sound."""
    import numpy as np

    size = round(_WINDOW * rate)
    windows = channels[: len(channels) // size * size].reshape(-1, size, _STEREO)
    left, right = (_rms(windows[:, :, side]) for side in range(_STEREO))
    middle = _rms(windows.mean(axis=2, dtype=np.float32))
    louder, softer = np.maximum(left, right), np.minimum(left, right)
    heard = louder > _AUDIBLE
    one_sided = heard & (softer < _DEAD * louder)
    opposed = heard & ~one_sided & (middle < _CANCELLED * softer)
    for kind, wrong in ((FlawKind.ONE_SIDED, one_sided), (FlawKind.OPPOSED, opposed)):
        for first, last in _runs(wrong | ~heard):
            where = np.flatnonzero(wrong[first:last])
            if len(where) * _WINDOW >= _LONG_SILENCE:
                yield kind, ((first + int(where[0])) * size, (first + int(where[-1]) + 1) * size)


def _ends_loud(channels: Samples, rate: int) -> bool:
    return bool(_rms(channels[-max(1, round(_LAST_MOMENT * rate)) :].T).max(initial=0) > _ENDS_LOUD)


def _rms(samples: npt.NDArray[np.int16] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the root mean square along the last axis."""
    import numpy as np

    rms: npt.NDArray[np.float32] = np.sqrt(np.square(samples, dtype=np.float32).mean(axis=-1))
    return rms


def _runs(mask: Mask) -> Iterator[Span]:
    """Yield where `mask` is true, as half-open spans."""
    import numpy as np

    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return ((int(first), int(last)) for first, last in edges.reshape(-1, 2))


def _merge(spans: Iterable[Span], gap: int) -> Iterator[Span]:
    """Yield sorted spans, joining those with at most `gap` between them."""
    current: Span | None = None
    for span in spans:
        if current and span[0] - current[1] <= gap:
            current = (current[0], max(current[1], span[1]))
            continue
        if current:
            yield current
        current = span
    if current:
        yield current
