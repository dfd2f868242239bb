"""Running the command line in tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Result:
    """What a command left behind: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer, read as JSON."""
        return json.loads(self.out)


class RunCommand(Protocol):
    """Runs the program as a person does: real arguments, real streams, in English unless `lang` says otherwise."""

    def __call__(self, *arguments: str, station: Path | None = None, lang: str = "en") -> Result: ...


def make_quick_station(folder: Path) -> None:
    """Make a station with the sample campaign that is silent and reads twice as fast as people do."""
    from broadcaster.office.new_station import make_station

    make_station(folder)
    settings = folder / "station.toml"
    text = settings.read_text("utf-8")
    for old, new in (
        (
            'voices = ["piper:vi_VN-vais1000-medium", "gtts", "espeak:vi"]',
            'voices = ["silent"]\nwords_per_minute = 300',
        ),
        ('devices = ["default"]', 'devices = ["silent"]'),
    ):
        assert old in text
        text = text.replace(old, new)
    settings.write_text(text.replace("[rules]", '[mix]\npreset = "flat"\nchime = "none"\n\n[rules]'), "utf-8")
