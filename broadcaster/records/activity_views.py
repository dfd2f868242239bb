"""The view of what a station did besides broadcasting.

Shipped constants, as everything in `schema.py`: what is changed here must come as a new migration.
"""

from __future__ import annotations

_ACTIVITIES = """CREATE VIEW activities AS
SELECT
  json_extract(entered.body, '$.number') AS number,
  json_extract(entered.body, '$.date') AS date,
  json_extract(entered.body, '$.kind') AS kind,
  json_extract(entered.body, '$.count') AS count,
  json_extract(entered.body, '$.text') AS text,
  json_extract(entered.body, '$.place') AS place,
  json_extract(entered.body, '$.topic') AS topic,
  json_extract(entered.body, '$.source') AS source,
  entered.actor AS actor,
  replace(entered.at, 'T', ' ') AS at,
  replace(gone.at, 'T', ' ') AS withdrawn_at,
  gone.actor AS withdrawn_by,
  json_extract(gone.body, '$.reason') AS withdrawn_reason,
  entered.seq AS seq
FROM ledger AS entered
LEFT JOIN ledger AS gone ON gone.seq = (
  SELECT min(later.seq) FROM ledger AS later WHERE later.kind = 'activity_withdrawn'
    AND json_extract(later.body, '$.number') = json_extract(entered.body, '$.number'))
WHERE entered.kind = 'activity'"""

ACTIVITY_VIEWS = (_ACTIVITIES,)
