r"""The digest of a report's figures: SHA-256 of a text that anybody can put together from the report in JSON.

One line each, ended by a line feed, its parts separated by tabs: the days of the report, its time zone, its campaign
and its letter (`*` for all); then `total`, each `day` and each `script` with their numbers; the groups, the topics of
each month, the activities; then each line of the report: occurrence, `plan` or `other`, status, what was heard and how
late it began in milliseconds (`-`: nothing began), origin, device; then each `frozen` month and each `edit` of one.
docs/formats.md has an example. No word of it is in any language, so that it stays the same in later versions.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from broadcaster.records.monthly.digest_groups import group_texts, group_texts_of_json
from broadcaster.records.monthly.frozen_words import COLUMNS, frozen_json
from broadcaster.records.reconcile import Ruling
from broadcaster.records.signed_figures import COUNTS, SignedFigures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from broadcaster.records.monthly.figures import Figures, Tally
    from broadcaster.records.monthly.lines import Line

_NUMBERS = ("planned", "aired", "late", "not_aired", "to_come", "unplanned", "make_goods", "tests", "sessions")


def sign_figures(figures: Figures) -> SignedFigures:
    """Return what a checkpoint says of a report."""
    heading, total = figures.heading, figures.total
    counts = (total.planned, total.aired, _late(total), total.not_aired, total.to_come, total.unplanned)
    return SignedFigures(
        heading.first,
        heading.last,
        heading.zone.key,
        heading.scope.campaign,
        heading.scope.source,
        counts,
        total.tenths,
        _sha256(_texts(figures)),
    )


def digest_of_json(told: Mapping[str, Any]) -> str:
    """Return the digest of a report that was written as JSON; raise KeyError, TypeError or ValueError for no report."""
    return _sha256(_texts_of_json(told))


def counts_of_json(total: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the counts of `COUNTS` that a report in JSON has in its total."""
    return tuple(int(total[name.replace("-", "_")]) for name in COUNTS)


def _sha256(texts: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{text}\n" for text in texts).encode()).hexdigest()


def _late(tally: Tally) -> int:
    return tally.rulings[Ruling.LATE]


def _texts(figures: Figures) -> Iterator[str]:
    heading = figures.heading
    scope = heading.scope
    yield _row(heading.first, heading.last, heading.zone.key, scope.campaign or "*", scope.source or "*")
    yield _row("total", *_numbers(figures.total))
    for day in figures.days:
        yield _row("day", day.first, *_numbers(day.tally))
    for script in figures.scripts:
        yield _row("script", script.id, script.planned, script.aired, script.readings, script.heard_ms)
    yield from group_texts(figures)
    for line in figures.lines:
        yield _line(line)
    yield from _frozen_texts(frozen_json(figures.frozen))


def _numbers(tally: Tally) -> tuple[int, ...]:
    counts = (tally.planned, tally.aired, _late(tally), tally.not_aired, tally.to_come, tally.unplanned)
    return (*counts, tally.make_goods, tally.tests, tally.sessions, tally.heard_ms)


def _line(line: Line) -> str:
    late = "-" if line.late_s is None else round(line.late_s * 1000)
    where = "plan" if line.planned else "other"
    return f"{line.occurrence}\t{where}\t{line.status}\t{line.heard_ms}\t{late}\t{line.origin}\t{line.device}"


def _texts_of_json(told: Mapping[str, Any]) -> Iterator[str]:
    yield _row(told["first"], told["last"], told["timezone"], told["campaign"] or "*", told["source"] or "*")
    yield _row("total", *_numbers_of_json(told["total"]))
    for day in told["days"]:
        yield _row("day", day["first"], *_numbers_of_json(day))
    for script in told["scripts"]:
        counts = (script[name] for name in ("planned", "aired", "said"))
        yield _row("script", script["id"], *counts, round(script["minutes"] * 60_000))
    yield from group_texts_of_json(told)
    for line in told["lines"]:
        late = round(line["late_s"] * 1000) if "late_s" in line else "-"
        where = "plan" if line["planned"] else "other"
        heard = round(line["heard_s"] * 1000)
        yield _row(line["occurrence"], where, line["status"], heard, late, line["origin"], line.get("device", ""))
    yield from _frozen_texts(told.get("frozen", ()))


def _frozen_texts(spans: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the months that were frozen, from their form in JSON; nothing for the others."""
    for span in spans:
        if not span["frozen"]:
            continue
        yield _row("frozen", span["month"], span["row"], span["sha256"], *(span[name] for name in COLUMNS))
        for edit in span["edits"]:
            ids = [" ".join(edit[name]) or "-" for name in ("taken_out", "put_in")]
            changed = edit.get("changed")  # no part at all where there is none, as in earlier versions
            ids += [" ".join(changed)] if changed else []
            yield _row("edit", edit["row"] or "-", edit["by"] or "-", edit["reason"] or "-", *ids)


def _numbers_of_json(counted: Mapping[str, Any]) -> list[int]:
    return [counted[name] for name in _NUMBERS] + [round(counted["minutes"] * 60_000)]


def _row(*parts: object) -> str:
    return "\t".join(map(str, parts))
