"""The one way to write a row's body as text, so that equal bodies have equal hashes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from broadcaster.errors import RecordError
from broadcaster.i18n import _


def canonical(body: Mapping[str, Any]) -> str:
    """Return the canonical JSON text of a body: keys sorted, no blanks, numbers rounded to a thousandth.

    Raises RecordError for values that JSON does not have.
    """
    try:
        text = json.dumps(_rounded(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode()
    except (TypeError, ValueError) as error:
        raise RecordError(_("not fit for the play history: {reason}").format(reason=error)) from error
    return text


def _rounded(value: object) -> object:
    match value:
        case float() if math.isfinite(value):
            return round(value, 3) + 0.0  # no "-0.0"
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise TypeError(_("a key is not text"))
            return {key: _rounded(item) for key, item in value.items()}
        case list() | tuple():
            return [_rounded(item) for item in value]
        case _:
            return value
