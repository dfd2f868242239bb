"""The process that holds the audio device, a child as in `broadcaster.children`.

When an audio server dies or freezes, the device library neither tells nor lets go; only a process that can be killed
gets out. So the device lives here, alone. Its orders, and what it says, are messages without a body:

    {"do": "list", "backends": []}                                  → {"event": "devices", "devices": […]}
    {"do": "open", "device": "default", "backends": [], "extra": 0} → {"event": "opened", "device": …, "backend": …}
    {"do": "play", "number": 1, "at": 12.5, "parts": [[path or null, frames], …]} → {"event": "ready", "number": 1}
    {"do": "stop"}

and from the opening on, ten times a second, {"event": "progress", …} with the fields of `feed.FeedReport`. Instants
are seconds of `time.perf_counter`, which counts the same in every process of a machine. What fails answers
{"event": "error", "text": …} in the user's language. When the parent is gone, so is the sound.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import run_and_leave
from broadcaster.errors import PlayoutError
from broadcaster.i18n import DEFAULT_LANGUAGE, _, activate
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.feed import Feed, FrameClock, Sound

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import ModuleType

    import miniaudio

    from broadcaster.children.child_side import Parent

PERIOD_MILLISECONDS = 200
"""What the device takes at a time. It holds 140 to 340 ms ahead: planned starts are handed over that much earlier, and
a stop is heard up to 360 ms after its order. Measured on two cores with six CPU hogs, one of memory and one of the
disk: 50 and 100 ms left holes in 20 s of sound, 150 ms left some where other work came on top, 200 ms hardly any. From
500 ms on PulseAudio takes one period and no more.
"""
REPORT_SECONDS = 0.1
RUNNING_CALLS = 3
"""A device that asked this often has played at least one period."""
OPEN_SECONDS = 3.0
STOP_SECONDS = 0.5
APP_NAME = "broadcaster"

NOT_DEVICES = frozenset({"auto_null", "null", "lavrate", "samplerate", "speexrate", "jack", "oss", "pulse"})
NOT_DEVICES |= frozenset({"speex", "upmix", "vdownmix", "usbstream"})
"""Ids of what sound servers and ALSA list and nobody can hear: PulseAudio's stand-in for a missing card, converters."""


@dataclass(frozen=True, slots=True)
class Found:
    """One device as the library lists it; `id` is the library's own."""

    name: str
    is_default: bool
    id: Any


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


def list_devices(library: ModuleType, backends: list[miniaudio.Backend]) -> tuple[str, list[Found]]:
    """Return the backend that answers ("": none) and its playback devices; PlayoutError where it does not list them."""
    try:
        devices = library.Devices(backends)
    except library.MiniaudioError:
        return "", []
    ffi, lib = library.ffi, library.lib
    infos, count = ffi.new("ma_device_info**"), ffi.new("ma_uint32*")
    if lib.ma_context_get_devices(devices._context, infos, count, ffi.NULL, ffi.NULL) != lib.MA_SUCCESS:  # noqa: SLF001 - the library's own listing hides which device is the default
        raise PlayoutError(_("the sound system does not list its devices"))
    found = []
    for info in infos[0][0 : count[0]]:
        name = ffi.string(info.name).decode("utf-8", "replace")
        found.append(Found(name, bool(info.isDefault), ffi.new("ma_device_id *", info.id)))
    return devices.backend, [device for device in found if _id_text(library, device) not in NOT_DEVICES]


def _id_text(library: ModuleType, device: Found) -> str:
    """Return the device's id as the text that it is for PulseAudio and ALSA; other systems number theirs."""
    return bytes(library.ffi.buffer(device.id)).split(b"\0")[0].decode("utf-8", "replace")


def choose(devices: list[Found], wanted: str) -> Found:
    """Return the device called `wanted`, or the present default one; PlayoutError where it is not there."""
    if wanted == "default":
        # ALSA marks none; its first is its own default
        defaults = [device for device in devices if device.is_default] or devices[:1]
        if not defaults:
            raise PlayoutError(_("this computer has no sound output"))
        return defaults[0]
    for device in devices:
        if device.name.casefold() == wanted.casefold():
            return device
    names = ", ".join(f'"{device.name}"' for device in devices) or _("none")
    raise PlayoutError(
        _('there is no sound output called "{name}" (there are: {names})').format(name=wanted, names=names)
    )


