"""The process that holds a microphone, a child as in `broadcaster.children`: where a sound system hangs, it alone does.

Its orders, and what it says:

    {"do": "list", "backends": []}                        → {"event": "microphones", "microphones": […], "backend": …}
    {"do": "record", "device": "default", "backends": []} → {"event": "opened", "device": …}

and from then on {"event": "sound", "at": …, "frames": …} with a body of 16-bit samples, mono at `CLIP_RATE`: the
instant of `time.perf_counter` at which they came, and how many frames have come so far. A microphone that is not there
answers {"event": "none", "text": …}, what fails {"event": "error", "text": …}, both in the user's language.
"""

from __future__ import annotations

import os
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import run_and_leave
from broadcaster.errors import PlayoutError
from broadcaster.i18n import DEFAULT_LANGUAGE, _, activate
from broadcaster.models import CLIP_RATE
from broadcaster.playout.sound.found_devices import named, names_text
from broadcaster.playout.sound.miniaudio_stream import id_text, list_devices, load_miniaudio, real_backends

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import ModuleType

    from broadcaster.children.child_side import Parent
    from broadcaster.playout.sound.found_devices import Found

PERIOD_MILLISECONDS = 100
APP_NAME = "broadcaster"
_FRAME_BYTES = 2


class NoMicrophoneError(PlayoutError):
    """The microphone that is wanted is not there."""


class MicrophoneProcess:
    """The process: one microphone, and the parent that gives orders."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent
        self._device: Any = None  # the library has no types

    def run(self) -> None:
        """Do what the parent orders until it is gone."""
        for order in self._parent.messages():
            try:
                self._do(order.head)
            except NoMicrophoneError as error:
                self._parent.send({"event": "none", "text": str(error)})
            except PlayoutError as error:
                self._parent.send({"event": "error", "text": str(error)})

    def _do(self, order: dict[str, Any]) -> None:
        library = load_miniaudio()
        backends = real_backends(library, order["backends"])
        backend, found = list_devices(library, backends, microphones=True)
        real = [device for device in found if not _is_monitor(library, device)]
        if order["do"] == "list":
            listed = [{"name": device.name, "is_default": device.is_default} for device in real]
            self._parent.send({"event": "microphones", "microphones": listed, "backend": backend})
            return
        self._record(library, backends, choose(found, real, order["device"]))

    def _record(self, library: ModuleType, backends: list[Any], device: Found) -> None:
        pieces: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        try:
            self._device = library.CaptureDevice(
                input_format=library.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=CLIP_RATE,
                buffersize_msec=PERIOD_MILLISECONDS,
                device_id=device.id,
                backends=backends,
                app_name=APP_NAME,
            )
            taker = _take(pieces)
            next(taker)
            self._parent.send({"event": "opened", "device": device.name})
            self._device.start(taker)
        except library.MiniaudioError as error:
            text = _('the microphone "{name}" cannot be opened ({reason})')
            raise PlayoutError(text.format(name=device.name, reason=error)) from None
        threading.Thread(target=run_and_leave, args=(lambda: self._pass_on(pieces),), daemon=True).start()

    def _pass_on(self, pieces: SimpleQueue[tuple[float, bytes]]) -> None:
        """Send what came to the parent; not in the library's own thread, which must never wait."""
        frames = 0
        while True:
            at, samples = pieces.get()
            frames += len(samples) // _FRAME_BYTES
            self._parent.send({"event": "sound", "at": at, "frames": frames}, samples)


def _take(pieces: SimpleQueue[tuple[float, bytes]]) -> Generator[None, bytearray, None]:
    """Take in what the library brings."""
    while True:
        samples = yield
        pieces.put((time.perf_counter(), bytes(samples)))


def _is_monitor(library: ModuleType, device: Found) -> bool:
    """Return whether this is what a loudspeaker plays, and no microphone."""
    return id_text(library, device).endswith(".monitor")


def choose(found: list[Found], real: list[Found], wanted: str) -> Found:
    """Return the microphone of that name, or the computer's own choice; NoMicrophoneError where it is not there.

    What a loudspeaker plays is taken only by its name: it is among `found`, and not among `real`.
    """
    if wanted == "default":
        if not real:
            raise NoMicrophoneError(_("this computer has no microphone now"))
        return next((device for device in real if device.is_default), real[0])
    if device := named(found, wanted):
        return device
    text = _('there is no microphone called "{name}" (there are: {names})')
    raise NoMicrophoneError(text.format(name=wanted, names=names_text(real)))


def main(parent: Parent) -> None:
    """Serve the parent until it is gone. The device is not closed: closing hangs while the server is frozen."""
    activate(os.environ.get("LANGUAGE") or DEFAULT_LANGUAGE)
    MicrophoneProcess(parent).run()
