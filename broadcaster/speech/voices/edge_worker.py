"""The edge-tts client in a process that can be abandoned.

Asyncio's timeout is not enough: name resolution runs in a thread that cannot be stopped.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import Parent, WorkerFault, serve
from broadcaster.children.messages import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponseError

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_BYTES_A_SECOND = 48_000 / 8  # the client asks for MP3 of 48 kbit/s, constant
_TICKS_A_SECOND = 10_000_000
_TOLERANCE = 0.5  # seconds


def main(parent: Parent) -> None:
    """Serve requests with `_speak`."""
    serve(parent, _speak)


def _speak(request: Mapping[str, Any]) -> Message:
    """Answer {"text", "voice", "rate"} with an MP3, see `online.OnlineService`."""
    import aiohttp
    from edge_tts.exceptions import EdgeTTSException

    if "text" not in request:
        return Message({})
    try:
        return Message({}, asyncio.run(_fetch(request)))
    except aiohttp.ClientResponseError as error:
        raise _refusal(error) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise WorkerFault("unreachable", f"{type(error).__name__}: {error}") from None
    except EdgeTTSException as error:
        raise WorkerFault("unusable", f"{type(error).__name__}: {error}") from None


async def _fetch(request: Mapping[str, Any]) -> bytes:
    """Return the sound; raise WorkerFault if it ends before the last sentence that the service announced."""
    from edge_tts import Communicate

    sound, announced = bytearray(), 0.0
    async for chunk in Communicate(request["text"], request["voice"], rate=request["rate"]).stream():
        if chunk["type"] == "audio":
            sound += chunk["data"]
        else:
            announced = max(announced, chunk["offset"] + chunk["duration"])
    if len(sound) / _BYTES_A_SECOND < announced / _TICKS_A_SECOND - _TOLERANCE:
        raise WorkerFault("unusable", "the sound is cut off")
    return bytes(sound)


def _refusal(error: ClientResponseError) -> WorkerFault:
    if error.status == _TOO_MANY_REQUESTS or error.status >= _SERVER_ERROR:
        return WorkerFault("busy", f"HTTP {error.status}")
    return WorkerFault("unusable", f"HTTP {error.status}")
