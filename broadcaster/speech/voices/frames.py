"""How a voice and its worker process talk: messages of a JSON head and a binary body over stdin and stdout.

A message is two frames, a frame is four bytes of length (big-endian) and that many bytes. The worker's half lives
here too, and imports next to nothing, so that a worker starts quickly and stays small.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, NamedTuple

_LENGTH = struct.Struct(">I")
_LARGEST_FRAME = 1 << 28
_DEADLINE_MARGIN = 5.0


class Message(NamedTuple):
    """What one side says: `head` is small and JSON, `body` is sound."""

    head: dict[str, Any]
    body: bytes = b""


class Fault(Exception):  # noqa: N818 - it travels as an answer, and nobody lets it fly
    """A failure that the worker can name: `kind` is a word for the program, the text is for a person."""

    def __init__(self, kind: str, text: str, **details: float) -> None:
        super().__init__(text)
        self.head = {"fault": kind, "text": text, **details}


Handler = Callable[[Mapping[str, Any]], Message]


def write_message(stream: BinaryIO, message: Message) -> None:
    """Send one message."""
    for part in (json.dumps(message.head).encode(), message.body):
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def read_message(stream: BinaryIO) -> Message | None:
    """Wait for one message; None where the other side has gone, also in the middle of one."""
    head = _read_frame(stream)
    body = _read_frame(stream)
    return None if head is None or body is None else Message(json.loads(head), body)


def _read_frame(stream: BinaryIO) -> bytes | None:
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(start)
    if length > _LARGEST_FRAME:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def serve(handle: Handler) -> None:
    """Be a worker: answer every message until stdin ends, that is until the parent closes it or dies.

    A request may carry "deadline" in seconds: should its parent be gone by then, a call that hangs ends this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, and it decides
    requests, answers = sys.stdin.buffer, _take_stdout()
    while (request := read_message(requests)) is not None:
        faulthandler.dump_traceback_later(request.head.get("deadline", 60.0) + _DEADLINE_MARGIN, exit=True)
        answer = _answer(handle, request)
        faulthandler.cancel_dump_traceback_later()
        write_message(answers, answer)


def _take_stdout() -> BinaryIO:
    """Keep stdout for messages alone; what a library prints there goes to stderr instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _answer(handle: Handler, request: Message) -> Message:
    try:
        return handle(request.head)
    except Fault as fault:
        return Message(fault.head)
    except Exception as error:  # noqa: BLE001 - the parent decides what becomes of it; a dead worker could not say
        return Message({"fault": "failed", "text": f"{type(error).__name__}: {error}"})
