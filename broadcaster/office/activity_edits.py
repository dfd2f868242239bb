"""Activities besides broadcasting: entering one, and withdrawing what was entered by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster import typed_dates
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.changes import actor_name
from broadcaster.office.typed import DAYS, TypedValues
from broadcaster.office.window import read_window
from broadcaster.office.wording import short_date
from broadcaster.records.activities import Activity, ActivityKind, append_activity, read_activities, withdrawal
from broadcaster.tomlfile import ID_PATTERN

if TYPE_CHECKING:
    from datetime import date

    from broadcaster.office.window import TypedWindow
    from broadcaster.station.folder import Station

MOST = 1_000_000
LONGEST_TEXT = 1_000
"""How many an entry may count, and how long a text of it may be: more is a slip of the hand."""


@dataclass(frozen=True, slots=True)
class TypedActivity:
    """An activity as it was typed; "" where something was not given."""

    day: str
    kind: str
    count: int
    text: str
    place: str = ""
    topic: str = ""
    source: str = ""


def add_activity(station: Station, typed: TypedActivity, name: str | None) -> Activity:
    """Enter an activity and return it with its number; raise InputError with every mistake in what was typed."""
    activity, actor = _checked(station, typed), actor_name(name)
    with station.ledger() as ledger:
        number = append_activity(ledger, lambda free: activity.entry(free, actor, station.now()))
        return next(each for each in read_activities(ledger) if each.number == number)


def _checked(station: Station, typed: TypedActivity) -> Activity:
    topic = typed.topic.strip()
    texts = {"--text": _one_line(typed.text), "--place": _one_line(typed.place), "--source": _one_line(typed.source)}
    problems = [*_text_problems(texts), *_topic_problems(topic)]
    if not 1 <= typed.count <= MOST:
        what = _("--count: {count} is not a number of things").format(count=typed.count)
        problems.append(Problem(what, _("allowed: from 1 to {most}").format(most=MOST)))
    day = _past_day(typed.day, station.now().date(), problems)
    if problems or day is None:
        raise InputError(*problems)
    title = station.settings.topics.get(topic, "")
    kind = ActivityKind(typed.kind)
    return Activity(day, kind, typed.count, texts["--text"], texts["--place"], topic, title, texts["--source"])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text_problems(texts: dict[str, str]) -> list[Problem]:
    found = []
    if not texts["--text"]:
        found.append(Problem(_("--text: is missing"), _("say in a few words what was done")))
    for name, text in texts.items():
        if len(text) > LONGEST_TEXT:
            what = _("{option}: is longer than {most} characters").format(option=name, most=LONGEST_TEXT)
            found.append(Problem(what, _("shorten it")))
    return found


def _topic_problems(topic: str) -> list[Problem]:
    if not topic or ID_PATTERN.fullmatch(topic):
        return []
    what = _('--topic: found "{found}"').format(found=topic)
    allowed = _('a-z, 0-9 and "-", 1 to 64 characters, such as "bhxh-tu-nguyen"')
    return [Problem(what, _("allowed: {allowed}").format(allowed=allowed))]


def _past_day(text: str, today: date, problems: list[Problem]) -> date | None:
    """Return the day that was typed; where it is none, or one that has not come yet, add that to `problems`."""
    typed = TypedValues()
    day = typed.one("--date", text, lambda text: typed_dates.parse_day(text, today, past=True), DAYS)
    try:
        typed.finish()
    except InputError as error:
        problems += error.problems
    if day is not None and day > today:
        what = _("--date: {day} has not come yet").format(day=short_date(day))
        problems.append(Problem(what, _("enter what was done on the day itself, or later")))
        return None
    return day


def list_activities(station: Station, typed: TypedWindow) -> tuple[Activity, ...]:
    """Return the activities of the days that were typed, all where none were, withdrawn ones too."""
    with station.past() as ledger:
        found = read_activities(ledger) if ledger else ()
    if not typed.is_given:
        return found
    today, zone = station.now().date(), station.settings.timezone
    window = read_window(typed, today, zone, (today, today), past=True)
    return tuple(each for each in found if window.first <= each.day <= window.last)


def remove_activity(station: Station, number: int, reason: str, name: str | None) -> Activity:
    """Withdraw an activity and return it; raise InputError where there is none of that number to withdraw."""
    why, actor = _one_line(reason), actor_name(name)
    if not why:
        raise InputError(Problem(_("--reason: is missing"), _("say why: it is written into the play history")))
    with station.ledger() as ledger:
        while True:
            last = ledger.head().seq
            activity = next((each for each in read_activities(ledger) if each.number == number), None)
            if activity is None or activity.withdrawn:
                what = _("there is no activity {number} to take back").format(number=number)
                raise InputError(Problem(what, _("see broadcaster activity list")))
            if ledger.append([withdrawal(number, why, actor, station.now())], only_after=last):
                return activity
