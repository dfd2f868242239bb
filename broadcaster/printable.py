r"""Texts of strangers, made safe to look at: the one function for everything that people see.

A title may hold what nobody sees and what changes the rest: escapes that hide or colour a terminal's letters, controls
of the C1 range, marks that turn the direction of reading, letters without a shape. They are shown as signs: `<U+202E>`.
"""

from __future__ import annotations

import re
import sys
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, formats, halves of a character, and ends of a line or paragraph."""
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\ufffe\uffff")
"""Letters and marks without a shape (Unicode: Default_Ignorable_Code_Point; not those that shape the one before), and
the two that no document may hold."""
_SIGN = re.compile(r"<U\+([0-9A-F]{4,6})>")
_JSON = re.compile(r"[^\n -~]")


def printable(text: str, keep: str = "\n\t") -> str:
    """Return text as it can be shown, each character that is not seen as a sign; those of `keep` stay."""
    if text.isprintable() and _FILLERS.isdisjoint(text):
        return text
    return "".join(f"<U+{ord(letter):04X}>" if letter not in keep and is_unseen(letter) else letter for letter in text)


def one_line(text: str) -> str:
    """Return text as it can be shown in one line or one cell: its line feeds and tabs are signs too."""
    return printable(text, keep="")


def without_signs(text: str) -> str:
    """Return text with each sign as the character that it stands for: for what is read from a sheet again."""
    return _SIGN.sub(lambda found: _unseen(int(found[1], 16)) or found[0], text)


def _unseen(code: int) -> str:
    """Return the character of a code that is shown as a sign, "" for any other."""
    return chr(code) if code <= sys.maxunicode and is_unseen(chr(code)) else ""


def is_unseen(letter: str) -> bool:
    """Return whether a character has no shape of its own, or changes how others are seen. Blanks are seen."""
    return unicodedata.category(letter) in _UNSEEN or letter in _FILLERS


def seen_json(document: str) -> str:
    r"""Return a JSON document that says the same, what is not seen in it as JSON's own escapes: `\u202e`."""
    return _JSON.sub(lambda found: _json_escape(found[0]) if is_unseen(found[0]) else found[0], document)


def _json_escape(letter: str) -> str:
    pairs = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[place : place + 2].hex()}" for place in range(0, len(pairs), 2))
