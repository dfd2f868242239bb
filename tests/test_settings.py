"""`station.toml`: every key, its default, and what a mistake in it is told."""

from __future__ import annotations

import contextlib
import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.copies_settings import BackupSettings, CopiesSettings
from broadcaster.errors import InputError
from broadcaster.group_settings import GroupSettings
from broadcaster.rules_settings import RulesSettings, show_span
from broadcaster.settings import (
    AiringSettings,
    ApprovalSettings,
    MixSettings,
    OutputSettings,
    Settings,
    SpeechSettings,
    read_settings,
    show_settings,
)
from broadcaster.weekdays import WEEKDAYS

EVERYTHING = """\
[station]
name = "Xã \\"Mẫu\\""
timezone = "Europe/Berlin"
language = "en"

[output]
devices = ["Loa sân đình", "default"]
warm_up = "5s"
latency = "40ms"
unmute = true

[speech]
voices = ["gtts", "espeak:vi"]
region = "south"
words_per_minute = 140

[mix]
loudness = -18
preset = "flat"
sentence_pause = "300ms"
paragraph_pause = "1s"
chime = "none"

[airing]
grace = "1h"
lead = "10s"

[approval]
required = true
four_eyes = false

[backup]
folder = "/media/usb"
keep = 14

[copies]
every = "12h"
folder = "/media/usb/dai"
mail_to = ["kiem-toan@xa.vn"]
mail_from = "dai@xa.vn"
mail_server = "smtp.xa.vn:587"
mail_security = "starttls"
mail_user = "dai"
mail_password_file = "mat-khau.txt"
webhook = "https://xa.vn/nhan?x=1"
timestamp = "http://tsa.vn/tsr"
certificates = "ca.pem"

[rules]
quiet_days = ["2027-05-31", 2027-09-02]
minutes_per_day = 45
minutes_per_session = 15

[rules.hours]
mon = ["05:00-07:00", "16:30-24:00"]
sun = []
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("station")


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "station.toml"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    return read_settings(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = read(tmp_path, EVERYTHING)
    assert (settings.name, settings.timezone.key, settings.language) == ('Xã "Mẫu"', "Europe/Berlin", "en")
    assert settings.output == OutputSettings(
        ("Loa sân đình", "default"), timedelta(seconds=5), timedelta(milliseconds=40), unmute=True
    )
    assert settings.speech == SpeechSettings(("gtts", "espeak:vi"), "south", 140)
    assert settings.mix == MixSettings(-18.0, "flat", timedelta(milliseconds=300), timedelta(seconds=1), "none")
    assert settings.airing == AiringSettings(timedelta(hours=1), timedelta(seconds=10))
    assert settings.approval == ApprovalSettings(required=True, four_eyes=False)
    assert settings.backup == BackupSettings("/media/usb", keep=14)
    mail = ("dai@xa.vn", "smtp.xa.vn:587", "starttls", "dai", "mat-khau.txt")
    web = ("https://xa.vn/nhan?x=1", "http://tsa.vn/tsr", "ca.pem")
    assert settings.copies == CopiesSettings(timedelta(hours=12), "/media/usb/dai", ("kiem-toan@xa.vn",), *mail, *web)
    usual = ((time(5), time(21)),)
    assert settings.rules == RulesSettings(
        hours=dict.fromkeys(WEEKDAYS, usual) | {"mon": ((time(5), time(7)), (time(16, 30), time.max)), "sun": ()},
        quiet_days=frozenset({date(2027, 5, 31), date(2027, 9, 2)}),
        minutes_per_day=45,
        minutes_per_session=15,
    )


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    settings = read(tmp_path, "")
    assert settings == Settings()
    assert settings.timezone.key == "Asia/Ho_Chi_Minh"
    assert settings.rules.hours["sun"] == ((time(5), time(21)),)


def test_the_station_of_this_repository_is_a_good_one() -> None:
    assert read_settings(Path(__file__).parents[1] / "station.toml").timezone.key == "Asia/Ho_Chi_Minh"


def test_each_value_knows_the_line_that_set_it(tmp_path: Path) -> None:
    origins = read(tmp_path, EVERYTHING).origins
    lines = EVERYTHING.splitlines()
    assert origins["station.name"] == 2
    assert origins["rules.hours"] == lines.index("[rules.hours]") + 1
    assert all(lines[line - 1].startswith((key.split(".")[1], f"[{key}]")) for key, line in origins.items())
    assert read(tmp_path, "").origins == {}


def test_hours_for_every_day(tmp_path: Path) -> None:
    rules = read(tmp_path, '[rules]\nhours = [" 05:00 - 06:00 "]\n').rules
    assert rules.hours == dict.fromkeys(WEEKDAYS, ((time(5), time(6)),))


TYPED = """
[output]
warm_up = "2 giây"
unmute = "có"
latency = "0.5 giây"

