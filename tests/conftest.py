"""What all tests share: English texts, whatever the developer's own language is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from broadcaster import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English, before and after a test that speaks otherwise."""
    monkeypatch.delenv("BROADCASTER_LANG", raising=False)
    monkeypatch.setenv("LANGUAGE", "en")
    i18n.activate("en")
    yield
    i18n.activate("en")
