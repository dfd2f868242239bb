"""Scripts by their ids, each with its title beside it: who reads a list of ids must see what will be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadcaster.cli.show import say
from broadcaster.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping


def show_titles(titles: Mapping[str, str | None]) -> None:
    """Write a line for each script; None: there is no such script. Nothing where there are none."""
    if titles:
        say(_("Scripts:"))
    for id_, title in titles.items():
        shown = _("there is no such script") if title is None else title
        say(f"  {id_}: {shown}")
