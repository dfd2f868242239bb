"""Clips made beside the desk: by a real child process, which may fail and die without anybody else being harmed."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing

import pytest
from stations import Maker
from waiting import wait_for

from broadcaster.playout.background_rendering import ASK_AGAIN_AFTER, BackgroundRendering
from broadcaster.station.content import content_in_force, read_content
from broadcaster.station.folder import open_in_force

FLAC_WITHOUT_A_RATE = bytes.fromhex("664c61430000002204800480") + bytes(40) + b"\x3e" + bytes(70)


class Clock:
    """A monotonic clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def clips(maker: Maker) -> set[str]:
    return {path.name.rsplit("-", 1)[0] for path in (maker.root / "audio").glob("*.wav")}


def rendered(rendering: BackgroundRendering) -> bool:
    """Go round by round until a batch has ended."""
    return wait_for(rendering.round)


def test_what_is_asked_for_is_made(maker: Maker) -> None:
    with closing(BackgroundRendering(maker.open())) as rendering:
        rendering.ask(["bai-1", "bai-2"])
        assert rendered(rendering)
    assert clips(maker) == {"bai-1", "bai-2"}
    assert rendering.failures == {}


def test_nothing_asked_nothing_started(maker: Maker) -> None:
    with closing(BackgroundRendering(maker.open())) as rendering:
        assert not rendering.round()
        assert not rendering.round()


def test_a_script_whose_sound_kills_decoders_fails_by_its_name_and_no_other_suffers(
    maker: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    maker.script("bai-3", matter='recording = "hai.mp3"')
    (maker.root / "scripts" / "hai.mp3").write_bytes(FLAC_WITHOUT_A_RATE)
    with closing(BackgroundRendering(maker.open())) as rendering:
        rendering.ask(["bai-1", "bai-3", "bai-2"])
        assert rendered(rendering)
    assert clips(maker) == {"bai-1", "bai-2"}
    assert list(rendering.failures) == ["bai-3"]
    assert "hai.mp3: damaged" in rendering.failures["bai-3"]
    assert "bai-3 could not be rendered" in caplog.text


def test_a_failure_is_forgotten_when_the_script_has_its_clip(maker: Maker) -> None:
    clock = Clock()
    maker.script("bai-3", matter='recording = "hai.mp3"')
    (maker.root / "scripts" / "hai.mp3").write_bytes(FLAC_WITHOUT_A_RATE)
    with closing(BackgroundRendering(maker.open(), clock)) as rendering:
        rendering.ask(["bai-3"])
        assert rendered(rendering)
        assert rendering.failures
        maker.script("bai-3")
        clock.now += ASK_AGAIN_AFTER
        rendering.ask(["bai-3"])
        assert rendered(rendering)
    assert rendering.failures == {}


def test_one_that_was_just_tried_is_not_tried_again_at_once(maker: Maker) -> None:
    clock = Clock()
    with closing(BackgroundRendering(maker.open(), clock)) as rendering:
        rendering.ask(["khong-co"])
        assert rendered(rendering)
        clock.now += ASK_AGAIN_AFTER - 1
        rendering.ask(["khong-co"])
        assert rendering._batch is None
        assert not rendering.round()
        assert rendering._batch is None


def test_a_mistake_in_the_settings_is_the_reason_of_every_script(maker: Maker) -> None:
    (maker.root / "station.toml").write_text("[station]\nname = 5\n", "utf-8")
    with closing(BackgroundRendering(Maker(maker.root, maker.clock).settings().open())) as rendering:
        (maker.root / "station.toml").write_text("[station]\nname = 5\n", "utf-8")
        rendering.ask(["bai-1", "bai-2"])
        assert rendered(rendering)
    assert list(rendering.failures) == ["bai-1", "bai-2"]
    assert "station.toml:2" in rendering.failures["bai-1"]


def test_clips_are_made_of_what_is_in_force_and_one_mistake_keeps_no_other_from_it(maker: Maker) -> None:
    station = maker.script("bai-3").render()
    read_content(station)  # as the desk does: it keeps what is good
    maker.lose_clip("bai-1")
    maker.lose_clip("bai-3")
    (station.scripts_folder / "bai-1.md").write_text("+++\n", "utf-8")
    (maker.root / "station.toml").write_text("[station]\nname = 5\n", "utf-8")
    with closing(BackgroundRendering(station)) as rendering:
        rendering.ask(["bai-1", "bai-3", "khong-co"])
        assert rendered(rendering)
    content = content_in_force(open_in_force(maker.root))
    renderer = content.renderer(maker.root)
    assert all(renderer.find(content.scripts[id_]) for id_ in ("bai-1", "bai-3"))
    assert rendering.failures == {}


@pytest.mark.skipif(sys.platform == "win32", reason="signals, as POSIX has them")
def test_a_process_that_dies_is_the_reason_of_what_it_did_not_get_to(maker: Maker) -> None:
    for number in range(12):
        maker.script(f"dai-{number}", "\n\n".join(f"Đoạn {part} của bài {number}." for part in range(100)))
    with closing(BackgroundRendering(maker.open())) as rendering:
        rendering.ask([f"dai-{number}" for number in range(12)])
        assert not rendering.round()
        assert rendering._batch is not None
        wait_for(lambda: clips(maker))
        os.kill(rendering._batch._child.pid, signal.SIGSEGV)
        assert rendered(rendering)
    lost = set(rendering.failures)
    assert lost
    assert all("rendering ended unexpectedly" in reason for reason in rendering.failures.values())
    assert lost | clips(maker) >= {f"dai-{number}" for number in range(12)}


def test_closing_ends_the_process_and_leaves_no_half_clip(maker: Maker) -> None:
    rendering = BackgroundRendering(maker.open())
    rendering.ask(["bai-1", "bai-2"])
    assert not rendering.round()
    batch = rendering._batch
    assert batch is not None
    rendering.close()
    assert batch.is_over
    assert maker.render()
