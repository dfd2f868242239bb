"""Only the text that was approved airs: the decisions in the ledger, and the desk that heeds them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desks import a_desk, plays, tick_until
from hypothesis import given
from hypothesis import strategies as st
from stations import ZONE, Maker, at

from broadcaster.models import CLIP_RATE, Clip, Heard, MadeClip, Outcome
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.window import Window
from broadcaster.playout.desk import Desk
from broadcaster.playout.rehearsal import SimulatedClock, play_through, rehearse
from broadcaster.playout.sound.simulated import SilentOutput
from broadcaster.reasons import in_words
from broadcaster.records.approvals import Approval, Approvals, Decision, Standing, change_entry, fold
from broadcaster.records.clip_rows import ClipRow, clip_body
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play, from_body
from broadcaster.records.verify import verify
from broadcaster.station.content import read_content

REQUIRED = "[approval]\nrequired = true\n"
NOON = at("2027-05-03 12:00")


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path, SimulatedClock(at("2027-05-03 05:00"))).settings(REQUIRED).script("bai-1").script("bai-2")


def approve(ledger: Ledger, maker: Maker, script: str, name: str = "Lan") -> None:
    found = maker.open().scripts()[0][script]
    yes = Approval(script, found.digest, found.title, Decision.APPROVED)
    ledger.append([yes.entry(name, maker.clock.now)])


def revoke(ledger: Ledger, maker: Maker, script: str, name: str = "Minh") -> None:
    found = maker.open().scripts()[0][script]
    no = Approval(script, found.digest, found.title, Decision.REVOKED, reason="sai số điện thoại")
    ledger.append([no.entry(name, maker.clock.now)])


def run_through(maker: Maker, ledger: Ledger, until: str = "2027-05-03 06:00") -> list[Play]:
    play_through(maker.render(), ledger, maker.clock, at(until), "silent", maker.root / "aired")
    return [from_body(row.occurrence or "", row.body) for row in ledger.rows([Kind.PLAYED])]


# ---- decisions -------------------------------------------------------------------------------------------------


def yes(digest: str, script: str = "bai") -> Approval:
    return Approval(script, digest, "Bài", Decision.APPROVED)


def no(digest: str, script: str = "bai") -> Approval:
    return Approval(script, digest, "Bài", Decision.REVOKED, reason="sai")


def standing(ledger: Ledger, digest: str, script: str = "bai") -> Standing:
    approvals = Approvals()
    approvals.follow(ledger)
    return approvals.verdict(script, digest).standing


def test_an_approval_is_of_one_text_of_one_script(ledger: Ledger) -> None:
    ledger.append([yes("a").entry("Lan", NOON)])
    assert standing(ledger, "a") is Standing.APPROVED
    assert standing(ledger, "b") is Standing.EDITED
    assert standing(ledger, "a", "khac") is Standing.NEVER


def test_taking_back_covers_every_text_until_then_and_a_new_yes_stands(ledger: Ledger) -> None:
    ledger.append([step.entry("Lan", NOON) for step in (yes("a"), yes("b"), no("b"))])
    assert standing(ledger, "a") is standing(ledger, "b") is Standing.REVOKED
    ledger.append([yes("b").entry("Lan", NOON)])
    assert standing(ledger, "b") is Standing.APPROVED
    assert standing(ledger, "a") is Standing.EDITED


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12), st.integers(0, 12))
def test_followed_in_steps_or_read_at_once_it_is_the_same_and_as_a_plain_look_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, bool]], cut: int
) -> None:
    stepwise = Approvals()
    with closing(Ledger.open(tmp_path_factory.mktemp("so") / "broadcaster.db")) as ledger:
        for part in (steps[:cut], steps[cut:]):
            ledger.append([(yes if good else no)(digest).entry("Lan", NOON) for digest, good in part])
            stepwise.follow(ledger)
        since = max((index for index, (_digest, good) in enumerate(steps) if not good), default=-1) + 1
        for digest in "abc":
            holds = (digest, True) in steps[since:]
            assert stepwise.verdict("bai", digest).holds is holds
            assert (standing(ledger, digest) is Standing.APPROVED) is holds


def test_who_wrote_since_the_last_approval_is_known(ledger: Ledger) -> None:
    ledger.append([change_entry("bai", "Bài", "a", "new", "Lan", NOON)])
    ledger.append([yes("a").entry("Minh", NOON), change_entry("bai", "Bài", "b", "edit", "Hoa", NOON)])
    ledger.append([change_entry("bai", "Bài", "c", "edit", "  hoa ", NOON)])
    approvals = Approvals()
    approvals.follow(ledger)
    assert [fold(name) for name in approvals.writers("bai")] == ["hoa"]
    assert approvals.writers("khac") == ()


def test_no_ledger_holds_no_approval(tmp_path: Path) -> None:
    assert Approvals.of(tmp_path / "broadcaster.db").verdict("bai", "a").standing is Standing.NEVER


def test_the_view_tells_who_decided_what(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([yes("a").entry("Lan", NOON), no("a").entry("Minh", NOON)])
    with closing(sqlite3.connect(tmp_path / "broadcaster.db")) as database:
        rows = database.execute("SELECT at, actor, decision, script, reason, text_digest FROM approvals").fetchall()
    assert rows == [
        ("2027-05-03 12:00:00.000+07:00", "Lan", "approved", "bai", "", "a"),
        ("2027-05-03 12:00:00.000+07:00", "Minh", "revoked", "bai", "sai", "a"),
    ]
    assert verify(tmp_path / "broadcaster.db").ok


def test_the_view_has_what_an_approval_is_bound_to(ledger: Ledger, tmp_path: Path) -> None:
    heard = Heard("a", "w", {"BHXH": "bảo hiểm xã hội", "UBND": "uỷ ban"}, {"nhac.wav": "5" * 64})
    bound = Approval("bai", "a", "Bài", Decision.APPROVED, heard, {"Lan": "espeak:vi"})
    ledger.append([bound.entry("Lan", NOON), no("a").entry("Minh", NOON)])
    with closing(sqlite3.connect(tmp_path / "broadcaster.db")) as database:
        rows = database.execute("SELECT lexicon, sounds, voices FROM approvals ORDER BY seq").fetchall()
    sounds = f"nhac.wav {'5' * 64}"
    assert rows == [("BHXH = bảo hiểm xã hội; UBND = uỷ ban", sounds, "Lan = espeak:vi"), (None, None, None)]


def test_the_view_of_clips_has_the_file_the_text_and_who_made_it(ledger: Ledger, tmp_path: Path) -> None:
    heard = Heard("a", "w", {"BHXH": "bảo hiểm xã hội"}, {})
    frames = int(31.5 * CLIP_RATE)
    clip = Clip("bai", "c", tmp_path / "bai.wav", "s", frames, "a", "espeak:vi", False, -16.0, -1.0)
    made = MadeClip(clip, "Bài", heard, {"": ("espeak:vi", "1.52")})
    ledger.append([ClipRow(Kind.CLIP_MADE, clip_body(made, "render")).entry("Lan", NOON)])
    with closing(sqlite3.connect(tmp_path / "broadcaster.db")) as database:
        found = "SELECT event, actor, how, script, seconds, voice, clip, sha256, text_digest, lexicon FROM clips"
        (row,) = database.execute(found)
    said = "BHXH = bảo hiểm xã hội"
    assert row == ("clip_made", "Lan", "render", "bai", 31.5, "espeak:vi", "c", "s", "a", said)


def test_a_name_is_the_same_however_it_is_typed() -> None:
    decomposed = "Nguye\u0302\u0303n  LAN "
    assert fold(decomposed) == fold("nguyễn lan")


# ---- on the air ------------------------------------------------------------------------------------------------


def test_the_forecast_has_the_scripts_that_nobody_approved_and_not_only_a_sentence(
    maker: Maker, ledger: Ledger
) -> None:
    maker.campaign(maker.slot("05:30", "bai-1 bai-2", 'order = "all"'))
    approve(ledger, maker, "bai-1")
    day = NOON.date()
    (prospect,) = look_ahead(maker.open(), Window(day, day, ZONE)).in_state(ProspectState.NOT_APPROVED)
    assert [(each.script, each.verdict.standing) for each in prospect.unapproved] == [("bai-2", Standing.NEVER)]


def test_what_nobody_approved_is_blocked_and_the_approved_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:40", "bai-2", id_="b"))
    approve(ledger, maker, "bai-1")

    first, second = run_through(maker, ledger)

    assert (first.outcome, second.outcome) == (Outcome.AIRED, Outcome.BLOCKED)
    assert second.reason == "not approved (bai-2: nobody has approved it)"
    assert second.scripts[0].text_digest == maker.open().scripts()[0]["bai-2"].digest


def test_without_the_rule_everything_airs(maker: Maker, ledger: Ledger) -> None:
    maker.settings().campaign(maker.slot("05:30"))
    (play,) = run_through(maker, ledger)
    assert play.outcome is Outcome.AIRED


def test_an_edit_withdraws_the_approval_by_itself(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    approve(ledger, maker, "bai-1")
    maker.script("bai-1", "Tham gia bảo hiểm xã hội bắt buộc.")

    (play,) = run_through(maker, ledger)

    assert play.outcome is Outcome.BLOCKED
    assert "the text was changed after Lan had approved it on 2027-05-03 05:00" in play.reason


def test_approval_is_asked_for_from_the_edit_that_requires_it(maker: Maker, ledger: Ledger) -> None:
    maker.settings().campaign(maker.slot("05:30 05:40"))
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:35")

    maker.settings(REQUIRED)
    desk.adopt(read_content(desk.station), in_words("edited"))
    tick_until(desk, maker.clock, "2027-05-03 05:45")

    first, second = plays(ledger)
    assert (first.outcome, second.outcome) == (Outcome.AIRED, Outcome.BLOCKED)
    assert second.reason == "not approved (bai-1: nobody has approved it)"


def test_a_revoked_text_is_blocked_with_the_reason(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    approve(ledger, maker, "bai-1")
    revoke(ledger, maker, "bai-1")

    (play,) = run_through(maker, ledger)

    assert play.outcome is Outcome.BLOCKED
    assert "Minh took the approval back" in play.reason
    assert "sai số điện thoại" in play.reason


def test_one_unapproved_script_of_several_blocks_the_occurrence(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1 bai-2", 'order = "all"'))
    approve(ledger, maker, "bai-1")
    (play,) = run_through(maker, ledger)
    assert play.outcome is Outcome.BLOCKED
    assert "bai-2" in play.reason
    assert "bai-1" not in play.reason


def test_scripts_with_the_same_reason_are_named_together(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1 bai-2", 'order = "all"'))
    (play,) = run_through(maker, ledger)
    assert play.reason == "not approved (bai-1, bai-2: nobody has approved it)"


def test_an_emergency_airs_without(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", more='class = "emergency"'))
    (play,) = run_through(maker, ledger)
    assert play.outcome is Outcome.AIRED


def test_what_another_process_decides_counts_at_once_also_while_it_waits(maker: Maker, ledger: Ledger) -> None:
    """Two are due at once; the second is revoked, by somebody else, while the first is on the air."""
    maker.script("bai-1", "[nghỉ 30s]\n\nXin hết.")
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:30:01", "bai-2", id_="b"))
    station = maker.render()
    desk = Desk(station, ledger, read_content(station), lambda _name: SilentOutput(station.clock), lambda _ids: None)
    desk.begin()
    with closing(Ledger.open(ledger.path)) as other:
        approve(other, maker, "bai-1")
        approve(other, maker, "bai-2")
        while maker.clock.now < at("2027-05-03 05:31"):
            if maker.clock.now == at("2027-05-03 05:30:10"):
                revoke(other, maker, "bai-2")
            desk.tick()
            maker.clock.now += timedelta(seconds=0.5)
    outcomes = {row.body["slot"]: row.body["outcome"] for row in ledger.rows([Kind.PLAYED])}
    assert outcomes == {"a": "aired", "b": "blocked"}


def test_a_rehearsal_heeds_the_stations_own_approvals(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30", "bai-1", id_="a") + maker.slot("05:40", "bai-2", id_="b"))
    approve(ledger, maker, "bai-2")
    station = replace(maker.render())
    folder = rehearse(station, at("2027-05-03 05:00"), at("2027-05-03 06:00"))
    with closing(Ledger.open(folder / "broadcaster.db", read_only=True)) as own:
        assert {row.body["slot"]: row.body["outcome"] for row in own.rows([Kind.PLAYED])} == {
            "a": "blocked",
            "b": "aired",
        }
