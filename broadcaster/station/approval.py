"""Whether what is to air was approved: one answer for the desk, the plan and the lists.

The sentences are here, and not with the office's others, because the desk writes them into the play history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.models import BulletinClass
from broadcaster.records.approvals import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from broadcaster.models import Occurrence, Script
    from broadcaster.records.approvals import Approvals, ApprovalVerdict
    from broadcaster.settings import ApprovalSettings


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A script whose text nobody has approved as it is, and the state of its approval."""

    script: str
    verdict: ApprovalVerdict


def unapproved(
    occurrence: Occurrence, scripts: Mapping[str, Script], approvals: Approvals, settings: ApprovalSettings
) -> tuple[Unapproved, ...]:
    """Return the scripts for whose want of approval an occurrence may not air; none where it may.

    An emergency bulletin airs without approval: it cannot wait for a second person.
    """
    if not settings.required or occurrence.bulletin_class is BulletinClass.EMERGENCY:
        return ()
    known = (scripts[id_] for id_ in dict.fromkeys(occurrence.scripts) if id_ in scripts)
    found = (Unapproved(script.id, approvals.verdict(script.id, script.digest)) for script in known)
    return tuple(each for each in found if not each.verdict.holds)


def objection(
    occurrence: Occurrence, scripts: Mapping[str, Script], approvals: Approvals, settings: ApprovalSettings
) -> str:
    """Return why an occurrence may not air for want of approval, in the words of the desk's row; "" where it may."""
    return objection_text(unapproved(occurrence, scripts, approvals, settings))


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
        Standing.REVOKED: _("{name} took the approval back on {when}: {reason}"),
    }
    when = verdict.row.at.strftime(_("%Y-%m-%d %H:%M"))
    reason = verdict.row.body.get("reason", "")
    return texts[verdict.standing].format(name=verdict.row.actor, when=when, reason=reason)
