"""A microphone: held by a process of its own (`microphone_process`), and let go of when no sound comes any more."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from broadcaster.children.process import Child, LossKind
from broadcaster.errors import PlayoutError
from broadcaster.i18n import _
from broadcaster.models import CLIP_RATE
from broadcaster.os_reasons import os_text
from broadcaster.playout.sound.microphone_process import NoMicrophoneError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from broadcaster.children.messages import Message

__all__ = ["Microphone", "MicrophoneInput", "NoMicrophoneError", "list_microphones"]

OPEN_SECONDS = 5.0
STILL_SECONDS = 2.0
"""A microphone from which nothing came for this long is lost."""

MODULE = "broadcaster.playout.sound.microphone_process"


@dataclass(frozen=True, slots=True)
class Microphone:
    """A microphone of this computer; `name` is what `script record --device` takes."""

    name: str
    system: str
    is_default: bool


def list_microphones(backends: Sequence[str] = ()) -> list[Microphone]:
    """Return the microphones that are here now; none is no error. What a loudspeaker plays is not among them.

    `backends` as for `device.list_devices`. Raises PlayoutError where the sound system hangs.
    """
    child = _start()
    try:
        answer = _ask(child, {"do": "list", "backends": list(backends)}, "microphones")
    finally:
        child.end()
    return [Microphone(found["name"], answer["backend"], found["is_default"]) for found in answer["microphones"]]


class MicrophoneInput:
    """One microphone, from its opening on; a context manager, which lets it go. `name` may be "default"."""

    def __init__(self, name: str = "default", *, backends: Sequence[str] = ()) -> None:
        """Open it; raise NoMicrophoneError where it is not there, PlayoutError where it cannot be opened."""
        self._pieces: deque[bytes] = deque()
        self._first: tuple[float, int] | None = None  # when its first samples came, and how many these were
        self._last = (0.0, 0)
        self._moved_at = time.monotonic()
        self._child = _start(self)
        try:
            answer = _ask(self._child, {"do": "record", "device": name, "backends": list(backends)}, "opened")
        except PlayoutError:
            self._child.end()
            raise
        self.device: str = answer["device"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.end()

    def take(self, seconds: float) -> bytes:
        """Return what came, 16-bit samples, mono at `CLIP_RATE`; waits for it, at most so long.

        Raise PlayoutError where the microphone is lost.
        """
        self._child.wait_for(lambda: bool(self._pieces), seconds)
        taken = b"".join(self._pieces.popleft() for _each in range(len(self._pieces)))
        if not taken and self._child.lost is not None:
            raise PlayoutError(_lost(self.device, self._child.lost.text))
        if taken:
            self._moved_at = time.monotonic()
        elif time.monotonic() - self._moved_at > STILL_SECONDS:
            raise PlayoutError(_lost(self.device, _("no sound comes from it any more")))
        return taken

    @property
    def missing(self) -> float:
        """How many seconds the computer was too busy to take in, so far."""
        if self._first is None:
            return 0.0
        came = (self._last[1] - self._first[1]) / CLIP_RATE
        return max(0.0, self._last[0] - self._first[0] - came)

    def hear(self, message: Message) -> bool:
        """Take in sound; anything else is an answer."""
        if message.head.get("event") != "sound":
            return False
        self._last = (message.head["at"], message.head["frames"])
        self._first = self._first or self._last
        self._pieces.append(message.body)
        return True


def _start(hears: MicrophoneInput | None = None) -> Child:
    try:
        return Child(MODULE, hears.hear if hears else None, urgent=True)
    except OSError as error:
        raise PlayoutError(_("the sound process cannot start: {reason}").format(reason=os_text(error))) from None


def _ask(child: Child, order: dict[str, Any], event: str) -> dict[str, Any]:
    """Send an order and return the answer called `event`; raise PlayoutError with what is said else."""
    message = child.ask(order, OPEN_SECONDS)
    answer = message.head if message else {}
    if answer.get("event") == event:
        return answer
    if answer.get("event") == "none":
        raise NoMicrophoneError(answer["text"])
    if message is None and child.lost is not None and child.lost.kind is LossKind.ENDED:
        raise PlayoutError(_("the sound process ended: {words}").format(words=child.lost.text))
    raise PlayoutError(answer.get("text") or _("the sound system does not answer"))


def _lost(device: str, reason: str) -> str:
    return _("the microphone {device} was lost: {reason}").format(device=device, reason=reason)
