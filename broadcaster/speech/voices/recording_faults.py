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
    finder = FlawFinder(rate, channels.shape[1])
    finder.add(channels)
    return finder.flaws(cut_off=cut_off)


class FlawFinder:
    """Finds flaws block by block; what it keeps of a block does not grow with the recording."""

    def __init__(self, rate: int, channels: int) -> None:
        import numpy as np

        self._rate = rate
        self.frames = 0
        self._silence = _Silence(rate)
        self._clipping = _Clipping(rate)
        self._stereo = _StereoMistakes(rate) if channels == _STEREO else None
        self._last_moment = np.zeros((0, channels), np.int16)
        self._energy = np.zeros(channels)

    def add(self, block: Samples) -> None:
        """Look at the next samples, shaped (frames, channels)."""
        import numpy as np

        self._silence.add(block, self.frames)
        self._clipping.add(block, self.frames)
        if self._stereo:
            self._stereo.add(block)
        self._energy += np.square(block, dtype=np.float32).sum(axis=0, dtype=np.float64)
        moment = max(1, round(_LAST_MOMENT * self._rate))
        self._last_moment = np.concatenate([self._last_moment, block[-moment:]])[-moment:]
        self.frames += len(block)

    def flaws(self, *, cut_off: bool = False) -> tuple[Flaw, ...]:
        """Return the flaws of all that was added, by time."""
        spans: list[tuple[FlawKind, Span]] = [
            *((FlawKind.SILENCE, span) for span in self._silence.spans()),
            *((FlawKind.CLIPPING, span) for span in self._clipping.spans()),
            *(self._stereo.spans() if self._stereo else ()),
        ]
        end = (self.frames, self.frames)
        if cut_off:
            spans.append((FlawKind.TRUNCATED, end))
        elif _rms(self._last_moment.T).max(initial=0) > _ENDS_LOUD:
            spans.append((FlawKind.ABRUPT, end))
        flaws = (Flaw(kind, first, last - first, self._rate) for kind, (first, last) in spans)
        return tuple(sorted(flaws, key=lambda flaw: flaw.first))

    @property
    def louder_channel(self) -> int:
        """The channel with the most energy so far."""
        return int(self._energy.argmax())


class _Silence:
    """Spans in which every sample is zero."""

    def __init__(self, rate: int) -> None:
        self._shortest = round(_LONG_SILENCE * rate)
        self._found: list[Span] = []
        self._open: Span | None = None  # it touches the end of what was added

    def add(self, block: Samples, first: int) -> None:
        edges = _edges((block == 0).all(axis=1))
        matter = (edges[:, 1] - edges[:, 0] >= self._shortest) | (edges[:, 0] == 0) | (edges[:, 1] == len(block))
        for start, end in edges[matter] + first:
            if self._open is not None and self._open[1] == start:
                self._open = (self._open[0], int(end))
            else:
                self._close()
                self._open = (int(start), int(end))

    def _close(self) -> None:
        if self._open is not None and self._open[1] - self._open[0] >= self._shortest:
            self._found.append(self._open)
        self._open = None

    def spans(self) -> list[Span]:
        self._close()
        return self._found


class _Clipping:
    """Spans where the wave has flat tops: at full scale, or at its highest level if the volume was reduced later.

    The highest level is known in the end only. What was found at a lower level is forgotten when a higher one comes.
    """

    def __init__(self, rate: int) -> None:
        self._gap = round(_SAME_TROUBLE * rate)
        self._ceiling = _LOUD
        self._found: list[Span] = []
        self._before: Samples | None = None  # the last samples, for flat tops across two blocks

    def add(self, block: Samples, first: int) -> None:
        import numpy as np

        wide = block if self._before is None else np.concatenate([self._before, block])
        start = first + len(block) - len(wide)
        self._before = wide[-(_FLAT_BELOW - 1) :].copy()
        top = min(_FULL_SCALE, max(int(wide.max(initial=0)), -int(wide.min(initial=0))))
        if top > self._ceiling:
            self._ceiling, self._found = top, []
        if top == self._ceiling:
            tops = [(a + start, b + start) for a, b in _flat_tops(wide, top)]
            self._found = list(_merge(sorted([*self._found, *tops]), self._gap))

    def spans(self) -> list[Span]:
        return self._found


def _flat_tops(channels: Samples, ceiling: int) -> Iterator[Span]:
    flat = _FLAT_AT_FULL_SCALE if ceiling == _FULL_SCALE else _FLAT_BELOW
    for side in range(channels.shape[1]):
        edges = _edges((channels[:, side] >= ceiling) | (channels[:, side] <= -ceiling))
        yield from ((int(first), int(last)) for first, last in edges[edges[:, 1] - edges[:, 0] >= flat])


class _StereoMistakes:
    """Windows of half a second in which a channel is dead, or the channels cancel each other."""

    def __init__(self, rate: int) -> None:
        import numpy as np

        self._size = max(1, round(_WINDOW * rate))
        self._rest = np.zeros((0, _STEREO), np.int16)
        self._heard: list[Mask] = []
        self._one_sided: list[Mask] = []
        self._opposed: list[Mask] = []

    def add(self, block: Samples) -> None:
        import numpy as np

        samples = np.concatenate([self._rest, block])
        count = len(samples) // self._size
        self._rest = samples[count * self._size :].copy()
        windows = samples[: count * self._size].reshape(-1, self._size, _STEREO)
        left, right = (_rms(windows[:, :, side]) for side in range(_STEREO))
        middle = _rms(windows.mean(axis=2, dtype=np.float32))
        louder, softer = np.maximum(left, right), np.minimum(left, right)
        heard = louder > _AUDIBLE
        one_sided = heard & (softer < _DEAD * louder)
        self._heard.append(heard)
        self._one_sided.append(one_sided)
        self._opposed.append(heard & ~one_sided & (middle < _CANCELLED * softer))

    def spans(self) -> Iterator[tuple[FlawKind, Span]]:
        """Yield what is found in at least two seconds of audible sound."""
        import numpy as np

        heard = np.concatenate([np.zeros(0, np.bool_), *self._heard])
        for kind, masks in ((FlawKind.ONE_SIDED, self._one_sided), (FlawKind.OPPOSED, self._opposed)):
            wrong = np.concatenate([np.zeros(0, np.bool_), *masks])
            for first, last in _edges(wrong | ~heard):
                where = np.flatnonzero(wrong[first:last])
                if len(where) * _WINDOW >= _LONG_SILENCE:
                    start, end = int(first + where[0]), int(first + where[-1]) + 1
                    yield kind, (start * self._size, end * self._size)


def _rms(samples: npt.NDArray[np.int16] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the root mean square along the last axis."""
    import numpy as np

    rms: npt.NDArray[np.float32] = np.sqrt(np.square(samples, dtype=np.float32).mean(axis=-1))
    return rms


def _edges(mask: Mask) -> npt.NDArray[np.intp]:
    """Return where `mask` is true, as half-open spans, shaped (spans, 2)."""
    import numpy as np

    return np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)


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
