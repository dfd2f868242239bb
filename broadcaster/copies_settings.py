"""`[backup]` and `[copies]` of `station.toml`: what of the play history goes to other disks and leaves the computer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from broadcaster.tomlfile import Table

MAIL_PASSWORD = "BROADCASTER_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
"""The variable of the environment that holds the password of the mail server, where no file does."""

_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
_SERVER = re.compile(r"[\w.-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?")
_URL = r"://(?![^/?#]*@)[^\s/?#]+\S*"  # no user and password before the server
_LONGEST_PAUSE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """`[backup]`: the copies of the play history that the desk makes every day."""

    folder: str = ""  # of another disk, by its whole path; "": backups/ in the station's folder
    keep: int = 30


@dataclass(frozen=True, slots=True)
class CopiesSettings:
    """`[copies]`: where checkpoints go when they leave the computer; "" and (): nowhere."""

    every: timedelta = timedelta(hours=24)  # a checkpoint is taken when the last one is so old
    folder: str = ""  # a USB stick, a network share, by its whole path
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""  # "": the user, or else the first who gets it
    mail_server: str = ""  # "host" or "host:port"
    mail_security: str = "tls"  # "tls" from the first byte on, or "starttls"
    mail_user: str = ""  # "": the server asks for none
    mail_password_file: str = ""  # "": the variable MAIL_PASSWORD of the environment
    webhook: str = ""  # https only
    timestamp: str = ""  # the address of a timestamp authority (RFC 3161)
    certificates: str = ""  # a PEM file of authorities to trust besides those of the system


def read_backup(table: Table) -> BackupSettings:
    """Read `[backup]`."""
    settings = BackupSettings(_folder(table), table.whole("keep", 2, 3660, BackupSettings().keep))
    table.report_unknown_keys()
    return settings


def read_copies(table: Table) -> CopiesSettings:
    """Read `[copies]`."""
    default = CopiesSettings()
    settings = CopiesSettings(
        every=table.duration("every", default.every, longest=_LONGEST_PAUSE),
        folder=_folder(table),
        mail_to=table.items("mail_to", _matching(_ADDRESS), _('addresses, such as "kiem-toan@xa.vn"'), (), empty=True),
        mail_from=_one(table, "mail_from", _ADDRESS, _('an address, such as "dai@xa.vn"')),
        mail_server=_one(table, "mail_server", _SERVER, _('a server, such as "smtp.xa.vn" or "smtp.xa.vn:465"')),
        mail_security=table.choice("mail_security", ("tls", "starttls"), default.mail_security),
        mail_user=table.text("mail_user", "", empty=True),
        mail_password_file=table.text("mail_password_file", "", empty=True),
        webhook=_one(table, "webhook", re.compile(f"https{_URL}"), _('an address that begins with "https://"')),
        timestamp=_one(table, "timestamp", re.compile(f"https?{_URL}"), _('an address such as "https://tsa.vn/tsr"')),
        certificates=table.text("certificates", "", empty=True),
    )
    _check(table, settings)
    table.report_unknown_keys()
    return settings


def _check(table: Table, settings: CopiesSettings) -> None:
    if settings.every < timedelta(hours=1):
        table.wrong("every", table.values["every"], _("from {low} to {high}").format(low="1h", high="744h"))
    if settings.mail_to and not settings.mail_server:
        table.report("mail_to", _("there is no mail server"), _("name it: mail_server"))


def _folder(table: Table) -> str:
    folder = table.text("folder", "", empty=True)
    if folder and not Path(folder).is_absolute():
        table.wrong("folder", folder, _('a folder by its whole path, such as "/media/usb"'))
    return folder


def _one(table: Table, name: str, pattern: re.Pattern[str], allowed: str) -> str:
    return table.get(name, lambda value: "" if value == "" else _matching(pattern)(value), allowed, "")


def _matching(pattern: re.Pattern[str]) -> Callable[[object], str | None]:
    return lambda value: value if isinstance(value, str) and pattern.fullmatch(value) else None
