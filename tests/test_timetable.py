"""Campaign files: every mistake told with its line, and edits that leave everything else as it was."""

from __future__ import annotations

import contextlib
import re
import tomllib
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.errors import InputError
from broadcaster.models import BulletinClass, Campaign, Order, Slot, YearDay
from broadcaster.schedule.campaign_edit import create_campaign, edit, remove_slot
from broadcaster.schedule.timetable import (
    missing_scripts,
    parse_boundary,
    parse_campaign,
    read_campaign,
    read_campaigns,
    show_boundary,
)

SAMPLE = Path(__file__).parents[1] / "schedules" / "thang-5.toml"
FILE = Path("mau.toml")

HEAD = 'title = "Mẫu"\nfrom = "05-01"\nto = "05-31"\n'  # lines 1 to 3
SLOT = '[[slot]]\nid = "sang"\nat = ["05:30"]\nscripts = ["chu-de"]\n'  # lines 4 to 7 behind HEAD
GOOD = HEAD + SLOT


def slot_with(line: str) -> str:
    """A campaign with one slot and `line` as its line 8."""
    return GOOD + line + "\n"


def messages(text: str, path: Path = FILE) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_campaign(path, text)
    return [str(problem).removeprefix(f"{path}") for problem in error.value.problems]


# ---- what is read -----------------------------------------------------------------------------------------------


def test_every_key_of_a_slot_is_read(tmp_path: Path) -> None:
    path = tmp_path / "thang-5.toml"
    path.write_text(
        """\
title = "Tháng vận động"
source = "1192/BHXH-TT"
from = 2027-05-01
to = "2027-05-31"
[[slot]]
id = "sang"
at = ["05:30", "17:00:15"]
days = ["sun", "mon"]
from = "2027-05-15"
to = "2027-05-25"
scripts = ["a", "b"]
order = "all"
repeat = 2
gap = "20s"
class = "priority"
except = ["2027-05-17", 2027-05-23]
""",
        encoding="utf-8",
    )
    campaign = read_campaign(path)
    assert (campaign.id, campaign.title, campaign.source) == ("thang-5", "Tháng vận động", "1192/BHXH-TT")
    assert (campaign.start, campaign.end, campaign.path) == (date(2027, 5, 1), date(2027, 5, 31), path)
    assert campaign.slots == (
        Slot(
            id="sang",
            at=(time(5, 30), time(17, 0, 15)),
            scripts=("a", "b"),
            days=frozenset({1, 7}),
            order=Order.ALL,
            repeat=2,
            gap=timedelta(seconds=20),
            bulletin_class=BulletinClass.PRIORITY,
            start=date(2027, 5, 15),
            end=date(2027, 5, 25),
            exceptions=frozenset({date(2027, 5, 17), date(2027, 5, 23)}),
        ),
    )


def test_what_is_left_out_has_the_models_defaults() -> None:
    campaign = parse_campaign(FILE, GOOD)
    assert campaign.slots == (Slot("sang", (time(5, 30),), ("chu-de",)),)
    assert (campaign.start, campaign.end, campaign.source) == (YearDay(5, 1), YearDay(5, 31), "")


@pytest.mark.parametrize(
    "text",
    [
        HEAD,  # a campaign that is being written has no slots yet
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31"),  # over the new year
        GOOD.replace("05-01", "02-29").replace("05-31", "02-29"),
        GOOD.replace('"05-01"', "2027-05-31").replace('"05-31"', "2027-05-31"),  # one day
        slot_with('from = "05-15"'),
        slot_with('to = "05-15"'),
        slot_with('from = "2027-05-15"\nto = "2027-05-20"'),  # this year only, in a campaign of every year
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31") + 'from = "12-25"\nto = "01-05"\n',
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31") + 'from = "01-05"\nto = "01-10"\n',
        GOOD.replace("05-01", "2026-12-01").replace("05-31", "2027-01-31") + 'from = "01-05"\nto = "01-10"\n',
        GOOD.replace("05-01", "12-01").replace("05-31", "01-31") + 'except = ["2027-01-31", "2026-12-01"]\n',
        slot_with("except = []"),
    ],
)
def test_unusual_but_good(text: str) -> None:
    assert parse_campaign(FILE, text).title == "Mẫu"


# ---- what is refused --------------------------------------------------------------------------------------------

