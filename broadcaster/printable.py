r"""Texts of strangers, made safe to look at: the one function for everything that people see.

A title may hold what nobody sees and what changes the rest: escapes that hide or colour a terminal's letters, controls
of the C1 range, marks that turn the direction of reading, letters without a shape, marks that strike out or cover the
letter before them, which is read aloud all the same. They are shown as signs: `<U+202E>`.
"""

from __future__ import annotations

import re
import sys
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
"""Unicode's categories of controls, formats, halves of a character, codes without a letter or with one that only a font
knows, and ends of a line or paragraph."""
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\ufffe\uffff")
"""Letters and marks without a shape (Unicode: Default_Ignorable_Code_Point; not those that shape the one before), and
the two that no document may hold."""
_COVERS = frozenset("\u0334\u0335\u0336\u0337\u0338\u0488\u0489\u1abe\U0001d159") | frozenset(
    map(chr, [0x20D2, 0x20D3, *range(0x20D8, 0x20DB), *range(0x20DD, 0x20E1), *range(0x20E2, 0x20E7), 0x20EA, 0x20EB])
)
"""Marks that lie over the letter before them or enclose it (Unicode's names: … OVERLAY, … ENCLOSING …), and a note
without a head."""
_SIGNS = _FILLERS | _COVERS
_PILE = re.compile("(?<=[\u0300-\u036f]{2})[\u0300-\u036f]+")
"""Marks above the two that a letter of Vietnamese takes: a pile of them covers the lines around it."""
_SIGN = re.compile(r"<U\+([0-9A-F]{4,6})>")
_JSON = re.compile(r"[^\n -~]")


def printable(text: str, keep: str = "\n\t") -> str:
    """Return text as it can be shown, each character that is not seen as a sign; those of `keep` stay."""
    text = _PILE.sub(lambda found: "".join(map(_sign, found[0])), text)
    if text.isprintable() and _SIGNS.isdisjoint(text):
        return text
    return "".join(_sign(letter) if letter not in keep and is_unseen(letter) else letter for letter in text)


def _sign(letter: str) -> str:
    return f"<U+{ord(letter):04X}>"


def one_line(text: str) -> str:
    """Return text as it can be shown in one line or one cell: its line feeds and tabs are signs too."""
    return printable(text, keep="")


def without_signs(text: str) -> str:
    """Return text with each sign as the character that it stands for: for what is read from a sheet again."""
    return _SIGN.sub(lambda found: _unseen(int(found[1], 16)) or found[0], text)


def _unseen(code: int) -> str:
    """Return the character of a code that may be shown as a sign, "" for any other."""
    if code > sys.maxunicode:
        return ""
    return chr(code) if is_unseen(chr(code)) or unicodedata.category(chr(code)) == "Mn" else ""


def is_unseen(letter: str) -> bool:
    """Return whether a character has no shape of its own, or changes how others are seen. Blanks are seen."""
    return unicodedata.category(letter) in _UNSEEN or letter in _SIGNS


def seen_json(document: str) -> str:
    r"""Return a JSON document that says the same, what is not seen in it as JSON's own escapes: `\u202e`."""
    return _JSON.sub(lambda found: _json_escape(found[0]) if is_unseen(found[0]) else found[0], document)


def _json_escape(letter: str) -> str:
    pairs = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[place : place + 2].hex()}" for place in range(0, len(pairs), 2))
