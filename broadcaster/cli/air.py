"""`broadcaster run`, `rehearse` and `demo`: what puts sound on the air, and what only pretends to."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import argument, command, find_station, option, pass_station
from broadcaster.cli.init import make_station
from broadcaster.cli.live import LiveLine, LogAbove
from broadcaster.cli.log import reconciliation_to_json, show_plays, show_reconciliation
from broadcaster.cli.show import hint, say, short_date, show_json
from broadcaster.cli.window import Asked, Window, read_window, with_window
from broadcaster.files import replace_file
from broadcaster.i18n import N_, _
from broadcaster.program import command_line, start_command
from broadcaster.records.reconcile import Ruling
from broadcaster.settings import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from broadcaster.playout.waiting import Status
    from broadcaster.settings import Settings
    from broadcaster.station import Adjust, Station

AIRED_FOLDER = "aired"
"""Where the file output writes, below the station or the rehearsal."""
LOG_BYTES = 1_000_000
LOG_FILES = 5
DEMO_CAMPAIGN = "demo"
DEMO_SCRIPT = "phat-thu"
DEMO_SPEECH = timedelta(seconds=50)
"""How much the demo lets be heard: with rendering and the cue it stays under a minute and a half."""
DEMO_GAP = timedelta(seconds=2)


# ---- run -------------------------------------------------------------------------------------------------------


@command(
    help=N_(
        "Run the desk: play every occurrence of the plan at its time, until Ctrl-C. Edits of scripts and schedules "
        "take effect within two seconds. What was played, and what was not, is written into the play history."
    ),
    examples=["run", "run --output file"],
)
@option(
    "--output",
    metavar=N_("DEVICE"),
    help=N_('Use this output, not those of station.toml: a device\'s name, "file" or "silent".'),
)
@option("--trust-clock", is_flag=True, help=N_("Air although the clock shows a time before the last record."))
def run(output: str | None, *, trust_clock: bool) -> None:
    """Run the daemon in the foreground, with a line of what is on where somebody looks."""
    from broadcaster.playout import daemon
    from broadcaster.station import open_station

    station = open_station(find_station(click.get_current_context().obj), adjust=_with_output(output))
    with LiveLine() as line:
        _log_to(station, line)
        daemon.run(station, line.show, trust_clock=trust_clock)


def _with_output(output: str | None) -> Adjust:
    def adjust(settings: Settings) -> Settings:
        return replace(settings, output=replace(settings.output, devices=(output,))) if output else settings

    return adjust


def _log_to(station: Station, line: LiveLine) -> None:
    """Log to stderr and, for a month that nobody watches, to files in `state/` that never outgrow the disk."""
    station.state_folder.mkdir(parents=True, exist_ok=True)
    path = station.state_folder / "broadcaster.log"
    kept = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    shown = LogAbove(line)
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
    logger = logging.getLogger("broadcaster")
    logger.setLevel(logging.INFO)
    for handler in (kept, shown):
        handler.setFormatter(formatter)
        logger.addHandler(handler)


# ---- rehearse --------------------------------------------------------------------------------------------------


@command(
    help=N_(
        "Play a span of the plan in fast simulated time: a month within a minute, through the same desk, into a play "
        "history of its own. Shows what will air, what a rule will block, and what has to wait."
    ),
    examples=["rehearse --from 2027-05-01 --to 2027-05-31", "rehearse --month 5/2027 --output file"],
)
@with_window
@option(
    "--output",
    type=click.Choice(("silent", "file")),
    default="silent",
    help=N_('"file" writes every play as WAV, "silent" only keeps time.'),
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def rehearse(station: Station, *, asked: Asked, output: str, as_json: bool) -> int:
    """Render what is missing, rehearse, and hold the plan against what came of it."""
    from broadcaster.cli.sound import render_all
    from broadcaster.playout import rehearsal
    from broadcaster.records.ledger import Ledger
    from broadcaster.records.reconcile import reconcile_window

    window = read_window(asked, station.now().date(), station.settings.timezone, _next_month(station))
    render_all(station)
    with _progress(window, quiet=as_json) as progress:
        folder = rehearsal.rehearse(station, window.start, window.end, output, progress)
    with Ledger.open(folder / "broadcaster.db", read_only=True) as ledger:
        found = reconcile_window(ledger, window.start, window.end, window.end + timedelta(days=1))
    if as_json:
        show_json(reconciliation_to_json(found))
    else:
        show_reconciliation(found)
        hint(_("The rehearsal's own play history: {folder}").format(folder=folder))
    return 0 if found.planned == found.totals[Ruling.ON_TIME] + found.totals[Ruling.LATE] else 1


def _next_month(station: Station) -> tuple[date, date]:
    today = station.now().date()
    return today, today + timedelta(days=30)


@contextmanager
def _progress(window: Window, *, quiet: bool) -> Iterator[Callable[[datetime], None]]:
    """Show how far simulated time is, where somebody looks."""
    if quiet or not sys.stderr.isatty():
        yield lambda _now: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=(window.end - window.start).total_seconds())

        def show(now: datetime) -> None:
            gone = (now - window.start).total_seconds()
            bar.update(task, completed=gone, description=short_date(now.date()))

        yield show


# ---- demo ------------------------------------------------------------------------------------------------------


@command(
    help=N_(
        "See everything work in about a minute: make a station with the sample campaign, turn its scripts into speech, "
        "schedule two of them to begin in a few seconds, play them on the loudspeaker, and show the play history."
    ),
    examples=["demo", "demo thu-nghiem --output file"],
)
@argument("folder", metavar=N_("DIR"), default="demo-station", type=click.Path(path_type=Path))
@option("--output", metavar=N_("DEVICE"), help=N_('Play on this output: a device\'s name, "file" or "silent".'))
def demo(folder: Path, output: str | None) -> int:
    """Run the whole line once, on a station that can be used on."""
    from broadcaster.cli.sound import render_all
    from broadcaster.playout import daemon
    from broadcaster.station import STATION_FILE, open_station

    if not (folder / STATION_FILE).exists():
        make_station(folder)
    say(_("1. A station with the sample campaign: {folder}").format(folder=folder))
    _greet(folder / "scripts" / f"{DEMO_SCRIPT}.md")
    station = open_station(folder, adjust=_for_demo(_with_output(output or _demo_output())))
    say(_("2. Scripts become speech, ahead of time"))
    render_all(station)
    begin = station.now()
    planned = _schedule_demo(station)
    say(_("3. Scheduled to begin in a few seconds; the desk is on duty (Ctrl-C ends it)"))
    with LiveLine() as line:
        daemon.run(station, lambda status: line.tell_starts(status) and _goes_on(status))
    say(_("4. The play history knows what was heard"))
    with station.ledger(read_only=True) as ledger:
        rows = ledger.played(begin, begin + timedelta(hours=1))
    show_plays(rows, station)
    _say_where(station)
    return 0 if len(rows) == planned and all(row.body["outcome"] == "aired" for row in rows) else 1


def _greet(path: Path) -> None:
    """Write a few words of the demo's own: what a loudspeaker that was silent so far says first."""
    text = """+++
title = "Phát thử"
+++
Xin chào bà con! Đây là buổi phát thử của đài truyền thanh xã. Mời bà con nghe một bản tin mẫu.
"""
    if not path.exists():
        replace_file(path, text.encode())


