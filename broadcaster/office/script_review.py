"""Everything that somebody should look at in a script: how it is read, its lines, its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.models import LineRemark, ScriptWarning, WarningKind
from broadcaster.office.reading import read_paragraphs
from broadcaster.speech.content_review import Surroundings, estimated_seconds, review_content, stated_phones

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from broadcaster.models import Clip, Script
    from broadcaster.office.reading import ReadParagraph
    from broadcaster.settings import Settings
    from broadcaster.speech.render import Renderer
    from broadcaster.station.folder import Station

_READERS_OWN = frozenset(
    {
        WarningKind.SPELLED,
        WarningKind.GUESSED,
        WarningKind.UNTONED,
        WarningKind.FOREIGN,
        WarningKind.DROPPED,
    }
)
"""What the reader was unsure of: of interest to who reads one script, not to who checks all of them."""


@dataclass(frozen=True, slots=True)
class ScriptReview:
    """A script's paragraphs with what is to be looked at in each, and what concerns the script as a whole."""

    parts: tuple[ReadParagraph, ...]
    whole: tuple[ScriptWarning, ...]

    @property
    def warnings(self) -> tuple[ScriptWarning, ...]:
        """All of them, each once."""
        found = (warning for part in self.parts for warning in part.warnings)
        return tuple(dict.fromkeys([*self.whole, *found]))

    @property
    def notable(self) -> tuple[LineRemark, ...]:
        """Those that a check of all scripts tells, with the first lines of their paragraphs; 0 is the whole script."""
        found = [LineRemark(0, warning) for warning in self.whole]
        found += (LineRemark(part.line, warning) for part in self.parts for warning in part.warnings)
        return tuple(dict.fromkeys(remark for remark in found if remark.warning.kind not in _READERS_OWN))


class ScriptReviewer:
    """Reviews the scripts of one station on one day; `scripts` are all of them, whose claims count for each other."""

    def __init__(self, renderer: Renderer, settings: Settings, scripts: Iterable[Script], today: date) -> None:
        self._renderer, self._settings, self._today = renderer, settings, today
        self._phones = stated_phones(scripts)

    @classmethod
    def of(cls, station: Station) -> ScriptReviewer:
        """Return what reviews the scripts that lie in a station's folder now."""
        scripts = station.scripts()[0].values()
        return cls(station.renderer(), station.settings, scripts, station.now().date())

    def review(self, script: Script, clip: Clip | None = None) -> ScriptReview:
        """Return what is to be looked at in a script; raise InputError for a wrong lexicon."""
        remarks = review_content(script, Surroundings(self._today, self._seconds(script, clip), self._phones))
        parts = read_paragraphs(
            self._renderer, script, [*script.remarks, *(remark for remark in remarks if remark.line)]
        )
        return ScriptReview(tuple(parts), tuple(remark.warning for remark in remarks if not remark.line))

    def _seconds(self, script: Script, clip: Clip | None) -> float:
        """Return the length of a script's clip, or about what it would be; 0 where that is not known."""
        if clip is not None:
            return clip.length.total_seconds()
        if script.language:  # its words are not syllables
            return 0.0
        spoken = [reading.spoken for _block, reading in self._renderer.spoken(script) if reading]
        return estimated_seconds(script, spoken, self._settings.speech.words_per_minute, self._settings.mix)
