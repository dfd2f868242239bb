"""`edge:VOICE`: Microsoft Edge's voices, through edge-tts. Extra `edge`; unofficial, so a fallback must follow."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.program import install_command
from broadcaster.speech.voices.base import VoiceError
from broadcaster.speech.voices.online import OnlineService, OnlineTimeouts, OnlineVoice

if TYPE_CHECKING:
    from pathlib import Path

VOICES = ("vi-VN-HoaiMyNeural", "vi-VN-NamMinhNeural")
"""A woman's and a man's voice."""

_ORDINARY_RATE = 230
"""About how many syllables a minute the voices say by themselves: an announcer's rate, and not measured, because the
service was not to be reached; `script show` tells what came of it."""
_SLOWEST, _FASTEST = -50, 100  # per cent


def open_edge(voice: str, rate: int, cache: Path, timeouts: OnlineTimeouts | None = None) -> OnlineVoice:
    """Open one of `VOICES` at about so many syllables a minute, as far as the service goes: half to twice its own rate.

    Raise VoiceError if the package edge-tts is not installed.
    """
    name = f"edge:{voice}"
    if find_spec("edge_tts") is None:
        todo = _("install it: {command}").format(command=install_command("edge-tts"))
        raise VoiceError(_("voice {name}: {reason}").format(name=name, reason=todo))
    percent = min(_FASTEST, max(_SLOWEST, round((rate / _ORDINARY_RATE - 1) * 100)))
    service = OnlineService(
        name=name,
        version=f"2@{rate}",  # of our requests; the service does not publish a version
        module="broadcaster.speech.voices.edge_worker",
        limit=1000,
        pace=1 + percent / 100,
        request={"voice": voice, "rate": f"{percent:+d}%"},
    )
    return OnlineVoice(service, cache / "edge", timeouts)
