"""Read `[[group]]` of `station.toml`: clusters of loudspeakers with an output, and maybe rules, of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadcaster.errors import Problem
from broadcaster.i18n import _
from broadcaster.models import NO_LOUDSPEAKERS
from broadcaster.rules_settings import RulesSettings, read_rules
from broadcaster.similar_names import did_you_mean
from broadcaster.tomlfile import Table, parse_id, parse_text, show_value
from broadcaster.typed_words import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_EVERYBODY = frozenset(map(fold, ("cả xã", "toàn xã", "cả phường", "toàn phường", "tất cả", "all")))


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """One `[[group]]`: what sounds there is heard there and nowhere else. Devices are tried in order."""

    id: str
    title: str
    devices: tuple[str, ...]
    rules: RulesSettings  # those of the station, where `[group.rules]` does not say otherwise


def read_groups(tables: Sequence[Table], outputs: Sequence[str], rules: RulesSettings) -> tuple[GroupSettings, ...]:
    """Return the groups, in order. `outputs` and `rules` are those of the station.

    No device may serve two groups, or a group and the whole commune: what is meant for one would be heard by others.
    """
    groups: dict[str, GroupSettings] = {}
    users = {name.casefold(): "[output]" for name in outputs if name not in NO_LOUDSPEAKERS}
    for table in tables:
        group = _group(table, rules)
        if group.id in groups:
            what = _("there is another group {found}").format(found=show_value(group.id))
            table.report("id", what, _("give each group a different id"))
        for name in group.devices:
            user = users.setdefault(name.casefold(), group.id) if name not in NO_LOUDSPEAKERS else group.id
            if user != group.id:
                what = _("the device {found} is that of {user} too").format(found=show_value(name), user=user)
                table.report("devices", what, _("a group has devices of its own"))
        groups[group.id] = group
    return tuple(groups.values())


def group_of_slot(typed: str, of_campaign: str, groups: Mapping[str, GroupSettings]) -> str | Problem:
    """Return the group that somebody typed for a slot, or what is wrong with it; "" for "-" and for "cả xã".

    A slot without a group has its campaign's: that of such a campaign cannot be for all of the commune.
    """
    found = named_group(typed, groups)
    if found or typed.strip() in ("", "-"):
        return found or ""
    if not _names_everybody(typed):
        return Problem(no_group_text(typed), which_group(typed, groups))
    if of_campaign:
        what = _('"{typed}": only the group {group} hears this campaign').format(typed=typed, group=of_campaign)
        return Problem(what, _("take the group away from the campaign, or leave it out here"))
    return ""


def _names_everybody(typed: str) -> bool:
    return fold(typed).replace("-", " ") in _EVERYBODY


def no_group_text(group: str) -> str:
    """Return that the station has no such group, in the user's language."""
    return _('there is no group "{group}" in station.toml').format(group=group)


def named_group(typed: str, groups: Mapping[str, GroupSettings]) -> str | None:
    """Return the id of the group that somebody typed by its id or its title, as people write; None where none is."""
    word, spoken = fold(typed).replace("-", " "), {}
    for group in groups.values():
        spoken[group.id] = {fold(text).replace("-", " ") for text in (group.id, group.title)}
    found = [typed] if typed in groups else [id_ for id_, names in spoken.items() if word in names]
    return found[0] if len(found) == 1 else None


def which_group(typed: str, groups: Mapping[str, GroupSettings]) -> str:
    """Return what to type for a group that is not there: the nearest, or all with their titles."""
    near = did_you_mean(typed, groups, "") if groups else ""
    shown = ", ".join(f"{id_} ({each.title})" if each.title != id_ else id_ for id_, each in groups.items())
    return near or (_("groups: {known}").format(known=shown) if shown else "")


def _group(table: Table, rules: RulesSettings) -> GroupSettings:
    found = table.get("id", parse_id, _('a-z, 0-9 and "-", 1 to 64 characters, such as "xa-doai"'))
    id_ = found if isinstance(found, str) else ""
    group = GroupSettings(
        id=id_,
        title=table.text("title", id_),
        devices=table.items("devices", parse_text, _('names of devices, such as "USB Audio 2"')),
        rules=read_rules(table.table("rules"), rules),
    )
    table.report_unknown_keys()
    return group
