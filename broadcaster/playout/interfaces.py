"""What the rounds need of those who work beside them; tests bring their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from broadcaster.records.clip_rows import ClipRow


class Rendering(Protocol):
    """Makes clips beside the desk (`background_rendering.BackgroundRendering`)."""

    failures: dict[str, str]  # by script: why its clip could not be made
    unentered: tuple[ClipRow, ...]  # of clips that the play history does not know yet

    def ask(self, scripts: Sequence[str]) -> None:
        """Ask for these scripts to be rendered soon; must not block. Any thread may call it."""

    def round(self) -> bool:
        """Start what was asked for; return whether a batch has ended since the last call."""

    def entered(self, rows: Collection[ClipRow]) -> None:
        """Take it that these rows are written."""


class Timer(Protocol):
    """Wakes the next round early (`wake_timer.WakeTimer`)."""

    def set(self, instants: Iterable[datetime]) -> None:
        """Wake at these instants, and no longer at those set before."""

    def nudge(self) -> None:
        """Look at the clock now: it was set."""
