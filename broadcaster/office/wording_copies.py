"""Why a checkpoint could not be sent, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.copies_settings import MAIL_PASSWORD
from broadcaster.i18n import N_, _
from broadcaster.uplink.send_error import SendFailureKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.uplink.outbox import SendTrouble

_TEXTS: Mapping[SendFailureKind, str] = {
    SendFailureKind.FOLDER_AWAY: N_("the folder is not there"),
    SendFailureKind.FOLDER_FULL: N_("the disk is full"),
    SendFailureKind.NO_CONNECTION: N_("no connection"),
    SendFailureKind.TIMEOUT: N_("no answer in time"),
    SendFailureKind.CERTIFICATE: N_("the server's certificate cannot be trusted"),
    SendFailureKind.ANSWER: N_("the server did not take it"),
    SendFailureKind.NO_PASSWORD: N_("there is no password"),
    SendFailureKind.NO_EXTRA: N_("a library is not installed"),
    SendFailureKind.NO_TIMESTAMP: N_("what the authority sent is no timestamp of this checkpoint"),
    SendFailureKind.OTHER: N_("it could not be written or read"),
}

_TODOS: Mapping[SendFailureKind, str] = {
    SendFailureKind.FOLDER_AWAY: N_("plug the disk in, or name another folder: [copies] folder in station.toml"),
    SendFailureKind.FOLDER_FULL: N_("make room there"),
    SendFailureKind.NO_CONNECTION: N_("see whether this computer is online and the server's name is right"),
    SendFailureKind.TIMEOUT: N_("see whether this computer is online; it is tried again"),
    SendFailureKind.CERTIFICATE: N_("ask whoever runs the server; an authority of your own: [copies] certificates"),
    SendFailureKind.ANSWER: N_("compare user, password and addresses with [copies] in station.toml"),
    SendFailureKind.NO_PASSWORD: N_("put it into the file [copies] mail_password_file, or into {variable}"),
    SendFailureKind.NO_EXTRA: N_("install it: the extra {detail} of commune-broadcaster"),
    SendFailureKind.NO_TIMESTAMP: N_("compare the address and [copies] certificates with what the authority says"),
    SendFailureKind.OTHER: N_("see to whom the folder and the files in [copies] belong"),
}


def trouble_text(trouble: SendTrouble) -> str:
    """Return why a checkpoint could not go to a place."""
    text = _(_TEXTS[trouble.kind])
    return f"{text} ({trouble.detail})" if trouble.detail else text


def trouble_todo(trouble: SendTrouble) -> str:
    """Return what to do about it."""
    return _(_TODOS[trouble.kind]).format(variable=MAIL_PASSWORD, detail=trouble.detail)
