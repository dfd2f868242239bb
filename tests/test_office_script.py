"""What the office says of scripts: warnings as values, and their sentences."""

from __future__ import annotations

import pytest
from stations import Maker

from broadcaster.i18n import activate
from broadcaster.models import ScriptWarning, WarningKind
from broadcaster.office.script_list import list_scripts
from broadcaster.office.wording_script import WARNINGS, warning_text
from broadcaster.speech.normalise import Doubt
from broadcaster.speech.voices.recording_faults import FlawKind


def test_every_warning_has_a_sentence_and_every_doubt_and_flaw_is_a_warning() -> None:
    assert set(WARNINGS) == set(WarningKind)
    assert {WarningKind(found) for found in (*Doubt, *FlawKind)} <= set(WarningKind)


@pytest.mark.parametrize(
    ("warning", "text"),
    [
        (ScriptWarning.of("spelled", token="XQZ", reading="xê quy dét"), '"XQZ" is spelled out: "xê quy dét"'),
        (
            ScriptWarning.of("silence", file="thu.wav", start_s=0.0, end_s=65.04),
            "thu.wav: from 0:00.0 to 1:05.0: complete silence",
        ),
        (
            ScriptWarning.of("truncated", file="thu.wav", start_s=59.96, end_s=59.96),
            "thu.wav: at 1:00.0: the file is cut off",
        ),
        (ScriptWarning.of("sentence", text="thu.wav: {0} lạ"), "thu.wav: {0} lạ"),
    ],
)
def test_a_warning_in_words(warning: ScriptWarning, text: str) -> None:
    assert warning_text(warning) == text


def test_a_rendered_script_warns_in_the_language_of_who_asks_not_of_who_rendered_it(maker: Maker) -> None:
    maker.script("la", "Mời bà con đến XQZKW.")
    activate("vi")
    station = maker.render()
    activate("en")
    (listed,) = (found for found in list_scripts(station)[0] if found.script.id == "la")
    (warning,) = listed.warnings
    assert warning_text(warning).startswith('"XQZKW" is spelled out: ')


def test_a_blank_still_to_be_written_is_a_warning(maker: Maker) -> None:
    maker.script("trong", "Mời bà con đến ‹ở đâu›.")
    (listed,) = (found for found in list_scripts(maker.open())[0] if found.script.id == "trong")
    assert ScriptWarning.of(WarningKind.GAP, gap="‹ở đâu›") in listed.warnings
