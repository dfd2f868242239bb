"""`broadcaster script record` and `takes`: a person reads the text, and one of the takes airs in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from broadcaster.cli import asking
from broadcaster.cli.change_options import with_change_options
from broadcaster.cli.complete import complete_script
from broadcaster.cli.drawn_line import DrawnLine
from broadcaster.cli.enter_key import enter_pressed
from broadcaster.cli.frame import argument, command, option, pass_station, with_json
from broadcaster.cli.play_preview import hear, with_output
from broadcaster.cli.script.change_notes import say_what_is_lost, say_what_is_missing
from broadcaster.cli.show import Cell, Styled, hint, say, say_text, show_json, show_table
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.changes import actor_name
from broadcaster.office.find import find_script
from broadcaster.office.recording import Meter, expected_seconds, open_microphone, record_take
from broadcaster.office.script_changes import write_script
from broadcaster.office.takes import NO_TAKE, find_take, list_takes, sample_of, use_take
from broadcaster.office.wording import when
from broadcaster.office.wording_takes import fault_text, standing_notes
from broadcaster.speech.front_matter import body_of
from broadcaster.tomlfile import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.cli.change_options import ChangeOptions
    from broadcaster.office.recording import Recorded
    from broadcaster.office.takes import ListedTake
    from broadcaster.station.folder import Station

_CELLS = 24
_LOWEST, _TOO_LOUD = -60.0, -1.0  # dBFS: the left end of the bar, and what may be distorted


def complete_microphone(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the microphones that begin as typed."""
    from broadcaster.playout.sound.microphone import list_microphones

    return [each.name for each in list_microphones() if each.name.startswith(incomplete)]


