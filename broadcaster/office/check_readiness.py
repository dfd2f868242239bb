"""Whether everything is ready for the next days to play: all findings, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from broadcaster.office.check_airing import check_airing
from broadcaster.office.check_computer import check_computer
from broadcaster.office.check_findings import FindingKind, Level
from broadcaster.office.check_speech import check_speech
from broadcaster.office.check_station import check_station
from broadcaster.office.check_voices import check_voices

if TYPE_CHECKING:
    from broadcaster.office.check_findings import Finding
    from broadcaster.station.folder import Station


class Readiness(StrEnum):
    """What the findings come to."""

    READY = "ready"
    READY_WITH_WARNINGS = "ready with warnings"  # somebody should look
    NOT_READY = "not ready"  # something will not play


_DECISIVE = {Readiness.READY_WITH_WARNINGS: Level.WARNING, Readiness.NOT_READY: Level.BAD}
_EXIT_CODES = {Readiness.READY: 0, Readiness.READY_WITH_WARNINGS: 1, Readiness.NOT_READY: 2}


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """The findings, in the order in which a page shows them."""

    findings: tuple[Finding, ...]

    @property
    def readiness(self) -> Readiness:
        """The verdict: the worst finding decides."""
        levels = {finding.level for finding in self.findings}
        if Level.BAD in levels:
            return Readiness.NOT_READY
        return Readiness.READY_WITH_WARNINGS if Level.WARNING in levels else Readiness.READY

    @property
    def points(self) -> int:
        """How many findings decided the verdict."""
        decisive = _DECISIVE.get(self.readiness)
        return sum(finding.level is decisive for finding in self.findings)

    @property
    def exit_code(self) -> int:
        """The verdict for scripts: 0 ready, 1 ready with warnings, 2 not ready."""
        return _EXIT_CODES[self.readiness]


def check_readiness(station: Station) -> ReadinessCheck:
    """Check the station and its computer."""
    voices = check_voices(station)
    found = (each for each in check_station(station) if not _is_told_by(voices, each))
    return ReadinessCheck((*found, voices, *check_speech(station), *check_airing(station), *check_computer(station)))


def _is_told_by(voices: Finding, clips: Finding) -> bool:
    """Whether clips are in a lesser voice because the better ones do not speak now, which is said of the voices."""
    return (
        clips.kind is FindingKind.CLIPS_IN_LESSER_VOICE
        and voices.kind is FindingKind.OTHER_VOICE
        and voices.facts["name"] in clips.facts["voice"].split(", ")
    )
