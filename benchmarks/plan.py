"""How long it takes to expand a year of 1,000 slots, and whether twice the slots take twice the time.

Run: `python benchmarks/plan.py`. Also times the overlaps and rules of 10,000 occurrences.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from broadcaster.models import Campaign, Occurrence, Slot, YearDay
from broadcaster.rules_settings import RulesSettings
from broadcaster.schedule.plan import expand
from broadcaster.schedule.rules import check, find_overlaps

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SCRIPTS = tuple(f"thong-diep-{number}" for number in range(1, 7))
CHECKED = 10_000


def campaign(slots: int) -> Campaign:
    """Return a campaign of the whole year whose slots air twice a day."""
    minutes = [divmod(number % 720, 60) for number in range(slots)]
    times = [(time(hour, minute), time(hour + 12, minute)) for hour, minute in minutes]
    made = tuple(Slot(f"khung-{number}", at, SCRIPTS) for number, at in enumerate(times))
    return Campaign("ca-nam", "Cả năm", Path("ca-nam.toml"), YearDay(1, 1), YearDay(12, 31), made)


def year(slots: int) -> list[Occurrence]:
    """Expand 2027."""
    start, end = datetime(2027, 1, 1, tzinfo=ZONE), datetime(2028, 1, 1, tzinfo=ZONE)
    return expand([campaign(slots)], start, end, ZONE)


def timed(what: str, work: Callable[[], T], count: Callable[[T], int]) -> T:
    """Run `work`, print how many, how long, and how much of that the processor worked on it."""
    begin, processor = perf_counter(), process_time()
    result = work()
    seconds, processor = perf_counter() - begin, process_time() - processor
    print(f"{what:<44} {count(result):>9,}  {seconds:7.3f} s  (CPU {processor:.3f} s)")
    return result


def main() -> None:
    """Print one line a measurement."""
    for slots in (250, 500, 1000):
        plan = timed(f"expand a year of {slots} slots, occurrences:", lambda n=slots: year(n), len)
    some = plan[:CHECKED]
    lengths = dict.fromkeys(SCRIPTS, timedelta(seconds=40))
    rules = RulesSettings(minutes_per_day=45, minutes_per_session=15)
    timed(f"overlaps of {CHECKED:,} occurrences:", lambda: find_overlaps(some, lengths), len)
    timed(f"rules of {CHECKED:,} occurrences, breaches:", lambda: check(some, lengths, rules, {}), len)


if __name__ == "__main__":
    main()
