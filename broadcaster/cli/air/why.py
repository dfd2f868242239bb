"""`broadcaster why`: the whole chain of decisions for one occurrence, past or future, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broadcaster.cli.frame import argument, command, option, pass_station
from broadcaster.cli.problems import told
from broadcaster.cli.show import say, show_json
from broadcaster.i18n import N_
from broadcaster.office.why_asked import explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broadcaster.office.why import Step
    from broadcaster.office.why_asked import Answer
    from broadcaster.station.folder import Station


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
@option("--json", "as_json", is_flag=True, help=N_("Write JSON."))
@pass_station
def why(station: Station, *, asked: tuple[str, ...], as_json: bool) -> int:
    """Explain an occurrence, or a moment."""
    answer = explain(" ".join(asked), station)
    if as_json:
        show_json(_to_json(answer))
        return told(answer.problems)
    for id_, steps in answer.occurrences.items():
        say(id_)
        _show(steps)
    _show(answer.nothing)
    return told(answer.problems)


def _show(steps: Sequence[Step]) -> None:
    for step in steps:
        mark = {True: "✓", False: "✗", None: "·"}[step.good]
        say(f"  {mark} {step.text}")


def _to_json(answer: Answer) -> dict[str, Any]:
    def steps(found: Sequence[Step]) -> list[dict[str, Any]]:
        return [{"about": step.about, "good": step.good, "text": step.text} for step in found]

    return {
        "moment": answer.target.moment.isoformat(),
        "occurrences": [{"id": id_, "steps": steps(found)} for id_, found in answer.occurrences.items()],
        "nothing": steps(answer.nothing),
    }
