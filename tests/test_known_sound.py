"""Only a sound that the play history knows may air: what lies under a clip's name is not believed."""

from __future__ import annotations

import hashlib
import json
import math
import wave
from array import array
from contextlib import closing
from pathlib import Path

import pytest
from commands import RunCommand
from desks import a_desk, plays, run_through, tick_until
from mornings import Morning, locked
from stations import Maker
from waiting import wait_for

from broadcaster.errors import RecordError
from broadcaster.models import CLIP_RATE, Clip, Outcome
from broadcaster.office.reading import read_paragraphs
from broadcaster.office.rendering import ready_clip, render_scripts
from broadcaster.playout.background_rendering import BackgroundRendering
from broadcaster.playout.rounds import Rounds
from broadcaster.reasons import NO_REASON
from broadcaster.records.clip_rows import ClipRow, KnownClips
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger, Row
from broadcaster.records.play_rows import from_body
from broadcaster.speech.clip_recipe import Recipes
from broadcaster.speech.clip_store import new_clip
from broadcaster.station.folder import Station


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wav(maker: Maker, script: str = "bai-1") -> Path:
    (path,) = (maker.root / "audio").glob(f"{script}-*.wav")
    return path


def swap(path: Path) -> str:
    """Put three seconds of 440 Hz in the place of a clip, and its hash into the JSON beside it; return that hash."""
    tone = array("h", (round(9000 * math.sin(2 * math.pi * 440 * n / CLIP_RATE)) for n in range(3 * CLIP_RATE)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, CLIP_RATE, 0, "NONE", ""))
        file.writeframes(tone.tobytes())
    facts = json.loads(path.with_suffix(".json").read_text("utf-8"))
    facts |= {"sha256": sha256(path), "frames": len(tone)}
    path.with_suffix(".json").write_text(json.dumps(facts), "utf-8")
    return sha256(path)


def clip_rows(ledger: Ledger) -> list[Row]:
    return list(ledger.rows([Kind.CLIP_MADE, Kind.CLIP_FOUND]))


def make_again(station: Station, script: str = "bai-1") -> BackgroundRendering:
    """Return the desk's renderer after it was asked for a script."""
    rendering = BackgroundRendering(station)
    rendering.ask([script])
    assert wait_for(rendering.round)
    return rendering


# ---- what is entered -------------------------------------------------------------------------------------------


def test_the_row_of_a_clip_says_what_was_made_of_what_by_whom(maker: Maker, ledger: Ledger) -> None:
    maker.script("bai-1", "Bác Ba: Mức đóng 5%.\n\nXin hết.", 'voices = { "Bác Ba" = "silent" }')
    station = maker.open()
    script = station.scripts()[0]["bai-1"]
    render_scripts(station, [script], "render", "Chị Hoa")
    (row,) = clip_rows(ledger)
    assert (row.kind, row.actor, row.body["how"], row.at) == ("clip_made", "Chị Hoa", "render", maker.clock.now)
    assert (row.body["script"], row.body["title"], row.body["text_digest"]) == ("bai-1", "Bài bai-1", script.digest)
    assert row.body["sha256"] == sha256(wav(maker))
    with wave.open(str(wav(maker)), "rb") as file:
        assert row.body["seconds"] == file.getnframes() / CLIP_RATE
    assert wav(maker).stem == f"bai-1-{row.body['clip'][:16]}"
    assert [(voice["speaker"], voice["voice"]) for voice in row.body["voices"]] == [
        ("Bác Ba", "silent"),
        ("", "silent"),
    ]
    assert all(voice["version"].startswith("silent@") for voice in row.body["voices"])
    words = "\n".join(part.spoken for part in read_paragraphs(station.renderer(), script))
    assert "năm phần trăm" in words
    assert row.body["spoken_digest"] == hashlib.sha256(words.encode()).hexdigest()


def test_what_is_there_already_is_entered_once(maker: Maker, ledger: Ledger) -> None:
    maker.render()
    maker.render()
    assert sorted(row.body["script"] for row in clip_rows(ledger)) == ["bai-1", "bai-2"]


