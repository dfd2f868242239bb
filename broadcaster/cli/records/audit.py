"""`broadcaster audit`: whether the play history is the one that was written, and what proves it elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import group, open_even_if_wrong, option, pass_station_even_if_wrong, with_json
from broadcaster.cli.out_file import say_written, with_out, write_file
from broadcaster.cli.records.audit_json import bundle_json, report_json, review_json, verify_json
from broadcaster.cli.show import hint, say, say_text, show_json, show_table
from broadcaster.cli.window_options import with_window
from broadcaster.errors import InputError
from broadcaster.i18n import N_, _
from broadcaster.office.audit import (
    CheckpointText,
    export_history,
    find_checkpoint,
    find_key,
    is_bundle,
    named_history,
    take_checkpoint,
    verify_export,
    verify_history,
)
from broadcaster.office.audit_review import review_file, review_window
from broadcaster.office.report_check import check_report, check_typed
from broadcaster.office.wording_audit import break_text, broken_text, remark_text, summary_text
from broadcaster.office.wording_audit_files import fault_text, files_text
from broadcaster.office.wording_audit_review import page
from broadcaster.office.wording_report import report_sentences, signed_rows
from broadcaster.station.folder import system_clock

if TYPE_CHECKING:
    from datetime import datetime

    from broadcaster.office.window import TypedWindow
    from broadcaster.records.bundle import BundleReport
    from broadcaster.records.verify_report import VerifyReport
    from broadcaster.station.folder import Station

STDIN = "-"


@group(
    help=N_("Prove that the play history is whole."),
    examples=["audit verify", "audit review", "audit checkpoint", "audit export --out kiem-toan.zip"],
)
def audit() -> None:
    """Hold the commands."""


# ---- verify --------------------------------------------------------------------------------------------------------


@audit.command(
    help=N_(
        "Read the whole play history and check that every row follows from the one before it, that none was changed, "
        "that every planned occurrence has its outcome, and that nothing in the file hides rows from queries; with a "
        "checkpoint that was kept elsewhere, also that nothing was cut off or rewritten. The station's own checkpoints "
        "are compared by themselves. Of an export also its files: their sums and the signature of those, and each "
        "table made anew and compared. Leaves with 1 where something is wrong; what should only be asked about is "
        "told. Only reads, also while the daemon writes, and needs no station where a file is named."
    ),
    examples=[
        "audit verify",
        "audit verify --checkpoint 2027-05.txt",
        "audit verify --file kiem-toan.zip --checkpoint 2027-05.txt --key checkpoint.pub",
        "audit verify --file broadcaster.db --checkpoint - --key checkpoint.pub",
        "audit verify --json",
    ],
)
@option(
    "--file",
    "path",
    metavar=N_("FILE"),
    type=click.Path(path_type=Path),
    help=N_("Another play history than the station's own: a copy, or an export, as a zip file or a folder."),
)
@option(
    "--checkpoint",
    "checkpoints",
    metavar=N_("FILE"),
    multiple=True,
    help=N_(
        "A checkpoint to check it against: a file, the text itself, or - to type it in from paper, "
        "whole or in its short form; may be given several times."
    ),
)
@option(
    "--key",
    metavar=N_("KEY"),
    help=N_("The public key, as a file or as its line; without it, the one in the folder of the play history."),
)
@with_json
def verify(path: Path | None, checkpoints: tuple[str, ...], key: str | None, *, as_json: bool) -> int:
    """Check the ledger."""
    ledger, now = (named_history(path), None) if path else _own_history()
    signed_with = find_key(ledger, key)  # before a checkpoint is typed in: a wrong key is told at once
    given = [_given(source) for source in checkpoints]
    if is_bundle(ledger):
        return _tell_bundle(verify_export(ledger, given, signed_with), as_json=as_json)
    report = verify_history(ledger, given, signed_with, now)
    if as_json:
        show_json(verify_json(report))
    else:
        _show(report)
    return 0 if report.ok else 1


def _own_history() -> tuple[Path, datetime]:
    """Return the station's own play history, and what time it is there."""
    station = open_even_if_wrong()
    return station.ledger_path, station.now()


def _tell_bundle(report: BundleReport, *, as_json: bool) -> int:
    if as_json:
        show_json(bundle_json(report))
    else:
        if report.faults:
            show_table((_("file"), _("what is wrong")), [(fault.name, fault_text(fault)) for fault in report.faults])
            say()
        say(files_text(report))
        _show(report.history)
    return 0 if report.ok else 1


