"""The daemon's rounds while another program holds the play history for some seconds: what waits, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from mornings import Morning, locked

from broadcaster.models import Outcome
from broadcaster.records.ledger import Entry, Ledger, Row


@pytest.mark.parametrize(("waits", "outcome"), [(1, Outcome.AIRED), (8, Outcome.MISSED)])
def test_an_intent_that_waits_for_a_lock_until_the_grace_is_over_is_let_go(
    morning: Morning, monkeypatch: pytest.MonkeyPatch, waits: float, outcome: Outcome
) -> None:
    """SQLite waits up to ten seconds for a lock; this row is written so many seconds after 05:30:28."""
    append = Ledger.append

    def wait(ledger: Ledger, entries: Sequence[Entry], *, only_after: int | None = None) -> list[Row]:
        if any(entry.occurrence for entry in entries):
            monkeypatch.undo()
            morning.live_without_a_desk(waits)
        return append(ledger, entries, only_after=only_after)

    morning.maker.settings('[airing]\ngrace = "30s"')
    with morning.on_duty() as rounds:
        morning.live(rounds, "2027-05-03 05:29:50")
        with locked(morning.path):
            morning.live(rounds, "2027-05-03 05:30:28")
        monkeypatch.setattr(Ledger, "append", wait)
        morning.live(rounds, "2027-05-03 05:31:30")

    (play,) = morning.plays()
    assert (play.outcome, str(play.why.kind)) == (outcome, "history")
