"""A worker that does what libraries do: print, raise, hang, crash."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from broadcaster.speech.voices.frames import Fault, Message, serve

if TYPE_CHECKING:
    from collections.abc import Mapping


def behave(request: Mapping[str, Any]) -> Message:
    match request["do"]:
        case "print":
            print("a library says hello", flush=True)
            os.write(1, b"and so does its C code\n")
        case "raise":
            raise ValueError("no such\tthing")
        case "name a fault":
            raise Fault("busy", "come back later", retry_after=7)
        case "hang":
            time.sleep(3600)
        case "crash":
            print("first line\nthe last words", file=sys.stderr, flush=True)
            os._exit(3)
        case "crash silently":
            os._exit(3)
        case "flood":
            sys.stderr.write("x" * 1_000_000)
    return Message({"did": request["do"]}, request.get("echo", "").encode())


if __name__ == "__main__":
    serve(behave)
