"""Mistakes in a campaign's file: each told with its line, its key and what is allowed there."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import RunCommand
from timetables import FILE, GOOD, HEAD, ID, SLOT, TIMES, slot_with

from broadcaster.errors import InputError
from broadcaster.schedule.timetable import parse_campaign

MONTH_DAY = "without a year, write month and day (05-15) or, with a slash, day and month (15/5)"
YEARS = "years from 1970 to 9998 are understood"
MIDNIGHT = "a day ends at 23:59; midnight is 0h, at the beginning of the next day"
ORDERS = "allowed: lần lượt (rotate), phát hết (all)"
CLASSES = "allowed: thông thường (normal), ưu tiên (priority), khẩn cấp (emergency)"
BOUNDARY = 'allowed: "05-01" (every year) or "2027-05-01" (that year only)'
IDS = 'allowed: a list of ids (a-z, 0-9 and "-", 1 to 64 characters), such as ["thong-diep-1"]'
DAYS = 'allowed: days of the week: "mon", "tue", "wed", "thu", "fri", "sat", "sun"'
TEXT = 'allowed: text in quotes, such as "abc"'
VERSIONS = 'allowed: a list of versions in their order, such as ["vi", "hmong"]; "vi" is the text itself'
ROOT_KEYS = "allowed keys: from, to, slot, title, source, group, except, paused, versions"
TOML = "compare the line with docs/formats.md: text is in quotes, lists are in square brackets"
GAP = 'allowed: a length of time such as "20s", "1m30s" or "400ms", at most 10m'
DATES = 'allowed: dates such as ["2027-05-07"], single airings such as ["2027-05-07 17:00"]'
INSIDE = "allowed: inside the campaign, 05-01 to 05-31"

BOTH = "only one of them has a year; write both with the year (that year only) or both without (every year)"
OVER = 'over the new year at most 300 days are allowed; the whole year is "01-01" to "12-31"'


def messages(text: str, path: Path = FILE) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_campaign(path, text)
    return [str(problem).removeprefix(f"{path}") for problem in error.value.problems]


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
    "Vietnamese 32 May": (GOOD.replace("05-31", "32/5"), [':3: to: found "32/5"; month 5 has 31 days']),
    "31 April": (GOOD.replace("05-31", "04-31"), [f':3: to: found "04-31"; {MONTH_DAY}']),
    "month 13": (GOOD.replace("05-31", "13-01"), [f':3: to: found "13-01"; {MONTH_DAY}']),
    "a dash and one digit": (GOOD.replace("05-31", "5-31"), [f':3: to: found "5-31"; {MONTH_DAY}']),
    "a dash that is none of ours": (GOOD.replace("05-31", "31–05"), [f':3: to: found "31–05"; {MONTH_DAY}']),
    "year 9999": (GOOD.replace("05-31", "9999-12-31"), [f':3: to: found "9999-12-31"; {YEARS}']),
    "year 1": (GOOD.replace('"05-01"', "0001-01-01"), [f":2: from: found 0001-01-01; {YEARS}"]),
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
    "at 24:00": (GOOD.replace("05:30", "24:00"), [f':6: slot.at: found "24:00"; {MIDNIGHT}']),
    "at in Arabic digits": (GOOD.replace("05:30", "٠٥:٣٠"), [f':6: slot.at: found "٠٥:٣٠"; {TIMES}']),
    "at noon or midnight": (
        GOOD.replace("05:30", "12h sáng"),
        [':6: slot.at: found "12h sáng"; is 0h or 12h meant?'],
    ),
    "at 25:00": (GOOD.replace("05:30", "25:00"), [f':6: slot.at: found "25:00"; {TIMES}']),
    "at a number": (GOOD.replace('["05:30"]', "[5.30]"), [f":6: slot.at: found 5.3; {TIMES}"]),
    "two wrong times": (
        GOOD.replace('["05:30"]', '["05:30", "25h", 17]'),
        [f':6: slot.at: found "25h"; {TIMES}', f":6: slot.at: found 17; {TIMES}"],
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
    "days without their letter": (slot_with('days = ["2"]'), [f':8: slot.days: found "2"; {DAYS}']),
    "a day twice in a span": (
        slot_with('days = ["T2-T6", "fri"]'),
        [':8: slot.days: "fri" is given twice; write it once'],
    ),
    "days as numbers": (slot_with("days = [2]"), [f":8: slot.days: found 2; {DAYS}"]),
    "days empty": (slot_with("days = []"), [f":8: slot.days: found []; {DAYS}"]),
    "a day twice": (slot_with('days = ["mon", "mon"]'), [':8: slot.days: "mon" is given twice; write it once']),
    "unknown order": (slot_with('order = "random"'), [f':8: slot.order: found "random"; {ORDERS}']),
    "repeat nought": (slot_with("repeat = 0"), [":8: slot.repeat: found 0; allowed: a whole number from 1 to 20"]),
    "repeat true": (slot_with("repeat = true"), [":8: slot.repeat: found true; allowed: a whole number from 1 to 20"]),
    "repeat text": (slot_with('repeat = "2"'), [':8: slot.repeat: found "2"; allowed: a whole number from 1 to 20']),
    "gap a number": (slot_with("gap = 20"), [f":8: slot.gap: found 20; {GAP}"]),
    "gap too long": (slot_with('gap = "11m"'), [f':8: slot.gap: found "11m"; {GAP}']),
    "unknown class": (
        slot_with('class = "urgent"'),
        [f':8: slot.class: found "urgent"; {CLASSES}'],
    ),
    "versions empty": (slot_with("versions = []"), [f":8: slot.versions: found []; {VERSIONS}"]),
    "versions without a list": (slot_with('versions = "hmong"'), [f':8: slot.versions: found "hmong"; {VERSIONS}']),
    "a version with capitals": (
        slot_with('versions = ["vi", "Hmong"]'),
        [f':8: slot.versions: found "Hmong"; {VERSIONS}'],
    ),
    "a version with its text": (
        slot_with('versions = ["chu-de.hmong"]'),
        [f':8: slot.versions: found "chu-de.hmong"; {VERSIONS}'],
    ),
    "a version that is an ending": (slot_with('versions = ["md"]'), [f':8: slot.versions: found "md"; {VERSIONS}']),
    "a version twice": (
        slot_with('versions = ["vi", "hmong", "vi"]'),
        [':8: slot.versions: "vi" is given twice; write it once'],
    ),
    "a campaign's version twice": (
        'versions = ["tay", "tay"]\n' + GOOD,
        [':1: versions: "tay" is given twice; write it once'],
    ),
    "a script in two versions": (
        GOOD.replace('["chu-de"]', '["chu-de.hmong.tay"]'),
        [f':7: slot.scripts: found "chu-de.hmong.tay"; {IDS}'],
    ),
    "the text as its own version": (
        GOOD.replace('["chu-de"]', '["chu-de.vi"]'),
        [f':7: slot.scripts: found "chu-de.vi"; {IDS}'],
    ),
    "a slot with a dot": (GOOD.replace('"sang"', '"sang.hmong"'), [f':5: slot.id: found "sang.hmong"; {ID}']),
    "except no date": (slot_with('except = ["7/5"]'), [f':8: slot.except: found "7/5"; {DATES}']),
    "except no list": (slot_with('except = "2027-05-07"'), [f':8: slot.except: found "2027-05-07"; {DATES}']),
    "except every year": (slot_with('except = ["05-07"]'), [f':8: slot.except: found "05-07"; {MONTH_DAY}']),
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
            ':3: to: found "5/31"; the day comes before the month: is 31/5 meant?',
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


def test_days_are_told_in_the_readers_way(broadcaster: RunCommand, station_folder: Path) -> None:
    add = ("schedule", "add", "--campaign", "thang-5", "--at", "8h", "--script", "chu-de", "--on", "5/6/2027", "--yes")
    told = "thấy 05/06/2027 đến 05/06/2027; được phép: trong thời gian của đợt, từ 01/05 đến 31/05"
    assert told in broadcaster(*add, station=station_folder, lang="vi").err
