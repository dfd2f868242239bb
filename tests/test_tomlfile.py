"""Files that people write: read strictly, with every mistake, its line and what is allowed there."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.errors import InputError
from broadcaster.toml_lines import statements
from broadcaster.tomlfile import (
    TomlFile,
    did_you_mean,
    format_duration,
    format_time,
    parse_date,
    parse_duration,
    parse_id,
    parse_time,
    read_text,
    show_value,
)

PATH = Path("tep.toml")


IDS = 'a list of ids, such as ["thong-diep-1"]'


def problems(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


def toml(text: str) -> TomlFile:
    return TomlFile(PATH, text)


def found(file: TomlFile) -> list[str]:
    with pytest.raises(InputError) as error:
        file.finish()
    return problems(error)


# ---- values -----------------------------------------------------------------------------------------------------


def test_good_values_come_back_and_nothing_is_reported() -> None:
    root = toml(
        't = "chữ"\ne = ""\nw = 3\nn = 2\nf = 1.5\nyes = true\nl = "1m30s"\n'
        'd = 2027-05-01\nd2 = "2027-05-01"\nids = ["a-1", "b"]'
    ).root
    assert (root.text("t"), root.text("e", empty=True), root.text("x", "–")) == ("chữ", "", "–")
    assert (root.whole("w", 1, 3), root.number("n", 0, 2), root.number("f", 0, 2)) == (3, 2.0, 1.5)
    assert (root.flag("yes"), root.flag("no", default=False)) == (True, False)
    assert root.duration("l") == timedelta(seconds=90)
    assert root.day("d") == root.day("d2") == date(2027, 5, 1)
    assert root.items("ids", parse_id, IDS) == ("a-1", "b")
    assert root.items("none", parse_date, "", ()) == ()
    root.report_unknown_keys()
    root.file.finish()


@pytest.mark.parametrize(
    ("text", "ask", "message"),
    [
        ("", lambda t: t.text("k"), 'tep.toml:1: k: is missing; allowed: text in quotes, such as "abc"'),
        ("k = 5", lambda t: t.text("k"), 'tep.toml:1: k: found 5; allowed: text in quotes, such as "abc"'),
        ('k = " "', lambda t: t.text("k"), 'tep.toml:1: k: found " "; allowed: text in quotes, such as "abc"'),
        ('k = "c"', lambda t: t.choice("k", ("a", "b")), 'tep.toml:1: k: found "c"; allowed: "a", "b"'),
        ("k = []", lambda t: t.choice("k", ("a", "b")), 'tep.toml:1: k: found []; allowed: "a", "b"'),
        ("k = 4", lambda t: t.whole("k", 1, 3), "tep.toml:1: k: found 4; allowed: a whole number from 1 to 3"),
        ("k = 2.0", lambda t: t.whole("k", 1, 3), "tep.toml:1: k: found 2.0; allowed: a whole number from 1 to 3"),
        ("k = true", lambda t: t.whole("k", 1, 3), "tep.toml:1: k: found true; allowed: a whole number from 1 to 3"),
        ("k = nan", lambda t: t.number("k", 1, 3), "tep.toml:1: k: found nan; allowed: a number from 1 to 3"),
        ("k = true", lambda t: t.number("k", 0, 3), "tep.toml:1: k: found true; allowed: a number from 0 to 3"),
        ("k = 1", lambda t: t.flag("k"), "tep.toml:1: k: found 1; allowed: true, false"),
        (
            'k = "5"',
            lambda t: t.duration("k"),
            'tep.toml:1: k: found "5"; allowed: a length of time such as "20s", "1m30s" or "400ms"',
        ),
        (
            'k = "3m"',
            lambda t: t.duration("k", longest=timedelta(seconds=150)),
            'tep.toml:1: k: found "3m"; allowed: a length of time such as "20s", "1m30s" or "400ms", at most 2m30s',
        ),
        (
            'k = "2027-02-29"',
            lambda t: t.day("k"),
            'tep.toml:1: k: found "2027-02-29"; allowed: a date such as "2027-05-31"',
        ),
        (
            "k = 2027-05-01T05:30:00",
            lambda t: t.day("k"),
            'tep.toml:1: k: found 2027-05-01 05:30:00; allowed: a date such as "2027-05-31"',
        ),
        ("k = 1", lambda t: t.table("k"), "tep.toml:1: k: found 1; allowed: [k]"),
        ("k = [1]", lambda t: t.tables("k"), "tep.toml:1: k: found [1]; allowed: [[k]]"),
        ("k = { a = 1 }", lambda t: t.tables("k"), "tep.toml:1: k: found a table; allowed: [[k]]"),
        (
            'k = "a"',
            lambda t: t.items("k", parse_id, IDS),
            f'tep.toml:1: k: found "a"; allowed: {IDS}',
        ),
        (
            "k = []",
            lambda t: t.items("k", parse_id, IDS),
            f"tep.toml:1: k: found []; allowed: {IDS}",
        ),
        (
            'k = "dòng\\nmới"',
            lambda t: t.choice("k", ("a",)),
            'tep.toml:1: k: found "dòng\\nmới"; allowed: "a"',
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(text: str, ask: Any, message: str) -> None:
    file = toml(text)
    ask(file.root)
    assert found(file) == [message]


def test_each_wrong_element_of_a_list_is_named_by_itself() -> None:
    file = toml('ids = [\n  "tot",\n  "Xấu",\n  7,\n]')
    assert file.root.items("ids", parse_id, IDS) == ("tot",)
    assert found(file) == [f'tep.toml:1: ids: found "Xấu"; allowed: {IDS}', f"tep.toml:1: ids: found 7; allowed: {IDS}"]


def test_an_unknown_key_is_asked_about() -> None:
    file = toml('titel = "a"\nxyz = 1')
    file.root.text("title", "")
    file.root.text("source", "")
    file.root.report_unknown_keys()
    assert found(file) == [
        'tep.toml:1: titel: unknown key; did you mean "title"?',
        "tep.toml:2: xyz: unknown key; allowed keys: title, source",
    ]


def test_problems_come_in_the_order_of_their_lines() -> None:
    file = toml("a = 1\nb = 2\nc = 3")
    for key in ("c", "a", "b"):
        file.root.text(key)
    assert [problem.split(":")[1] for problem in found(file)] == ["1", "2", "3"]


def test_a_missing_table_is_an_empty_one() -> None:
    file = toml("a = 1")
    assert "x" not in file.root.table("nothing")
    assert file.root.tables("none") == []


def test_a_long_value_is_shown_in_part() -> None:
    assert len(show_value("a" * 500)) == 80
    assert show_value("a" * 500).endswith("…")


def test_did_you_mean_falls_back_on_what_there_is() -> None:
    assert did_you_mean("chu-da", ["chu-de", "tieu-pham"], "there: {known}") == 'did you mean "chu-de"?'
    assert did_you_mean("xyz", ["chu-de", "tieu-pham"], "there: {known}") == "there: chu-de, tieu-pham"
    assert did_you_mean("xyz", [], "there: {known}") == "there: none"
    many = [f"bai-{number}" for number in range(100)]
    assert did_you_mean("xyz", many, "{known}") == ", ".join(many[:12]) + ", …"


# ---- lines ------------------------------------------------------------------------------------------------------

NESTED = """\
# đầu tệp
title = "x"
text = '''
title = "not a key"
[not-a-table]
'''
list = [ # [ a comment with brackets
  "a]", # "
  "b",
]
a.b.c = 1
"quoted key" = 2

