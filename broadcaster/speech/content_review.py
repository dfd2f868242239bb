"""What the content of a script asks its officer to look at again. Nothing here keeps a script from airing.

Every figure, law and telephone number needs somebody who answers for it: a claim in the front matter, with the document
that says so and the day from which it holds. The program knows no figure of its own; it compares the text with what
officers stated.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from broadcaster.models import Claim, LineRemark, Paragraph, Pause, ScriptWarning, WarningKind
from broadcaster.speech.clip_recipe import split_sentences
from broadcaster.speech.facts_in_text import Fact, FactKind, comparable, digits_of, facts_in
from broadcaster.speech.importing.encodings import old_encoding
from broadcaster.speech.voices.clauses import CLAUSE_PAUSE, clauses_of
from broadcaster.speech.voices.rate import syllables_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from broadcaster.models import Script
    from broadcaster.settings import MixSettings

LAW_CHANGED = date(2025, 7, 1)
"""The day on which the law on social insurance changed: what was ordered or stated before may not hold any more."""
NEW_LAW = "41/2024/QH15"
"""The law that changed it, passed the year before."""

LONGEST_READING = 5  # minutes
LONGEST_SENTENCE = 30  # words
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|$)", re.DOTALL)
_INSURANCE = re.compile(r"bảo hiểm (?:xã hội|y tế|thất nghiệp)|\b(?:BHXH|BHYT|BHTN)\b|lương hưu|hưu trí", re.IGNORECASE)
_NAMED = re.compile(r"Luật (?:bảo hiểm xã hội|BHXH)", re.IGNORECASE)
_FIRST_WORDS = 6
_OVERLAPPING = 20  # claims on one place of a text
_MOSTLY = 0.8  # of the letters
_SHORTEST_SHOUT = 20  # letters
_UNSOURCED = {
    FactKind.FIGURE: WarningKind.FIGURE_UNSOURCED,
    FactKind.LAW: WarningKind.LAW_UNSOURCED,
    FactKind.PHONE: WarningKind.PHONE_UNSOURCED,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a script is held against: the day, its length in seconds, and the telephone numbers that letters give."""

    today: date
    seconds: float = 0.0
    phones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # letter → numbers, as officers stated them


def stated_phones(scripts: Iterable[Script]) -> dict[str, tuple[str, ...]]:
    """Return, by the letter that they come from, the telephone numbers that the claims of scripts state."""
    found: dict[str, dict[str, None]] = {}
    for script in scripts:
        for claim in script.claims:
            for fact in facts_in(claim.text):
                if fact.kind is FactKind.PHONE and claim.source:
                    found.setdefault(_letter_key(claim.source), {})[fact.text] = None
    return {source: tuple(numbers) for source, numbers in found.items()}


def review_content(script: Script, around: Surroundings) -> list[LineRemark]:
    """Return what somebody should look at in a script's content, in the order of its lines; line 0 is the whole.

    Of a text in another language, only what is the same in any: figures, telephone numbers, letters, its length.
    """
    paragraphs = [block for block in script.blocks if isinstance(block, Paragraph)]
    remarks = [*_of_claims(script, paragraphs, around.today), *_of_letters(script, paragraphs)]
    if not script.recording:
        remarks += _of_length(around.seconds)
    phones = _phones_for(script, around.phones)
    for paragraph in paragraphs:
        remarks += (LineRemark(paragraph.line, warning) for warning in _of_facts(script, paragraph.text, phones))
    if not script.language:
        remarks += _of_vietnamese(script, paragraphs, around.today)
    return sorted(_said_once(remarks), key=lambda remark: remark.line)


def _said_once(remarks: Iterable[LineRemark]) -> list[LineRemark]:
    """Return each remark once, and of an old letter only that it is old: a claim answers both."""
    found = list(dict.fromkeys(remarks))
    old = {(each.line, each.warning.facts[0]) for each in found if each.warning.kind is WarningKind.LETTER_OF_OLD_LAW}
    unsourced = WarningKind.LAW_UNSOURCED
    return [
        each for each in found if each.warning.kind is not unsourced or (each.line, each.warning.facts[0]) not in old
    ]


def _of_vietnamese(script: Script, paragraphs: Iterable[Paragraph], today: date) -> Iterator[LineRemark]:
    """Yield what can be told of Vietnamese alone."""
    yield from _of_title(script)
    if name := old_encoding("\n".join(paragraph.text for paragraph in paragraphs)):
        yield LineRemark(0, _warning(WarningKind.OLD_ENCODING, name=name))
    for paragraph in paragraphs:
        for warning in (*_of_style(paragraph.text), *_of_weekdays(paragraph.text, today)):
            yield LineRemark(paragraph.line, warning)


