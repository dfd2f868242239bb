"""Why one occurrence plays or does not: each reason a step, from the line of its file to its last row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from broadcaster.i18n import _
from broadcaster.models import Order, Outcome
from broadcaster.office.forecast import ProspectState, find_clips
from broadcaster.office.why_silent import place
from broadcaster.office.wording import (
    ORDERS,
    OUTCOMES,
    day_name,
    lateness,
    length,
    span_text,
    weekdays_text,
    when_exactly,
)
from broadcaster.office.wording_forecast import minutes_on_air, prospect_text
from broadcaster.records.ledger import Kind
from broadcaster.records.play import from_body

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from broadcaster.models import Campaign, Slot
    from broadcaster.office.forecast import Forecast, Prospect
    from broadcaster.records.ledger import Row
    from broadcaster.station.folder import Station


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain. `good`: it lets the occurrence air, keeps it from airing, or (None) only tells."""

    about: str
    text: str
    good: bool | None = None


class Explanation:
    """Explains the occurrences of one day of a station."""

    def __init__(self, station: Station, forecast: Forecast) -> None:
        self._station = station
        self._forecast = forecast
        self._campaigns = station.campaigns()[0]
        self._scripts = station.scripts()[0]

    @staticmethod
    def is_recorded(station: Station, id_: str) -> bool:
        """Tell whether the play history has a row about an occurrence."""
        if not station.ledger_path.exists():
            return False
        with station.ledger(read_only=True) as ledger:
            return next(ledger.rows(occurrence=id_), None) is not None

    def recorded(self, moment: datetime, slot: str | None) -> list[str]:
        """Return what the play history has for that minute and the files do not."""
        if not self._station.ledger_path.exists():
            return []
        minute = moment.replace(second=0, microsecond=0)
        with self._station.ledger(read_only=True) as ledger:
            end = minute + timedelta(minutes=1)
            withdrawn = (
                row for row in ledger.rows([Kind.WITHDRAWN]) if f"@{minute:%Y-%m-%dT%H:%M}" in (row.occurrence or "")
            )
            rows = [*ledger.planned(minute, end), *ledger.played(minute, end), *withdrawn]
        ids = dict.fromkeys(row.occurrence or "" for row in rows)
        return [id_ for id_ in ids if slot is None or id_.startswith(f"{slot}@")]

    def chain(self, id_: str) -> list[Step]:
        """Return the whole chain: the verdict first, then what led to it."""
        prospect = next((p for p in self._forecast.prospects if p.occurrence.id == id_), None)
        rows = self._rows(id_)
        outcome = next((row for row in rows if row.kind == Kind.PLAYED), None)
        steps = [self._verdict(prospect, rows, outcome)]
        if prospect:
            steps += self._planned(prospect)
            steps += self._judged(prospect, past=outcome is not None)
        else:
            steps.append(Step("plan", _("No file plans it now: it was edited, or never came from a file.")))
        return [*steps, *map(self._history, rows)]

    def _rows(self, id_: str) -> list[Row]:
        if not self._station.ledger_path.exists():
            return []
        with self._station.ledger(read_only=True) as ledger:
            return list(ledger.rows(occurrence=id_))

    # ---- the verdict -------------------------------------------------------------------------------------------

    def _verdict(self, prospect: Prospect | None, rows: list[Row], outcome: Row | None) -> Step:
        if outcome is not None:
            return self._ended(outcome)
        if rows and rows[-1].kind == Kind.WITHDRAWN:
            return Step("verdict", _("It was taken out of the plan before its time."), good=False)
        if rows and rows[-1].kind == Kind.CUED:
            return Step("verdict", _("It is on the air, or was cut off: it was made ready and has no outcome yet."))
        if prospect is None:
            return Step("verdict", _("It is planned no more, and has no outcome."), good=False)
        if prospect.begins < self._station.now():
            text = _(
                "Its time has passed without an outcome: the desk was not running. It enters one at its next start."
            )
            return Step("verdict", text, good=False)
        if prospect.will_sound:
            text = _("It will air on {when}: {state}.")
            return Step(
                "verdict", text.format(when=when_exactly(prospect.begins), state=prospect_text(prospect)), good=True
            )
        return Step("verdict", _("It will not air: {state}.").format(state=prospect_text(prospect)), good=False)

    def _ended(self, row: Row) -> Step:
        play = from_body(row.occurrence or "", row.body)
        good = play.outcome is Outcome.AIRED
        reason = f": {play.reason}" if play.reason else ""
        if play.started is None:
            text = _("It did not air; outcome: {outcome}{reason}.")
            return Step("verdict", text.format(outcome=_(OUTCOMES[play.outcome]), reason=reason), good=False)
        text = _(
            "It began on {when}, {late} after its time, and {heard} was heard on {device}; outcome: {outcome}{reason}."
        )
        shown = text.format(
            when=when_exactly(play.started.astimezone(self._station.settings.timezone)),
            late=lateness(play.lateness_s),
            heard=length(timedelta(seconds=play.heard_s)),
            device=play.device or "?",
            outcome=_(OUTCOMES[play.outcome]),
            reason=reason,
        )
        return Step("verdict", shown, good=good)

    # ---- what planned it ---------------------------------------------------------------------------------------

    def _planned(self, prospect: Prospect) -> Iterator[Step]:
        occurrence = prospect.occurrence
        campaign = self._campaigns[occurrence.campaign]
        slot = next(slot for slot in campaign.slots if slot.id == occurrence.slot)
        text = _('{place} plans it: slot "{slot}" of "{title}"{source}.')
        source = _(", ordered by {source}").format(source=campaign.source) if campaign.source else ""
        yield Step(
            "plan",
            text.format(place=place(campaign, slot), slot=slot.id, title=campaign.title, source=source),
            good=True,
        )
        yield Step("days", self._days(campaign, slot, occurrence.start), good=True)
        yield Step("turn", self._turn(slot, prospect), good=True)

    def _days(self, campaign: Campaign, slot: Slot, start: datetime) -> str:
        text = _("{day} lies in {span}, is one of its weekdays ({days}), and neither left out nor paused.")
        span = span_text(slot.start or campaign.start, slot.end or campaign.end)
        return text.format(day=day_name(start.date()), span=span, days=weekdays_text(slot.days))

    def _turn(self, slot: Slot, prospect: Prospect) -> str:
        scripts = ", ".join(prospect.occurrence.scripts)
        if slot.order is Order.ALL or len(slot.scripts) == 1:
            text = _("It says {scripts}, {count} times in a row.") if slot.repeat > 1 else _("It says {scripts}.")
            return text.format(scripts=scripts, count=slot.repeat)
        text = _("Of its {total} scripts ({order}) it is the turn of {scripts}, said {count} times.")
        return text.format(total=len(slot.scripts), order=_(ORDERS[slot.order]), scripts=scripts, count=slot.repeat)

    # ---- what was judged ---------------------------------------------------------------------------------------

    def _judged(self, prospect: Prospect, *, past: bool) -> Iterator[Step]:
        """Yield rules, approval, clips, device; of the past, as it would be judged today."""
        if past:
            yield Step("now", _("By today's files and rules:"))
        yield self._rules(prospect)
        yield self._approval(prospect)
        yield from self._clips(prospect)
        if prospect.wait:
            yield Step(
                "wait", _("Before it something else has the output: {text}.").format(text=prospect_text(prospect))
            )
        devices = ", ".join(self._station.settings.output.devices)
        yield Step("device", _("Device: the first of these that works ({devices}).").format(devices=devices))

    def _rules(self, prospect: Prospect) -> Step:
        if prospect.breach:
            text = _("A rule forbids it ({rule}): {text}.").format(
                rule=prospect.breach.rule, text=prospect_text(prospect)
            )
            return Step("rules", text, good=False)
        day = self._forecast.by_day()[prospect.occurrence.start.date()]
        limit = self._station.settings.rules.minutes_per_day
        text = _("No rule forbids it; that day has {minutes} minutes in all.")
        if limit is not None:
            text = _("No rule forbids it; that day has {minutes} minutes in all, of {limit} allowed.")
        return Step("rules", text.format(minutes=minutes_on_air(day), limit=limit), good=True)

    def _approval(self, prospect: Prospect) -> Step:
        if not self._station.settings.approval.required:
            return Step("approval", _("The station asks for no approval."))
        if prospect.state is ProspectState.NOT_APPROVED:
            return Step("approval", prospect_text(prospect), good=False)
        return Step("approval", _("Its texts are approved, as far as they must be."), good=True)

    def _clips(self, prospect: Prospect) -> Iterator[Step]:
        clips = find_clips(self._station, self._scripts, [prospect.occurrence])
        for id_ in dict.fromkeys(prospect.occurrence.scripts):
            if id_ not in self._scripts:
                yield Step(
                    "clip", _("Script {id}: there is no such file, or it has mistakes.").format(id=id_), good=False
                )
            elif id_ in clips:
                clip = clips[id_]
                text = _("Clip of {id}: ready, {length}, spoken by {voice}, {loudness:.1f} LUFS ({file}).")
                shown = text.format(
                    id=id_, length=length(clip.length), voice=clip.voice, loudness=clip.loudness, file=clip.path.name
                )
                yield Step("clip", shown, good=True)
            else:
                text = _("Clip of {id}: not rendered; the running desk makes it, or broadcaster script render.")
                yield Step("clip", text.format(id=id_), good=False)

    # ---- what happened -----------------------------------------------------------------------------------------

    def _history(self, row: Row) -> Step:
        zone = self._station.settings.timezone
        texts = {
            Kind.PLANNED: _("entered into the plan"),
            Kind.WITHDRAWN: _("taken out of the plan"),
            Kind.CUED: _("made ready, the device open"),
            Kind.PLAYED: _("outcome: {outcome}").format(outcome=self._outcome(row)),
        }
        kinds = {str(kind): text for kind, text in texts.items()}
        text = _("Play history, row {seq}, {when}, {actor}: {what}{reason}.")
        reason = f" ({row.body['reason']})" if row.body.get("reason") else ""
        return Step(
            "history",
            text.format(
                seq=row.seq,
                when=when_exactly(row.at.astimezone(zone)),
                actor=row.actor,
                what=kinds.get(row.kind, row.kind),
                reason=reason,
            ),
        )

    def _outcome(self, row: Row) -> str:
        found = row.body.get("outcome")
        return _(OUTCOMES[Outcome(found)]) if found in set(Outcome) else ""
