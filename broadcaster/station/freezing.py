"""Freezes the plan of a month, and works out what an edit of campaigns does to months that are frozen.

A month is frozen once: by a person, ahead of it, or by the desk in the first round of the month.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from broadcaster import versions
from broadcaster.errors import InputError
from broadcaster.records.frozen_changes import FrozenChange, Said, SaidOtherwise, start_of
from broadcaster.records.frozen_plan import clip_lengths, frozen_entry, read_frozen
from broadcaster.records.keys import signing_key
from broadcaster.records.play_rows import planned_from_body
from broadcaster.schedule.campaign_edit import plain_text
from broadcaster.schedule.plan import expand
from broadcaster.schedule.timetable import parse_campaign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from broadcaster.models import Campaign, Occurrence
    from broadcaster.records.frozen_plan import FrozenMonth, Month
    from broadcaster.records.ledger import Entry, Ledger
    from broadcaster.station.folder import Station


def frozen_row(
    station: Station, ledger: Ledger, campaigns: Iterable[Campaign], month: Month, actor: str, now: datetime
) -> Entry:
    """Return the row that freezes a month's plan as these campaigns have it; the station's key is there.

    What of the month is over is taken from the ledger: an edit of a file has no say in that any more. Raises
    RecordError for a key that cannot be read.
    """
    signer = signing_key(station.owner.keys, station.settings.name)
    plan = month_plan(ledger, campaigns, month, now)
    return frozen_entry(month, plan, clip_lengths(ledger), signer, actor, now)


def month_plan(ledger: Ledger, campaigns: Iterable[Campaign], month: Month, now: datetime) -> list[Occurrence]:
    """Return a month's plan: what is over as the ledger has it, what is to come as the campaigns do."""
    begin = min(max(now, month.start), month.end)
    past = [planned_from_body(row.body) for row in ledger.planned(month.start, begin)]
    return past + expand(campaigns, begin, month.end, month.zone)


class FrozenMonths:
    """The frozen months that are not over yet; what an edit does to them is known to the next one."""

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self._now = now
        self._months = [month for month in read_frozen(ledger).values() if month.plan.month.end > now]

    def changes(self, campaigns: Mapping[str, Campaign | None]) -> tuple[FrozenChange, ...]:
        """Return what it does to each month when these campaigns, by id, are as they are now; None: it is gone.

        What has begun is left out: it can neither be taken out nor put in.
        """
        found = []
        for month in self._months:
            change = self._change(month, campaigns)
            month.apply(change)
            found.append(change)
        return tuple(change for change in found if change)

    def campaigns(self) -> set[str]:
        """Return the ids of the campaigns of which something is still to come."""
        return {id_.partition("/")[0] for month in self._months for id_ in month.present if start_of(id_) > self._now}

    def _change(self, of: FrozenMonth, campaigns: Mapping[str, Campaign | None]) -> FrozenChange:
        month = of.plan.month
        mine = {id_ for id_ in of.present if id_.partition("/")[0] in campaigns and start_of(id_) > self._now}
        there = [campaign for campaign in campaigns.values() if campaign is not None]
        plan = expand(there, max(self._now, month.start), month.end, month.zone)
        wanted = {each.id: each for each in plan if each.start > self._now}
        out = _in_order(mine - wanted.keys())
        of_plan = sum(id_ in of.plan.occurrences for id_ in out)
        changed = tuple(
            SaidOtherwise(each.id, said)
            for each in wanted.values()
            if of.said.get(each.id, said := _said(each)) != said
        )
        return FrozenChange(month.name, out, _in_order(wanted.keys() - mine), of_plan, changed)


def _said(occurrence: Occurrence) -> Said:
    return Said(tuple(occurrence.scripts), occurrence.repeat, occurrence.group)


def _in_order(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=lambda id_: (start_of(id_), id_)))


def readable(texts: Mapping[Path, str | None]) -> dict[str, Campaign | None]:
    """Return the campaigns in these texts of files, by id; None for a file that is gone.

    One with mistakes is left out: its last good version stays in force.
    """
    found: dict[str, Campaign | None] = {}
    for path, text in texts.items():
        try:
            found[path.stem] = None if text is None else parse_campaign(path, plain_text(text))
        except InputError:
            continue
    return found


def kept_texts(folder: Path, digests: Mapping[str, str]) -> dict[Path, str | None]:
    """Return the texts of kept versions, given by the name of the file.

    A version that a full disk did not keep is the one that lies in the folder; what cannot be read is left out.
    """
    found: dict[Path, str | None] = {}
    for name, digest in digests.items():
        for read in (partial(versions.load, folder / name, digest), partial(versions.text_of, folder / name)):
            try:
                found[folder / name] = read()
                break
            except InputError:
                continue
    return found
