"""`broadcaster script new`, `edit`, `import` and `retire`: the texts, changed by a command and entered under a name.

A text is read strictly before it replaces another; what is not right yet is kept as a draft beside the scripts, so that
neither the air nor an hour of writing is lost.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcaster.cli.asking import offer
from broadcaster.cli.change_options import with_change_options
from broadcaster.cli.complete import complete_script
from broadcaster.cli.editor import FileEdit
from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.option_types import WordChoice
from broadcaster.cli.problems import told
from broadcaster.cli.script.change_notes import say_what_is_lost, say_what_is_missing
from broadcaster.cli.script.spoken_options import asked_language, with_spoken
from broadcaster.cli.show import hint, say
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import N_, _
from broadcaster.office.drafts import Draft
from broadcaster.office.find import find_script
from broadcaster.office.new_version import TypedHead, find_text, refuse_kind, version_text
from broadcaster.office.script_changes import (
    free_script_path,
    script_change,
    text_problems,
    with_versions,
    write_family,
)
from broadcaster.office.wording import short_date
from broadcaster.schedule.campaign_edit import plain_text
from broadcaster.script_ids import version_of
from broadcaster.speech.script_templates import KINDS, from_template, with_front_matter
from broadcaster.tomlfile import read_text
from broadcaster.versions import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from broadcaster.cli.change_options import ChangeOptions
    from broadcaster.office.new_version import Spoken
    from broadcaster.office.script_changes import ScriptChange
    from broadcaster.station.folder import Station


with_topic = option(
    "--topic",
    default="",
    metavar=N_("TOPIC"),
    help=N_("The topic that reports count it under, such as bhxh-tu-nguyen."),
)
"""Give a command the option `--topic`."""


@command(
    help=N_(
        "Make a new script from a template: thong-diep (message), thong-bao (notice), cau-chuyen "
        "(story), tieu-pham (skit). The blanks to fill in are between ‹ and ›. ID becomes the name "
        "of its file. An ID with a dot makes a version of a text in another language: it takes over title, letter, "
        "topic and last day, and the text stands in it for who translates it."
    ),
    examples=[
        "script new nhac-lich --kind thong-bao",
        'script new chuyen-ba-tu --kind cau-chuyen --title "Chuyện bà Tư"',
        'script new thong-diep-1.hmong --language "tiếng Mông" --recording thong-diep-1-hmong.mp3',
    ],
)
@argument("id_", metavar="ID")
@option("--kind", type=WordChoice(KINDS), help=N_("The template; without it, a message."))
@option("--title", default="", metavar=N_("TEXT"), help=N_("The title."))
@option("--source", default="", metavar=N_("TEXT"), help=N_("The letter that orders it, such as 1192/BHXH-TT."))
@with_topic
@with_spoken
@with_change_options
@pass_station
def new(
    station: Station,
    *,
    id_: str,
    kind: str | None,
    title: str,
    source: str,
    topic: str,
    spoken: Spoken,
    options: ChangeOptions,
) -> None:
    """Make a script file."""
    path = free_script_path(station, id_)
    if version_of(id_):
        refuse_kind(kind)
        of = find_text(station, id_)
        text = version_text(of, id_, TypedHead(title, options.actor, source, topic), asked_language(spoken))
    else:
        text = from_template(kind or "thong-diep", title, options.actor, source, topic, spoken.keys(id_))
    if _save(station, options, path, text, "new", None):
        say(_("Now write it: broadcaster script edit {id}").format(id=id_))


@command(
    "edit",
    help=N_(
        "Open a script in your editor, check what you save, and let you go back in while something is wrong. The "
        "editor is $VISUAL or $EDITOR; on Windows Notepad. The script stays as it was until its text is right; a "
        "text that is not is kept as a draft. An edit withdraws the script's approval."
    ),
    examples=["script edit thong-diep-1"],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@with_change_options
@pass_station
def edit_(station: Station, *, id_: str, options: ChangeOptions) -> int:
    """Edit a script."""
    path = station.scripts_folder / f"{id_}.md"
    if not path.is_file() and not Draft(path).exists:
        find_script(station, id_)
    if path.is_file():
        read_text(path)  # raises InputError for what is no text
        options.need_answer()
    return _file_edit(station, options, path, text_of(path), "edit").run()


@command(
    "import",
    help=N_(
        "Make a script of a text that you have: a Word file (.docx), a LibreOffice text (.odt), plain text (.txt) or "
        "Markdown (.md). Its first line, where that is short, becomes the title; its name, the script's id. Of an "
        "official letter, the subject becomes the title and the body the text. What is crossed out or hidden stays "
        "out. Texts in TCVN3 or VNI are refused."
    ),
    examples=['script import "Bài tuyên truyền tháng 5.docx"', "script import bai.txt --id thong-diep-7 --dry-run"],
)
@argument("file", metavar=N_("FILE"), type=click.Path(path_type=Path))
@option("--id", "id_", metavar="ID", help=N_("The script's id; without it, one is made from the file's name."))
@option("--title", default="", metavar=N_("TEXT"), help=N_("The title; without it, the text's first line."))
@option("--source", default="", metavar=N_("TEXT"), help=N_("The letter that orders it, such as 1192/BHXH-TT."))
@with_topic
@with_spoken
@with_change_options
@pass_station
def import_(
    station: Station,
    *,
    file: Path,
    id_: str | None,
    title: str,
    source: str,
    topic: str,
    spoken: Spoken,
    options: ChangeOptions,
) -> int:
    """Import a text."""
    from broadcaster.speech.import_text import id_from, import_file

    found = import_file(file)
    path = free_script_path(station, id_ or id_from(file))
    if found.whole:
        given = {"--title": title, "--source": source, "--topic": topic, "--language": spoken.language or ""}
        given |= {"--voice": spoken.voice, "--recording": spoken.recording}
        _refuse_head(file, path.stem, given)
    head = title or found.title, options.actor, source or found.source, topic
    text = found.body
    if not found.whole:
        spoken = asked_language(spoken) if version_of(path.stem) else spoken
        text = with_front_matter(*head, found.body, more=spoken.keys(path.stem))
    for note in found.notes:
        hint(_("Note: {finding}").format(finding=note))
    if problems := text_problems(path, text):
        told(problems)
        todo = _("go on with it: broadcaster script edit {id}; or import the text under another name: --id")
        Draft(path).refuse_to_replace(text, todo.format(id=path.stem))
        if offer(_("Put it right in the editor?"), default=True):
            return _file_edit(station, options, path, None, "import").run(text)
        return 2 if options.dry_run else _file_edit(station, options, path, None, "import").keep(text, text)
    if _save(station, options, path, text, "import", None):
        say(_("Read it over: broadcaster script read {id}").format(id=path.stem))
    return 0


def _refuse_head(file: Path, id_: str, given: dict[str, str]) -> None:
    """Raise InputError for options that would be the front matter of a text that has one of its own."""
    if names := ", ".join(name for name, value in given.items() if value):
        what = _("{options}: the text has front matter of its own, which says that").format(options=names)
        todo = _("import it without, then change it: broadcaster script edit {id}").format(id=id_)
        raise InputError(Problem(what, todo, file))


@command(
    help=N_(
        "Take a script off the air for good: its last day becomes yesterday, or the day that you name. So does that of "
        "its versions in other languages. The files stay, and so does the play history; what is still planned with "
        "them is blocked. script undo brings all of them back."
    ),
    examples=["script retire thong-diep-1", "script retire thong-diep-1 --until 31/5/2027"],
)
@argument("id_", metavar="ID", shell_complete=complete_script)
@option("--until", metavar=N_("DAY"), help=N_("The last day on which it may air; without it, yesterday."))
@with_change_options
@pass_station
def retire(station: Station, *, id_: str, until: str | None, options: ChangeOptions) -> None:
    """End a script's validity."""
    from broadcaster.speech.front_matter import with_valid_until

    last, changes = _last_day(until, station.now().date()), []
    for script in with_versions(station, find_script(station, id_), last):
        before = text_of(script.path)
        changes.append(script_change(script.path, with_valid_until(plain_text(before or ""), last), before))
    if _save_family(station, options, changes, "retire"):
        for change in changes:
            say(_("{id}: airs no more after {day}.").format(id=change.script.id, day=short_date(last)))


