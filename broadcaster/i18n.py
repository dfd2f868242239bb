"""Translation of texts for people; Vietnamese is the default.

Texts in the source are English; `locale/vi/LC_MESSAGES/messages.po` has all of them in Vietnamese. The domain is
gettext's default, "messages", so that click's words ("Usage", "Options", …) come from the same catalogue.
"""

from __future__ import annotations

import functools
import gettext as _gettext
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
_LOCALE_DIR = Path(__file__).parent / "locale"


def activate(language: str) -> None:
    """Use `language` ("vi" or "en") from now on, in this process and in the processes that it starts."""
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain("messages", str(_LOCALE_DIR))
    _gettext.textdomain("messages")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use `language` for a while, in this process: an official report is Vietnamese whatever the commands speak."""
    before = os.environ.get("LANGUAGE")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def _(message: str) -> str:
    """Return `message` in the active language."""
    return _catalogue(os.environ.get("LANGUAGE", "")).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form of a message that fits `count`, in the active language."""
    return _catalogue(os.environ.get("LANGUAGE", "")).ngettext(singular, plural, count)


@functools.cache
def _catalogue(languages: str) -> _gettext.NullTranslations:
    """Return the catalogue, loaded once: gettext's functions look for the file at every call, thousands for a table."""
    return _gettext.translation("messages", str(_LOCALE_DIR), languages.split(":"), fallback=True)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark `message` for the catalogue; it is translated where it is shown."""
    return message