[station]
name = "n" # = "
[station.deep]
x = 1

[[slot]]
id = "một"

  [[slot]]
  id = "hai"
  [slot.more]
  y = 1
  [[slot.list]]
  z = 1
  [[slot.list]]
  z = 2
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("title",), 2),
        (("text",), 3),
        (("list",), 7),
        (("a", "b", "c"), 11),
        (("a",), 11),
        (("quoted key",), 12),
        (("station",), 14),
        (("station", "name"), 15),
        (("station", "deep", "x"), 17),
        (("slot", 0), 19),
        (("slot", 0, "id"), 20),
        (("slot", 0, "at"), 19),
        (("slot", 1, "id"), 23),
        (("slot", 1, "more", "y"), 25),
        (("slot", 1, "list", 1, "z"), 29),
        (("unknown",), 1),
    ],
)
def test_the_line_of_a_key_is_found(key: tuple[str | int, ...], line: int) -> None:
    assert toml(NESTED).line_of(key) == line


def test_the_table_knows_its_line_and_what_precedes_the_text_counts() -> None:
    file = TomlFile(PATH, NESTED, first_line=11)
    assert [table.line for table in file.root.tables("slot")] == [29, 32]


VALUES = st.sampled_from(
    [
        '"x"',
        "1",
        '"""\n[a]\nb = 1 """',
        "[\n  1, # ]\n  2,\n]",
        "'''\n#\n'''",
        '"]["',
        '"\\"#"',
        "[['a'], [']']]",
        "{ k = '}' }",
    ]
)
LAYOUT = st.lists(st.tuples(VALUES, st.sampled_from(["", "  # chú thích [", "\n", "\n# k0 = 1\n"])), max_size=12)


@given(LAYOUT)
def test_lines_are_found_around_any_values(layout: list[tuple[str, str]]) -> None:
    text, expected = "", {}
    for number, (value, after) in enumerate(layout):
        expected[f"k{number}"] = text.count("\n") + 1
        text += f"k{number} = {value}{after}\n"
    file = toml(text)
    assert {key: file.line_of((key,)) for key in file.root.values} == expected


