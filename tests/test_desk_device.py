"""The desk and its device: lost, refused, away, given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from desks import HALF_A_MINUTE, LostBeforeSound, a_desk, kinds, plays, tick_until
from stations import Maker, at

from broadcaster.errors import PlayoutError
from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.player import Player
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound.output import Output, Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import ReasonKind, in_words
from broadcaster.records.approvals import Approval, Decision
from broadcaster.records.ledger import Ledger


class Flaky(SilentOutput):
    """A silent output that is not there until `back`, and is lost after `lasts` seconds of a play."""

    def __init__(self, clock: SimulatedClock, back: datetime, lasts: float = 1e9) -> None:
        super().__init__(clock)
        self.time = clock
        self.back = back
        self.lasts = lasts

    def open(self) -> None:
        if self.time.now < self.back:
            raise PlayoutError("the cable is out")

    def progress(self) -> Progress:
        progress = super().progress()
        if progress.state is State.PLAYING and progress.played_frames > self.lasts * 48_000:
            return Progress(State.LOST, progress.played_frames, progress.total_frames, progress.started, None, "cable")
        return progress


def test_a_device_that_comes_back_within_the_grace_airs_late_and_whole(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-03 05:33")))

    tick_until(desk, maker.clock, "2027-05-03 05:35")

    (play,) = plays(ledger)
    assert play.outcome is Outcome.AIRED
    assert play.lateness_s == pytest.approx(180, abs=2)
    assert play.heard_s == pytest.approx(play.scripts[0].seconds, abs=0.001)
    assert "the cable is out" in play.reason


def test_a_device_that_stays_away_fails_the_occurrence(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-04 00:00")))

    tick_until(desk, maker.clock, "2027-05-03 05:45")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (
        Outcome.FAILED,
        "no output from 03/05/2027 05:29:55 to 03/05/2027 05:40:00: the cable is out",
    )
    assert play.started is None
    assert desk.troubles.now(play.occurrence) is None  # it has its outcome: nothing keeps it from airing any more


def test_why_it_waits_is_logged_once_and_again_when_that_changes(
    maker: Maker, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten tries without a clip, ten without a device."""
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-04 00:00")))

    tick_until(desk, maker.clock, "2027-05-03 05:30:05")
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:30:15")

    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "thu/sang@2027-05-03T05:30+07:00: bai-1: the clip is not rendered yet",
        "thu/sang@2027-05-03T05:30+07:00: the cable is out",
    ]


def test_what_had_no_clip_for_a_while_fails_for_the_device_that_was_away_for_longer(
    maker: Maker, ledger: Ledger
) -> None:
    maker.campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-04 00:00")))

    tick_until(desk, maker.clock, "2027-05-03 05:31")
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:45")

    (play,) = plays(ledger)
    assert (play.outcome, play.why.kind) == (Outcome.FAILED, ReasonKind.NO_DEVICE)


def test_a_device_lost_before_the_first_sample_is_why_the_next_in_turn_fails_too(maker: Maker, ledger: Ledger) -> None:
    """`b` waits behind `a` for half a second, until the device is gone for good."""
    maker.settings('[airing]\ngrace = "10s"')
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    outputs: list[Output] = [LostBeforeSound(maker.clock)]
    away = Flaky(maker.clock, at("2028-01-01 00:00"))
    desk = a_desk(maker.render(), ledger, lambda _name: outputs.pop() if outputs else away)

    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert [(play.slot, play.outcome, play.why.kind) for play in plays(ledger)] == [
        ("a", Outcome.FAILED, ReasonKind.NO_DEVICE),
        ("b", Outcome.FAILED, ReasonKind.NO_DEVICE),
    ]


