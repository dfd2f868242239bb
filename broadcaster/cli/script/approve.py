"""`broadcaster script approve` and `revoke`: who stands by which text, after having read it as it will be said."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING

import click

from broadcaster.cli.change_options import ChangeOptions, is_person
from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.script.listen import UNKNOWN, hear, ready_clip
from broadcaster.cli.script.reading import read_paragraphs, show_reading
from broadcaster.cli.show import hint, say
from broadcaster.errors import InputError, PlayoutError, Problem, RenderError
from broadcaster.i18n import N_, _
from broadcaster.office.find import find_by_id
from broadcaster.office.wording import length

if TYPE_CHECKING:
    from broadcaster.cli.script.reading import ReadParagraph
    from broadcaster.models import Clip, Script
    from broadcaster.records.approvals import Approval, Approvals
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Approve the text of scripts. Each one's text is shown first as it will be said, with its clip, which --listen "
        "plays. What is approved is this very text: an edit withdraws the approval by itself. Who wrote a text does "
        "not approve it, unless four_eyes = false stands in station.toml."
    ),
    examples=["script approve thong-diep-1 --listen", 'script approve thong-diep-1 --as "Nguyễn Thị Lan" --yes'],
)
@argument("ids", metavar=N_("ID..."), nargs=-1, required=True, shell_complete=complete_script)
@option("--as", "name_", metavar=N_("NAME"), help=N_("Who approves it; without it, who is logged in."))
@option("--yes", is_flag=True, help=N_("Approve without asking, after having read and heard it."))
@option("--listen", is_flag=True, help=N_("Play the clip first, off the air."))
@pass_station
def approve(station: Station, *, ids: tuple[str, ...], name_: str | None, yes: bool, listen: bool) -> int:
    """Approve texts, one after the other."""
    from broadcaster.records.approvals import Approvals

    scripts, problems = station.scripts()
    chosen = [find_by_id(scripts, id_, problems, _(UNKNOWN)) for id_ in dict.fromkeys(ids)]
    approvals, name = Approvals.of(station.ledger_path), ChangeOptions(dry_run=False, yes=yes, name=name_).actor
    if faults := [fault for script in chosen for fault in _faults(station, script, approvals, name)]:
        raise InputError(*faults)
    if not yes and not is_person():
        raise InputError(Problem(_("nobody is here to be asked"), _("read and hear it, then say --yes")))
    made = [_approved(station, script, approvals, name, yes=yes, listen=listen) for script in chosen]
    return 0 if all(made) else 1


def _faults(station: Station, script: Script, approvals: Approvals, name: str) -> list[Problem]:
    """Return why this person may not approve this text."""
    from broadcaster.records.approvals import fold
    from broadcaster.speech.script_templates import gaps
    from broadcaster.tomlfile import read_text

    if missing := next(gaps(read_text(script.path)), ""):
        what = _("still to be written: {gap}").format(gap=missing)
        return [Problem(what, _("see broadcaster script edit {id}").format(id=script.id), script.path)]
    if not station.settings.approval.four_eyes:
        return []
    writers = {fold(writer) for writer in (script.author, *approvals.writers(script.id)) if writer.strip()}
    if not writers:
        todo = _('write author = "…" into the front matter')
        return [Problem(_("it is not known who wrote it, so nobody else can be told apart"), todo, script.path)]
    if fold(name) in writers:
        what = _("{name} wrote this text and cannot approve it").format(name=name)
        return [Problem(what, _("let somebody else read and approve it: --as NAME"), script.path)]
    return []


def _approved(station: Station, script: Script, approvals: Approvals, name: str, *, yes: bool, listen: bool) -> bool:
    """Show one text, play it, ask, and enter the answer."""
    verdict = approvals.verdict(script.id, script.digest)
    if verdict.holds and verdict.row is not None:
        say(_("{id}: this text is approved already, by {name}.").format(id=script.id, name=verdict.row.actor))
        return True
    parts = read_paragraphs(station.renderer(), script)
    say(f"{script.id}: {script.title}")
    say()
    show_reading(parts)
    clip = _clip(station, script)
    if clip is not None and (listen or (not yes and click.confirm(_("Hear it now?"), default=True))):
        _hear(station, clip)
    if not yes and not click.confirm(_("Approve this text as {name}?").format(name=name), default=False):
        say(_("Nothing was changed."))
        return False
    return _enter(station, _yes(script, parts), name)


def _yes(script: Script, parts: list[ReadParagraph]) -> Approval:
    from broadcaster.records.approvals import Approval, Decision

    spoken = hashlib.sha256("\n".join(part.spoken for part in parts).encode()).hexdigest()
    return Approval(script.id, script.digest, script.title, Decision.APPROVED, spoken)


def _clip(station: Station, script: Script) -> Clip | None:
    """Name the script's clip, made now where there is none; a voice that will not speak does not stop the reading."""
    try:
        clip = ready_clip(station, script)
    except RenderError as error:
        hint(_("{script}: failed: {reason}").format(script=script.id, reason=error))
        return None
    say(_("Clip: {file} ({length}, {voice})").format(file=clip.path.name, length=length(clip.length), voice=clip.voice))
    return clip


def _hear(station: Station, clip: Clip) -> None:
    """Play a clip; without a loudspeaker at this desk, say so: the text was read, and the clip can be copied."""
    try:
        hear(station, clip)
    except PlayoutError as error:
        hint(str(error))
        hint(_("Copy it to hear it elsewhere: broadcaster script listen {id} --save FILE.wav").format(id=clip.script))


def _enter(station: Station, approval: Approval, name: str) -> bool:
    """Enter a decision, unless the text changed while it was read; return whether it was entered."""
    current = station.scripts()[0].get(approval.script)
    if current is None or current.digest != approval.digest:
        raise InputError(Problem(_("{id}: the text was changed in the meantime").format(id=approval.script)))
    with closing(station.ledger()) as ledger:
        ledger.append([approval.entry(name, station.now())])
    say(_("{id}: approved by {name}.").format(id=approval.script, name=name))
    return True


@command(
    help=N_(
        "Take the approval of a script back, at once and with the reason: where the station requires approval, it does "
        "not air any more. Covers every text that it had until now."
    ),
    examples=['script revoke thong-diep-1 --reason "Sai số điện thoại"'],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option("--reason", required=True, metavar=N_("TEXT"), help=N_("Why; it stands in the play history."))
@option("--as", "name_", metavar=N_("NAME"), help=N_("Who takes it back; without it, who is logged in."))
@pass_station
def revoke(station: Station, *, id_: str, reason: str, name_: str | None) -> None:
    """Take an approval back."""
    from broadcaster.records.approvals import Approval, Approvals, Decision, Standing

    scripts, problems = station.scripts()
    script = find_by_id(scripts, id_, problems, _(UNKNOWN))
    standing = Approvals.of(station.ledger_path).verdict(id_, script.digest).standing
    if standing in (Standing.NEVER, Standing.REVOKED):
        raise InputError(Problem(_("{id}: there is no approval to take back").format(id=id_)))
    if not reason.strip():
        raise InputError(Problem(_("--reason: is missing"), _("say why: it stands in the play history")))
    name = ChangeOptions(dry_run=False, yes=True, name=name_).actor
    no = Approval(id_, script.digest, script.title, Decision.REVOKED, reason=" ".join(reason.split()))
    with closing(station.ledger()) as ledger:
        ledger.append([no.entry(name, station.now())])
    say(_("{id}: the approval was taken back by {name}.").format(id=id_, name=name))
    if not station.settings.approval.required:
        hint(_("This station requires no approval, so the script still airs; broadcaster script retire ends that."))
