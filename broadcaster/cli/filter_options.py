"""The options that narrow an answer to one campaign or to what one letter ordered."""

from __future__ import annotations

from broadcaster.cli.complete import complete_campaign
from broadcaster.cli.frame import option
from broadcaster.i18n import N_

with_campaign = option("--campaign", metavar="ID", shell_complete=complete_campaign, help=N_("Only this campaign."))
"""Give a command the option `--campaign`."""

with_source = option("--source", metavar=N_("LETTER"), help=N_("Only what this letter ordered, such as 1192/BHXH-TT."))
"""Give a command the option `--source`."""

with_group = option(
    "--group",
    metavar=N_("GROUP"),
    help=N_('Only what these loudspeakers hear, a [[group]] of station.toml; "-": only what all hear.'),
)
"""Give a command the option `--group`."""
