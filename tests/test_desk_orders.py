"""Orders to the desk: what sounds ends, what waits goes or stays, and every order has one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desks import HALF_A_MINUTE, a_desk, plays, tick_until
from stations import Maker, at

from broadcaster.errors import RecordError
from broadcaster.models import Outcome
from broadcaster.playout.desk import Desk
from broadcaster.playout.order_desk import OrderDesk
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.reasons import ReasonKind
from broadcaster.records.desk_orders import DeskOrder, OrderAnswer, OrderKind, OrderVerdict, answer_of
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger, Row

URGENT = 'class = "emergency"'


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
        self.desk: Desk = a_desk(station, self.ledger)  # type: ignore[arg-type]
        self.orders = OrderDesk(self.desk, self.ledger)
        self.orders.round()

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
        return [answer_of(row.body) for row in self.ledger.rows([Kind.ORDER_ANSWERED])]

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


def test_skip_lets_go_what_waits_by_its_id(commune: Commune) -> None:
    commune.until("05:30:10")
    (waiting,) = [each.id for each in commune.desk.status().waiting if each.slot == "b"]
    assert commune.order(OrderKind.SKIP, target=waiting).ended == (waiting,)
    commune.until("05:31")
    assert commune.outcomes() == {"b": Outcome.SKIPPED, "a": Outcome.AIRED}


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
    assert commune.order(OrderKind.RESUME).why.kind is ReasonKind.NOT_PAUSED


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