@command(
    help=N_(
        "Record a person who reads a script, in place of a voice of the program. Enter ends it, or Ctrl-C, or "
        "--seconds. The silence around it is cut off; noise, distortion and a length that does not fit the text are "
        "told. It is kept as a take, beside those before it; script takes lists them, plays them, and chooses the one "
        "that airs."
    ),
    examples=["script record thong-diep-1", 'script record thong-diep-1 --device "USB Audio" --seconds 60'],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option(
    "--device",
    default="default",
    metavar=N_("DEVICE"),
    shell_complete=complete_microphone,
    help=N_("This microphone; see broadcaster device list."),
)
@option("--seconds", type=click.FloatRange(1, 14_400), metavar=N_("NUMBER"), help=N_("End it after so many seconds."))
@option("--as", "name_", metavar=N_("NAME"), help=N_("Who records it; without it, who is logged in."))
@pass_station
def record(station: Station, *, id_: str, device: str, seconds: float | None, name_: str | None) -> None:
    """Record a take."""
    script, name = find_script(station, id_), actor_name(name_)
    if seconds is None and not asking.is_person():
        what = _("nobody is here to say when the recording ends")
        raise InputError(Problem(what, _("say how long it is: --seconds 60")))
    expected = expected_seconds(station, script)
    microphone = open_microphone(device)
    say_text(body_of(read_text(script.path)).strip())
    say()
    ending = _("Enter ends it.") if seconds is None else _("It ends after {seconds:g} s.").format(seconds=seconds)
    say(_("Recording from {device}: read now. {ending}").format(device=microphone.device, ending=ending))
    with DrawnLine() as line:
        goes_on = _watch(line, seconds, expected, keys=asking.is_person())
        recorded = record_take(station, script, microphone, name, goes_on)
    _show_recorded(id_, recorded)


def _watch(line: DrawnLine, seconds: float | None, expected: float, *, keys: bool) -> Callable[[Meter], bool]:
    """Return what draws the meter and says whether the recording goes on."""
    shown = _LOWEST

    def goes_on(meter: Meter) -> bool:
        nonlocal shown
        shown = max(meter.level, shown - 2.0)  # falls slowly, so that the eye can follow
        line.draw(meter_text(meter.seconds, seconds or expected, shown))
        over = seconds is not None and meter.seconds >= seconds
        return not over and not (keys and enter_pressed())

    return goes_on


def meter_text(seconds: float, expected: float, level: float) -> str:
    """Return the line that is drawn while a recording goes on; narrower than 80 columns, and without odd signs."""
    filled = round(_CELLS * (max(level, _LOWEST) - _LOWEST) / -_LOWEST)
    bar = "#" * filled + "-" * (_CELLS - filled)
    note = _("TOO LOUD") if level > _TOO_LOUD else f"{level:.0f} dB"
    of = f" / {_minutes(expected)}" if expected else ""
    return f"{_minutes(seconds)}{of}  [{bar}] {note}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _show_recorded(id_: str, recorded: Recorded) -> None:
    take = recorded.take
    facts = take.facts
    text = _("Take {number}: {seconds:.1f} s, of {whole:.1f} s; voice {voice:.0f} dB, noise {noise:.0f} dB.")
    say(
        text.format(
            number=take.number, seconds=facts.seconds, whole=recorded.whole, voice=facts.voice, noise=facts.noise
        )
    )
    for fault in facts.faults:
        hint(_("Note: {finding}").format(finding=fault_text(fault)))
    say(_("Hear it: broadcaster script takes {id} --listen {number}").format(id=id_, number=take.number))
    say(
        _("Let it air in place of the text: broadcaster script takes {id} --use {number}").format(
            id=id_, number=take.number
        )
    )


@command(
    help=N_(
        "List what people have recorded of a script; --listen plays one, as script listen does; --use lets one air in "
        "place of the text, and 0 lets a voice read the text again. Which one airs is written into the script, so it "
        "is a change like any other, and what was not approved does not air where the station requires approval."
    ),
    examples=["script takes thong-diep-1", "script takes thong-diep-1 --listen 2", "script takes thong-diep-1 --use 2"],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option("--listen", "heard", type=click.IntRange(1), metavar=N_("NUMBER"), help=N_("Play this take."))
@option("--use", "used", type=click.IntRange(0), metavar=N_("NUMBER"), help=N_("Let this take air; 0: none."))
@with_output
@with_change_options
@with_json
@pass_station
def takes(
    station: Station,
    *,
    id_: str,
    heard: int | None,
    used: int | None,
    output: str | None,
    options: ChangeOptions,
    as_json: bool,
) -> int:
    """List takes, play one, choose one."""
    script = find_script(station, id_)
    if heard is not None and not hear(
        station, sample_of(find_take(station, script, heard), script), output, options.name
    ):
        return 1
    if used is not None:
        _use(station, id_, used, options)
    if heard is None and used is None:
        _show_takes(id_, list_takes(station, script), as_json=as_json)
    return 0


def _use(station: Station, id_: str, number: int, options: ChangeOptions) -> None:
    change = use_take(station, find_script(station, id_), number)
    say_what_is_lost(station, [(change.file, change.script)])
    if not options.agreed([change.file]):
        return
    write_script(station, change, options.actor, "takes")
    if number == NO_TAKE:
        say(_("{id}: a voice reads the text again.").format(id=id_))
    else:
        say(_("{id}: take {number} airs in place of the text.").format(id=id_, number=number))
    say_what_is_missing(station, change)


def _show_takes(id_: str, listed: list[ListedTake], *, as_json: bool) -> None:
    if as_json:
        show_json(list(map(_to_json, listed)))
    elif listed:
        columns = (_("take"), _("recorded"), _("recorded by"), _("length"), _("noise"), _("used"), _("notes"))
        show_table(columns, list(map(_row, listed)), right=(0, 3, 4))
    else:
        say(_("Nobody has recorded this script yet: broadcaster script record {id}").format(id=id_))


def _row(listed: ListedTake) -> list[Cell]:
    take, facts = listed.take, listed.take.facts
    notes = "; ".join([*standing_notes(listed), *map(fault_text, facts.faults)])
    return [
        str(take.number),
        when(facts.at),
        facts.by,
        f"{facts.seconds:.1f} s",
        f"{facts.noise:.0f} dB",
        Styled(_("yes"), "green") if listed.is_used else "",
        Styled(notes, "yellow"),
    ]


def _to_json(listed: ListedTake) -> dict[str, object]:
    take, facts = listed.take, listed.take.facts
    return {
        "number": take.number,
        "file": take.name,
        "sha256": take.sha256,
        "at": facts.at.isoformat(),
        "by": facts.by,
        "device": facts.device,
        "seconds": facts.seconds,
        "voice_db": facts.voice,
        "noise_db": facts.noise,
        "used": listed.is_used,
        "unchanged": listed.is_unchanged,
        "current": listed.is_of_this_text,
        "faults": [{"kind": str(fault.kind), "text": fault_text(fault)} for fault in facts.faults],
    }
