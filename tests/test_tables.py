"""The shipped tables: what they have a voice say can be said."""

from __future__ import annotations

import re

import pytest

from broadcaster.speech.normalise.data import rows
from broadcaster.speech.normalise.letters import is_syllable
from broadcaster.speech.normalise.lexicon import CASELESS, SHIPPED

WORDS = frozenset(("mol", "vitamin", "web"))  # said as they are written


@pytest.mark.parametrize("table", [*SHIPPED, *CASELESS, "units.tsv", "addresses.tsv"])
def test_what_a_table_says_is_made_of_syllables(table: str) -> None:
    said = {word for row in rows(table, 2) for word in re.findall(r"[^\W\d_]{2,}", row[1])}
    assert {word for word in said if not is_syllable(word)} <= WORDS


@pytest.mark.parametrize("table", CASELESS)
def test_no_vietnamese_word_is_respelled(table: str) -> None:
    written = [row[0] for row in rows(table, 2)]
    assert not [word for word in written if word.isalpha() and is_syllable(word) and is_syllable(word.lower())]
    assert len({word.lower() for word in written}) == len(written)
