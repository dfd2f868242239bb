"""A checkpoint sent by mail, over TLS."""

from __future__ import annotations

import os
import smtplib
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from broadcaster.copies_settings import MAIL_PASSWORD
from broadcaster.i18n import _, speaking
from broadcaster.uplink.send_error import SendError, SendFailureKind, told

if TYPE_CHECKING:
    from broadcaster.records.copies import CopyTarget
    from broadcaster.uplink.parcel import Parcel

_PORTS = {"tls": 465, "starttls": 587}


def mail(parcel: Parcel, target: CopyTarget) -> None:
    """Send the files to one address; raise SendError."""
    settings = parcel.settings.copies
    password = _password(parcel) if settings.mail_user else ""
    with told(), _connected(parcel) as server:
        if settings.mail_user:
            server.login(settings.mail_user, password)
        server.send_message(message(parcel, target))


def _password(parcel: Parcel) -> str:
    """Return the password from the file that is named, or else from the environment."""
    named = parcel.settings.copies.mail_password_file
    if not named:
        found = os.environ.get(MAIL_PASSWORD, "")
    else:
        try:
            found = (parcel.root / named).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SendError(SendFailureKind.NO_PASSWORD, f"{named}: {error}") from error
    if not found:
        raise SendError(SendFailureKind.NO_PASSWORD, named or MAIL_PASSWORD)
    return found


def _connected(parcel: Parcel) -> smtplib.SMTP:
    """Return a connection that is encrypted before anything of ours goes over it."""
    settings = parcel.settings.copies
    host, port = _host_and_port(settings.mail_server, _PORTS[settings.mail_security])
    if settings.mail_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=parcel.patience, context=parcel.tls())
    server = smtplib.SMTP(host, port, timeout=parcel.patience)
    try:
        server.starttls(context=parcel.tls())
    except BaseException:
        server.close()
        raise
    return server


def _host_and_port(server: str, port: int) -> tuple[str, int]:
    host, colon, given = server.rpartition(":")
    if not colon or server.endswith("]"):
        host, given = server, str(port)
    return host.strip("[]"), int(given)


def message(parcel: Parcel, target: CopyTarget) -> EmailMessage:
    """Return the mail, in Vietnamese. Of one checkpoint it always has the same id: a second one is known as such."""
    settings, kept = parcel.settings.copies, parcel.kept
    mail_ = EmailMessage()
    sender = settings.mail_from or (settings.mail_user if "@" in settings.mail_user else target.to)
    with speaking("vi"):
        subject, text = _words(parcel)
    mail_["Subject"] = " ".join(subject.split())
    mail_["From"], mail_["To"], mail_["Date"] = sender, target.to, format_datetime(parcel.now)
    mail_["Message-ID"] = f"<{kept.head.seq}.{kept.head.hash[:32]}@{sender.rpartition('@')[2]}>"
    mail_.set_content(text)
    for name, data in parcel.files.items():
        kind = ("text", "plain") if not name.endswith(".tsr") else ("application", "timestamp-reply")
        mail_.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
    return mail_


def _words(parcel: Parcel) -> tuple[str, str]:
    kept, name = parcel.kept, parcel.settings.name or "-"
    subject = _("Checkpoint of the play history: {station}, {at}").format(station=name, at=f"{kept.at:%d/%m/%Y %H:%M}")
    text = _(
        "Checkpoint of the play history of {station}, taken on {at}: {rows} rows.\n\n"
        "Please keep this message. With the file attached to it, whoever audits finds every row up to this one that "
        "was changed, removed or rewritten since:\n\n"
        "    broadcaster audit verify --file broadcaster.db --checkpoint {file}\n\n"
        "Short form, for typing:\n\n    {short}\n\nPublic key:\n\n    {key}\n"
    )
    facts = {"station": name, "at": f"{kept.at:%d/%m/%Y %H:%M:%S %z}", "rows": kept.head.seq, "short": kept.short}
    return subject, text.format(**facts, key=kept.key, file=f"{parcel.name}.txt")
