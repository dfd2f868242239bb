"""Any text, spoken by one voice as if it were a script; nothing of it stays."""

from __future__ import annotations

import hashlib
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from broadcaster.errors import RenderError
from broadcaster.i18n import _
from broadcaster.models import Paragraph, Script
from broadcaster.office.reading import read_paragraphs
from broadcaster.speech.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from broadcaster.models import Clip
    from broadcaster.office.reading import ReadParagraph
    from broadcaster.station.folder import Station

NAME = "broadcaster-voice-test"
"""Used in place of a script's id."""


@dataclass(frozen=True, slots=True)
class VoiceTest:
    """A text to be spoken once."""

    script: Script
    renderer: Renderer
    folder: Path  # where clips are rendered

    @classmethod
    def of(cls, station: Station, text: str, voice: str | None, lexicon: Path | None = None) -> Self:
        """Return the test of a text with one voice, or with the station's; raise InputError for an unknown voice.

        `lexicon` is the file to read by in place of the station's own.
        """
        from broadcaster.speech.voices import open_voice

        settings = station.settings
        if voice:
            open_voice(voice, settings.speech, station.root).close()  # so that a wrong name is an error at once
        speech = replace(settings.speech, voices=(voice,)) if voice else settings.speech
        text = unicodedata.normalize("NFC", text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        path = station.scripts_folder / f"{NAME}.md"
        script = Script(NAME, text, path, digest, (Paragraph(text, 1),), chime=False)
        renderer = Renderer(station.root, speech, settings.mix, lexicon=lexicon)
        return cls(script, renderer, station.audio_folder)

    def read(self) -> list[ReadParagraph]:
        """Return how the text will be said; raise InputError for a wrong lexicon."""
        return read_paragraphs(self.renderer, self.script)

    def _rendered(self) -> Clip:
        report = self.renderer.render([self.script])
        clip = self.renderer.find(self.script)
        if clip is None:
            raise RenderError(report.failed.get(self.script.id, _("the clip was not made")))
        return clip

    @contextmanager
    def clip(self) -> Iterator[Clip]:
        """Render the text, yield its clip, and delete it afterwards; raise RenderError if no voice speaks it."""
        try:
            yield self._rendered()
        finally:
            for made in self.folder.glob(f"{NAME}-*"):
                made.unlink(missing_ok=True)
