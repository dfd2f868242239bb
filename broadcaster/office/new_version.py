"""The file of a new version of a text in another language: what it takes over, and what is to be written into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.find import find_script
from broadcaster.office.typed import TypedValues
from broadcaster.office.wording import titled
from broadcaster.script_ids import text_id, version_of
from broadcaster.speech.front_matter import body_of
from broadcaster.speech.languages import language_of
from broadcaster.speech.script_templates import WHO_SAYS_IT, for_translation, with_front_matter
from broadcaster.tomlfile import read_text

if TYPE_CHECKING:
    from broadcaster.models import Script
    from broadcaster.station.folder import Station

LANGUAGE = N_('what people call the language, such as "tiếng Mông"; "tiếng Việt" for a version in Vietnamese')


@dataclass(frozen=True, slots=True)
class Spoken:
    """The language of a new script, and who says it: None or "" where it was not typed."""

    language: str | None = None
    voice: str = ""
    recording: str = ""

    def keys(self, id_: str) -> tuple[tuple[str, str], ...]:
        """Return the keys of a front matter; raise InputError for what is no language, or a version without one."""
        typed = TypedValues()
        if self.language is None and version_of(id_):
            typed.missing("--language", LANGUAGE)
        language = typed.one("--language", self.language, language_of, LANGUAGE)
        typed.finish()
        return ("language", language or ""), ("voice", self.voice), ("recording", self.recording)


@dataclass(frozen=True, slots=True)
class TypedHead:
    """What was typed of a new version's front matter; "": as its text has it."""

    title: str
    author: str
    source: str
    topic: str


def find_text(station: Station, id_: str) -> Script:
    """Return the text that a version belongs to; raise InputError where there is none, or it has mistakes."""
    return find_script(station, text_id(id_))


def version_text(text: Script, id_: str, head: TypedHead, spoken: Spoken) -> str:
    """Return the text of a new version: it takes over title, letter, topic and last day of the text that it is of.

    What the text says stands in it as a comment, for who translates it. Raise InputError as `Spoken.keys` does.
    """
    keys = spoken.keys(id_)
    language = dict(keys)["language"]
    title = head.title or titled(text.title, language or version_of(id_))  # so that reports tell the two apart
    more = [*keys, ("valid_until", text.valid_until), ("chime", None if text.chime else False)]
    body = for_translation(body_of(read_text(text.path)), language, is_recorded=bool(spoken.recording))
    source, topic = head.source or text.source, head.topic or text.topic
    hint = WHO_SAYS_IT if language and not spoken.voice and not spoken.recording else ""
    return with_front_matter(title, head.author, source, topic, body, hint, more)


def refuse_kind(kind: str | None) -> None:
    """Raise InputError for a template: a version has that of its text."""
    if kind is not None:
        what = _("--kind: a version says what its text says")
        raise InputError(Problem(what, _("leave out --kind")))