def _warning(kind: WarningKind, **facts: str | float) -> ScriptWarning:
    return ScriptWarning.of(kind, **facts)


# ---- figures, laws, telephone numbers ----------------------------------------------------------------------------


def _of_facts(script: Script, text: str, phones: Mapping[str, str]) -> Iterator[ScriptWarning]:
    """Yield a warning for each fact that no claim covers; `phones` are those stated, each with its letter."""
    covered = _Covered(script.claims, text)
    stated, source = next(iter(phones.items()), ("", ""))
    for fact in facts_in(text):
        if covered.has(fact):
            continue
        if fact.kind is FactKind.PHONE and stated and digits_of(fact.text) not in map(digits_of, phones):
            yield _warning(WarningKind.OTHER_PHONE, token=fact.text, stated=stated, source=source)
        else:
            yield _warning(_UNSOURCED[fact.kind], token=fact.text)


class _Covered:
    """Which facts of one text the claims of its script are about."""

    def __init__(self, claims: Iterable[Claim], text: str) -> None:
        stated = [fact for claim in claims for fact in facts_in(claim.text)]
        self._same = {_form(fact) for fact in stated}
        self._spans = sorted(span for claim in claims for span in _places(claim, text))
        self._starts = [start for start, _end in self._spans]

    def has(self, fact: Fact) -> bool:
        """Return whether a claim is about this fact: it states the same, or its words stand in this place."""
        if _form(fact) in self._same:
            return True
        if fact.kind is FactKind.PHONE or not self._spans:
            return False
        before = self._spans[: bisect_left(self._starts, fact.end)]
        return any(end > fact.start for _start, end in before[-_OVERLAPPING:])


def _form(fact: Fact) -> tuple[FactKind, str]:
    """Return a fact in the form in which it is compared."""
    is_phone = fact.kind is FactKind.PHONE
    return fact.kind, digits_of(fact.text) if is_phone else comparable(fact.text)


