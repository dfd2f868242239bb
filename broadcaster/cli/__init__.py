"""The command line: parse, call, print. This module holds the table of commands, and turns errors into exit codes.

Nothing is imported here that `--help` does not need.
"""

from __future__ import annotations

import io
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import LazyGroup, find_station, option
from broadcaster.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_, _, activate

if TYPE_CHECKING:
    from collections.abc import Sequence


_LANGUAGE = re.compile(r"""^\s*language\s*=\s*["'](\w+)["']""", re.MULTILINE)

COMMANDS = {
    "init": ("broadcaster.cli.init", N_("Make a new station, with the sample campaign.")),
    "config": ("broadcaster.cli.config", N_("Show every setting in force and where it comes from.")),
    "script": ("broadcaster.cli.script.group", N_("Scripts: write, list, read, render, listen, approve.")),
    "lexicon": ("broadcaster.cli.script.lexicon", N_("How words and abbreviations are read aloud.")),
    "voice": ("broadcaster.cli.script.voice", N_("Voices that read the scripts.")),
    "clip": ("broadcaster.cli.script.clip", N_("Rendered clips.")),
    "schedule": ("broadcaster.cli.schedule.group", N_("Campaigns and their slots: list, check, change.")),
    "plan": ("broadcaster.cli.schedule.plan", N_("Show what will play, and when.")),
    "why": ("broadcaster.cli.air.why", N_("Say why something plays, played, or does not.")),
    "rules": ("broadcaster.cli.schedule.rules", N_("Show the rules in force and where they come from.")),
    "check": ("broadcaster.cli.air.check", N_("Check on one page whether everything is ready for the next days.")),
    "rehearse": ("broadcaster.cli.air.rehearse", N_("Play a span of the plan in fast simulated time.")),
    "run": ("broadcaster.cli.air.run", N_("Run the desk: play every occurrence at its time.")),
    "stop": ("broadcaster.cli.air.orders", N_("Silence now.")),
    "skip": ("broadcaster.cli.air.orders", N_("End the airing that is on, or let one go that waits.")),
    "pause": ("broadcaster.cli.air.orders", N_("Silence now, and until a time.")),
    "resume": ("broadcaster.cli.air.orders", N_("End a pause.")),
    "now": ("broadcaster.cli.air.now", N_("Show what is on the air, what was last and what is next.")),
    "log": ("broadcaster.cli.records.log", N_("Show what was really played.")),
    "reconcile": ("broadcaster.cli.records.reconcile", N_("Compare the plan with what was played.")),
    "report": ("broadcaster.cli.records.report", N_("Write the report on a month: Word, Excel, HTML, CSV, JSON.")),
    "activity": ("broadcaster.cli.records.activity", N_("What was done besides broadcasting, for the report.")),
    "audit": ("broadcaster.cli.records.audit", N_("Prove that the play history is whole.")),
    "backup": ("broadcaster.cli.records.backup", N_("Copy the play history and check the copy.")),
    "restore": ("broadcaster.cli.records.backup", N_("Put a copy of the play history back.")),
    "device": ("broadcaster.cli.air.device", N_("Audio outputs.")),
    "demo": ("broadcaster.cli.air.demo", N_("See everything work in about a minute, in a separate folder.")),
}


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's call
    if asked and not context.resilient_parsing:
        from broadcaster import __version__
        from broadcaster.cli.show import say

        say(f"broadcaster {__version__}")
        context.exit()


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_("The broadcast desk of a commune: scripts become speech, play at their hour, and the history knows."),
    examples=["init dai-xa", "script render", "plan --week today", "run"],
)
@option(
    "--station",
    type=click.Path(path_type=Path),
    metavar=N_("DIR"),
    help=N_("The station's folder; without it, this folder or the nearest one above with a station.toml."),
)
@option("--lang", type=click.Choice(LANGUAGES), help=N_("Language of the texts; without it, the station's own."))
@option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help=N_("Show the version.")
)
@click.pass_context
def cli(context: click.Context, station: Path | None, lang: str | None) -> None:  # noqa: ARG001 - `run` has used lang
    """Store the station's folder; a command opens the station when it needs it."""
    context.obj = station


