"""A script under another id: its file and those of its versions, and every campaign that names them, in one step."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from broadcaster.errors import InputError, Problem
from broadcaster.files import list_files
from broadcaster.i18n import _
from broadcaster.office.drafts import Draft
from broadcaster.office.find import all_campaigns, find_script
from broadcaster.office.script_changes import ScriptStep, free_script_path, script_entries
from broadcaster.office.script_history import history_of, renamed_away
from broadcaster.records.approvals import RENAME
from broadcaster.schedule.campaign_edit import FileChange, campaigns_of, edit
from broadcaster.script_ids import parse_script_id, text_id, version_of
from broadcaster.station import edits
from broadcaster.toml_lines import statements
from broadcaster.versions import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from broadcaster.models import Campaign
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class ScriptRename:
    """The changes that give a script another id; `scripts`: the file that goes and the one that comes, of each."""

    old: str
    new: str
    scripts: tuple[tuple[FileChange, FileChange], ...]
    campaigns: tuple[FileChange, ...]


def rename_script(station: Station, id_: str, new: str) -> ScriptRename:
    """Return the changes that give a text another id, and its versions with it; campaigns that name them follow.

    Raise InputError for an id that is taken, or none; a version alone; a draft that waits under the old id; or a
    campaign that cannot be read, for it may name the script.
    """
    find_script(station, id_)
    if version_of(id_) or version_of(new):
        what = _("a version in another language has the id of its text")
        todo = _("rename the text: broadcaster script rename {id}").format(id=text_id(id_))
        if text_id(id_) == text_id(new):
            todo = _("write it under the right id with script new, then: broadcaster script retire {id}").format(id=id_)
        raise InputError(Problem(what, todo))
    paths = _family(station, id_)
    for path in paths:
        if Draft(path).exists:
            what = _("{id}: somebody has not finished writing it").format(id=path.stem)
            raise InputError(Problem(what, _("go on with it first: broadcaster script edit {id}").format(id=path.stem)))
    ids = {path.stem: f"{new}{path.stem.removeprefix(id_)}" for path in paths}
    come = {old: free_script_path(station, each) for old, each in ids.items()}
    texts = {path: text_of(path) for path in paths}
    pairs = [(FileChange(path, texts[path], None), FileChange(come[path.stem], None, texts[path])) for path in paths]
    changes = (_in_campaign(campaign, ids) for campaign in all_campaigns(station).values())
    return ScriptRename(id_, new, tuple(pairs), tuple(change for change in changes if change))


def _family(station: Station, id_: str) -> list[Path]:
    """Return the files of a text and of its versions, also of those that cannot be read."""
    files = [path for path in list_files(station.scripts_folder) if path.suffix == ".md" and parse_script_id(path.stem)]
    return sorted((path for path in files if text_id(path.stem) == id_), key=lambda path: path.stem)


def _in_campaign(campaign: Campaign, ids: Mapping[str, str]) -> FileChange:
    """Return the change in which a campaign names scripts by their new ids; comments stay beside them."""
    slots = tuple(
        replace(slot, scripts=tuple(_renamed(script, ids) for script in slot.scripts)) for slot in campaign.slots
    )
    expected, step = replace(campaign, slots=slots), edit(campaign.path)
    if expected == campaign:
        return step.change()
    in_place = replace(step, text=_in_lines(step.text, ids))
    return (in_place if in_place.campaign == expected else step.change_all(expected)).change()


def _in_lines(text: str, ids: Mapping[str, str]) -> str:
    """Return a campaign's text with new ids for old ones in its lists of scripts, and nothing else changed."""
    lines = text.split("\n")
    named = re.compile(rf"""(["'])({"|".join(map(re.escape, map(text_id, ids)))})((?:\.[a-z0-9-]+)?\1)""")
    weight = re.compile(rf"([{{,]\s*)({'|'.join(map(re.escape, ids))})(?=\s*=)")
    for first, last, statement in statements(text.removeprefix("\ufeff")):
        key = statement.partition("=")[0].strip()
        part = "\n".join(lines[first - 1 : last])
        if key in ("scripts", "weights"):
            part = named.sub(lambda found: f"{found[1]}{_renamed(found[2], ids)}{found[3]}", part)
        if key == "weights":
            part = weight.sub(lambda found: f"{found[1]}{_renamed(found[2], ids)}", part)
        lines[first - 1 : last] = part.split("\n")
    return "\n".join(lines)


def _renamed(script: str, ids: Mapping[str, str]) -> str:
    """Return a script as a campaign is to name it: a version that is not there goes with its text all the same."""
    text = text_id(script)
    return f"{ids[text]}{script.removeprefix(text)}" if text in ids else script


def refuse_old_ids(station: Station, changes: Iterable[FileChange]) -> None:
    """Raise InputError for changes after which a campaign would name scripts by ids that they have no more."""
    last = {version.script: version for version in history_of(station)}
    scripts = station.scripts()[0]
    named = {id_ for change in changes if (after := campaigns_of(change)[1]) for id_ in _ids(after)}
    for id_ in sorted(named - set(scripts)):
        version = last.get(id_)
        if version is not None and version.is_rename and version.other in scripts:
            raise InputError(renamed_away(version))


def _ids(campaign: Campaign) -> set[str]:
    return {text_id(script) for slot in campaign.slots for script in slot.scripts}


def write_rename(station: Station, found: ScriptRename, actor: str, reason: str = "") -> None:
    """Enter a rename and write it: first the new files, then the campaigns, and last are the old files removed.

    So whoever reads meanwhile finds every script that a campaign names. Raise InputError, with nothing entered, if a
    file was changed meanwhile; RecordError, with nothing written, where it cannot be entered.
    """
    for change in found.campaigns:
        change.check()
    entries = script_entries(station, list(_steps(station, found)), actor, RENAME)
    summary = _("script {id} renamed: {new}").format(id=found.old, new=found.new)
    with station.ledger() as ledger:
        ledger.append(entries)
        for _old, new in found.scripts:
            new.write()
        if found.campaigns:
            edits.write(station, ledger, found.campaigns, actor, summary, reason)
    for old, _new in found.scripts:
        old.write()


def _steps(station: Station, found: ScriptRename) -> Iterator[ScriptStep]:
    scripts = station.scripts()[0]
    for old, new in found.scripts:
        script = scripts.get(old.path.stem)
        title, digest = (script.title, script.digest) if script else ("", "")
        yield ScriptStep(old, title, "", new.path.stem)
        yield ScriptStep(new, title, digest, old.path.stem)
