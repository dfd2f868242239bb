"""Ids of scripts: that of a text, "thong-diep-1", and those of its versions, "thong-diep-1.hmong".

A version is the same message in another language, a script of its own in a file beside the text's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.similar_names import FILE_ENDINGS, did_you_mean
from broadcaster.tomlfile import parse_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

TEXT = "vi"
"""What a timetable calls the text itself among its versions; so no version has that name."""


def parse_version(value: object) -> str | None:
    """Return a version as a timetable names it, `TEXT` for the text itself; None if it is none."""
    return None if value in FILE_ENDINGS else parse_id(value)  # "thong-diep-1.md" is a file's name


def parse_script_id(value: object) -> str | None:
    """Return the id of a text or of a version; None if it is neither."""
    if not isinstance(value, str):
        return None
    text, dot, version = value.partition(".")
    return value if parse_id(text) and (not dot or (parse_version(version) and version != TEXT)) else None


def text_id(script: str) -> str:
    """Return the id of the text that a version belongs to; a text's own is its own."""
    return script.partition(".")[0]


def version_of(script: str) -> str:
    """Return which version a script is, such as "hmong"; "" for a text itself."""
    return script.partition(".")[2]


def in_versions(scripts: Iterable[str], versions: Collection[str]) -> tuple[str, ...]:
    """Return scripts in these versions, one version after the other; no versions: as they are.

    A script that is named as a version already stays that one.
    """
    if not versions:
        return tuple(scripts)
    return tuple(each for script in scripts for each in _versions_of(script, versions))


def _versions_of(script: str, versions: Collection[str]) -> tuple[str, ...]:
    if version_of(script):
        return (script,)
    return tuple(script if version == TEXT else f"{script}.{version}" for version in versions)


def todo_for_missing(script: str, known: Collection[str]) -> str:
    """Return what to do about a script that is not there: make the version of a text, else the most similar id."""
    if parse_version(version_of(script)) and text_id(script) in known:
        return _("make it: {command}").format(command=f"broadcaster script new {script}")
    return did_you_mean(script, known, _("scripts: {known}"))
