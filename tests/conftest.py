"""What all tests share: English texts, whatever the developer's own language is, and a loudspeaker to listen to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from pulse import PulseServer, missing

from broadcaster import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English, before and after a test that speaks otherwise."""
    monkeypatch.delenv("BROADCASTER_LANG", raising=False)
    monkeypatch.setenv("LANGUAGE", "en")
    i18n.activate("en")
    yield
    i18n.activate("en")


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    """A sound server of the test's own, and the environment in which every new process finds it and no other."""
    if program := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is not installed, and nothing is skipped in CI")
        pytest.skip(f"{program} is not installed (apt-get install pulseaudio pulseaudio-utils)")
    folder = tmp_path / "pulse"
    folder.mkdir(mode=0o700)
    server = PulseServer(folder)
    for name, value in server.env.items():
        monkeypatch.setenv(name, value)
    server.start()
    yield server
    server.stop()
