"""How groups, months and activities are shown: the same rows, in the same words, for Word, spreadsheets and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.i18n import _, speaking
from broadcaster.records.activities import ActivityKind
from broadcaster.records.monthly import phrases
from broadcaster.records.play_rows import Origin
from broadcaster.records.reconcile import Ruling

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.records.activities import Activity
    from broadcaster.records.monthly.figures import Figures, Tally
    from broadcaster.records.monthly.groups import Grouping, GroupTally

TOTAL = "Tổng cộng"
NO_TOPIC = "chưa ghi chủ đề"
NO_LETTER = "không theo văn bản nào"
ALL_LOUDSPEAKERS = "cả xã"
TWICE = "trừ phần tính ở nhiều dòng"
GROUP_COLUMNS = ("Lượt theo lịch", "Lượt đã phát", "Lượt ngoài lịch", "Phút")
MONTH_COLUMNS = ("Theo lịch", "Đã phát", "Tỷ lệ", "Muộn", "Không phát", "Ngoài lịch", "Buổi", "Phút")
ACTIVITY_SUM_COLUMNS = ("Loại", "Số mục", "Số lượng")
ACTIVITY_COLUMNS = ("Ngày", "Loại", "Số lượng", "Nội dung", "Địa điểm", "Chủ đề", "Văn bản")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A row of a table of groups; `tenths` is what is printed, `heard_ms` what spreadsheets keep."""

    name: str
    planned: int
    aired: int
    unplanned: int
    heard_ms: int
    tenths: int

    @property
    def numbers(self) -> tuple[int, int, int, float]:
        """The cells of `GROUP_COLUMNS`; minutes are not rounded."""
        return self.planned, self.aired, self.unplanned, self.heard_ms / 60_000

    @property
    def texts(self) -> tuple[str, ...]:
        """The same cells as printed."""
        counts = (phrases.count(number) for number in (self.planned, self.aired, self.unplanned))
        return *counts, phrases.in_tenths(self.tenths)


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A table of groups. `rows` add up to the last one, the total."""

    name: str  # "topics", "letters", "loudspeakers", "origins" or "languages"
    title: str
    head: str  # of the first column
    rows: tuple[GroupRow, ...]


def group_tables(figures: Figures) -> tuple[GroupTable, ...]:
    """Return the tables of a report; one in which nothing has a name is left out."""
    groups = figures.groups
    found = (
        ("topics", "Theo chủ đề", "Chủ đề", groups.topics, topic_name),
        ("letters", "Theo văn bản", "Văn bản", groups.letters, letter_name),
        ("loudspeakers", "Theo cụm loa", "Cụm loa", groups.loudspeakers, loudspeakers_name),
        ("origins", "Theo loại phát", "Loại phát", groups.origins, origin_name),
        ("languages", "Theo ngôn ngữ", "Ngôn ngữ", groups.languages, language_name),
    )
    return tuple(
        GroupTable(name, title, head, (*_rows(grouping, name_of), _total(figures.total)))
        for name, title, head, grouping, name_of in found
        if grouping.is_named
    )


def _rows(grouping: Grouping, name_of: Callable[[GroupTally], str]) -> tuple[GroupRow, ...]:
    """Return the groups, and what is to be taken off where several of them count the same."""
    rows = tuple(_row(name_of(group), group) for group in grouping.groups)
    twice = grouping.twice
    if not twice.planned and not twice.unplanned:
        return rows
    return *rows, GroupRow(TWICE, -twice.planned, -twice.aired, -twice.unplanned, 0, 0)


def _row(name: str, of: GroupTally) -> GroupRow:
    return GroupRow(name, of.planned, of.aired, of.unplanned, of.heard_ms, of.tenths)


def _total(of: Tally) -> GroupRow:
    return GroupRow(TOTAL, of.planned, of.aired, of.unplanned, of.heard_ms, of.tenths)


def topic_name(group: GroupTally) -> str:
    """Return the title of a topic, its slug where it has none."""
    return group.title or group.key or NO_TOPIC


def letter_name(group: GroupTally) -> str:
    """Return a letter."""
    return group.key or NO_LETTER


def loudspeakers_name(group: GroupTally) -> str:
    """Return the title of a group of loudspeakers, its id where it has none."""
    return group.title or group.key or ALL_LOUDSPEAKERS


def origin_name(group: GroupTally) -> str:
    """Return what brought a play about."""
    return phrases.ORIGIN[Origin(group.key)]


def language_name(group: GroupTally) -> str:
    """Return a language."""
    return group.title or group.key or phrases.VIETNAMESE


# ---- months side by side -------------------------------------------------------------------------------------------


def month_rows(figures: Figures) -> tuple[tuple[str, Tally], ...]:
    """Return the months of a report and their total; nothing where it has only one."""
    if len(figures.months) < 2:
        return ()
    return *((phrases.month_name(span.first), span.tally) for span in figures.months), (TOTAL, figures.total)


def month_texts(tally: Tally) -> tuple[str, ...]:
    """Return the cells of `MONTH_COLUMNS` as printed."""
    planned, aired, *others = (phrases.count(number) for number in _month_counts(tally))
    return planned, aired, phrases.percent(tally.share), *others, phrases.in_tenths(tally.tenths)


def month_numbers(tally: Tally) -> tuple[float | str, ...]:
    """Return the same cells for a spreadsheet; minutes are not rounded."""
    planned, aired, *others = _month_counts(tally)
    return planned, aired, phrases.percent(tally.share), *others, tally.heard_ms / 60_000


def _month_counts(of: Tally) -> tuple[int, ...]:
    return of.planned, of.aired, of.rulings[Ruling.LATE], of.not_aired, of.unplanned, of.sessions


def topic_months(figures: Figures) -> tuple[tuple[str, str, GroupRow], ...]:
    """Return topic, month and counts, topic by topic; nothing where there is one month, or no topic."""
    months = figures.groups.months
    if len(months) < 2 or not figures.groups.topics.is_named:
        return ()
    names = [phrases.month_name(span.first) for span in figures.months]
    topics = zip(*(month.groups for month in months), strict=True)
    return tuple(
        (topic_name(group), name, _row(name, group))
        for topic in topics
        for name, group in zip(names, topic, strict=True)
    )


# ---- activities ----------------------------------------------------------------------------------------------------


def kind_name(kind: ActivityKind) -> str:
    """Return a kind of activities as the letter calls it."""
    with speaking("vi"):
        return _(kind.words)


def activity_sums(figures: Figures) -> tuple[tuple[str, int, int], ...]:
    """Return each kind that there is, with how many entries it has and how many things they count."""
    by_kind = {kind: [each.count for each in figures.activities if each.kind is kind] for kind in ActivityKind}
    return tuple((kind_name(kind), len(counts), sum(counts)) for kind, counts in by_kind.items() if counts)


def activity_cells(of: Activity) -> tuple[str, str, int, str, str, str, str]:
    """Return the cells of `ACTIVITY_COLUMNS`."""
    topic = of.topic_title or of.topic
    return phrases.day(of.day), kind_name(of.kind), of.count, of.text, of.place, topic, of.source