def main() -> None:
    """Run the program on the command line's arguments and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the program and return its exit code: 0, 1 (something went wrong), 2 (what was asked or written is wrong)."""
    _write_utf8()
    _write_log_lines()
    activate(_language(arguments))
    try:
        code = _guarded(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # `broadcaster log | head`: the reader has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _guarded(arguments: Sequence[str]) -> int:
    """Run the command; turn each family of errors into lines and an exit code, never into a traceback."""
    from broadcaster.errors import BroadcasterError

    try:
        return int(cli.main(args=list(arguments), prog_name="broadcaster", standalone_mode=False) or 0)
    except click.ClickException as error:
        return _misused(error)
    except click.Abort as error:
        return _stopped(error)
    except BroadcasterError as error:
        _report(error)
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the outermost handler: whatever it is, a person gets one line
        return _unforeseen(error)


def _misused(error: click.ClickException) -> int:
    """Return the exit code after click's own complaint, which repeats what was typed."""
    from broadcaster.cli.show import hint

    written = io.StringIO()
    error.show(written)
    hint(written.getvalue().rstrip("\n"))
    return error.exit_code


def _stopped(error: click.Abort) -> int:
    """Return the exit code after Ctrl-C (silent, the shell's own code) or after input that ended at a question."""
    if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
        return 130
    from broadcaster.cli.show import hint

    hint(_("Nothing was changed."))
    return 1


def _report(error: Exception) -> None:
    from broadcaster.errors import InputError

    if isinstance(error, InputError):
        from broadcaster.cli.problems import tell_problems

        tell_problems(error.problems)
    else:
        from broadcaster.cli.show import hint

        hint(_("Error: {message}").format(message=error))


def _unforeseen(error: Exception) -> int:
    from broadcaster.cli.show import hint

    if os.environ.get("BROADCASTER_TRACEBACK"):
        raise error
    if isinstance(error, OSError) and error.strerror:
        from broadcaster.os_reasons import os_text

        message = os_text(error)
    else:
        todo = _("this is a fault of the program; BROADCASTER_TRACEBACK=1 shows where")
        message = f"{type(error).__name__}: {error}; {todo}"
    hint(_("Error: {message}").format(message=message))
    return 1


def _write_utf8() -> None:
    """Write UTF-8 even where the console or the locale claims less; a letter that it lacks never ends the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _write_log_lines() -> None:
    """Let what the program logs beside an answer pass the same edge as the answer."""
    import logging

    from broadcaster.office.log_lines import LineFormatter

    if logging.lastResort is not None:
        logging.lastResort.setFormatter(LineFormatter("%(message)s"))


def _language(arguments: Sequence[str]) -> str:
    """Return the language of the texts: the option's, the environment's, the station's, or Vietnamese.

    Found before click parses anything, because click's own error messages must be in it too.
    """
    given = _leading_options(arguments)
    asked = given.get("--lang") or os.environ.get("BROADCASTER_LANG")
    if asked not in LANGUAGES:
        asked = _station_language(Path(given["--station"]) if "--station" in given else None)
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def _leading_options(arguments: Sequence[str]) -> dict[str, str]:
    """Return the values of `--lang` and `--station` given before the command's name."""
    found: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if not name.startswith("-"):
            break
        if name in ("--lang", "--station"):
            found[name] = value if equals else next(rest, "")
    return found


def _station_language(folder: Path | None) -> str | None:
    """Return the language that a station sets. Its file is searched, not parsed; its mistakes are reported later.

    Loading a TOML parser takes longer than all the rest of `--help`; only [station] has a key `language`.
    """
    path = find_station(folder) / "station.toml"
    try:
        text = path.read_text("utf-8-sig") if path.is_file() else ""  # reading a pipe would wait
    except (OSError, ValueError):
        return None
    found = _LANGUAGE.search(text)
    return found[1] if found else None
