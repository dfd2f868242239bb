"""Approving the text of a script, and revoking that: who may, and the row that says so."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem, RenderError
from broadcaster.i18n import _
from broadcaster.records.approvals import Approval, Approvals, Decision, Standing, differences, fold
from broadcaster.speech.sound_names import find_sound
from broadcaster.station.approval import difference_text

if TYPE_CHECKING:
    from broadcaster.models import Heard, Script
    from broadcaster.station.folder import Station


def approval_faults(station: Station, script: Script, approvals: Approvals, name: str) -> list[Problem]:
    """Return why this person may not approve this text."""
    if script.unfinished:
        what = _("still to be written: {gap}").format(gap=script.unfinished)
        return [Problem(what, _("see broadcaster script edit {id}").format(id=script.id), script.path)]
    if not station.settings.approval.four_eyes:
        return []
    writers = {fold(writer) for writer in (script.author, *approvals.writers(script.id)) if writer.strip()}
    if not writers:
        todo = _('write author = "…" into the front matter')
        return [
            Problem(
                _("it is not known who wrote it, so a second person cannot be told from the author"), todo, script.path
            )
        ]
    if fold(name) in writers:
        what = _("{name} wrote this text and cannot approve it").format(name=name)
        return [Problem(what, _("let somebody else read and approve it: --as NAME"), script.path)]
    return []


def sound_faults(station: Station, script: Script, heard: Heard) -> list[Problem]:
    """Return what is wrong with the sounds of a text that cannot be decoded, to be asked where its clip failed.

    A text without a voice may be approved as it is read; what nobody can hear, nobody can say yes to.
    """
    from broadcaster.speech.decode.decoder import open_sound

    todo = _("{id} was not approved; put another recording in its place").format(id=script.id)
    faults = []
    for name in heard.sounds:
        path = find_sound(station.scripts_folder, name)
        try:
            if path is not None:
                with open_sound(path) as sound:
                    deque(sound.blocks(), maxlen=0)
        except RenderError as error:
            faults.append(Problem(str(error).removeprefix(f"{path}: "), todo, path))
    return faults


def approve_text(station: Station, script: Script, heard: Heard, name: str) -> None:
    """Enter the approval of a text that is heard so; raise InputError if that was changed meanwhile."""
    current = station.scripts()[0].get(script.id)
    if current is None or current.digest != script.digest:
        raise InputError(Problem(_("{id}: the text was changed in the meantime").format(id=script.id)))
    if changed := differences(heard, station.renderer().heard(current)):
        what = "; ".join(map(difference_text, changed))
        raise InputError(Problem(_("{id}: changed in the meantime: {what}").format(id=script.id, what=what)))
    approval = Approval(script.id, script.digest, script.title, Decision.APPROVED, heard, script.voices)
    with station.ledger() as ledger:
        ledger.append([approval.entry(name, station.now())])


def revoke_approval(station: Station, script: Script, reason: str, name: str) -> None:
    """Enter that an approval is revoked; raise InputError if there is none to revoke, or no reason."""
    standing = Approvals.of(station.ledger_path).verdict(script.id, script.digest).standing
    if standing in (Standing.NEVER, Standing.REVOKED):
        raise InputError(Problem(_("{id}: there is no approval to take back").format(id=script.id)))
    if not reason.strip():
        raise InputError(Problem(_("--reason: is missing"), _("say why: it is written into the play history")))
    decision = Approval(script.id, script.digest, script.title, Decision.REVOKED, reason=" ".join(reason.split()))
    with station.ledger() as ledger:
        ledger.append([decision.entry(name, station.now())])
