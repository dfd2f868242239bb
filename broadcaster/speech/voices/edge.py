"""`edge:VOICE`: Microsoft Edge's voices, through edge-tts. Extra `edge`; unofficial, so a fallback must follow."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.program import install_command
from broadcaster.speech.voices.base import VoiceError
from broadcaster.speech.voices.online import OnlineVoice, Patience, Service

if TYPE_CHECKING:
    from pathlib import Path

VOICES = ("vi-VN-HoaiMyNeural", "vi-VN-NamMinhNeural")
"""A woman and a man."""

_ORDINARY_RATE = 150  # words a minute
_SLOWEST, _FASTEST = -50, 100  # per cent


def open_edge(voice: str, words_per_minute: int, cache: Path, patience: Patience | None = None) -> OnlineVoice:
    """Open one of `VOICES`; raise VoiceError where the package edge-tts is not installed."""
    name = f"edge:{voice}"
    if find_spec("edge_tts") is None:
        todo = _("install it: {command}").format(command=install_command("edge-tts"))
        raise VoiceError(_("voice {name}: {reason}").format(name=name, reason=todo))
    percent = min(_FASTEST, max(_SLOWEST, round((words_per_minute / _ORDINARY_RATE - 1) * 100)))
    service = Service(
        name=name,
        version=f"1@{words_per_minute}",  # of our way to ask; of theirs we are not told
        module="broadcaster.speech.voices.edge_worker",
        limit=1000,
        pace=1 + percent / 100,
        request={"voice": voice, "rate": f"{percent:+d}%"},
    )
    return OnlineVoice(service, cache / "edge", patience)
