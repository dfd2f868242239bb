"""`broadcaster audit`: whether the play history is the one that was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.frame import group, option, pass_station
from broadcaster.cli.show import say, show_json, show_table
from broadcaster.i18n import N_, _

if TYPE_CHECKING:
    from broadcaster.records.verify import VerifyReport
    from broadcaster.station import Station


@group(help=N_("Prove that the play history is whole."), examples=["audit verify"])
def audit() -> None:
    """Hold the commands."""


@audit.command(
    help=N_(
        "Read the whole play history and check that every row follows from the one before it, that none was changed, "
        "and that every planned occurrence has its outcome. Leaves with 1 where something is wrong."
    ),
    examples=["audit verify", "audit verify --file broadcaster-2027.db", "audit verify --json"],
)
@option(
    "--file",
    "path",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Another play history than the station's own, such as a copy."),
)
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def verify(station: Station, path: Path | None, *, as_json: bool) -> int:
    """Check the ledger."""
    from broadcaster.records.verify import verify as verify_ledger

    report = verify_ledger(path or station.ledger_path)
    if as_json:
        show_json(_to_json(report))
    else:
        _show(report)
    return 0 if report.ok else 1


def _to_json(report: VerifyReport) -> dict[str, object]:
    return {
        "ok": report.ok,
        "chain_ok": report.chain_ok,
        "rows": report.rows,
        "head": {"seq": report.head.seq, "hash": report.head.hash},
        "first_at": report.first_at,
        "last_at": report.last_at,
        "counts": {str(fault): count for fault, count in report.counts.items()},
        "breaks": [{"seq": b.seq, "fault": str(b.fault), "what": b.what} for b in report.breaks],
        "summary": report.summary,
    }


def _show(report: VerifyReport) -> None:
    if report.breaks:
        show_table((_("row"), _("what is wrong")), [(str(b.seq), b.what) for b in report.breaks], right=(0,))
        untold = sum(report.counts.values()) - len(report.breaks)
        if untold > 0:
            say(_("… and {count} more.").format(count=untold))
        say()
    say(report.summary)
    say(
        _("Last row: {seq}, written {at}, hash {hash}").format(
            seq=report.head.seq, at=report.last_at, hash=report.head.hash
        )
    )
