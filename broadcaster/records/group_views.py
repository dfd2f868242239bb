"""The view of plays as it is since migration "loudspeaker groups": with the loudspeakers that a play was meant for.

Shipped constants, as everything in `schema.py`: what is changed here must come as a new migration.
"""

from __future__ import annotations

# What went whole to a file or to silence is no airing, here as in reconciliation and reports (`Play.ending`).
_AS_RUN = """CREATE VIEW as_run AS
SELECT
  replace(coalesce(json_extract(body, '$.started'), json_extract(body, '$.planned_start')), 'T', ' ') AS start,
  CASE WHEN json_extract(body, '$.outcome') = 'aired' AND json_extract(body, '$.device') IN ('file', 'silent')
    AND json_extract(body, '$.origin') <> 'test' THEN 'no loudspeaker'
    ELSE json_extract(body, '$.outcome') END AS outcome,
  json_extract(body, '$.lateness_s') AS late_s,
  json_extract(body, '$.heard_s') AS heard_s,
  json_extract(body, '$.repeat') AS repeat,
  (SELECT group_concat(json_extract(value, '$.title'), '; ') FROM json_each(body, '$.scripts')) AS title,
  json_extract(body, '$.reason') AS reason,
  json_extract(body, '$.class') AS class,
  json_extract(body, '$.origin') AS origin,
  json_extract(body, '$.ordered_by') AS ordered_by,
  json_extract(body, '$.source') AS source,
  json_extract(body, '$.group') AS loudspeakers,
  json_extract(body, '$.device') AS device,
  json_extract(body, '$.clock') AS clock,
  replace(json_extract(body, '$.planned_start'), 'T', ' ') AS planned_start,
  replace(json_extract(body, '$.planned_end'), 'T', ' ') AS planned_end,
  replace(json_extract(body, '$.started'), 'T', ' ') AS started,
  replace(json_extract(body, '$.ended'), 'T', ' ') AS ended,
  (SELECT group_concat(json_extract(value, '$.id'), ', ') FROM json_each(body, '$.scripts')) AS scripts,
  (SELECT group_concat(DISTINCT json_extract(value, '$.voice')) FROM json_each(body, '$.scripts')) AS voices,
  json_extract(body, '$.campaign') AS campaign,
  json_extract(body, '$.slot') AS slot,
  occurrence,
  replace(at, 'T', ' ') AS recorded_at,
  seq
FROM ledger WHERE kind = 'played'"""

GROUP_VIEWS = ("DROP VIEW as_run", _AS_RUN)
