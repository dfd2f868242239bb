"""Whether what is to air was approved: one answer for the desk, the plan and the lists.

The sentences are here, and not with the office's others, because the desk writes them into the play history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.models import BulletinClass
from broadcaster.records.approvals import DifferenceKind, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from broadcaster.models import Heard, Occurrence, Script
    from broadcaster.records.approvals import Approvals, ApprovalVerdict, Difference
    from broadcaster.settings import ApprovalSettings


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A script that nobody has approved as it is heard, and the state of its approval."""

    script: str
    verdict: ApprovalVerdict


def unapproved(
    occurrence: Occurrence,
    scripts: Mapping[str, Script],
    approvals: Approvals,
    settings: ApprovalSettings,
    heard: Callable[[str], Heard | None],
) -> tuple[Unapproved, ...]:
    """Return the scripts for whose want of approval an occurrence may not air; none where it may.

    `heard` returns what is heard in a script's clip, None while there is none: then only its text is looked at. An
    emergency bulletin airs without approval: it cannot wait for a second person.
    """
    if not settings.required or occurrence.bulletin_class is BulletinClass.EMERGENCY:
        return ()
    known = (scripts[id_] for id_ in dict.fromkeys(occurrence.scripts) if id_ in scripts)
    found = (Unapproved(script.id, approvals.verdict(script.id, script.digest, heard(script.id))) for script in known)
    return tuple(each for each in found if not each.verdict.holds)


def objection_text(found: Sequence[Unapproved]) -> str:
    """Return which scripts are not approved and why, in words; "" where there is none."""
    reasons: dict[str, list[str]] = {}
    for each in found:
        reasons.setdefault(standing_text(each.verdict), []).append(each.script)
    text = "; ".join(f"{', '.join(ids)}: {reason}" for reason, ids in reasons.items())
    return _("not approved ({reasons})").format(reasons=text) if text else ""


def standing_text(verdict: ApprovalVerdict) -> str:
    """Return the state of a text's approval in words, with who and when."""
    if verdict.row is None:
        return _("nobody has approved it")
    texts = {
        Standing.APPROVED: _("approved by {name} on {when}"),
        Standing.EDITED: _("the text was changed after {name} had approved it on {when}"),
        Standing.HEARD_OTHERWISE: _("{name} approved this text on {when}, and it is heard otherwise now: {changes}"),
        Standing.REVOKED: _("{name} took the approval back on {when}: {reason}"),
    }
    when = verdict.row.at.strftime(_("%Y-%m-%d %H:%M"))
    reason = verdict.row.body.get("reason", "")
    changes = "; ".join(map(difference_text, verdict.differences))
    return texts[verdict.standing].format(name=verdict.row.actor, when=when, reason=reason, changes=changes)


def difference_text(difference: Difference) -> str:
    """Return what is not heard as it was approved, in words."""
    texts = {
        DifferenceKind.LEXICON: _("the lexicon now says “{said}” for “{written}”"),
        DifferenceKind.NO_ENTRY: _("the lexicon no longer says how “{written}” is read"),
        DifferenceKind.WORDS: _("it is read in other words"),
        DifferenceKind.SOUND: _("the recording {file} was changed"),
        DifferenceKind.NEW_SOUND: _("{file} is heard too"),
    }
    return texts[difference.kind].format(**dict(difference.facts))