def test_a_device_is_not_missed_any_more_while_another_item_airs_on_it(maker: Maker, ledger: Ledger) -> None:
    """`b` began late for the device, which was away for 40 s, and then waited for the bulletin `a` that came first."""
    maker.campaign(maker.slot("05:30", "bai-2", id_="b") + maker.slot("05:30", "bai-1", 'class = "emergency"', id_="a"))
    desk = a_desk(maker.render(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-03 05:30:40")))

    tick_until(desk, maker.clock, "2027-05-03 05:32")

    first, second = plays(ledger)
    assert (first.slot, second.slot) == ("a", "b")
    assert second.why.kind is ReasonKind.NO_DEVICE
    assert first.started is not None
    assert abs(datetime.fromisoformat(second.why.facts["to"]) - first.started) <= timedelta(seconds=1)


class Unaware(SilentOutput):
    """A device that cannot tell when it began."""

    def progress(self) -> Progress:
        return replace(super().progress(), started=None)


def test_a_device_that_cannot_tell_when_it_began_is_not_said_to_be_late(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    tick_until(a_desk(maker.render(), ledger, lambda _name: Unaware(maker.clock)), maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.started, play.reason) == (Outcome.AIRED, None, "")


def test_the_next_device_is_taken_when_the_first_is_gone(maker: Maker, ledger: Ledger) -> None:
    text = (
        (maker.root / "station.toml").read_text("utf-8").replace('["silent"]\n[speech]', '["usb", "silent"]\n[speech]')
    )
    (maker.root / "station.toml").write_text(text, "utf-8")
    maker.campaign(maker.slot("05:30"))

    def make(name: str) -> Output:
        return Flaky(maker.clock, at("2028-01-01 00:00")) if name == "usb" else SilentOutput(maker.clock)

    desk = a_desk(maker.render(), ledger, make)
    tick_until(desk, maker.clock, "2027-05-03 05:32")

    (play,) = plays(ledger)
    assert (play.outcome, play.device, play.lateness_s) == (Outcome.AIRED, "silent", 0)


def test_a_device_lost_in_mid_speech_is_a_cut_and_never_said_again(maker: Maker, ledger: Ledger) -> None:
    maker.script("dai", HALF_A_MINUTE).campaign(maker.slot("05:30", "dai"))
    desk = a_desk(maker.render(), ledger, lambda _name: Flaky(maker.clock, at("2027-05-01 00:00"), lasts=10))

    tick_until(desk, maker.clock, "2027-05-03 05:45")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason, play.device) == (Outcome.CUT, "cable", "silent")
    assert play.heard_s == pytest.approx(10, abs=1)
    assert play.ended == at("2027-05-03 05:30:10.500")  # the first look after ten seconds


def test_a_player_that_has_no_device_has_played_nothing(maker: Maker) -> None:
    player = Player(lambda _name: SilentOutput(maker.clock))

    assert player.progress() == player.stop() == Progress(State.WAITING)


class Counted(SilentOutput):
    """Counts how often it was opened and closed."""

    def __init__(self, clock: SimulatedClock, log: list[str]) -> None:
        super().__init__(clock)
        self.log = log

    def open(self) -> None:
        self.log.append("open")

    def close(self) -> None:
        self.log.append("close")


def one_that_waits(maker: Maker, ledger: Ledger) -> tuple[Desk, list[str]]:
    """Return a desk at 05:31, where `b` waits for its clip and `a` has ended, and what its device was told."""
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30", "bai-2", id_="b"))
    station = maker.render()
    maker.lose_clip("bai-2")
    log: list[str] = []
    desk = a_desk(station, ledger, lambda _name: Counted(maker.clock, log))
    tick_until(desk, maker.clock, "2027-05-03 05:31")
    return desk, log


def test_the_device_is_held_while_anything_waits_and_let_go_of_then(maker: Maker, ledger: Ledger) -> None:
    """`b` airs a minute late on the same open device."""
    desk, log = one_that_waits(maker, ledger)

    desk.clock_moved()  # nothing that is cued and silent: nothing to judge anew
    assert log == ["open"]
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:32")

    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED, Outcome.AIRED]
    assert log == ["open", "close"]


def test_no_device_is_opened_for_what_may_not_air(maker: Maker, ledger: Ledger) -> None:
    maker.settings('[rules]\nquiet_days = ["2027-05-03"]').campaign(maker.slot("05:30"))
    log: list[str] = []

    desk = a_desk(maker.render(), ledger, lambda _name: Counted(maker.clock, log))
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    assert ([play.outcome for play in plays(ledger)], log) == ([Outcome.BLOCKED], [])


def test_a_stop_lets_go_of_the_device_also_while_nothing_plays(maker: Maker, ledger: Ledger) -> None:
    desk, log = one_that_waits(maker, ledger)

    desk.stop(in_words("stopped by SIGTERM"))

    assert log == ["open", "close"]
    assert [play.slot for play in plays(ledger)] == ["a"]  # `b` is still to come, when the desk is back
    assert kinds(ledger, "thu/b@2027-05-03T05:30+07:00") == ["planned"]
    assert desk.status().waiting == ()


def test_a_device_that_is_always_lost_before_the_first_sample_fails_the_occurrence(
    maker: Maker, ledger: Ledger
) -> None:
    maker.settings('[airing]\ngrace = "10s"').campaign(maker.slot("05:30"))
    desk = a_desk(maker.render(), ledger, lambda _name: LostBeforeSound(maker.clock))

    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason, play.started) == (
        Outcome.FAILED,
        "no output from 03/05/2027 05:29:55 to 03/05/2027 05:30:10: cable",
        None,
    )