def _given(source: str) -> CheckpointText:
    """Return a checkpoint from the standard input, from a file or from the command line."""
    if source != STDIN:
        return find_checkpoint(source)
    if sys.stdin.isatty():
        hint(_("Type the checkpoint, then an end of file (Ctrl-D; on Windows Ctrl-Z and Enter):"))
    return CheckpointText(sys.stdin.buffer.read().decode(errors="replace"))


def _show(report: VerifyReport) -> None:
    _show_rows(_("what is wrong"), [(b.seq, break_text(b)) for b in report.breaks], sum(report.counts.values()))
    remarks = [(r.seq, remark_text(r)) for r in report.remarks]
    _show_rows(_("what to ask about"), remarks, sum(report.remark_counts.values()))
    say(summary_text(report))
    say(
        _("Last row: {seq}, written {at}, hash {hash}").format(
            seq=report.head.seq, at=report.last_at, hash=report.head.hash
        )
    )


def _show_rows(heading: str, rows: list[tuple[int, str]], count: int) -> None:
    """Show what was found by row, "-" for the whole file, and how much more there is."""
    if not rows:
        return
    show_table((_("row"), heading), [(str(seq or "-"), text) for seq, text in rows], right=(0,))
    if count > len(rows):
        say(_("… and {count} more.").format(count=count - len(rows)))
    say()


# ---- review --------------------------------------------------------------------------------------------------------


@audit.command(
    help=N_(
        "Show what an auditor should look at first: outcomes without a cue or entered long after their hour, days with "
        "far fewer minutes than planned, late starts, edits within an hour of air, texts approved by who wrote them, "
        "other devices, a clock that was set, hours without a sign of life. Each with its rows, what it may mean, and "
        "what may be behind it all the same."
    ),
    examples=[
        "audit review",
        "audit review --month 5/2027 --out can-xem.md",
        "audit review --file kiem-toan.zip",
    ],
)
@with_window
@option(
    "--file",
    "path",
    metavar=N_("FILE"),
    type=click.Path(path_type=Path),
    help=N_("Another play history than the station's own: a copy, or an export, as a zip file or a folder."),
)
@with_out(N_("Write the page to a file; without it, it is printed."))
@with_json
def review(*, typed: TypedWindow, path: Path | None, out: Path | None, as_json: bool) -> None:
    """Show what is unusual."""
    station: Station | None = None
    if path:
        ledger = named_history(path)
    else:
        station = open_even_if_wrong()
        ledger = station.ledger_path
    found = review_file(ledger, review_window(station, typed))
    if as_json:
        show_json(review_json(found))
        return
    text = page(found, station.settings.name if station else "", station.now() if station else system_clock())
    if out:
        write_file(out, text.encode())
    else:
        say_text(text)


# ---- checkpoint ----------------------------------------------------------------------------------------------------


@audit.command(
    help=N_(
        "Sign how many rows the play history has now and the hash of the last one. Keep what is printed away from this "
        "computer: `audit verify --checkpoint` proves with it that nothing up to here was changed or cut off."
    ),
    examples=["audit checkpoint", "audit checkpoint --out 2027-05-31.txt"],
)
@with_out(N_("Write it to a file; without it, it is printed."))
@option("--anyway", is_flag=True, help=N_("Sign also a play history that is not as it was written."))
@pass_station_even_if_wrong
def checkpoint(station: Station, *, out: Path | None, anyway: bool) -> None:
    """Make one, keep a copy in the station, and print it."""
    taken = take_checkpoint(station, anyway=anyway)
    if taken.checkpoint.broken:
        hint(broken_text(taken.checkpoint.broken))
    if out:
        write_file(out, taken.note.encode())
    else:
        say_text(taken.note)
    hint(_("Short form, for typing: {short}").format(short=taken.checkpoint.short))
    hint(_("Public key: {key}").format(key=taken.key.text))
    hint(_("A copy is kept in {path}; it proves something only where others keep one too.").format(path=taken.path))


# ---- report --------------------------------------------------------------------------------------------------------


