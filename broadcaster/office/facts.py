"""Facts behind a sentence: named values that a front end can show in its own way, or have worded by `wording_…`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Facts = Mapping[str, Any]
"""Values by name: text, numbers, instants, or the frozen values of other modules."""


def frozen_facts(**facts: Any) -> Facts:  # noqa: ANN401 - a fact may be any frozen value
    """Return the facts as a mapping that cannot be changed."""
    return MappingProxyType(facts)
