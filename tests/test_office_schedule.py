"""What the office answers about campaigns and their plan: values, for any front end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from broadcaster.errors import InputError
from broadcaster.i18n import activate
from broadcaster.models import Occurrence
from broadcaster.office.campaign_text import check_campaign_text, open_campaign_text
from broadcaster.office.changes import effect_of
from broadcaster.office.check_schedule import check_schedule
from broadcaster.office.clip_pruning import unused_files
from broadcaster.office.conflicts import BlockedSlot, WaitingSlot, find_conflicts
from broadcaster.office.find import find_slot
from broadcaster.office.forecast import Prospect, ProspectState, look_ahead
from broadcaster.office.now import look_around
from broadcaster.office.plan_files import plan_file
from broadcaster.office.rules_in_force import RuleOrigin, rules_in_force
from broadcaster.office.skip_move_pause import pause, silent_times, skip_days
from broadcaster.office.slot_form import SlotForm, add_slot, edit_slot
from broadcaster.office.why.explain import explain
from broadcaster.office.window import TypedWindow, Window, whole_month
from broadcaster.office.wording_forecast import conflict_text, prospect_text
from broadcaster.reasons import ReasonKind, reason
from broadcaster.records.approvals import ApprovalVerdict, Standing
from broadcaster.schedule.rules import Breach
from broadcaster.speech.render import Renderer
from broadcaster.station import folder
from broadcaster.station.approval import Unapproved
from broadcaster.station.folder import Station, open_station

if TYPE_CHECKING:
    from pathlib import Path

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2027, 5, 3)
OCCURRENCE = Occurrence("c", "s", datetime(2027, 5, 3, 5, 30, tzinfo=ZONE), ("a", "b"))


def test_a_prospect_holds_facts_that_any_language_can_word() -> None:
    missing = Prospect(OCCURRENCE, None, ProspectState.NOT_RENDERED, ("b",))
    assert prospect_text(missing) == "not rendered: b"
    assert prospect_text(replace(missing, missing=("a", "b"))) == "not rendered"
    activate("vi")
    assert prospect_text(missing) != "not rendered: b"


def test_a_prospect_that_waits_begins_later_and_one_that_waits_too_long_is_not_heard() -> None:
    minute = timedelta(minutes=1)
    waits = Prospect(OCCURRENCE, minute, ProspectState.WAITS, wait=2 * minute, grace=10 * minute)
    assert waits.will_sound
    assert waits.end == OCCURRENCE.start + 3 * minute
    assert prospect_text(waits) == "ready; waits 2:00 for the one before, begins at 05:32:00"
    assert not replace(waits, state=ProspectState.PREEMPTED).will_sound


def test_a_prospect_names_the_scripts_that_are_not_approved() -> None:
    waiting = tuple(Unapproved(script, ApprovalVerdict(Standing.NEVER)) for script in ("a", "b"))
    prospect = Prospect(OCCURRENCE, None, ProspectState.NOT_APPROVED, unapproved=waiting)
    assert prospect_text(prospect) == "not approved (a, b: nobody has approved it)"


def test_conflicts_are_values_before_they_are_sentences() -> None:
    blocked = BlockedSlot("c/s", 1, OCCURRENCE.start, Breach(reason(ReasonKind.RULE, rule="days", day="2027-05-03")))
    assert conflict_text(blocked) == "c/s: 1 occurrence is blocked: nothing airs on that day of the week (2027-05-03)"
    waiting = WaitingSlot("c/a", "c/b", 2, OCCURRENCE.start, timedelta(seconds=65))
    assert "c/b: 2 times due while c/a is still on the air; it waits up to 1:05" in conflict_text(waiting)


def test_a_year_is_checked_and_what_is_not_rendered_is_not_wrong(station_folder: Path) -> None:
    found = check_schedule(open_station(station_folder))
    assert found.is_good
    assert found.not_rendered == found.planned > 0


def test_a_blocked_slot_names_its_rule(station_folder: Path) -> None:
    settings = station_folder / "station.toml"
    settings.write_text(settings.read_text("utf-8").split("[rules]")[0] + f"[rules]\nquiet_days = [{FIRST}]\n", "utf-8")
    station = open_station(station_folder)
    conflicts = find_conflicts(look_ahead(station, Window(FIRST, FIRST, ZONE)))
    assert conflicts
    assert all(isinstance(found, BlockedSlot) and found.breach.rule == "quiet_days" for found in conflicts)
    assert {rule.key: rule.origin for rule in rules_in_force(station)}["quiet_days"] is RuleOrigin.FILE


def test_times_are_left_out_of_a_slot_only(station_folder: Path) -> None:
    station = open_station(station_folder)
    campaign = next(iter(station.campaigns()[0].values()))
    with pytest.raises(InputError):
        skip_days(station, campaign.id, [(FIRST, FIRST)], [time(5, 30)])


def test_a_pause_is_a_change_that_the_campaign_then_tells_of(station_folder: Path) -> None:
    station = open_station(station_folder)
    campaign = next(iter(station.campaigns()[0].values()))
    pause(station, campaign.id, FIRST, FIRST).write()
    whole, *slots = silent_times(open_station(station_folder).campaigns()[0][campaign.id])
    assert (whole.name, whole.pauses) == (campaign.id, ((FIRST, FIRST),))
    assert not any(slot.pauses for slot in slots)


def test_a_form_makes_a_slot_named_after_its_time(station_folder: Path) -> None:
    station = open_station(station_folder)
    campaign = next(iter(station.campaigns()[0].values()))
    script = campaign.slots[0].scripts[0]
    step = add_slot(station, campaign, SlotForm(at=("11h30",), scripts=(script,)))
    assert step.campaign.slots[-1].id == "11h30"
    with pytest.raises(InputError) as error:
        add_slot(station, campaign, SlotForm())
    assert len(error.value.problems) == 2
    assert not SlotForm()
    step.change().write()
    changed = edit_slot(open_station(station_folder), f"{campaign.id}/11h30", SlotForm(repeat=3))
    assert changed.step.campaign.slots[-1].repeat == 3


def test_an_edited_text_keeps_the_line_ends_and_the_mark_of_its_file(station_folder: Path) -> None:
    station = open_station(station_folder)
    id_, campaign = next(iter(station.campaigns()[0].items()))
    campaign.path.write_bytes(b"\xef\xbb\xbf" + campaign.path.read_bytes().replace(b"\n", b"\r\n"))
    original = open_campaign_text(station, id_)
    assert "\r" not in original.shown
    assert not original.change(original.shown)
    assert original.change(original.shown + "# x\n").after == original.before + "# x\r\n"


def test_an_edited_text_is_checked_for_mistakes_and_for_scripts(station_folder: Path) -> None:
    station = open_station(station_folder)
    id_, campaign = next(iter(station.campaigns()[0].items()))
    original = open_campaign_text(station, id_)
    text = original.shown
    assert not check_campaign_text(station, original, text, anyway=False).problems
    assert check_campaign_text(station, original, text + "nonsense\n", anyway=False).problems
    script = find_slot(station, f"{id_}/{campaign.slots[0].id}")[1].scripts[0]
    unknown = text.replace(f'"{script}"', '"nobody-wrote-it"')
    problems = check_campaign_text(station, original, unknown, anyway=False).problems
    assert "nobody-wrote-it" in str(problems[0])


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2027, 5, 15), 31),
        (date(2027, 4, 30), 30),
        (date(2027, 2, 1), 28),
        (date(2028, 2, 29), 29),
        (date(9999, 12, 31), 31),  # after which there is no day
    ],
)
def test_a_whole_month_is_from_its_first_day_to_its_last(day: date, last: int) -> None:
    month = whole_month(day, ZONE)
    assert (month.first, month.last) == (date(day.year, day.month, 1), date(day.year, day.month, last))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often scripts and campaigns are read, and the clip of each script is looked for."""
    counted: Counter[str] = Counter()

    def counting(owner: object, name: str, what: Callable[..., str]) -> None:
        real = getattr(owner, name)

        def call(*args: Any) -> Any:
            counted[what(*args)] += 1
            return real(*args)

        monkeypatch.setattr(owner, name, call)

    counting(folder, "read_scripts", lambda _path: "scripts")
    counting(folder, "read_campaigns", lambda _path: "campaigns")
    counting(Renderer, "find", lambda _self, script: script.id)
    return counted


def test_the_effect_of_a_change_reads_each_file_once(station_folder: Path, reads: Counter[str]) -> None:
    station = open_station(station_folder)
    campaigns, _problems = station.campaigns()
    reads.clear()
    effect_of(station, [replace(campaigns["thang-5"], slots=())])
    assert {"scripts", "campaigns", "thong-diep-1"} <= set(reads)
    assert set(reads.values()) == {1}


@pytest.mark.parametrize(
    "answer",
    [
        lambda station: explain(station, "thang-5/thong-diep@2027-05-15T05:30+07:00"),
        look_around,
        lambda station: plan_file(station, ".html", TypedWindow(), ["thang-5"]),
        lambda station: list(unused_files(station)),
    ],
    ids=["why", "now", "export", "prune"],
)
def test_an_answer_reads_each_file_once(
    station_folder: Path, reads: Counter[str], answer: Callable[[Station], object]
) -> None:
    answer(open_station(station_folder))
    assert {"scripts", "campaigns"} <= set(reads)
    assert set(reads.values()) == {1}