@audit.command(
    help=N_(
        "Check a report: the signature on it, the figures that were signed with it, and, where the play history is at "
        "hand, the same figures counted again and the file compared with the one that they make, cell by cell and "
        "sentence by sentence. REPORT is the file of a report (docx, xlsx, html, json), a file with the checkpoint "
        "that is printed on it, or - to type that in from paper. The last line is the verdict; exits with 1 if "
        "something does not fit."
    ),
    examples=[
        "audit report bao-cao-2027-05.docx",
        "audit report bao-cao-2027-05.json --file broadcaster.db --key checkpoint.pub",
        "audit report bao-cao-2027-05.docx --template mau-bao-cao.docx",
        "audit report -",
    ],
)
@click.argument("given", metavar=N_("REPORT"))
@option(
    "--file",
    "path",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Another play history than the station's own, such as a copy."),
)
@option(
    "--key",
    metavar=N_("KEY"),
    help=N_("The public key, as a file or as its line; without it, the one in the folder of the play history."),
)
@option(
    "--template",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("The Word template that the report was made with, where it is not the shipped one."),
)
@with_json
def report(given: str, *, path: Path | None, key: str | None, template: Path | None, as_json: bool) -> int:
    """Say what is signed, and what does not fit."""
    ledger = named_history(path) if path else _station_history()
    signed_with = find_key(ledger or Path(), key) if ledger or key else None
    if given == STDIN:
        found = check_typed(_given(STDIN).text, ledger, signed_with)
    else:
        found = check_report(given, ledger, signed_with, template)
    if as_json:
        show_json(report_json(found))
    else:
        show_table((_("signed"), ""), signed_rows(found.signed))
        say()
        for sentence in report_sentences(found):
            say(sentence)
    return 0 if found.ok else 1


def _station_history() -> Path | None:
    """Return the station's play history; None where there is none: an auditor may have the paper alone."""
    try:
        path = open_even_if_wrong().ledger_path
    except InputError:
        return None
    return path if path.exists() else None


# ---- send ----------------------------------------------------------------------------------------------------------


@audit.command(
    help=N_(
        "Take a checkpoint and send it where [copies] in station.toml says: a folder, addresses, a web server, a "
        "timestamp authority. Leaves with 1 where it could not go to one of them; the running desk tries that again, "
        "as it takes and sends one every day."
    ),
    examples=["audit send", "audit send --daily"],
)
@option("--daily", is_flag=True, help=N_("Take one only where the last is old enough, as the running desk does."))
@pass_station_even_if_wrong
def send(station: Station, *, daily: bool) -> int:
    """Send it, and say where it went."""
    from broadcaster.office.send_copies import send_copies
    from broadcaster.office.wording_copies import trouble_text, trouble_todo

    sent = send_copies(station, daily=daily)
    for target in sent.done:
        say(_("Sent: {to}").format(to=target.to))
    for trouble in sent.failed:
        text, todo = trouble_text(trouble), trouble_todo(trouble)
        hint(_("Not sent: {to}: {reason}; {todo}").format(to=trouble.target.to, reason=text, todo=todo))
    if not sent.done and not sent.failed:
        hint(_("There was nothing to send."))
    return 1 if sent.failed else 0


# ---- export --------------------------------------------------------------------------------------------------------


@audit.command(
    help=N_(
        "Make a folder or a zip file for an auditor: a copy of the play history as it is now, its tables for "
        "spreadsheets, the texts, every version of campaigns and scripts, the program's log, all checkpoints and a new "
        "one, the public key, and a guide in Vietnamese to checking it without this program. Neither the private key "
        "nor station.toml is included."
    ),
    examples=["audit export", "audit export --out kiem-toan.zip", "audit export --clips --out /media/usb/kiem-toan"],
)
@option(
    "--out",
    metavar=N_("DIR|ZIP"),
    type=click.Path(path_type=Path),
    help=N_("A new folder, or a new file that ends in .zip; without it, a dated zip file in this folder."),
)
@option("--clips", is_flag=True, help=N_("Also the sounds that were made of the texts."))
@pass_station_even_if_wrong
def export(station: Station, out: Path | None, *, clips: bool) -> int:
    """Make it, and say what the check of the copy found."""
    exported = export_history(station, out, clips=clips)
    say_written(exported.path)
    for path in exported.left_out:
        hint(_("Not copied, because it cannot be read or is no plain file: {path}").format(path=path))
    say(summary_text(exported.report))
    hint(_("Short form of its checkpoint: {short}").format(short=exported.taken.checkpoint.short))
    return 0 if exported.report.ok else 1
