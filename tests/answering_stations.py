"""Stations in many states, and every reading command asked there: what `test_json_schema.py` looks at."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import docx
from commands import make_quick_station
from histories import LETTER, Slot, live, silent, unplanned, whole
from json_schemas import Answers, do
from ledgers import tampering
from sounds import noise, write_wav
from stations import Maker, at

from broadcaster.models import MuteKind, Occurrence, Outcome
from broadcaster.playout.heartbeat import heartbeat_path
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.playout.rows import planned_row, played_row
from broadcaster.playout.station_lock import only_one
from broadcaster.reasons import ReasonKind, reason
from broadcaster.records.export import export
from broadcaster.records.frozen_plan import Month, frozen_entry
from broadcaster.records.identity import Purpose, begun
from broadcaster.records.keys import FOLDER as KEYS
from broadcaster.records.keys import signing_key
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Ledger
from broadcaster.records.play_rows import MutedPart, PlayedScript
from broadcaster.speech.take_check import TakeFault
from broadcaster.speech.take_store import TakeFacts, keep_take
from broadcaster.station.content import read_content
from broadcaster.station.folder import Station, open_station

WHERE_NOTHING_IS_NAMED = (
    ("plan",), ("now",), ("check",), ("config",), ("rules",), ("rules", "--presets"), ("schedule", "list"),
    ("schedule", "check"), ("schedule", "history"), ("schedule", "exceptions"), ("script", "list"),
    ("script", "history"), ("lexicon", "list"), ("activity", "list"), ("voice", "list", "--offline"), ("log",),
    ("reconcile",), ("audit", "verify"), ("audit", "review"),
)  # fmt: skip
MAY = "5/2090"  # the commands go by the computer's clock: a month that is still to come for long
MESSAGES = "thang-5/thong-diep"
GROUP = '\n[[group]]\nid = "dong"\ntitle = "Cụm Đông"\ndevices = ["USB"]\n[group.rules]\nminutes_per_day = 200\n'
TALK = """+++
title = "Kịch"
topic = "bhxh"
author = "Hoa"
voices = { "Bác Ba" = "silent" }
valid_until = 2090-05-03
+++

TDP 5 đóng 22%.

