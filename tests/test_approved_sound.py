"""An approval is of what is heard: the text, the words that are said, the bytes of every recording; no voice."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest
from commands import RunCommand
from desks import a_desk, plays, tick_until
from sounds import noise, write_wav
from stations import ZONE, Maker, at

from broadcaster.errors import InputError, RecordError
from broadcaster.models import Heard, Outcome
from broadcaster.office.approving import approval_faults, approve_text
from broadcaster.office.forecast import ProspectState, look_ahead
from broadcaster.office.script_changes import script_change, write_script
from broadcaster.office.window import Window
from broadcaster.records.approvals import (
    Approval,
    Approvals,
    Decision,
    Difference,
    DifferenceKind,
    Standing,
    differences,
)
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.records.play_rows import Play
from broadcaster.schedule.campaign_edit import edit
from broadcaster.station import edits
from broadcaster.station.folder import Station

REQUIRED = "[approval]\nrequired = true\n"
TDP = "Tổ dân phố số 3 mời bà con. TDP số 5 cũng vậy."


@pytest.fixture
def maker(maker: Maker) -> Maker:
    """Return a station at which one item is due at 05:30, and nothing airs without approval."""
    return maker.settings(REQUIRED).script("bai-1", TDP, 'author = "Hoa"').campaign(maker.slot("05:30"))


def approve(maker: Maker, script: str = "bai-1", name: str = "Lan") -> None:
    station = maker.open()
    found = station.scripts()[0][script]
    approve_text(station, found, station.renderer().heard(found), name)


def airing(maker: Maker, ledger: Ledger, until: str = "2027-05-03 05:41") -> Play:
    """Render what there is, and return what became of the item."""
    desk = a_desk(maker.render(), ledger)
    tick_until(desk, maker.clock, until)
    (play,) = plays(ledger)
    return play


def lexicon(maker: Maker, text: str) -> None:
    (maker.root / "lexicon.toml").write_text(text, "utf-8")


def recording(maker: Maker, seed: int, name: str = "bac-ba.wav") -> None:
    write_wav(maker.root / "scripts" / name, noise(1, seed))


# ---- on the air ------------------------------------------------------------------------------------------------


def test_an_entry_of_the_lexicon_makes_other_words_and_they_were_not_approved(maker: Maker, ledger: Ledger) -> None:
    approve(maker)
    lexicon(maker, 'TDP = "ban nhân dân"\n')
    play = airing(maker, ledger)
    assert play.outcome is Outcome.BLOCKED
    assert "Lan approved this text on 2027-05-03 05:00, and it is heard otherwise now" in play.reason
    assert "the lexicon now says “ban nhân dân” for “TDP”" in play.reason


def test_an_entry_that_changes_no_word_of_it_does_not(maker: Maker, ledger: Ledger) -> None:
    lexicon(maker, 'TDP = "tổ dân phố"\n')
    approve(maker)
    lexicon(maker, 'TDP = "tổ dân phố"\nHTX = "hợp tác xã"\n')
    assert airing(maker, ledger).outcome is Outcome.AIRED


def test_a_recording_of_other_bytes_was_not_approved(maker: Maker, ledger: Ledger) -> None:
    recording(maker, 1)
    maker.script("bai-1", "Lời bác Ba.", 'recording = "bac-ba.wav"')
    approve(maker)
    recording(maker, 2)
    play = airing(maker, ledger)
    assert play.outcome is Outcome.BLOCKED
    assert "the recording bac-ba.wav was changed" in play.reason


def test_nor_one_inside_the_text(maker: Maker, ledger: Ledger) -> None:
    recording(maker, 1)
    maker.script("bai-1", "Mời nghe.\n\n[ghi âm: bac-ba.wav]")
    approve(maker)
    recording(maker, 2)
    assert airing(maker, ledger).outcome is Outcome.BLOCKED


def test_nor_a_chime_that_is_a_file(maker: Maker, ledger: Ledger) -> None:
    recording(maker, 1, "chuong.wav")
    path = maker.root / "station.toml"
    path.write_text(path.read_text("utf-8").replace('chime = "none"', 'chime = "chuong.wav"'), "utf-8")
    approve(maker)
    recording(maker, 2, "chuong.wav")
    assert "the recording chuong.wav was changed" in airing(maker, ledger).reason


def test_a_better_voice_for_the_same_words_needs_no_new_approval(maker: Maker, ledger: Ledger) -> None:
    approve(maker)
    first = maker.render()
    path = maker.root / "station.toml"
    path.write_text(path.read_text("utf-8").replace('voices = ["silent"]', 'voices = ["espeak:vi"]'), "utf-8")
    play = airing(maker, ledger)
    assert (play.outcome, play.scripts[0].voice) == (Outcome.AIRED, "espeak:vi")
    del first


def test_another_voice_for_a_named_speaker_is_another_text(maker: Maker, ledger: Ledger) -> None:
    said = "Bác Ba: Chào bà con."
    maker.script("bai-1", said, 'voices = { "Bác Ba" = "silent" }')
    approve(maker)
    (row,) = ledger.rows([Kind.APPROVAL])
    assert row.body["voices"] == {"Bác Ba": "silent"}
    maker.script("bai-1", said, 'voices = { "Bác Ba" = "espeak:vi+f2" }')
    assert "the text was changed" in airing(maker, ledger).reason


def test_it_is_judged_by_the_clip_that_is_found_at_the_last_moment(maker: Maker, ledger: Ledger) -> None:
    """Nothing is known of what is heard until there is a clip: it is judged again when there is."""
    approve(maker)
    lexicon(maker, 'TDP = "ban nhân dân"\n')
    desk = a_desk(maker.open(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:30:10")
    assert plays(ledger) == []
    maker.render()
    tick_until(desk, maker.clock, "2027-05-03 05:31")
    assert [play.outcome for play in plays(ledger)] == [Outcome.BLOCKED]


def test_the_forecast_says_so_before(maker: Maker, ledger: Ledger) -> None:
    approve(maker)
    lexicon(maker, 'TDP = "ban nhân dân"\n')
    station, day = maker.render(), at("2027-05-03 05:00").date()
    (prospect,) = look_ahead(station, Window(day, day, ZONE)).in_state(ProspectState.NOT_APPROVED)
    (waiting,) = prospect.unapproved
    assert waiting.verdict.standing is Standing.HEARD_OTHERWISE
    said = (("written", "TDP"), ("said", "ban nhân dân"))
    assert waiting.verdict.differences == (Difference(DifferenceKind.LEXICON, said),)


# ---- approvals of the text alone, by an older version -----------------------------------------------------------


def approve_as_before(maker: Maker, ledger: Ledger) -> None:
    found = maker.open().scripts()[0]["bai-1"]
    entry = Approval("bai-1", found.digest, found.title, Decision.APPROVED).entry("Lan", maker.clock.now)
    ledger.append([entry])


def test_an_older_approval_holds(maker: Maker, ledger: Ledger) -> None:
    approve_as_before(maker, ledger)
    assert airing(maker, ledger).outcome is Outcome.AIRED


def test_an_older_approval_is_of_the_first_clip_that_the_history_knows(maker: Maker, ledger: Ledger) -> None:
    approve_as_before(maker, ledger)
    maker.render()
    lexicon(maker, 'TDP = "ban nhân dân"\n')
    play = airing(maker, ledger)
    assert play.outcome is Outcome.BLOCKED
    assert "the lexicon now says “ban nhân dân” for “TDP”" in play.reason


# ---- what differs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        (Heard("t", "a"), Heard("t", "a"), []),
        (Heard("t", "a"), Heard("t", "b"), [DifferenceKind.WORDS]),
        (Heard("t", "a", {"X": "x"}), Heard("t", "b", {"X": "y"}), [DifferenceKind.LEXICON]),
        (Heard("t", "a", {"X": "x"}), Heard("t", "b"), [DifferenceKind.NO_ENTRY]),
        (Heard("t", "a", {"X": "x"}), Heard("t", "a"), []),  # the same words, by the program's own lexicon
        (Heard("t", "", {}, {"f": "1"}), Heard("t", "", {}, {"f": "2"}), [DifferenceKind.SOUND]),
        (Heard("t", "", {}, {}), Heard("t", "", {}, {"f": "2"}), [DifferenceKind.NEW_SOUND]),
        (Heard("t", "", {}, {"chime": "1"}), Heard("t", ""), []),  # less is heard than was approved
        (None, Heard("t", "a"), []),
        (Heard("t", "a"), None, []),
    ],
)
def test_what_is_heard_is_compared(before: Heard | None, now: Heard | None, kinds: list[DifferenceKind]) -> None:
    assert [difference.kind for difference in differences(before, now)] == kinds


# ---- who approves, and sees ------------------------------------------------------------------------------------


def test_the_person_who_approves_is_told_what_is_heard_otherwise_and_may_approve_it(
    maker: Maker, broadcaster: RunCommand
) -> None:
    command = ("script", "approve", "bai-1", "--as", "Lan", "--yes")
    assert broadcaster(*command, station=maker.root).code == 0
    assert "approved already, by Lan" in broadcaster(*command, station=maker.root).out
    broadcaster("lexicon", "add", "TDP", "ban nhân dân", station=maker.root)
    (listed,) = [
        each for each in broadcaster("script", "list", "--json", station=maker.root).json if each["id"] == "bai-1"
    ]
    assert (listed["approval"], listed["approved_by"]) == ("heard otherwise", None)
    again = broadcaster(*command, station=maker.root)
    assert "the lexicon now says “ban nhân dân” for “TDP”" in again.out
    assert "bai-1: approved by Lan." in again.out
    with closing(Ledger.open(maker.root / "broadcaster.db", read_only=True)) as ledger:
        bodies = [row.body for row in ledger.rows([Kind.APPROVAL])]
    assert [body["lexicon"] for body in bodies] == [{}, {"TDP": "ban nhân dân"}]
    assert bodies[0]["text_digest"] == bodies[1]["text_digest"]
    assert bodies[0]["spoken_digest"] != bodies[1]["spoken_digest"]


def test_what_changes_while_somebody_reads_is_not_approved(maker: Maker, ledger: Ledger) -> None:
    station = maker.open()
    script = station.scripts()[0]["bai-1"]
    heard = station.renderer().heard(script)
    lexicon(maker, 'TDP = "ban nhân dân"\n')
    with pytest.raises(InputError, match="the lexicon now says “ban nhân dân” for “TDP”"):
        approve_text(station, script, heard, "Lan")
    assert list(ledger.rows([Kind.APPROVAL])) == []


def test_reading_names_the_recording_that_airs_and_plays_it(maker: Maker, broadcaster: RunCommand) -> None:
    recording(maker, 1)
    maker.settings('[monitor]\ndevice = "silent"\n').script("bai-1", "Lời bác Ba.", 'recording = "bac-ba.wav"')
    shown = broadcaster("script", "read", "bai-1", "--listen", station=maker.root)
    assert "This text is not heard: the recording bac-ba.wav airs in its place." in shown.out.splitlines()
    assert "Played on silent: 1." in shown.out


def test_a_speaker_is_named_where_the_text_is_read(maker: Maker, broadcaster: RunCommand) -> None:
    maker.script("bai-1", "Bác Ba: Chào bà con.", 'voices = { "Bác Ba" = "silent" }')
    assert "Bác Ba (silent): Chào bà con." in broadcaster("script", "read", "bai-1", station=maker.root).out


# ---- four eyes, whatever is lost --------------------------------------------------------------------------------


@pytest.fixture
def unusable(maker: Maker) -> Station:
    """A station whose play history takes no row."""
    station = maker.open()
    station.ledger_path.write_text("no play history", "utf-8")
    return station


def test_no_text_is_written_whose_writer_cannot_be_entered(unusable: Station) -> None:
    path = unusable.scripts_folder / "bai-1.md"
    before = path.read_text("utf-8")
    with pytest.raises(RecordError):
        write_script(unusable, script_change(path, before.replace("mời", "xin mời"), before), "Ba", "edit")
    assert path.read_text("utf-8") == before


def test_who_wrote_a_text_is_entered_though_its_file_was_not_written(maker: Maker, ledger: Ledger) -> None:
    """The row comes first: what is lost then is the file, and never who wrote it."""
    station = maker.open()
    text = (station.scripts_folder / "bai-1.md").read_text("utf-8")
    shutil.rmtree(station.scripts_folder)
    station.scripts_folder.write_text("no folder", "utf-8")
    with pytest.raises(OSError, match="scripts"):
        write_script(station, script_change(station.scripts_folder / "moi.md", text, None), "Ba", "new")
    assert Approvals.of(ledger.path).writers("moi") == ("Ba",)


def test_the_writer_may_not_approve(maker: Maker, ledger: Ledger) -> None:
    station = maker.open()
    path = station.scripts_folder / "bai-1.md"
    before = path.read_text("utf-8")
    write_script(station, script_change(path, before.replace("mời", "xin mời"), before), "Ba", "edit")
    faults = approval_faults(station, station.scripts()[0]["bai-1"], Approvals.of(ledger.path), "ba")
    assert [fault.what for fault in faults] == ["ba wrote this text and cannot approve it"]


def test_a_text_that_somebody_else_changed_meanwhile_enters_nobody(maker: Maker, ledger: Ledger) -> None:
    station = maker.open()
    path = station.scripts_folder / "bai-1.md"
    before = path.read_text("utf-8")
    change = script_change(path, before.replace("mời", "xin mời"), before)
    path.write_text(path.read_text("utf-8") + "\nThêm.\n", "utf-8")
    with pytest.raises(InputError, match="changed in the meantime"):
        write_script(station, change, "Ba", "edit")
    assert list(ledger.rows([Kind.SCRIPT_CHANGED])) == []


def test_no_campaign_is_written_whose_change_cannot_be_entered(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30") + maker.slot("17:00", id_="chieu"))
    station, path = maker.open(), maker.root / "schedules" / "thu.toml"
    before, change = path.read_text("utf-8"), edit(path).remove("chieu").change()
    ledger.close()
    with pytest.raises(RecordError):
        edits.write(station, ledger, [change], "Hoa")
    assert path.read_text("utf-8") == before
