"""Orders to the desk: what sounds ends, what waits goes or stays, and every order has one answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import HALF_A_MINUTE, a_desk, plays, tick_until
from stations import Maker, at

from broadcaster.errors import RecordError
from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.order_desk import OrderDesk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.sound.output import Progress, State
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import ReasonKind
from broadcaster.records.desk_orders import DeskOrder, OrderAnswer, OrderKind, OrderVerdict, answer_of
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row

URGENT = 'class = "emergency"'


class SlowToStop(SilentOutput):
    """A silent output that is as slow to stop as `slow` says, and is lost in that if it `breaks`."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(clock)
        self.time, self.slow, self.breaks = clock, timedelta(), False

    def stop(self) -> Progress:
        self.time.now += self.slow
        progress = super().stop()
        return replace(progress, state=State.LOST) if self.breaks else progress


class Commune:
    """A desk of three airings: a of half a minute at 05:30, b seconds later, c at 06:30; and who orders."""

    def __init__(self, maker: Maker, ledger: Ledger, more: str = "") -> None:
        self.maker, self.ledger = maker, ledger
        maker.script("dai", HALF_A_MINUTE)
        maker.campaign(
            maker.slot("05:30", "dai", id_="a") + maker.slot("05:30:05", id_="b") + maker.slot("06:30", id_="c") + more
        )
        self.start(maker.render())

    def start(self, station: object) -> None:
        self.devices: list[SlowToStop] = []
        self.desk: Desk = a_desk(station, self.ledger, self._device)  # type: ignore[arg-type]
        self.orders = OrderDesk(self.desk, self.ledger)
        self.orders.round()

    def _device(self, _name: str) -> SlowToStop:
        self.devices.append(SlowToStop(self.clock))
        return self.devices[-1]

    @property
    def clock(self) -> SimulatedClock:
        return self.maker.clock

    def until(self, text: str) -> None:
        tick_until(self.desk, self.clock, f"2027-05-03 {text}")

    def write(self, kind: OrderKind, **more: object) -> Row:
        """Let a person write an order, as a command does: over another connection."""
        expires = self.clock.now + timedelta(seconds=5)
        with Ledger.open(self.ledger.path) as other:
            (row,) = other.append([DeskOrder(kind, expires, **more).entry("Hòa", self.clock.now)])  # type: ignore[arg-type]
        return row

    def order(self, kind: OrderKind, **more: object) -> OrderAnswer:
        """Order, let a round pass, and return the answer."""
        row = self.write(kind, **more)
        assert self.orders.has_news()
        self.orders.round()
        self.desk.tick()
        answer = self.answers()[-1]
        assert answer.order == row.seq
        return answer

    def answers(self) -> list[OrderAnswer]:
        found = [answer_of(row.body) for row in self.ledger.rows([Kind.ORDER_ANSWERED])]
        return [answer for answer in found if answer is not None]

    def outcomes(self) -> dict[str, Outcome]:
        return {play.slot: play.outcome for play in plays(self.ledger)}


@pytest.fixture
def commune(maker: Maker, ledger: Ledger) -> Commune:
    return Commune(maker, ledger)


def test_stop_ends_what_sounds_lets_go_what_waits_and_says_when_it_was_silent(commune: Commune) -> None:
    commune.until("05:30:10")
    answer = commune.order(OrderKind.STOP, reason="sai số điện thoại")
    assert (answer.answer, answer.heard_s, answer.silent_at) == (OrderVerdict.DONE, 10.0, at("2027-05-03 05:30:10"))
    assert [id_.split("@")[0] for id_ in answer.ended] == ["thu/a", "thu/b"]
    cut, gone = plays(commune.ledger)
    assert (cut.slot, cut.outcome, cut.heard_s) == ("a", Outcome.CUT, 10.0)
    assert (gone.slot, gone.outcome, gone.started) == ("b", Outcome.SKIPPED, None)
    assert cut.reason == gone.reason == "stopped by Hòa: sai số điện thoại"
    commune.until("06:31")
    assert commune.outcomes()["c"] is Outcome.AIRED, "what is planned later airs"


def test_a_second_stop_does_no_harm(commune: Commune) -> None:
    commune.until("05:30:10")
    commune.order(OrderKind.STOP)
    again = commune.order(OrderKind.STOP)
    assert (again.answer, again.ended, again.silent_at) == (OrderVerdict.DONE, (), commune.clock.now)
    assert len(plays(commune.ledger)) == 2


def test_what_is_stopped_before_its_first_sample_was_skipped(commune: Commune) -> None:
    commune.until("05:29:57")
    assert commune.order(OrderKind.STOP).heard_s == 0.0
    assert commune.outcomes() == {"a": Outcome.SKIPPED}
    commune.until("05:31")
    assert commune.outcomes() == {"a": Outcome.SKIPPED, "b": Outcome.AIRED}


def test_skip_ends_one_and_the_next_follows(commune: Commune) -> None:
    commune.until("05:30:10")
    answer = commune.order(OrderKind.SKIP)
    assert [id_.split("@")[0] for id_ in answer.ended] == ["thu/a"]
    commune.until("05:31")
    assert commune.outcomes() == {"a": Outcome.CUT, "b": Outcome.AIRED}
    assert plays(commune.ledger)[0].reason == "skipped by Hòa"


