"""A checkpoint sent to a web server, as JSON."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from broadcaster.uplink.over_http import post

if TYPE_CHECKING:
    from broadcaster.records.copies import CopyTarget
    from broadcaster.uplink.parcel import Parcel


def call(parcel: Parcel, _target: CopyTarget) -> None:
    """Send it to the webhook of the settings; raise SendError. `Idempotency-Key` is the same for each try."""
    kept = parcel.kept
    content = {
        "station": parcel.settings.name,
        "rows": kept.head.seq,
        "hash": kept.head.hash,
        "at": kept.at.isoformat(timespec="seconds"),
        "checkpoint": kept.note,
        "key": kept.key,
        "timestamp": base64.b64encode(parcel.timestamp).decode() if parcel.timestamp else None,
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"{kept.head.seq}-{kept.head.hash}"}
    post(parcel, parcel.settings.copies.webhook, json.dumps(content, ensure_ascii=False).encode(), headers)