def _places(claim: Claim, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a claim's words stand in a text."""
    words = re.compile(r"\s+".join(map(re.escape, claim.text.split())), re.IGNORECASE)
    return (found.span() for found in words.finditer(text) if found.end() > found.start())


def _phones_for(script: Script, by_letter: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the telephone numbers that this script, or another one of its letter, states, each with its letter."""
    own = stated_phones([script])
    letters = sorted({_letter_key(script.source), *own} - {""})
    numbers = {letter: {*own.get(letter, ()), *by_letter.get(letter, ())} for letter in letters}
    return {number: letter for letter, found in numbers.items() for number in sorted(found)}


def _letter_key(source: str) -> str:
    """Return a letter by its number alone, as people write it with more or less around it: "Công văn 12/UBND" too."""
    numbers = (fact.text for fact in facts_in(source) if fact.kind is FactKind.LAW)
    return next(numbers, " ".join(source.split()))


def _of_claims(script: Script, paragraphs: list[Paragraph], today: date) -> Iterator[LineRemark]:
    """Yield what is amiss with the claims themselves."""
    about_insurance = _is_about_insurance(script, paragraphs)
    for claim in script.claims:
        line = next((each.line for each in paragraphs if _is_in(claim, each.text)), None)
        if line is None:
            yield LineRemark(0, _warning(WarningKind.CLAIM_UNUSED, token=claim.text))
            continue
        if not claim.source or claim.start is None:
            yield LineRemark(line, _warning(WarningKind.CLAIM_INCOMPLETE, token=claim.text))
        if claim.until and claim.until < today:
            facts = {"token": claim.text, "until": claim.until.isoformat(), "source": claim.source}
            yield LineRemark(line, _warning(WarningKind.CLAIM_OVER, **facts))
        if claim.start and claim.start > today:
            facts = {"token": claim.text, "start": claim.start.isoformat()}
            yield LineRemark(line, _warning(WarningKind.CLAIM_AHEAD, **facts))
        if about_insurance and _is_of_old_law(claim, today):
            start = claim.start.isoformat() if claim.start else ""
            facts = {"token": claim.text, "start": start, "changed": LAW_CHANGED.isoformat()}
            yield LineRemark(line, _warning(WarningKind.CLAIM_OF_OLD_LAW, **facts))


def _is_of_old_law(claim: Claim, today: date) -> bool:
    """Return whether a claim, one that is not over anyway, states a figure from before the law changed."""
    is_over = claim.until is not None and claim.until < today
    is_figure = any(fact.kind is FactKind.FIGURE for fact in facts_in(claim.text))
    return is_figure and not is_over and claim.start is not None and claim.start < LAW_CHANGED


def _is_in(claim: Claim, text: str) -> bool:
    if " ".join(claim.text.split()).casefold() in " ".join(text.split()).casefold():
        return True
    stated = {_form(fact) for fact in facts_in(claim.text)}
    return bool(stated) and any(_form(fact) in stated for fact in facts_in(text))


# ---- letters of before the law changed ---------------------------------------------------------------------------


def _of_letters(script: Script, paragraphs: list[Paragraph]) -> Iterator[LineRemark]:
    """Yield a remark for each letter of before the law changed that orders the script, or that its text goes by.

    A claim on a letter is an officer's word that it still holds.
    """
    if not _is_about_insurance(script, paragraphs):
        return
    for line, text in ((0, script.source), *((each.line, each.text) for each in paragraphs)):
        covered = _Covered(script.claims, text)
        for fact in facts_in(text):
            if _is_old_letter(fact) and not covered.has(fact):
                facts = {"token": fact.text, "changed": LAW_CHANGED.isoformat()}
                yield LineRemark(line, _warning(WarningKind.LETTER_OF_OLD_LAW, **facts))


def _is_old_letter(fact: Fact) -> bool:
    """Return whether a law or letter is of before the law changed, and not that law itself: "Luật BHXH năm 2024"."""
    is_new_law = fact.text == NEW_LAW or (fact.dated[:4] == NEW_LAW[3:7] and _NAMED.fullmatch(fact.text))
    dated = fact.kind is FactKind.LAW and fact.dated and not is_new_law
    return bool(dated) and fact.dated < _comparable_day(fact.dated)


def _comparable_day(dated: str) -> str:
    """Return the day on which the law changed in the form of a date in a text: a whole day, or a year alone."""
    return LAW_CHANGED.isoformat()[: len(dated)]


def _is_about_insurance(script: Script, paragraphs: list[Paragraph]) -> bool:
    return any(_INSURANCE.search(text) for text in (script.title, *(each.text for each in paragraphs)))


# ---- days --------------------------------------------------------------------------------------------------------


def _of_title(script: Script) -> Iterator[LineRemark]:
    """Yield a remark for each day and time in the title that cannot be; those of the text are the reader's to tell."""
    from broadcaster.speech.normalise import Doubt, read

    if any(map(str.isdigit, script.title)):
        for found in read(script.title).warnings:
            if found.kind in (Doubt.IMPOSSIBLE, Doubt.WEEKDAY):
                yield LineRemark(0, ScriptWarning.of(found.kind, token=found.token, reading=found.reading))


def _of_weekdays(text: str, today: date) -> Iterator[ScriptWarning]:
    """Yield a warning for a day of the week that a date without a year has neither this year nor in the next."""
    from broadcaster.speech.normalise.weekday_dates import wrong_weekdays

    with_year = wrong_weekdays(text)
    for wrong in wrong_weekdays(text, (today.year, today.year + 1)):
        if wrong not in with_year:
            yield _warning(WarningKind.WEEKDAY, token=text[wrong.start : wrong.end], reading=wrong.right)


# ---- length and style --------------------------------------------------------------------------------------------


def _of_length(seconds: float) -> Iterator[LineRemark]:
    """Yield a remark where a script takes longer than the limit, in whole minutes."""
    minutes = round(seconds / 60)
    if minutes > LONGEST_READING:
        yield LineRemark(0, _warning(WarningKind.LONG_READING, minutes=minutes, most=LONGEST_READING))


def estimated_seconds(script: Script, spoken: Iterable[str], rate: int, mix: MixSettings) -> float:
    """Return about how long a script takes to read: its words as they are said, and its pauses.

    `spoken` has the paragraphs, `rate` is in syllables a minute.
    """
    sentences = [split_sentences(text) for text in spoken]
    said = [sentence for paragraph in sentences for sentence in paragraph]
    clauses = sum(len(clauses_of(sentence)) - 1 for sentence in said)
    pauses = CLAUSE_PAUSE * clauses + mix.sentence_pause * sum(len(each) - 1 for each in sentences if each)
    pauses += mix.paragraph_pause * len(sentences)
    pauses += sum((block.length for block in script.blocks if isinstance(block, Pause)), timedelta())
    return 60 * sum(map(syllables_in, said)) / rate + pauses.total_seconds()


def _of_style(text: str) -> Iterator[ScriptWarning]:
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) >= _SHORTEST_SHOUT and sum(map(str.isupper, letters)) >= _MOSTLY * len(letters):
        yield _warning(WarningKind.CAPITALS, token=_first_words(text))
    for found in _SENTENCE.finditer(text):
        words = sum(any(map(str.isalnum, word)) for word in found.group().split())
        if words > LONGEST_SENTENCE:
            facts: dict[str, str | float] = {"token": _first_words(found.group()), "words": words}
            yield _warning(WarningKind.LONG_SENTENCE, **facts, most=LONGEST_SENTENCE)


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:_FIRST_WORDS]) + ("…" if len(words) > _FIRST_WORDS else "")