class Stream:
    """The process: one device, the feed that it takes its samples from, and the parent that gives orders."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent
        self._feed: Feed | None = None
        self._device: Any = None  # kept: the library stops a device that nobody holds

    def run(self) -> None:
        """Do what the parent orders until it is gone."""
        for order in self._parent.messages():
            try:
                self._do(order.head)
            except PlayoutError as error:
                self._tell("error", text=str(error))

    def _do(self, order: dict[str, Any]) -> None:
        match order["do"]:
            case "list":
                self._list(order["backends"])
            case "open":
                self._open(order["device"], order["backends"], order["extra"])
            case "play" if self._feed:
                self._play(self._feed, order)
            case "stop" if self._feed:
                self._stop(self._feed)

    def _tell(self, event: str, **what: object) -> None:
        self._parent.send({"event": event, **what})

    def _list(self, names: list[str]) -> None:
        library = load_miniaudio()
        backend, devices = list_devices(library, real_backends(library, names))
        listed = [{"name": device.name, "is_default": device.is_default} for device in devices]
        self._tell("devices", backend=backend, devices=listed)

    def _open(self, wanted: str, names: list[str], extra: float) -> None:
        library = load_miniaudio()
        backends = real_backends(library, names)
        _backend, devices = list_devices(library, backends)
        found = choose(devices, wanted)
        feed = Feed(FrameClock(extra))
        self._device = _start(library, backends, found, feed)
        self._feed = feed
        threading.Thread(target=run_and_leave, args=(lambda: self._report_on(feed),), daemon=True).start()
        if not _wait(lambda: feed.calls >= RUNNING_CALLS, OPEN_SECONDS):
            raise PlayoutError(_('the sound output "{name}" takes no sound').format(name=found.name))
        self._tell("opened", device=found.name, backend=self._device.backend)

    def _play(self, feed: Feed, order: dict[str, Any]) -> None:
        parts = [(Path(path) if path else None, frames) for path, frames in order["parts"]]
        feed.play(order["number"], Sound(parts), order["at"])
        self._tell("ready", number=order["number"])

    def _stop(self, feed: Feed) -> None:
        """Fade out, and say where the end is as soon as it is known."""
        feed.stop(time.perf_counter())
        _wait(lambda: feed.report().ended is not None, STOP_SECONDS)
        self._report(feed)

    def _report_on(self, feed: Feed) -> None:
        """Report until the parent is gone."""
        with contextlib.suppress(OSError):
            while True:
                self._report(feed)
                time.sleep(REPORT_SECONDS)

    def _report(self, feed: Feed) -> None:
        self._tell("progress", **asdict(feed.report()))


def _start(
    library: ModuleType, backends: list[miniaudio.Backend], found: Found, feed: Feed
) -> miniaudio.PlaybackDevice:
    """Open the device and let it run on the feed."""
    try:
        device = library.PlaybackDevice(
            output_format=library.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=CLIP_RATE,
            buffersize_msec=PERIOD_MILLISECONDS,
            device_id=found.id,
            backends=backends,
            app_name=APP_NAME,
        )
        samples = _samples(feed)
        next(samples)
        device.start(samples)
    except library.MiniaudioError as error:
        text = _('the sound output "{name}" cannot be opened ({reason})')
        raise PlayoutError(text.format(name=found.name, reason=error)) from None
    return device


def _samples(feed: Feed) -> Generator[bytes, int, None]:
    """Answer the library, which sends how many frames it wants."""
    count = yield b""
    while True:
        count = yield feed.fill(time.perf_counter(), count)


def _wait(is_so: Callable[[], bool], seconds: float) -> bool:
    """Wait until `is_so()`; return False where it did not become so in time."""
    deadline = time.perf_counter() + seconds
    while not is_so():
        if time.perf_counter() > deadline:
            return False
        time.sleep(0.005)
    return True


def main(parent: Parent) -> None:
    """Serve the parent until it is gone.

    The device is not closed: closing hangs while the server is frozen. The system takes the connection back, and the
    server drops what was still to be played.
    """
    for name in ("SIGTERM", "SIGHUP"):  # the parent's business: it says stop, or is gone
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)
    activate(os.environ.get("LANGUAGE") or DEFAULT_LANGUAGE)
    Stream(parent).run()
