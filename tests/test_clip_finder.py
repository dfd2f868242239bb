"""The right clip of a script, found and verified beside the desk, which nothing holds up."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from desks import a_desk, plays, tick_until
from stations import Maker, at
from waiting import GIVE_UP, wait_for

from broadcaster.errors import ClipError, RenderError
from broadcaster.models import Clip, Occurrence, Outcome
from broadcaster.playout import clip_finder
from broadcaster.playout.background_work import BackgroundWork
from broadcaster.playout.clip_finder import ClipFinder
from broadcaster.playout.desk import Desk
from broadcaster.playout.sound.output import Segment
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import NO_REASON, ReasonKind
from broadcaster.records.ledger import Ledger
from broadcaster.station.content import read_content


class Held:
    """Work that is done when the test says so."""

    beside = True

    def __init__(self) -> None:
        self.pieces: list[Callable[[], object]] = []

    def do(self, piece: Callable[[], object], *, urgent: bool = False, patience: float = 0.0) -> None:
        self.pieces.append(piece)

    def go(self) -> None:
        """Do all that waits."""
        while self.pieces:
            self.pieces.pop(0)()


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def asked() -> list[str]:
    return []


def finder(maker: Maker, asked: list[str], held: Held | BackgroundWork | None = None) -> ClipFinder:
    return ClipFinder(maker.root, read_content(maker.open()), asked.extend, held)


def plan(*scripts: str, start: str = "2027-05-03 05:30") -> list[Occurrence]:
    return [Occurrence("thu", "sang", at(start), scripts)]


# ---- beside the desk


def test_what_is_not_known_yet_is_said_and_known_when_the_work_is_done(
    maker: Maker, held: Held, asked: list[str]
) -> None:
    maker.render()
    clips = finder(maker, asked, held)
    with pytest.raises(RenderError, match="still being looked up"):
        clips.verified("bai-1")
    held.go()
    with pytest.raises(RenderError, match="still being verified"):
        clips.verified("bai-1")
    held.go()
    assert clips.verified("bai-1").script == "bai-1"
    assert asked == []


def test_a_clip_that_turns_out_to_be_missing_is_asked_for_when_that_is_known(
    maker: Maker, held: Held, asked: list[str]
) -> None:
    clips = finder(maker, asked, held)
    assert clips.missing(plan("bai-1", "bai-2")) == []
    held.go()
    assert asked == ["bai-1", "bai-2"]
    assert clips.missing(plan("bai-1", "bai-2")) == ["bai-1", "bai-2"]


def test_an_item_whose_clip_is_known_airs_on_time_whatever_is_being_looked_up(
    maker: Maker, ledger: Ledger, held: Held
) -> None:
    """A long text that an edit brings at the last moment is read as long as it likes."""
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    desk = Desk(station, ledger, read_content(station), lambda _name: SilentOutput(station.clock), print, work=held)
    desk.begin()
    desk.clips.verify_ahead(desk.horizon.upcoming.values(), at("2027-05-03 05:29:30"))
    held.go()
    desk.clips.verify_ahead(desk.horizon.upcoming.values(), at("2027-05-03 05:29:30"))
    held.go()

    maker.script("dai", "Rất dài.").campaign(maker.slot("05:30") + maker.slot("06:00", "dai", id_="dai"))
    desk.adopt(read_content(station), NO_REASON)
    assert desk.clips.missing(desk.horizon.upcoming.values()) == []
    assert held.pieces  # the new text, and the rules of its days
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


def test_a_length_stays_known_while_everything_is_looked_up_again(maker: Maker, held: Held, asked: list[str]) -> None:
    maker.render()
    clips = finder(maker, asked, held)
    clips.lengths(["bai-1"])
    held.go()
    before = clips.lengths(["bai-1"])
    clips.look_again()
    assert clips.lengths(["bai-1"]) == before
    assert before["bai-1"] > timedelta()


def test_changes_count_when_a_length_may_be_another(maker: Maker, asked: list[str]) -> None:
    clips = finder(maker, asked)
    clips.lengths(["bai-1"])
    before = clips.changes
    clips.lengths(["bai-1"])
    assert clips.changes == before
    maker.render()
    clips.look_again()
    assert clips.lengths(["bai-1"])
    assert clips.changes > before


# ---- one version of text, lexicon and clip


def test_while_the_lexicon_is_wrong_no_old_clip_airs_under_an_edited_text(maker: Maker, asked: list[str]) -> None:
    maker.render()
    clips = finder(maker, asked)
    old = clips.verified("bai-1")
    (maker.root / "lexicon.toml").write_text("TDP = 5", "utf-8")
    maker.script("bai-1", "Bản sửa: mức đóng đã đổi.")
    clips.use(read_content(maker.open()))
    clips.look_again()
    with pytest.raises(RenderError):
        clips.verified("bai-1")
    assert old.path.exists()
    assert clips.lengths(["bai-1"]) == {}


def test_while_the_lexicon_is_wrong_an_edited_text_airs_as_the_lexicon_before_reads_it(
    maker: Maker, asked: list[str]
) -> None:
    (maker.root / "lexicon.toml").write_text('TDP = "tổ dân phố"\n', "utf-8")
    clips = ClipFinder(maker.root, read_content(maker.render()), asked.extend)
    assert clips.verified("bai-1")
    (maker.root / "lexicon.toml").write_text("TDP = 5", "utf-8")
    maker.script("bai-1", "Bản sửa: TDP số 3 họp.")
    content = read_content(maker.open())
    clips.use(content)
    with pytest.raises(RenderError, match="not rendered yet"):
        clips.verified("bai-1")
    content.renderer(maker.root).render([content.scripts["bai-1"]])
    assert clips.verified("bai-1").text_digest == content.scripts["bai-1"].digest


def test_while_the_lexicon_is_wrong_the_true_reason_is_told(maker: Maker, asked: list[str]) -> None:
    maker.render()
    (maker.root / "lexicon.toml").write_text("TDP = 5", "utf-8")
    with pytest.raises(RenderError, match=r"lexicon\.toml:1: TDP"):
        finder(maker, asked).verified("bai-1")


def test_while_the_lexicon_is_wrong_a_text_that_nobody_edited_keeps_its_clip(maker: Maker, asked: list[str]) -> None:
    maker.render()
    clips = finder(maker, asked)
    clip = clips.verified("bai-1")
    (maker.root / "lexicon.toml").write_text("TDP = 5", "utf-8")
    clips.use(read_content(maker.open()))
    clips.look_again()
    assert clips.verified("bai-1") == clip


def test_what_was_found_for_an_edited_text_comes_too_late_for_the_next_edit(
    maker: Maker, held: Held, asked: list[str]
) -> None:
    """The look-up of the first text ends after the second was adopted: it is not its clip."""
    maker.render()
    clips = finder(maker, asked, held)
    clips.lengths(["bai-1"])
    maker.script("bai-1", "Một bản khác.")
    clips.use(read_content(maker.open()))
    held.go()
    assert clips.lengths(["bai-1"]) == {}
    held.go()
    with pytest.raises(RenderError, match="not rendered yet"):
        clips.verified("bai-1")


def test_other_settings_of_speech_make_other_clips_right(maker: Maker, asked: list[str]) -> None:
    maker.render()
    clips = finder(maker, asked)
    assert clips.verified("bai-1")
    maker.settings('paragraph_pause = "2s"\n')  # the last table of the file is [mix]
    clips.use(read_content(maker.open()))
    with pytest.raises(RenderError, match="not rendered yet"):
        clips.verified("bai-1")


# ---- verifying


@pytest.fixture
def clip(maker: Maker, asked: list[str]) -> tuple[ClipFinder, Clip]:
    maker.render()
    clips = finder(maker, asked)
    return clips, clips.verified("bai-1")


def spoil(clip: Clip) -> None:
    data = bytearray(clip.path.read_bytes())
    data[-100] ^= 1
    clip.path.write_bytes(data)


def test_damage_after_it_was_verified_ahead_is_found_at_the_cue(
    clip: tuple[ClipFinder, Clip], asked: list[str]
) -> None:
    clips, found = clip
    clips.verify_ahead(plan("bai-1"), at("2027-05-03 05:29:30"))
    spoil(found)
    with pytest.raises(RenderError, match="changed or damaged"):
        clips.verified("bai-1")
    assert not found.path.exists()
    assert asked == ["bai-1"]


def test_a_clip_that_is_gone_is_asked_for(clip: tuple[ClipFinder, Clip], asked: list[str]) -> None:
    clips, found = clip
    found.path.unlink()
    with pytest.raises(RenderError, match=found.path.name):
        clips.verified("bai-1")
    assert asked == ["bai-1"]
    with pytest.raises(RenderError, match="not rendered yet"):
        clips.verified("bai-1")


def test_what_was_verified_ahead_is_not_read_again_at_the_cue(maker: Maker, held: Held, asked: list[str]) -> None:
    maker.render()
    clips = finder(maker, asked, held)
    clips.lengths(["bai-1"])
    held.go()
    clips.verify_ahead(plan("bai-1", start="2027-05-03 05:31:01"), at("2027-05-03 05:30"))
    assert held.pieces == []  # more than a minute ahead
    clips.verify_ahead(plan("bai-1", start="2027-05-03 05:30:59"), at("2027-05-03 05:30"))
    held.go()
    assert clips.verified("bai-1").script == "bai-1"
    assert held.pieces == []


def test_a_file_that_was_exchanged_by_one_of_the_same_size_and_time_is_verified_again(
    clip: tuple[ClipFinder, Clip],
) -> None:
    clips, found = clip
    status = found.path.stat()
    other = found.path.with_name("other")
    other.write_bytes(bytes(status.st_size))
    os.utime(other, ns=(status.st_mtime_ns, status.st_mtime_ns))
    other.replace(found.path)
    with pytest.raises(RenderError, match="changed or damaged"):
        clips.verified("bai-1")


def test_a_file_whose_rights_were_changed_is_verified_again(maker: Maker, held: Held, asked: list[str]) -> None:
    maker.render()
    clips = finder(maker, asked, held)
    clips.lengths(["bai-1"])
    held.go()
    clips.verify_ahead(plan("bai-1"), at("2027-05-03 05:29:30"))
    held.go()
    found = clips.verified("bai-1")
    time.sleep(0.02)  # the system counts changes in ticks
    found.path.chmod(0o600)
    with pytest.raises(RenderError, match="still being verified"):
        clips.verified("bai-1")


class BadFile(SilentOutput):
    """A device whose process cannot read the clip, so many times."""

    times = 20

    def play(self, segments: Sequence[Segment], at: datetime) -> None:
        if self.times:
            self.times -= 1
            raise ClipError("bai-1.wav: the clip cannot be read")
        super().play(segments, at)


def test_a_clip_that_cannot_be_played_is_verified_again_and_no_fault_of_the_device(
    maker: Maker, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    output = BadFile(station.clock)
    desk = a_desk(station, ledger, lambda _name: output)
    read: list[str] = []
    monkeypatch.setattr(clip_finder, "verify_clip", lambda clip: read.append(clip.script))
    tick_until(desk, maker.clock, "2027-05-03 05:31")
    assert read == ["bai-1"] * 21
    (play,) = plays(ledger)
    assert play.why.kind is ReasonKind.NO_CLIP


def test_why_a_clip_could_not_be_made_is_the_reason_that_it_does_not_air(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger)
    desk.clips.failures = {"bai-1": "bac-ba.mp3: damaged"}
    tick_until(desk, maker.clock, "2027-05-03 05:41")
    (play,) = plays(ledger)
    assert play.outcome is Outcome.FAILED
    assert play.reason.endswith(": bai-1: bac-ba.mp3: damaged")


# ---- the thread


def test_what_is_urgent_does_not_wait_for_what_takes_long() -> None:
    gate, done = threading.Event(), threading.Event()
    with closing(BackgroundWork()) as work:
        work.do(lambda: gate.wait(GIVE_UP))
        work.do(done.set, urgent=True, patience=GIVE_UP)
        assert done.is_set()
        gate.set()


def test_a_piece_that_fails_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()
    with closing(BackgroundWork()) as work:
        work.do(lambda: 1 / 0)
        work.do(done.set)
        assert done.wait(GIVE_UP)
    assert "ZeroDivisionError" in caplog.text


def test_who_has_patience_finds_it_done() -> None:
    done = threading.Event()
    with closing(BackgroundWork()) as work:
        work.do(done.set, urgent=True, patience=GIVE_UP)
        assert done.is_set()


def test_with_a_real_thread_a_clip_is_found_and_verified(maker: Maker, asked: list[str]) -> None:
    maker.render()
    with closing(BackgroundWork()) as work:
        clips = finder(maker, asked, work)

        def verified() -> Clip | None:
            try:
                return clips.verified("bai-1")
            except RenderError:
                return None

        assert wait_for(verified).script == "bai-1"
