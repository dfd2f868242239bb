"""Why something could not be sent, as a kind and what the system or the server said."""

from __future__ import annotations

import errno
import smtplib
import ssl
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 200


class SendFailureKind(StrEnum):
    """What kept something from being sent."""

    FOLDER_AWAY = "folder away"  # the stick is not plugged in, the share is not mounted
    FOLDER_FULL = "folder full"
    NO_CONNECTION = "no connection"  # refused, no such server, no network
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"  # of the server: expired, of another name, of an authority that is not trusted
    ANSWER = "answer"  # the server answered, and did not take it
    NO_PASSWORD = "no password"  # noqa: S105 - the name of a kind
    NO_EXTRA = "no extra"  # a library that is installed with an extra
    NO_TIMESTAMP = "no timestamp"  # what the authority sent does not hold
    OTHER = "other"


class SendError(Exception):
    """Something could not be sent. `detail` is in the words of the system or the server, on one line."""

    def __init__(self, kind: SendFailureKind, detail: object = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = " ".join(str(detail).split())[:_MOST]


@contextmanager
def told() -> Iterator[None]:
    """Turn the errors of the network and of the file system into SendError."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise SendError(SendFailureKind.CERTIFICATE, error.verify_message) from error
    except TimeoutError as error:
        raise SendError(SendFailureKind.TIMEOUT, error) from error
    except smtplib.SMTPServerDisconnected as error:  # smtplib's word also for an answer that did not come in time
        in_time = not isinstance(error.__context__, TimeoutError)
        raise SendError(SendFailureKind.NO_CONNECTION if in_time else SendFailureKind.TIMEOUT, error) from error
    except smtplib.SMTPException as error:
        raise SendError(SendFailureKind.ANSWER, error) from error
    except OSError as error:
        raise SendError(_kind_of(error), error.strerror or error) from error
    except (OverflowError, UnicodeError) as error:  # a port or a name that cannot be one
        raise SendError(SendFailureKind.NO_CONNECTION, error) from error


def _kind_of(error: OSError) -> SendFailureKind:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SendFailureKind.FOLDER_FULL
    return SendFailureKind.OTHER if isinstance(error, PermissionError) else SendFailureKind.NO_CONNECTION