def _last_day(typed: str | None, today: date) -> date:
    from broadcaster import typed_dates
    from broadcaster.office.typed import DAYS, TypedValues

    typed_values = TypedValues()
    day = typed_values.one("--until", typed, lambda text: typed_dates.parse_day(text, today), DAYS)
    typed_values.finish()
    return day or today - timedelta(days=1)


# ---- writing ----------------------------------------------------------------------------------------------------


def _file_edit(station: Station, options: ChangeOptions, path: Path, before: str | None, how: str) -> FileEdit:
    return FileEdit(
        Draft(path),
        plain_text(before or ""),
        f"broadcaster script edit {path.stem}",
        lambda text: text_problems(path, text),
        lambda text: _save(station, options, path, text, how, before),
        keep_refused=not options.dry_run,
    )


def _save(station: Station, options: ChangeOptions, path: Path, text: str, how: str, before: str | None) -> bool:
    """Show what changes, ask, write the script and enter who did it. Return whether it was written."""
    return _save_family(station, options, [script_change(path, text, before)], how)


def _save_family(station: Station, options: ChangeOptions, changes: Sequence[ScriptChange], how: str) -> bool:
    """Do what `_save` does with a text, the first of these, and versions of it."""
    say_what_is_lost(station, [(change.file, change.script) for change in changes])
    if not options.agreed([change.file for change in changes], ask=not changes[0].is_new):
        return False
    write_family(station, [(change.file, change) for change in changes], options.actor, how)
    say(_("Written."))
    for change in changes:
        if not change.script.valid_until or change.script.valid_until >= station.now().date():  # else it airs no more
            say_what_is_missing(station, change)
    return True
