"""A child process that does what libraries do: print, raise, hang, crash."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from broadcaster.children.child_side import Parent, WorkerFault, run_and_leave, serve
from broadcaster.children.limits import limit_memory
from broadcaster.children.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

print("hello from an import")
LOCKS: list[FileLock] = []


def main(parent: Parent) -> None:
    serve(parent, lambda request: behave(parent, request))


def behave(parent: Parent, request: Mapping[str, Any]) -> Message:  # noqa: C901 - a list of misdeeds
    match request["do"]:
        case "print":
            print("a library says hello: xin chào", flush=True)
            os.write(1, b"and so does its C code\n")
        case "print through C":
            library = ctypes.CDLL(None)
            library.puts(b"C stdio says hello")
            library.fflush(None)
        case "run a program":
            os.system("echo a program says hello; cat")
        case "limit memory":
            limit_memory(request["bytes"])
        case "take memory":
            bytearray(request["bytes"])
        case "raise":
            raise ValueError("no such\tthing")
        case "name a fault":
            raise WorkerFault("busy", "come back later", retry_after=7)
        case "hang":
            time.sleep(60)
        case "crash":
            print("first line\nthe last words", file=sys.stderr, flush=True)
            os._exit(3)
        case "crash silently":
            os._exit(3)
        case "segfault":
            ctypes.string_at(0)
        case "abort":
            os.write(2, b"Assertion 'sink' failed at pulse.c:12, function play(). Aborting.\n")
            os.abort()
        case "fail in a thread":
            threading.Thread(target=run_and_leave, args=(lambda: 1 / 0,)).start()
            time.sleep(60)
        case "flood":
            for _ in range(32):
                os.write(2, b"x" * 1_000_000)
        case "send":
            parent._outgoing.write(request["data"].encode())
        case "report":
            for number in range(3):
                parent.send({"event": "report", "number": number})
        case "lock":
            LOCKS.append(FileLock(request["path"]))
            LOCKS[-1].acquire()
    return Message({"did": request["do"]}, request.get("echo", "").encode())
