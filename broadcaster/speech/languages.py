"""The language of a script, as people call it. Only Vietnamese is put into words by the station's reader."""

from __future__ import annotations

import re

from broadcaster.speech.plain_letters import plain_letters
from broadcaster.speech.script_body import one_line

LONGEST = 40
_VIETNAMESE = re.compile(r"(?:tieng )?(?:viet(?: nam)?|kinh|pho thong)|vi(?:-vn)?|vietnamese")


def language_of(value: object) -> str | None:
    """Return the language that a front matter names; "" for Vietnamese, by whichever of its names; None for none."""
    if not isinstance(value, str):
        return None
    name = one_line(value)
    if _VIETNAMESE.fullmatch(plain_letters(name)):
        return ""
    return name if len(name) <= LONGEST and (not value or re.search(r"[^\W\d_]", name)) else None
