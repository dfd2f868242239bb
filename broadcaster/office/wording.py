"""Values in words, in the user's language: days, lengths of time, weekdays, outcomes, orders, classes.

Both front ends take these words from here, so that they say the same; `wording_…` modules hold those of one topic.
"""

from __future__ import annotations

from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from broadcaster.i18n import N_, _
from broadcaster.models import FILE, SILENT, BulletinClass, MuteKind, Order, Outcome, YearDay
from broadcaster.moments import to_second
from broadcaster.records.play_rows import Origin
from broadcaster.schedule.timetable import boundary_text
from broadcaster.tomlfile import format_time
from broadcaster.weekdays import NAMES, SHORT_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from broadcaster.models import Boundary, DayRange, Script, Slot
    from broadcaster.records.play_rows import MutedPart, Play

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.AIRED: N_("aired"),
    Outcome.CUT: N_("cut short"),
    Outcome.MISSED: N_("missed"),
    Outcome.BLOCKED: N_("blocked"),
    Outcome.PREEMPTED: N_("preempted"),
    Outcome.SKIPPED: N_("skipped"),
    Outcome.FAILED: N_("failed"),
    Outcome.UNKNOWN: N_("unknown"),
}
ORIGINS: Mapping[Origin, str] = {
    Origin.PLAN: N_("plan"),
    Origin.SAY: N_("said at once"),
    Origin.EMERGENCY: N_("emergency"),
    Origin.MAKE_GOOD: N_("make-good"),
    Origin.TEST: N_("test"),
}
ORDERS: Mapping[Order, str] = {Order.ROTATE: N_("one a time, in turn"), Order.ALL: N_("all, each time")}
CLASSES: Mapping[BulletinClass, str] = {
    BulletinClass.NORMAL: N_("normal"),
    BulletinClass.PRIORITY: N_("priority"),
    BulletinClass.EMERGENCY: N_("emergency"),
}

_UNHEARD: Mapping[str, str] = {
    FILE: N_("to a file only, on no loudspeaker"),
    SILENT: N_("in silence, on no loudspeaker"),
}

# ---- moments and days --------------------------------------------------------------------------------------------


def when(moment: datetime) -> str:
    """Return the date, hour and minute of a moment, in its own zone; with seconds where they are not zero."""
    shown = to_second(moment)
    return when_exactly(shown) if shown.second else shown.strftime(_("%Y-%m-%d %H:%M"))


def when_exactly(moment: datetime) -> str:
    """Return a moment with its seconds, rounded: 05:29:59.999 is 05:30:00."""
    return to_second(moment).strftime(_("%Y-%m-%d %H:%M:%S"))


def day_name(day: date) -> str:
    """Return a day with its name: "Thứ Hai, 03/05/2027"."""
    return _("{weekday}, {date}").format(weekday=_(NAMES[day.weekday()]), date=short_date(day))


def short_date(day: date) -> str:
    """Return a day as a date: "03/05/2027" in Vietnamese."""
    return boundary_text(day)


def span_text(start: Boundary, end: Boundary) -> str:
    """Return a range of days: "01/05–31/05, every year", or with its year; a day alone where it is one."""
    text = _("{first}–{last}").format(first=boundary_text(start), last=boundary_text(end))
    text = boundary_text(start) if start == end else text
    return _("{span}, every year").format(span=text) if isinstance(start, YearDay) else text


def pause_text(days: DayRange) -> str:
    """Return the days of a pause: "03/05/2027–05/05/2027", or "from 03/05/2027 on"."""
    first, last = days
    if last == date.max:
        return _("from {first} on").format(first=short_date(first))
    return short_date(first) if first == last else f"{short_date(first)}–{short_date(last)}"


def moved_text(slot: Slot) -> str:
    """Return where a moved airing went and where it had been: "18:00 08/05/2027 (before: 17:00 07/05/2027)"."""
    new = f"{format_time(slot.at[0])} {boundary_text(slot.start)}" if slot.start else format_time(slot.at[0])
    if slot.moved_from is None:
        return new
    before = f"{format_time(slot.moved_from.at)} {short_date(slot.moved_from.day)}"
    return _("{new} (before: {before})").format(new=new, before=before)


