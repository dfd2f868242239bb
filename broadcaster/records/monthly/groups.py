"""Counts by what is counted under: topic, letter, loudspeakers, origin, language; and topics month by month.

A line with scripts of two topics is counted under both, and its minutes are parted between them. So the counts of all
groups less `twice` are the total, and their minutes are it as they stand, also as printed.

Pure: no file, no clock, no language. Lengths are whole milliseconds, as in the ledger, so that sums are exact.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from broadcaster.records.monthly.tenths import in_tenths
from broadcaster.records.play_rows import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from broadcaster.records.monthly.lines import Line, ScriptShare

    KeyOf = Callable[[Line, ScriptShare], str]

_ORIGINS = [str(origin) for origin in Origin]


@dataclass(frozen=True, slots=True)
class GroupTally:
    """The counts of one topic, letter, group of loudspeakers, origin or language.

    `key` is "" for what names none, and for Vietnamese; `title` is that of a topic or a group of loudspeakers, or a
    language as it is written.
    """

    key: str
    title: str
    planned: int
    aired: int  # of these, played whole
    unplanned: int  # plays for the public that nobody planned
    heard_ms: int
    tenths: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups in the order of their keys, origins in that of `Origin`, what names none at the end, Vietnamese first.

    `twice` is what more than one of them counts.
    """

    groups: tuple[GroupTally, ...]
    twice: GroupTally

    @property
    def is_named(self) -> bool:
        """Whether anything is counted under a name."""
        return any(group.key for group in self.groups)

    @classmethod
    def sum(cls, parts: Sequence[Self]) -> Self:
        """Add up the same groups of several stretches of days."""
        groups = tuple(_sum(same) for same in zip(*(part.groups for part in parts), strict=True))
        return cls(groups, _sum([part.twice for part in parts]))


@dataclass(frozen=True, slots=True)
class Groups:
    """A report's counts under each heading; `months` are the topics of each of its months."""

    topics: Grouping
    letters: Grouping
    origins: Grouping
    loudspeakers: Grouping  # "": all
    months: tuple[Grouping, ...]
    languages: Grouping


def count_groups(months: Sequence[Sequence[Line]]) -> Groups:
    """Count the lines of a report, which come by months."""
    every = [line for lines in months for line in lines]
    topic_titles = _titles((script.topic, script.topic_title) for line in every for script in line.scripts)
    group_titles = _titles((line.group, line.group_title) for line in every)
    topics = _by_month(months, lambda _line, script: script.topic, topic_titles)
    letters = _by_month(months, lambda _line, script: script.letter)
    origins = _by_month(months, lambda line, _script: str(line.origin), order=_ORIGINS.index)
    loudspeakers = _by_month(months, lambda line, _script: line.group, group_titles)
    language_titles = {script.language.casefold(): script.language for line in every for script in line.scripts}
    languages = _by_month(
        months, lambda _line, script: script.language.casefold(), language_titles, order=lambda key: (bool(key), key)
    )
    return Groups(
        topics=Grouping.sum(topics),
        letters=Grouping.sum(letters),
        origins=Grouping.sum(origins),
        loudspeakers=Grouping.sum(loudspeakers),
        months=topics,
        languages=Grouping.sum(languages),
    )


def _titles(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the last title that each key had."""
    return {key: title for key, title in told if title}


def _by_month(
    months: Sequence[Sequence[Line]],
    key_of: KeyOf,
    titles: dict[str, str] | None = None,
    order: Callable[[str], object] = lambda key: (not key, key),
) -> tuple[Grouping, ...]:
    """Count each month; all have the same groups. Rounded month by month, so that the groups of each add up."""
    counts = [_Counts(lines, key_of) for lines in months]
    keys = sorted({key for count in counts for key in count.keys}, key=order)  # type: ignore[arg-type]  # they compare
    tenths = iter(in_tenths(count.heard[key] for count in counts for key in keys))
    return tuple(count.grouping(keys, titles or {}, tenths) for count in counts)


class _Counts:
    """Counts the lines of one month by a key; tests are counted nowhere."""

    def __init__(self, lines: Iterable[Line], key_of: KeyOf) -> None:
        self.keys: set[str] = set()
        self.planned: Counter[str | None] = Counter()  # None: what more than one key counts
        self.aired: Counter[str | None] = Counter()
        self.unplanned: Counter[str | None] = Counter()
        self.heard: Counter[str] = Counter()
        for line in lines:
            if line.planned or line.for_the_public:
                self._add(line, key_of)

    def _add(self, line: Line, key_of: KeyOf) -> None:
        keys = set()
        for script in line.scripts:
            key = key_of(line, script)
            keys.add(key)
            self.heard[key] += script.heard_ms
        self.keys |= keys
        counts = (self.planned, self.aired) if line.planned and line.whole else (self.planned,)
        for count in counts if line.planned else (self.unplanned,):
            for key in keys:
                count[key] += 1
            if len(keys) > 1:
                count[None] += len(keys) - 1

    def grouping(self, keys: Sequence[str], titles: dict[str, str], tenths: Iterable[int]) -> Grouping:
        groups = (self._group(key, titles.get(key, ""), part) for key, part in zip(keys, tenths, strict=False))
        twice = GroupTally("", "", self.planned[None], self.aired[None], self.unplanned[None], 0, 0)
        return Grouping(tuple(groups), twice)

    def _group(self, key: str, title: str, tenths: int) -> GroupTally:
        counts = self.planned[key], self.aired[key], self.unplanned[key]
        return GroupTally(key, title, *counts, self.heard[key], tenths)


def _sum(same: Sequence[GroupTally]) -> GroupTally:
    return GroupTally(
        same[0].key,
        same[0].title,
        planned=sum(group.planned for group in same),
        aired=sum(group.aired for group in same),
        unplanned=sum(group.unplanned for group in same),
        heard_ms=sum(group.heard_ms for group in same),
        tenths=sum(group.tenths for group in same),
    )