@pytest.mark.parametrize(("breaks", "opened"), [(False, 1), (True, 2)])
def test_what_follows_what_was_skipped_airs_on_the_device_that_is_open_unless_that_broke(
    commune: Commune, *, breaks: bool, opened: int
) -> None:
    commune.until("05:30:10")
    commune.devices[-1].breaks = breaks
    commune.order(OrderKind.SKIP)
    commune.until("05:31")
    assert commune.outcomes() == {"a": Outcome.CUT, "b": Outcome.AIRED}
    assert len(commune.devices) == opened


def test_what_ended_while_it_was_being_stopped_aired_whole(commune: Commune) -> None:
    commune.until("05:30:10")
    commune.clock.now = at("2027-05-03 05:30") + commune.desk.clips.verified("dai").length - timedelta(seconds=0.1)
    commune.devices[-1].slow = timedelta(seconds=0.3)
    commune.order(OrderKind.SKIP)
    whole = plays(commune.ledger)[0]
    assert (whole.slot, whole.outcome, whole.reason) == ("a", Outcome.AIRED, "")
    assert whole.heard_s == pytest.approx(whole.scripts[0].seconds, abs=0.001)


def test_skip_lets_go_what_waits_by_its_id(commune: Commune) -> None:
    commune.until("05:30:10")
    (waiting,) = [each.id for each in commune.desk.status().waiting if each.slot == "b"]
    assert commune.order(OrderKind.SKIP, target=waiting).ended == (waiting,)
    commune.until("05:31")
    assert commune.outcomes() == {"b": Outcome.SKIPPED, "a": Outcome.AIRED}


def test_what_was_let_go_is_not_next_any_more_though_its_row_is_still_to_be_written(commune: Commune) -> None:
    commune.until("05:30:10")
    commune.write(OrderKind.SKIP, target="thu/b@2027-05-03T05:30:05+07:00")
    commune.orders.round()
    status = commune.desk.status()
    assert [each.slot for each in status.waiting] == ["a"], "which is on the air"
    assert status.next is not None
    assert status.next.slot == "c"


def test_skip_of_what_is_not_due_is_refused(commune: Commune) -> None:
    later = "thu/c@2027-05-03T06:30+07:00"
    answer = commune.order(OrderKind.SKIP, target=later)
    assert (answer.answer, answer.why.kind) == (OrderVerdict.REFUSED, ReasonKind.NOT_DUE)
    assert str(answer.why).startswith(f"{later} is not on the air and does not wait")
    assert commune.order(OrderKind.SKIP).why.kind is ReasonKind.NOTHING_ON


def test_a_pause_ends_what_sounds_and_skips_what_cannot_wait_for_its_end(commune: Commune) -> None:
    commune.until("05:30:10")
    end = at("2027-05-03 06:29")
    answer = commune.order(OrderKind.PAUSE, until=end, reason="đám tang")
    assert (answer.paused_until, answer.heard_s) == (end, 10.0)
    commune.until("06:31")
    cut, skipped, aired = plays(commune.ledger)
    assert (cut.outcome, cut.reason) == (Outcome.CUT, "stopped by Hòa: đám tang")
    assert (skipped.slot, skipped.outcome) == ("b", Outcome.SKIPPED)
    assert skipped.why.facts["order"] == "pause"
    assert skipped.why.facts["by"] == "Hòa"
    assert (aired.slot, aired.outcome, aired.reason) == ("c", Outcome.AIRED, "")


def test_what_waits_airs_after_a_pause_that_is_short_or_is_lifted(commune: Commune) -> None:
    commune.until("05:29:50")
    commune.order(OrderKind.PAUSE, until=at("2027-05-03 05:45"))
    commune.until("05:32")
    assert commune.outcomes() == {}
    assert [each.why.kind for each in commune.desk.status().delayed] == [ReasonKind.ORDERED] * 2
    assert commune.order(OrderKind.RESUME).answer is OrderVerdict.DONE
    commune.until("05:33")
    aired = plays(commune.ledger)[0]
    assert (aired.slot, aired.outcome) == ("a", Outcome.AIRED)
    assert aired.reason.startswith("the desk was paused by Hòa from 03/05/2027 05:29:5")
    assert str(aired.why.facts["to"])[:19] == "2027-05-03T05:32:00", "not up to when it was to last"
    assert commune.order(OrderKind.RESUME).why.kind is ReasonKind.NOT_PAUSED


@pytest.mark.parametrize(
    ("unwatched", "begins"),
    [
        (None, "2027-05-03 05:31:00"),
        ("05:31:20", "2027-05-03 05:31:20"),  # no round came for a while: the pause was over at its end all the same
    ],
)
def test_what_waits_airs_as_a_pause_ends_and_says_up_to_when_that_lasted(
    commune: Commune, unwatched: str | None, begins: str
) -> None:
    commune.until("05:29:50")
    commune.order(OrderKind.PAUSE, until=at("2027-05-03 05:31"))
    commune.until("05:30:30")
    if unwatched:
        commune.clock.now = at(f"2027-05-03 {unwatched}")
        commune.desk.tick()
    commune.until("05:32:30")
    aired = plays(commune.ledger)[0]
    assert (aired.slot, aired.outcome, aired.started) == ("a", Outcome.AIRED, at(begins))
    assert str(aired.why.facts["to"])[:19] == "2027-05-03T05:31:00"