def weekdays_text(days: frozenset[int]) -> str:
    """Return ISO weekdays as people write them: "T2–T6", "T7, CN", "every day"."""
    if len(days) == 7:
        return _("every day")
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [[_(SHORT_NAMES[day - 1]) for day in run] for run in runs]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in names)


# ---- lengths of time ---------------------------------------------------------------------------------------------


def length(span: timedelta | None) -> str:
    """Return a length as minutes and seconds, "1:05", from an hour on with hours; "?" where it is not known."""
    if span is None:
        return "?"
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def rate_text(slowest: int, fastest: int = 0) -> str:
    """Return a rate of speech, or a range of them; "" for 0, where none was measured."""
    if not slowest:
        return ""
    rates = f"{slowest}–{fastest}" if fastest > slowest else str(slowest)
    return _("{rates} syllables a minute").format(rates=rates)


def minutes_text(span: timedelta) -> str:
    """Return a length in minutes, with one decimal: "12.5"."""
    return f"{span / timedelta(minutes=1):.1f}"


def lateness(seconds: float | None) -> str:
    """Return how late a play began: "0.0 s", "1:05"; an empty text where it did not begin."""
    if seconds is None:
        return ""
    tenths = round(seconds, 1) + 0.0  # + 0.0 turns "-0.0" into "0.0"
    return f"{tenths:.1f} s" if abs(seconds) < 60 else length(timedelta(seconds=seconds))


def wait_text(wait: timedelta) -> str:
    """Return a wait in two units: days and hours, hours and minutes, or minutes and seconds."""
    if wait.days:
        return _("{days} d {hours} h").format(days=wait.days, hours=wait.seconds // 3600)
    hours, minutes = wait.seconds // 3600, wait.seconds % 3600 // 60
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=wait.seconds % 60)


# ---- plays -------------------------------------------------------------------------------------------------------


_MUTED: Mapping[MuteKind, str] = {
    MuteKind.OUTPUT: N_("the output was muted from {since} on, for {length}"),
    MuteKind.PROGRAM: N_("the computer's sound settings muted this program from {since} on, for {length}"),
    MuteKind.VOLUME: N_("the output was at {percent} % of its volume from {since} on, for {length}"),
}


def outcome_text(play: Play) -> str:
    """Return how a play ended; of one that went whole to a file or to silence that nobody heard it."""
    return _(_UNHEARD[play.device] if play.is_unheard else OUTCOMES[play.outcome])


def play_reason(play: Play) -> str:
    """Return why a play is as it is, and what of it nobody heard."""
    return "; ".join(part for part in (play.reason, muted_text(play.muted)) if part)


def muted_text(muted: MutedPart | None) -> str:
    """Return what of a play nobody heard, and why; "" where nothing is known of such a part."""
    if muted is None:
        return ""
    return _(_MUTED[muted.by]).format(
        since=to_second(muted.since).strftime("%H:%M:%S"),
        length=length(timedelta(seconds=muted.seconds)),
        percent=round(muted.volume * 100),
    )


# ---- scripts -----------------------------------------------------------------------------------------------------


def scripts_text(scripts: Sequence[str], repeat: int, languages: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the scripts of an occurrence in a line: "thong-diep-1, thong-diep-1.hmong (tiếng Mông) ×2".

    `languages`: of the scripts that are not in Vietnamese.
    """
    text = ", ".join(f"{id_} ({languages[id_]})" if id_ in languages else id_ for id_ in scripts)
    return f"{text} ×{repeat}" if repeat > 1 else text


def group_text(group: str) -> str:
    """Return which loudspeakers hear something: the id of a group, or "all"."""
    return group or _("all")


def titled(title: str, language: str) -> str:
    """Return a script's title with its language, "" for Vietnamese, behind it, unless it says so itself."""
    return title if language.casefold() in title.casefold() else f"{title} ({language})"


def languages_of(scripts: Mapping[str, Script]) -> dict[str, str]:
    """Return the languages of the scripts that are not in Vietnamese."""
    return {id_: script.language for id_, script in scripts.items() if script.language}
