"""Text in a font of the old Vietnamese encodings, where a letter is another than the one that is seen."""

from __future__ import annotations

import re

from broadcaster.speech.normalise.letters import is_syllable

_LATIN = re.compile("[\u00a1-\u00ff]")
_UNICODE = re.compile("[\u0102-\u01b0\u0300-\u0323\u1ea0-\u1ef9]")
_FONTS = ((re.compile(r"\.Vn", re.IGNORECASE), "TCVN3"), (re.compile(r"VNI-", re.IGNORECASE), "VNI"))
_AROUND = "\"'“”‘’«»°²³§.,:;!?()[]{}/-–…0123456789"


def legacy_encoding(font: str, text: str) -> str:
    """Return the encoding of a text in this font: "TCVN3", "VNI"; "" for Unicode.

    Fonts like .VnTime and VNI-Times are left in many files whose text is Unicode: what counts is a word that is none in
    Unicode, such as "x·", in a text without a letter that only Unicode has.
    """
    name = next((name for pattern, name in _FONTS if pattern.match(font)), "")
    if not name or not _LATIN.search(text) or _UNICODE.search(text):
        return ""
    words = (word.strip(_AROUND) for word in text.split())
    odd = (word for word in words if _LATIN.search(word) and any(map(str.isalpha, word)))
    return name if any(not word.isalpha() or not is_syllable(word) for word in odd) else ""
