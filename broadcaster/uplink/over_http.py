"""One request to a web server: no redirects followed, answers read up to a limit."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from broadcaster.uplink.send_error import SendError, SendFailureKind, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from broadcaster.uplink.parcel import Parcel

_MOST = 1_000_000
"""Bytes of an answer that are read."""


def post(parcel: Parcel, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Send `body` and return the answer; raise SendError for any but a 2xx one, redirects too."""
    parts = urlsplit(url)
    with told():
        try:
            connection = _connection(parcel, parts.scheme, parts.netloc)
            try:
                path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
                connection.request("POST", path, body, dict(headers))
                answer = connection.getresponse()
                data = answer.read(_MOST)
            finally:
                connection.close()
        except http.client.RemoteDisconnected:
            raise
        except http.client.HTTPException as error:
            raise SendError(SendFailureKind.ANSWER, repr(error)) from error
    if not 200 <= answer.status < 300:
        raise SendError(SendFailureKind.ANSWER, f"HTTP {answer.status} {answer.reason}")
    return data


def _connection(parcel: Parcel, scheme: str, server: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(server, timeout=parcel.patience, context=parcel.tls())
    return http.client.HTTPConnection(server, timeout=parcel.patience)