def _for_demo(adjust: Adjust) -> Adjust:
    """Let the demo be heard at any hour: its own run knows no quiet hours, the station it leaves behind does."""

    def adjusted(settings: Settings) -> Settings:
        all_day = dict.fromkeys(WEEKDAYS, ((time.min, time.max),))
        return replace(adjust(settings), rules=replace(settings.rules, hours=all_day, quiet_days=frozenset()))

    return adjusted


def _demo_output() -> str:
    """Return the default loudspeaker; where there is none, files, and say so."""
    from broadcaster.errors import PlayoutError
    from broadcaster.playout.device import list_devices

    try:
        if list_devices():
            return "default"
    except PlayoutError as error:
        say(str(error))
    say(_("No audio device was found: what would be heard is written to WAV files instead."))
    return "file"


def _schedule_demo(station: Station) -> int:
    """Write a campaign of today that begins in a few seconds; return how many occurrences it has."""
    airing = station.settings.airing.lead + station.settings.output.warm_up
    begin = station.now().replace(microsecond=0) + airing + timedelta(seconds=3)
    slots = []
    for number, (script, span) in enumerate(_demo_clips(station), start=1):
        slots.append(
            f'\n[[slot]]\nid = "luot-{number}"\nat = ["{begin:%H:%M:%S}"]\n'
            f'from = "{begin:%Y-%m-%d}"\nto = "{begin:%Y-%m-%d}"\nscripts = ["{script}"]\n'
        )
        begin = (begin + span + DEMO_GAP).replace(microsecond=0) + timedelta(seconds=1)
    title, today = _("Demo"), station.now().date()
    head = f'title = "{title}"\nfrom = "{today}"\nto = "{today + timedelta(days=1)}"\n'
    replace_file(station.schedules_folder / f"{DEMO_CAMPAIGN}.toml", (head + "".join(slots)).encode())
    return len(slots)


def _demo_clips(station: Station) -> list[tuple[str, timedelta]]:
    """Return the shortest scripts, as many as fit into what the demo lets be heard, at least one."""
    renderer = station.renderer()
    clips = [clip for script in station.scripts()[0].values() if (clip := renderer.find(script))]
    chosen: list[tuple[str, timedelta]] = []
    for clip in sorted(clips, key=lambda clip: clip.frames):
        if not chosen or sum((span for _id, span in chosen), clip.length) <= DEMO_SPEECH:
            chosen.append((clip.script, clip.length))
    return chosen


def _goes_on(status: Status) -> bool:
    """Tell whether the demo has something on or before it."""
    return status.on_air is not None or (status.next is not None and status.next.campaign == DEMO_CAMPAIGN)


def _say_where(station: Station) -> None:
    say()
    say(_("The station is yours: {folder}").format(folder=station.root))
    if (station.root / AIRED_FOLDER).is_dir():
        say(_("What was heard: {folder}").format(folder=station.root / AIRED_FOLDER))
    say(_("Go on with:"))
    for line in (command_line("cd", str(station.root)), f"{start_command()} plan --month 5", f"{start_command()} run"):
        say(f"  {line}")
