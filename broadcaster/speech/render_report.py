"""What came of a batch of scripts, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from broadcaster.models import Clip, Script


class Result(StrEnum):
    """What came of one script."""

    MADE = "made"
    KEPT = "kept"  # the clip was there already
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RenderStep:
    """One script is finished, the `done`th of `total`; `reason` says why it failed."""

    script: str
    done: int
    total: int
    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What came of a batch: ids of scripts, in the order of the batch. `fell_back` are among those made and kept."""

    made: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    fell_back: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)  # id → why


class Tally:
    """Counts what came of each script, and tells it."""

    def __init__(self, scripts: list[Script], progress: Callable[[RenderStep], None]) -> None:
        self.scripts = scripts
        self._progress = progress
        self._results: dict[str, Result] = {}
        self._fell_back: set[str] = set()
        self._reasons: dict[str, str] = {}

    def add(self, script: Script, result: Result, clip: Clip) -> None:
        """Note a clip that is there now."""
        if clip.fell_back:
            self._fell_back.add(script.id)
        self._tell(script, result)

    def fail(self, script: Script, reason: str) -> None:
        """Note a script that came to nothing."""
        self._reasons[script.id] = reason
        self._tell(script, Result.FAILED)

    def _tell(self, script: Script, result: Result) -> None:
        self._results[script.id] = result
        reason = self._reasons.get(script.id, "")
        self._progress(RenderStep(script.id, len(self._results), len(self.scripts), result, reason))

    def report(self) -> RenderReport:
        """Return what came of all of them."""
        ids = [script.id for script in self.scripts]
        return RenderReport(
            made=tuple(id_ for id_ in ids if self._results[id_] is Result.MADE),
            kept=tuple(id_ for id_ in ids if self._results[id_] is Result.KEPT),
            fell_back=tuple(id_ for id_ in ids if id_ in self._fell_back),
            failed={id_: self._reasons[id_] for id_ in ids if id_ in self._reasons},
        )
