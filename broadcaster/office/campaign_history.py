"""Who changed which campaign when, the lines that a change changed, and the way back to an earlier version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError, Problem
from broadcaster.i18n import _
from broadcaster.office.find import find_campaign
from broadcaster.schedule.campaign_edit import FileChange
from broadcaster.station import edits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.station.edits import Version
    from broadcaster.station.folder import Station

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Undo:
    """The changes that go back: to right after the change `number`, or (None) to right before the `last` change."""

    changes: tuple[FileChange, ...]
    number: int | None
    last: Version


def history_of(station: Station, campaign: str | None = None) -> list[Version]:
    """Return the changes of all campaigns or of one, the latest last.

    What was edited by hand and is not recorded yet comes last, with the number 0. Raise InputError for a campaign that
    there is not, and never was.
    """
    found = [version for version in _all_versions(station) if campaign is None or _touches(version, campaign)]
    if campaign is not None and not found and not (station.schedules_folder / f"{campaign}.toml").is_file():
        find_campaign(station, campaign)
    return found


def _all_versions(station: Station) -> list[Version]:
    with station.past() as ledger:
        if ledger is None:
            return []
        past = edits.history(ledger)
    found = edits.not_entered(station, past, "-")
    return [*past, found] if found else past


def _touches(version: Version, campaign: str) -> bool:
    named = any(file.file == f"{campaign}.toml" for file in version.files)
    return named or any(campaign in change.campaigns for change in version.frozen)


def changes_of(station: Station, past: Sequence[Version], number: int) -> list[FileChange]:
    """Return what the change of that number changed, file by file; raise InputError where there is no such change."""
    found = next((version for version in past if version.number == number), None)
    if found is None:
        raise unknown_change(number, [version.number for version in past])
    folder = station.schedules_folder
    return [edits.between(folder / file.file, file.before, file.after) for file in found.files]


def unknown_change(number: int, known: Sequence[int]) -> InputError:
    """Return the error of a change that is not there, with the last of those that are; 0 is none."""
    shown = ", ".join(str(each) for each in known[-_MOST_SHOWN:] if each) or _("none")
    what = _("there is no change with the number {number}").format(number=number)
    return InputError(Problem(what, _("there are: {known}").format(known=shown)))


def undo(station: Station, campaign: str | None = None, number: int | None = None) -> Undo:
    """Return what takes back the last change of all campaigns or of one.

    `number`: go back to how it was right after that change; 0: before the first. Raise InputError for no such change.
    """
    past = [version for version in history_of(station, campaign) if version.files]
    if not past:
        raise InputError(Problem(_("nothing was changed yet, so there is nothing to take back")))
    if number and number not in [version.number for version in past]:
        raise unknown_change(number, [version.number for version in past])
    back = past[-1:] if number is None else [v for v in past if v.number > number or not v.number]
    if campaign is not None and number is None:
        _refuse_lost_edits(station, back[0], campaign)
    changes = tuple(_back_to(station, name, digest) for name, digest in _before(back, campaign).items())
    return Undo(changes, number, past[-1])


def _before(versions_: Sequence[Version], campaign: str | None) -> dict[str, str]:
    """Return the digest that each file had before the first of these changes; of a rename, both files."""
    found: dict[str, str] = {}
    for version in versions_:
        name = f"{campaign}.toml"
        other = edits.renamed_with(version.files, name)
        for file in version.files:
            if campaign is None or file.file == name or file is other:
                found.setdefault(file.file, file.before)
    return found


def _refuse_lost_edits(station: Station, last: Version, campaign: str) -> None:
    """Raise InputError where the last change of a campaign gave it another id, and it was edited under that one."""
    other = edits.renamed_with(last.files, f"{campaign}.toml")
    if other is None or other.after == versions.NO_FILE:
        return
    path = station.schedules_folder / other.file
    if versions.digest_text(versions.text_of(path)) != other.after:
        what = _("{id} became {new}, which was changed since").format(id=campaign, new=path.stem)
        todo = _("give it its id back: broadcaster schedule rename {new} {id}")
        raise InputError(Problem(what, todo.format(id=campaign, new=path.stem)))


def _back_to(station: Station, name: str, digest: str) -> FileChange:
    path = station.schedules_folder / name
    return FileChange(path, versions.text_of(path), versions.load(path, digest))
