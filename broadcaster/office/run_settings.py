"""What one run does differently from station.toml."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadcaster.settings import Settings
    from broadcaster.station.folder import Adjust


def with_output(output: str | None) -> Adjust:
    """Return an adjustment that plays on this output only; None: on those of station.toml."""

    def adjust(settings: Settings) -> Settings:
        return replace(settings, output=replace(settings.output, devices=(output,))) if output else settings

    return adjust