Bác Ba: Gọi 1900.90.68.
"""


def ask_all(answers: Answers, station: Path) -> None:
    for typed in WHERE_NOTHING_IS_NAMED:
        answers.ask(station, *typed)


def a_fresh_one(answers: Answers, folder: Path) -> None:
    """A station that `init` has just made: no history, no clip."""
    make_quick_station(folder)
    ask_all(answers, folder)
    answers.ask(folder, "plan", "--month", MAY)
    answers.ask(folder, "why", "3/5/2090 5h30")


def with_officers(answers: Answers, folder: Path, rendered: Path) -> None:
    """A station whose officers have changed, left out, frozen, approved and entered things."""
    shutil.copytree(rendered, folder)
    settings = folder / "station.toml"
    text = settings.read_text("utf-8").replace("[rules]\n", '[rules]\npreset = "vinh-phuc-2022"\n')
    settings.write_text(text + GROUP, "utf-8")
    (folder / "scripts" / "kich.md").write_text(TALK, "utf-8")
    write_wav(folder / "scripts" / "a.wav", noise(2))
    by, why = ("--as", "Hoa", "--yes"), ("--reason", "lễ hội")
    do(folder, "schedule", "freeze", "--month", MAY, *by)
    do(folder, "schedule", "skip", "7/5/2090", "--of", "thang-5", *why, *by)
    do(folder, "schedule", "skip", "8/5/2090", "--of", MESSAGES, "--at", "17h", *why, *by)
    do(folder, "schedule", "move", f"{MESSAGES}@2090-05-09T17:00+07:00", "--at", "18h", *why, *by)
    do(folder, "schedule", "edit", MESSAGES, "--repeat", "3", *why, *by)
    do(folder, "schedule", "edit", "thang-5/chu-de", "--group", "dong", "--from", "2/5", "--to", "30/5", *why, *by)
    do(folder, "schedule", "pause", "thang-5/chu-de", "--from", "20/5/2090", *why, *by)
    file = folder / "schedules" / "thang-5.toml"
    file.write_text(file.read_text("utf-8").replace("Tháng vận động", "Vận động", 1), "utf-8")
    do(folder, "lexicon", "add", "TDP", "tổ dân phố", "--comment", "ở xã")
    do(folder, "script", "approve", "kich", "--as", "Lan", "--yes")
    activity = ("activity", "add", "--kind", "banner", "--text", "Băng rôn", "--place", "Chợ", "--as", "Hoa")
    do(folder, *activity, "--date", "1/5/2026", "--count", "3", "--topic", "bhxh", "--source", "1192/BHXH-TT")
    do(folder, *activity, "--date", "2/5/2026")
    do(folder, "activity", "remove", "1", "--reason", "nhập trùng")
    do(folder, "script", "new", "bai-moi", "--title", "Mới", "--as", "Hoa", "--yes")
    do(folder, "script", "rename", "bai-moi", "moi", "--as", "Hoa", "--yes")
    ask_all(answers, folder)
    answers.ask(folder, "schedule", "exceptions", "--all")
    answers.ask(folder, "schedule", "show", "thang-5")
    answers.ask(folder, "script", "read", "kich")
    answers.ask(folder, "lexicon", "try", "TDP 5, BTC")
    _record(folder)
    answers.ask(folder, "script", "takes", "kich")
    answers.ask(folder, "voice", "list")
    for typed in (
        ("plan", "--month", MAY),
        ("plan", "--day", "9/5/2090"),
        ("why", "9/5/2090 18h"),
        ("why", "7/5/2090 5h30"),
    ):
        answers.ask(folder, *typed)
    for month in ("5/2026", MAY):
        answers.report(folder, "--month", month)
    file.write_text('title = "Tháng 5"\nfrom = 5\n', "utf-8")
    (folder / "schedules" / "thang-6.toml.txt").write_text("", "utf-8")
    ask_all(answers, folder)
    answers.ask(folder, "why", "9/5/2090 18h")


def _record(folder: Path) -> None:
    """Let somebody have read a script into a microphone."""
    faults = (TakeFault.of("noisy", noise=-40, voice=-25),)
    facts = TakeFacts("kich", "t", at("2027-05-03 04:00"), "Hoa", "Micro", 2.0, -25.0, -40.0, faults)
    keep_take(folder / "scripts", facts, [noise(2)], len(noise(2)))


def with_a_crowded_plan(answers: Answers, folder: Path) -> None:
    """A station where slots wait, are given up, cut and blocked; then their plan is rehearsed."""
    folder.mkdir()
    maker = Maker(folder, SimulatedClock(at("2027-05-03 05:00")))
    maker.settings('[airing]\ngrace = "1m"\n').script("bai-1").script("dai", "Kính thưa bà con. " * 40)
    slots = [
        maker.slot("06:00", "dai"), maker.slot("06:01", id_="doi"), maker.slot("06:04", "bai-1", id_="lo"),
        maker.slot("22:30", id_="khuya"), maker.slot("07:00", "dai", id_="dai"),
        maker.slot("07:00:30", "bai-1", 'class = "emergency"', "khan"), maker.slot("08:00", "khong-co", id_="thieu"),
    ]  # fmt: skip
    station = maker.campaign("\n".join(slots)).render()
    ask_all(answers, folder)
    answers.ask(folder, "plan", "--day", "3/5/2090")
    maker.campaign("\n".join(slots[:-1]))
    answers.ask(folder, "rehearse", "--from", "3/5/2090", "--to", "3/5/2090")
    assert station.root == folder


def with_a_past(answers: Answers, folder: Path) -> None:
    """A station with a month behind it: aired, late, cut, muted, missed, unplanned; then other files in its place."""
    make_quick_station(folder)
    station, path = open_station(folder), folder / "broadcaster.db"
    midnight = station.now().replace(hour=0, minute=0, second=0, microsecond=0)
    live(path, midnight - timedelta(days=31), days=31)
    with Ledger.open(path) as ledger:
        ledger.append(_odd_plays(midnight - timedelta(days=1)))
        month, first = Month.of((midnight - timedelta(days=1)).date(), station.settings.timezone), Slot("sang", 8, ())
        signer = signing_key(folder / KEYS, folder.name)
        frozen = [first.on(midnight - timedelta(days=1))]
        ledger.append([frozen_entry(month, frozen, {}, signer, "Hoa", station.now())])
        ledger.append([Entry(Kind.RESTORED, "Hoa", station.now(), None, {"rows": 3, "lost": 1, "source": "x.db"})])
    do(folder, "audit", "checkpoint")
    (mark,) = (folder / "checkpoints").glob("*.txt")
    ask_all(answers, folder)
    days = ("--from", f"{midnight - timedelta(days=31):%Y-%m-%d}", "--to", f"{midnight:%Y-%m-%d}")
    for typed in (("log", *days), ("reconcile", *days), ("audit", "review", *days)):
        answers.ask(folder, *typed)
    answers.ask(folder, "audit", "verify", "--checkpoint", str(mark))
    _ask_about_reports(answers, folder, days)
    _ask_about_exports(answers, folder)
    with tampering(path) as database:
        database.execute("UPDATE ledger SET body = replace(body, 'missed', 'failed') WHERE kind = 'played'")
    ask_all(answers, folder)
    answers.report(folder, *days)


def that_are_several(answers: Answers, folder: Path) -> None:
    """A station's export that holds, and what is made of several."""
    first, days, out = at("2027-05-01 00:00"), 10, folder / "xa.zip"
    key = signing_key(folder / KEYS, "Xã").verifier.text
    with Ledger.open(folder / "broadcaster.db") as ledger:
        ledger.append([begun("Xã", key, Purpose.LIVE, first)])
    live(folder / "broadcaster.db", first, days)
    export(folder, folder / "broadcaster.db", "Xã", first + timedelta(days=days), out)
    answers.report(None, "--bundle", str(out))
    answers.report(None, "--bundle", str(out), "--month", "5/2027")
    answers.ask(None, "audit", "verify", "--file", str(out))


