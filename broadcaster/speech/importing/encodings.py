"""Texts that are no proper Unicode: the old Vietnamese encodings, and letters that were spoilt on the way.

Read aloud they would be noise, so they are recognised and refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _, ngettext

if TYPE_CHECKING:
    from pathlib import Path

LOST = "\ufffd"
"""The sign that stands where a program could not read a letter."""

# TCVN3 writes each Vietnamese letter as one Latin-1 character that Vietnamese does not use.
_TCVN3 = re.compile(
    r"(?<=[A-Za-z])[µ¸¶·¹¨»¾¼½Æ©Ç®ÐÎÏÑª×ØÜÞßäå«æç¬ëîïñøöû\u00ad]|[®¨©ª«¬][A-Za-z]|\b[®§][a-zµ¸¶·¹¨©ª«¬]"
)
# VNI writes a letter followed by a letter for its marks: pairs that no Vietnamese word has.
_VNI = re.compile(
    r"[aA][ùøûõïêâáàåãäéèúüëÙØÛÕÏÊÂÁÀÅÃÄ]|[eE][ùøûõïâáàåãäÙØÛÕÏÂÁÀ]|[uU][ùøûõïÙØÛÕÏ]|[ôö][ùøûõï]|ñ[a-zôöâ]"
)
# Windows' Vietnamese (CP1258) writes the tones as signs of their own, which Western Windows shows as these letters.
_CP1258 = re.compile(r"[aeiouyâêôãõýAEIOUYÂÊÔÃÕÝ][ÌÒÞìò]|ð(?=[a-zâêôãõý])|[õý](?=[a-zÌÒÞìò])")
_CP1258_SURE = re.compile(r"ð|[õýôêâ][ÌÒÞìò]|[aeiouyãAEIOUY][ÌÒÞ]")
_TORN = re.compile(r"á[º»].|Ã[\u0080-\u00bf]|Æ[°¡]|Ä[‘\u0091]")
_WORD = re.compile(r"\w+")
_ENOUGH = 0.08
"""Odd pairs per word, from which on the text counts as one of these."""


def old_encoding(text: str) -> str:
    """Return the encoding of a text that is not proper Unicode, else "".

    "TCVN3" and "VNI" are old ones; "CP1258" and "UTF-8" were decoded wrongly.
    """
    words = len(_WORD.findall(text)) or 1
    patterns = [("UTF-8", _TORN), ("VNI", _VNI), ("TCVN3", _TCVN3)]
    if _CP1258_SURE.search(text):
        patterns.insert(1, ("CP1258", _CP1258))
    for name, pattern in patterns:
        count = len(pattern.findall(text))
        if count > 1 and count / words >= _ENOUGH:
            return name
    return ""


def decode(path: Path, data: bytes) -> str:
    """Decode UTF-8, or what Notepad calls Unicode (UTF-16 with a byte order mark)."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        refuse_spoilt(path, data.decode("latin-1"))
        raise InputError(Problem(_("the text is not Unicode"), _todo(), path)) from None
    if "\0" in text:
        raise InputError(Problem(_("this is not a text file"), path=path))
    return text


def refuse_spoilt(path: Path, text: str) -> None:
    """Raise InputError for a text in an old encoding, or whose letters were spoilt or lost."""
    if lost := text.count(LOST):
        what = ngettext(
            "{count} letter of it is lost (shown as {sign})", "{count} letters of it are lost (shown as {sign})", lost
        )
        todo = _("save the original again as UTF-8, or copy it from Word")
        raise InputError(Problem(what.format(count=lost, sign=LOST), todo, path))
    name = old_encoding(text)
    if name == "UTF-8":
        what = _("the letters were spoilt on the way: Unicode was read as something else")
        raise InputError(Problem(what, _("save the original again as UTF-8, or copy it from Word"), path))
    if name == "CP1258":
        what = _("the letters were spoilt on the way: Windows' Vietnamese (CP1258) was read as Western")
        raise InputError(Problem(what, _("save the original again as UTF-8, or copy it from Word"), path))
    if name:
        raise InputError(old_encoding_problem(path, name))


def old_encoding_problem(path: Path, name: str, example: str = "") -> Problem:
    """Return the mistake of a text that is in an old encoding; `example` is a piece of it."""
    what = _("the text is in the old encoding {name}, not in Unicode").format(name=name)
    return Problem(f"{what}: {example}" if example else what, _todo(), path)


def _todo() -> str:
    return _("convert it to Unicode first, for instance with UniKey (Ctrl+Shift+F6), and save it as UTF-8")
