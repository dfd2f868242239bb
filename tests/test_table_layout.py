"""Tables on narrow terminals: every word whole, what has no room below, indented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.cli.table_layout import GAP, Band, bands, fitted, pad, width, wrapped

HEADS = ("start", "scripts", "state")


def test_a_table_that_fits_takes_no_more_than_it_needs() -> None:
    assert bands([HEADS, ("05:30", "a, b", "ready")], 80) == [Band((0, 1, 2), (5, 7, 5), 0)]


def test_words_give_way_before_times() -> None:
    row = ("15/05/2027 05:30", "thong-diep-1, thong-diep-2, thong-diep-3, thong-diep-4", "ready")
    ((columns, widths, indent),) = [(band.columns, band.widths, band.indent) for band in bands([HEADS, row], 60)]
    assert (columns, widths, indent) == ((0, 1, 2), (16, 60 - 16 - 5 - 2 * GAP, 5), 0)


def test_what_has_no_room_goes_on_below() -> None:
    row = ("15/05/2027 05:30", "x" * 30, "y" * 30)
    assert bands([HEADS, row], 60) == [Band((0, 1), (16, 30), 0), Band((2,), (30,), 4)]


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 10, [""]),
        ("05:30, 17:00", 20, ["05:30, 17:00"]),
        ("05:30, 17:00", 7, ["05:30,", "17:00"]),
        ("mọi ngày", 4, ["mọi", "ngày"]),
        ("a" * 7, 3, ["aaa", "aaa", "a"]),
    ],
)
def test_a_text_is_broken_between_words(text: str, room: int, lines: list[str]) -> None:
    assert wrapped(text, room) == lines


COMMAND = "broadcaster schedule remove thang-5/chu-de"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("bỏ lượt 05:30, 17:00", ["bỏ lượt 05:30, 17:00"]),
        ("bỏ lượt lúc 05:30, 17:00", ["bỏ lượt lúc 05:30,", "17:00"]),
        ("  ✓ hôm nay sẽ phát lúc 05:30:00", ["  ✓ hôm nay sẽ phát", "    lúc 05:30:00"]),
        ("thang-5/thong-diep@2027-05-15 gì", ["thang-5/thong-diep@2027-05-15", "gì"]),
        (f"muốn bỏ hẳn thì gõ: {COMMAND}; hoặc thôi", ["muốn bỏ hẳn thì gõ:", f"{COMMAND};", "hoặc thôi"]),
        ("hãy cài: /opt/py -m pip install x", ["hãy cài:", "/opt/py -m pip install x"]),
    ],
)
def test_a_sentence_is_broken_between_words_and_a_command_is_whole(text: str, lines: list[str]) -> None:
    assert fitted(text, 20) == lines


def test_marks_that_combine_take_no_room() -> None:
    assert width("mo\u0323i") == 3
    assert pad("mo\u0323i", 5, right=True) == "  mo\u0323i"


WORDS = st.lists(st.text("ab:-1", min_size=1, max_size=12), min_size=1, max_size=8).map(" ".join)


@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=4), room=st.integers(20, 120))
def test_every_word_is_whole_and_every_line_fits(rows: list[tuple[str, ...]], room: int) -> None:
    layout = bands(rows, room)
    assert [column for band in layout for column in band.columns] == [0, 1, 2, 3]
    for band in layout:
        assert band.indent + sum(band.widths) + GAP * (len(band.widths) - 1) <= room
        for column, most in zip(band.columns, band.widths, strict=True):
            for row in rows:
                lines = wrapped(row[column], most)
                assert max(map(width, lines)) <= most
                assert [word for line in lines for word in line.split()] == row[column].split()
