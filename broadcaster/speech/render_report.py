"""The outcome of rendering a batch of scripts, and its progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from broadcaster.models import Clip, MadeClip, Script


class RenderResult(StrEnum):
    """The outcome for one script."""

    MADE = "made"
    KEPT = "kept"  # the clip existed already
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RenderStep:
    """Progress: one script is finished, number `done` of `total`; `reason`: why it failed."""

    script: str
    done: int
    total: int
    result: RenderResult
    reason: str = ""
    made: MadeClip | None = None  # the clip that was made for it now


@dataclass(frozen=True, slots=True)
class RenderReport:
    """Outcome of a batch: script ids in the order of the batch. Those in `fell_back` are also in `made` or `kept`.

    `not_speaking`: voice → why it did not speak, each told once however many scripts it was to speak.
    """

    made: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    fell_back: Mapping[str, str] = field(default_factory=dict)  # id → the voice that spoke in place of a better one
    not_speaking: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)  # id → why
    rates: Mapping[str, int] = field(default_factory=dict)  # id → syllables a minute measured in the clip, if any


class BatchResults:
    """Collects the outcome of each script and reports progress."""

    def __init__(self, scripts: list[Script], progress: Callable[[RenderStep], None]) -> None:
        self.scripts = scripts
        self._progress = progress
        self._results: dict[str, RenderResult] = {}
        self._fell_back: dict[str, str] = {}
        self._not_speaking: dict[str, str] = {}
        self._reasons: dict[str, str] = {}
        self._rates: dict[str, int] = {}

    def add(self, script: Script, clip: Clip, made: MadeClip | None = None) -> None:
        """Record that a script has its clip, and whether it was `made` now."""
        if clip.rate:
            self._rates[script.id] = clip.rate
        if clip.fell_back:
            self._fell_back[script.id] = clip.voice
        self._report_step(script, RenderResult.MADE if made else RenderResult.KEPT, made)

    def fail(self, script: Script, reason: str) -> None:
        """Record that a script failed."""
        self._reasons[script.id] = reason
        self._report_step(script, RenderResult.FAILED)

    def voices_failed(self, reasons: Mapping[str, str]) -> None:
        """Record which voices did not speak, and why."""
        self._not_speaking.update(reasons)

    def _report_step(self, script: Script, result: RenderResult, made: MadeClip | None = None) -> None:
        self._results[script.id] = result
        reason = self._reasons.get(script.id, "")
        self._progress(RenderStep(script.id, len(self._results), len(self.scripts), result, reason, made))

    def report(self) -> RenderReport:
        """Return the outcome of the whole batch; every script must have been added."""
        ids = [script.id for script in self.scripts]
        return RenderReport(
            made=tuple(id_ for id_ in ids if self._results[id_] is RenderResult.MADE),
            kept=tuple(id_ for id_ in ids if self._results[id_] is RenderResult.KEPT),
            fell_back={id_: self._fell_back[id_] for id_ in ids if id_ in self._fell_back},
            not_speaking=dict(self._not_speaking),
            failed={id_: self._reasons[id_] for id_ in ids if id_ in self._reasons},
            rates={id_: self._rates[id_] for id_ in ids if id_ in self._rates},
        )
