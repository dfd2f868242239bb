"""Read a text once, from left to right, trying the rules in order at each token.

The order of the rules is defined here: `read_line_head` at the start of a line, then `_AT_DIGIT`, `_AT_WORD` or
`_AT_SIGN`. A rule looks at one position and the words around it. It returns the words to say and where it stopped, or
None if it does not apply; the first result is used. Rules stay small, no rule sees the output of another, and the
time is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from .addresses import read_address, read_handle
from .coordinates import read_coordinates
from .dates import read_date, read_day_month, read_named, read_span
from .days_or_months import read_month_or_weekday
from .documents import read_blank, read_code, read_document, shipped_codes
from .foreign import read_foreign
from .glosses import glossed, glosses_in
from .identifiers import read_identifier, read_paper, read_serial
from .impossible import find_impossible
from .labels import read_clause, read_diameter, read_level, read_load, read_pair, read_points
from .layout import read_etc, read_line_head, read_short_i, read_sign, tidy
from .letters import is_syllable
from .lexicon import Lexicon, shipped_lexicon, station_lexicon
from .lists import read_list
from .marks import read_mark
from .persons import read_person
from .phones import read_dial, read_phone
from .quantities import (
    read_amount,
    read_money_first,
    read_plate,
    read_post,
    read_short_length,
    read_short_millions,
    read_size,
)
from .result import Doubt, Reading, ReadingChange, ReadingWarning
from .roman import read_roman, read_roman_item
from .scores import read_score
from .slashes import read_ratio, read_slash
from .spelt import read_spelt
from .text import CleanText, TextView, TokenReading, clean_text
from .times import read_time
from .weekday_dates import wrong_weekdays
from .words import read_capitals, read_counted, read_form, read_letters_and_digits, read_single

if TYPE_CHECKING:
    from .numbers import Region

_Rule = Callable[[TextView, int], TokenReading | None]


_SURE_BODY = 3  # letters: shorter codes mean something only in a document number


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """Return what capitals mean in any context: abbreviations, and the bodies whose codes are in document numbers."""
    bodies = {code: spoken for code, spoken in shipped_codes().later.items() if len(code) >= _SURE_BODY}
    return bodies | shipped_lexicon().names()


def _document(view: TextView, pos: int) -> TokenReading | None:
    return read_document(view, pos, shipped_codes(), _names())


def _code(view: TextView, pos: int) -> TokenReading | None:
    return read_code(view, pos, shipped_codes(), _names())


def _blank(view: TextView, pos: int) -> TokenReading | None:
    return read_blank(view, pos, shipped_codes(), _names())


def _paper(view: TextView, pos: int) -> TokenReading | None:
    return read_paper(view, pos, _names())


def _letters_and_digits(view: TextView, pos: int) -> TokenReading | None:
    return read_letters_and_digits(view, pos, _names())


def _counted(view: TextView, pos: int) -> TokenReading | None:
    return read_counted(view, pos, _names())


def _capitals(view: TextView, pos: int) -> TokenReading | None:
    return read_capitals(view, pos, _names())


def _foreign(view: TextView, pos: int) -> TokenReading | None:
    return read_foreign(view, pos, _names())


def _shipped(view: TextView, pos: int) -> TokenReading | None:
    return shipped_lexicon().find(view, pos)


def _glossed(view: TextView, pos: int) -> TokenReading | None:
    """Read what the text itself explains; where it does so in two ways, what it would be without, with a warning."""
    found = glossed(view, pos)
    if found is None:
        return None
    end, words = found
    if words:
        return TokenReading(end, words)
    undecided = _shipped(view, pos) or _capitals(view, pos)
    return undecided and undecided._replace(doubt=undecided.doubt or Doubt.GUESSED)


# A number: the most specific form comes first; anything else is an amount.
_AT_DIGIT: tuple[_Rule, ...] = (
    read_address,
    read_coordinates,
    _document,
    read_identifier,
    read_date,
    read_span,
    read_phone,
    read_plate,
    read_time,
    read_list,
    read_score,
    read_load,
    read_pair,
    read_points,
    read_size,
    read_slash,
    read_ratio,
    read_day_month,
    read_named,
    read_short_millions,
    read_short_length,
    _counted,
    read_amount,
)

# A word: an address is longer than its first word, a code longer than an abbreviation; what the text itself explains
# goes before what is known; an unknown token is spelled.
_AT_WORD: tuple[_Rule, ...] = (
    read_address,
    _glossed,
    read_etc,
    read_person,
    read_spelt,
    read_post,
    read_level,
    read_clause,
    read_diameter,
    read_mark,
    read_month_or_weekday,
    read_serial,
    _paper,
    read_form,
    _shipped,
    _code,
    read_roman,
    read_roman_item,
    read_short_i,
    _letters_and_digits,
    read_single,
    _capitals,
    _foreign,
)

_AT_SIGN: tuple[_Rule, ...] = (_shipped, read_phone, read_dial, _blank, read_money_first, read_handle, read_sign)

_TOKEN = re.compile(r"([^\W\d_]+)|([0-9]+)|( +)|\n|.", re.DOTALL)
_PLAIN_AHEAD = frozenset(' ,;:!?\n)"')
_STOP_AHEAD = frozenset((". ", ".\n", ".", ""))
_LETTER, _DIGIT, _SPACE = 1, 2, 3
_SENTENCE_ENDS = (".", "!", "?")
_WRAPPED = 40  # letters: a line at least this long that does not end with a stop continues in the next one


class _ReadingBuilder:
    """Collects what is said, and keeps a capital at the start of every sentence."""

    def __init__(self, clean: CleanText) -> None:
        self._clean = clean
        self._parts: list[str] = []
        self._last = ""  # the last sign written
        self._fresh = True  # a sentence begins here
        self._line = 0  # letters written in this line
        self.changes: list[ReadingChange] = []
        self.warnings: list[ReadingWarning] = []

    def begin(self) -> None:
        """Begin a sentence here: a bullet or a numbered heading does, whatever comes before it."""
        self._fresh = True

    def plain(self, start: int, end: int) -> None:
        """Add a word unchanged."""
        word = self._clean.text[start:end]
        self._write(word.upper() if self._fresh and end - start == 1 else word)

    def spoken(self, start: int, spoken: TokenReading) -> None:
        """Add the words that a rule returned, and note where they differ from the text."""
        as_written = spoken.words == self._clean.text[start : spoken.end]
        words = spoken.words if as_written and len(spoken.words) > 1 else self._headed(spoken.words)
        self._note(start, spoken, words)
        self._write(words)

    def _headed(self, words: str) -> str:
        lead = len(words) - len(words.lstrip(" "))
        return words[:lead] + words[lead : lead + 1].upper() + words[lead + 1 :] if self._fresh else words

    def _write(self, words: str) -> None:
        if not words:
            return
        if self._last.isalnum() and words[0].isalnum():
            self._parts.append(" ")
        self._parts.append(words)
        self._last = words[-1]
        bare = words.rstrip(" ")
        if bare == "\n":
            self._fresh, self._line = self._fresh or self._line < _WRAPPED, 0
        elif bare:
            self._line += len(words) if words.isalpha() else sum(map(str.isalpha, words))
            self._fresh = bare.endswith(_SENTENCE_ENDS) or (self._fresh and not any(map(str.isalnum, bare)))

    def _note(self, start: int, spoken: TokenReading, words: str) -> None:
        begin, end = self._clean.span(start, spoken.end)
        written = self._clean.source[begin:end]
        reading = " ".join(words.split(" ")).strip(" ")
        if reading != written.strip(" "):
            self.changes.append(ReadingChange(begin, end, written, reading, spoken.by))
        if spoken.doubt:
            self.warnings.append(ReadingWarning(spoken.doubt, written, begin, reading))

    def reading(self) -> Reading:
        """Return everything collected."""
        text = unicodedata.normalize("NFC", tidy("".join(self._parts)))
        return Reading(text, tuple(self.warnings), tuple(self.changes))


def _read_tokens(clean: CleanText, view: TextView, station: Lexicon | None) -> Reading:
    builder = _ReadingBuilder(clean)
    text, pos, at_head = clean.text, 0, True
    while found := _TOKEN.match(text, pos):
        kind = found.lastindex or 0
        if at_head and kind != _SPACE and found.group() != "\n":
            at_head = False
            if head := read_line_head(view, pos):
                builder.begin()
                builder.spoken(pos, head._replace(by=_name(read_line_head)))
                pos, at_head = head.end, not head.words
                continue
        at_head = at_head or found.group() == "\n"
        if kind == _SPACE or found.group() == "\n" or (station is None and _is_plain(found, kind, text)):
            builder.plain(pos, found.end())
            pos = found.end()
            continue
        spoken = _apply_rules(view, pos, kind, station)
        if spoken is None:
            builder.plain(pos, found.end())
            pos = found.end()
            continue
        builder.spoken(pos, spoken)
        pos = spoken.end
        if spoken.numeric:
            view.number_end, view.number_words = pos, spoken.words
    return builder.reading()


def _is_plain(found: re.Match[str], kind: int, text: str) -> bool:
    """Return whether a token is certain to need no rule. A fast path: most words are read as written."""
    written, end = found.group(), found.end()
    if kind == _LETTER:
        ahead = text[end : end + 2]
        if (ahead[:1] not in _PLAIN_AHEAD and ahead not in _STOP_AHEAD) or ahead == ":/":
            return False
        small = len(written) > 1 and (written.islower() or written[1:].islower())
        return small and written not in shipped_lexicon().by_key and is_syllable(written)
    return written in ",:;!?" and kind == 0


def _apply_rules(view: TextView, pos: int, kind: int, station: Lexicon | None) -> TokenReading | None:
    if station and (spoken := station.find(view, pos)):
        return spoken
    for rule in {_LETTER: _AT_WORD, _DIGIT: _AT_DIGIT}.get(kind, _AT_SIGN):
        if spoken := rule(view, pos):
            return spoken if spoken.by else spoken._replace(by=_name(rule))
    return None


def _name(rule: _Rule) -> str:
    """Return what a rule is called in `ReadingChange.by`."""
    return rule.__name__.removeprefix("read").strip("_")


def rule_names() -> frozenset[str]:
    """Return all that `ReadingChange.by` may say besides the names of tables."""
    return frozenset(map(_name, (read_line_head, *_AT_DIGIT, *_AT_WORD, *_AT_SIGN))) - {_name(_shipped)}


def read(
    text: str,
    lexicon: Mapping[str, str] | None = None,
    region: Region = "north",
    glosses: Mapping[str, str] | None = None,
) -> Reading:
    """Return `text` in the words that an announcer says.

    `lexicon` is the station's own: written → spoken; it has precedence over the shipped one; whole tokens are matched,
    the longest first. `region` chooses the words of the numbers. `glosses` are those of the whole text (`find_glosses`)
    where this is a part of it, otherwise those of `text` itself. Any text is accepted. What had to be guessed or
    spelled is in the warnings; their offsets refer to the NFC form of `text`. Line and paragraph breaks are kept.
    """
    clean = clean_text(text)
    station = None
    if lexicon:
        plain = {unicodedata.normalize("NFC", key): spoken for key, spoken in lexicon.items()}
        station = station_lexicon(plain, lambda spoken: read(spoken, region=region).spoken)
    view = TextView(clean.text, region, glosses_in(clean.text) if glosses is None else glosses)
    reading = _read_tokens(clean, view, station)
    slips = [_slip(clean, start, end) for start, end in find_impossible(view)]
    slips += [_slip(clean, wrong.start, wrong.end, Doubt.WEEKDAY, wrong.right) for wrong in wrong_weekdays(view.text)]
    return replace(reading, warnings=tuple(sorted([*reading.warnings, *slips], key=lambda warning: warning.start)))


def _slip(clean: CleanText, start: int, end: int, kind: Doubt = Doubt.IMPOSSIBLE, reading: str = "") -> ReadingWarning:
    begin, past = clean.span(start, end)
    return ReadingWarning(kind, clean.source[begin:past], begin, reading)
