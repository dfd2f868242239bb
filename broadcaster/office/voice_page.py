"""The page on which voices are compared: one file that holds the sound too, for a browser without a network."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcaster.i18n import DEFAULT_LANGUAGE, _
from broadcaster.office.voice_compare import Pace
from broadcaster.office.wording import length
from broadcaster.office.wording_script import warning_text
from broadcaster.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.office.reading import ReadParagraph
    from broadcaster.office.voice_compare import ComparedVoice, Comparison

_PAGE = Path(__file__).with_name("voices_page.html")
_SCRIPT = """
const players = [...document.querySelectorAll("audio")];
for (const one of players)
  one.addEventListener("play", () => players.forEach(other => other === one || other.pause()));
"""
"""Who starts one voice stops the others."""


def write_page(comparison: Comparison, station: str, made: datetime) -> bytes:
    """Return the page as HTML; each voice's sound is in it, so that the file can be sent around as it is."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_seen
    )
    page = environment.from_string(_PAGE.read_text("utf-8"))
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    script = Markup(_SCRIPT)  # noqa: S704 - our own constant
    return page.render(_view(comparison, station, made), script=script, script_hash=f"sha256-{digest}").encode()


def _seen(value: object) -> object:
    """Return what is put into the page; a text of its own with signs for what could not be seen."""
    return printable(value) if type(value) is str else value


def _view(comparison: Comparison, station: str, made: datetime) -> dict[str, Any]:
    heard = [each.info for each in comparison.heard]
    example = next((info.spec for info in heard if not info.configured), heard[0].spec if heard else "espeak:vi")
    return {
        "language": os.environ.get("LANGUAGE") or DEFAULT_LANGUAGE,
        "station": station,
        "title": comparison.script.title,
        "words": {
            "title": _("Voices compared"),
            "made": _("Made {at:%d/%m/%Y %H:%M}. Text and loudness are the same for all.").format(at=made),
            "left_out": _("Not reached over the network:"),
            "choose": _("To use a voice, put its name first in station.toml:"),
            "text": _("What they say"),
        },
        "voices": [_voice(each) for each in comparison.voices],
        "left_out": ", ".join(info.spec for info in comparison.left_out),
        "example": f'[speech] voices = ["{example}", …]',
        "parts": [_part(part) for part in comparison.parts],
    }


def _part(part: ReadParagraph) -> dict[str, Any]:
    return {"speaker": part.speaker, "spoken": part.spoken, "warnings": list(map(warning_text, part.warnings))}


def _voice(voice: ComparedVoice) -> dict[str, Any]:
    warnings = voice_warnings(voice)
    facts = {
        _("length"): length(timedelta(seconds=voice.seconds)) if voice.sound else "",
        _("pace"): pace_text(voice) if voice.sound else "",
        _("quality"): voice.info.quality,
        _("licence"): voice.info.licence,
        _("note"): voice.info.note,
    }
    return {
        "name": voice.info.spec,
        "used": _("used here") if voice.info.configured else "",
        "tone": "bad" if voice.failure else "warn" if warnings else "good",
        "source": _source(voice),
        "failure": voice.failure,
        "facts": [(name, value) for name, value in facts.items() if value and value != "?"],
        "warnings": warnings,
    }


def _source(voice: ComparedVoice) -> str:
    if voice.sound is None:
        return ""
    return f"data:{voice.sound.kind};base64,{base64.b64encode(voice.sound.data).decode()}"


def pace_text(voice: ComparedVoice) -> str:
    """Return how fast a voice reads."""
    return _("{count} syllables a minute").format(count=voice.syllables_per_minute)


def voice_warnings(voice: ComparedVoice) -> list[str]:
    """Return what is to be said of a voice's sound, in sentences."""
    paces = {
        Pace.FAST: _("fast: between loudspeakers that echo it is hard to follow"),
        Pace.SLOW: _("slow: people stop listening"),
    }
    pace = [paces[voice.pace]] if voice.sound and voice.pace in paces else []
    return [*pace, *map(warning_text, voice.warnings)]
