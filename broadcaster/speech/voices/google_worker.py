"""The gTTS client in a process that can be abandoned.

gTTS has no timeout, and it asks for no proof of who answers (verify=False): whoever sits on the network could put other
words on the loudspeakers. So its sessions are made to ask.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from broadcaster.children.child_side import Parent, WorkerFault, serve
from broadcaster.children.messages import Message
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gtts.tts import gTTSError
    from requests import PreparedRequest, Response

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


def main(parent: Parent) -> None:
    """Serve requests with `_speak`."""
    _verify_certificates()
    serve(parent, _speak)


def _verify_certificates() -> None:
    """Make gTTS's sessions check certificates, whatever it says; REQUESTS_CA_BUNDLE counts, as everywhere."""
    import requests

    class VerifyingSession(requests.Session):
        def send(self, request: PreparedRequest, **settings: Any) -> Response:  # noqa: ANN401 - the library's own
            trusted = self.merge_environment_settings(request.url or "", {}, None, None, None)["verify"]
            return super().send(request, **{**settings, "verify": trusted})

    requests.Session = VerifyingSession  # type: ignore[misc]  # gTTS looks it up for each request


def _speak(request: Mapping[str, Any]) -> Message:
    """Answer {"text", "language"} with an MP3, see `online.OnlineService`."""
    from gtts import gTTS
    from gtts.tts import gTTSError

    if "text" not in request:
        return Message({})
    # No pre-processors: they turn "M." into "Monsieur". No language check: Vietnamese is supported.
    client = gTTS(request["text"], lang=request["language"], lang_check=False, pre_processor_funcs=[])
    sound = io.BytesIO()
    try:
        client.write_to_fp(sound)
    except gTTSError as error:
        raise _fault(error) from None
    return Message({}, sound.getvalue())


def _fault(error: gTTSError) -> WorkerFault:
    if error.rsp is None:
        from requests.exceptions import SSLError

        untrusted = isinstance(error.__context__, SSLError)
        return WorkerFault("unreachable", _("its certificate is not to be trusted") if untrusted else str(error))
    status = error.rsp.status_code
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        return WorkerFault("busy", f"HTTP {status}", retry_after=_seconds(error.rsp.headers.get("Retry-After", "")))
    return WorkerFault("unusable", f"HTTP {status}")


def _seconds(header: str) -> float:
    """Return Retry-After if it is a number; if it is a date, return 0 so that the usual waiting times apply."""
    return float(header) if header.isdecimal() else 0.0
