"""Lengths as they are printed: in tenths of a minute that add up."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TENTH_MS = 6_000
"""A tenth of a minute: the unit in which lengths are printed."""


def in_tenths(lengths_ms: Iterable[int]) -> list[int]:
    """Return lengths as tenths of a minute that add up to their sum, rounded.

    Each is the rounded sum so far less the one before, so that sums over any stretch agree as well; none differs from
    the exact length by as much as a tenth.
    """
    edges = [(reached + TENTH_MS // 2) // TENTH_MS for reached in accumulate(lengths_ms, initial=0)]
    return [after - before for before, after in pairwise(edges)]