def _odd_plays(day: datetime) -> list[Entry]:
    slot = replace(Slot("sang", 8, ("thong-diep-1",)))
    muted = MutedPart(MuteKind.OUTPUT, day + timedelta(hours=8), 12.5, 0.5)
    said = PlayedScript(
        "thong-diep-1", "Bài", "t", "c", "silent", 31.5, "ab" * 32, "bhxh", "BHXH", LETTER, "tiếng Mông"
    )
    planned = replace(slot.on(day), group="dong")
    heard = whole(
        planned, muted=muted, scripts=(said,), group="dong", group_title="Cụm Đông",
        planned_end=day + timedelta(hours=8, minutes=1),
    )  # fmt: skip
    off = replace(slot, hour=9).on(day)
    why = reason(ReasonKind.OFF, **{"from": day, "to": day + timedelta(hours=9, minutes=5)})
    missed = replace(silent(off, Outcome.MISSED, ""), why=why)
    rows = [planned_row(planned, day), planned_row(off, day)]
    again = replace(unplanned(datetime(2027, 5, 5, tzinfo=day.tzinfo))[0], planned_start=day, ordered_by="Hòa")
    plays = [heard, missed, replace(again, occurrence=f"phat-bu/x@{day:%Y-%m-%dT%H:%M}+07:00")]
    return [*rows, *(played_row(play, day + timedelta(hours=10)) for play in plays)]


def _ask_about_reports(answers: Answers, folder: Path, days: tuple[str, ...]) -> None:
    word, figures = folder / "a.docx", folder / "a.json"
    answers.report(folder, *days)
    answers.report(folder, *days, "--campaign", "thang-5", "--source", LETTER)
    for out in (word, figures):
        do(folder, "report", *days, "--out", str(out), "--anyway")
    document = docx.Document(str(word))
    next(each for each in document.paragraphs if each.text.startswith("Kính gửi")).runs[0].text = "Kính gửi: xã"
    document.save(str(word))
    answers.ask(folder, "audit", "report", str(word))
    told = json.loads(figures.read_text("utf-8"))
    told["total"]["aired"] += 1
    figures.write_text(json.dumps(told), "utf-8")
    answers.ask(folder, "audit", "report", str(figures))


def _ask_about_exports(answers: Answers, folder: Path) -> None:
    out = folder / "export"
    do(folder, "audit", "export", "--out", str(out), code=1)  # one silence is not explained
    answers.ask(None, "audit", "verify", "--file", str(out))
    next(iter(sorted(out.glob("*.csv")))).write_text("a", "utf-8")
    answers.ask(None, "audit", "verify", "--file", str(out))
    answers.report(None, "--bundle", str(out))


def with_a_desk(answers: Answers, folder: Path) -> None:
    """A station whose desk runs: something on the air, something held up, something waiting; then a file breaks."""
    make_quick_station(folder)
    station = open_station(folder)
    now = station.now().replace(microsecond=0)
    hours = [f"{now + timedelta(minutes=shift):%H:%M}" for shift in (-5, -2, -1, 0, 3)]
    maker = Maker(folder, station.clock)  # type: ignore[arg-type]
    maker.campaign(maker.slot(" ".join(dict.fromkeys(hours)), "thong-diep-1"), dates='from = "01-01"\nto = "12-31"')
    read_content(station)
    over = Occurrence("thu", "sang", now.replace(second=0) - timedelta(minutes=5), ("thong-diep-1",))
    with station.ledger() as ledger:
        ledger.append([planned_row(over, over.start), played_row(silent(over, Outcome.SKIPPED, "lệnh"), over.start)])
    ids = [Occurrence("thu", "sang", now.replace(second=0) + timedelta(minutes=shift), ()).id for shift in (-2, -1, 0)]
    held = {"id": ids[1], "reason": "x", "why": {"kind": "device_lost", "text": "x"}, "until": _soon(now)}
    with only_one(station):
        _beat(
            station,
            on_air=ids[0],
            started=now.isoformat(),
            ends=_soon(now),
            paused=_soon(now),
            waiting=[held, {"id": ids[2]}],
        )
        ask_all(answers, folder)
        answers.ask(folder, "plan", "--from", f"{now - timedelta(days=1):%Y-%m-%d}", "--to", f"{now:%Y-%m-%d}")
        for id_ in ids:
            answers.ask(folder, "why", id_)
        _beat(station, held="behind")
        (folder / "schedules" / "thu.toml").write_text("from = 5\n", "utf-8")
        answers.ask(folder, "now")


def _soon(now: datetime) -> str:
    return (now + timedelta(minutes=10)).isoformat()


def _beat(station: Station, **values: object) -> None:
    path = heartbeat_path(station)
    path.parent.mkdir(exist_ok=True)
    known = {"at": station.now().isoformat(), "pid": 1, "device": "Loa", "on_air": None}
    path.write_text(json.dumps({**known, **values}), "utf-8")