def test_a_clip_that_came_is_not_why_a_device_lost_before_the_first_sample_fails_the_occurrence(
    maker: Maker, ledger: Ledger
) -> None:
    """Four seconds of the ten without a clip, and six without a device."""
    maker.settings('[airing]\ngrace = "10s"').campaign(maker.slot("05:30"))
    desk = a_desk(maker.open(), ledger, lambda _name: LostBeforeSound(maker.clock))

    tick_until(desk, maker.clock, "2027-05-03 05:30:03.5")
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.reason) == (
        Outcome.FAILED,
        "no output from 03/05/2027 05:30:04 to 03/05/2027 05:30:10: cable",
    )


def test_once_cued_an_approval_is_not_asked_again(maker: Maker, ledger: Ledger) -> None:
    """The device is lost before the first sample, and somebody takes the approval back before the next try."""
    maker.settings("[approval]\nrequired = true").campaign(maker.slot("05:30"))
    station = maker.render()
    script = station.scripts()[0]["bai-1"]
    yes = Approval("bai-1", script.digest, script.title, Decision.APPROVED)
    ledger.append([yes.entry("Lan", maker.clock.now)])
    outputs = iter([LostBeforeSound(maker.clock), SilentOutput(maker.clock)])
    desk = a_desk(station, ledger, lambda _name: next(outputs))

    tick_until(desk, maker.clock, "2027-05-03 05:29:56")
    ledger.append([replace(yes, decision=Decision.REVOKED, reason="sai").entry("Minh", maker.clock.now)])
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "played"]


def test_a_device_lost_before_the_first_sample_is_asked_again_after_a_second(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    made: list[datetime] = []

    def make(_name: str) -> Output:
        made.append(maker.clock.now)
        return LostBeforeSound(maker.clock) if len(made) == 1 else SilentOutput(maker.clock)

    desk = a_desk(maker.render(), ledger, make)
    tick_until(desk, maker.clock, "2027-05-03 05:30:30", step=0.25)

    # cued 5 s ahead, lost at the next tick, and opened anew one second after that
    assert made == [at("2027-05-03 05:29:55"), at("2027-05-03 05:29:56.250")]
    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


def test_what_was_cued_on_a_device_that_is_lost_airs_on_the_next_one(maker: Maker, ledger: Ledger) -> None:
    """The first is lost before the first sample, and does not come back."""
    text = (maker.root / "station.toml").read_text("utf-8")
    (maker.root / "station.toml").write_text(
        text.replace('["silent"]\n[speech]', '["usb", "silent"]\n[speech]'), "utf-8"
    )
    maker.campaign(maker.slot("05:30"))
    usb: list[Output] = []

    def make(name: str) -> Output:
        if name != "usb":
            return SilentOutput(maker.clock)
        usb.append(Flaky(maker.clock, at("2028-01-01 00:00")) if usb else LostBeforeSound(maker.clock))
        usb[-1].device = "usb"
        return usb[-1]

    tick_until(a_desk(maker.render(), ledger, make), maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s, play.device) == (Outcome.AIRED, 0, "silent")
    assert kinds(ledger, play.occurrence) == ["planned", "cued", "played"]


def test_a_cue_that_lost_its_device_is_tried_at_its_time_by_a_clock_that_was_set_back(
    maker: Maker, ledger: Ledger
) -> None:
    """The device is lost before the first sample; three minutes after its time it is back, and the clock set back."""
    maker.campaign(maker.slot("05:30"))
    outputs: list[Output] = [LostBeforeSound(maker.clock)]
    away = Flaky(maker.clock, at("2028-01-01 00:00"))
    desk = a_desk(maker.render(), ledger, lambda _name: outputs.pop() if outputs else away)
    tick_until(desk, maker.clock, "2027-05-03 05:33")

    maker.clock.now = at("2027-05-03 05:25")
    away.back = maker.clock.now
    desk.clock_moved()
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s) == (Outcome.AIRED, 0)


def test_a_device_that_refuses_a_play_is_opened_anew(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    opened: list[Output] = []

    class Broken(SilentOutput):
        def play(self, segments: Sequence[object], at: datetime) -> None:  # type: ignore[override]
            raise PlayoutError("the stream died")

    def make(_name: str) -> Output:
        opened.append(Broken(maker.clock) if not opened else SilentOutput(maker.clock))
        return opened[-1]

    desk = a_desk(maker.render(), ledger, make)
    tick_until(desk, maker.clock, "2027-05-03 05:31")

    (play,) = plays(ledger)
    assert (play.outcome, play.lateness_s, len(opened)) == (Outcome.AIRED, 0, 2)
