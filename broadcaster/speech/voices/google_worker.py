"""The gTTS client in a process that can be abandoned.

gTTS has no timeout, and it does not verify TLS certificates (it posts with verify=False).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import Parent, WorkerFault, serve
from broadcaster.children.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gtts.tts import gTTSError

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


def main(parent: Parent) -> None:
    """Serve requests with `_speak`."""
    serve(parent, _speak)


def _speak(request: Mapping[str, Any]) -> Message:
    """Answer {"text", "language"} with an MP3, see `online.OnlineService`."""
    from gtts import gTTS
    from gtts.tts import gTTSError

    if "text" not in request:
        return Message({})
    # No pre-processors: they turn "M." into "Monsieur". No language check: Vietnamese is supported.
    client = gTTS(request["text"], lang=request["language"], lang_check=False, pre_processor_funcs=[])
    sound = io.BytesIO()
    try:
        client.write_to_fp(sound)
    except gTTSError as error:
        raise _fault(error) from None
    return Message({}, sound.getvalue())


def _fault(error: gTTSError) -> WorkerFault:
    if error.rsp is None:
        return WorkerFault("unreachable", str(error))
    status = error.rsp.status_code
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        return WorkerFault("busy", f"HTTP {status}", retry_after=_seconds(error.rsp.headers.get("Retry-After", "")))
    return WorkerFault("unusable", f"HTTP {status}")


def _seconds(header: str) -> float:
    """Return Retry-After if it is a number; if it is a date, return 0 so that the usual waiting times apply."""
    return float(header) if header.isdecimal() else 0.0
