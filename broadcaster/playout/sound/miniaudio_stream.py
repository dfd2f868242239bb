"""A stream of whatever sound system there is, through the device library: it asks for samples, 200 ms at a time.

What this library does not tell: when a sample is heard (see `LevelClock`), and whether the output is muted.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

from broadcaster.errors import PlayoutError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.found_devices import Found, is_device
from broadcaster.playout.sound.pull_feed import PullFeed

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import ModuleType

    import miniaudio

    from broadcaster.playout.sound.frame_clock import LevelClock
    from broadcaster.playout.sound.mute import Volume
    from broadcaster.playout.sound.segment_reader import SegmentReader

PERIOD_MILLISECONDS = 200
"""What the device takes at a time. It holds 140 to 340 ms ahead: planned starts are handed over that much earlier, and
a stop is heard up to 360 ms after its order. Measured on two cores with six CPU hogs, one of memory and one of the
disk: 50 and 100 ms left holes in 20 s of sound, 150 ms left some where other work came on top, 200 ms hardly any. From
500 ms on PulseAudio takes one period and no more.
"""
RUNNING_CALLS = 3
"""A device that asked this often has played at least one period."""


def load_miniaudio() -> ModuleType:
    """Import the device library without numpy, which it would only use to accept numpy arrays: 20 MB and 100 ms."""
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # None is Python's own mark for "not here"
    return import_module("miniaudio")


def real_backends(library: ModuleType, names: list[str]) -> list[miniaudio.Backend]:
    """Return the backends to try, in the library's order of preference: those named, else all that can be heard."""
    silent = {library.Backend.NULL, library.Backend.CUSTOM}
    if names:
        return [library.Backend[name.upper()] for name in names]
    return sorted(library.get_enabled_backends() - silent, key=lambda backend: int(backend.value))


def list_devices(
    library: ModuleType, backends: list[miniaudio.Backend], *, microphones: bool = False
) -> tuple[str, list[Found]]:
    """Return the backend that answers ("": none) and its outputs, or its microphones.

    Raise PlayoutError where it does not list them.
    """
    try:
        devices = library.Devices(backends)
    except library.MiniaudioError:
        return "", []
    ffi, lib = library.ffi, library.lib
    infos, count = ffi.new("ma_device_info**"), ffi.new("ma_uint32*")
    wanted, others = (infos, count), (ffi.NULL, ffi.NULL)
    lists = (*others, *wanted) if microphones else (*wanted, *others)
    if lib.ma_context_get_devices(devices._context, *lists) != lib.MA_SUCCESS:  # noqa: SLF001 - the library's own listing hides which device is the default
        raise PlayoutError(_("the sound system does not list its devices"))
    found = []
    for info in infos[0][0 : count[0]]:
        name = ffi.string(info.name).decode("utf-8", "replace")
        device = Found(name, bool(info.isDefault), ffi.new("ma_device_id *", info.id))
        if is_device(id_text(library, device)):
            found.append(device)
    return devices.backend, found


def id_text(library: ModuleType, device: Found) -> str:
    """Return the device's id as the text that it is for PulseAudio and ALSA; other systems number theirs."""
    return bytes(library.ffi.buffer(device.id)).split(b"\0")[0].decode("utf-8", "replace")


class MiniaudioStream:
    """One device, from its opening on, and the feed that it takes its samples from."""

    def __init__(self, library: ModuleType, backends: list[miniaudio.Backend], found: Found, clock: LevelClock) -> None:
        """Open the device and let it run on silence; raise PlayoutError where that fails."""
        self.device = found.name
        self.feed = PullFeed(clock)
        try:
            self._device = library.PlaybackDevice(
                output_format=library.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=CLIP_RATE,
                buffersize_msec=PERIOD_MILLISECONDS,
                device_id=found.id,
                backends=backends,
                app_name="broadcaster",
            )
            self.backend = self._device.backend
            samples = _samples(self.feed)
            next(samples)
            self._device.start(samples)
        except library.MiniaudioError as error:
            text = _('the sound output "{name}" cannot be opened ({reason})')
            raise PlayoutError(text.format(name=found.name, reason=error)) from None

    @property
    def is_running(self) -> bool:
        """Whether the device takes sound."""
        return self.feed.calls >= RUNNING_CALLS

    @property
    def level(self) -> float | None:
        """See `LevelClock`; None: not known yet."""
        return self.feed.level

    def play(self, number: int, sound: SegmentReader, target: float) -> None:
        """Play `sound` from `target` on, or at once if that has passed."""
        self.feed.play(number, sound, target)

    def volume(self) -> Volume | None:
        """Return None: the library does not tell how loud the device is, or whether it is muted."""

    def unmute(self) -> bool:
        """Return False: the library cannot."""
        return False


def _samples(feed: PullFeed) -> Generator[bytes, int, None]:
    """Answer the library, which sends how many frames it wants."""
    count = yield b""
    while True:
        count = yield feed.fill(time.perf_counter(), count)
