"""`broadcaster why`: the whole chain of decisions for one occurrence, past or future, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.frame import argument, command, pass_station_in_force, with_json
from broadcaster.cli.problems import told
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_
from broadcaster.office.why.explain import explain
from broadcaster.office.wording_why import step_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broadcaster.office.why.explain import Explanation
    from broadcaster.office.why.steps import Step
    from broadcaster.station.folder import Station

_MARKS = {True: "✓", False: "✗", None: "·"}


@command(
    help=N_(
        "Say why something plays, played, did not play, or is not planned: which line of which file planned it, its "
        "days and turn, rules, approval, clip, device, and what the play history says happened. Names an occurrence "
        "or a time; past and future."
    ),
    examples=[
        "why thang-5/thong-diep@2027-05-15T05:30+07:00",
        "why 15/5 5h30",
        'why "hôm qua 17:00"',
        "why 15/5/2027 12:00 --json",
    ],
)
@argument("asked", metavar=N_("ID|TIME"), nargs=-1, required=True)
@with_json
@pass_station_in_force
def why(station: Station, *, asked: tuple[str, ...], as_json: bool) -> int:
    """Explain an occurrence, or a moment."""
    explanation = explain(station, " ".join(asked))
    if as_json:
        show_json(_to_json(explanation))
    else:
        _show(explanation)
    return told(explanation.problems)


def _show(explanation: Explanation) -> None:
    for occurrence in explanation.occurrences:
        say(occurrence.id)
        _show_steps(occurrence.steps)
    _show_steps(explanation.nothing)


def _show_steps(steps: Iterable[Step]) -> None:
    for step in steps:
        say(f"  {_MARKS[step.good]} {step_text(step)}")


def _to_json(explanation: Explanation) -> dict[str, Any]:
    return {
        "moment": explanation.target.moment.isoformat(),
        "occurrences": [{"id": found.id, "steps": _steps_to_json(found.steps)} for found in explanation.occurrences],
        "nothing": _steps_to_json(explanation.nothing),
    }


def _steps_to_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [{"about": step.about, "kind": str(step.kind), "good": step.good, "text": step_text(step)} for step in steps]