def test_cued_and_played_rows_name_the_sound_itself(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    (play,) = run_through(maker, ledger, "2027-05-03 06:00")
    assert play.outcome is Outcome.AIRED
    assert [script.sha256 for script in play.scripts] == [sha256(wav(maker))]
    (cued,) = ledger.rows([Kind.CUED])
    assert [script["sha256"] for script in cued.body["scripts"]] == [sha256(wav(maker))]


def test_a_row_of_a_version_that_did_not_note_the_sound_can_still_be_read(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    run_through(maker, ledger, "2027-05-03 06:00")
    (row,) = ledger.rows([Kind.PLAYED])
    scripts = [{key: value for key, value in script.items() if key != "sha256"} for script in row.body["scripts"]]
    assert from_body(row.occurrence or "", {**row.body, "scripts": scripts}).scripts[0].sha256 == ""


def test_every_command_that_makes_a_clip_enters_it(station_folder: Path, broadcaster: RunCommand) -> None:
    broadcaster("script", "render", "thong-diep-1", station=station_folder)
    broadcaster("script", "approve", "thong-diep-2", "--as", "Lan", "--yes", station=station_folder)
    broadcaster("script", "listen", "thong-diep-3", "--save", str(station_folder / "x.wav"), station=station_folder)
    with closing(Ledger.open(station_folder / "broadcaster.db", read_only=True)) as ledger:
        assert [(row.body["script"], row.body["how"]) for row in clip_rows(ledger)] == [
            ("thong-diep-1", "render"),
            ("thong-diep-2", "approve"),
            ("thong-diep-3", "listen"),
        ]


# ---- a strange sound -------------------------------------------------------------------------------------------


def test_a_sound_that_was_put_in_a_clips_place_never_airs(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.render()
    strange, asked = swap(wav(maker)), list[str]()
    desk = a_desk(station, ledger, asked=asked)
    tick_until(desk, maker.clock, "2027-05-03 05:30:20")
    assert "bai-1" in asked
    assert plays(ledger) == []  # it waits within its grace

    rendering = make_again(station)
    (row,) = rendering.unentered
    assert (row.kind, row.body["replaced"]) == (Kind.CLIP_MADE, strange)
    ledger.append([row.entry("daemon", maker.clock.now)])
    tick_until(desk, maker.clock, "2027-05-03 05:32")
    (play,) = plays(ledger)
    assert (play.outcome, play.scripts[0].sha256) == (Outcome.AIRED, sha256(wav(maker)))
    assert sha256(wav(maker)) != strange


def test_a_clip_airs_from_its_row_on(maker: Maker, ledger: Ledger) -> None:
    maker.campaign(maker.slot("05:30"))
    station = maker.open()
    (row,) = make_again(station).unentered
    desk = a_desk(station, ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:31")
    assert plays(ledger) == []
    ledger.append([row.entry("daemon", maker.clock.now)])
    tick_until(desk, maker.clock, "2027-05-03 05:32")
    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED]


def test_a_command_makes_it_again_too_and_the_list_does_not_call_it_ready(
    station_folder: Path, broadcaster: RunCommand
) -> None:
    broadcaster("script", "render", "thong-diep-1", station=station_folder)
    (path,) = (station_folder / "audio").glob("thong-diep-1-*.wav")
    strange = swap(path)
    listed = broadcaster("script", "list", "--json", station=station_folder).json
    assert next(each["state"] for each in listed if each["id"] == "thong-diep-1") == "not rendered"
    assert "Made: 1" in broadcaster("script", "render", "thong-diep-1", station=station_folder).out
    assert sha256(path) != strange


def test_a_clip_of_another_text_under_this_ones_name_is_none(maker: Maker) -> None:
    """Both sounds are known; each is known for its own text alone."""
    station = maker.script("bai-2", "Một bài khác hẳn.").render()
    mine, other = wav(maker), wav(maker, "bai-2")
    mine.write_bytes(other.read_bytes())
    facts = json.loads(other.with_suffix(".json").read_text("utf-8"))
    known = json.loads(mine.with_suffix(".json").read_text("utf-8"))
    mine.with_suffix(".json").write_text(json.dumps(known | {key: facts[key] for key in ("sha256", "frames")}), "utf-8")
    scripts = station.scripts()[0]
    assert station.renderer().find(scripts["bai-1"]) is None
    assert station.renderer().find(scripts["bai-2"])


# ---- a clip that nobody entered: of an older version, from a backup, of a locked history ------------------------


def forget_rows(maker: Maker) -> None:
    """Leave the clips as an older version did: with no row about them."""
    for path in maker.root.glob("broadcaster.*"):
        path.unlink()


def test_an_older_stations_clips_are_made_again_and_its_morning_is_not_silent(morning: Morning) -> None:
    """The daemon's rounds with the real renderer beside them."""
    morning.maker.render()
    forget_rows(morning.maker)
    station = morning.maker.open()
    with closing(station.ledger(daemon=True)) as ledger, closing(BackgroundRendering(station)) as rendering:
        rounds = Rounds(station, ledger, rendering, morning.timer, trust_clock=True, elapsed=lambda: morning.elapsed)
        rounds.start()

        def is_entered() -> bool:
            rounds.round()
            return bool(clip_rows(ledger))

        wait_for(is_entered)
        morning.live(rounds, "2027-05-03 05:31")
        rounds.stop(NO_REASON)
        (row,) = clip_rows(ledger)
    (play,) = morning.plays()
    assert (play.outcome, play.lateness_s, play.scripts[0].sha256) == (Outcome.AIRED, 0, row.body["sha256"])
    assert (row.actor, row.body["how"]) == ("daemon", "desk")


@pytest.fixture
def without_voice(maker: Maker) -> Clip:
    """A clip whose voice is gone and which no other may replace; nothing is known of it."""
    path = maker.root / "station.toml"
    path.write_text(path.read_text("utf-8").replace('voices = ["silent"]', 'voices = ["piper:khong-co"]'), "utf-8")
    station = maker.open()
    script, settings = station.scripts()[0]["bai-1"], station.settings
    recipes = Recipes(station.root, settings.speech, settings.mix)
    words, cast = recipes.words_digest(script), {"": ("piper:khong-co", "piper:khong-co@1")}
    digest = recipes.digest(script, words, {"": "piper:khong-co@1"})
    facts = {"script": "bai-1", "digest": digest, "text_digest": script.digest, "voice": "piper:khong-co"}
    facts |= {"fell_back": False, "loudness": -18.0, "true_peak": -2.0, "warnings": ()}
    with new_clip(recipes.audio_folder, "bai-1", digest, CLIP_RATE) as draft:
        draft.write([bytes(2 * CLIP_RATE)])
        return draft.keep(facts, cast, words)


def test_a_clip_that_no_voice_can_make_again_airs_as_found(maker: Maker, ledger: Ledger, without_voice: Clip) -> None:
    """Where the station asks for no approval, what can air does not stay silent, and its row says what it is."""
    maker.campaign(maker.slot("05:30"))
    rendering = make_again(maker.open())
    (row,) = rendering.unentered
    assert (row.kind, row.body["sha256"], row.body["voices"]) == (Kind.CLIP_FOUND, without_voice.sha256, [])
    ledger.append([row.entry("daemon", maker.clock.now)])
    desk = a_desk(maker.open(), ledger)
    tick_until(desk, maker.clock, "2027-05-03 05:31")
    assert [play.outcome for play in plays(ledger)] == [Outcome.AIRED]


def test_where_approval_is_asked_for_it_does_not(maker: Maker, ledger: Ledger, without_voice: Clip) -> None:
    path = maker.root / "station.toml"
    path.write_text(path.read_text("utf-8") + "[approval]\nrequired = true\n", "utf-8")
    rendering = make_again(maker.open())
    assert rendering.unentered == ()
    assert list(rendering.failures) == ["bai-1"]
    assert without_voice.path.exists()


def test_a_clip_whose_row_could_not_be_written_is_made_again(maker: Maker) -> None:
    station = maker.open()
    scripts = station.scripts()[0]
    station.ledger_path.write_text("no play history", "utf-8")
    with pytest.raises(RecordError):
        render_scripts(station, [scripts["bai-1"]], "render", "Hoa")
    assert wav(maker).exists()
    station.ledger_path.unlink()
    assert station.renderer().find(scripts["bai-1"]) is None
    clip = ready_clip(station, scripts["bai-1"], "listen", "Hoa")
    assert KnownClips.of(station.ledger_path).counts(clip)


def test_the_desk_keeps_the_rows_of_clips_until_they_are_written(morning: Morning) -> None:
    with morning.on_duty() as rounds:
        row = ClipRow(Kind.CLIP_MADE, {"script": "bai-1", "text_digest": "t", "clip": "c", "sha256": "s"})
        morning.rendering.unentered = (row,)
        with locked(morning.path):
            rounds.round()
            assert morning.rendering.unentered == (row,)
        rounds.round()
        assert morning.rendering.unentered == ()
    assert morning.rows(Kind.CLIP_MADE)[-1] == ("clip_made", row.body)


def test_one_that_waits_for_its_row_is_not_made_again_meanwhile(maker: Maker) -> None:
    now = [1000.0]
    with closing(BackgroundRendering(maker.open(), lambda: now[0])) as rendering:
        rendering.ask(["bai-1"])
        assert wait_for(rendering.round)
        (row,) = rendering.unentered
        now[0] += 1000
        rendering.ask(["bai-1"])
        assert not rendering.round()
        assert rendering.unentered == (row,)