BOUNDARY = 'allowed: "05-01" (every year) or "2027-05-01" (that year only)'
TIMES = 'allowed: times of day, such as ["05:30", "17:00"]'
IDS = 'allowed: a list of ids (a-z, 0-9 and "-", 1 to 64 characters), such as ["thong-diep-1"]'
ID = 'allowed: a-z, 0-9 and "-", 1 to 64 characters, such as "sang"'
DAYS = 'allowed: days of the week: "mon", "tue", "wed", "thu", "fri", "sat", "sun"'
TEXT = 'allowed: text in quotes, such as "abc"'
ROOT_KEYS = "allowed keys: from, to, slot, title, source, except, paused"
TOML = "compare the line with docs/formats.md: text is in quotes, lists are in square brackets"
GAP = 'allowed: a length of time such as "20s", "1m30s" or "400ms", at most 10m'
DATES = 'allowed: dates such as ["2027-05-07"], single airings such as ["2027-05-07 17:00"]'
INSIDE = "allowed: inside the campaign, 05-01 to 05-31"

BOTH = "only one of them has a year; write both with the year (that year only) or both without (every year)"
OVER = 'over the new year at most 300 days are allowed; the whole year is "01-01" to "12-31"'

BROKEN = {
    "empty": (
        "",
        [f":1: from: is missing; {BOUNDARY}", f":1: to: is missing; {BOUNDARY}", f":1: title: is missing; {TEXT}"],
    ),
    "no title": (GOOD.replace('title = "Mẫu"\n', ""), [f":1: title: is missing; {TEXT}"]),
    "blank title": (GOOD.replace("Mẫu", " "), [f':1: title: found " "; {TEXT}']),
    "title is a number": (GOOD.replace('"Mẫu"', "5"), [f":1: title: found 5; {TEXT}"]),
    "source is a number": ("source = 1192\n" + GOOD, [f":1: source: found 1192; {TEXT}"]),
    "no from": (GOOD.replace('from = "05-01"\n', ""), [f":1: from: is missing; {BOUNDARY}"]),
    "no to": (GOOD.replace('to = "05-31"\n', ""), [f":1: to: is missing; {BOUNDARY}"]),
    "Vietnamese day": (GOOD.replace("05-01", "1/5"), [f':2: from: found "1/5"; {BOUNDARY}']),
    "31 April": (GOOD.replace("05-31", "04-31"), [f':3: to: found "04-31"; {BOUNDARY}']),
    "month 13": (GOOD.replace("05-31", "13-01"), [f':3: to: found "13-01"; {BOUNDARY}']),
    "day as a number": (GOOD.replace('"05-01"', "501"), [f":2: from: found 501; {BOUNDARY}"]),
    "day with a time": (
        GOOD.replace('"05-01"', "2027-05-01T05:30:00"),
        [f":2: from: found 2027-05-01 05:30:00; {BOUNDARY}"],
    ),
    "one with a year": (
        GOOD.replace("05-01", "2027-05-01"),
        [f":3: to: from 2027-05-01 to 05-31: {BOTH}"],
    ),
    "to before from": (
        GOOD.replace("05-01", "2027-05-31").replace('"05-31"', '"2027-05-01"'),
        [":3: to: 2027-05-01 is before 2027-05-31; the last day comes after the first"],
    ),
    "to before from, every year": (
        'title = "Mẫu"\nfrom = "05-31"\nto = "05-01"\n' + SLOT,
        [f":3: to: 05-01 is before 05-31; {OVER}"],
    ),
    "unknown key": ("titel = 'x'\n" + GOOD, [':1: titel: unknown key; did you mean "title"?']),
    "unknown key, nothing near": ("xyz = 'x'\n" + GOOD, [f":1: xyz: unknown key; {ROOT_KEYS}"]),
    "slots for slot": (
        GOOD.replace("[[slot]]", "[[slots]]"),
        [':4: slots: unknown key; did you mean "slot"?'],
    ),
    "one bracket": (GOOD.replace("[[slot]]", "[slot]"), [":4: slot: found a table; allowed: [[slot]]"]),
    "slot is text": (HEAD + 'slot = "x"', [':4: slot: found "x"; allowed: [[slot]]']),
    "empty slot": (
        HEAD + "[[slot]]\n",
        [
            f":4: slot.id: is missing; {ID}",
            f":4: slot.at: is missing; {TIMES}",
            f":4: slot.scripts: is missing; {IDS}",
        ],
    ),
    "id with capitals": (GOOD.replace('"sang"', '"Sáng"'), [f':5: slot.id: found "Sáng"; {ID}']),
    "id too long": (GOOD.replace('"sang"', f'"{"a" * 65}"'), [f':5: slot.id: found "{"a" * 65}"; {ID}']),
    "at without a list": (GOOD.replace('["05:30"]', '"05:30"'), [f':6: slot.at: found "05:30"; {TIMES}']),
    "at empty": (GOOD.replace('["05:30"]', "[]"), [f":6: slot.at: found []; {TIMES}"]),
    "at without a nought": (GOOD.replace("05:30", "5:30"), [f':6: slot.at: found "5:30"; {TIMES}']),
    "at 5h30": (GOOD.replace("05:30", "5h30"), [f':6: slot.at: found "5h30"; {TIMES}']),
    "at 24:00": (GOOD.replace("05:30", "24:00"), [f':6: slot.at: found "24:00"; {TIMES}']),
    "at 25:00": (GOOD.replace("05:30", "25:00"), [f':6: slot.at: found "25:00"; {TIMES}']),
    "at a number": (GOOD.replace('["05:30"]', "[5.30]"), [f":6: slot.at: found 5.3; {TIMES}"]),
    "two wrong times": (
        GOOD.replace('["05:30"]', '["05:30", "5h", 17]'),
        [f':6: slot.at: found "5h"; {TIMES}', f":6: slot.at: found 17; {TIMES}"],
    ),
    "a time twice": (
        GOOD.replace('["05:30"]', '["05:30", "17:00", "05:30:00"]'),
        [':6: slot.at: "05:30" is given twice; write it once'],
    ),
    "script with a space": (GOOD.replace('["chu-de"]', '["chu de"]'), [f':7: slot.scripts: found "chu de"; {IDS}']),
    "script with an ending": (
        GOOD.replace('["chu-de"]', '["chu-de.md"]'),
        [f':7: slot.scripts: found "chu-de.md"; {IDS}'],
    ),
    "no scripts": (GOOD.replace('["chu-de"]', "[]"), [f":7: slot.scripts: found []; {IDS}"]),
    "days in Vietnamese": (slot_with('days = ["T2"]'), [f':8: slot.days: found "T2"; {DAYS}']),
    "days in full": (slot_with('days = ["monday"]'), [f':8: slot.days: found "monday"; {DAYS}']),
    "days as numbers": (slot_with("days = [2]"), [f":8: slot.days: found 2; {DAYS}"]),
    "days empty": (slot_with("days = []"), [f":8: slot.days: found []; {DAYS}"]),
    "a day twice": (slot_with('days = ["mon", "mon"]'), [':8: slot.days: "mon" is given twice; write it once']),
    "unknown order": (slot_with('order = "random"'), [':8: slot.order: found "random"; allowed: "rotate", "all"']),
    "repeat nought": (slot_with("repeat = 0"), [":8: slot.repeat: found 0; allowed: a whole number from 1 to 20"]),
    "repeat true": (slot_with("repeat = true"), [":8: slot.repeat: found true; allowed: a whole number from 1 to 20"]),
    "repeat text": (slot_with('repeat = "2"'), [':8: slot.repeat: found "2"; allowed: a whole number from 1 to 20']),
    "gap a number": (slot_with("gap = 20"), [f":8: slot.gap: found 20; {GAP}"]),
    "gap too long": (slot_with('gap = "11m"'), [f':8: slot.gap: found "11m"; {GAP}']),
    "unknown class": (
        slot_with('class = "urgent"'),
        [':8: slot.class: found "urgent"; allowed: "normal", "priority", "emergency"'],
    ),
    "except no date": (slot_with('except = ["7/5"]'), [f':8: slot.except: found "7/5"; {DATES}']),
    "except no list": (slot_with('except = "2027-05-07"'), [f':8: slot.except: found "2027-05-07"; {DATES}']),
    "except every year": (slot_with('except = ["05-07"]'), [f':8: slot.except: found "05-07"; {DATES}']),
    "except outside": (slot_with('except = ["2027-06-07"]'), [f":8: slot.except: found 2027-06-07; {INSIDE}"]),
    "slot outside": (
        slot_with('from = "06-01"\nto = "06-05"'),
        [f":8: slot.from: found 06-01 to 06-05; {INSIDE}"],
    ),
    "slot sticks out": (slot_with('from = "04-30"'), [f":8: slot.from: found 04-30 to 05-31; {INSIDE}"]),
    "slot ends too late": (slot_with('to = "06-01"'), [f":8: slot.to: found 05-01 to 06-01; {INSIDE}"]),
    "slot in another year": (
        'title = "Mẫu"\nfrom = "2027-05-01"\nto = "2027-05-31"\n' + SLOT + 'from = "2028-05-01"\nto = "2028-05-02"\n',
        [":8: slot.from: found 2028-05-01 to 2028-05-02; allowed: inside the campaign, 2027-05-01 to 2027-05-31"],
    ),
    "slot's from with a year, campaign without": (
        slot_with('from = "2027-05-15"'),
        [f":8: slot.from: from 2027-05-15 to 05-31: {BOTH}"],
    ),
    "slot's range the wrong way round": (
        slot_with('from = "05-25"\nto = "05-15"'),
        [f":9: slot.to: 05-15 is before 05-25; {OVER}"],
    ),
    "29 February sticks out in common years": (
        GOOD.replace("05-01", "03-01") + 'from = "02-29"\n',
        [":8: slot.from: found 02-29 to 05-31; allowed: inside the campaign, 03-01 to 05-31"],
    ),
    "unknown slot key": (slot_with("repeats = 2"), [':8: slot.repeats: unknown key; did you mean "repeat"?']),
    "slot key with a capital": (
        slot_with('Order = "all"'),
        [':8: slot.Order: unknown key; did you mean "order"?'],
    ),
    "two slots of one id": (
        GOOD + SLOT.replace("05:30", "17:00"),
        [':9: slot.id: the slot in line 4 is "sang" too; give each slot a different id'],
    ),
    "text without quotes": (
        GOOD.replace('"Mẫu"', "Mẫu"),
        [f':1: not valid TOML (there is no value, or a text without straight quotes "…"); {TOML}'],
    ),
    "a line that is prose": (
        GOOD + "phát lúc 5 giờ\n",
        [f':8: not valid TOML (there is no "=" after the key); {TOML}'],
    ),
    "quote not closed": (
        GOOD.replace('"sang"', '"sang'),
        [f":5: not valid TOML (a text is not closed with a quote); {TOML}"],
    ),
    "list not closed": (
        HEAD + '[[slot]]\nid = "sang"\nat = ["05:30"\n',
        [f":6: not valid TOML (a list is not closed with ]); {TOML}"],
    ),
    "a key twice": (
        GOOD + 'id = "chieu"\n',
        [f":8: not valid TOML (the same key occurs twice); {TOML}"],
    ),
    "a day that does not exist": (
        GOOD.replace('"05-01"', "2027-02-29"),
        [f":2: not valid TOML (there is no such day or time); {TOML}"],
    ),
    "several at once, in the order of the lines": (
        'title = ""\nfrom = "05-01"\nto = "5/31"\ncolour = 1\n[[slot]]\nid = "A"\nat = ["5"]\nscripts = 3\nday = 1\n',
        [
            f':1: title: found ""; {TEXT}',
            f':3: to: found "5/31"; {BOUNDARY}',
            f":4: colour: unknown key; {ROOT_KEYS}",
            f':6: slot.id: found "A"; {ID}',
            f':7: slot.at: found "5"; {TIMES}',
            f":8: slot.scripts: found 3; {IDS}",
            ':9: slot.day: unknown key; did you mean "days"?',
        ],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_is_told_exactly(case: str) -> None:
    text, expected = BROKEN[case]
    assert messages(text) == expected


@pytest.mark.parametrize(
    "name", ["Tháng 5.toml", "thang_5.toml", "thang-5.TOML", "thang-5.toml.txt", f"{'a' * 65}.toml"]
)
def test_a_file_name_that_is_no_id_is_told(name: str) -> None:
    allowed = 'allowed: a-z, 0-9 and "-", 1 to 64 characters, then ".toml"'
    assert messages(GOOD, Path(name)) == [f': found the file name "{name}"; {allowed}']


def test_a_folder_gives_its_good_campaigns_and_every_problem_of_the_bad(tmp_path: Path) -> None:
    (tmp_path / "tot.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "hong.toml").write_text(GOOD + "repeat = 0\ngap = 1\n", encoding="utf-8")
    (tmp_path / "tieng-anh.toml").write_bytes(GOOD.encode("utf-16"))
    (tmp_path / "thang-6.toml.txt").write_text(GOOD, encoding="utf-8")
    for other in (".tot.toml.abc.tmp", ".an.toml", "ghi-chu.md", "tot.toml~", "tot.toml.bak"):
        (tmp_path / other).write_text("không phải lịch", encoding="utf-8")
    campaigns, problems = read_campaigns(tmp_path)
    assert list(campaigns) == ["tot"]
    assert [(problem.path.name, problem.line) for problem in problems if problem.path] == [
        ("hong.toml", 8),
        ("hong.toml", 9),
        ("thang-6.toml.txt", None),
        ("tieng-anh.toml", 1),
    ]


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    campaigns, problems = read_campaigns(tmp_path / "none")
    assert not campaigns
    assert [str(problem) for problem in problems] == [f"{tmp_path / 'none'}: there is no such folder"]


def test_scripts_that_do_not_exist_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "thang-5.toml"
    path.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    campaign = read_campaign(path)
    named = {script for slot in campaign.slots for script in slot.scripts}
    assert missing_scripts([campaign], named) == ()
    text = path.read_text(encoding="utf-8").splitlines()
    (problem,) = missing_scripts([campaign], named - {"tieu-pham-hai-giong"} | {"tieu-pham"})[:1]
    assert str(problem) == (
        f'{path}:{problem.line}: slot.scripts: there is no script "tieu-pham-hai-giong"; did you mean "tieu-pham"?'
    )
    assert problem.line is not None
    assert text[problem.line - 1] == 'scripts = ["tieu-pham-hai-giong"]'
    path.unlink()
    assert missing_scripts([campaign], [])[0].line is None


@given(st.text(), st.integers(0, 5000), st.integers(0, 40))
def test_a_file_with_anything_done_to_it_is_read_or_refused(patch: str, at: int, length: int) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    text = text[:at] + patch + text[at + length :]
    with contextlib.suppress(InputError):
        campaign = parse_campaign(FILE, text)
        assert len(campaign.slots) == len(tomllib.loads(text).get("slot", []))


ODD_VALUES = [
    *("0", "-1", "1.5", "nan", "inf", "true", '""', '"x"', '"05-01"', "[]", "[[]]", "[{}]", "{}", "[0]", "[true]"),
    *('["", "a"]', "2027-05-01", "2027-05-01T05:30:00", "2027-05-01T05:30:00Z", "05:30:00", "05:30:00.5", "9999-12-31"),
]
CAMPAIGN = {"title": '"Mẫu"', "source": '""', "from": '"05-01"', "to": '"05-31"'}
CAMPAIGN |= {"except": "[]", "paused": "[]"}
A_SLOT = {"id": '"a"', "at": '["05:30"]', "scripts": '["a"]', "days": '["mon"]', "from": '"05-01"', "to": '"05-31"'}
A_SLOT |= {"order": '"rotate"', "repeat": "1", "gap": '"1s"', "class": '"normal"', "except": "[]", "paused": "[]"}
A_SLOT |= {"weights": "{}"}


@pytest.mark.parametrize("value", ODD_VALUES)
@pytest.mark.parametrize("key", [*CAMPAIGN, *(f"slot.{key}" for key in A_SLOT)])
def test_any_value_at_any_key_is_read_or_told_at_that_key(key: str, value: str) -> None:
    top = CAMPAIGN | ({key: value} if key in CAMPAIGN else {})
    inner = A_SLOT | ({key.removeprefix("slot."): value} if key not in CAMPAIGN else {})
    text = "".join(f"{name} = {it}\n" for name, it in top.items())
    text += "[[slot]]\n" + "".join(f"{name} = {it}\n" for name, it in inner.items())
    told: tuple[str, ...] = ()
    try:
        parse_campaign(FILE, text)
    except InputError as error:
        told = tuple(problem.key for problem in error.problems)
    told = tuple(name.replace("weights.a", "weights") for name in told)
    assert not told or key in told or {"from", "slot.from", "slot.to", "to"}.issuperset({key, *told})


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_days_are_written_as_they_are_read(day: date) -> None:
    assert parse_boundary(show_boundary(day)) == day
    each_year = YearDay(day.month, day.day)
    assert parse_boundary(show_boundary(each_year)) == each_year


# ---- the sample -------------------------------------------------------------------------------------------------


def test_the_sample_is_the_campaign_of_the_letter() -> None:
    campaign = read_campaign(SAMPLE)
    assert (campaign.source, campaign.start, campaign.end) == ("1192/BHXH-TT", YearDay(5, 1), YearDay(5, 31))
    messages_slot = campaign.slots[0]
    assert messages_slot.at == (time(5, 30), time(17))
    assert messages_slot.scripts == tuple(f"thong-diep-{number}" for number in range(1, 7))
    peak = [slot for slot in campaign.slots if slot.start]
    assert peak
    assert all((slot.start, slot.end) == (YearDay(5, 15), YearDay(5, 25)) for slot in peak)


# ---- edits ------------------------------------------------------------------------------------------------------

DAYS_OF_MAY = st.dates(date(2027, 5, 1), date(2027, 5, 31))
SLOTS = st.builds(
    Slot,
    id=st.from_regex(r"moi-[a-z0-9-]{0,10}", fullmatch=True),
    at=st.lists(st.times().map(lambda at: at.replace(microsecond=0)), min_size=1, max_size=4, unique=True).map(tuple),
    scripts=st.lists(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True), min_size=1, max_size=4).map(tuple),
    days=st.sets(st.integers(1, 7), min_size=1).map(frozenset),
    order=st.sampled_from(Order),
    repeat=st.integers(1, 20),
    gap=st.integers(0, 600_000).map(lambda number: timedelta(milliseconds=number)),
    bulletin_class=st.sampled_from(BulletinClass),
    start=st.none() | st.builds(YearDay, st.just(5), st.integers(1, 15)),
    end=st.none() | st.builds(YearDay, st.just(5), st.integers(15, 31)),
    exceptions=st.sets(DAYS_OF_MAY, max_size=3).map(frozenset),
)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schedules")


@given(slot=SLOTS, newline=st.sampled_from(["\n", "\r\n"]), bom=st.booleans(), end=st.sampled_from(["", "\n", "\n\n"]))
@settings(max_examples=60)
def test_a_slot_put_in_and_taken_out_leaves_every_other_byte(
    workplace: Path, slot: Slot, newline: str, *, bom: bool, end: str
) -> None:
    path = workplace / "thang-5.toml"
    text = ("\ufeff" if bom else "") + SAMPLE.read_text(encoding="utf-8").rstrip() + end
    before = text.replace("\n", newline).encode()
    path.write_bytes(before)
    edit(path).add(slot).change().write()
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
    assert read_campaign(path).slots == (*read_campaign(SAMPLE).slots, slot)
    remove_slot(path, slot.id).write()
    assert path.read_bytes().rstrip() == before.rstrip()


@pytest.mark.parametrize("number", range(7))
def test_any_slot_comes_out_alone(tmp_path: Path, number: int) -> None:
    path = tmp_path / "thang-5.toml"
    before = SAMPLE.read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    slots = read_campaign(path).slots
    change = remove_slot(path, slots[number].id)
    change.write()
    assert read_campaign(path).slots == slots[:number] + slots[number + 1 :]
    changes = [line for line in change.diff().splitlines()[2:] if not line.startswith((" ", "@"))]
    assert all(line.startswith("-") for line in changes)
    assert sum(line.startswith("-[[slot]]") for line in changes) == 1
    assert not any("----" in line for line in changes)  # the headings between the slots stay


def test_comments_go_with_the_slot_that_they_touch(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    text = """\
title = "Mẫu"  # tên
from = "05-01"
to = "05-31"

# ---- phần một ----

# về sáng
[[slot]]
id = "sang" # sáng
at = ["05:30"]

scripts = [ # nhiều
  "a",
]
# except = []
# ---- phần hai ----

# về chiều
[[slot]]
id = "chieu"
at = ["17:00"]
scripts = ["a"]
# về tối
[[slot]]
id = "toi"
at = ["19:00"]
scripts = ["a"]
# hết
"""
    path.write_text(text, encoding="utf-8")
    remove_slot(path, "chieu").write()
    kept = text.replace('# về chiều\n[[slot]]\nid = "chieu"\nat = ["17:00"]\nscripts = ["a"]\n', "")
    assert path.read_text(encoding="utf-8") == kept
    remove_slot(path, "sang").write()
    remove_slot(path, "toi").write()
    assert path.read_text(encoding="utf-8") == text[: text.index("\n# về sáng")]


def test_the_diff_says_what_changes_and_nothing_is_written_unasked(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(GOOD, encoding="utf-8")
    slot = Slot("chieu", (time(17),), ("a", "b"), days=frozenset({6, 7}), order=Order.ALL)
    expected = """\
--- mau.toml
+++ mau.toml
@@ -5,3 +5,10 @@
 id = "sang"
 at = ["05:30"]
 scripts = ["chu-de"]
+
+[[slot]]
+id = "chieu"
+at = ["17:00"]
+days = ["sat", "sun"]
+scripts = ["a", "b"]
+order = "all"
"""
    change = edit(path).add(slot).change()
    assert change.diff() == expected
    assert path.read_text(encoding="utf-8") == GOOD
    change.write()
    assert path.read_text(encoding="utf-8") == change.after


def test_a_campaign_is_made_and_filled(tmp_path: Path) -> None:
    path = tmp_path / "tet.toml"
    change = create_campaign(Campaign("tet", 'Tết "vui"', path, YearDay(12, 20), YearDay(1, 10), (), "5/KH"))
    change.write()
    assert change.diff().startswith("--- tet.toml\n+++ tet.toml\n@@ -0,0 +1,4 @@\n")
    slot = Slot("sang", (time(6),), ("chuc-tet",), start=YearDay(12, 30), end=YearDay(1, 2))
    edit(path).add(slot).change().write()
    campaign = read_campaign(path)
    assert (campaign.title, campaign.source, campaign.slots) == ('Tết "vui"', "5/KH", (slot,))
    assert path.read_text(encoding="utf-8").startswith('title = "Tết \\"vui\\""\nsource = "5/KH"\nfrom = "12-20"\n')


@pytest.mark.parametrize(
    ("before", "slot", "message"),
    [
        (
            GOOD,
            Slot("sang", (time(6),), ("a",)),
            ': slot.id: the slot in line 4 is "sang" too; give each slot a different id',
        ),
        (GOOD, Slot("A", (time(6),), ("a",)), f': slot.id: found "A"; {ID}'),
        (GOOD, Slot("b", (), ("a",)), f": slot.at: found []; {TIMES}"),
        (
            GOOD,
            Slot("b", (time(6),), ("a",), start=YearDay(6, 1)),
            ": slot.from: 05-31 is before 06-01; over the new year",
        ),
        (GOOD + "repeat = 0\n", Slot("b", (time(6),), ("a",)), ":8: slot.repeat: found 0; allowed"),
        (
            HEAD + 'slot = [{ id = "a", at = ["05:30"], scripts = ["a"] }]\n',
            Slot("b", (time(6),), ("a",)),
            ": slot: the slots are written in one list, which this command cannot change; write each slot under",
        ),
        (HEAD + "slot = []\n", Slot("b", (time(6),), ("a",)), ": slot: the slots are written in one list"),
    ],
)
def test_an_edit_that_would_make_a_bad_file_is_refused(tmp_path: Path, before: str, slot: Slot, message: str) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(before, encoding="utf-8")
    with pytest.raises(InputError) as error:
        edit(path).add(slot).change()
    assert str(error.value.problems[0]).startswith(f"{path}{message}")
    assert path.read_text(encoding="utf-8") == before


def test_other_edits_that_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f'{path}: there is no slot "san"; did you mean "sang"?')):
        remove_slot(path, "san")
    with pytest.raises(InputError, match="there is such a file already; choose another name"):
        create_campaign(Campaign("mau", "x", path, YearDay(5, 1), YearDay(5, 2), ()))
    with pytest.raises(InputError, match="found the file name"):
        create_campaign(Campaign("x", "x", tmp_path / "Tháng 5.toml", YearDay(5, 1), YearDay(5, 2), ()))
    with pytest.raises(InputError, match="there is no such file"):
        remove_slot(tmp_path / "none.toml", "sang")
    assert [found.name for found in tmp_path.iterdir()] == ["mau.toml"]
