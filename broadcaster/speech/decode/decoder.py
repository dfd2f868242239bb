"""Decode a sound file in a child process, block by block: memory does not grow with the length of the sound."""

from __future__ import annotations

import base64
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from broadcaster.children.worker import Worker, WorkerLostError, WorkerTimeoutError
from broadcaster.errors import RenderError
from broadcaster.i18n import _
from broadcaster.os_reasons import os_reason
from broadcaster.speech.size_limits import DECODER_SECONDS, LONGEST_SOUND, too_large, too_long
from broadcaster.speech.sound_names import not_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from broadcaster.children.messages import Message

_MODULE = "broadcaster.speech.decode.decoder_worker"
_BLOCK_SECONDS = 10
_TIMES_AS_FAST = 2  # what a decoder must be than the sound plays, after a while


class SoundDecoder:
    """Decodes one file at a time, in a process that is started when needed. Not for two threads at once."""

    def __init__(self, *, seconds: float = DECODER_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Give a file up that takes more than `seconds` and half its length so far; `clock` is monotonic."""
        self._worker = Worker(_MODULE)
        self._seconds = seconds
        self._clock = clock

    def open(self, path: Path) -> DecodedSound:
        """Begin to decode a file; raise RenderError, with its path, if it is too large or no sound."""
        _check_size(path)
        return self._begin({"path": str(path.absolute())}, f"{path}: ")

    def open_data(self, data: bytes) -> DecodedSound:
        """Begin to decode what came from a service, mixed to mono; raise RenderError if it is no sound."""
        return self._begin({"data": base64.b64encode(data).decode()}, "")

    def _begin(self, request: dict[str, Any], name: str) -> DecodedSound:
        return DecodedSound(request, name, self._worker, self._clock() + self._seconds, self._clock)

    def close(self) -> None:
        """End the process."""
        self._worker.close()


class DecodedSound:
    """A sound file that is being decoded. `cut_off` is known once all its blocks were taken."""

    def __init__(
        self, request: dict[str, Any], name: str, worker: Worker, give_up_at: float, clock: Callable[[], float]
    ) -> None:
        self._name = name
        self._worker = worker
        self._give_up_at = give_up_at
        self._clock = clock
        self.cut_off = False
        head = self._ask(request).head
        self.rate: int = head["rate"]
        self.channels: int = head["channels"]

    def blocks(self) -> Iterator[bytes]:
        """Yield the sound in blocks of about 10 s: 16-bit little-endian samples, the channels interleaved.

        Raise RenderError, with the name, if it is too long, takes too long, or the decoder dies.
        """
        frames = 0
        while True:
            answer = self._ask({"frames": _BLOCK_SECONDS * self.rate})
            size = len(answer.body) // (2 * self.channels)
            frames += size
            if frames > LONGEST_SOUND.total_seconds() * self.rate:
                raise self._error(too_long())
            self._give_up_at += size / self.rate / _TIMES_AS_FAST
            yield answer.body
            if answer.head.get("end"):
                self.cut_off = answer.head["cut_off"]
                return

    def _ask(self, request: dict[str, Any]) -> Message:
        try:
            answer = self._worker.ask(request, max(0.0, self._give_up_at - self._clock()))
        except WorkerTimeoutError:
            raise self._error(_("decoding it takes too long: it is damaged, or made to do harm")) from None
        except WorkerLostError as error:
            raise self._error(_("it cannot be decoded ({reason})").format(reason=error)) from None
        if fault := answer.head.get("fault"):
            raise self._error(_reason(fault, answer.head.get("text", "")))
        return answer

    def _error(self, reason: str) -> RenderError:
        return RenderError(f"{self._name}{reason}")


@contextmanager
def open_sound(path: Path) -> Iterator[DecodedSound]:
    """Decode one file in a process of its own, which ends with the block."""
    decoder = SoundDecoder()
    try:
        yield decoder.open(path)
    finally:
        decoder.close()


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise RenderError(_("{path}: cannot be read ({reason})").format(path=path, reason=os_reason(error))) from None
    if problem := too_large(size):
        raise RenderError(f"{path}: {problem}")


def _reason(fault: str, text: str) -> str:
    reasons = {
        "unreadable": _("cannot be read ({reason})"),
        "no sound": _("there is no sound in it"),
        "format": _("damaged, or not a sound in WAV, MP3, FLAC or OGG; save it as one of these"),
    }
    if fault == "other format":
        return not_read(text)
    return reasons.get(fault, _("it cannot be decoded ({reason})")).format(reason=text)
