"""`gtts`: the voice of Google Translate, through the gTTS client. Free, unofficial, rate-limited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.speech.voices.online import OnlineVoice, Patience, Service

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = Service(
    name="gtts",
    version="1",  # of our way to ask; what Google does to its voice we are not told
    module="broadcaster.speech.voices.google_worker",
    limit=100,
    request={"language": "vi"},
)


def open_google(cache: Path, patience: Patience | None = None) -> OnlineVoice:
    """Open the voice; its first sentence finds out whether there is a network."""
    return OnlineVoice(SERVICE, cache / "gtts", patience)
