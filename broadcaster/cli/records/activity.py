"""`broadcaster activity`: what was done besides broadcasting, for the report's annex."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.frame import argument, group, option, pass_station, with_json
from broadcaster.cli.option_types import Whole, WordChoice
from broadcaster.cli.show import Cell, hint, say, show_json, show_table
from broadcaster.cli.window_options import with_window
from broadcaster.i18n import N_, _
from broadcaster.office.activity_edits import MOST, TypedActivity, add_activity, list_activities, remove_activity
from broadcaster.office.wording import short_date
from broadcaster.records.activities import ActivityKind

if TYPE_CHECKING:
    from broadcaster.office.window import TypedWindow
    from broadcaster.records.activities import Activity
    from broadcaster.station.folder import Station

with_name = option("--as", "name", metavar=N_("NAME"), help=N_("Who enters it; without it, who is logged in."))


@group(
    help=N_("What was done besides broadcasting: banners, articles, a launch; reports list it in an annex."),
    examples=["activity list --month 5/2027"],
)
def activity() -> None:
    """Hold the commands."""


@activity.command(
    help=N_(
        "Enter what was done. The kinds are those of letter 1192/BHXH-TT, section 3: banner, slogan, pennant (3.1); "
        "article, reportage, special-page, column, radio-story, radio-skit: with the local press (3.2); web-article: "
        "on the web portal (3.4); launch, other (3.5)."
    ),
    examples=[
        'activity add --date 2027-05-12 --kind banner --count 3 --text "Băng rôn BHXH tự nguyện" --place "Cổng chợ"',
        'activity add --date 15/5/2027 --kind article --text "Tin trên báo tỉnh" --topic bhxh-tu-nguyen',
    ],
)
@option("--date", "day", metavar=N_("DAY"), required=True, help=N_("The day on which it was done; none to come."))
@option("--kind", type=WordChoice({kind: kind.words for kind in ActivityKind}), required=True, help=N_("What it was."))
@option("--count", type=Whole(1, MOST), default=1, metavar=N_("NUMBER"), help=N_("How many; without it, one."))
@option("--text", required=True, metavar=N_("TEXT"), help=N_("What was done, in a few words."))
@option("--place", default="", metavar=N_("TEXT"), help=N_("Where."))
@option("--topic", default="", metavar=N_("TOPIC"), help=N_("The topic that it is about, such as bhxh-tu-nguyen."))
@option("--source", default="", metavar=N_("TEXT"), help=N_("The letter that asks for it, such as 1192/BHXH-TT."))
@with_name
@pass_station
def add(
    station: Station,
    *,
    day: str,
    kind: str,
    count: int,
    text: str,
    place: str,
    topic: str,
    source: str,
    name: str | None,
) -> None:
    """Enter one."""
    added = add_activity(station, TypedActivity(day, kind, count, text, place, topic, source), name)
    say(_("Entered as number {number}: {what}").format(number=added.number, what=_line(added)))
    if added.topic and not added.topic_title:
        hint(_('Note: the topic "{topic}" has no title under [topics] in station.toml.').format(topic=added.topic))


@activity.command(
    "list",
    help=N_("Show what was entered, also what was taken back, and why: all of it, or that of the days that you name."),
    examples=["activity list", "activity list --month 5/2027"],
)
@with_window
@with_json
@pass_station
def list_(station: Station, *, typed: TypedWindow, as_json: bool) -> None:
    """Show them."""
    found = list_activities(station, typed)
    if as_json:
        show_json([_to_json(each) for each in found])
    elif found:
        columns = (_("number"), _("date"), _("kind"), _("count"), _("what"), _("place"), _("topic"), _("source"))
        show_table([*columns, _("by"), _("withdrawn")], [_row(each) for each in found], right=(0, 3))
    else:
        say(_("Nothing was entered."))


@activity.command(
    help=N_(
        "Take back what was entered by mistake. Nothing is deleted: the play history keeps both, and who took it back "
        "and why. To correct an entry, take it back and enter it again."
    ),
    examples=['activity remove 3 --reason "Nhập trùng"'],
)
@argument("number", type=Whole(min=1), metavar=N_("NUMBER"))
@option("--reason", required=True, metavar=N_("TEXT"), help=N_("Why; it is written into the play history."))
@with_name
@pass_station
def remove(station: Station, *, number: int, reason: str, name: str | None) -> None:
    """Withdraw one."""
    taken = remove_activity(station, number, reason, name)
    say(_("Taken back, number {number}: {what}").format(number=number, what=_line(taken)))


def _line(of: Activity) -> str:
    kind = _(of.kind.words)
    return f"{short_date(of.day)}, {kind}, {of.count}: {of.text}"


def _row(of: Activity) -> list[Cell]:
    gone = f"{of.withdrawn.by}: {of.withdrawn.reason}" if of.withdrawn else ""
    topic = of.topic_title or of.topic
    kind = _(of.kind.words)
    return [str(of.number), short_date(of.day), kind, str(of.count), of.text, of.place, topic, of.source, of.by, gone]


def _to_json(of: Activity) -> dict[str, object]:
    gone = of.withdrawn
    return {
        **of.facts,
        "by": of.by,
        "withdrawn": {"at": gone.at.isoformat(), "by": gone.by, "reason": gone.reason} if gone else None,
    }