[mix]
paragraph_pause = "1 giây"

[airing]
grace = "1 phút 30 giây"

[approval]
required = "Có"
four_eyes = "không"

[copies]
every = "2 giờ"

[rules]
days = ["T2-T6", "chủ nhật"]
quiet_days = ["2/9/2027", "ngày 30 tháng 4 năm 2027"]
same_script_gap = "1 tiếng"

[rules.hours]
t2-t6 = ["5h-7h", "4h30 chiều đến 24h"]
"thứ bảy" = ["sáng 6h - 20h"]
CN = ["6-9"]
"""


def test_what_commands_take_is_taken_in_the_file_too(tmp_path: Path) -> None:
    settings = read(tmp_path, TYPED)
    assert settings.output == OutputSettings(warm_up=timedelta(seconds=2), latency=timedelta(seconds=0.5), unmute=True)
    assert settings.mix.paragraph_pause == timedelta(seconds=1)
    assert settings.airing.grace == timedelta(seconds=90)
    assert settings.approval == ApprovalSettings(required=True, four_eyes=False)
    assert settings.copies.every == timedelta(hours=2)
    week = ((time(5), time(7)), (time(16, 30), time.max))
    assert settings.rules == RulesSettings(
        days=("mon", "tue", "wed", "thu", "fri", "sun"),
        hours=dict.fromkeys(WEEKDAYS[:5], week) | {"sat": ((time(6), time(20)),), "sun": ((time(6), time(9)),)},
        quiet_days=frozenset({date(2027, 9, 2), date(2027, 4, 30)}),
        same_script_gap=timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[rules]\nquiet_days = ["31/4/2027"]', 'found "31/4/2027"; month 4/2027 has 30 days'),
        (
            '[rules]\nquiet_days = ["4/30/2027"]',
            'found "4/30/2027"; the day comes before the month: is 30/4/2027 meant?',
        ),
        ('[rules.hours]\n"t2-t6" = ["5h-21h"]\nmon = ["6h-7h"]', '"mon" is given twice; write it once'),
    ],
)
def test_of_a_mistake_it_is_asked_what_was_meant(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert str(caught.value.problems[0]).endswith(told)


@pytest.mark.parametrize("text", ["", EVERYTHING, TYPED])
def test_what_is_shown_can_be_written_into_the_file(tmp_path: Path, text: str) -> None:
    settings = read(tmp_path, text)
    shown = show_settings(settings)
    again = "".join(f"{key} = {value}\n" for key, value in shown.items() if value != "-")
    settings_again = read(tmp_path, again)
    assert show_settings(settings_again) == shown
    assert (settings_again.rules, settings_again.output) == (settings.rules, settings.output)


def test_every_setting_is_shown() -> None:
    group = GroupSettings("xa-doai", "Xã Đoài", ("USB 2",), RulesSettings(minutes_per_day=30))
    shown = show_settings(Settings(topics={"bhxh-tu-nguyen": "Bảo hiểm xã hội tự nguyện"}, groups={"xa-doai": group}))
    assert {key: value for key, value in shown.items() if key.startswith("group.")} == {
        "group.xa-doai.title": '"Xã Đoài"',
        "group.xa-doai.devices": '["USB 2"]',
        "group.xa-doai.rules.minutes_per_day": "30",
    }
    assert shown["output.latency"] == '"auto"'
    assert shown["rules.minutes_per_day"] == "-"
    assert shown["mix.loudness"] == "-16.0"
    assert {key.split(".")[0] for key in shown} == set(TABLES.split(", "))


@pytest.mark.parametrize("span", ["05:00-21:00", "05:00:30-21:00", "00:00-24:00"])
def test_a_span_is_shown_as_it_is_written(tmp_path: Path, span: str) -> None:
    assert show_span(read(tmp_path, f'[rules]\nhours = ["{span}"]').rules.hours["mon"][0]) == span


TEXT = 'allowed: text in quotes, such as "abc"'
ZONE = 'allowed: a zone such as "Asia/Ho_Chi_Minh"'
TABLES = "station, output, rules, group, monitor, speech, mix, airing, approval, backup, copies, topics"
DEVICES = 'allowed: names of devices, such as "default"'
VOICES = 'allowed: names of voices, such as "espeak:vi"'
LENGTH = 'allowed: a length of time such as "20s", "1m30s" or "400ms"'
RATE = "allowed: a whole number of syllables a minute from 80 to 300; an announcer says about 230"
LATENCY = 'allowed: "auto", or a length of time such as "40ms", at most 2s'
SPANS = 'allowed: spans of the day, such as ["05:00-07:00", "16:30-24:00"]'
DATE = 'allowed: a date such as "2027-05-31"'
WHOLE_PATH = 'allowed: a folder by its whole path, such as "/media/usb"'
HTTPS = 'allowed: an address that begins with "https://"'
MINUTES = "allowed: a whole number from 1 to 1440"

BROKEN = [
    ("station = 1", ["1: station: found 1; allowed: [station]"]),
    ("[station]\nname = 1", [f"2: station.name: found 1; {TEXT}"]),
    ('[station]\ntimezone = "Hà Nội"', [f'2: station.timezone: found "Hà Nội"; {ZONE}']),
    ('[station]\ntimezone = ""', [f'2: station.timezone: found ""; {ZONE}']),
    ('[station]\ntimezone = "Asia"', [f'2: station.timezone: found "Asia"; {ZONE}']),
    ('[station]\ntimezone = "../zone"', [f'2: station.timezone: found "../zone"; {ZONE}']),
    ("[station]\ntimezone = 7", [f"2: station.timezone: found 7; {ZONE}"]),
    ('[station]\nlanguage = "fr"', ['2: station.language: found "fr"; allowed: "vi", "en"']),
    ("[station]\nnme = 'x'", ['2: station.nme: unknown key; did you mean "name"?']),
    ("[statoin]\nname = 'x'", ['1: statoin: unknown key; did you mean "station"?']),
    ("[approval]\nrequired = 'maybe'", ['2: approval.required: found "maybe"; allowed: true, false']),
    ("name = 'x'", [f"1: name: unknown key; allowed keys: {TABLES}"]),
    ('[backup]\nfolder = "usb"', [f'2: backup.folder: found "usb"; {WHOLE_PATH}']),
    ("[backup]\nfolder = 1", [f"2: backup.folder: found 1; {TEXT}"]),
    ("[backup]\nkeep = 1", ["2: backup.keep: found 1; allowed: a whole number from 2 to 3660"]),
    ('[copies]\nevery = "10m"', ['2: copies.every: found "10m"; allowed: from 1h to 744h']),
    ('[copies]\nfolder = "usb"', [f'2: copies.folder: found "usb"; {WHOLE_PATH}']),
    ('[copies]\nwebhook = "http://xa.vn"', [f'2: copies.webhook: found "http://xa.vn"; {HTTPS}']),
    ('[copies]\nwebhook = "https://a b"', [f'2: copies.webhook: found "https://a b"; {HTTPS}']),
    ('[copies]\nwebhook = "https://u:p@xa.vn/"', [f'2: copies.webhook: found "https://u:p@xa.vn/"; {HTTPS}']),
    (
        '[copies]\nmail_server = "xa.vn"\nmail_to = ["an"]',
        ['3: copies.mail_to: found "an"; allowed: addresses, such as "kiem-toan@xa.vn"'],
    ),
    (
        '[copies]\nmail_to = ["a@xa.vn"]',
        ["2: copies.mail_to: there is no mail server; name it: mail_server"],
    ),
    ('[copies]\nmail_password = "x"', ['2: copies.mail_password: unknown key; did you mean "mail_password_file"?']),
    ("[output]\ndevices = []", [f"2: output.devices: found []; {DEVICES}"]),
    ('[output]\ndevices = "default"', [f'2: output.devices: found "default"; {DEVICES}']),
    (
        "[output]\ndevices = [1, ' ']",
        [f"2: output.devices: found 1; {DEVICES}", f'2: output.devices: found " "; {DEVICES}'],
    ),
    ('[output]\nwarm_up = "3m"', [f'2: output.warm_up: found "3m"; {LENGTH}, at most 2m']),
    ("[output]\nwarm_up = 3", [f"2: output.warm_up: found 3; {LENGTH}, at most 2m"]),
    ('[output]\nlatency = "fast"', [f'2: output.latency: found "fast"; {LATENCY}']),
    ('[output]\nlatency = "3s"', [f'2: output.latency: found "3s"; {LATENCY}']),
    ("[speech]\nvoices = []", [f"2: speech.voices: found []; {VOICES}"]),
    ("[speech]\nvoices = 'espeak'", [f'2: speech.voices: found "espeak"; {VOICES}']),
    ('[speech]\nregion = "hue"', ['2: speech.region: found "hue"; allowed: "north", "south"']),
    (
        "[speech]\nwords_per_minute = 20",
        [f"2: speech.words_per_minute: found 20; {RATE}"],
    ),
    ("[mix]\nloudness = 0", ["2: mix.loudness: found 0; allowed: a number from -31 to -12"]),
    ('[mix]\nloudness = "-16"', ['2: mix.loudness: found "-16"; allowed: a number from -31 to -12']),
    ('[mix]\npreset = "loud"', ['2: mix.preset: found "loud"; allowed: "horn", "flat"']),
    ('[mix]\nsentence_pause = "11s"', [f'2: mix.sentence_pause: found "11s"; {LENGTH}, at most 10s']),
    ("[mix]\nparagraph_pause = 1", [f"2: mix.paragraph_pause: found 1; {LENGTH}, at most 10s"]),
    ('[mix]\nchime = ""', [f'2: mix.chime: found ""; {TEXT}']),
    ('[airing]\ngrace = "3h"', [f'2: airing.grace: found "3h"; {LENGTH}, at most 2h']),
    ('[airing]\nlead = "1s"', ['2: airing.lead: found "1s"; allowed: from 2s to 5m']),
    ('[airing]\nlead = "6m"', [f'2: airing.lead: found "6m"; {LENGTH}, at most 5m']),
    ('[rules]\nhours = "05:00-21:00"', [f'2: rules.hours: found "05:00-21:00"; {SPANS}']),
    ("[rules]\nhours = []", [f"2: rules.hours: found []; {SPANS}"]),
    ('[rules]\nhours = ["21:00-05:00"]', [f'2: rules.hours: found "21:00-05:00"; {SPANS}']),
    ('[rules]\nhours = ["5-25"]', [f'2: rules.hours: found "5-25"; {SPANS}']),
    ('[rules]\nhours = ["05:00-24:01"]', [f'2: rules.hours: found "05:00-24:01"; {SPANS}']),
    ('[rules]\nhours = ["24:00-05:00"]', [f'2: rules.hours: found "24:00-05:00"; {SPANS}']),
    ('[rules]\nhours = ["05:00-24:00:00"]', [f'2: rules.hours: found "05:00-24:00:00"; {SPANS}']),
    ('[rules]\nhours = ["24:00-24:00"]', [f'2: rules.hours: found "24:00-24:00"; {SPANS}']),
    ('[rules.hours]\nmonn = ["05:00-21:00"]', ['2: rules.hours.monn: unknown key; did you mean "mon"?']),
    ("[rules.hours]\nmon = [5]", [f"2: rules.hours.mon: found 5; {SPANS}"]),
    ('[rules]\nquiet_days = ["2/9"]', [f'2: rules.quiet_days: found "2/9"; {DATE}']),
    ("[rules]\nminutes_per_day = 0", [f"2: rules.minutes_per_day: found 0; {MINUTES}"]),
    ('[rules]\nminutes_per_session = "15"', [f'2: rules.minutes_per_session: found "15"; {MINUTES}']),
    (
        "[mix]\npreset = 1\n[output]\ndevices = 1\n[station]\nlanguage = 1\nx = 1",
        [
            '2: mix.preset: found 1; allowed: "horn", "flat"',
            f"4: output.devices: found 1; {DEVICES}",
            '6: station.language: found 1; allowed: "vi", "en"',
            "7: station.x: unknown key; allowed keys: name, timezone, language",
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), BROKEN, ids=[re.sub(r"\s+", " ", text) for text, _expected in BROKEN])
def test_a_mistake_is_told_exactly(tmp_path: Path, text: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    path = tmp_path / "station.toml"
    assert [str(problem).removeprefix(f"{path}:") for problem in error.value.problems] == expected


@given(st.text(), st.integers(0, len(EVERYTHING)), st.integers(0, 40))
def test_a_file_with_anything_done_to_it_is_read_or_refused(folder: Path, patch: str, at: int, length: int) -> None:
    with contextlib.suppress(InputError):
        assert show_settings(read(folder, EVERYTHING[:at] + patch + EVERYTHING[at + length :]))
