"""`broadcaster script approve` and `revoke`: a person's yes to a text, read as it will be said, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.asking import confirm, need_person, offer
from broadcaster.cli.complete import complete_script
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.play_preview import hear
from broadcaster.cli.script.reading_tables import show_review
from broadcaster.cli.show import hint, say
from broadcaster.errors import InputError, PlayoutError, RenderError
from broadcaster.i18n import N_, _
from broadcaster.office.approving import approval_faults, approve_text, revoke_approval, sound_faults
from broadcaster.office.behind_text import find_behind
from broadcaster.office.changes import actor_name
from broadcaster.office.find import find_script, find_scripts
from broadcaster.office.listening import Sample, place_for
from broadcaster.office.rendering import ready_clip
from broadcaster.office.script_review import ScriptReviewer
from broadcaster.office.wording import length
from broadcaster.records.approvals import Approvals, Standing
from broadcaster.station.approval import standing_text

if TYPE_CHECKING:
    from broadcaster.models import Clip, Heard, Script
    from broadcaster.station.folder import Station


@command(
    help=N_(
        "Approve the text of scripts. Each text is shown first as it will be said, with its clip, "
        "which --listen plays as script listen does. The approval is for exactly what is heard: an edit withdraws it, "
        "and so does an entry of the lexicon that makes other words, or another recording; a better voice does not. "
        "Who wrote a text may not approve it, unless station.toml has four_eyes = false."
    ),
    examples=["script approve thong-diep-1 --listen", 'script approve thong-diep-1 --as "Nguyễn Thị Lan" --yes'],
)
@argument("ids", metavar=N_("ID..."), nargs=-1, required=True, shell_complete=complete_script)
@option("--as", "name_", metavar=N_("NAME"), help=N_("Who approves it; without it, who is logged in."))
@option("--yes", is_flag=True, help=N_("Approve without asking, after having read and heard it."))
@option("--listen", is_flag=True, help=N_("Play the clip first."))
@pass_station
def approve(station: Station, *, ids: tuple[str, ...], name_: str | None, yes: bool, listen: bool) -> int:
    """Approve texts, one after the other."""
    chosen = find_scripts(station, ids)
    approvals, name = Approvals.of(station.ledger_path), actor_name(name_)
    if faults := [fault for script in chosen for fault in approval_faults(station, script, approvals, name)]:
        raise InputError(*faults)
    if not yes:
        need_person(_approve_unasked())
    again = {each.script.id for each in find_behind(station, station.scripts()[0])}
    made = [
        _approved(station, script, approvals, name, yes=yes, listen=listen, again=script.id in again)
        for script in chosen
    ]
    return 0 if all(made) else 1


def _approved(
    station: Station, script: Script, approvals: Approvals, name: str, *, yes: bool, listen: bool, again: bool
) -> bool:
    """Show one text, play it, ask, and enter the answer.

    `again`: although it is approved already, for the text that it is a version of was changed since.
    """
    renderer = station.renderer()
    heard = renderer.heard(script)
    verdict = approvals.verdict(script.id, script.digest, heard)
    if verdict.approved_by and not again:
        say(_("{id}: this text is approved already, by {name}.").format(id=script.id, name=verdict.approved_by))
        return True
    say(f"{script.id}: {script.title}")
    if verdict.standing is Standing.HEARD_OTHERWISE:
        say(standing_text(verdict))
    say()
    show_review(script, ScriptReviewer.of(station).review(script, renderer.find(script)), heard)
    clip = _clip(station, script, heard, name)
    if clip is not None and (listen or (not yes and _wants_to_hear(station))):
        _hear(station, Sample.of_clip(clip, script), name)
    if not yes and not _agreed(name):
        say(_("Nothing was changed."))
        return False
    approve_text(station, script, heard, name)
    say(_("{id}: approved by {name}.").format(id=script.id, name=name))
    return True


def _approve_unasked() -> str:
    return _("read and hear it, then say --yes")


def _agreed(name: str) -> bool:
    return confirm(_("Approve this text as {name}?").format(name=name), default=False, todo=_approve_unasked())


def _clip(station: Station, script: Script, heard: Heard, name: str) -> Clip | None:
    """Return the script's clip and name it, rendered now if there is none; None if no voice works.

    Raise InputError for a sound of it that cannot be decoded: it could not be heard.
    """
    try:
        clip = ready_clip(station, script, "approve", name)
    except RenderError as error:
        if faults := sound_faults(station, script, heard):
            raise InputError(*faults) from None
        hint(_("{script}: failed: {reason}").format(script=script.id, reason=error))
        return None
    say(_("Clip: {file} ({length}, {voice})").format(file=clip.path.name, length=length(clip.length), voice=clip.voice))
    return clip


def _wants_to_hear(station: Station) -> bool:
    """Ask whether to play the clip; where all of the commune would hear it, Enter alone plays nothing."""
    return offer(_("Hear it now?"), default=not place_for(station).is_public)


def _hear(station: Station, sample: Sample, name: str) -> None:
    """Play a clip; if it may not sound now, or no device works, say how the clip can be copied."""
    try:
        hear(station, sample, None, name)
    except (InputError, PlayoutError) as error:
        hint(str(error))
        hint(_("Copy it to hear it elsewhere: broadcaster script listen {id} --save FILE.wav").format(id=sample.id))


@command(
    help=N_(
        "Take the approval of a script back, at once and with the reason: where the station requires approval, it does "
        "not air any more. Covers every text that it had until now."
    ),
    examples=['script revoke thong-diep-1 --reason "Sai số điện thoại"'],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option("--reason", required=True, metavar=N_("TEXT"), help=N_("Why; it is written into the play history."))
@option("--as", "name_", metavar=N_("NAME"), help=N_("Who takes it back; without it, who is logged in."))
@pass_station
def revoke(station: Station, *, id_: str, reason: str, name_: str | None) -> None:
    """Take an approval back."""
    script = find_script(station, id_)
    name = actor_name(name_)
    revoke_approval(station, script, reason, name)
    say(_("{id}: the approval was taken back by {name}.").format(id=id_, name=name))
    if not station.settings.approval.required:
        hint(_("This station requires no approval, so the script still airs; broadcaster script retire ends that."))
