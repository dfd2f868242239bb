"""Topics: read strictly, written into the rows when something airs, and nothing that is heard or approved."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import run_through
from stations import Maker

from broadcaster.errors import InputError
from broadcaster.office.approving import approve_text
from broadcaster.records.approvals import Approvals, Standing
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Ledger
from broadcaster.settings import parse_settings, show_settings
from broadcaster.speech.script import parse_script

if TYPE_CHECKING:
    from commands import RunCommand

TITLES = '[topics]\nbhxh-tu-nguyen = "Bảo hiểm xã hội tự nguyện"\n'
TOPIC = 'topic = "bhxh-tu-nguyen"'
ALL_YEAR = 'from = "01-01"\nto = "12-31"'


def script(matter: str) -> str:
    return f'+++\ntitle = "Bài"\n{matter}+++\n\nTham gia bảo hiểm xã hội.\n'


def test_a_script_has_the_topic_that_it_names() -> None:
    read = parse_script(Path("bai-1.md"), script(f"{TOPIC}  # để đếm\n"))
    assert read.topic == "bhxh-tu-nguyen"
    assert parse_script(Path("bai-1.md"), script("")).topic == ""


@pytest.mark.parametrize("value", ['"BHXH tự nguyện"', '"bhxh_tu_nguyen"', '"BHXH"', '"a b"', "5", '["bhxh"]', '" "'])
def test_a_topic_that_is_no_slug_is_one_clear_line(value: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_script(Path("bai-1.md"), script(f"topic = {value}\n"))
    (problem,) = raised.value.problems
    assert (problem.line, problem.key) == (3, "topic")
    assert value.strip('"') in problem.what
    assert "bhxh-tu-nguyen" in problem.todo


def test_the_topic_is_not_part_of_what_is_approved_and_heard() -> None:
    plain, named = (parse_script(Path("bai-1.md"), script(matter)) for matter in ("", f"{TOPIC}\n"))
    assert named.digest == plain.digest == hashlib.sha256(script("").encode()).hexdigest()
    other = parse_script(Path("bai-1.md"), script(f'{TOPIC}\nsource = "1192/BHXH-TT"\n'))
    assert other.digest == hashlib.sha256(script('source = "1192/BHXH-TT"\n').encode()).hexdigest()


def test_an_edit_of_the_topic_withdraws_no_approval_and_makes_no_clip_again(maker: Maker) -> None:
    maker.settings("[approval]\nrequired = true\nfour_eyes = false\n").render()
    station = maker.open()
    before = station.renderer().find(station.scripts()[0]["bai-1"])
    heard = station.renderer().heard(station.scripts()[0]["bai-1"])
    approve_text(station, station.scripts()[0]["bai-1"], heard, "Lan")
    maker.script("bai-1", matter=f"{TOPIC}\n")
    again = maker.open()
    found = again.scripts()[0]["bai-1"]
    assert found.topic == "bhxh-tu-nguyen"
    assert Approvals.of(again.ledger_path).verdict("bai-1", found.digest).standing is Standing.APPROVED
    assert again.renderer().find(found) == before is not None


def test_the_rows_of_what_airs_have_topic_title_and_letter(maker: Maker, ledger: Ledger) -> None:
    maker.settings(TITLES).script("bai-1", matter=TOPIC).campaign(maker.slot("05:30", "bai-1 bai-2", 'order = "all"'))

    (play,) = run_through(maker, ledger, "2027-05-03 06:00")

    first, second = play.scripts
    assert (first.topic, first.topic_title, first.source) == (
        "bhxh-tu-nguyen", "Bảo hiểm xã hội tự nguyện", "1192/BHXH-TT"
    )  # fmt: skip
    assert (second.topic, second.topic_title) == ("", "")
    cued, played = ledger.rows([Kind.CUED, Kind.PLAYED])
    assert cued.body["scripts"] == played.body["scripts"]
    assert "topic" not in played.body["scripts"][1]


def test_what_is_missed_has_its_topic_too_and_a_later_edit_does_not_change_it(maker: Maker, ledger: Ledger) -> None:
    maker.settings("[rules]\nhours = ['06:00-21:00']\n").script("bai-1", matter=TOPIC)
    maker.campaign(maker.slot("05:30"))

    run_through(maker, ledger, "2027-05-03 06:00")
    maker.script("bai-1", matter='topic = "khac"')
    plays = run_through(maker, ledger, "2027-05-04 06:00")

    assert [(play.outcome, play.scripts[0].topic) for play in plays] == [
        ("blocked", "bhxh-tu-nguyen"), ("blocked", "khac")
    ]  # fmt: skip


def test_topics_have_titles_in_the_settings() -> None:
    settings = parse_settings(Path("station.toml"), TITLES)
    assert settings.topics == {"bhxh-tu-nguyen": "Bảo hiểm xã hội tự nguyện"}
    assert show_settings(settings)["topics.bhxh-tu-nguyen"] == '"Bảo hiểm xã hội tự nguyện"'
    with pytest.raises(InputError) as raised:
        parse_settings(Path("station.toml"), '[topics]\n"BHXH TN" = "a"\nb = 5\n')
    assert [problem.line for problem in raised.value.problems] == [2, 3]


def test_check_warns_of_a_topic_without_a_title(maker: Maker, broadcaster: RunCommand) -> None:
    maker.settings(TITLES).script("bai-1", matter=TOPIC).script("bai-2", matter='topic = "bhty"')
    maker.campaign(maker.slot("05:30", "bai-1 bai-2"), dates=ALL_YEAR).render()

    found = [
        each
        for each in broadcaster("check", "--json", station=maker.root).json["findings"]
        if each["about"] == "topics"
    ]

    assert [each["level"] for each in found] == ["mind"]
    assert '"bhty"' in found[0]["text"]
    assert "(bai-2)" in found[0]["text"]


def test_a_new_script_gets_its_topic(maker: Maker, broadcaster: RunCommand) -> None:
    root = maker.settings().root
    assert (
        broadcaster("script", "new", "moi", "--topic", "bhxh-tu-nguyen", "--yes", "--as", "Lan", station=root).code == 0
    )
    assert '\ntopic = "bhxh-tu-nguyen"\n' in (root / "scripts" / "moi.md").read_text("utf-8")
    wrong = broadcaster("script", "new", "khac", "--topic", "BHXH", "--yes", "--as", "Lan", station=root)
    assert (wrong.code, (root / "scripts" / "khac.md").exists()) == (2, False)
