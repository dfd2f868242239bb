"""How the voices speak: tones that cannot be told apart, and a rate that was set when it was counted otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.settings import FASTEST_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcaster.station.folder import Station

_KEY = "words_per_minute"


def check_speech(station: Station) -> Iterator[Finding]:
    """Yield what somebody should look at, each once."""
    from broadcaster.speech.voices.espeak import is_nearly_toneless

    for name in filter(is_nearly_toneless, station.settings.speech.voices):
        yield finding("voices", Level.WARNING, FindingKind.TONELESS_VOICE, name=name)
    yield from _rate_of_before(station)


def _rate_of_before(station: Station) -> Iterator[Finding]:
    """Yield a warning where the rate was set, and clips lie there from when the same number spoke faster."""
    from broadcaster.speech.voices.rate import rate_of_words, spoken_by_words

    rate = station.settings.speech.words_per_minute
    if f"speech.{_KEY}" not in station.settings.origins:
        return
    versions = station.renderer().versions_on_disk(station.scripts()[0].values())
    if any(spoken_by_words(version, rate) for version in versions):
        facts = {"key": _KEY, "rate": rate, "before": min(FASTEST_RATE, rate_of_words(rate))}
        yield finding("voices", Level.WARNING, FindingKind.RATE_OF_BEFORE, **facts)