def test_an_emergency_bulletin_airs_in_a_pause(maker: Maker, ledger: Ledger) -> None:
    commune = Commune(maker, ledger, maker.slot("05:31", more=URGENT, id_="khan"))
    commune.until("05:29:50")
    commune.order(OrderKind.PAUSE, until=at("2027-05-03 06:00"))
    commune.until("05:32")
    assert commune.outcomes() == {"khan": Outcome.AIRED}
    assert plays(ledger)[0].reason == ""


def test_a_pause_outlives_a_restart_and_its_end_does_too(commune: Commune) -> None:
    commune.until("05:29:50")
    commune.order(OrderKind.PAUSE, until=at("2027-05-03 05:35"))
    commune.start(commune.maker.open())
    assert commune.desk.pause.now is not None
    assert commune.desk.pause.now.until == at("2027-05-03 05:35")
    commune.order(OrderKind.RESUME)
    commune.start(commune.maker.open())
    assert commune.desk.pause.now is None


def test_an_order_is_never_carried_out_late(commune: Commune) -> None:
    commune.until("05:29:50")
    commune.write(OrderKind.STOP)
    commune.until("05:30:10")
    commune.orders.round()
    (answer,) = commune.answers()
    assert (answer.answer, answer.why.kind) == (OrderVerdict.REFUSED, ReasonKind.ORDER_EXPIRED)
    commune.until("05:31")
    assert commune.outcomes()["a"] is Outcome.AIRED


def test_an_order_that_a_desk_did_not_see_is_refused_by_the_next_and_answered_once(commune: Commune) -> None:
    commune.order(OrderKind.STOP)
    commune.write(OrderKind.STOP)
    commune.clock.now += timedelta(seconds=30)
    for _start in range(2):
        commune.start(commune.maker.open())
    assert [answer.answer for answer in commune.answers()] == [OrderVerdict.DONE, OrderVerdict.REFUSED]


def test_rows_that_are_no_orders_of_this_version_are_left_alone(commune: Commune) -> None:
    with Ledger.open(commune.ledger.path) as other:
        other.append([Entry(Kind.ORDER, "Hòa", commune.clock.now, None, {"order": "stop", "reason": "bản cũ"})])
    commune.orders.round()
    assert commune.answers() == []


def test_silence_does_not_wait_for_a_history_that_cannot_be_written(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is done once; its answer, and the outcome, come when rows can be written again."""
    commune.until("05:30:10")
    commune.write(OrderKind.STOP)

    def locked(_entries: object, **_more: object) -> list[Row]:
        raise RecordError("locked")

    with monkeypatch.context() as patch:
        patch.setattr(commune.ledger, "append", locked)
        with pytest.raises(RecordError):
            commune.orders.round()
        assert commune.desk.status().on_air is None
        commune.clock.now += timedelta(seconds=3)
        with pytest.raises(RecordError):
            commune.orders.round()
    assert commune.answers() == []
    commune.orders.round()
    commune.desk.tick()
    (answer,) = commune.answers()
    assert (answer.heard_s, answer.silent_at) == (10.0, at("2027-05-03 05:30:10"))
    assert commune.outcomes() == {"a": Outcome.CUT, "b": Outcome.SKIPPED}


def test_an_emergency_bulletin_is_ended_only_with_a_reason(maker: Maker, ledger: Ledger) -> None:
    commune = Commune(maker, ledger, maker.slot("05:29", "dai", more=URGENT, id_="khan"))
    commune.until("05:29:10")
    for kind, more in (
        (OrderKind.STOP, {}),
        (OrderKind.SKIP, {}),
        (OrderKind.PAUSE, {"until": at("2027-05-03 06:00")}),
    ):
        refused = commune.order(kind, **more)
        assert (refused.answer, refused.why.kind) == (OrderVerdict.REFUSED, ReasonKind.NEEDS_REASON)
    assert commune.order(OrderKind.STOP, reason="phát nhầm").heard_s == 10.0


def test_an_answer_that_cannot_be_read_silences_no_order(commune: Commune) -> None:
    commune.ledger.append([Entry(Kind.ORDER_ANSWERED, "daemon", commune.clock.now, None, {"order": "x"})])
    commune.start(commune.maker.open())
    commune.until("05:30:10")
    assert commune.order(OrderKind.STOP).heard_s == 10.0


def test_orders_are_seen_in_a_new_file_of_the_history_too(commune: Commune) -> None:
    commune.until("05:30:10")
    commune.order(OrderKind.SKIP)
    commune.orders._seen = 10_000
    commune.ledger.file_number += 1
    commune.until("05:30:30")
    assert commune.order(OrderKind.STOP).answer is OrderVerdict.DONE
