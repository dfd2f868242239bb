from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.models import Script
from broadcaster.settings import MixSettings
from broadcaster.speech.content_review import estimated_seconds
from broadcaster.speech.script import parse_script


def script(body: str) -> Script:
    return parse_script(Path("bai.md"), f'+++\ntitle = "Bài"\n+++\n\n{body}\n')


def test_the_length_is_guessed_from_what_is_said() -> None:
    found = script("Một.\n\n[nghỉ 10s]\n\nHai.")
    texts = ["từ " * 209 + "từ.", "từ " * 100 + "từ, từ. " + "từ " * 107 + "từ."]
    # two minutes of syllables, the cue, a pause after each paragraph, one between sentences, one at a comma
    assert estimated_seconds(found, texts, 210, MixSettings()) == pytest.approx(120 + 10 + 2 * 0.8 + 0.4 + 0.3)


def test_the_length_follows_rate_and_pauses_of_the_station() -> None:
    found, text = script("Một."), "từ " * 99 + "từ."
    calm = MixSettings(paragraph_pause=timedelta(seconds=5))
    assert estimated_seconds(found, [text], 200, calm) == pytest.approx(30 + 5)
    assert estimated_seconds(found, [text], 100, calm) == pytest.approx(60 + 5)
