"""Sound on disk while a clip is made of it, so that memory does not grow with the length of a programme."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from broadcaster.errors import RenderError
from broadcaster.files import make_folder
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE
from broadcaster.speech.size_limits import FREE_DISK
from broadcaster.speech.sound.loudness import PowerMeter
from broadcaster.speech.sound.samples import CHUNK, floats_of, integers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    import numpy.typing as npt

    from broadcaster.speech.sound.filters import Samples
    from broadcaster.speech.sound.loudness import Levels

_GB = 1_000_000_000


class Spool:
    """A temporary file of numbers of one type, in `folder`; gone when it is closed. Raises OSError where disks do.

    Not in the system's folder for temporary files, which may be in memory.
    """

    def __init__(self, folder: Path, dtype: npt.DTypeLike) -> None:
        import numpy as np

        make_folder(folder)
        self._dtype = np.dtype(dtype)
        self._folder = folder
        self._length = 0
        # It has no name, or is removed with its last handle (Windows): nothing is left behind, however we end.
        self._file = tempfile.TemporaryFile(dir=folder, prefix=".sound.", suffix=".tmp", buffering=0)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._length

    def append(self, values: npt.NDArray[np.generic]) -> None:
        """Write values at the end; raise RenderError if that would fill the disk."""
        free = shutil.disk_usage(self._folder).free - values.nbytes
        if free < FREE_DISK:
            text = _("the disk is too full to make the clip: {free:.1f} GB are free, and {kept:.1f} GB must stay so")
            raise RenderError(text.format(free=max(0, free) / _GB, kept=FREE_DISK / _GB))
        self._file.seek(self._length * self._dtype.itemsize)
        left = memoryview(values.astype(self._dtype, copy=False).tobytes())
        self._length += len(values)
        while left:
            left = left[self._file.write(left) :]

    def read(self, first: int, last: int) -> npt.NDArray[Any]:
        """Return the values from number `first` up to `last`, or to the end."""
        import numpy as np

        size = self._dtype.itemsize
        self._file.seek(first * size)
        wanted = max(0, min(last, self._length) - first) * size
        data = bytearray()
        while len(data) < wanted and (part := self._file.read(wanted - len(data))):
            data += part
        return np.frombuffer(data, self._dtype)


@dataclass(frozen=True, slots=True)
class SpooledSound:
    """Mono sound at `CLIP_RATE` in a spool, and its levels: K-weighted powers (see `PowerMeter`), highest sample."""

    spool: Spool
    first: int
    frames: int
    powers: Levels
    peak: float

    def read(self, first: int, last: int) -> Samples:
        """Return its samples from `first` up to `last`, or to its end, full scale 1.0."""
        return floats_of(self.spool.read(self.first + first, self.first + min(last, self.frames)))

    def blocks(self) -> Iterator[Samples]:
        """Yield all of its samples."""
        return (self.read(first, first + CHUNK) for first in range(0, self.frames, CHUNK))


def spool_sound(spool: Spool, rate: int, blocks: Iterable[npt.NDArray[np.int16]]) -> SpooledSound:
    """Write mono 16-bit sound, `rate` frames a second, to a spool of 16-bit integers, at `CLIP_RATE`; measure it."""
    import numpy as np

    first, meter, peak = len(spool), PowerMeter(), 0.0
    for samples in _at_clip_rate(rate, map(floats_of, blocks)):
        whole = integers_of(samples)
        spool.append(whole)
        rounded = floats_of(whole)
        meter.add(rounded)
        peak = max(peak, float(np.max(np.abs(rounded), initial=0.0)))
    return SpooledSound(spool, first, len(spool) - first, meter.powers(), peak)


def _at_clip_rate(rate: int, blocks: Iterable[Samples]) -> Iterator[Samples]:
    if rate == CLIP_RATE:
        yield from blocks
        return
    import numpy as np
    import soxr

    stream = soxr.ResampleStream(rate, CLIP_RATE, 1, dtype="float32")
    for block in blocks:
        for start in range(0, len(block), CHUNK):
            yield stream.resample_chunk(block[start : start + CHUNK])
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
