"""What runs inside a child process: its link to the parent, and what keeps that link clean.

Imports next to nothing, so that a child starts quickly and stays small.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from broadcaster.children.messages import Message, MessageReader, encode_message, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE_MARGIN = 5.0
PARENT_CHECK_SECONDS = 0.25

Handler = Callable[[Mapping[str, Any]], Message]


class WorkerFault(Exception):  # noqa: N818 - it travels as an answer
    """A failure that a worker can name: `kind` is a word for the program, the text is for a person."""

    def __init__(self, kind: str, text: str, **details: float) -> None:
        super().__init__(text)
        self.head = {"fault": kind, "text": text, **details}


class Parent:
    """The program that started this process, as messages from and to it. Any thread may send."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._reader = MessageReader(incoming)
        self._outgoing = outgoing
        self._sending = threading.Lock()

    def messages(self) -> Iterator[Message]:
        """Yield what the parent says, until it closes the pipe or is gone."""
        while (message := self._reader.read()) is not None:
            yield message

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send a message; raise OSError where the parent is gone."""
        data = encode_message(Message(head, body))
        with self._sending:
            write_all(self._outgoing, data)


def run(module: str) -> NoReturn:
    """Be a child process: call `main(parent)` of `module`, and leave when it returns."""
    faulthandler.enable()  # a crash in a library leaves a traceback on stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, and it decides
    parent = Parent(*_take_pipes())
    if hasattr(os, "fork"):
        threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()
    run_and_leave(lambda: import_module(module).main(parent))


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout for messages alone: what a library prints goes to stderr, and it finds nothing to read.

    Processes that a library starts do not get the pipes either.
    """
    incoming, outgoing = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        # Line by line, so that what a library printed comes before the error that it led to.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]  # real files
    return incoming, outgoing


def _leave_with_parent(parent: int) -> None:
    """Leave when the parent is gone: a process that it forked may keep our pipe open."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(0)


def run_and_leave(work: Callable[[], None]) -> NoReturn:
    """Do `work`, then end this process at once; an error is written to stderr. For the main thread and for others.

    The interpreter's own way out is not taken: a library that waits for a frozen server would never let it end.
    """
    status = 1
    try:
        work()
        status = 0
    except Exception:  # noqa: BLE001 - whatever it is, the parent logs what stderr says
        _print_error()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _print_error() -> None:
    with contextlib.suppress(OSError, ValueError):  # where the parent is gone, nobody reads it
        traceback.print_exc()


def serve(parent: Parent, handle: Handler) -> None:
    """Be a worker: answer every message until the parent closes the pipe or dies.

    A request may carry "deadline" in seconds: should its parent be gone by then, a call that hangs ends this process.
    """
    for request in parent.messages():
        faulthandler.dump_traceback_later(request.head.get("deadline", 60.0) + DEADLINE_MARGIN, exit=True)
        answer = _answer(handle, request)
        faulthandler.cancel_dump_traceback_later()
        parent.send(answer.head, answer.body)


def _answer(handle: Handler, request: Message) -> Message:
    try:
        return handle(request.head)
    except WorkerFault as fault:
        return Message(fault.head)
    except Exception as error:  # noqa: BLE001 - the parent decides what becomes of it; a dead worker could not say
        return Message({"fault": "failed", "text": f"{type(error).__name__}: {error}"})
