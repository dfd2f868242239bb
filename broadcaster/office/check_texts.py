"""What somebody should look at in the texts of scripts, for the checks of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import InputError
from broadcaster.models import WarningKind
from broadcaster.office.check_findings import Finding, FindingKind, Level, finding
from broadcaster.office.script_review import ScriptReviewer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from broadcaster.models import LineRemark, Script
    from broadcaster.office.forecast import Forecast
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class TextWarning:
    """What somebody should look at in a script that is in force."""

    script: Script
    remark: LineRemark


def check_all_texts(forecast: Forecast, station: Station) -> Iterator[TextWarning]:
    """Yield what is to be looked at in every script in force; nothing if the lexicon is wrong, which is told itself."""
    yield from _warnings(forecast, station, forecast.scripts.values())


def check_planned_texts(forecast: Forecast, station: Station) -> Iterator[Finding]:
    """Yield a finding for each planned script with something to look at: days that do not exist, and all the rest."""
    named = {id_ for prospect in forecast.prospects for id_ in prospect.occurrence.scripts}
    scripts = [forecast.scripts[id_] for id_ in sorted(named & forecast.scripts.keys())]
    found: dict[str, list[LineRemark]] = {}
    for each in _warnings(forecast, station, scripts):
        found.setdefault(each.script.id, []).append(each.remark)
    for id_, remarks in found.items():
        warnings = [remark.warning for remark in remarks]
        slips = [dict(each.facts)["token"] for each in warnings if each.kind is WarningKind.IMPOSSIBLE]
        others = tuple(dict.fromkeys(each for each in warnings if each.kind is not WarningKind.IMPOSSIBLE))
        if slips:
            tokens = tuple(dict.fromkeys(map(str, slips)))
            yield finding("texts", Level.WARNING, FindingKind.NO_SUCH_DAY, id=id_, tokens=tokens)
        if others:
            yield finding("texts", Level.WARNING, FindingKind.TEXT_WARNINGS, id=id_, warnings=others)


def _warnings(forecast: Forecast, station: Station, scripts: Iterable[Script]) -> Iterator[TextWarning]:
    settings, renderer = forecast.in_force.settings, forecast.in_force.renderer(station.root)
    reviewer = ScriptReviewer(renderer, settings, forecast.scripts.values(), station.now().date())
    for script in scripts:
        try:
            review = reviewer.review(script, forecast.clips.get(script.id))
        except InputError:  # a wrong lexicon
            return
        yield from (TextWarning(script, remark) for remark in review.notable)