def test_statements_tell_where_they_end() -> None:
    assert [(first, last) for first, last, _text in statements(NESTED)][:4] == [(2, 2), (3, 6), (7, 10), (11, 11)]


# ---- what is no TOML --------------------------------------------------------------------------------------------

ADVICE = "compare the line with docs/formats.md: text is in quotes, lists are in square brackets"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = 1\nb = xin chào\n", 2, 'there is no value, or a text without straight quotes "…"'),
        ("a =\nb = 1\n", 1, 'there is no value, or a text without straight quotes "…"'),
        ("a = 1\n- b\n= 2", 2, 'there is no "=" after the key'),
        ("a 1\n", 1, 'there is no "=" after the key'),
        ("\n\n? = 1\n", 3, "neither a key nor a [table]"),
        ('a = "x" "y"\n', 1, "there is something after the end of the value"),
        ('a = ["x",\n  "y"\n\n', 2, "a list is not closed with ]"),
        ('a = "x\nb = 1\n', 1, "a text is not closed with a quote"),
        ('a = "C:\\Users"\n', 1, "there is a single backslash in a text"),
        ("a = 2027-02-30\n", 1, "there is no such day or time"),
        ("a = 1\na = 2\n", 2, "the same key occurs twice"),
        ("[a]\nx = 1\n[a]\n", 3, "the same [table] occurs twice"),
        ("[a\nx = 1\n", 1, "a [table] is not closed with ]"),
        ('a = "C:\\dir"\n', 1, "there is a single backslash in a text"),
        ("a = “x”\n", 1, 'there is no value, or a text without straight quotes "…"'),
        ("a = 1\nb = '''x\n", 2, "a text is not closed with a quote"),
        ('a = "\x01"\n', 1, "there is an invisible character here"),
        ("a = '\x01'\n", 1, "there is an invisible character here"),
        ("a = " + "1" * 5000, 1, "a number is too long"),
        ("a = " + "[" * 5000, 1, "lists within lists without end"),
    ],
)
def test_what_is_not_toml_is_said_in_words(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError) as error:
        toml(text)
    assert problems(error) == [f"tep.toml:{line}: not valid TOML ({reason}); {ADVICE}"]


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        file = toml(text)
        assert all(1 <= file.line_of((key,)) <= text.count("\n") + 1 for key in file.root.values)


# ---- files ------------------------------------------------------------------------------------------------------


def test_a_bom_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes("\ufeffa = 1\r\nb = 'chữ'\r\n".encode())
    assert read_text(path) == "a = 1\nb = 'chữ'\n"


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes("a = 1\nb = 'é'\n".encode("latin-1"))
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    cases = {
        tmp_path / "none.toml": "none.toml: there is no such file",
        folder: "folder.toml: is a folder, not a file; move it to another folder",
        latin: "latin.toml:2: not UTF-8 text; save the file as UTF-8",
    }
    for path, message in cases.items():
        with pytest.raises(InputError) as error:
            TomlFile.read(path)
        assert problems(error) == [f"{tmp_path / message}"]


# ---- small words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20s", 20), ("1h30m", 5400), ("400ms", 0.4), ("2.5s", 2.5), ("0s", 0), ("1m1s1ms", 61.001)],
)
def test_durations_are_understood(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "s", "-5s", "5 s", "5s ", "1d", "1e3s", "٢٠s", "9" * 400 + "h", 5, None])
def test_what_is_no_duration_is_none(text: object) -> None:
    assert parse_duration(text) is None


@given(st.integers(0, 10**9))
def test_durations_are_written_as_they_are_read(milliseconds: int) -> None:
    length = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(length)) == length


@given(st.times().map(lambda at: at.replace(microsecond=0)))
def test_times_are_written_as_they_are_read(at: time) -> None:
    assert parse_time(format_time(at)) == parse_time(at) == at


@pytest.mark.parametrize(
    "value",
    ["5:30", "24:00", "24:00:00", "05:60", "05.30", "0530", "05:30:15.5", "٠٥:٣٠", 5.3, time(5, 30, 0, 1), None],
)
def test_what_is_no_time_is_none(value: object) -> None:
    assert parse_time(value) is None


@pytest.mark.parametrize("value", ["1/5/2027", "2027-5-1", "20270501", "2027-02-29", datetime(2027, 5, 1), 2027, None])  # noqa: DTZ001 - what TOML gives
def test_what_is_no_date_is_none(value: object) -> None:
    assert parse_date(value) is None


@pytest.mark.parametrize("value", ["", "A", "a_b", "á", "a" * 65, "a\n", 5])
def test_what_is_no_id_is_none(value: object) -> None:
    assert parse_id(value) is None
