"""A checkpoint timestamped by an authority (RFC 3161): a third party says that it existed at that time.

The answer lies beside the checkpoint as `.tsr`; OpenSSL verifies it: `openssl ts -verify -data X.txt -in X.tsr`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from broadcaster.files import replace_file
from broadcaster.uplink.over_http import post
from broadcaster.uplink.send_error import SendError, SendFailureKind, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest, TimeStampResponse

    from broadcaster.records.copies import CopyTarget
    from broadcaster.uplink.parcel import Parcel


def stamp(parcel: Parcel, _target: CopyTarget) -> None:
    """Have the checkpoint timestamped, and keep the answer if it holds; raise SendError.

    The authority's certificate is checked where `[copies] certificates` names those to trust; else only that the answer
    is to this request and about this checkpoint.
    """
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response
    except ImportError as error:
        raise SendError(SendFailureKind.NO_EXTRA, "timestamp") from error
    note = parcel.kept.note.encode()
    request = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query"}
    data = post(parcel, parcel.settings.copies.timestamp, request.as_bytes(), headers)
    try:
        answer = decode_timestamp_response(data)
        _check(answer, request, note, list(_roots(parcel)))
    except Exception as error:
        if isinstance(error, SendError):
            raise
        raise SendError(SendFailureKind.NO_TIMESTAMP, error) from error  # whatever a stranger's bytes bring about
    with told():
        replace_file(parcel.kept.timestamp_path, data)


def _check(answer: TimeStampResponse, request: TimeStampRequest, note: bytes, roots: list[Certificate]) -> None:
    """Raise for an answer that is a refusal, or to another request, or not from an authority that is trusted."""
    from rfc3161_client import PKIStatus, VerifierBuilder

    if answer.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        raise SendError(SendFailureKind.ANSWER, " ".join(answer.status_string) or PKIStatus(answer.status).name)
    info = answer.tst_info
    if info.message_imprint.message != hashlib.sha256(note).digest() or info.nonce != request.nonce:
        raise SendError(SendFailureKind.NO_TIMESTAMP)
    if roots:
        VerifierBuilder(roots=roots, nonce=request.nonce).build().verify_message(answer, note)


def _roots(parcel: Parcel) -> Iterator[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates

    if parcel.certificates is not None:
        yield from load_pem_x509_certificates(parcel.certificates.read_bytes())
