"""Text for people, in Vietnamese by default.

The source speaks English; `locale/vi/LC_MESSAGES/messages.po` holds the whole of it in Vietnamese. The domain is
gettext's own default, "messages", so that click's words ("Usage", "Options", …) come out of the same catalogue.
"""

from __future__ import annotations

import gettext as _gettext
import os
from pathlib import Path

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
_LOCALE_DIR = Path(__file__).parent / "locale"


def activate(language: str) -> None:
    """Speak `language` ("vi" or "en") from now on, in this process and in the workers it starts."""
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain("messages", str(_LOCALE_DIR))
    _gettext.textdomain("messages")


def _(message: str) -> str:
    """Return `message` in the active language."""
    return _gettext.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form of a message that fits `count`, in the active language."""
    return _gettext.ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark `message` for the catalogue; whoever shows it translates it then."""
    return message
