"""`gtts`: the voice of Google Translate, through the gTTS client. Free, unofficial, rate-limited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.speech.voices.online import OnlineService, OnlineTimeouts, OnlineVoice

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = OnlineService(
    name="gtts",
    version="1",  # of our requests; Google does not publish a version
    module="broadcaster.speech.voices.google_worker",
    limit=100,
    request={"language": "vi"},
)


def open_google(cache: Path, timeouts: OnlineTimeouts | None = None) -> OnlineVoice:
    """Open the voice; the network is first used for its first sentence."""
    return OnlineVoice(SERVICE, cache / "gtts", timeouts)
