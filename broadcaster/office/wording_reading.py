"""Which table or rule decided how something is read, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.speech.normalise import ReadingChange

TABLES: Mapping[str, str] = {
    "station": N_("the station's own lexicon.toml"),
    "lexicon.tsv": N_("the program's abbreviations"),
    "communes.tsv": N_("the program's abbreviations of communes"),
    "ambiguous.tsv": N_("the program's abbreviations of several meanings"),
    "highland.tsv": N_("the program's names of the highlands"),
    "foreign.tsv": N_("the program's foreign names and words"),
}
"""By `ReadingChange.by`: the tables."""

_DAY = N_("a day, a month or a year")
_CODE = N_("the number or the code of a document")
_SERIES = N_("the number of a card, a file or a book, sign by sign")
_PHONE = N_("a telephone number")
_COUNT = N_("numbers that belong together: a list, a score, a fraction, a ratio")
_SHORT = N_("a short form of a measure or a sum")
_AMOUNT = N_("a number with what it counts")
_CLAUSE = N_("a clause of a law, a level or a sign beside its number")
_TITLE = N_("a title or an initial before a name")
_LETTERS = N_("letters, by their names")
_SIGN = N_("a sign")

RULES: Mapping[str, str] = {
    "glossed": N_("what the text itself explains"),
    **dict.fromkeys(("date", "span", "day_month", "named", "month_or_weekday"), _DAY),
    "time": N_("a time of day or a length of time"),
    **dict.fromkeys(("document", "code", "form", "blank"), _CODE),
    **dict.fromkeys(("identifier", "serial", "paper", "plate", "spelt"), _SERIES),
    **dict.fromkeys(("phone", "dial"), _PHONE),
    **dict.fromkeys(("list", "score", "slash", "ratio"), _COUNT),
    **dict.fromkeys(("load", "pair", "points", "size", "short_millions", "short_length", "post"), _SHORT),
    **dict.fromkeys(("counted", "amount", "money_first", "coordinates"), _AMOUNT),
    **dict.fromkeys(("clause", "level", "diameter", "mark"), _CLAUSE),
    "person": _TITLE,
    "roman": N_("a Roman numeral"),
    "roman_item": N_("the numeral of an item"),
    **dict.fromkeys(("letters_and_digits", "single", "capitals", "short_i"), _LETTERS),
    "foreign": N_("a word that is not known, left to the voice"),
    **dict.fromkeys(("address", "handle"), N_("an address of the internet")),
    **dict.fromkeys(("sign", "etc"), _SIGN),
    "line_head": N_("the beginning of a line"),
}
"""By `ReadingChange.by`: the rules of the reader."""


def decider(change: ReadingChange) -> str:
    """Return what decided that something is read so."""
    return _({**TABLES, **RULES}.get(change.by, change.by)) if change.by else ""
