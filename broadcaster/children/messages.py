"""The messages between the program and its child processes: a JSON object and a binary body, over a pipe.

A message is four bytes that mark its start, the lengths of its two parts (four bytes each, big-endian), and the parts.
The mark shows at once when something else was written to the pipe.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO

_MARK = b"\0MSG"
_START = struct.Struct(">4sII")
_LARGEST_PART = 1 << 28
_CHUNK = 1 << 16
_EXCERPT = 60


class Message(NamedTuple):
    """What one side says: `head` is small and JSON, `body` is sound."""

    head: dict[str, Any]
    body: bytes = b""


class MessageError(Exception):
    """What was received is not a message; the text is its beginning, printable."""

    def __init__(self, received: bytes | bytearray) -> None:
        super().__init__(ascii(bytes(received[:_EXCERPT]))[2:-1])


def encode_message(message: Message) -> bytes:
    """Return the bytes of a message."""
    head = json.dumps(message.head).encode()
    return _START.pack(_MARK, len(head), len(message.body)) + head + message.body


def write_all(pipe: BinaryIO, data: bytes) -> None:
    """Write all of `data` to a pipe without a buffer, which may take it in pieces."""
    left = memoryview(data)
    while left:
        left = left[pipe.write(left) :]


class MessageReader:
    """Reads messages from a pipe without a buffer; keeps one itself, so that it can tell what it received."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._received = bytearray()

    def read(self) -> Message | None:
        """Wait for one message; None where the other side has gone, also in the middle of one.

        Raise MessageError where something else comes.
        """
        self._fill(len(_MARK))
        if not _MARK.startswith(self._received[: len(_MARK)]):
            raise MessageError(self._received.split(_MARK)[0])
        if not self._fill(_START.size):
            return None
        _mark, head_size, body_size = _START.unpack_from(self._received)
        if max(head_size, body_size) > _LARGEST_PART:
            raise MessageError(self._received)
        if not self._fill(_START.size + head_size + body_size):
            return None
        return Message(_read_head(self._take(head_size, _START.size)), self._take(body_size))

    def _fill(self, count: int) -> bool:
        """Receive until there are `count` bytes; return False where they will never come."""
        while (missing := count - len(self._received)) > 0:
            data = self._pipe.read(max(missing, _CHUNK))
            if not data:
                return False
            self._received += data
        return True

    def _take(self, count: int, skipped: int = 0) -> bytes:
        taken = bytes(self._received[skipped : skipped + count])
        del self._received[: skipped + count]
        return taken


def _read_head(data: bytes) -> dict[str, Any]:
    try:
        head = json.loads(data)
    except (ValueError, RecursionError):
        raise MessageError(data) from None
    if not isinstance(head, dict):
        raise MessageError(data)
    return head
